//! Plan and observations, judged: pure, so that a stored run can be judged again.

mod answer;
mod case;
mod follow;
mod profiles;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use case::judge;
pub use follow::disagreements;

pub(crate) use answer::{envelope, is_breakdown, is_refusal, is_refused, is_success, is_unknown_method, read, shown};
pub(crate) use case::list;
pub(crate) use follow::Follower;

pub use crate::model::Slack;

use crate::case::Wanted;
use crate::event::Answer;
use crate::plan::{Action, Credential};
use crate::spec::Level;

/// What judging needs to know beside the plan: what the runner filled in.
#[derive(Clone, Debug)]
pub struct Context {
    /// The users that the plan's slots became.
    pub users: Vec<String>,
    /// The credentials by name; every case of a run has the same.
    pub credentials: Arc<BTreeMap<String, Credential>>,
    /// How far the target's clock may stray.
    pub slack: Slack,
    /// Why the run could not keep to the plan, if so; the case is then inconclusive.
    pub interrupted: Option<String>,
}

/// The presence that the answer to a read shows, if it shows one.
#[must_use]
pub fn presence_shown(answer: &Answer) -> Option<String> {
    read(answer).ok().map(|shown| shown.presence)
}

/// Whether a presence is one that a read has to show.
#[must_use]
pub fn is_expected(read: &Action, shown: &str) -> bool {
    match read.expect.as_ref().map(|expect| &expect.wanted) {
        Some(Wanted::Presences(presences)) => presences.iter().any(|presence| shown == presence.to_string()),
        _ => false,
    }
}

/// A case, judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// What became of it.
    pub verdict: Verdict,
    /// Why it is inconclusive or observed.
    pub reason: Option<String>,
    /// What no permitted behaviour explains.
    pub divergences: Vec<Divergence>,
    /// What the target did where either way is permitted.
    pub observed: Vec<String>,
    /// Other profiles that permit every divergence.
    pub explained_by: Vec<String>,
}

/// What became of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everything judged is as documented.
    Passed,
    /// A *must* is broken.
    Failed,
    /// Only a *should* is broken.
    Warned,
    /// Either way is permitted; what the target does is on record.
    Observed,
    /// The target cannot, or the run may not.
    Skipped,
    /// The world got in the way.
    Inconclusive,
}

impl Verdict {
    /// Every verdict, in the order of the summary.
    pub const ALL: [Self; 6] =
        [Self::Passed, Self::Failed, Self::Warned, Self::Observed, Self::Skipped, Self::Inconclusive];

    /// The verdict in one word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Warned => "warned",
            Self::Observed => "observed",
            Self::Skipped => "skipped",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// Whether the target was judged at all.
    #[must_use]
    pub const fn is_judged(self) -> bool {
        !matches!(self, Self::Skipped | Self::Inconclusive)
    }
}

/// An observation that no permitted behaviour explains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Divergence {
    /// The requirement that is broken.
    pub requirement: String,
    /// Its level in the run's profile.
    pub level: Level,
    /// The kind of divergence.
    pub class: Class,
    /// What the documentation has.
    pub expected: String,
    /// What was seen.
    pub observed: String,
    /// The step of the case file, from 1.
    pub step: usize,
    /// The place among the case's exchanges, from 0.
    pub exchange: usize,
}

/// Kinds of divergences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// What must be accepted was refused.
    RefusedValid,
    /// What must be refused was accepted.
    AcceptedInvalid,
    /// A success with another status than 200.
    WrongSuccessStatus,
    /// A refusal with another status than documented.
    WrongRefusalStatus,
    /// Neither a success nor a refusal: 1xx, 3xx, or no status that HTTP knows.
    UnexpectedStatus,
    /// A 5xx.
    ServerError,
    /// No answer within the deadline.
    NoAnswer,
    /// A read shows a presence that the state does not permit.
    WrongPresence,
    /// A refused request changed the state.
    StateChanged,
    /// A read whose body is not a presence.
    MalformedPresence,
    /// A refusal whose body is not an OData error.
    MalformedError,
    /// An answer that contains the bearer token.
    TokenLeak,
    /// A header that should be there is not.
    MissingHeader,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 13] = [
        Self::RefusedValid,
        Self::AcceptedInvalid,
        Self::WrongSuccessStatus,
        Self::WrongRefusalStatus,
        Self::UnexpectedStatus,
        Self::ServerError,
        Self::NoAnswer,
        Self::WrongPresence,
        Self::StateChanged,
        Self::MalformedPresence,
        Self::MalformedError,
        Self::TokenLeak,
        Self::MissingHeader,
    ];

    /// The class in one word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RefusedValid => "refused-valid",
            Self::AcceptedInvalid => "accepted-invalid",
            Self::WrongSuccessStatus => "wrong-success-status",
            Self::WrongRefusalStatus => "wrong-refusal-status",
            Self::UnexpectedStatus => "unexpected-status",
            Self::ServerError => "server-error",
            Self::NoAnswer => "no-answer",
            Self::WrongPresence => "wrong-presence",
            Self::StateChanged => "state-changed",
            Self::MalformedPresence => "malformed-presence",
            Self::MalformedError => "malformed-error",
            Self::TokenLeak => "token-leak",
            Self::MissingHeader => "missing-header",
        }
    }
}
