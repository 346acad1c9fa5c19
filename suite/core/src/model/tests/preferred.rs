//! What a user prefers: it wins over every session, but shows only where there is one, and it ends.

use std::time::Duration;

use super::What::{Clear, Prefer, Set, SetUntil, Shows, Unprefer};
use super::{What, check, presence};
use crate::model::{Expiry, PREFERRED_PAIRS, preferred_default};
use crate::spec::Availability;

const AVAILABLE: &str = "Available/Available";
const AWAY: &str = "Away/Away";
const IN_A_CALL: &str = "Busy/InACall";
const OFFLINE: &str = "Offline/Offline";
const DO_NOT_DISTURB: &str = "DoNotDisturb/DoNotDisturb";
const BUSY: &str = "Busy/Busy";
const BE_RIGHT_BACK: &str = "BeRightBack/BeRightBack";
const OFF_WORK: &str = "Offline/OffWork";

const DAY: u64 = 24 * 60 * 60;

#[test]
fn these_pairs_may_be_preferred() {
    let wanted = [AVAILABLE, BUSY, DO_NOT_DISTURB, BE_RIGHT_BACK, AWAY, OFF_WORK].map(presence);
    assert_eq!(PREFERRED_PAIRS, wanted);
}

#[test]
fn without_a_duration_it_lasts_a_day_or_a_week() {
    for availability in Availability::ALL {
        let days = match availability {
            Availability::Busy | Availability::DoNotDisturb => 1,
            _ => 7,
        };
        assert_eq!(preferred_default(*availability), Duration::from_secs(days * 86_400), "{availability}");
    }
}

#[test]
fn it_wins_where_there_is_a_session() {
    const LASTING: What = Set("app", IN_A_CALL, 100 * DAY);
    const ROWS: &[(&str, &[(u64, What)])] = &[
        ("no session", &[(0, Prefer(BUSY, None)), (1, Shows(&[OFFLINE]))]),
        ("over a lower session", &[(0, Set("app", AWAY, 3600)), (1, Prefer(BUSY, None)), (2, Shows(&[BUSY]))]),
        ("over a higher session", &[(0, LASTING), (1, Prefer(BE_RIGHT_BACK, None)), (2, Shows(&[BE_RIGHT_BACK]))]),
        ("over a later session", &[(0, Prefer(OFF_WORK, None)), (1, LASTING), (2, Shows(&[OFF_WORK]))]),
        (
            "until the session ends",
            &[
                (0, Prefer(BUSY, None)),
                (1, Set("app", AWAY, 600)),
                (600, Shows(&[BUSY])),
                (601, Shows(&[BUSY, OFFLINE])),
                (602, Shows(&[OFFLINE])),
            ],
        ),
        (
            "until the session is cleared",
            &[(0, Prefer(BUSY, None)), (1, LASTING), (2, Clear("app")), (3, Shows(&[OFFLINE]))],
        ),
        ("until it is cleared", &[(0, LASTING), (1, Prefer(BUSY, None)), (2, Unprefer), (3, Shows(&[IN_A_CALL]))]),
        (
            "another takes its place",
            &[(0, LASTING), (1, Prefer(BUSY, None)), (2, Prefer(AWAY, None)), (3, Shows(&[AWAY]))],
        ),
        ("nothing to clear", &[(0, LASTING), (1, Unprefer), (2, Shows(&[IN_A_CALL]))]),
        (
            "over a session that may be gone",
            &[(0, SetUntil("app", AWAY, Expiry::Unstated)), (1, Prefer(BUSY, None)), (2, Shows(&[BUSY, OFFLINE]))],
        ),
    ];
    check(ROWS);
}

#[test]
fn it_ends() {
    const LASTING: What = Set("app", IN_A_CALL, 100 * DAY);
    const ROWS: &[(&str, &[(u64, What)])] = &[
        (
            "after the duration given",
            &[
                (0, LASTING),
                (0, Prefer(AWAY, Some(60))),
                (59, Shows(&[AWAY])),
                (60, Shows(&[AWAY, IN_A_CALL])),
                (61, Shows(&[IN_A_CALL])),
            ],
        ),
        (
            "busy after a day",
            &[
                (0, LASTING),
                (0, Prefer(BUSY, None)),
                (DAY - 1, Shows(&[BUSY])),
                (DAY, Shows(&[BUSY, IN_A_CALL])),
                (DAY + 1, Shows(&[IN_A_CALL])),
            ],
        ),
        (
            "do not disturb after a day",
            &[
                (0, LASTING),
                (0, Prefer(DO_NOT_DISTURB, None)),
                (DAY - 1, Shows(&[DO_NOT_DISTURB])),
                (DAY + 1, Shows(&[IN_A_CALL])),
            ],
        ),
        (
            "the rest after a week",
            &[
                (0, LASTING),
                (0, Prefer(BE_RIGHT_BACK, None)),
                (7 * DAY - 1, Shows(&[BE_RIGHT_BACK])),
                (7 * DAY + 1, Shows(&[IN_A_CALL])),
            ],
        ),
        (
            "counted from the last time that it was set",
            &[
                (0, LASTING),
                (0, Prefer(AWAY, Some(60))),
                (30, Prefer(AWAY, Some(60))),
                (89, Shows(&[AWAY])),
                (91, Shows(&[IN_A_CALL])),
            ],
        ),
        (
            "and the fade below it goes on",
            &[
                (0, Set("app", AVAILABLE, 3600)),
                (200, Prefer(BUSY, Some(60))),
                (261, Shows(&[AVAILABLE])),
                (301, Shows(&["Available/AvailableInactive"])),
            ],
        ),
    ];
    check(ROWS);
}
