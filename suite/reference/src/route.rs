//! From a path to what it names. Paths are few and short, so they are taken apart by hand.

use std::borrow::Cow;

use setpresence_core::spec::Operation;

use crate::variants::{Choice, Variants};

/// The most segments that a known path has: version, users, id, presence, action; and one for a trailing slash.
const N_SEGMENTS_MAX: usize = 8;

/// Whose presence a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Whom<'p> {
    /// The user of this id, decoded.
    User(Cow<'p, str>),
    /// The signed-in user.
    Me,
}

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route<'p> {
    /// One of the five operations.
    Presence(Operation, Whom<'p>),
    /// The clock, to be read.
    Clock,
    /// The clock, to be moved.
    Advance,
    /// A token, to try things with.
    Token,
    /// Nothing here.
    Unknown,
}

impl Route<'_> {
    /// The one method that it has.
    pub(crate) const fn method(&self) -> &'static str {
        match self {
            Self::Presence(operation, _) => operation.method(),
            Self::Advance => "POST",
            Self::Clock | Self::Token | Self::Unknown => "GET",
        }
    }
}

/// Takes a path apart. A first segment that names nothing else is taken for a version, whatever it says.
pub(crate) fn route<'p>(path: &'p str, variants: &Variants) -> Route<'p> {
    let mut segments = [""; N_SEGMENTS_MAX];
    let mut n = 0;
    for segment in path.strip_prefix('/').unwrap_or(path).split('/') {
        if segment.is_empty() && variants.has(Choice::DoubledSlashes) {
            continue;
        }
        if n == N_SEGMENTS_MAX {
            return Route::Unknown;
        }
        segments[n] = segment;
        n += 1;
    }
    let mut segments = &segments[..n];
    if let ([rest @ .., ""], true) = (segments, variants.has(Choice::TrailingSlash)) {
        segments = rest;
    }
    match segments {
        [first, ..] if is_root(first, variants) => below_version(segments, variants),
        [version, rest @ ..] if !version.is_empty() => below_version(rest, variants),
        _ => Route::Unknown,
    }
}

fn is_root(segment: &str, variants: &Variants) -> bool {
    let is_users = same(segment, "users", variants) || key_of(segment, variants).is_some();
    is_users || same(segment, "me", variants) || segment.starts_with("__")
}

fn below_version<'p>(segments: &[&'p str], variants: &Variants) -> Route<'p> {
    let (whom, rest) = match *segments {
        ["__clock"] => return Route::Clock,
        ["__clock", "advance"] => return Route::Advance,
        ["__token"] => return Route::Token,
        [me, ref rest @ ..] if same(me, "me", variants) => (Whom::Me, rest),
        [users, id, ref rest @ ..] if same(users, "users", variants) && !id.is_empty() => {
            let is_kept = variants.has(Choice::PercentEncodingKept);
            (Whom::User(if is_kept { Cow::Borrowed(id) } else { decoded(id) }), rest)
        }
        [keyed, ref rest @ ..] => match key_of(keyed, variants) {
            Some(id) => (Whom::User(decoded(id)), rest),
            None => return Route::Unknown,
        },
        [] => return Route::Unknown,
    };
    let operation = match *rest {
        [presence] if same(presence, "presence", variants) => Some(Operation::GetPresence),
        [presence, action] if same(presence, "presence", variants) => operation(action, variants),
        _ => None,
    };
    operation.map_or(Route::Unknown, |operation| Route::Presence(operation, whom))
}

fn operation(action: &str, variants: &Variants) -> Option<Operation> {
    let action = match action.strip_prefix("microsoft.graph.") {
        Some(bare) if variants.has(Choice::QualifiedActions) => bare,
        _ => action,
    };
    [
        ("setPresence", Operation::SetPresence),
        ("clearPresence", Operation::ClearPresence),
        ("setUserPreferredPresence", Operation::SetUserPreferredPresence),
        ("clearUserPreferredPresence", Operation::ClearUserPreferredPresence),
    ]
    .into_iter()
    .find(|(name, _)| same(action, name, variants))
    .map(|(_, operation)| operation)
}

