//! Finding secrets in what a target sent, also where it spells them otherwise, and putting a mask over them.
//!
//! A target that echoes a token may do so in JSON, in a URL, in base64, or broken over lines. Whatever it does, what
//! is kept of its answer must not hold the token.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem::Finder;
use memchr::{memchr, memchr2};

use crate::secret::Secret;

/// What stands where a secret was.
pub(crate) const MASK: &str = "<token>";
/// A secret shorter than this is a word that texts contain by chance; it is not looked for.
const SECRET_SHORTEST: usize = 8;
/// What every JSON Web Token begins with: `{"` in base64.
const JWT_START: &str = "eyJ";
/// The shortest text that is taken for a JSON Web Token, in bytes: shorter than any that is signed.
const JWT_SHORTEST: usize = 40;

/// The secrets of a run that do not change.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    sought: Vec<Sought>,
}

/// A secret and how it is spelled, made ready once: every header and body of every answer is searched for it.
struct Sought {
    secret: Secret,
    whole: Finder<'static>,
    /// Its base64, wherever in a longer text it stands, in both alphabets.
    coded: Vec<Finder<'static>>,
}

impl fmt::Debug for Sought {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.secret.fmt(f)
    }
}

impl Sought {
    fn new(secret: Secret) -> Self {
        let finder = |bytes: &[u8]| Finder::new(bytes).into_owned();
        let coded = in_base64(secret.expose().as_bytes()).iter().map(|coded| finder(coded.as_bytes())).collect();
        Self { whole: finder(secret.expose().as_bytes()), coded, secret }
    }

    /// Where the secret is in the text: as it is, or as JSON, URLs and line breaks spell it.
    fn found(&self, text: &Searched) -> Vec<Range<usize>> {
        if text.text.len() < self.secret.expose().len() { Vec::new() } else { apart(text.places(&self.whole)) }
    }

    /// Where the text has the secret in base64, wherever in a longer text the secret stood.
    fn found_in_base64(&self, text: &Searched) -> Vec<Range<usize>> {
        // Four characters carry three bytes, so it is longer than the secret.
        if text.text.len() <= self.secret.expose().len() {
            return Vec::new();
        }
        apart(self.coded.iter().flat_map(|coded| text.places(coded)).collect())
    }
}

/// A text without secrets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Masked {
    pub(crate) text: String,
    /// Whether the token of the request itself was in it, as it is or as JSON, URLs and line breaks spell it.
    pub(crate) has_own: bool,
}

impl Guard {
    /// Guards these, as far as they are long enough to be told from words.
    pub(crate) fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut secrets: Vec<_> = secrets.into_iter().filter(is_long).collect();
        // The longest first, so that what is a part of another is masked with it.
        secrets.sort_by_key(|secret| (std::cmp::Reverse(secret.expose().len()), secret.clone()));
        secrets.dedup();
        Self { sought: secrets.into_iter().map(Sought::new).collect() }
    }

    /// Guards one more, such as a token that was fetched again.
    pub(crate) fn add(&mut self, secret: Secret) {
        *self = Self::new(std::mem::take(&mut self.sought).into_iter().map(|sought| sought.secret).chain([secret]));
    }

    /// Masks every secret, and the token of the request that the text answers.
    pub(crate) fn mask(&self, text: String, own: Option<&Secret>) -> Masked {
        let own = own.filter(|own| is_long(own));
        let is_own = |sought: &&Sought| Some(&sought.secret) == own;
        let guarded = self.sought.iter().find(is_own);
        // Minted ones are not guarded, as there is one for each user. They are long, and most texts are short.
        let is_here = |own: &&Secret| guarded.is_none() && own.expose().len() <= text.len();
        let stranger = own.filter(is_here).cloned().map(Sought::new);
        let others = self.sought.iter().filter(|sought| !is_own(sought));
        let (mut text, mut has_own) = (Searched::new(text), false);
        for sought in guarded.into_iter().chain(&stranger).chain(others) {
            let found = sought.found(&text);
            has_own |= is_own(&sought) && !found.is_empty();
            text = text.masked_at(found);
            let found = sought.found_in_base64(&text);
            text = text.masked_at(found);
        }
        let found = web_tokens(&text.text);
        Masked { text: text.masked_at(found).text, has_own }
    }
}

/// Whether a token is in a text as it is.
pub(crate) fn is_in(text: &str, own: &Secret) -> bool {
    is_long(own) && text.contains(own.expose())
}

fn is_long(secret: &Secret) -> bool {
    secret.expose().len() >= SECRET_SHORTEST
}

