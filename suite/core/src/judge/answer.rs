//! What an answer says, and what of it cannot be seen.

use serde_json::Value;
use thiserror::Error;

use super::Class;
use crate::event::Answer;
use crate::plan::Request;
use crate::spec::{ErrorBody, Flaw};

/// How much of an answer's body is shown as what was observed, in characters.
const SHOWN_BODY: usize = 300;

pub(crate) const fn is_success(answer: &Answer) -> bool {
    matches!(answer.status, 200..300)
}

pub(crate) const fn is_refusal(answer: &Answer) -> bool {
    matches!(answer.status, 400..500)
}

/// Whether it says that the method is not known there, and nothing was done (RFC 9110, 15.6.2): of another method than
/// the documented one that is an answer, if not the documented one, and no breakdown.
pub(crate) fn is_unknown_method(request: &Request, answer: &Answer) -> bool {
    answer.status == 501 && request.is_other_method
}

/// Whether the request was refused, with whatever status says so.
pub(crate) fn is_refused(request: &Request, answer: &Answer) -> bool {
    is_refusal(answer) || is_unknown_method(request, answer)
}

/// Whether the target broke down.
pub(crate) fn is_breakdown(request: &Request, answer: &Answer) -> bool {
    matches!(answer.status, 500..600) && !is_unknown_method(request, answer)
}

/// What a read shows, as it is written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// `availability/activity`, whether documented or not.
    pub(crate) presence: String,
    /// The `id`, if it is a text.
    pub(crate) id: Option<String>,
}

/// Why a read shows no presence.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum Unread {
    /// Another status than a success.
    #[error("the read was answered with {shown}")]
    Status { status: u16, shown: String },
    /// A presence may be there, but was not seen.
    #[error(transparent)]
    Unseen(#[from] Unseen),
    /// What is there is none.
    #[error("{flaw} in {shown}")]
    Malformed { flaw: String, shown: String },
}

impl Unread {
    /// The same without what the target chose to say, which may be another text each time: cases that could not be judged
    /// for one reason are told together.
    pub(crate) fn brief(&self) -> String {
        match self {
            Self::Status { status, .. } => format!("the read was answered with status {status}"),
            Self::Unseen(unseen) => unseen.to_string(),
            Self::Malformed { .. } => "the read was answered with no presence".to_owned(),
        }
    }

    /// The kind of fault that it is; none where the target need not be to blame: a reader without the permission,
    /// a target that is busy, a body that was not seen.
    pub(crate) const fn class(&self) -> Option<Class> {
        match self {
            Self::Unseen(_) | Self::Status { status: 401 | 403 | 429, .. } => None,
            Self::Status { status: 500..600, .. } => Some(Class::ServerError),
            Self::Status { .. } => Some(Class::UnexpectedStatus),
            Self::Malformed { .. } => Some(Class::MalformedPresence),
        }
    }
}

/// Why a body was not seen as it is. No document forbids either, so neither is a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Unseen {
    /// Compressed, or coded in another way.
    #[error("it has a content coding, which is not undone here")]
    Coded,
    /// Longer than what is kept.
    #[error("it is longer than what is kept of a body")]
    Cut,
}

fn unseen(answer: &Answer) -> Result<(), Unseen> {
    let coding = answer.header("content-encoding");
    if coding.is_some_and(|coding| !coding.trim().eq_ignore_ascii_case("identity")) {
        Err(Unseen::Coded)
    } else if answer.truncated {
        Err(Unseen::Cut)
    } else {
        Ok(())
    }
}

/// The presence that a read shows.
pub(crate) fn read(answer: &Answer) -> Result<Shown, Unread> {
    if !is_success(answer) {
        return Err(Unread::Status { status: answer.status, shown: shown(answer) });
    }
    unseen(answer)?;
    let malformed = |flaw: String| Unread::Malformed { flaw, shown: shown(answer) };
    let value: Value = serde_json::from_str(&answer.body).map_err(|error| malformed(format!("not JSON ({error})")))?;
    let member = |name: &str| value.get(name).and_then(Value::as_str);
    let required = |name: &str| member(name).ok_or_else(|| malformed(format!("no text `{name}`")));
    let presence = format!("{}/{}", required("availability")?, required("activity")?);
    Ok(Shown { presence, id: member("id").map(str::to_owned) })
}

/// What is wrong with the body of a refusal, if anything; HEAD has none.
pub(crate) fn envelope(method: &str, answer: &Answer) -> Result<Option<Flaw>, Unseen> {
    if method == "HEAD" {
        return Ok(None);
    }
    unseen(answer)?;
    Ok(ErrorBody::examine(answer.body.as_bytes()).err())
}

/// An answer in one line.
pub(crate) fn shown(answer: &Answer) -> String {
    let body: String = answer.body.split_whitespace().collect::<Vec<_>>().join(" ");
    let more = if body.chars().count() > SHOWN_BODY { "…" } else { "" };
    let body: String = body.chars().take(SHOWN_BODY).collect();
    let status = match answer.header("location") {
        Some(elsewhere) if answer.status >= 300 && answer.status < 400 => {
            let elsewhere: String = elsewhere.chars().take(SHOWN_BODY).collect();
            format!("status {} to {elsewhere} (redirects are not followed)", answer.status)
        }
        _ => format!("status {}", answer.status),
    };
    if body.is_empty() { status } else { format!("{status}: {body}{more}") }
}