fn same(segment: &str, name: &str, variants: &Variants) -> bool {
    segment == name || (variants.has(Choice::PathLetterCase) && segment.eq_ignore_ascii_case(name))
}

/// The key in `users('key')`.
fn key_of<'p>(segment: &'p str, variants: &Variants) -> Option<&'p str> {
    if !variants.has(Choice::KeyInParentheses) {
        return None;
    }
    segment.strip_prefix("users('")?.strip_suffix("')")
}

/// A segment with its percent-encoding undone; as it is where that gives no text.
pub(crate) fn decoded(segment: &str) -> Cow<'_, str> {
    if !segment.contains('%') {
        return Cow::Borrowed(segment);
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let [first, after @ ..] = rest {
        let byte = match after {
            [high, low, ..] if *first == b'%' => nibble(*high).zip(nibble(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(segment), Cow::Owned)
}

fn nibble(digit: u8) -> Option<u8> {
    (digit as char).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variants::Variant;

    fn check(path: &str, variant: Option<&str>, expected: Option<(Operation, &str)>) {
        let variants = variant.map_or(Variants::none(), |name| Variants::of(Variant::named(name).unwrap()));
        let found = match route(path, &variants) {
            Route::Presence(operation, Whom::User(id)) => Some((operation, id.into_owned())),
            Route::Presence(operation, Whom::Me) => Some((operation, "me".to_owned())),
            _ => None,
        };
        assert_eq!(found, expected.map(|(operation, id)| (operation, id.to_owned())), "{path}");
    }

    #[test]
    fn paths_name_operations() {
        let set = Operation::SetPresence;
        for (path, variant, expected) in [
            ("/beta/users/u/presence/setPresence", None, Some((set, "u"))),
            ("/v1.0/users/u/presence/setPresence", None, Some((set, "u"))),
            ("/users/u/presence/setPresence", None, Some((set, "u"))),
            ("/v1.0/me/presence/setPresence", None, Some((set, "me"))),
            ("/me/presence", None, Some((Operation::GetPresence, "me"))),
            ("/beta/users/a%2Db/presence", None, Some((Operation::GetPresence, "a-b"))),
            ("/beta/users/a%zzb/presence/clearPresence", None, Some((Operation::ClearPresence, "a%zzb"))),
            ("/beta/users/u/presence/setUserPreferredPresence", None, Some((Operation::SetUserPreferredPresence, "u"))),
            (
                "/beta/users/u/presence/clearUserPreferredPresence",
                None,
                Some((Operation::ClearUserPreferredPresence, "u")),
            ),
            ("/a/b/users/u/presence", None, None),
            ("/beta/users//presence", None, None),
            ("/beta/users/u/presence/", None, None),
            ("/beta/users/u/presence/", Some("trailing-slash"), Some((Operation::GetPresence, "u"))),
            ("/v1.0//users/u/presence", None, None),
            ("/v1.0//users/u/presence", Some("doubled-slashes"), Some((Operation::GetPresence, "u"))),
            ("/beta/Users/u/Presence/setpresence", None, None),
            ("/beta/Users/u/Presence/setpresence", Some("path-letter-case"), Some((set, "u"))),
            ("/beta/users('u')/presence/setPresence", Some("key-in-parentheses"), Some((set, "u"))),
            ("/beta/users/u/presence/microsoft.graph.setPresence", Some("qualified-actions"), Some((set, "u"))),
            ("/beta/users/u/presence/microsoft.graph.setPresence", None, None),
            ("/beta/users/u/presence/setPresence/more", None, None),
            ("/", None, None),
            ("", None, None),
            ("/1/2/3/4/5/6/7/8/9/10", None, None),
        ] {
            check(path, variant, expected);
        }
    }

    #[test]
    fn the_clock_is_below_the_base_url_too() {
        for base in ["", "/beta", "/v1.0"] {
            assert_eq!(route(&format!("{base}/__clock"), &Variants::none()), Route::Clock);
            assert_eq!(route(&format!("{base}/__clock/advance"), &Variants::none()), Route::Advance);
            assert_eq!(route(&format!("{base}/__token"), &Variants::none()), Route::Token);
        }
    }
}
