//! What a step must show.

use crate::spec::{Level, Presence};

/// What must be seen of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// How binding it is; nothing means as binding as the requirement that the step covers.
    pub level: Option<Level>,
    /// What is wanted.
    pub wanted: Wanted,
    /// Names of headers, in lower case, that the answer should have.
    pub headers: Vec<String>,
    /// Whether a read must carry the user's object id.
    pub has_id: bool,
}

/// What an expectation wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Exactly 200.
    Accepted,
    /// A 4xx, and no change of state.
    Refused {
        /// The statuses it should have; empty means any 4xx.
        statuses: Vec<u16>,
        /// How binding these statuses are.
        status_level: Level,
        /// Whether only this one request is sent, without twin and mark.
        is_plain: bool,
    },
    /// Either way is permitted and recorded.
    Either,
    /// A read that shows one of these.
    Presences(Vec<Presence>),
}

impl Expectation {
    /// An expectation at the level of its requirement.
    #[must_use]
    pub const fn of(wanted: Wanted) -> Self {
        Self { level: None, wanted, headers: Vec::new(), has_id: false }
    }

    /// Whether the step is run with a twin and a mark, or with a mark, around it.
    #[must_use]
    pub const fn is_surrounded(&self) -> bool {
        matches!(self.wanted, Wanted::Refused { is_plain: false, .. } | Wanted::Either)
    }
}
