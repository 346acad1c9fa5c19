//! Requests with nothing against them, read in one pass: almost all that a service sees.
//!
//! Whatever is not plainly right is left to the thorough reader. The two must agree, which tests hold them to.

use std::borrow::Cow;

use super::members::decode;
use super::{Expiration, Head, Limits, Member, Profile, Reading, SetPresence};
use crate::spec::duration::DurationText;

/// The request, where there is nothing at all to be said against it; `None` says only that it needs a closer look.
pub(super) fn read<'a>(head: &Head<'_>, body: &'a [u8], profile: &Profile, limits: Limits) -> Option<Reading<'a>> {
    if !head.is_plain() || body.len() > limits.bytes || limits.nesting == 0 {
        return None;
    }
    let [session_id, availability, activity, duration] = texts(body)?;
    let session_id = session_id.filter(|id| !id.is_empty() && id.trim().len() == id.len())?;
    let (availability, activity) = (availability?, activity?);
    let is_meant = |pair: &&_| is_pair(pair, &availability, &activity);
    let presence = *profile.pairs.iter().find(is_meant)?;
    let expiration = match duration {
        None => Expiration::Absent,
        Some(text) => Expiration::After(plain_duration(&text, profile)?),
    };
    let request =
        SetPresence { session_id: Some(session_id), presence: Some(presence), expiration, is_ambiguous: false };
    Some(Reading { request: Some(request), problems: Vec::new() })
}

fn is_pair(pair: &super::Presence, availability: &str, activity: &str) -> bool {
    pair.availability.name() == availability && pair.activity.name() == activity
}

fn plain_duration(text: &str, profile: &Profile) -> Option<std::time::Duration> {
    let duration = DurationText::read(text);
    let (lo, hi) = profile.expiration;
    let amount = duration.amount().filter(|amount| duration.deviations().is_empty() && amount.within(lo, hi))?;
    amount.to_duration()
}

/// The texts of the documented members, in the order of [`Member::ALL`], of an object that has nothing else.
fn texts(body: &[u8]) -> Option<[Option<Cow<'_, str>>; 4]> {
    let mut texts = [None, None, None, None];
    let mut scan = Scan { body: std::str::from_utf8(body).ok()?, at: 0 };
    scan.sign(b'{')?;
    loop {
        let name = scan.text()?;
        let place = Member::ALL.iter().position(|member| member.name() == name)?;
        scan.sign(b':')?;
        if texts[place].replace(scan.text()?).is_some() {
            return None;
        }
        match scan.next()? {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    scan.next().is_none().then_some(texts)
}

/// A place in a body.
struct Scan<'a> {
    body: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    /// The next byte that is no white space.
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.body.as_bytes().get(self.at)?;
            self.at += 1;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
        }
    }

    fn sign(&mut self, sign: u8) -> Option<()> {
        (self.next()? == sign).then_some(())
    }

    /// A string of ASCII without control characters; escapes are undone.
    fn text(&mut self) -> Option<Cow<'a, str>> {
        self.sign(b'"')?;
        let from = self.at;
        let mut has_escapes = false;
        loop {
            let rest = self.body.as_bytes().get(self.at..)?;
            self.at += n_plain(rest);
            match *self.body.as_bytes().get(self.at)? {
                b'"' => break,
                b'\\' => {
                    has_escapes = true;
                    self.at += self.escape()?;
                }
                _ => return None,
            }
        }
        let inside = self.body.get(from..self.at)?;
        self.at += 1;
        if !has_escapes {
            return Some(Cow::Borrowed(inside));
        }
        let (text, has_lone_surrogate) = decode(inside);
        (!has_lone_surrogate).then_some(text)
    }

    /// How long the escape at this place is.
    fn escape(&self) -> Option<usize> {
        let after = self.body.as_bytes().get(self.at + 1..)?;
        match after.first()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
            b'u' => after.get(1..5)?.iter().all(u8::is_ascii_hexdigit).then_some(6),
            _ => None,
        }
    }
}

/// How many bytes at the front are printable ASCII, and neither quotation mark nor backslash: eight at a time.
fn n_plain(bytes: &[u8]) -> usize {
    const LOW: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = LOW << 7;
    // The lowest high bit that is set is that of the first byte below `least`; beyond it some may be set for nothing.
    let below = |word: u64, least: u64| word.wrapping_sub(LOW * least) & !word & HIGH;
    let is = |word: u64, byte: u8| below(word ^ (LOW * u64::from(byte)), 1);
    let (words, rest) = bytes.as_chunks::<8>();
    for (nth, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let odd = below(word, 0x20) | is(word, b'"') | is(word, b'\\') | is(word, 0x7F) | (word & HIGH);
        if odd != 0 {
            return 8 * nth + odd.trailing_zeros() as usize / 8;
        }
    }
    let is_plain = |byte: &&u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    8 * words.len() + rest.iter().take_while(is_plain).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::request::reading;

    const BODIES: [&str; 4] = [
        r#"{ "sessionId": "22553876-f5ab", "availability": "Available", "activity": "Available", "expirationDuration": "PT1H" }"#,
        r#"{"activity":"InACall","availability":"Busy","expirationDuration":"P0DT1H30M","sessionId":"2"}"#,
        "\r\n{\t\"sessionId\":\"a\\u002Db\\\"\\/\",\"availability\":\"\\u0041way\",\"activity\":\"Away\"}\n",
        r#"{"sessionId":"x","availability":"Busy","activity":"InAConferenceCall","expirationDuration":"PT240M"}"#,
    ];

    /// What each byte is replaced by, in turn: signs of JSON, letters, digits, and what is no text at all.
    const OTHERS: &[u8] = b"\"\\{}[]:, \t\n\0\x7f\x80\xffaZ019TPHMSnu-+.";

    fn check(body: &[u8]) -> bool {
        let mut is_plain = false;
        for profile in [Profile::BETA_2021_06, Profile::V1_0] {
            let limits = Limits::default();
            let thorough = reading::read_thoroughly(&Head::json(), body, profile, limits);
            if let Some(plain) = read(&Head::json(), body, profile, limits) {
                assert_eq!(plain, thorough, "{}", String::from_utf8_lossy(body));
                is_plain = true;
            }
        }
        is_plain
    }

    #[test]
    fn eight_bytes_at_a_time_see_what_one_at_a_time_sees() {
        let slowly = |bytes: &[u8]| {
            bytes.iter().take_while(|byte| (b' '..=b'~').contains(byte) && !b"\"\\".contains(byte)).count()
        };
        for len in 0..18 {
            for at in 0..len {
                for byte in 0..=u8::MAX {
                    let mut bytes = [b'!'; 18];
                    bytes[at] = byte;
                    assert_eq!(n_plain(&bytes[..len]), slowly(&bytes[..len]), "{byte} at {at} of {len}");
                }
            }
        }
    }

    #[test]
    fn both_readers_agree_on_all_neighbours_of_what_is_plain() {
        let mut n_plain = 0;
        for body in BODIES {
            assert!(check(body.as_bytes()), "{body}");
            for at in 0..body.len() {
                let mut less = body.as_bytes().to_vec();
                less.remove(at);
                n_plain += usize::from(check(&less));
                for other in OTHERS {
                    let mut changed = body.as_bytes().to_vec();
                    changed[at] = *other;
                    n_plain += usize::from(check(&changed));
                    changed.insert(at, body.as_bytes()[at]);
                    n_plain += usize::from(check(&changed));
                }
            }
        }
        assert!(n_plain > 1000, "only {n_plain} of them are plain");
    }
}
