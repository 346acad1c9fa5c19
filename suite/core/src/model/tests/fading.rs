//! One session: fading by age, keep-alive, expiry.

use std::time::Duration;

use super::What::{Clear, Set, SetUntil, Shows};
use super::{What, check, presence};
use crate::model::{Expiry, Timeouts};

const AVAILABLE: &str = "Available/Available";
const INACTIVE: &str = "Available/AvailableInactive";
const AWAY: &str = "Away/Away";
const IN_A_CALL: &str = "Busy/InACall";
const CONFERENCE: &str = "Busy/InAConferenceCall";
const PRESENTING: &str = "DoNotDisturb/Presenting";
const OFFLINE: &str = "Offline/Offline";

#[test]
fn the_fade_table() {
    const MINUTE: u64 = 60_000_000_000;
    let rows = [
        (AVAILABLE, 0, AVAILABLE),
        (AVAILABLE, 5 * MINUTE - 1, AVAILABLE),
        (AVAILABLE, 5 * MINUTE, INACTIVE),
        (AVAILABLE, 5 * MINUTE + 1, INACTIVE),
        (AVAILABLE, 10 * MINUTE - 1, INACTIVE),
        (AVAILABLE, 10 * MINUTE, AWAY),
        (AVAILABLE, 10 * MINUTE + 1, AWAY),
        (AVAILABLE, 240 * MINUTE, AWAY),
        (IN_A_CALL, 0, IN_A_CALL),
        (IN_A_CALL, 7 * MINUTE, IN_A_CALL),
        (IN_A_CALL, 240 * MINUTE, IN_A_CALL),
        (CONFERENCE, 7 * MINUTE, CONFERENCE),
        (CONFERENCE, 240 * MINUTE, CONFERENCE),
        (PRESENTING, 7 * MINUTE, PRESENTING),
        (PRESENTING, 240 * MINUTE, PRESENTING),
        (AWAY, 7 * MINUTE, AWAY),
        (AWAY, 240 * MINUTE, AWAY),
        // Only the pair that an application sets fades, not one that merely is available.
        (INACTIVE, 0, INACTIVE),
        (INACTIVE, 240 * MINUTE, INACTIVE),
    ];
    for (set, nanos, shown) in rows {
        let found = Timeouts::DOCUMENTED.shown(presence(set), Duration::from_nanos(nanos));
        assert_eq!(found, presence(shown), "{set} after {nanos} ns");
    }
}

#[test]
fn other_timeouts_are_kept_as_given() {
    let timeouts = Timeouts { first: Duration::from_secs(1), second: Duration::from_secs(4) };
    for (millis, shown) in [(999, AVAILABLE), (1_000, INACTIVE), (3_999, INACTIVE), (4_000, AWAY)] {
        assert_eq!(timeouts.shown(presence(AVAILABLE), Duration::from_millis(millis)), presence(shown), "{millis}");
    }
}

/// What a session that was set at the start for an hour may show; on a boundary, either side.
#[test]
fn every_boundary_from_both_sides_and_on_it() {
    const HOLDS: [&str; 4] = [IN_A_CALL, CONFERENCE, PRESENTING, AWAY];
    const ROWS: &[(&str, &[(u64, What)])] = &[
        ("just set", &[(0, Set("app", AVAILABLE, 3600)), (1, Shows(&[AVAILABLE]))]),
        ("before the first timeout", &[(0, Set("app", AVAILABLE, 3600)), (299, Shows(&[AVAILABLE]))]),
        ("on the first timeout", &[(0, Set("app", AVAILABLE, 3600)), (300, Shows(&[AVAILABLE, INACTIVE]))]),
        ("after the first timeout", &[(0, Set("app", AVAILABLE, 3600)), (301, Shows(&[INACTIVE]))]),
        ("before the second timeout", &[(0, Set("app", AVAILABLE, 3600)), (599, Shows(&[INACTIVE]))]),
        ("on the second timeout", &[(0, Set("app", AVAILABLE, 3600)), (600, Shows(&[INACTIVE, AWAY]))]),
        ("after the second timeout", &[(0, Set("app", AVAILABLE, 3600)), (601, Shows(&[AWAY]))]),
        ("before the expiry", &[(0, Set("app", AVAILABLE, 3600)), (3599, Shows(&[AWAY]))]),
        ("on the expiry", &[(0, Set("app", AVAILABLE, 3600)), (3600, Shows(&[AWAY, OFFLINE]))]),
        ("after the expiry", &[(0, Set("app", AVAILABLE, 3600)), (3601, Shows(&[OFFLINE]))]),
    ];
    check(ROWS);
    for held in HOLDS {
        let story = [
            (0, Set("app", held, 3600)),
            (1, What::Explained(held)),
            (300, What::Explained(held)),
            (600, What::Explained(held)),
            (3599, What::Explained(held)),
            (3599, What::Unexplained(OFFLINE)),
            (3601, What::Unexplained(held)),
            (3601, Shows(&[OFFLINE])),
        ];
        check(&[(held, &story)]);
    }
}

