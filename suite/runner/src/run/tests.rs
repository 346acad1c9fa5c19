//! Schedules, users and records, on a hand-made target in this process.

mod kept;
mod services;
mod strays;
mod time;

use std::time::Duration;

use setpresence_core::event::{CaseRecord, Fault, Outcome};
use setpresence_core::judge::Verdict;

use super::*;
use crate::settings::{ClockSettings, Settings};
use crate::testing::{Clears, Fake, clear, get, manual, plan, prefer, set, settings};

async fn run_all(target: &Target, plans: Vec<Plan>, options: &Options) -> (Vec<CaseRecord>, RunEnd) {
    let mut records = Vec::new();
    let ids: Vec<String> = plans.iter().map(|plan| plan.id.clone()).collect();
    let works = plans.into_iter().map(Work::from).collect();
    let end = run(works, target, options, &mut |event| match event {
        RunEvent::CaseFinished(record) => records.push(*record),
        other => panic!("{other:?}"),
    })
    .await;
    // Where time passes by itself they come as they are known.
    records.sort_by_key(|record| ids.iter().position(|id| *id == record.id));
    (records, end)
}

fn fresh() -> Options {
    Options { users: Users::Fresh, ..Options::default() }
}

fn statuses(record: &CaseRecord) -> Vec<u16> {
    let status = |outcome: &Outcome| match outcome {
        Outcome::Answer(answer) => answer.status,
        Outcome::Lost(_) => 0,
    };
    record.exchanges.iter().map(|exchange| status(&exchange.observation.outcome)).collect()
}

fn shown(record: &CaseRecord) -> Vec<&'static str> {
    let outcomes = record.exchanges.iter().map(|exchange| &exchange.observation.outcome);
    let bodies = outcomes.filter_map(|outcome| match outcome {
        Outcome::Answer(answer) => Some(answer.body.as_str()).filter(|body| !body.is_empty()),
        Outcome::Lost(_) => None,
    });
    bodies.map(|body| if body.contains("Offline") { "Offline" } else { "Busy" }).collect()
}

fn reason(record: &CaseRecord) -> &str {
    assert_eq!(record.verdict, Verdict::Inconclusive, "{record:?}");
    record.reason.as_deref().unwrap()
}

#[tokio::test]
async fn timelines_share_one_clock() {
    let fake = Fake::new(Clears::Well);
    let target = fake.target(settings("http://fake", 8, manual())).await;
    let plans = vec![
        plan("a/1", vec![set(0, "app"), get(450), get(720)]),
        plan("a/2", vec![set(0, "app"), get(450)]),
        plan("a/3", vec![set(0, "app"), set(300, "app"), get(300)]),
        plan("a/4", vec![get(0)]),
    ];
    let (records, end) = run_all(&target, plans, &fresh()).await;
    assert_eq!(records.iter().map(|record| record.id.as_str()).collect::<Vec<_>>(), ["a/1", "a/2", "a/3", "a/4"]);
    let advances: Vec<_> = fake.log().into_iter().filter(|line| line.starts_with("advance")).collect();
    assert_eq!(advances, ["advance 300000", "advance 150000", "advance 270000"]);
    let spans: Vec<_> = records[0].exchanges.iter().map(|exchange| exchange.observation.span.to.to_string()).collect();
    assert_eq!(spans, ["0 s", "7 min 30 s", "12 min"]);
    assert_eq!(records[0].lasts, records[0].exchanges[2].due);
    assert_eq!((end.requests, end.ended_early), (9, None), "the clock's own are not counted");
    let users: Vec<_> = records.iter().map(|record| record.exchanges[0].request.url.clone()).collect();
    assert!((0..4).all(|user| users[user].contains(&format!("/users/u{user}/"))), "{users:?}");
}

#[tokio::test]
async fn records_come_in_the_order_of_the_works() {
    let fake = Fake::new(Clears::Well);
    let target = fake.target(settings("http://fake", 8, manual())).await;
    let (skipped, _) = run_all(&target, vec![plan("b/skipped", vec![get(0)])], &fresh()).await;
    let works = vec![
        Work::from(plan("b/slow", vec![get(0), get(600)])),
        Work::from(skipped[0].clone()),
        Work::from(plan("b/fast", vec![get(0)])),
    ];
    let mut ids = Vec::new();
    run(works, &target, &fresh(), &mut |event| match event {
        RunEvent::CaseFinished(record) => ids.push(record.id),
        other => panic!("{other:?}"),
    })
    .await;
    assert_eq!(ids, ["b/slow", "b/skipped", "b/fast"]);
}

