//! What a run measures beside its cases, and what is said of a run before it begins.

use super::*;
use crate::plan::{Forecast, Measuring, Pace, Wait, forecast, measurings};

/// Steps that end ten minutes after they began.
const TEN_MINUTES: &str = r#"
[[step]]
do = "set-presence"
[[step]]
do = "get-presence"
at = "PT10M"
expect.presence = "Away/Away"
"#;
const AT_ONCE: &str = "\n[[step]]\ndo = \"set-presence\"\nexpect.outcome = \"accepted\"\n";

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

/// What is measured beside a case that judges this requirement.
fn measured(requirement: &str, abilities: &Abilities, pace: Pace) -> Vec<Measuring> {
    let plan = Plan { requirements: vec![requirement.to_owned()], ..run(AT_ONCE, abilities) };
    measurings([plan].iter(), abilities, pace)
}

/// The calls of a measurement: when, whether it prefers, and the pair and the duration that it asks for.
fn calls(measuring: &Measuring) -> Vec<(u64, bool, String)> {
    let body = |body: &[u8]| {
        let body: serde_json::Value = serde_json::from_slice(body).unwrap();
        let text = |member: &str| body[member].as_str().unwrap_or("none").to_owned();
        [text("availability"), text("activity"), text("expirationDuration")].join(" ")
    };
    let call = |action: &crate::plan::Action| {
        let prefers = action.operation == Operation::SetUserPreferredPresence;
        (action.at.as_secs() / 60, prefers, action.request.body.as_deref().map(body).unwrap_or_default())
    };
    measuring.actions.iter().map(call).collect()
}

#[test]
fn what_is_measured_for_each_requirement() {
    const AVAILABLE: &str = "Available Available PT30M";
    const CALL: &str = "Busy InACall PT5M";
    const UNSTATED: &str = "Busy InACall none";
    const PREFERRED: &str = "DoNotDisturb DoNotDisturb PT5M";
    type Row<'r> = (&'r str, &'r [(u64, bool, &'r str)], &'r [&'r str], &'r str, Option<u64>);
    let rows: [Row<'_>; 8] = [
        (
            "fade.first-timeout",
            &[(0, false, AVAILABLE)],
            &["Available/Available"],
            "Available/AvailableInactive",
            Some(5),
        ),
        (
            "fade.second-timeout",
            &[(0, false, AVAILABLE)],
            &["Available/Available", "Available/AvailableInactive"],
            "Away/Away",
            Some(10),
        ),
        (
            "fade.counts-from-last-call",
            &[(0, false, AVAILABLE), (3, false, AVAILABLE)],
            &["Available/Available"],
            "Available/AvailableInactive",
            Some(5),
        ),
        ("fade.expiration", &[(0, false, CALL)], &["Busy/InACall"], "Offline/Offline", Some(5)),
        ("fade.expiration-moved", &[(0, false, CALL), (3, false, CALL)], &["Busy/InACall"], "Offline/Offline", Some(5)),
        ("fade.default-expiration", &[(0, false, UNSTATED)], &["Busy/InACall"], "Offline/Offline", Some(5)),
        ("fade.default-expiration-unstated", &[(0, false, UNSTATED)], &["Busy/InACall"], "Offline/Offline", None),
        (
            "precedence.preferred-expires",
            &[(0, false, "Busy InACall PT30M"), (0, true, PREFERRED)],
            &["DoNotDisturb/DoNotDisturb"],
            "Busy/InACall",
            Some(5),
        ),
    ];
    for (requirement, wanted, before, after, documented) in rows {
        let found = measured(requirement, &able(), Pace::Exact);
        let [measuring] = found.as_slice() else { panic!("{requirement}: {found:?}") };
        let wanted: Vec<_> = wanted.iter().map(|(at, prefers, body)| (*at, *prefers, (*body).to_owned())).collect();
        assert_eq!(calls(measuring), wanted, "{requirement}");
        let shown: Vec<String> = measuring.before.iter().map(ToString::to_string).collect();
        assert_eq!(shown, before, "{requirement}");
        assert_eq!(measuring.after.to_string(), after, "{requirement}");
        assert_eq!(measuring.documented, documented.map(minutes), "{requirement}");
        assert_eq!(measuring.requirement, requirement);
        assert_eq!(measuring.prefers(), requirement == "precedence.preferred-expires");
        assert_eq!(
            (measuring.look.operation, measuring.look.actor.as_deref()),
            (Operation::GetPresence, Some("reader"))
        );
    }
    assert_eq!(measured("body.first", &able(), Pace::Exact), [], "nothing of it has an instant");
}

