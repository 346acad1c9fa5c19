mod bytes;
mod durations;
mod head;
mod hostile;
mod members;

use super::Level::{May, Must, Should};
use super::Rule::*;
use super::*;
use crate::spec::requirement;

/// Reasons with their levels.
type Against<'a> = &'a [(Rule, Level)];

const BETA: &Profile = Profile::BETA_2021_06;
const V1: &Profile = Profile::V1_0;
const PLAIN: &str =
    r#"{"sessionId": "22553876", "availability": "Available", "activity": "Available", "expirationDuration": "PT1H"}"#;

fn read<'a>(body: &'a [u8], profile: &Profile) -> Reading<'a> {
    Reading::of(&Head::json(), body, profile, Limits::default())
}

/// The reasons with their levels, in the order of the rules.
fn found(reading: &Reading<'_>) -> Vec<(Rule, Level)> {
    let mut found: Vec<_> = reading.problems.iter().map(|problem| (problem.rule, problem.level)).collect();
    found.sort();
    found
}

/// Holds a body against the reasons expected in the one and the other profile.
#[track_caller]
fn check_both(body: &[u8], beta: Against<'_>, v1: Against<'_>) {
    for (profile, expected) in [(BETA, beta), (V1, v1)] {
        let reading = read(body, profile);
        assert_eq!(found(&reading), expected, "{profile}: {}: {:?}", body.escape_ascii(), reading.problems);
        let strict = SetPresence::parse(&Head::json(), body, profile);
        match reading.level() {
            None | Some(May) => assert_eq!(strict.ok(), reading.request, "{}", body.escape_ascii()),
            Some(_) => assert_eq!(strict, Err(reading.problems), "{}", body.escape_ascii()),
        }
    }
}

#[track_caller]
fn check(body: impl AsRef<[u8]>, expected: Against<'_>) {
    check_both(body.as_ref(), expected, expected);
}

/// A plain body whose one member is given so, as JSON.
fn with(member: Member, json: &str) -> String {
    let plain = [
        (Member::SessionId, "\"22553876\""),
        (Member::Availability, "\"Available\""),
        (Member::Activity, "\"Available\""),
    ];
    let mut members: Vec<_> = plain.into_iter().filter(|(name, _)| *name != member).collect();
    members.push((member, json));
    let members: Vec<_> = members.iter().map(|(name, json)| format!("\"{name}\": {json}")).collect();
    format!("{{{}}}", members.join(", "))
}

fn pair(availability: &str, activity: &str) -> String {
    format!(r#"{{"sessionId": "22553876", "availability": {availability}, "activity": {activity}}}"#)
}

#[test]
fn plain_bodies_have_nothing_against_them() {
    let rows = [
        PLAIN,
        r#"{"expirationDuration":"PT5M","activity":"InACall","availability":"Busy","sessionId":"x"}"#,
        r#"{"sessionId":"x","availability":"Busy","activity":"InAConferenceCall","expirationDuration":null}"#,
        r#"{"sessionId":"x","availability":"Away","activity":"Away"}"#,
        " \r\n\t{ \"sessionId\" :\"x\" ,\"availability\":\n\"Away\",\"activity\":\"Away\"\n}\n\n",
        r#"{"\u0073essionId":"x","\u0061vailability":"\u0041way","activity":"Aw\u0061y","expirationDuration":"\u0050T240M"}"#,
        r#"{"sessionId":"\ud83d\ude00 \"\\\/\b\f\n\r\t é","availability":"Away","activity":"Away"}"#,
    ];
    for body in rows {
        check(body, &[]);
        let request = read(body.as_bytes(), BETA).request.unwrap();
        assert!(request.presence.is_some() && !request.is_ambiguous, "{body}");
    }
}

#[test]
fn the_meaning_is_told() {
    let (body, escaped) = (PLAIN.as_bytes(), PLAIN.replace("22553876", "\\u0032\\ud83d\\ude00"));
    let request = read(body, BETA).request.unwrap();
    assert_eq!(request.presence, Some(Presence::AVAILABLE));
    assert_eq!(request.expiration, Expiration::After(Duration::from_secs(3600)));
    assert!(matches!(request.session_id, Some(Cow::Borrowed("22553876"))));
    let request = read(escaped.as_bytes(), BETA).request.unwrap();
    assert_eq!(request.session_id.as_deref(), Some("2\u{1F600}"));
}

#[test]
fn all_problems_are_found_at_once_and_in_place() {
    let body = "{\n  \"sessionId\": 5,\n  \"x\": [],\n  \"availability\": null,\n  \"activity\" :  \"Bûsy\",\t\"expirationDuration\":\n\"soon\", \"ACTIVITY\": \"Busy\"}";
    let reading = read(body.as_bytes(), BETA);
    let rows: Vec<_> = reading
        .problems
        .iter()
        .map(|problem| {
            let position = problem.position.unwrap();
            (
                problem.rule,
                problem.level,
                problem.member,
                (position.line, position.column),
                &body[position.offset..][..4],
            )
        })
        .collect();
    let expected = [
        (UnknownMember, May, None, (3, 3), "\"x\":"),
        (MemberCase, May, Some(Member::Activity), (6, 9), "\"ACT"),
        (Duplicate, May, Some(Member::Activity), (6, 9), "\"ACT"),
        (SessionIdType, Must, Some(Member::SessionId), (2, 16), "5,\n "),
        (AvailabilityMissing, Must, Some(Member::Availability), (4, 19), "null"),
        (PairUnsupported, Must, Some(Member::Activity), (5, 17), "\"Bû"),
        (DurationUnreadable, Must, Some(Member::ExpirationDuration), (6, 1), "\"soo"),
    ];
    assert_eq!(rows, expected);
    assert_eq!(reading.problems[3].to_string(), "line 2, column 16: `sessionId` is a number, not a string");
}

#[test]
fn rules_have_requirements_and_statuses() {
    let rules = [
        ContentTypeAbsent,
        ContentTypeForeign,
        ContentTypeUncommon,
        ContentTypeSeveral,
        ContentEncoded,
        TooLarge,
        Empty,
        NotUtf8,
        ByteOrderMark,
        NotJson,
        NotObject,
        Nesting,
        LoneSurrogate,
        Duplicate,
        UnknownMember,
        MemberCase,
        SessionIdMissing,
        SessionIdType,
        SessionIdBlank,
        AvailabilityMissing,
        AvailabilityType,
        ActivityMissing,
        ActivityType,
        PairUnsupported,
        PairCase,
        PairPadded,
        DurationType,
        DurationUnreadable,
        DurationSloppy,
        DurationIso,
        DurationCalendar,
        DurationPlus,
        DurationClock,
        DurationPositive,
        DurationRange,
    ];
    for rule in rules {
        assert!(requirement::ALL.contains(&rule.requirement()), "{rule:?}");
        let statuses: &[u16] = match rule {
            ContentTypeAbsent | ContentTypeForeign | ContentTypeUncommon | ContentTypeSeveral | ContentEncoded => {
                &[415, 400]
            }
            TooLarge => &[413, 400],
            SessionIdBlank => &[400, 403],
            _ => &[400],
        };
        assert_eq!(rule.statuses(), statuses, "{rule:?}");
    }
}