/// The secret in base64: for each place in a longer text at which it may stand, and in both alphabets.
fn in_base64(secret: &[u8]) -> Vec<String> {
    let mut spellings = Vec::new();
    for offset in 0..3 {
        let shifted = [&[0; 3][..offset], secret].concat();
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let coded = engine.encode(&shifted);
            // The characters at the edges depend on what stands beside the secret.
            let from = [0, 2, 3][offset];
            let until = coded.len() - usize::from(shifted.len() % 3 != 0);
            spellings.push(coded[from..until].to_owned());
        }
    }
    spellings.dedup();
    spellings
}

/// Where the text has something that looks like a JSON Web Token, whosever it is.
fn web_tokens(text: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    if text.len() < JWT_SHORTEST {
        return ranges;
    }
    for (at, _) in text.match_indices(JWT_START) {
        if ranges.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let length = text[at..].bytes().take_while(|byte| is_part(*byte)).count();
        if length >= JWT_SHORTEST && text[at..at + length].matches('.').count() >= 2 {
            ranges.push(at..at + length);
        }
    }
    ranges
}

/// Ranges in order, those that touch each other as one.
fn apart(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// Whose escapes are undone. A secret may itself look like an escape of the other kind, so never both at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    Json,
    Url,
}

/// A text without line breaks and with its escapes undone, and where each of its bytes came from.
struct Plain {
    bytes: Vec<u8>,
    /// For each byte where it begins in the text; one more for the end.
    starts: Vec<usize>,
}

/// A text and every reading of it, made once for all that is looked for in it.
struct Searched {
    text: String,
    plain: Vec<Plain>,
}

impl Searched {
    fn new(text: String) -> Self {
        let plain = Plain::all(&text);
        Self { text, plain }
    }

    /// Where the text has this, as it is or as JSON, URLs and line breaks spell it.
    fn places(&self, wanted: &Finder<'_>) -> Vec<Range<usize>> {
        let needle = wanted.needle();
        let mut ranges: Vec<_> = wanted.find_iter(self.text.as_bytes()).map(|at| at..at + needle.len()).collect();
        ranges.extend(self.plain.iter().flat_map(|plain| plain.find(needle)));
        ranges
    }

    /// The same with a mask over these places, which are in order and apart.
    fn masked_at(self, ranges: Vec<Range<usize>>) -> Self {
        if ranges.is_empty() {
            return self;
        }
        let mut text = self.text;
        for range in ranges.into_iter().rev() {
            text.replace_range(range, MASK);
        }
        Self::new(text)
    }
}

impl Plain {
    /// Every reading of the text that differs from the text itself.
    fn all(text: &str) -> Vec<Self> {
        let has_breaks = memchr2(b'\r', b'\n', text.as_bytes()).is_some();
        let spellings = [(Spelling::Json, b'\\'), (Spelling::Url, b'%')];
        let differing =
            spellings.into_iter().filter(|(_, sign)| has_breaks || memchr(*sign, text.as_bytes()).is_some());
        differing.map(|(spelling, _)| Self::of(text, spelling)).collect()
    }

    fn of(text: &str, spelling: Spelling) -> Self {
        let mut plain = Self { bytes: Vec::with_capacity(text.len()), starts: Vec::with_capacity(text.len() + 1) };
        let mut at = 0;
        while at < text.len() {
            let (byte, length) = next(&text.as_bytes()[at..], spelling);
            if let Some(byte) = byte {
                plain.bytes.push(byte);
                plain.starts.push(at);
            }
            at += length;
        }
        plain.starts.push(text.len());
        plain
    }

    /// Where the bytes are in the text.
    fn find(&self, wanted: &[u8]) -> Vec<Range<usize>> {
        let Some(first) = wanted.first() else { return Vec::new() };
        let mut ranges = Vec::new();
        let mut from = 0;
        while let Some(at) = self.bytes[from..].iter().position(|byte| byte == first).map(|at| from + at) {
            if self.bytes[at..].starts_with(wanted) {
                ranges.push(self.starts[at]..self.starts[at + wanted.len()]);
            }
            from = at + 1;
        }
        ranges
    }
}

