//! Time that is not exact: calls and reads that take a while, tolerance, propagation.

use std::time::Duration;

use super::What::{Clear, Prefer, Set, SetUntil, Shows, Unprefer};
use super::{EXACT, Spans, check_spans};
use crate::model::{Expiry, Seen, Slack};

const AVAILABLE: &str = "Available/Available";
const INACTIVE: &str = "Available/AvailableInactive";
const AWAY: &str = "Away/Away";
const BUSY: &str = "Busy/InACall";
const OFFLINE: &str = "Offline/Offline";

const YES: Seen = Seen::Accepted;
const TOLERANT: Slack = Slack { tolerance: Duration::from_secs(2), propagation: Duration::ZERO };
const SLOW: Slack = Slack { tolerance: Duration::ZERO, propagation: Duration::from_secs(10) };

/// A call takes effect somewhere between its sending and its answer, and so does a read.
#[test]
fn a_call_and_a_read_are_intervals() {
    let set = (1_000, 3_000, YES, Set("app", AVAILABLE, 3600));
    let stories: &[(&str, &Spans)] = &[
        ("surely before", &[set, (300_000, 300_999, YES, Shows(&[AVAILABLE]))]),
        ("the read may end after the earliest", &[set, (300_000, 301_000, YES, Shows(&[AVAILABLE, INACTIVE]))]),
        ("the read may begin before the latest", &[set, (303_000, 303_500, YES, Shows(&[AVAILABLE, INACTIVE]))]),
        ("surely after", &[set, (303_001, 303_500, YES, Shows(&[INACTIVE]))]),
        ("a long read", &[set, (300_000, 700_000, YES, Shows(&[AVAILABLE, INACTIVE, AWAY]))]),
        ("the expiry, too", &[set, (3_601_000, 3_601_000, YES, Shows(&[AWAY, OFFLINE]))]),
        ("before the expiry", &[set, (3_600_999, 3_600_999, YES, Shows(&[AWAY]))]),
        ("after the expiry", &[set, (3_603_001, 3_603_001, YES, Shows(&[OFFLINE]))]),
    ];
    check_spans(EXACT, stories);
}

#[test]
fn a_read_while_a_call_is_under_way_may_show_before_or_after() {
    let stories: &[(&str, &Spans)] = &[
        ("during", &[(0, 1_000, YES, Set("app", BUSY, 3600)), (500, 500, YES, Shows(&[OFFLINE, BUSY]))]),
        ("before its end", &[(0, 1_000, YES, Set("app", BUSY, 3600)), (999, 2_000, YES, Shows(&[OFFLINE, BUSY]))]),
        ("from its end on", &[(0, 1_000, YES, Set("app", BUSY, 3600)), (1_000, 1_000, YES, Shows(&[BUSY]))]),
        (
            "two at once come in either order",
            &[
                (0, 1_000, YES, Set("app", BUSY, 3600)),
                (500, 1_500, YES, Set("app", AWAY, 3600)),
                (2_000, 2_000, YES, Shows(&[BUSY, AWAY])),
            ],
        ),
        (
            "one after another come in theirs",
            &[
                (0, 1_000, YES, Set("app", BUSY, 3600)),
                (1_000, 1_500, YES, Set("app", AWAY, 3600)),
                (2_000, 2_000, YES, Shows(&[AWAY])),
            ],
        ),
        (
            "two applications at once",
            &[
                (0, 1_000, YES, Set("app", BUSY, 3600)),
                (500, 1_500, YES, Set("app_b", AWAY, 3600)),
                (2_000, 2_000, YES, Shows(&[BUSY])),
            ],
        ),
        (
            "a clear beside a set",
            &[
                (0, 1_000, YES, Set("app", BUSY, 3600)),
                (500, 1_500, YES, Clear("app")),
                (2_000, 2_000, YES, Shows(&[BUSY, OFFLINE])),
            ],
        ),
        (
            "two preferences at once",
            &[
                (0, 0, YES, Set("app", BUSY, 3600)),
                (1_000, 2_000, YES, Prefer("Away/Away", None)),
                (1_500, 2_500, YES, Prefer("BeRightBack/BeRightBack", None)),
                (3_000, 3_000, YES, Shows(&["Away/Away", "BeRightBack/BeRightBack"])),
            ],
        ),
        (
            "a preference and its end at once",
            &[
                (0, 0, YES, Set("app", BUSY, 3600)),
                (1_000, 2_000, YES, Prefer("Away/Away", None)),
                (1_500, 2_500, YES, Unprefer),
                (3_000, 3_000, YES, Shows(&["Away/Away", BUSY])),
            ],
        ),
    ];
    check_spans(EXACT, stories);
}

