//! What is not known: lost answers, calls that should have been refused, and reads that settle it.

use super::What::{
    Clear, Explained, Forget, Muddle, Prefer, Set, SetNothing, SetUnknown, Shows, ShowsAnything, Stands, Unexplained,
    Unprefer,
};
use super::{EXACT, Spans, What, check_spans};
use crate::model::Seen;

const AVAILABLE: &str = "Available/Available";
const AWAY: &str = "Away/Away";
const BUSY: &str = "Busy/InACall";
const OFFLINE: &str = "Offline/Offline";
const PREFERRED: &str = "BeRightBack/BeRightBack";

const YES: Seen = Seen::Accepted;
const NO: Seen = Seen::Refused;
const LOST: Seen = Seen::Lost;

/// An accepted call at that second, in a story in milliseconds.
const fn at(second: u64, what: What) -> (u64, u64, Seen, What) {
    (second * 1000, second * 1000, YES, what)
}

const fn came(second: u64, seen: Seen, what: What) -> (u64, u64, Seen, What) {
    (second * 1000, second * 1000, seen, what)
}

#[test]
fn a_refused_call_changes_nothing() {
    const ROWS: &[(&str, &Spans)] = &[
        ("a set", &[at(0, Set("app", AWAY, 3600)), came(1, NO, Set("app", BUSY, 3600)), at(2, Shows(&[AWAY]))]),
        ("a clear", &[at(0, Set("app", AWAY, 3600)), came(1, NO, Clear("app")), at(2, Shows(&[AWAY]))]),
        ("a preference", &[at(0, Set("app", AWAY, 3600)), came(1, NO, Prefer(PREFERRED, None)), at(2, Shows(&[AWAY]))]),
        (
            "the end of one",
            &[
                at(0, Set("app", AWAY, 3600)),
                at(1, Prefer(PREFERRED, None)),
                came(2, NO, Unprefer),
                at(3, Shows(&[PREFERRED])),
            ],
        ),
        ("a safe method", &[at(0, Set("app", AWAY, 3600)), at(1, SetNothing), at(2, Shows(&[AWAY]))]),
        ("an unknown one", &[at(0, Set("app", AWAY, 3600)), came(1, NO, SetUnknown(&["app"])), at(2, Shows(&[AWAY]))]),
    ];
    check_spans(EXACT, ROWS);
}

#[test]
fn a_lost_answer_leaves_two_worlds_until_a_read_tells() {
    const LOST_SET: [(u64, u64, Seen, What); 2] =
        [at(0, Set("app", AWAY, 3600)), came(1, LOST, Set("app", BUSY, 3600))];
    const ROWS: &[(&str, &Spans)] = &[
        ("either", &[LOST_SET[0], LOST_SET[1], at(2, Shows(&[AWAY, BUSY]))]),
        (
            "it took effect",
            &[LOST_SET[0], LOST_SET[1], at(2, Explained(BUSY)), at(3, Shows(&[BUSY])), at(4, Unexplained(AWAY))],
        ),
        ("it did not", &[LOST_SET[0], LOST_SET[1], at(2, Explained(AWAY)), at(3, Shows(&[AWAY]))]),
        (
            "what no world explains rules nothing out",
            &[LOST_SET[0], LOST_SET[1], at(2, Unexplained(AVAILABLE)), at(3, Shows(&[AWAY, BUSY]))],
        ),
        (
            "a later call settles it",
            &[LOST_SET[0], LOST_SET[1], at(2, Set("app", AVAILABLE, 3600)), at(3, Shows(&[AVAILABLE]))],
        ),
        (
            "the expiries differ",
            &[
                at(0, Set("app", BUSY, 600)),
                came(300, LOST, Set("app", BUSY, 600)),
                at(599, Shows(&[BUSY])),
                at(601, Shows(&[BUSY, OFFLINE])),
                at(602, Explained(BUSY)),
                at(899, Shows(&[BUSY])),
                at(901, Shows(&[OFFLINE])),
            ],
        ),
        ("a clear", &[at(0, Set("app", BUSY, 600)), came(1, LOST, Clear("app")), at(2, Shows(&[BUSY, OFFLINE]))]),
        (
            "a preference",
            &[at(0, Set("app", BUSY, 600)), came(1, LOST, Prefer(PREFERRED, None)), at(2, Shows(&[BUSY, PREFERRED]))],
        ),
        (
            "the end of a preference",
            &[
                at(0, Set("app", BUSY, 600)),
                at(1, Prefer(PREFERRED, None)),
                came(2, LOST, Unprefer),
                at(3, Shows(&[BUSY, PREFERRED])),
                at(4, Explained(BUSY)),
                at(5, Shows(&[BUSY])),
            ],
        ),
    ];
    check_spans(EXACT, ROWS);
}

