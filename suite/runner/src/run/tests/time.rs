//! Time in a run: being told to end, lateness, calls that become visible late, instants that are measured.

use std::collections::BTreeSet;

use setpresence_core::case::{Expectation, Wanted};
use setpresence_core::plan::{Action, Measuring, Pace, Role, measurings};
use setpresence_core::spec::{Level, Presence};

use super::*;

#[tokio::test]
async fn a_run_that_is_told_to_end_leaves_nothing() {
    for clock in [ClockSettings::Wall, ClockSettings::Scaled(60), manual()] {
        let fake = Fake::new(Clears::Well);
        let target = fake.target(settings("http://fake", 8, clock.clone())).await;
        let options = Options::default();
        let mut plans = vec![plan("n/0", vec![get(0)])];
        plans.extend(
            (1..20).map(|n| plan(&format!("n/{n}"), vec![set(0, "app"), prefer(0), get(3600 * n), get(7200 * n)])),
        );
        let works = plans.into_iter().map(Work::from).collect();
        let mut ids = Vec::new();
        let end = run(works, &target, &options, &mut |event| {
            if let RunEvent::CaseFinished(record) = event {
                assert_ne!(record.verdict, Verdict::Inconclusive, "{record:?}");
                ids.push(record.id);
                options.stop.tell();
            }
        })
        .await;
        assert!(!ids.is_empty() && ids.len() < 20, "{ids:?}");
        assert_eq!((end.was_interrupted, end.ended_early.as_deref()), (true, Some("it was interrupted")));
        assert_eq!(fake.left(), 0, "{}", clock.name());
    }
}

fn expecting(presence: Presence, action: Action) -> Action {
    Action { expect: Some(Expectation::of(Wanted::Presences(vec![presence]))), ..action }
}

#[tokio::test]
async fn a_read_is_repeated_until_it_settles_or_must_be_right() {
    // What is expected, what the target shows, and when the judged read took place, in milliseconds.
    let busy = "Busy/Busy".parse().unwrap();
    let rows = [
        ("settles at once", vec![set(0, "app"), expecting(busy, get(0))], 0),
        ("never settles", vec![set(0, "app"), expecting(Presence::AWAY, get(0))], 21),
        ("two calls", vec![set(0, "app"), set(0, "app_b"), expecting(busy, get(0))], 21),
        ("expects no change", vec![set(0, "app"), get(3), set(3, "app_b"), expecting(busy, get(3))], 3021),
        ("late enough", vec![set(0, "app"), expecting(Presence::AWAY, get(60))], 60_000),
    ];
    for (name, actions, millis) in rows {
        let fake = Fake::new(Clears::Well);
        let mut settings = settings("http://fake", 1, manual());
        settings.slack.propagation = Duration::from_millis(20);
        let target = fake.target(settings).await;
        let started = Instant::now();
        let (records, _) = run_all(&target, vec![plan("o/1", actions)], &fresh()).await;
        // A cache does not know the clock of the sessions.
        assert!(millis == 0 || started.elapsed() >= Duration::from_millis(20), "{name}");
        let last = records[0].exchanges.last().unwrap().observation.span.from;
        assert_eq!(last.since_start().as_millis(), millis, "{name}");
    }
}

