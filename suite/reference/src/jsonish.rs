//! Text that is nearly JSON, as faulty readers take it.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::faults::{Fault, Faults};
use crate::route::decoded;

/// Text that no reader takes for JSON.
const REFUSED: &[u8] = b"?";

/// The JSON that this body is taken for, if a fault takes it for any.
pub(crate) fn tidied<'b>(body: &'b [u8], application: &str, faults: &Faults) -> Cow<'b, [u8]> {
    if faults.is_empty() {
        return Cow::Borrowed(body);
    }
    whole(body, application, faults).map_or(Cow::Borrowed(body), Cow::Owned)
}

fn whole(body: &[u8], application: &str, faults: &Faults) -> Option<Vec<u8>> {
    let trimmed = body.trim_ascii();
    let stands_for_available = (faults.has(Fault::EmptyBodyAccepted) && trimmed.is_empty())
        || (faults.has(Fault::NullBodyAccepted) && trimmed == b"null");
    if stands_for_available {
        let available = json!({ "sessionId": application, "availability": "Available", "activity": "Available" });
        return Some(available.to_string().into_bytes());
    }
    let is_refused = (faults.has(Fault::LineBreaksRefused) && body.contains(&b'\n'))
        || (faults.has(Fault::LeadingSpaceRefused) && body.first() != Some(&b'{'));
    if is_refused {
        return Some(REFUSED.to_vec());
    }
    if faults.has(Fault::BadTextDropped) {
        return Some(String::from_utf8_lossy(body).replace(char::REPLACEMENT_CHARACTER, "").into_bytes());
    }
    if faults.has(Fault::TrailingTextIgnored) {
        let mut values = serde_json::Deserializer::from_slice(body).into_iter::<IgnoredAny>();
        values.next()?.ok()?;
        return body.get(..values.byte_offset()).map(<[u8]>::to_vec);
    }
    if faults.has(Fault::ArrayBodyUnwrapped) && trimmed.first() == Some(&b'[') {
        let items: Vec<Value> = serde_json::from_slice(body).ok()?;
        return items.first().map(|item| item.to_string().into_bytes());
    }
    if faults.has(Fault::StringBodyUnwrapped) && trimmed.first() == Some(&b'"') {
        return serde_json::from_slice::<String>(body).ok().map(String::into_bytes);
    }
    if faults.has(Fault::TruncatedAccepted) {
        return completed(body);
    }
    let text = std::str::from_utf8(body).ok()?;
    if faults.has(Fault::FormAccepted) && !trimmed.starts_with(b"{") {
        return form(text);
    }
    scanned(text, faults)
}

/// The body with the end that it lacks.
fn completed(body: &[u8]) -> Option<Vec<u8>> {
    ["", "}", "\"}"]
        .into_iter()
        .map(|end| [body.trim_ascii_end(), end.as_bytes()].concat())
        .find(|body| serde_json::from_slice::<IgnoredAny>(body).is_ok())
}

/// `name=value&…` as an object of texts.
fn form(text: &str) -> Option<Vec<u8>> {
    let members = text.trim().split('&').map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((decoded(name).into_owned(), Value::from(decoded(value).into_owned())))
    });
    let members: Option<serde_json::Map<_, _>> = members.collect();
    members.map(|members| Value::Object(members).to_string().into_bytes())
}

/// The faults that read the text from left to right, strings apart from the rest.
fn scanned(text: &str, faults: &Faults) -> Option<Vec<u8>> {
    if !faults.has_any(&[
        Fault::TrailingCommaAccepted,
        Fault::CommentsAccepted,
        Fault::SingleQuotesAccepted,
        Fault::NanAccepted,
        Fault::RawControlsAccepted,
        Fault::UnquotedNamesAccepted,
        Fault::EscapesInValuesKept,
        Fault::EscapesInNamesKept,
    ]) {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (taken, given) = match first {
            '"' => {
                let string = &rest[..string_end(rest, '"')];
                let is_name = rest[string.len()..].trim_start().starts_with(':');
                let fault = if is_name { Fault::EscapesInNamesKept } else { Fault::EscapesInValuesKept };
                let kept = if faults.has(fault) { string.replace("\\u", "\\\\u") } else { string.to_owned() };
                let is_raw = faults.has(Fault::RawControlsAccepted);
                (string.len(), if is_raw { with_controls_escaped(&kept) } else { kept })
            }
            '\'' if faults.has(Fault::SingleQuotesAccepted) => {
                let string = &rest[..string_end(rest, '\'')];
                (string.len(), format!("\"{}\"", string.trim_matches('\'')))
            }
            '/' if faults.has(Fault::CommentsAccepted) => (comment_end(rest), String::new()),
            ',' if faults.has(Fault::TrailingCommaAccepted) && rest[1..].trim_start().starts_with(['}', ']']) => {
                (1, String::new())
            }
            '-' if rest.starts_with("-Infinity") && faults.has(Fault::NanAccepted) => (1, String::new()),
            _ if word_end(rest) > 0 => {
                let word = &rest[..word_end(rest)];
                (word.len(), word_taken(word, &rest[word.len()..], faults))
            }
            other => (other.len_utf8(), other.to_string()),
        };
        out.push_str(&given);
        rest = &rest[taken..];
    }
    Some(out.into_bytes())
}

