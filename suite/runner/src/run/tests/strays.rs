//! What a target keeps under another id than the calling application's.

use super::*;
use crate::testing::set_with;

fn two_cases(session: Option<&str>) -> Vec<Plan> {
    vec![plan("s/sets", vec![get(0), set_with(0, "app", session), get(0)]), plan("s/reads", vec![get(0)])]
}

async fn shown_by(clears: Clears, settings: Settings, session: Option<&str>) -> (Fake, Vec<CaseRecord>) {
    let fake = Fake::new(clears);
    let target = fake.target(settings).await;
    let (records, _) = run_all(&target, two_cases(session), &Options::default()).await;
    assert_eq!(shown(&records[0]), ["Offline", "Busy"]);
    (fake, records)
}

#[tokio::test]
async fn what_is_kept_under_another_id_is_cleared_under_that_id() {
    // Of an application that is known, of one that nobody is, and of none.
    for session in [Some("id-of-app_b"), Some("a-stranger"), Some(""), None] {
        let (fake, records) = shown_by(Clears::Well, settings("http://fake", 1, manual()), session).await;
        assert_eq!(shown(&records[1]), ["Offline"], "{session:?}");
        let cleared: Vec<_> = fake.log().into_iter().filter(|line| line.ends_with("a-stranger")).collect();
        if session == Some("a-stranger") {
            assert_eq!(cleared, ["setPresence u0 a-stranger", "clearPresence u0 a-stranger"]);
        }
        assert_eq!(fake.left(), 0, "{session:?}");
    }
}

#[tokio::test]
async fn what_nobody_can_clear_is_waited_out_or_given_up() {
    let (fake, records) = shown_by(Clears::Own, settings("http://fake", 1, manual()), Some("a-stranger")).await;
    assert_eq!(shown(&records[1]), ["Offline"]);
    assert!(fake.log().contains(&"advance 14401000".to_owned()), "{:?}", fake.log());

    let wall = settings("http://fake", 1, ClockSettings::Wall);
    let (_, records) = shown_by(Clears::Own, wall, Some("a-stranger")).await;
    assert_eq!(
        reason(&records[1]),
        "no user in a known state: a session that was accepted with another id than the calling application's cannot be cleared; name more users in the target file"
    );
}

/// Nothing is cleared and nobody looks for anything where the id is the application's own.
#[tokio::test]
async fn an_own_id_costs_no_request() {
    let (fake, _) = shown_by(Clears::Well, settings("http://fake", 1, manual()), Some("id-of-app")).await;
    assert_eq!(fake.log().iter().filter(|line| line.starts_with("presence")).count(), 4, "{:?}", fake.log());
}