/// The byte that a text begins with and how long it is there. A line break and what indents the next line is none.
fn next(rest: &[u8], spelling: Spelling) -> (Option<u8>, usize) {
    let hex = |digits: &[u8]| {
        let text = std::str::from_utf8(digits).ok()?;
        u32::from_str_radix(text, 16).ok().and_then(|code| u8::try_from(code).ok())
    };
    match (rest, spelling) {
        ([b'\r' | b'\n', more @ ..], _) => {
            (None, 1 + more.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count())
        }
        ([b'%', high, low, ..], Spelling::Url) => hex(&[*high, *low]).map_or((Some(b'%'), 1), |byte| (Some(byte), 3)),
        ([b'\\', b'u', digits @ ..], Spelling::Json) if digits.len() >= 4 => {
            hex(&digits[..4]).map_or((Some(b'\\'), 1), |byte| (Some(byte), 6))
        }
        ([b'\\', b'n' | b'r', ..], Spelling::Json) => (None, 2),
        ([b'\\', escaped @ (b'/' | b'"' | b'\\'), ..], Spelling::Json) => (Some(*escaped), 2),
        ([byte, ..], _) => (Some(*byte), 1),
        ([], _) => (None, 1),
    }
}

/// A text for messages without secrets, borrowed where there is none in it.
pub(crate) fn without<'t>(text: &'t str, secrets: &[Secret]) -> Cow<'t, str> {
    let masked = Guard::new(secrets.iter().cloned()).mask(text.to_owned(), None).text;
    if masked == text { Cow::Borrowed(text) } else { Cow::Owned(masked) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "aB3/+x\"y%2d=canary-0123456789";
    const OTHER: &str = "another-secret-of-the-run";

    fn mask(text: &str) -> Masked {
        Guard::new([Secret::new(OTHER)]).mask(text.to_owned(), Some(&Secret::new(TOKEN)))
    }

    #[test]
    fn every_spelling_is_found() {
        let escaped = TOKEN.replace('/', "\\/").replace('"', "\\\"");
        let as_units: String = TOKEN.bytes().map(|byte| format!("\\u{byte:04X}")).collect();
        let percent: String = TOKEN.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let lines: Vec<&str> = vec![&TOKEN[..9], &TOKEN[9..20], &TOKEN[20..]];
        let rows = [
            (TOKEN.to_owned(), true),
            (format!("Bearer {TOKEN}, {TOKEN}"), true),
            (escaped, true),
            (as_units, true),
            (percent, true),
            (lines.join("\r\n"), true),
            (lines.join("\n    "), true),
            (lines.join("\\n"), true),
            (STANDARD_NO_PAD.encode(TOKEN), false),
            (STANDARD_NO_PAD.encode(format!("B{TOKEN}")), false),
            (URL_SAFE_NO_PAD.encode(format!("Be{TOKEN}and more")), false),
            (STANDARD_NO_PAD.encode(format!("Bearer {TOKEN}!!")), false),
            (STANDARD_NO_PAD.encode(format!("{{\"token\": \"{TOKEN}\"}}")), false),
            (STANDARD_NO_PAD.encode(TOKEN).replace('+', "%2B"), false),
            (format!("{}\r\n{}", &STANDARD_NO_PAD.encode(TOKEN)[..20], &STANDARD_NO_PAD.encode(TOKEN)[20..]), false),
            (OTHER.to_owned(), false),
            (STANDARD_NO_PAD.encode(OTHER), false),
        ];
        for (spelling, has_own) in rows {
            let masked = mask(&format!("{{\"ä\": \"{spelling}\"}}"));
            assert_eq!(masked.has_own, has_own, "{spelling}");
            assert!(masked.text.starts_with("{\"ä\": \"") && masked.text.ends_with("\"}"), "{masked:?}");
            assert!(masked.text.contains(MASK), "{masked:?}");
            // At most the characters that carry bits of its neighbours, too, are left.
            assert!(masked.text.len() < spelling.len().min(56) + 4, "{spelling}: {masked:?}");
            assert!(!masked.text.contains("canary") && !masked.text.contains("secret"), "{masked:?}");
        }
    }

    #[test]
    fn web_tokens_of_others_are_masked() {
        let jwt = format!("eyJhbGciOiJIUzI1NiJ9.{}.c2lnbmF0dXJl", "eyJhIjoxfQ".repeat(3));
        assert_eq!(mask(&format!("key {jwt}, no")).text, format!("key {MASK}, no"));
        assert_eq!(mask("eyJ.a.b eyJhbGciOiJIUzI1NiJ9").text, "eyJ.a.b eyJhbGciOiJIUzI1NiJ9");
    }

    #[test]
    fn what_is_no_secret_is_left() {
        for text in ["", "%", "%2", "\\", "\\u", "\\u00", "a\r\nb\n", "100%25 \\\"x\\\"", "ä%ff\\u1234", "aB3/+x"] {
            assert_eq!(mask(text), Masked { text: text.to_owned(), has_own: false });
        }
        let guard = Guard::new([Secret::new("short"), Secret::new("")]);
        assert_eq!(guard.mask("short".to_owned(), Some(&Secret::new("a"))).text, "short");
    }
}