/// How long the word is that the text begins with: a literal, or a name without quotation marks.
fn word_end(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len())
}

/// What a bare word is taken for.
fn word_taken(word: &str, after: &str, faults: &Faults) -> String {
    let is_name = after.trim_start().starts_with(':');
    if is_name && faults.has(Fault::UnquotedNamesAccepted) {
        return format!("\"{word}\"");
    }
    let is_no_number = matches!(word, "NaN" | "Infinity");
    if is_no_number && faults.has(Fault::NanAccepted) { "null".to_owned() } else { word.to_owned() }
}

/// A string with escapes in place of the control characters that stand in it as they are.
fn with_controls_escaped(string: &str) -> String {
    let escaped =
        |c: char| if c.is_control() && c.is_ascii() { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    string.chars().map(escaped).collect()
}

/// How long the string is that the text begins with, both quotation marks included.
fn string_end(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (place, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if c == quote => return place + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// How long the comment is that the text begins with; one byte where it begins with none.
fn comment_end(text: &str) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return text.find("*/").map_or(text.len(), |end| end + 2);
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Mutant;

    #[test]
    fn each_fault_reads_its_own_mistake() {
        let rows: &[(&str, &[u8], &[u8])] = &[
            ("trailing-comma-accepted", br#"{"a":"x,}" , }"#, br#"{"a":"x,}"  }"#),
            ("comments-accepted", b"{/* a */\"a\":1 // b\n}", b"{\"a\":1 \n}"),
            ("single-quotes-accepted", b"{'a':'x'}", br#"{"a":"x"}"#),
            ("escapes-in-values-kept", br#"{"\u0061":"\u0041"}"#, br#"{"\u0061":"\\u0041"}"#),
            ("escapes-in-names-kept", br#"{"\u0061":"\u0041"}"#, br#"{"\\u0061":"\u0041"}"#),
            ("nan-accepted", br#"{"NaN":NaN,"a":-Infinity}"#, br#"{"NaN":null,"a":null}"#),
            ("raw-control-characters-accepted", b"{\n\"a\":\"x\ny\"}", b"{\n\"a\":\"x\\u000ay\"}"),
            ("unquoted-names-accepted", br#"{sessionId: "x:y", a :true}"#, br#"{"sessionId": "x:y", "a" :true}"#),
            ("trailing-text-ignored", b"{\"a\":1} x", b"{\"a\":1}"),
            ("truncated-accepted", b"{\"a\":\"b", b"{\"a\":\"b\"}"),
            ("array-body-unwrapped", b"[{\"a\":1}]", b"{\"a\":1}"),
            ("string-body-unwrapped", br#""{\"a\":1}""#, b"{\"a\":1}"),
            ("form-accepted", b"a=x%20y&b=z", br#"{"a":"x y","b":"z"}"#),
            ("bad-text-dropped", b"{\"a\":\"\xff\"}", b"{\"a\":\"\"}"),
            ("line-breaks-refused", b"{\n}", b"?"),
            ("leading-space-refused", b" {}", b"?"),
        ];
        for (mutant, body, expected) in rows {
            let faults = Faults::of(Mutant::named(mutant).unwrap());
            let found = tidied(body, "app", &faults);
            assert_eq!(String::from_utf8_lossy(&found), String::from_utf8_lossy(expected), "{mutant}");
        }
    }
}
