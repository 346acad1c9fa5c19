//! Why a request is refused, and what is said of it.

use std::borrow::Cow;

use setpresence_core::spec::{Problem, Rule, Unusable};

use crate::credentials::Forbidden;

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// No such path.
    Path,
    /// Not the path's method.
    Method,
    /// The credentials cannot be used.
    Credentials(Unusable),
    /// The caller lacks the permission.
    Permission(Forbidden),
    /// `/me` without a signed-in user.
    NobodySignedIn,
    /// No such user.
    User,
    /// Something about the content type or the body.
    Request(Rule),
    /// Another application's session.
    Session,
    /// No such session.
    NoSession,
    /// A body of one of the other operations.
    Other,
    /// The body did not come in time.
    Slow,
    /// A header that a faulty server takes offence at.
    Header,
    /// What a faulty server stumbles over.
    Crash,
}

/// A refusal: the cause, and what is said of it.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) cause: Cause,
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: Cow<'static, str>,
    /// The methods that there are, of a 405.
    pub(crate) allow: Option<&'static str>,
}

impl Refusal {
    fn new(cause: Cause, status: u16, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { cause, status, code, message: message.into(), allow: None }
    }

    pub(crate) fn path() -> Self {
        Self::new(Cause::Path, 404, "ResourceNotFound", "there is nothing at this path")
    }

    pub(crate) fn method(allow: &'static str) -> Self {
        let message = format!("this path has the method {allow} only");
        Self { allow: Some(allow), ..Self::new(Cause::Method, 405, "MethodNotAllowed", message) }
    }

    pub(crate) fn credentials(unusable: Unusable) -> Self {
        let message = match unusable {
            Unusable::Absent => "the access token is missing",
            Unusable::Unreadable => "the access token cannot be read",
            Unusable::Expired => "the access token has expired",
            Unusable::NotYetValid => "the access token is not yet valid",
            Unusable::WrongAudience => "the access token is for another audience",
            Unusable::BadSignature => "the access token's signature is not good",
            Unusable::OtherScheme => "only the scheme Bearer is supported",
            Unusable::Several => "there is more than one Authorization header",
        };
        Self::new(Cause::Credentials(unusable), 401, "InvalidAuthenticationToken", message)
    }

    pub(crate) fn permission(forbidden: Forbidden) -> Self {
        Self::new(Cause::Permission(forbidden), 403, "Forbidden", forbidden.message())
    }

    pub(crate) fn nobody_signed_in() -> Self {
        Self::new(Cause::NobodySignedIn, 400, "BadRequest", "/me is only valid with a signed-in user's token")
    }

    pub(crate) fn user() -> Self {
        Self::new(Cause::User, 404, "Request_ResourceNotFound", "there is no such user")
    }

    /// A refusal for one of the problems of a setPresence request.
    pub(crate) fn problem(problem: &Problem) -> Self {
        let status = problem.rule.statuses().first().copied().unwrap_or(400);
        let code = match status {
            415 => "UnsupportedMediaType",
            413 => "RequestEntityTooLarge",
            _ if problem.member.is_some() => "InvalidArgument",
            _ => "BadRequest",
        };
        Self::new(Cause::Request(problem.rule), status, code, problem.to_string())
    }

    /// A request that is not refused by any one rule, but that leaves open what it asks for.
    pub(crate) fn unclear() -> Self {
        Self::new(Cause::Request(Rule::Duplicate), 400, "BadRequest", "the body leaves open what is to be set")
    }

    /// JSON by its grammar, but with escapes that stand for no text.
    pub(crate) fn undecodable() -> Self {
        Self::new(Cause::Request(Rule::LoneSurrogate), 400, "BadRequest", "the body has half of a surrogate pair")
    }

    /// A method that this server has never heard of.
    pub(crate) fn unknown_method() -> Self {
        Self::new(Cause::Method, 501, "NotImplemented", "the method is not implemented")
    }

    pub(crate) fn not_acceptable() -> Self {
        Self::new(Cause::Header, 406, "NotAcceptable", "only application/json is spoken here")
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!("the body has more than {limit} bytes");
        Self::new(Cause::Request(Rule::TooLarge), 413, "RequestEntityTooLarge", message)
    }

    pub(crate) fn length_required() -> Self {
        Self::new(Cause::Header, 411, "LengthRequired", "the length of the body is required")
    }

    pub(crate) fn header(status: u16, name: &str) -> Self {
        Self::new(Cause::Header, status, "BadRequest", format!("the header {name} is not supported"))
    }

    pub(crate) fn slow() -> Self {
        Self::new(Cause::Slow, 408, "RequestTimeout", "the body did not come in time")
    }

    pub(crate) fn session() -> Self {
        Self::new(Cause::Session, 403, "Forbidden", "the sessionId is not the id of the calling application")
    }

    /// Of clearPresence, whose answer has no alternative status but 404.
    pub(crate) fn session_of_another() -> Self {
        Self { cause: Cause::NoSession, ..Self::session() }
    }

    pub(crate) fn no_session() -> Self {
        Self::new(Cause::NoSession, 404, "NotFound", "the application has no presence session for this user")
    }

    pub(crate) fn other(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Cause::Other, 400, "InvalidArgument", message)
    }

    pub(crate) fn content_type() -> Self {
        let message = "the body must be application/json";
        Self::new(Cause::Request(Rule::ContentTypeForeign), 415, "UnsupportedMediaType", message)
    }

    pub(crate) fn conflict() -> Self {
        Self::new(Cause::Other, 409, "Conflict", "the user prefers a presence")
    }

    pub(crate) fn crash() -> Self {
        Self::new(Cause::Crash, 500, "InternalServerError", "something went wrong")
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }
}
