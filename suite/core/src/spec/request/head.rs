//! What the headers say of the body.

use super::rules::Quoted;
use super::{Level, Problem, Rule};

/// The headers that bear on how a body is read: every Content-Type, and Content-Encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head<'a> {
    content_types: Vec<&'a [u8]>,
    coding: Coding,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Coding {
    Absent,
    /// `identity`, which RFC 9110 reserves but nobody needs: the bytes are as they are.
    Identity,
    Other,
}

/// How near one Content-Type is to JSON; the nearer is the lesser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kinship {
    Json,
    /// Permitted either way; the bytes are UTF-8.
    Uncommon,
    /// Permitted either way; the bytes may be in another charset.
    OtherCharset,
    Foreign,
}

impl Head<'static> {
    /// The head of a plain request: `Content-Type: application/json`.
    #[must_use]
    pub fn json() -> Self {
        Self { content_types: vec![b"application/json"], coding: Coding::Absent }
    }
}

impl<'a> Head<'a> {
    /// The head that these headers make; names are compared without regard to letter case, others passed over.
    #[must_use]
    pub fn of<N: AsRef<str>>(headers: impl IntoIterator<Item = (N, &'a [u8])>) -> Self {
        let mut head = Self { content_types: Vec::new(), coding: Coding::Absent };
        for (name, value) in headers {
            if name.as_ref().eq_ignore_ascii_case("content-type") {
                head.content_types.push(value);
            } else if name.as_ref().eq_ignore_ascii_case("content-encoding") {
                let is_identity = value.trim_ascii().eq_ignore_ascii_case(b"identity");
                head.coding = head.coding.max(if is_identity { Coding::Identity } else { Coding::Other });
            }
        }
        head
    }

    /// Whether this is the head of [`Head::json`], against which nothing can be said.
    pub(crate) fn is_plain(&self) -> bool {
        self.coding == Coding::Absent && matches!(self.content_types[..], [b"application/json"])
    }

    /// Whether the body may be something else than UTF-8 JSON by right, so that its bytes prove nothing.
    pub(super) fn is_opaque(&self) -> bool {
        !self.is_plain() && (self.coding == Coding::Other || self.kinships().contains(&Kinship::OtherCharset))
    }

    pub(super) fn problems(&self) -> Vec<Problem> {
        if self.is_plain() {
            return Vec::new();
        }
        let kinships = self.kinships();
        let listed = || {
            let quoted = |value: &&[u8]| Quoted(&String::from_utf8_lossy(value)).to_string();
            self.content_types.iter().map(quoted).collect::<Vec<_>>().join(" and ")
        };
        let problem = |rule, level, detail| Problem { rule, level, member: None, position: None, detail };
        let mut problems = Vec::new();
        match (kinships.iter().min(), kinships.len()) {
            (None, _) => {
                problems.push(problem(Rule::ContentTypeAbsent, Level::Should, "there is no Content-Type".to_owned()));
            }
            (Some(Kinship::Foreign), _) => {
                let detail = format!("the Content-Type {} is not JSON", listed());
                problems.push(problem(Rule::ContentTypeForeign, Level::Should, detail));
            }
            (Some(_), 2..) => {
                let detail = format!("there is more than one Content-Type: {}", listed());
                problems.push(problem(Rule::ContentTypeSeveral, Level::May, detail));
            }
            (Some(Kinship::Json), _) => {}
            (Some(Kinship::Uncommon | Kinship::OtherCharset), _) => {
                let detail = format!("the Content-Type {} is not plain `application/json`", listed());
                problems.push(problem(Rule::ContentTypeUncommon, Level::May, detail));
            }
        }
        if self.coding != Coding::Absent {
            let detail = "there is a Content-Encoding".to_owned();
            problems.push(problem(Rule::ContentEncoded, Level::May, detail));
        }
        problems
    }

    /// One for each media type; a header that lists several, which RFC 9110 does not have, counts as several.
    fn kinships(&self) -> Vec<Kinship> {
        self.content_types.iter().flat_map(|value| split(value, b',')).map(kinship).collect()
    }
}

/// Holds one media type against RFC 9110, section 8.3.1.
fn kinship(media_type: &[u8]) -> Kinship {
    let mut parts = split(media_type, b';').into_iter().map(<[u8]>::trim_ascii);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_suffixed = essence.strip_suffix(b"+json").is_some_and(|name| {
        let mut halves = name.split(|byte| *byte == b'/');
        let is_named = |half: Option<&[u8]>| half.is_some_and(|half| !half.is_empty() && half.iter().all(is_token));
        is_named(halves.next()) && is_named(halves.next()) && halves.next().is_none()
    });
    let mut kinship = match essence.as_slice() {
        b"application/json" => Kinship::Json,
        b"text/json" => Kinship::Uncommon,
        _ if is_suffixed => Kinship::Uncommon,
        _ => return Kinship::Foreign,
    };
    let mut n_charsets = 0_usize;
    for parameter in parts {
        kinship = kinship.max(match parameter_of(parameter) {
            Some((name, value)) if name.eq_ignore_ascii_case(b"charset") => {
                n_charsets += 1;
                if value.eq_ignore_ascii_case(b"utf-8") { Kinship::Json } else { Kinship::OtherCharset }
            }
            Some(_) => Kinship::Json,
            // RFC 9110 has empty parameters, as in `application/json;`, but no document of the profiles does.
            None => Kinship::Uncommon,
        });
    }
    if n_charsets > 1 { kinship.max(Kinship::Uncommon) } else { kinship }
}

/// The name and the value of a parameter, without quotation marks; `None` where it is not one.
fn parameter_of(parameter: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = parameter.iter().position(|byte| *byte == b'=')?;
    let (name, value) = (&parameter[..equals], &parameter[equals + 1..]);
    let quoted = value.strip_prefix(b"\"").map(|rest| rest.strip_suffix(b"\""));
    let value = match quoted {
        Some(inside) => inside?,
        None if !value.is_empty() && value.iter().all(is_token) => value,
        None => return None,
    };
    (!name.is_empty() && name.iter().all(is_token)).then_some((name, value))
}

/// A `tchar` of RFC 9110.
fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}

/// The parts between separators that do not stand in a quoted string.
fn split(value: &[u8], separator: u8) -> Vec<&[u8]> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let is_separator = |byte: &u8| {
        let is_literal = std::mem::take(&mut is_escaped);
        is_escaped = is_quoted && *byte == b'\\' && !is_literal;
        is_quoted ^= *byte == b'"' && !is_literal;
        *byte == separator && !is_quoted
    };
    value.split(is_separator).collect()
}