#[tokio::test]
async fn the_same_run_gives_the_same_bytes() {
    let plans = || -> Vec<_> {
        let waits = [0, 450, 0, 720, 300, 0, 450];
        let case = |number: usize| {
            let wait = waits[number % waits.len()];
            plan(&format!("c/{number}"), vec![set(0, "app"), get(0), set(wait, "app_b"), get(wait + 1)])
        };
        (0..40).map(case).collect()
    };
    let fake = Fake::new(Clears::Well);
    let mut runs = Vec::new();
    for (users, jobs) in [(64, 16), (64, 1), (3, 16), (3, 2)] {
        for _ in 0..2 {
            let settings = Settings { base_url: format!("http://fake{jobs}"), ..settings("http://x", users, manual()) };
            let target = fake.target(settings).await;
            let options = Options {
                jobs,
                users: Users::Unknown,
                display_base: Some("reference".to_owned()),
                ..Options::default()
            };
            let (records, end) = run_all(&target, plans(), &options).await;
            assert_eq!(records.len(), 40);
            runs.push((users, serde_json::to_string(&records).unwrap(), end.requests));
        }
    }
    for pair in runs.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        assert_eq!(pair[0].1, pair[1].1);
        assert_eq!(pair[0].2, pair[1].2);
    }
    assert!(runs[0].1.contains("\"url\":\"reference/users/u0/presence\"") && !runs[0].1.contains("\"date\""));
    assert_eq!(fake.left(), 0);
}

#[tokio::test]
async fn one_user_serves_every_case_if_it_can_be_cleared() {
    let fake = Fake::new(Clears::Well);
    let target = fake.target(settings("http://fake", 1, manual())).await;
    let plans = vec![
        plan("d/1", vec![set(0, "app"), prefer(0), get(0)]),
        plan("d/2", vec![get(0), set(0, "app_b")]),
        plan("d/3", vec![get(0)]),
    ];
    let (records, _) = run_all(&target, plans, &Options::default()).await;
    assert_eq!(records.iter().map(shown).collect::<Vec<_>>(), [["Busy"], ["Offline"], ["Offline"]]);
    let wanted = [
        // The trial, and what was there before it.
        "presence u0",
        "setPresence u0 app",
        "clearPresence u0 app",
        // What a user that the run does not know may have.
        "clearPresence u0 app",
        "clearPresence u0 app_b",
        "clearUserPreferredPresence u0",
        "setPresence u0 app",
        "setUserPreferredPresence u0",
        "presence u0",
        "clearPresence u0 app",
        "clearUserPreferredPresence u0",
        "presence u0",
        "setPresence u0 app_b",
        "clearPresence u0 app_b",
        "presence u0",
    ];
    assert_eq!(fake.log(), wanted);
    assert_eq!(fake.left(), 0);
}

#[tokio::test]
async fn users_are_left_clean() {
    let fake = Fake::new(Clears::Well);
    let target = fake.target(settings("http://fake", 2, manual())).await;
    let plans = || vec![plan("e/1", vec![set(0, "app"), prefer(0)])];
    run_all(&target, plans(), &Options::default()).await;
    assert_eq!(fake.left(), 0);
    run_all(&target, plans(), &fresh()).await;
    assert_eq!(fake.left(), 2, "nobody minds what is left on fresh users");
}

/// Without clear-presence: two cases that overwrite what they find, and one that would be disturbed.
fn three_cases() -> Vec<Plan> {
    vec![
        plan("f/sets-first", vec![set(0, "app"), get(0)]),
        plan("f/sets-too", vec![set(0, "app"), get(0)]),
        plan("f/sets-other", vec![set(0, "app_b"), get(0)]),
        plan("f/only-sets", vec![set(0, "app_b"), set(0, "app_b")]),
        plan("f/reads-first", vec![get(0)]),
    ]
}

