//! A slow specification of how strongly a body is to be refused and what it asks for, written from the documents and
//! with nothing of the reader that it is held against: it looks at every reading of every member, one after the other.
//!
//! It is silent on purpose about bytes that are not UTF-8, but for that they are to be refused.

mod json;
mod lasts;

use std::borrow::Cow;

use setpresence_core::spec::{Expiration, Level, Limits, Presence, Profile, SetPresence};

use json::{Body, Text, Value};

/// What the documents say of a body.
pub(crate) enum Expected<'t> {
    /// It is to be refused at least so strongly.
    AtLeast(Level),
    /// It is to be refused exactly so strongly, if at all; and asks for this, if it is an object.
    Exactly(Option<Level>, Option<SetPresence<'t>>),
}

/// What the documents say of a body in that profile; without a content type, where there is none.
pub(crate) fn expected<'t>(has_content_type: bool, body: &'t [u8], profile: &Profile) -> Expected<'t> {
    let mut level = if has_content_type { None } else { Some(Level::Should) };
    if body.len() > Limits::BYTES {
        level = level.max(Some(Level::May));
    }
    let (text, is_marked) = body.strip_prefix(b"\xEF\xBB\xBF").map_or((body, false), |rest| (rest, true));
    if is_marked {
        level = level.max(Some(Level::May));
    }
    let Ok(text) = std::str::from_utf8(text) else { return Expected::AtLeast(Level::Should) };
    match json::read(text) {
        // It may be JSON in wider units, which are not UTF-8.
        Body::NotJson if text.contains('\0') => Expected::AtLeast(Level::Should),
        Body::NotJson | Body::NotObject => Expected::Exactly(Some(Level::Must), None),
        Body::Object { members, depth } => {
            if depth > Limits::NESTING {
                level = level.max(Some(Level::May));
            }
            let (against, request) = object(&members, profile);
            Expected::Exactly(level.max(against), Some(request))
        }
    }
}

const NAMES: [&str; 4] = ["sessionId", "availability", "activity", "expirationDuration"];

/// One way in which some reader takes a member; `None` where it takes it for absent.
type Reading<'m, 't> = Option<&'m Value<'t>>;

fn object<'t>(members: &[(Text<'t>, Value<'t>)], profile: &Profile) -> (Option<Level>, SetPresence<'t>) {
    let mut level = None;
    let mut readings: [Vec<Reading<'_, '_>>; 4] = [(); 4].map(|()| Vec::new());
    let mut is_absent_to_some = [true; 4];
    for (name, value) in members {
        let Some(place) = NAMES.iter().position(|known| is_same_but_for_case(&name.text, known)) else {
            level = level.max(Some(Level::May));
            continue;
        };
        let is_exact = name.text == NAMES[place];
        let is_lone = matches!(value, Value::Text(text) if text.is_lone);
        if !is_exact || is_lone || !readings[place].is_empty() {
            level = level.max(Some(Level::May));
        }
        is_absent_to_some[place] &= !is_exact;
        readings[place].push(Some(value));
    }
    for (readings, is_absent_to_some) in readings.iter_mut().zip(is_absent_to_some) {
        readings.extend(is_absent_to_some.then_some(None));
    }
    let [session_id, availability, activity, lasts] = &readings;
    level = level.max(mildest(session_id, |given| session(given, profile)));
    level = level.max(mildest(availability, required));
    level = level.max(mildest(activity, required));
    level = level.max(mildest(lasts, |given| duration(given, profile)));
    let (presence, distance) = nearest(availability, activity, profile);
    level = level.max(distance);
    let is_pair_told = [availability, activity].iter().all(|readings| only(readings).is_some());
    let presence = presence.filter(|_| is_pair_told);
    let is_contested = readings.iter().any(|readings| readings.iter().any(|one| *one != readings[0]));
    let request = SetPresence {
        session_id: only(session_id).cloned(),
        presence,
        expiration: expiration(lasts),
        is_ambiguous: presence.is_none() || distance.is_some() || is_contested,
    };
    (level, request)
}