#[test]
fn tolerance_widens_every_boundary() {
    let set = (0, 0, YES, Set("app", AVAILABLE, 3600));
    let unstated = (0, 0, YES, SetUntil("app", BUSY, Expiry::Unstated));
    let busy = (0, 0, YES, Set("app", BUSY, 3600));
    let prefer = (0, 0, YES, Prefer(AWAY, Some(60)));
    let stories: &[(&str, &Spans)] = &[
        ("first: before", &[set, (297_999, 297_999, YES, Shows(&[AVAILABLE]))]),
        ("first: early", &[set, (298_000, 298_000, YES, Shows(&[AVAILABLE, INACTIVE]))]),
        ("first: late", &[set, (302_000, 302_000, YES, Shows(&[AVAILABLE, INACTIVE]))]),
        ("first: after", &[set, (302_001, 302_001, YES, Shows(&[INACTIVE]))]),
        ("second: before", &[set, (597_999, 597_999, YES, Shows(&[INACTIVE]))]),
        ("second: early", &[set, (598_000, 598_000, YES, Shows(&[INACTIVE, AWAY]))]),
        ("second: late", &[set, (602_000, 602_000, YES, Shows(&[INACTIVE, AWAY]))]),
        ("second: after", &[set, (602_001, 602_001, YES, Shows(&[AWAY]))]),
        ("expiry: before", &[set, (3_597_999, 3_597_999, YES, Shows(&[AWAY]))]),
        ("expiry: early", &[set, (3_598_000, 3_598_000, YES, Shows(&[AWAY, OFFLINE]))]),
        ("expiry: late", &[set, (3_602_000, 3_602_000, YES, Shows(&[AWAY, OFFLINE]))]),
        ("expiry: after", &[set, (3_602_001, 3_602_001, YES, Shows(&[OFFLINE]))]),
        ("unstated: within the tolerance", &[unstated, (0, 0, YES, Shows(&[BUSY, OFFLINE]))]),
        ("preferred: before", &[busy, prefer, (57_999, 57_999, YES, Shows(&[AWAY]))]),
        ("preferred: early", &[busy, prefer, (58_000, 58_000, YES, Shows(&[AWAY, BUSY]))]),
        ("preferred: late", &[busy, prefer, (62_000, 62_000, YES, Shows(&[AWAY, BUSY]))]),
        ("preferred: after", &[busy, prefer, (62_001, 62_001, YES, Shows(&[BUSY]))]),
    ];
    check_spans(TOLERANT, stories);
}

/// Until a call has spread, a read may show the state before it; a copy that lags behind shows a fade late, too, but none
/// early.
#[test]
fn propagation_delays_what_is_visible() {
    let set = (0, 1_000, YES, Set("app", BUSY, 3600));
    let away = (5_000, 6_000, YES, Set("app", AWAY, 3600));
    let available = (0, 0, YES, Set("app", AVAILABLE, 3600));
    let stories: &[(&str, &Spans)] = &[
        ("not yet visible", &[set, (10_999, 10_999, YES, Shows(&[OFFLINE, BUSY]))]),
        ("counted from the answer", &[set, (11_000, 11_000, YES, Shows(&[BUSY]))]),
        ("a read that begins before", &[set, (10_999, 20_000, YES, Shows(&[OFFLINE, BUSY]))]),
        ("two calls spread one after another", &[set, away, (7_000, 7_000, YES, Shows(&[OFFLINE, BUSY, AWAY]))]),
        ("the first has spread", &[set, away, (11_000, 11_000, YES, Shows(&[BUSY, AWAY]))]),
        ("both have spread", &[set, away, (16_000, 16_000, YES, Shows(&[AWAY]))]),
        (
            "a read of an old state rules nothing out",
            &[
                set,
                (2_000, 2_000, YES, super::What::Explained(OFFLINE)),
                (3_000, 3_000, YES, super::What::Explained(BUSY)),
                (4_000, 4_000, YES, super::What::Explained(OFFLINE)),
                (11_000, 11_000, YES, super::What::Unexplained(OFFLINE)),
            ],
        ),
        (
            "two calls become visible in either order",
            &[
                set,
                (2_000, 2_000, YES, Set("app_b", AWAY, 3600)),
                // The second alone is visible.
                (3_000, 3_000, YES, Shows(&[OFFLINE, BUSY, AWAY])),
            ],
        ),
        (
            "a clear spreads, too",
            &[set, (20_000, 20_000, YES, Clear("app")), (29_999, 29_999, YES, Shows(&[BUSY, OFFLINE]))],
        ),
        ("a fade comes no sooner", &[available, (299_999, 299_999, YES, Shows(&[AVAILABLE]))]),
        ("a fade spreads, too", &[available, (310_000, 310_000, YES, Shows(&[AVAILABLE, INACTIVE]))]),
        ("and then is seen, too", &[available, (310_001, 310_001, YES, Shows(&[INACTIVE]))]),
        ("and then is seen", &[set, (20_000, 20_000, YES, Clear("app")), (30_000, 30_000, YES, Shows(&[OFFLINE]))]),
    ];
    check_spans(SLOW, stories);
}