fn without_clear(clock: ClockSettings) -> Settings {
    let mut settings = settings("http://fake", 1, clock);
    settings.operations.remove(&Operation::ClearPresence);
    settings.operations.remove(&Operation::ClearUserPreferredPresence);
    settings
}

#[tokio::test]
async fn what_cannot_be_cleared_is_absorbed_or_given_up() {
    for clears in [Clears::NotFound, Clears::Fails] {
        let is_absent = clears == Clears::Fails;
        let fake = Fake::new(clears);
        let settings = if is_absent {
            without_clear(ClockSettings::Wall)
        } else {
            settings("http://fake", 1, ClockSettings::Wall)
        };
        let target = fake.target(settings).await;
        let (records, _) = run_all(&target, three_cases(), &Options::default()).await;
        let ran: Vec<_> = records.iter().map(|record| (record.id.as_str(), record.exchanges.len())).collect();
        if is_absent {
            // The user is seen to be Offline at first, so the case that leaves nothing runs then.
            let wanted =
                [("f/sets-first", 2), ("f/sets-too", 2), ("f/sets-other", 0), ("f/only-sets", 2), ("f/reads-first", 1)];
            assert_eq!(ran, wanted);
            let wanted = "no user in a known state: the target has no clear-presence, and what an earlier case left may stand for 4 h; name more users in the target file";
            assert_eq!(reason(&records[2]), wanted);
        } else {
            let wanted =
                [("f/sets-first", 2), ("f/sets-too", 2), ("f/sets-other", 0), ("f/only-sets", 2), ("f/reads-first", 0)];
            assert_eq!(ran, wanted);
            let wanted = "no user in a known state: clear-presence does not work: it answered 404, for a session that was just set; name more users in the target file";
            assert_eq!(reason(&records[4]), wanted);
        }
    }
}

#[tokio::test]
async fn on_a_manual_clock_leftovers_are_waited_out() {
    let fake = Fake::new(Clears::NotFound);
    let target = fake.target(without_clear(manual())).await;
    let (records, _) = run_all(&target, three_cases(), &Options::default()).await;
    assert!(records.iter().all(|record| !record.exchanges.is_empty()));
    assert_eq!(shown(&records[4]), ["Offline"]);
    assert!(fake.log().contains(&"advance 14401000".to_owned()), "{:?}", fake.log());
}

#[tokio::test]
async fn clearing_that_fails_later_is_told() {
    let fake = Fake::new(Clears::Fails);
    let target = fake.target(settings("http://fake", 1, ClockSettings::Wall)).await;
    let (records, _) = run_all(&target, three_cases(), &fresh()).await;
    let wanted =
        "no user in a known state: clear-presence does not work: it answered 500; name more users in the target file";
    assert_eq!(reason(&records[2]), wanted);
    assert_eq!(statuses(&records[1]), [200, 200]);
}

#[tokio::test]
async fn a_case_that_needs_more_users_than_there_are_is_told() {
    let fake = Fake::new(Clears::Well);
    let target = fake.target(settings("http://fake", 1, manual())).await;
    let two = Plan { users: 2, ..plan("g/two", vec![get(0)]) };
    let pinned = Plan { pinned: Some("owner".to_owned()), ..plan("g/pinned", vec![get(0)]) };
    let (records, _) = run_all(&target, vec![two, pinned], &fresh()).await;
    assert_eq!(reason(&records[0]), "too few users: the case needs 2, and there are 1; name more in the target file");
    assert!(records[1].exchanges[0].request.url.contains("/users/owner/"));
}

#[tokio::test]
async fn a_target_that_is_gone_ends_the_run() {
    for clock in [ClockSettings::Wall, manual()] {
        let target = Target::connect(settings("http://127.0.0.1:1", 64, clock), &|_| None).await.unwrap();
        let cases = (0..40).map(|number| plan(&format!("h/{number}"), vec![get(0), get(600)])).collect();
        let (records, end) = run_all(&target, cases, &Options { jobs: 2, ..fresh() }).await;
        assert_eq!(records.len(), 40);
        assert!(records.iter().all(|record| record.verdict == Verdict::Inconclusive));
        let ended = end.ended_early.unwrap();
        assert!(
            ended.starts_with("the target was lost: 10 connections in a row failed; no connection to 127.0.0.1:1"),
            "{ended}"
        );
        assert!((10..20).contains(&end.requests), "{}", end.requests);
        assert_eq!(reason(records.last().unwrap()), ended);
    }
}