/// A reader that takes the member in the way that has least against it is right.
fn mildest(readings: &[Reading<'_, '_>], judge: impl Fn(Reading<'_, '_>) -> Option<Level>) -> Option<Level> {
    readings.iter().map(|given| judge(*given)).min().flatten()
}

fn texts<'m>(readings: &[Reading<'m, '_>]) -> impl Iterator<Item = &'m str> {
    readings.iter().filter_map(|given| match given {
        Some(Value::Text(text)) => Some(&*text.text),
        _ => None,
    })
}

/// The text that all of the values given are.
fn only<'m, 't>(readings: &[Reading<'m, 't>]) -> Option<&'m Cow<'t, str>> {
    let mut given = readings.iter().flatten();
    let first = given.next()?;
    match first {
        Value::Text(text) if given.all(|other| other == first) => Some(&text.text),
        _ => None,
    }
}

fn session(given: Reading<'_, '_>, profile: &Profile) -> Option<Level> {
    match given {
        None | Some(Value::Null) if profile.session_id_required => Some(Level::Should),
        None | Some(Value::Null) => Some(Level::May),
        Some(Value::Other(_)) => Some(Level::Must),
        Some(Value::Text(Text { text, .. })) => {
            let is_edge_blank = |edge: Option<char>| edge.is_none_or(char::is_whitespace);
            (is_edge_blank(text.chars().next()) || is_edge_blank(text.chars().last())).then_some(Level::Should)
        }
    }
}

fn required(given: Reading<'_, '_>) -> Option<Level> {
    match given {
        Some(Value::Text(_)) => None,
        _ => Some(Level::Must),
    }
}

fn duration(given: Reading<'_, '_>, profile: &Profile) -> Option<Level> {
    match given {
        None | Some(Value::Null) => None,
        Some(Value::Other(_)) => Some(Level::Must),
        Some(Value::Text(text)) => lasts::refused(&text.text, profile),
    }
}

/// The pair of the profile that is meant, and how strongly these texts are to be refused for not being it: the least of
/// every text with every other and with every pair. A text that is missing is a matter of its own.
fn nearest(
    availabilities: &[Reading<'_, '_>],
    activities: &[Reading<'_, '_>],
    profile: &Profile,
) -> (Option<Presence>, Option<Level>) {
    let far =
        |readings: &[Reading<'_, '_>], name: &str| texts(readings).map(|text| distance(text, name)).min().flatten();
    let mut best = (None, Some(Level::Must));
    for pair in profile.pairs {
        let level = far(availabilities, pair.availability.name()).max(far(activities, pair.activity.name()));
        if level < best.1 {
            best = (Some(*pair), level);
        }
    }
    // Nothing was given that could be a pair, or not be one.
    if texts(availabilities).chain(texts(activities)).next().is_none() { (best.0, None) } else { best }
}

fn distance(text: &str, name: &str) -> Option<Level> {
    match text {
        _ if text == name => None,
        _ if is_same_but_for_case(text, name) => Some(Level::May),
        _ if is_same_but_for_case(text.trim(), name) => Some(Level::Should),
        _ => Some(Level::Must),
    }
}

fn is_same_but_for_case(text: &str, name: &str) -> bool {
    text.eq_ignore_ascii_case(name)
        || (!text.is_ascii() && text.to_uppercase().to_lowercase() == name.to_ascii_lowercase())
}

fn expiration(readings: &[Reading<'_, '_>]) -> Expiration {
    let meaning = |given: &Reading<'_, '_>| match given {
        None | Some(Value::Null) => Expiration::Absent,
        Some(Value::Other(_)) => Expiration::Unclear,
        Some(Value::Text(text)) => lasts::exactly(&text.text).map_or(Expiration::Unclear, Expiration::After),
    };
    let mut meanings = readings.iter().map(meaning);
    let first = meanings.next().unwrap_or(Expiration::Absent);
    if meanings.all(|other| other == first) { first } else { Expiration::Unclear }
}