/// What cleans a user is seen as late as anything else: until then a read may show what another case has left.
#[tokio::test]
async fn no_case_reads_what_an_earlier_one_has_left() {
    let judged = |presence: &str, action| {
        let expect = Expectation::of(Wanted::Presences(vec![presence.parse().unwrap()]));
        Action { role: Role::Judged, expect: Some(Expectation { level: Some(Level::Must), ..expect }), ..action }
    };
    let (busy, offline) = ("Busy/Busy", "Offline/Offline");
    let left_clean = |plan: Plan| Plan { leaves_sessions: BTreeSet::default(), ..plan };
    // Whatever the first case does, and how long the second one has to wait with its first read, in milliseconds.
    let rows = [
        ("cleared for the next", plan("v/1", vec![set(0, "app"), judged(busy, get(0))]), 51),
        ("cleared by the case itself", left_clean(plan("v/1", vec![set(0, "app"), get(3), clear(3, "app")])), 51),
        ("clean all the time", plan("v/1", vec![judged(offline, get(0))]), 0),
    ];
    for (name, first, millis) in rows {
        let fake = Fake::new(Clears::Well).lagging(40);
        let mut settings = settings("http://fake", 1, manual());
        settings.slack.propagation = Duration::from_millis(50);
        let target = fake.target(settings).await;
        let second = plan("v/2", vec![judged(offline, get(0)), set(0, "app_b"), judged(busy, get(0))]);
        let (records, _) = run_all(&target, vec![first, second], &fresh()).await;
        assert!(records.iter().all(|record| record.verdict == Verdict::Passed), "{name}: {records:?}");
        let waited = records[1].exchanges[0].observation.span.from.since(records[1].began);
        assert_eq!(waited.as_millis(), millis, "{name}");
    }
}

#[tokio::test]
async fn lateness_is_known_and_widens_what_is_judged_by() {
    let fake = Fake::new(Clears::Well);
    // So fast that every request takes minutes of the target's time.
    let target = fake.target(settings("http://fake", 4, ClockSettings::Scaled(10_000_000))).await;
    let (records, end) = run_all(&target, vec![plan("p/1", vec![set(0, "app"), get(60), get(61)])], &fresh()).await;
    let lateness = end.lateness.unwrap();
    assert_eq!(lateness.requests, 3);
    assert!(lateness.median_us <= lateness.p99_us && lateness.p99_us <= lateness.most_us);
    let record = &records[0];
    for exchange in &record.exchanges {
        let due = record.began.later(exchange.due.since_start());
        assert!(exchange.late <= record.late && exchange.observation.span.from >= due);
        assert!(exchange.observation.span.from.since(due) >= exchange.late.since_start());
    }
    let manual = fake.target(settings("http://fake", 4, manual())).await;
    let (records, end) = run_all(&manual, vec![plan("p/1", vec![set(0, "app"), get(60)])], &fresh()).await;
    assert_eq!((records[0].late, end.lateness), (Moment::START, None));
}

#[tokio::test]
async fn what_is_due_goes_before_a_burst_that_is_not() {
    // Whatever is due at no moment gets no answer before the probes have theirs, so no number of it may keep them back.
    let probed = Arc::new(tokio::sync::Semaphore::new(0));
    let release = Arc::clone(&probed);
    let service = tower::service_fn(move |request: http::Request<crate::Body>| {
        let (probed, is_probe) = (Arc::clone(&probed), request.uri().path().starts_with("/users/u0/"));
        async move {
            if !is_probe {
                probed.acquire().await.map(drop).map_err(|error| error.to_string())?;
            }
            Ok::<_, String>(http::Response::new(http_body_util::Full::new(bytes::Bytes::new())))
        }
    });
    let settings = settings("http://fake", 200, ClockSettings::Scaled(1000));
    let target = Target::in_process(settings, service, &|_| None).await.unwrap();
    let at_once = (0..100).map(|n| plan(&format!("s/burst-{n}"), vec![get(0)]));
    let plans: Vec<_> = at_once.chain([plan("s/timed", vec![set(0, "app"), get(30), get(60)])]).collect();
    // Who is pinned has the first user, whoever comes before.
    let pinned = |plan: Plan| Plan { pinned: (plan.id == "s/timed").then(|| "u0".to_owned()), ..plan };
    let works = plans.into_iter().map(|plan| Work::from(pinned(plan))).collect();
    let mut n_done = 0;
    let options = Options { skip_users: 1, ..fresh() };
    let end = run(works, &target, &options, &mut |event| match event {
        RunEvent::CaseFinished(record) => {
            assert_eq!(
                record.reason.as_deref().filter(|_| record.verdict == Verdict::Inconclusive),
                None,
                "{record:?}"
            );
            if record.id == "s/timed" {
                release.add_permits(1);
            }
            n_done += 1;
        }
        other => panic!("{other:?}"),
    })
    .await;
    assert_eq!((n_done, end.ended_early), (101, None));
    assert_eq!(end.lateness.map(|lateness| lateness.requests), Some(3), "only what is due can be late");
}