#[test]
fn nothing_is_measured_that_the_target_or_the_time_does_not_allow() {
    let without = |operation| {
        let mut abilities = able();
        abilities.operations.remove(&operation);
        abilities
    };
    let preferred = "precedence.preferred-expires";
    let rows = [
        ("fade.expiration", without(Operation::GetPresence), 0),
        ("fade.expiration", without(Operation::ClearUserPreferredPresence), 1),
        (preferred, without(Operation::SetUserPreferredPresence), 0),
        (preferred, without(Operation::ClearUserPreferredPresence), 0),
        // Twice the documented time is needed where a clock stands still, and after a second call at three minutes.
        ("fade.expiration", Abilities { longest: Some(minutes(10)), ..able() }, 1),
        ("fade.expiration", Abilities { longest: Some(minutes(9)), ..able() }, 0),
        ("fade.expiration-moved", Abilities { longest: Some(minutes(13)), ..able() }, 1),
        ("fade.expiration-moved", Abilities { longest: Some(minutes(12)), ..able() }, 0),
    ];
    for (requirement, abilities, n) in rows {
        assert_eq!(measured(requirement, &abilities, Pace::Exact).len(), n, "{requirement}: {abilities:?}");
    }
}

#[test]
fn what_a_run_will_take() {
    let scaled = Abilities { clock_factor: 60, ..able() };
    let planned = || {
        let skipped = planned(AT_ONCE, &{
            let mut unable = able();
            unable.operations.clear();
            unable
        });
        let named = |id: &str, steps| Planned::Run(Plan { id: id.to_owned(), ..run(steps, &scaled) });
        vec![named("b", TEN_MINUTES), skipped.clone(), named("a", AT_ONCE), skipped, named("c", TEN_MINUTES)]
    };
    // The cases that read, the other, and those that are left out.
    let found = forecast(&planned(), &[], &scaled, Pace::Watched(60));
    let waits = vec![Wait { lasts: Duration::from_secs(10), ids: vec!["b".to_owned(), "c".to_owned()] }];
    let lasts = Some(Duration::from_secs(10));
    let wanted = Forecast { cases: 3, left_out: 2, requests: 5, users: 3, lasts, waits, enough: None };
    assert_eq!(found, wanted);

    let one_user = Abilities { users: 1, ..scaled.clone() };
    let found = forecast(&planned(), &[], &one_user, Pace::Watched(60));
    assert_eq!((found.users, found.lasts), (1, Some(Duration::from_secs(20))), "one after the other");
    assert_eq!(found.enough, Some((10, Duration::from_secs(10))), "the longest decides");

    let by_hand = forecast(&planned(), &[], &scaled, Pace::Exact);
    assert_eq!((by_hand.lasts, by_hand.waits), (None, Vec::new()), "nothing waits");

    let measurings = measured("fade.expiration", &scaled, Pace::Watched(60));
    let found = forecast(&planned(), &measurings, &scaled, Pace::Watched(60));
    assert_eq!(found.requests, 5 + measurings[0].requests());
    // A look each 1.2 s, for 5 min, and the call.
    assert_eq!(measurings[0].requests(), 252);
    assert_eq!(
        measured("fade.expiration", &scaled, Pace::Exact)[0].requests(),
        4,
        "just after the call, and on both sides of the instant"
    );
    // Two looks a second until 294.5 s, then ten, and two calls.
    assert_eq!(measured("fade.expiration-moved", &scaled, Pace::Watched(1))[0].requests(), 590 + 55 + 2);
}