#[test]
fn expiry_wins_over_fading() {
    const ROWS: &[(&str, &[(u64, What)])] = &[
        ("5 min: before", &[(0, Set("app", AVAILABLE, 300)), (299, Shows(&[AVAILABLE]))]),
        ("5 min: on it, never inactive", &[(0, Set("app", AVAILABLE, 300)), (300, Shows(&[AVAILABLE, OFFLINE]))]),
        ("5 min: after", &[(0, Set("app", AVAILABLE, 300)), (301, Shows(&[OFFLINE]))]),
        ("5 min: long after", &[(0, Set("app", AVAILABLE, 300)), (601, Shows(&[OFFLINE]))]),
        ("7 min: faded", &[(0, Set("app", AVAILABLE, 420)), (301, Shows(&[INACTIVE]))]),
        ("7 min: on it", &[(0, Set("app", AVAILABLE, 420)), (420, Shows(&[INACTIVE, OFFLINE]))]),
        ("7 min: after", &[(0, Set("app", AVAILABLE, 420)), (421, Shows(&[OFFLINE]))]),
        ("10 min: on it, never away", &[(0, Set("app", AVAILABLE, 600)), (600, Shows(&[INACTIVE, OFFLINE]))]),
        ("10 min: after", &[(0, Set("app", AVAILABLE, 600)), (601, Shows(&[OFFLINE]))]),
        ("10 min and 1 s", &[(0, Set("app", AVAILABLE, 601)), (600, Shows(&[INACTIVE, AWAY]))]),
        ("10 min and 1 s: on it", &[(0, Set("app", AVAILABLE, 601)), (601, Shows(&[AWAY, OFFLINE]))]),
    ];
    check(ROWS);
}

#[test]
fn a_call_renews_the_fade() {
    const ROWS: &[(&str, &[(u64, What)])] = &[
        (
            "kept alive before the first timeout",
            &[
                (0, Set("app", AVAILABLE, 3600)),
                (240, Set("app", AVAILABLE, 3600)),
                (480, Set("app", AVAILABLE, 3600)),
                (779, Shows(&[AVAILABLE])),
                (781, Shows(&[INACTIVE])),
            ],
        ),
        (
            "set again after the first stage",
            &[
                (0, Set("app", AVAILABLE, 3600)),
                (450, Set("app", AVAILABLE, 3600)),
                (451, Shows(&[AVAILABLE])),
                (749, Shows(&[AVAILABLE])),
                (751, Shows(&[INACTIVE])),
                (1051, Shows(&[AWAY])),
            ],
        ),
        (
            "set again after the second stage",
            &[(0, Set("app", AVAILABLE, 3600)), (700, Set("app", AVAILABLE, 3600)), (701, Shows(&[AVAILABLE]))],
        ),
    ];
    check(ROWS);
}

#[test]
fn a_call_replaces_the_expiry_and_the_state() {
    const ROWS: &[(&str, &[(u64, What)])] = &[
        (
            "a call before the expiry moves it",
            &[
                (0, Set("app", IN_A_CALL, 600)),
                (599, Set("app", IN_A_CALL, 600)),
                (601, Shows(&[IN_A_CALL])),
                (1198, Shows(&[IN_A_CALL])),
                (1200, Shows(&[OFFLINE])),
            ],
        ),
        (
            "a later call may bring the expiry nearer",
            &[(0, Set("app", IN_A_CALL, 3600)), (10, Set("app", IN_A_CALL, 300)), (311, Shows(&[OFFLINE]))],
        ),
        (
            "a call after the expiry starts anew",
            &[
                (0, Set("app", IN_A_CALL, 300)),
                (400, Shows(&[OFFLINE])),
                (500, Set("app", AVAILABLE, 300)),
                (501, Shows(&[AVAILABLE])),
            ],
        ),
        (
            "another state takes the place of the whole one before",
            &[
                (0, Set("app", IN_A_CALL, 3600)),
                (10, Set("app", AWAY, 3600)),
                (11, Shows(&[AWAY])),
                (20, Set("app", AVAILABLE, 3600)),
                (21, Shows(&[AVAILABLE])),
            ],
        ),
        (
            "a cleared session that is set again",
            &[
                (0, Set("app", IN_A_CALL, 3600)),
                (10, Clear("app")),
                (11, Shows(&[OFFLINE])),
                (20, Set("app", AVAILABLE, 3600)),
                (319, Shows(&[AVAILABLE])),
                (321, Shows(&[INACTIVE])),
            ],
        ),
    ];
    check(ROWS);
}

#[test]
fn an_expiry_that_is_not_stated_may_come_at_any_time_but_at_once() {
    const UNSTATED: What = SetUntil("app", AVAILABLE, Expiry::Unstated);
    const ANYTIME: What = SetUntil("app", AVAILABLE, Expiry::Anything);
    const HELD: What = SetUntil("app", IN_A_CALL, Expiry::Unstated);
    const ROWS: &[(&str, &[(u64, What)])] = &[
        ("unstated: it exists", &[(0, UNSTATED), (0, Shows(&[AVAILABLE]))]),
        ("unstated: after a second it may be gone", &[(0, UNSTATED), (1, Shows(&[AVAILABLE, OFFLINE]))]),
        ("unstated: it fades", &[(0, UNSTATED), (301, Shows(&[INACTIVE, OFFLINE]))]),
        ("unstated: it fades again", &[(0, UNSTATED), (601, Shows(&[AWAY, OFFLINE]))]),
        ("unstated: for good", &[(0, UNSTATED), (1_000_000, Shows(&[AWAY, OFFLINE]))]),
        ("unstated: what does not fade", &[(0, HELD), (1_000_000, Shows(&[IN_A_CALL, OFFLINE]))]),
        ("at any time: at once", &[(0, ANYTIME), (0, Shows(&[AVAILABLE, OFFLINE]))]),
        ("at any time: it fades", &[(0, ANYTIME), (601, Shows(&[AWAY, OFFLINE]))]),
    ];
    check(ROWS);
}
