//! The law of request bodies.

use std::sync::LazyLock;

use setpresence_core::spec::{
    DurationText, Expiration, Head, Level, Limits, Position, Problem, Profile, Reading, SetPresence,
};

use crate::specification::{Expected, expected};

/// One input in so many is read once more, repeated until it has [`REPEATED_TO`] bytes. Which ones is decided by a sum
/// over all of their bytes, so that the choice is not handed down to what is made of them, which would be as slow.
const REPEATED_ONE_OF: u32 = 4096;
/// Some milliseconds for a reader that takes linear time, with all instrumentation; one that takes quadratic time is a
/// slow input to libFuzzer, which names those, and a hang where its `-timeout` is short.
const REPEATED_TO: usize = 1 << 15;

/// Any body is read, in linear time; every problem lies within the body; the reader agrees with the slow specification
/// on how strongly it is to be refused and on what it asks for; `parse` accepts exactly what only may be refused or
/// need not be; and what it asks for, printed and read again, asks for the same.
///
/// The first byte chooses the profile, whether the head names a content type, the spelling that is printed, and which
/// of the reader's two faces is asked: to try all of them on every body would be sixteen times the work for the same
/// finding.
pub fn request_body(bytes: &[u8]) {
    let Some((choice, body)) = bytes.split_first() else { return };
    let head = if choice & 1 == 0 { &*JSON } else { &*NO_HEAD };
    let profile = Profile::ALL[usize::from(choice >> 1) % Profile::ALL.len()];
    let spelling = if choice & 4 == 0 { Spelling::Plain } else { Spelling::Escaped };
    let specified = expected(choice & 1 == 0, body, profile);
    let request = if choice & 8 == 0 {
        let reading = Reading::of(head, body, profile, Limits::default());
        problems_lie_within(&reading.problems, body);
        let level = reading.level();
        agrees(level, reading, specified)
    } else {
        match SetPresence::parse(head, body, profile) {
            Ok(request) => accepted(request, specified),
            Err(problems) => {
                problems_lie_within(&problems, body);
                refused(&problems, &specified);
                None
            }
        }
    };
    if let Some(request) = request.filter(|request| !request.is_ambiguous) {
        survives_printing(&request, profile, spelling);
    }
    if body.len() < REPEATED_TO / 2 && sum(body).is_multiple_of(REPEATED_ONE_OF) {
        let repeated: Vec<u8> = body.iter().copied().cycle().take(REPEATED_TO).collect();
        let level = Reading::of(head, &repeated, profile, Limits::default()).level();
        assert!(level >= Some(Level::Should), "{profile}: many bodies in a row are one request");
    }
}

/// The two heads, made once: what an input takes is to be the reader's own.
static JSON: LazyLock<Head<'static>> = LazyLock::new(Head::json);
static NO_HEAD: LazyLock<Head<'static>> = LazyLock::new(|| Head::of::<&str>([]));

fn sum(body: &[u8]) -> u32 {
    body.iter().fold(1, |sum: u32, byte| sum.wrapping_mul(31).wrapping_add(u32::from(*byte)))
}

fn problems_lie_within(problems: &[Problem], body: &[u8]) {
    for problem in problems {
        assert!(!problem.detail.is_empty(), "{problem:?} says nothing");
        if let Some(position) = problem.position {
            assert!(position.offset <= body.len(), "{problem:?} is beyond the body");
            assert_eq!(position, Position::at(body, position.offset), "{problem:?}");
        }
    }
}

/// The whole reading is what is specified; what it asks for is handed on.
fn agrees<'a>(level: Option<Level>, reading: Reading<'a>, specified: Expected<'_>) -> Option<SetPresence<'a>> {
    match specified {
        Expected::AtLeast(least) => {
            assert!(level >= Some(least), "{level:?}, but at least {least:?} is specified: {:?}", reading.problems);
        }
        Expected::Exactly(specified, request) => {
            assert_eq!(level, specified, "the specification differs in the level: {:?}", reading.problems);
            assert_eq!(reading.request, request, "the specification differs in what is asked for");
        }
    }
    reading.request
}

fn accepted<'a>(request: SetPresence<'a>, specified: Expected<'_>) -> Option<SetPresence<'a>> {
    match specified {
        Expected::Exactly(None | Some(Level::May), Some(asked)) => {
            assert_eq!(request, asked, "the specification differs in what is asked for");
        }
        Expected::Exactly(level, _) => panic!("accepted, but {level:?} is specified: {request:?}"),
        Expected::AtLeast(least) => panic!("accepted, but at least {least:?} is specified: {request:?}"),
    }
    Some(request)
}

fn refused(problems: &[Problem], specified: &Expected<'_>) {
    let level = problems.iter().map(|problem| problem.level).max();
    assert!(level >= Some(Level::Should), "refused for {problems:?}");
    match specified {
        Expected::AtLeast(least) => assert!(level >= Some(*least), "at least {least:?} is specified: {problems:?}"),
        Expected::Exactly(specified, _) => assert_eq!(level, *specified, "the specification differs: {problems:?}"),
    }
}

#[derive(Clone, Copy)]
enum Spelling {
    Plain,
    /// Every character of a text as an escape, and white space wherever it may be.
    Escaped,
}

fn survives_printing(request: &SetPresence<'_>, profile: &'static Profile, spelling: Spelling) {
    let Some(text) = printed(request, spelling) else { return };
    let again = Reading::of(&JSON, text.as_bytes(), profile, Limits::default());
    assert_eq!(again.request.as_ref(), Some(request), "{profile}: {text} asks for something else");
}

/// Room for almost all, so that printing asks for memory once.
const PRINTED_LEAST: usize = 1024;

/// The request as a body; nothing where what it asks for cannot be said.
fn printed(request: &SetPresence<'_>, spelling: Spelling) -> Option<String> {
    let presence = request.presence?;
    let lasts = match request.expiration {
        Expiration::After(lasts) => Some(DurationText::canonical(lasts)),
        Expiration::Absent => None,
        Expiration::Unclear => return None,
    };
    let members = [
        ("sessionId", request.session_id.as_deref()),
        ("availability", Some(presence.availability.name())),
        ("activity", Some(presence.activity.name())),
        ("expirationDuration", lasts.as_deref()),
    ];
    let mut text = String::with_capacity(PRINTED_LEAST);
    for (name, value) in members.iter().filter_map(|(name, value)| Some((name, (*value)?))) {
        text.push(if text.is_empty() { '{' } else { ',' });
        print(&mut text, name, spelling);
        text.push(':');
        print(&mut text, value, spelling);
    }
    text.push('}');
    Some(text)
}

const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];

fn print(to: &mut String, text: &str, spelling: Spelling) {
    if matches!(spelling, Spelling::Plain) && !text.contains(['"', '\\']) && !text.contains(char::is_control) {
        to.push('"');
        to.push_str(text);
        to.push('"');
        return;
    }
    to.push_str("\t\"");
    for unit in text.encode_utf16() {
        to.push_str("\\u");
        to.extend([12, 8, 4, 0].map(|shift| HEX[usize::from(unit >> shift & 15)]));
    }
    to.push_str("\"\r\n ");
}