#[tokio::test]
async fn a_case_ends_with_its_first_lost_answer() {
    let fake = Fake::new(Clears::Well);
    let target = fake.target(settings("http://fake", 2, manual())).await;
    let mut case = plan("i/lost", vec![get(0), get(0), get(0)]);
    case.actions[1].request.headers.push(("X-A".to_owned(), "\n".to_owned()));
    let (records, end) = run_all(&target, vec![case, plan("i/fine", vec![get(0)])], &fresh()).await;
    let last = records[0].exchanges.last().unwrap();
    assert!(matches!(&last.observation.outcome, Outcome::Lost(lost) if lost.fault == Fault::NotSent));
    assert_eq!((records[0].exchanges.len(), records[1].exchanges.len(), end.ended_early), (2, 1, None));
}

#[tokio::test]
async fn a_clock_that_does_not_move_ends_the_run() {
    let fake = Fake::new(Clears::Well);
    let mut settings = settings("http://fake", 4, manual());
    if let ClockSettings::Manual(advance) = &mut settings.clock {
        advance.path = "/users/x/nonsense".to_owned();
    }
    let target = fake.target(settings).await;
    let cases = vec![plan("j/waits", vec![get(0), get(60)]), plan("j/does-not", vec![get(0)])];
    let (records, end) = run_all(&target, cases, &fresh()).await;
    let wanted = "the target's clock could not be moved: POST /users/x/nonsense answered 404";
    assert_eq!((reason(&records[0]), end.ended_early.as_deref()), (wanted, Some(wanted)));
    assert_eq!((records[0].exchanges.len(), statuses(&records[1])), (1, vec![200]));
}

#[tokio::test]
async fn reads_wait_for_propagation() {
    let fake = Fake::new(Clears::Well);
    let mut settings = settings("http://fake", 1, manual());
    settings.slack.propagation = Duration::from_millis(20);
    let target = fake.target(settings).await;
    let (records, _) =
        run_all(&target, vec![plan("k/1", vec![get(0), set(0, "app"), get(0), get(60)])], &fresh()).await;
    let spans: Vec<_> = records[0].exchanges.iter().map(|exchange| exchange.observation.span.to.to_string()).collect();
    assert_eq!(spans, ["0 s", "0 s", "21 ms", "1 min"]);
}

#[tokio::test]
async fn a_scaled_clock_passes_by_itself() {
    let fake = Fake::new(Clears::Well);
    let target = fake.target(settings("http://fake", 4, ClockSettings::Scaled(1_000_000))).await;
    let cases = vec![plan("l/short", vec![get(0), get(60)]), plan("l/long", vec![get(0), get(720)])];
    let (records, _) = run_all(&target, cases, &fresh()).await;
    let (short, long) = (&records[0], &records[1]);
    let at = |record: &CaseRecord, exchange: usize| record.exchanges[exchange].observation.span;
    assert!(at(long, 1).from.since(at(long, 0).from) >= Duration::from_secs(720) - Duration::from_secs(60));
    assert!(at(long, 1).from <= at(long, 1).to);
    assert!(fake.log().iter().all(|line| !line.starts_with("advance")));
    assert!(short.exchanges[0].request.url.contains("/u1/"), "the longest case is seated first");
}

/// A run can be spawned on any executor.
fn is_send(_: &impl Send) {}

#[tokio::test]
async fn users_of_an_earlier_run_are_left_aside() {
    let fake = Fake::new(Clears::Well);
    let target = fake.target(settings("http://fake", 3, manual())).await;
    let plans = || vec![plan("m/1", vec![set(0, "app"), get(0)])];
    let options = Options { skip_users: 2, ..fresh() };
    let mut nobody = |_| ();
    let running = run(plans().into_iter().map(Work::from).collect(), &target, &options, &mut nobody);
    is_send(&running);
    running.await;
    assert_eq!(fake.log(), ["setPresence u2 app", "presence u2"]);
    let (records, _) = run_all(&target, plans(), &Options { skip_users: 3, ..fresh() }).await;
    assert_eq!(reason(&records[0]), "too few users: the case needs 1, and there are 0; name more in the target file");
}
