//! Several sessions: which one shows.

use super::What::{Clear, Set, SetUntil, Shows, ShowsAnything};
use super::{What, check};
use crate::model::{Expiry, rank};
use crate::spec::Availability;

const AVAILABLE: &str = "Available/Available";
const INACTIVE: &str = "Available/AvailableInactive";
const AWAY: &str = "Away/Away";
const IN_A_CALL: &str = "Busy/InACall";
const CONFERENCE: &str = "Busy/InAConferenceCall";
const PRESENTING: &str = "DoNotDisturb/Presenting";
const OFFLINE: &str = "Offline/Offline";

#[test]
fn every_availability_has_its_rank() {
    let rows = [
        (Availability::DoNotDisturb, 4),
        (Availability::Busy, 3),
        (Availability::Available, 2),
        (Availability::Away, 1),
        (Availability::AvailableIdle, 0),
        (Availability::BeRightBack, 0),
        (Availability::BusyIdle, 0),
        (Availability::Offline, 0),
        (Availability::PresenceUnknown, 0),
    ];
    assert_eq!(rows.len(), Availability::ALL.len());
    for (availability, want) in rows {
        assert_eq!(rank(availability), want, "{availability}");
    }
}

/// Every pair of states, set in both orders: what shows is a matter of rank alone.
#[test]
fn every_pair_of_states() {
    const ROWS: &[(&str, &str, &[&str])] = &[
        (AVAILABLE, AVAILABLE, &[AVAILABLE]),
        (AVAILABLE, AWAY, &[AVAILABLE]),
        (AVAILABLE, IN_A_CALL, &[IN_A_CALL]),
        (AVAILABLE, CONFERENCE, &[CONFERENCE]),
        (AVAILABLE, PRESENTING, &[PRESENTING]),
        (AWAY, AWAY, &[AWAY]),
        (AWAY, IN_A_CALL, &[IN_A_CALL]),
        (AWAY, CONFERENCE, &[CONFERENCE]),
        (AWAY, PRESENTING, &[PRESENTING]),
        (IN_A_CALL, IN_A_CALL, &[IN_A_CALL]),
        (IN_A_CALL, CONFERENCE, &[IN_A_CALL, CONFERENCE]),
        (IN_A_CALL, PRESENTING, &[PRESENTING]),
        (CONFERENCE, CONFERENCE, &[CONFERENCE]),
        (CONFERENCE, PRESENTING, &[PRESENTING]),
        (PRESENTING, PRESENTING, &[PRESENTING]),
    ];
    for (one, other, wanted) in ROWS {
        for (first, second) in [(one, other), (other, one)] {
            let story = format!("{first}, then {second}");
            check(&[(&story, &[(0, Set("app", first, 3600)), (1, Set("app_b", second, 3600)), (2, Shows(wanted))])]);
        }
    }
}

#[test]
fn a_faded_session_ranks_as_what_it_shows() {
    const ROWS: &[(&str, &[(u64, What)])] = &[
        (
            "inactive beside away",
            &[(0, Set("app", AVAILABLE, 3600)), (1, Set("app_b", AWAY, 3600)), (450, Shows(&[INACTIVE]))],
        ),
        (
            "away beside another's away",
            &[(0, Set("app", AVAILABLE, 3600)), (1, Set("app_b", AWAY, 3600)), (700, Shows(&[AWAY]))],
        ),
        (
            "inactive beside a fresh one: a tie of one availability",
            &[
                (0, Set("app", AVAILABLE, 3600)),
                (200, Set("app_b", AVAILABLE, 3600)),
                (450, Shows(&[AVAILABLE, INACTIVE])),
                (550, Shows(&[INACTIVE])),
                (700, Shows(&[INACTIVE])),
                (801, Shows(&[AWAY])),
            ],
        ),
        (
            "away is outranked by another's available",
            &[(0, Set("app", AVAILABLE, 3600)), (650, Set("app_b", AVAILABLE, 3600)), (700, Shows(&[AVAILABLE]))],
        ),
        (
            "on the boundary it may or may not outrank",
            &[(0, Set("app", AVAILABLE, 3600)), (1, Set("app_b", AWAY, 3600)), (600, Shows(&[INACTIVE, AWAY]))],
        ),
    ];
    check(ROWS);
}

#[test]
fn the_next_one_shows_when_the_highest_goes() {
    const THREE: [(u64, What); 3] =
        [(0, Set("app", IN_A_CALL, 600)), (1, Set("app_b", AWAY, 3600)), (2, Set("app_c", PRESENTING, 400))];
    const ROWS: &[(&str, &[(u64, What)])] = &[
        ("all stand", &[THREE[0], THREE[1], THREE[2], (3, Shows(&[PRESENTING]))]),
        ("the highest expires", &[THREE[0], THREE[1], THREE[2], (403, Shows(&[IN_A_CALL]))]),
        ("on its expiry", &[THREE[0], THREE[1], THREE[2], (402, Shows(&[PRESENTING, IN_A_CALL]))]),
        ("the next one expires", &[THREE[0], THREE[1], THREE[2], (601, Shows(&[AWAY]))]),
        ("the last one expires", &[THREE[0], THREE[1], THREE[2], (3602, Shows(&[OFFLINE]))]),
        ("the highest is cleared", &[THREE[0], THREE[1], THREE[2], (3, Clear("app_c")), (4, Shows(&[IN_A_CALL]))]),
        ("another one is cleared", &[THREE[0], THREE[1], THREE[2], (3, Clear("app")), (4, Shows(&[PRESENTING]))]),
        ("one that never was", &[THREE[0], THREE[1], THREE[2], (3, Clear("app_d")), (4, Shows(&[PRESENTING]))]),
        (
            "the highest is set lower",
            &[THREE[0], THREE[1], THREE[2], (3, Set("app_c", AWAY, 3600)), (4, Shows(&[IN_A_CALL]))],
        ),
        ("nobody ever called", &[(0, Shows(&[OFFLINE]))]),
    ];
    check(ROWS);
}

#[test]
fn both_on_a_boundary_leave_every_outcome() {
    const ROWS: &[(&str, &[(u64, What)])] = &[(
        "two that expire together",
        &[(0, Set("app", IN_A_CALL, 600)), (0, Set("app_b", AWAY, 600)), (600, Shows(&[IN_A_CALL, AWAY, OFFLINE]))],
    )];
    check(ROWS);
}

/// A pair that should never have been accepted may show anything and rank anywhere, but hides nothing for good.
#[test]
fn a_session_that_may_show_anything() {
    const ANYTHING: What = SetUntil("app", "", Expiry::Unstated);
    const ROWS: &[(&str, &[(u64, What)])] = &[
        ("alone", &[(0, ANYTHING), (0, ShowsAnything(&[]))]),
        ("alone, perhaps gone", &[(0, ANYTHING), (10, ShowsAnything(&[OFFLINE]))]),
        ("beside another", &[(0, ANYTHING), (1, Set("app_b", AWAY, 3600)), (1, ShowsAnything(&[AWAY]))]),
        ("until it is set as documented", &[(0, ANYTHING), (1, Set("app", AWAY, 3600)), (2, Shows(&[AWAY]))]),
        ("until it is cleared", &[(0, ANYTHING), (1, Clear("app")), (2, Shows(&[OFFLINE]))]),
    ];
    check(ROWS);
}
