//! A case and what a target can do, made into the operations to run.
//!
//! A plan has everything but users, tokens and the real time: it names them, and the runner fills them in.

mod abilities;
mod absent;
mod build;
mod catalog;
mod forecast;
mod measure;
mod payload;
pub mod schedule;
mod shard;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::time::Duration;

pub use abilities::{Abilities, Adapter, Credential};
pub use build::{Planned, Skipped, plan};
pub use catalog::{Pattern, Selection, UnknownPattern};
pub use forecast::{Forecast, Wait, forecast};
pub use measure::{Found, Measuring, Next, Pace, Search, measurings};
pub use payload::Payload;
pub use shard::{NotAShard, Shard};

use crate::case::Expectation;
use crate::spec::{Level, Operation, Profile};

/// Everything that is to be done for one case.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The case's id, with the row's name.
    pub id: String,
    /// The case file, relative to the fixtures.
    pub file: String,
    /// The family, the first part of the id.
    pub family: String,
    /// What is so when the case passes.
    pub title: String,
    /// Why it is tried this way.
    pub about: String,
    /// The profile that it is planned for.
    pub profile: &'static Profile,
    /// The highest level among the expectations.
    pub level: Level,
    /// The requirements that the case judges.
    pub requirements: Vec<String>,
    /// What is done, in order of time.
    pub actions: Vec<Action>,
    /// How many users of the pool it needs, at least one.
    pub users: usize,
    /// The user that the first slot must be, because a credential belongs to that user.
    pub pinned: Option<String>,
    /// Credentials whose leftover sessions the case overwrites before it reads: they need no cleaning before it.
    pub absorbs: BTreeSet<String>,
    /// Credentials that may hold a session on a user of the case when it is over.
    pub leaves_sessions: BTreeSet<String>,
    /// Whether a preferred presence may stand when it is over.
    pub leaves_preferred: bool,
    /// Why the reads of the case were left out, where the target has none.
    pub unread: Option<String>,
}

impl Plan {
    /// How long the case takes on the target's clock.
    #[must_use]
    pub fn lasts(&self) -> Duration {
        self.actions.last().map_or(Duration::ZERO, |action| action.at)
    }

    /// The case as packing sees it.
    #[must_use]
    pub fn timeline(&self) -> schedule::Timeline {
        schedule::Timeline { lasts: self.lasts(), users: self.users.max(1) }
    }
}

/// One operation at its moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// The step of the case file, from 1.
    pub step: usize,
    /// What the operation is for.
    pub role: Role,
    /// When it is due, from the start of the case.
    pub at: Duration,
    /// The name of the credential that it presents; nothing for anonymous.
    pub actor: Option<String>,
    /// Whose presence it concerns.
    pub user: UserSlot,
    /// Which operation.
    pub operation: Operation,
    /// The request, but for user and token.
    pub request: Request,
    /// What must be seen; nothing for what only arranges.
    pub expect: Option<Expectation>,
    /// The requirement that the expectation judges.
    pub covers: String,
    /// Whether it is sent at once with the action before it, without waiting for that one's answer.
    pub is_together: bool,
}

/// What an operation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Brings about the state that the case needs.
    Arrange,
    /// The accepted counterpart of the request under judgement.
    Twin,
    /// Sets the state that a refusal must leave alone.
    Mark,
    /// Reads that state before the request under judgement.
    Before,
    /// Is judged.
    Judged,
    /// Reads the state after the request under judgement.
    After,
}

impl Role {
    /// The role in one word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Arrange => "arrange",
            Self::Twin => "twin",
            Self::Mark => "mark",
            Self::Before => "before",
            Self::Judged => "judged",
            Self::After => "after",
        }
    }
}

/// Whose presence an operation concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UserSlot {
    /// The case's n-th user from the pool.
    Pool(usize),
    /// The user that does not exist.
    Unknown,
}

/// A request, but for what only the runner knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Whether the method is another than the operation's.
    pub is_other_method: bool,
    /// The path below the base URL, with `${user}`.
    pub path: String,
    /// Whether the path is another than the operation's.
    pub is_other_path: bool,
    /// The Authorization headers, with `${token}`.
    pub authorization: Vec<String>,
    /// The other headers in order, with `${token}` and `${user}`.
    pub headers: Vec<(String, String)>,
    /// The body, or nothing.
    pub body: Option<Payload>,
    /// Whether the body is sent chunked.
    pub is_chunked: bool,
}

impl Request {
    /// A plain request to an operation, with the credential's token and a JSON body, if there is one.
    #[must_use]
    pub fn plain(adapter: &Adapter, body: Option<Vec<u8>>) -> Self {
        let content_type = ("Content-Type".to_owned(), "application/json".to_owned());
        Self {
            method: adapter.method.clone(),
            is_other_method: false,
            path: adapter.path.clone(),
            is_other_path: false,
            authorization: vec!["Bearer ${token}".to_owned()],
            headers: body.iter().map(|_| content_type.clone()).collect(),
            body: body.map(Into::into),
            is_chunked: false,
        }
    }
}