/// Worlds that no longer differ become one, so that a long run does not end in not knowing.
#[test]
fn equal_worlds_merge() {
    let mut story: Vec<(u64, u64, Seen, What)> = Vec::new();
    for round in 0..200 {
        story.push(came(round * 1000, LOST, Set("app", BUSY, 300)));
        // By now whatever was lost has expired in every world.
        story.push(at(round * 1000 + 500, Shows(&[OFFLINE])));
        story.push(came(round * 1000 + 600, LOST, Prefer(PREFERRED, Some(10))));
    }
    check_spans(EXACT, &[("lost and expired, two hundred times", &story)]);
}

#[test]
fn too_many_worlds_are_anything() {
    // Each lost call may have been the last one, so each leaves one world more.
    let lost = |n: u64| -> Vec<(u64, u64, Seen, What)> {
        (0..n).map(|second| came(second, LOST, Set("app", BUSY, 3600 + second))).collect()
    };
    let mut known = lost(63);
    known.push(at(100, Shows(&[BUSY, OFFLINE])));
    let mut unknown = lost(64);
    unknown.push(at(100, ShowsAnything(&[])));
    unknown.push(at(101, Explained("PresenceUnknown/PresenceUnknown")));
    unknown.push(at(102, Set("app", BUSY, 3600)));
    unknown.push(at(103, ShowsAnything(&[])));
    check_spans(EXACT, &[("sixty-four worlds", &known), ("sixty-five", &unknown)]);
}

#[test]
fn a_call_of_which_nothing_is_known() {
    const ROWS: &[(&str, &Spans)] = &[
        ("of one application", &[at(0, SetUnknown(&["app"])), at(1, ShowsAnything(&[OFFLINE]))]),
        ("of nobody in particular", &[at(0, SetUnknown(&[])), at(1, ShowsAnything(&[OFFLINE]))]),
        (
            "it may have done nothing",
            &[at(0, Set("app", BUSY, 3600)), at(1, SetUnknown(&["app"])), at(2, ShowsAnything(&[BUSY, OFFLINE]))],
        ),
        (
            "a call of its application settles it",
            &[at(0, SetUnknown(&["app"])), at(1, Set("app", BUSY, 3600)), at(2, Shows(&[BUSY]))],
        ),
        (
            "a call of another does not",
            &[at(0, SetUnknown(&["app"])), at(1, Set("app_b", BUSY, 3600)), at(2, ShowsAnything(&[BUSY]))],
        ),
        (
            "nor does one where it is nobody's",
            &[at(0, SetUnknown(&[])), at(1, Set("app", BUSY, 3600)), at(2, ShowsAnything(&[BUSY]))],
        ),
        (
            "it is one of two",
            &[
                at(0, SetUnknown(&["app", "app_b"])),
                at(1, Clear("app")),
                at(2, ShowsAnything(&[OFFLINE])),
                at(3, Clear("app_b")),
                at(4, Shows(&[OFFLINE])),
            ],
        ),
    ];
    check_spans(EXACT, ROWS);
}

#[test]
fn whether_a_session_stands() {
    const GUID: &str = "22553876-f5ab-4529-bffb-cfe50aa89f87";
    const UPPER: &str = "22553876-F5AB-4529-BFFB-CFE50AA89F87";
    const ROWS: &[(&str, &Spans)] = &[
        ("of a user who is not known", &[at(0, Stands("app", false, true))]),
        (
            "set",
            &[at(0, Set("app", BUSY, 600)), at(1, Stands("app", true, false)), at(2, Stands("app_b", false, true))],
        ),
        ("in another letter case", &[at(0, Set(GUID, BUSY, 600)), at(1, Stands(UPPER, true, false))]),
        ("expired", &[at(0, Set("app", BUSY, 600)), at(601, Stands("app", false, true))]),
        ("cleared", &[at(0, Set("app", BUSY, 600)), at(1, Clear("app")), at(2, Stands("app", false, true))]),
        ("perhaps set", &[came(0, LOST, Set("app", BUSY, 600)), at(1, Stands("app", true, true))]),
        ("nobody knows", &[at(0, Muddle), at(1, Stands("app", true, true))]),
    ];
    check_spans(EXACT, ROWS);
}

#[test]
fn what_is_known_of_a_user_can_be_lost_and_regained() {
    const ROWS: &[(&str, &Spans)] = &[
        ("lost", &[at(0, Set("app", BUSY, 600)), at(1, Muddle), at(2, ShowsAnything(&[]))]),
        ("regained", &[at(0, Muddle), at(1, Forget), at(2, Shows(&[OFFLINE]))]),
        (
            "with no preference left",
            &[
                at(0, Set("app", BUSY, 600)),
                at(1, Prefer(PREFERRED, None)),
                at(2, Forget),
                at(3, Set("app", AWAY, 600)),
                at(4, Shows(&[AWAY])),
            ],
        ),
    ];
    check_spans(EXACT, ROWS);
}