/// What the fake target shows for four hours, measured as if it were to end after five minutes.
fn measuring(pace: Pace, target: &Target) -> Measuring {
    let judged = Plan { requirements: vec!["fade.expiration".to_owned()], ..plan("q/1", vec![get(0)]) };
    let mut found = measurings([&judged].into_iter(), &target.settings().abilities(None), pace);
    let mut measuring = found.pop().unwrap();
    measuring.before = vec!["Busy/Busy".parse().unwrap()];
    measuring
}

#[tokio::test]
async fn instants_are_measured_beside_the_cases_that_judge_them() {
    let hours = |hours: u64| Moment::from_start(Duration::from_secs(3600 * hours));
    for (pace, clock, documented) in [
        (Pace::Exact, manual(), hours(4)),
        (Pace::Exact, manual(), hours(3)),
        (Pace::Watched(200_000), ClockSettings::Scaled(200_000), hours(4)),
    ] {
        let fake = Fake::new(Clears::Well);
        let target = fake.target(settings("http://fake", 4, clock)).await;
        let measuring = Measuring { documented: Some(documented.since_start()), ..measuring(pace, &target) };
        let judged = Plan { requirements: vec!["fade.expiration".to_owned()], ..plan("q/1", vec![get(0)]) };
        let works = vec![judged.into(), plan("q/2", vec![get(0)]).into(), Work::from(measuring)];
        let mut records = Vec::new();
        run(works, &target, &Options::default(), &mut |event| match event {
            RunEvent::CaseFinished(record) => records.push(*record),
            other => panic!("{other:?}"),
        })
        .await;
        records.sort_by(|one, other| one.id.cmp(&other.id));
        assert_eq!(records[1].measured, []);
        let [measured] = records[0].measured.as_slice() else { panic!("{:?}", records[0].measured) };
        assert_eq!((measured.from.as_str(), measured.documented), ("Busy/Busy", Some(documented)));
        if pace == Pace::Exact {
            // The fake's own clock has only moved for the run, so its four hours are the run's.
            assert_eq!(
                (measured.no_later, measured.no_later.since(measured.no_earlier)),
                (hours(4), Duration::from_millis(1))
            );
            assert_eq!((measured.to.as_str(), fake.left()), ("Offline/Offline", 0));
        }
        assert!(measured.no_earlier < measured.no_later);
    }
}

#[tokio::test]
async fn the_targets_calendar_does_not_matter() {
    for date in [None, Some("Sun, 06 Nov 1994 08:49:37 GMT"), Some("Fri, 06 Nov 2054 08:49:37 GMT"), Some("today")] {
        let service = tower::service_fn(move |request: http::Request<crate::Body>| async move {
            let is_read = request.method() == "GET";
            let body = if is_read { r#"{"id":"u0","availability":"Busy","activity":"Busy"}"# } else { "" };
            let response = http::Response::builder();
            let response = match date {
                Some(date) => response.header("date", date),
                None => response,
            };
            response.body(http_body_util::Full::new(bytes::Bytes::from(body)))
        });
        let settings = settings("http://fake", 1, ClockSettings::Scaled(1000));
        let target = Target::in_process(settings, service, &|_| None).await.unwrap();
        let busy = "Busy/Busy".parse().unwrap();
        let (records, _) =
            run_all(&target, vec![plan("r/1", vec![set(0, "app"), expecting(busy, get(30))])], &fresh()).await;
        assert_eq!(records[0].verdict, Verdict::Passed, "{date:?}: {records:?}");
        let [set, get] = records[0].exchanges.as_slice() else { panic!("{records:?}") };
        let waited = get.observation.span.from.since(set.observation.span.from);
        assert!(waited >= Duration::from_secs(29), "{date:?}: {waited:?}");
    }
}
