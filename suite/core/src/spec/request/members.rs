//! From JSON text to the members of its object, as they were written.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The kind of a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::spec) enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// `true` or `false`
    Boolean,
    /// `null`
    Null,
    /// Whatever else JSON has.
    Number,
}

impl Kind {
    /// The kind of the value that this JSON text is, by its first byte.
    pub(in crate::spec) fn of(json: &str) -> Self {
        match json.trim_ascii_start().bytes().next() {
            Some(b'{') => Self::Object,
            Some(b'[') => Self::Array,
            Some(b'"') => Self::String,
            Some(b't' | b'f') => Self::Boolean,
            Some(b'n') => Self::Null,
            _ => Self::Number,
        }
    }

    /// The kind with its article.
    pub(in crate::spec) const fn name(self) -> &'static str {
        match self {
            Self::Object => "an object",
            Self::Array => "an array",
            Self::String => "a string",
            Self::Boolean => "a boolean",
            Self::Null => "null",
            Self::Number => "a number",
        }
    }
}

/// The members of a JSON object in their order, duplicates included: the JSON text of the name and of the value.
pub(in crate::spec) fn members(object: &str) -> Result<Vec<(&str, &str)>, serde_json::Error> {
    serde_json::from_str::<Members<'_>>(object).map(|members| members.0)
}

struct Members<'a>(Vec<(&'a str, &'a str)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        // Names are taken raw as well: the decoder of serde_json refuses lone surrogates, the grammar does not.
        while let Some((name, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            members.push((name.get(), value.get()));
        }
        Ok(Members(members))
    }
}

/// What the JSON text of a string says, and whether half of a surrogate pair became a replacement character.
pub(in crate::spec) fn decode(json: &str) -> (Cow<'_, str>, bool) {
    let inside = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(json);
    if !inside.contains('\\') {
        return (Cow::Borrowed(inside), false);
    }
    let mut text = String::with_capacity(inside.len());
    let mut has_lone = false;
    let mut rest = inside;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let mut after = escape.chars();
        match after.next() {
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{C}'),
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('u') => {
                let (decoded, beyond) = code_point(after.as_str());
                has_lone |= decoded.is_none();
                text.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
                after = beyond.chars();
            }
            literal => text.extend(literal),
        }
        rest = after.as_str();
    }
    text.push_str(rest);
    (Cow::Owned(text), has_lone)
}

/// The character of the four digits behind `\u`, and of the escape behind them where that is the other half of a pair;
/// `None` for half a pair. Then what is left.
fn code_point(digits: &str) -> (Option<char>, &str) {
    let unit = |digits: &str| digits.get(..4).and_then(|four| u32::from_str_radix(four, 16).ok());
    let Some(first) = unit(digits) else { return (None, "") };
    let rest = &digits[4..];
    if (0xD800..0xDC00).contains(&first)
        && let Some(digits) = rest.strip_prefix("\\u")
        && let Some(second @ 0xDC00..0xE000) = unit(digits)
    {
        return (char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)), &digits[4..]);
    }
    (char::from_u32(first), rest)
}
