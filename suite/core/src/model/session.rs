//! One session at some age: what it may show, and whether it may be gone.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Timeouts, rank};
use crate::moment::Span;
use crate::spec::Presence;

/// How long an Unstated expiry must at least leave a session standing: less, and it could never be seen.
const EXISTS_AT_LEAST: Duration = Duration::from_secs(1);

/// When a session ends, counted from the call that set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expiry {
    /// This long after it.
    After(Duration),
    /// No document says, but not within the first second.
    Unstated,
    /// At any time, even at once.
    Anything,
}

/// How much later or earlier than the documents a target may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slack {
    /// How far from a boundary either of its sides is permitted.
    pub tolerance: Duration,
    /// How long after it a read may still show what was before: a call after its answer, or a fade or an expiry, as a
    /// copy that lags behind shows them late, too.
    pub propagation: Duration,
}

/// What a read may show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permitted {
    /// The presences that it may show.
    pub presences: BTreeSet<Presence>,
    /// Whether it may show any other as well.
    pub anything: bool,
}

impl Permitted {
    /// Whether a read may show this.
    #[must_use]
    pub fn contains(&self, shown: Presence) -> bool {
        self.anything || self.presences.contains(&shown)
    }
}

/// How old something may be that was set in one span and is looked at in another.
#[derive(Clone, Copy)]
pub(super) struct Age {
    least: Duration,
    most: Duration,
    slack: Slack,
}

impl Age {
    pub(super) fn of(set: Span, when: Span, slack: Slack) -> Self {
        Self { least: when.from.since(set.to), most: when.to.since(set.from), slack }
    }

    /// Whether it may be on the near side of a boundary; on the boundary it may.
    pub(super) fn may_precede(self, boundary: Duration) -> bool {
        let Slack { tolerance, propagation } = self.slack;
        self.least <= boundary.saturating_add(tolerance).saturating_add(propagation)
    }

    /// Whether it may be on the far side of a boundary; on the boundary it may.
    pub(super) fn may_follow(self, boundary: Duration) -> bool {
        self.most.saturating_add(self.slack.tolerance) >= boundary
    }
}

/// A session as it was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Session {
    /// `None` where it may show anything.
    pub(super) shown: Option<Presence>,
    pub(super) set: Span,
    pub(super) expiry: Expiry,
}

/// What a session may be at some moment.
pub(super) struct View {
    /// What it may show while it stands (`None` is anything); empty where it must be gone.
    pub(super) phases: Vec<Option<Presence>>,
    pub(super) may_be_gone: bool,
}

impl View {
    /// Whether it may leave the first place to a presence of this rank.
    pub(super) fn yields_to(&self, to: u8) -> bool {
        self.may_be_gone
            || self.phases.iter().any(|phase| phase.is_none_or(|presence| rank(presence.availability) <= to))
    }
}

impl Session {
    pub(super) fn view(&self, when: Span, slack: Slack) -> View {
        let age = Age::of(self.set, when, slack);
        let (may_stand, may_be_gone) = match self.expiry {
            Expiry::After(lasts) => (age.may_precede(lasts), age.may_follow(lasts)),
            Expiry::Unstated => (true, age.may_follow(EXISTS_AT_LEAST)),
            Expiry::Anything => (true, true),
        };
        let phases = if may_stand { self.phases(age) } else { Vec::new() };
        View { phases, may_be_gone }
    }

    /// What it may show if it stands.
    fn phases(&self, age: Age) -> Vec<Option<Presence>> {
        if self.shown != Some(Presence::AVAILABLE) {
            return vec![self.shown];
        }
        let Timeouts { first, second } = Timeouts::DOCUMENTED;
        // Expiry wins over fading: a phase that would begin at the expiry or later never is.
        let begins = |boundary| match self.expiry {
            Expiry::After(lasts) => boundary < lasts,
            Expiry::Unstated | Expiry::Anything => true,
        };
        let rows = [
            (age.may_precede(first) || !begins(first), Presence::AVAILABLE),
            (
                begins(first) && age.may_follow(first) && (age.may_precede(second) || !begins(second)),
                Presence::AVAILABLE_INACTIVE,
            ),
            (begins(second) && age.may_follow(second), Presence::AWAY),
        ];
        rows.into_iter().filter(|(is_permitted, _)| *is_permitted).map(|(_, presence)| Some(presence)).collect()
    }
}
