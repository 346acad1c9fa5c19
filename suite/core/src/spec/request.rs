//! A setPresence request: its meaning, and every reason for which it must, should or may be refused.
//!
//! All reasons are found at once, each with its rule, its level, its member and its place, because a
//! service may answer for any of them. Two things are absent on purpose: credentials, which another
//! part of a request carries, and whether the sessionId is the caller's own, which takes a caller.
//!
//! What the documents leave open is never decided here. Where readers may differ (which of two
//! duplicates counts, whether `Availability` is `availability`), a reason is only as strong as it is
//! for the most favourable reader.

mod head;
mod members;
mod plain;
mod reading;
mod rule;
mod rules;
#[cfg(test)]
mod tests;
mod text;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

pub use head::Head;
pub(super) use members::{Kind, decode, members};
pub use rule::Rule;

use super::level::Level;
use super::presence::Presence;
use super::profile::Profile;

/// A documented member of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// The id of the calling application.
    SessionId,
    /// The base presence information.
    Availability,
    /// Its supplement.
    Activity,
    /// How long the session lasts.
    ExpirationDuration,
}

impl Member {
    /// Every member, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::SessionId, Self::Availability, Self::Activity, Self::ExpirationDuration];

    /// The member's name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SessionId => "sessionId",
            Self::Availability => "availability",
            Self::Activity => "activity",
            Self::ExpirationDuration => "expirationDuration",
        }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A place in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Bytes before it, counted from 0.
    pub offset: usize,
    /// The line, counted from 1; lines end with a line feed.
    pub line: usize,
    /// The column, counted from 1, in bytes and not in characters.
    pub column: usize,
}

impl Position {
    /// The place `offset` bytes into `body`, or its end where it is shorter.
    #[must_use]
    pub fn at(body: &[u8], offset: usize) -> Self {
        let offset = offset.min(body.len());
        let before = &body[..offset];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        // Most bodies are one line, in which there is nothing to look for.
        let in_line = if line == 1 { offset } else { before.iter().rev().take_while(|byte| **byte != b'\n').count() };
        let column = 1 + in_line;
        Self { offset, line, column }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// One reason to refuse a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which reason.
    pub rule: Rule,
    /// How strongly the request is to be refused for it; with [`Level::May`] either is permitted.
    pub level: Level,
    /// The member that it is about, if it is about one.
    pub member: Option<Member>,
    /// Where it is, if it is anywhere: what is missing is nowhere, nor is a header.
    pub position: Option<Position>,
    /// What is wrong, for a person, with the offending text shortened.
    pub detail: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(position) = self.position {
            write!(f, "{position}: ")?;
        }
        f.write_str(&self.detail)
    }
}

/// Beyond what a request is permitted to be refused for its size alone.
///
/// No document states a limit, so both only make a refusal permitted; the body is read all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The greatest body that a service must be able to take, in bytes.
    pub bytes: usize,
    /// The deepest nesting of arrays and objects that it must be able to take; the body itself is 1.
    pub nesting: usize,
}

impl Limits {
    /// A request takes some 200 bytes; 64 KiB leaves ample room for white space, and is less than what
    /// common servers take by default.
    pub const BYTES: usize = 64 * 1024;
    /// A request takes one level; common JSON readers stop at 64 or 128.
    pub const NESTING: usize = 64;
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: Self::BYTES, nesting: Self::NESTING }
    }
}

/// When a session ends, as its request says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expiration {
    /// No expirationDuration, or null.
    Absent,
    /// This long after the call; in the grammar and positive, but perhaps out of the profile's range.
    /// Rounded down to the nanosecond.
    After(Duration),
    /// Only a reader more lenient than the grammar accepts it: its amount cannot be relied on.
    Unclear,
}

/// What a request asks for, as far as it can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetPresence<'a> {
    /// The sessionId as it was given; `None` where it is absent, null, no string, or not to be told.
    pub session_id: Option<Cow<'a, str>>,
    /// The presence that an acceptor sets; `None` where that cannot be told.
    pub presence: Option<Presence>,
    /// When the session ends.
    pub expiration: Expiration,
    /// Whether the documents leave open what an acceptor does: duplicates that differ, a member or a
    /// value in another letter case or padded, a presence that cannot be told. The fields then hold
    /// what is most likely. [`Expiration::Unclear`] speaks for itself and does not count.
    pub is_ambiguous: bool,
}

impl<'a> SetPresence<'a> {
    /// A request about which nothing can be told.
    const UNKNOWN: Self =
        Self { session_id: None, presence: None, expiration: Expiration::Unclear, is_ambiguous: true };

    /// Reads a request as a service does that refuses whatever it must or should, with the default
    /// [`Limits`]. What may be refused is accepted, so look at [`SetPresence::is_ambiguous`] and at
    /// [`Expiration::Unclear`] before acting on it.
    ///
    /// # Errors
    /// Every [`Problem`], those that only may be refused included, if one must or should be refused.
    pub fn parse(head: &Head<'_>, body: &'a [u8], profile: &Profile) -> Result<Self, Vec<Problem>> {
        let reading = Reading::of(head, body, profile, Limits::default());
        match (reading.level(), reading.request) {
            (None | Some(Level::May), Some(request)) => Ok(request),
            _ => Err(reading.problems),
        }
    }

    fn into_owned(self) -> SetPresence<'static> {
        let session_id = self.session_id.map(|id| Cow::Owned(id.into_owned()));
        SetPresence { session_id, ..self }
    }
}

/// A request, held against a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading<'a> {
    /// What it asks for, as far as it can be told; `None` where the body is no JSON object at all.
    /// That there is one says nothing about acceptance: the problems do.
    pub request: Option<SetPresence<'a>>,
    /// Every reason to refuse it: of the head, then of the body as a whole, then of its members.
    pub problems: Vec<Problem>,
}

impl<'a> Reading<'a> {
    /// Reads any bytes, in time linear in their number and without recursion.
    #[must_use]
    pub fn of(head: &Head<'_>, body: &'a [u8], profile: &Profile, limits: Limits) -> Self {
        reading::read(head, body, profile, limits)
    }

    /// The same, without what it has of the body.
    #[must_use]
    pub fn into_owned(self) -> Reading<'static> {
        Reading { request: self.request.map(SetPresence::into_owned), problems: self.problems }
    }

    /// The level of the strongest problem; `None` where the request must be accepted.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.problems.iter().map(|problem| problem.level).max()
    }
}
