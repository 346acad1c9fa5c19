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
    let mut has_lone = false;
    let units = Units { chars: inside.chars(), pending: None };
    let text = char::decode_utf16(units).map(|unit| {
        unit.unwrap_or_else(|_| {
            has_lone = true;
            char::REPLACEMENT_CHARACTER
        })
    });
    (Cow::Owned(text.collect()), has_lone)
}

/// The UTF-16 code units of the inside of a JSON string, which is what its escapes are written in.
struct Units<'a> {
    chars: std::str::Chars<'a>,
    pending: Option<u16>,
}

impl Iterator for Units<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        if let Some(unit) = self.pending.take() {
            return Some(unit);
        }
        let next = match self.chars.next()? {
            '\\' => match self.chars.next()? {
                'b' => '\u{8}',
                'f' => '\u{C}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => {
                    let digits = self.chars.as_str().get(..4)?;
                    self.chars.nth(3);
                    return u16::from_str_radix(digits, 16).ok();
                }
                literal => literal,
            },
            plain => plain,
        };
        let mut units = [0; 2];
        let units = next.encode_utf16(&mut units);
        self.pending = units.get(1).copied();
        units.first().copied()
    }
}
