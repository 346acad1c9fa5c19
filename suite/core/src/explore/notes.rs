//! What was seen of one user, as far as it decides which requirement a wrong read breaks, and how strongly.

use std::time::Duration;

use serde_json::Value;

use crate::model::{Permitted, Seen};
use crate::moment::Span;
use crate::plan::Action;
use crate::spec::{Level, Operation, Presence};

/// How long after a read another one still shows what happened between the two, and not what time alone brought about:
/// shorter than any stage of a session, and longer than a few requests take on a clock that runs sixty times as fast.
const SHORTLY: Duration = Duration::from_secs(10);

/// What was seen of one user.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes {
    pub(super) n_set: u32,
    pub(super) is_cleared: bool,
    pub(super) is_preferred: bool,
    /// Whether calls of several applications were under way at once.
    pub(super) is_contended: bool,
    /// What was preferred last.
    pub(super) preferred: Option<Preference>,
    /// The least level at which any call was refused. What a refusal has left behind may show much later, and breaks no
    /// more than the refusal does.
    pub(super) refused: Option<Level>,
    /// The last read that was as it must be, with nothing accepted since.
    last: Option<Last>,
}

/// A presence that the user preferred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Preference {
    pub(super) presence: Presence,
    /// Whether its request said how long it lasts.
    pub(super) has_duration: bool,
    /// Whether another was preferred before.
    pub(super) is_replacement: bool,
    pub(super) is_cleared: bool,
}

/// A read that was as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Last {
    permitted: Permitted,
    when: Span,
    /// The least level at which a call was refused since.
    refused: Option<Level>,
}

impl Notes {
    /// Takes in that a read was as it must be.
    pub(super) fn read(&mut self, permitted: Permitted, when: Span) {
        self.last = Some(Last { permitted, when, refused: None });
    }

    /// Takes in that a call was refused that could have changed something, and how strongly a change is held against it.
    pub(super) fn refuse(&mut self, level: Level) {
        self.refused = least(self.refused, Some(level));
        if let Some(last) = &mut self.last {
            last.refused = least(last.refused, Some(level));
        }
    }

    /// Takes in that a call was accepted, or may have been.
    pub(super) fn accept(&mut self, action: &Action, seen: Seen) {
        self.last = None;
        match action.operation {
            Operation::GetPresence => {}
            Operation::SetPresence => self.n_set = self.n_set.saturating_add(1),
            Operation::ClearPresence => self.is_cleared = true,
            Operation::SetUserPreferredPresence => {
                let is_replacement = self.is_preferred || seen == Seen::Lost;
                self.is_preferred = true;
                self.preferred = Preference::asked(action, is_replacement);
            }
            Operation::ClearUserPreferredPresence => {
                self.is_preferred = true;
                self.preferred.iter_mut().for_each(|preferred| preferred.is_cleared = true);
            }
        }
    }

    /// The level at which a refused call is to blame for what a read shows that is not permitted, if it is: the same was
    /// permitted a moment before, and shown. Forgets that read.
    pub(super) fn changed_by_refusal(&mut self, permitted: &Permitted, when: Span) -> Option<Level> {
        let last = self.last.take()?;
        let is_shortly = when.to.since(last.when.from) <= SHORTLY;
        last.refused.filter(|_| is_shortly && last.permitted == *permitted)
    }

    /// Lets what was seen be what was seen of the other, too.
    pub(super) fn or(&mut self, other: &Self) {
        self.n_set = self.n_set.max(other.n_set);
        self.is_cleared |= other.is_cleared;
        self.is_preferred |= other.is_preferred;
        self.refused = least(self.refused, other.refused);
        // Which of two came last depends on the order.
        if self.preferred != other.preferred {
            self.preferred = None;
        }
        if self.last != other.last {
            self.last = None;
        }
    }
}

impl Preference {
    fn asked(action: &Action, is_replacement: bool) -> Option<Self> {
        let body: Value = serde_json::from_slice(action.request.body.as_deref().unwrap_or_default()).ok()?;
        let text = |name: &str| body[name].as_str();
        let presence = Presence::named(text("availability")?, text("activity")?).ok()?;
        let has_duration = text("expirationDuration").is_some();
        Some(Self { presence, has_duration, is_replacement, is_cleared: false })
    }
}

fn least(one: Option<Level>, other: Option<Level>) -> Option<Level> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
