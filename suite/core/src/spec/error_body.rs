//! The body of a refusal: an OData error, as the Microsoft Graph page on error responses has it.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;
use thiserror::Error;

use super::request::{Kind, Position, decode, members};

/// An error, written `{"error": {"code": …, "message": …, "innerError": …}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorBody {
    /// The code, for programs; not empty.
    pub code: String,
    /// The message, for people; not empty.
    pub message: String,
    /// Whatever else the service says, if anything.
    pub inner_error: Option<Value>,
}

impl ErrorBody {
    /// An error without an inner error.
    #[must_use]
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), inner_error: None }
    }

    /// Reads the body of a refusal.
    ///
    /// Other members are passed over, of duplicates the last counts, and a byte order mark is none of
    /// the envelope's business. An inner error that is nested too deep for a [`Value`] reads as none.
    ///
    /// # Errors
    /// [`Flaw`], the first thing that is wrong with the envelope.
    pub fn examine(body: &[u8]) -> Result<Self, Flaw> {
        let text = std::str::from_utf8(body)
            .map_err(|error| Flaw::NotUtf8 { position: Position::at(body, error.valid_up_to()) })?;
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        if text.trim_ascii().is_empty() {
            return Err(Flaw::NoBody);
        }
        serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(Flaw::not_json)?;
        let envelope = object(text).map_err(|found| Flaw::NotObject { found })?;
        let error = last(&envelope, "error").ok_or(Flaw::NoError)?;
        let error = object(error).map_err(|found| Flaw::ErrorNotObject { found })?;
        let inner_error = last(&error, "innerError").and_then(|json| serde_json::from_str(json).ok());
        Ok(Self {
            code: text_of(&error, "code")?,
            message: text_of(&error, "message")?,
            inner_error: inner_error.filter(|value: &Value| !value.is_null()),
        })
    }
}

impl Serialize for ErrorBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Inside<'a> {
            code: &'a str,
            message: &'a str,
            #[serde(rename = "innerError", skip_serializing_if = "Option::is_none")]
            inner_error: Option<&'a Value>,
        }
        let inside = Inside { code: &self.code, message: &self.message, inner_error: self.inner_error.as_ref() };
        let mut envelope = serializer.serialize_map(Some(1))?;
        envelope.serialize_entry("error", &inside)?;
        envelope.end()
    }
}

/// What is wrong with the body of a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Flaw {
    /// Nothing, or white space alone.
    #[error("there is no error body")]
    NoBody,
    /// Bytes that are not UTF-8.
    #[error("the error body is not utf-8 at {position}")]
    NotUtf8 {
        /// The first such byte.
        position: Position,
    },
    /// Text that is not JSON.
    #[error("the error body is not json: {message} at line {line}, column {column}")]
    NotJson {
        /// What the reader says.
        message: String,
        /// The line, counted from 1.
        line: usize,
        /// The column in bytes, counted from 1; 0 just after a line feed.
        column: usize,
    },
    /// JSON, but not an object.
    #[error("the error body is {found}, not an object")]
    NotObject {
        /// What it is.
        found: &'static str,
    },
    /// An object without `error`.
    #[error("the error body has no member `error`")]
    NoError,
    /// An `error` that is not an object.
    #[error("`error` is {found}, not an object")]
    ErrorNotObject {
        /// What it is.
        found: &'static str,
    },
    /// An `error` without one of its two strings.
    #[error("`error` has no member `{member}`")]
    Missing {
        /// `code` or `message`.
        member: &'static str,
    },
    /// One of the two that is not a string.
    #[error("`error.{member}` is {found}, not a string")]
    NotString {
        /// `code` or `message`.
        member: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// One of the two that says nothing.
    #[error("`error.{member}` is empty")]
    Empty {
        /// `code` or `message`.
        member: &'static str,
    },
}

impl Flaw {
    fn not_json(error: serde_json::Error) -> Self {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        Self::NotJson { message, line: error.line(), column: error.column() }
    }
}

/// The members of an object, or what it is instead; the text is known to be JSON.
fn object(json: &str) -> Result<Vec<(&str, &str)>, &'static str> {
    let kind = Kind::of(json);
    if kind == Kind::Object { Ok(members(json).unwrap_or_default()) } else { Err(kind.name()) }
}

