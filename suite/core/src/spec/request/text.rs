//! From bytes to JSON text.

use std::borrow::Cow;

use serde::de::IgnoredAny;

/// The bytes of UTF-8's byte order mark.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Without a byte order mark of UTF-8, and how many bytes that took.
pub(super) fn without_mark(body: &[u8]) -> (&[u8], usize) {
    body.strip_prefix(BYTE_ORDER_MARK).map_or((body, 0), |rest| (rest, BYTE_ORDER_MARK.len()))
}

/// The bytes as text, each that is not UTF-8 as a `?`, so that places stay the same; and the first such place.
pub(super) fn in_place(body: &[u8]) -> (Cow<'_, str>, Option<usize>) {
    let error = match std::str::from_utf8(body) {
        Ok(text) => return (Cow::Borrowed(text), None),
        Err(error) => error,
    };
    let mut text = String::with_capacity(body.len());
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    (Cow::Owned(text), Some(error.valid_up_to()))
}

/// Whether the text is JSON; deep nesting is no obstacle, as nothing recurses.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Whether it is JSON without the bytes that are not UTF-8, as some decoders drop them.
pub(super) fn is_json_when_dropped(body: &[u8]) -> bool {
    let kept: String = body.utf8_chunks().map(|chunk| chunk.valid()).collect();
    is_json(&kept)
}

/// Whether it is JSON in UTF-16 or UTF-32, either byte order, with or without a mark: some readers
/// find that out by themselves, as RFC 4627 told them to.
pub(super) fn is_json_in_wider_units(body: &[u8]) -> bool {
    // All structure of JSON is ASCII, which has zero bytes in wider units.
    if !body.contains(&0) {
        return false;
    }
    let halves = |of_bytes: fn([u8; 2]) -> u16| {
        let (units, rest) = body.as_chunks::<2>();
        let text = char::decode_utf16(units.iter().map(|unit| of_bytes(*unit)));
        rest.is_empty().then(|| text.collect::<Result<String, _>>().ok()).flatten()
    };
    let words = |of_bytes: fn([u8; 4]) -> u32| {
        let (units, rest) = body.as_chunks::<4>();
        let text = units.iter().map(|unit| char::from_u32(of_bytes(*unit)));
        rest.is_empty().then(|| text.collect::<Option<String>>()).flatten()
    };
    let texts =
        [halves(u16::from_le_bytes), halves(u16::from_be_bytes), words(u32::from_le_bytes), words(u32::from_be_bytes)];
    texts.iter().flatten().any(|text| is_json(text.strip_prefix('\u{FEFF}').unwrap_or(text)))
}

/// The place of the first bracket that is nested deeper than `nesting`, in JSON text.
pub(super) fn too_deep(text: &str, nesting: usize) -> Option<usize> {
    // Hardly a body has so many brackets at all, and counting them is quick.
    if text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count() <= nesting {
        return None;
    }
    let (mut depth, mut is_string, mut is_escaped) = (0_usize, false, false);
    for (place, byte) in text.bytes().enumerate() {
        let is_literal = std::mem::take(&mut is_escaped);
        match byte {
            b'"' if !is_literal => is_string = !is_string,
            b'\\' if is_string && !is_literal => is_escaped = true,
            b'[' | b'{' if !is_string => {
                depth += 1;
                if depth > nesting {
                    return Some(place);
                }
            }
            b']' | b'}' if !is_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}
