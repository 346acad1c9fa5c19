//! A request's body, and what a profile reads in it.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crate::spec::{Head, Limits, Profile, Reading};

/// A body to send. It is shared, as some have megabytes, and so is what it was found to say: a case is judged against
/// hundreds of targets, and its bodies are the same for each.
#[derive(Clone, Debug)]
pub struct Payload(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    bytes: Box<[u8]>,
    /// For the profile that asked first, which is its plan's, and with a plain head.
    read: OnceLock<(&'static Profile, Reading<'static>)>,
}

impl Payload {
    /// What the profile says of the body under this head, as [`Reading::of`] with the default [`Limits`].
    #[must_use]
    pub fn reading(&self, head: &Head<'_>, profile: &'static Profile) -> Cow<'_, Reading<'static>> {
        let read = || Reading::of(head, &self.0.bytes, profile, Limits::default()).into_owned();
        if !head.is_plain() {
            return Cow::Owned(read());
        }
        let (of, reading) = self.0.read.get_or_init(|| (profile, read()));
        if *of == profile { Cow::Borrowed(reading) } else { Cow::Owned(read()) }
    }
}

impl Deref for Payload {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl AsRef<[u8]> for Payload {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.0.bytes == other.0.bytes
    }
}

impl Eq for Payload {}

impl<B: Into<Box<[u8]>>> From<B> for Payload {
    fn from(bytes: B) -> Self {
        Self(Arc::new(Inner { bytes: bytes.into(), read: OnceLock::new() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_once_is_what_is_read_anew() {
        let bodies: [&[u8]; 4] = [
            br#"{"sessionId": "a", "availability": "Busy", "activity": "InACall", "expirationDuration": "PT1H"}"#,
            br#"{"availability": "DoNotDisturb", "activity": "Presenting"}"#,
            b"{\"sessionId\": \"\xff\"}",
            b"",
        ];
        let odd = [("Content-Type", b"text/json".as_slice())];
        for body in bodies {
            let payload = Payload::from(body);
            // Whoever asks first, the others get their own.
            for profile in [Profile::V1_0, Profile::BETA_2021_06, Profile::V1_0] {
                for head in [Head::json(), Head::of(odd), Head::json()] {
                    let anew = Reading::of(&head, body, profile, Limits::default());
                    assert_eq!(*payload.reading(&head, profile), anew, "{}", profile.name);
                }
            }
        }
    }

    /// What a head changes must not be kept for another, and what is sent a hundred times is to be read once.
    #[test]
    fn only_what_was_read_under_a_plain_head_is_kept() {
        let payload = Payload::from(b"{}".as_slice());
        let odd = Head::of([("Content-Type", b"text/json".as_slice())]);
        assert!(matches!(payload.reading(&odd, Profile::V1_0), Cow::Owned(_)));
        assert!(matches!(payload.reading(&Head::json(), Profile::V1_0), Cow::Borrowed(_)));
        assert!(matches!(payload.reading(&Head::json(), Profile::BETA_2021_06), Cow::Owned(_)));
    }

    #[test]
    fn the_same_bytes_are_the_same_payload() {
        let one = Payload::from(b"a".as_slice());
        assert!(one.reading(&Head::json(), Profile::V1_0).request.is_none());
        assert_eq!(one, Payload::from(b"a".to_vec()));
        assert_ne!(one, Payload::from(b"b".as_slice()));
        assert_eq!((one.len(), one.as_ref()), (1, b"a".as_slice()));
    }
}