fn last<'a>(members: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    members.iter().rev().find(|(json, _)| decode(json).0 == name).map(|(_, value)| *value)
}

fn text_of(members: &[(&str, &str)], member: &'static str) -> Result<String, Flaw> {
    let json = last(members, member).ok_or(Flaw::Missing { member })?;
    let kind = Kind::of(json);
    if kind != Kind::String {
        return Err(Flaw::NotString { member, found: kind.name() });
    }
    let (text, _) = decode(json);
    if text.is_empty() { Err(Flaw::Empty { member }) } else { Ok(text.into_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_reads_back() {
        let plain = ErrorBody::new("InvalidArgument", "The provided [ExpirationDuration] is out of range.");
        let json = serde_json::to_string(&plain).unwrap();
        let text =
            r#"{"error":{"code":"InvalidArgument","message":"The provided [ExpirationDuration] is out of range."}}"#;
        assert_eq!(json, text);
        assert_eq!(ErrorBody::examine(json.as_bytes()), Ok(plain.clone()));
        let inner_error = Some(serde_json::json!({"request-id": "1", "innerError": null}));
        let full = ErrorBody { inner_error, ..plain };
        let json = serde_json::to_string(&full).unwrap();
        assert!(json.contains(r#","innerError":{"#), "{json}");
        assert_eq!(ErrorBody::examine(json.as_bytes()), Ok(full));
    }

    #[test]
    fn what_is_not_an_envelope_is_said() {
        let rows: &[(&[u8], &str)] = &[
            (b"", "there is no error body"),
            (b" \n", "there is no error body"),
            (b"{\n\xFF", "the error body is not utf-8 at line 2, column 1"),
            (b"<html>", "the error body is not json: expected value at line 1, column 1"),
            (b"{} {}", "the error body is not json: trailing characters at line 1, column 4"),
            (b"[]", "the error body is an array, not an object"),
            (b"\"no\"", "the error body is a string, not an object"),
            (b"null", "the error body is null, not an object"),
            (b"{}", "the error body has no member `error`"),
            (br#"{"Error": {}}"#, "the error body has no member `error`"),
            (br#"{"error": "bad"}"#, "`error` is a string, not an object"),
            (br#"{"error": null}"#, "`error` is null, not an object"),
            (br#"{"error": {}}"#, "`error` has no member `code`"),
            (br#"{"error": {"code": "x"}}"#, "`error` has no member `message`"),
            (br#"{"error": {"code": 400, "message": "x"}}"#, "`error.code` is a number, not a string"),
            (br#"{"error": {"code": "x", "message": null}}"#, "`error.message` is null, not a string"),
            (br#"{"error": {"code": "", "message": "x"}}"#, "`error.code` is empty"),
            (br#"{"error": {"code": "x", "message": ""}}"#, "`error.message` is empty"),
            (br#"{"error": {"code": "x", "message": true}}"#, "`error.message` is a boolean, not a string"),
        ];
        for (body, said) in rows {
            let flaw = ErrorBody::examine(body).map_err(|flaw| flaw.to_string());
            assert_eq!(flaw, Err((*said).to_owned()), "{}", body.escape_ascii());
        }
    }

    #[test]
    fn what_an_envelope_leaves_open_is_no_flaw() {
        let deep = format!(
            r#"{{"error": {{"code": "x", "message": "y", "innerError": {}{}}}}}"#,
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        let rows = [
            "\u{FEFF}{\"error\": {\"code\": \"x\", \"message\": \"y\"}}",
            r#" { "error" : { "message" : "y", "code" : "x", "target": "z", "details": [] }, "more": 1e999 } "#,
            r#"{"error": 1, "\u0065rror": {"code": "", "code": "\u0078", "message": "y", "innerError": null}}"#,
            r#"{"error": {"code": "x", "message": "y", "\ud800": "\udfff"}}"#,
            deep.as_str(),
        ];
        for body in rows {
            assert_eq!(ErrorBody::examine(body.as_bytes()), Ok(ErrorBody::new("x", "y")), "{:.80}", body);
        }
    }
}
