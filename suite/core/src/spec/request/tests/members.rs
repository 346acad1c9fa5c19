//! Names, types and pairs.

use super::*;

#[test]
fn members_have_their_types() {
    use Member::*;
    for json in ["1", "-0.5e9", "true", "false", "[]", "[\"Available\"]", "{}", "{\"a\": null}"] {
        for (member, rule) in [
            (SessionId, SessionIdType),
            (Availability, AvailabilityType),
            (Activity, ActivityType),
            (ExpirationDuration, DurationType),
        ] {
            check(with(member, json), &[(rule, Must)]);
        }
    }
    check(with(Availability, "null"), &[(AvailabilityMissing, Must)]);
    check(with(Activity, "null"), &[(ActivityMissing, Must)]);
    check(with(ExpirationDuration, "null"), &[]);
    check_both(with(SessionId, "null").as_bytes(), &[(SessionIdMissing, Should)], &[(SessionIdMissing, May)]);
    let absent = r#"{"availability": "Away", "activity": "Away"}"#;
    check_both(absent.as_bytes(), &[(SessionIdMissing, Should)], &[(SessionIdMissing, May)]);
    check(r#"{"sessionId": "x", "activity": "Away"}"#, &[(AvailabilityMissing, Must)]);
    check(r#"{"sessionId": "x", "availability": "Away"}"#, &[(ActivityMissing, Must)]);
    for json in ["\"\"", "\" \"", "\" 22553876\"", "\"22553876\\n\"", "\"22553876\\u00a0\""] {
        check(with(SessionId, json), &[(SessionIdBlank, Should)]);
    }
}

#[test]
fn pairs_are_compared_exactly() {
    let rows = [
        ("Available", "Available", None),
        ("Busy", "InACall", None),
        ("available", "AVAILABLE", Some((PairCase, May))),
        ("Busy", "inACall", Some((PairCase, May))),
        ("Bu\u{17F}y", "InACall", Some((PairCase, May))),
        (" Available", "Available", Some((PairPadded, Should))),
        ("Available", "Available\\n", Some((PairPadded, Should))),
        (" busy ", "inacall", Some((PairPadded, Should))),
        ("Busy", "Busy", Some((PairUnsupported, Must))),
        ("Available", "Away", Some((PairUnsupported, Must))),
        ("Away", "InACall", Some((PairUnsupported, Must))),
        ("Busy", "InAMeeting", Some((PairUnsupported, Must))),
        ("DoNotDisturb", "DoNotDisturb", Some((PairUnsupported, Must))),
        ("Offline", "OffWork", Some((PairUnsupported, Must))),
        ("Avail able", "Available", Some((PairUnsupported, Must))),
        ("Available\\u0000", "Available", Some((PairUnsupported, Must))),
        ("", "", Some((PairUnsupported, Must))),
        ("InACall", "Busy", Some((PairUnsupported, Must))),
        ("Busy/InACall", "Busy/InACall", Some((PairUnsupported, Must))),
    ];
    for (availability, activity, problem) in rows {
        let body = pair(&format!("\"{availability}\""), &format!("\"{activity}\""));
        check(&body, problem.as_slice());
        let request = read(body.as_bytes(), BETA).request.unwrap();
        assert_eq!(request.is_ambiguous, problem.is_some(), "{body}");
        assert_eq!(request.presence.is_none(), problem.is_some_and(|(_, level)| level == Must), "{body}");
    }
    check_both(pair("\"DoNotDisturb\"", "\"Presenting\"").as_bytes(), &[(PairUnsupported, Must)], &[]);
    check_both(
        pair("\"DoNotDisturb\"", "\"presenting \"").as_bytes(),
        &[(PairUnsupported, Must)],
        &[(PairPadded, Should)],
    );
}

#[test]
fn an_unsupported_pair_is_one_problem_that_names_both() {
    let rows = [
        ("\"Busy\"", "\"Busy\"", Member::Activity, "`Busy` with `Busy` is not supported in v1.0"),
        ("\"Busy\"", "\"Away\"", Member::Activity, "`Busy` with `Away` is not supported in v1.0"),
        ("\"Offline\"", "\"OffWork\"", Member::Availability, "`Offline` with `OffWork` is not supported in v1.0"),
        (
            "\"Busy\"",
            "\"inacall\"",
            Member::Activity,
            "`Busy` with `inacall` is written in another letter case in v1.0",
        ),
        ("\"Offline\"", "null", Member::Availability, "`Offline` is not supported in v1.0"),
        ("null", "\"Busy\"", Member::Activity, "`Busy` is not supported in v1.0"),
        (r#""\"""#, "\"Away\"", Member::Availability, r#"`\"` with `Away` is not supported in v1.0"#),
        (r#""\\""#, "\"Away\"", Member::Availability, r"`\\` with `Away` is not supported in v1.0"),
    ];
    for (availability, activity, member, detail) in rows {
        let body = pair(availability, activity);
        let problems = read(body.as_bytes(), V1).problems;
        let is_pair = |problem: &&Problem| matches!(problem.rule, PairUnsupported | PairCase | PairPadded);
        let problem = problems.iter().find(is_pair).unwrap();
        assert_eq!((problem.member, problem.detail.as_str()), (Some(member), detail), "{body}");
        let text = if member == Member::Availability { availability } else { activity };
        assert!(body[problem.position.unwrap().offset..].starts_with(text), "{body}");
    }
    // A good value says nothing against itself when the other is missing, but there is no pair then.
    for other in ["null", "1"] {
        let body = pair("\"Busy\"", other);
        let rule = if other == "null" { ActivityMissing } else { ActivityType };
        check(&body, &[(rule, Must)]);
        assert_eq!(read(body.as_bytes(), BETA).request.unwrap().presence, None, "{body}");
    }
}

#[test]
fn names_may_stray() {
    let absent_or_not = |name: &str, json: &str, rest: &str| format!(r#"{{"{name}": {json}, {rest}}}"#);
    let away = r#""availability": "Away", "activity": "Away""#;
    let body = absent_or_not("SESSIONID", "\"x\"", away);
    check(&body, &[(MemberCase, May)]);
    let request = read(body.as_bytes(), BETA).request.unwrap();
    assert!(request.is_ambiguous && request.session_id.as_deref() == Some("x"));
    // To every reader it is either absent or no string.
    check_both(
        absent_or_not("sessionid", "1", away).as_bytes(),
        &[(MemberCase, May), (SessionIdMissing, Should)],
        &[(MemberCase, May), (SessionIdMissing, May)],
    );
    let rest = r#""sessionId": "x", "activity": "Away""#;
    check(absent_or_not("Availability", "\"Away\"", rest), &[(MemberCase, May)]);
    check(absent_or_not("Availability", "null", rest), &[(MemberCase, May), (AvailabilityMissing, Must)]);
    check(absent_or_not("Availability", "\"Busy\"", rest), &[(MemberCase, May), (PairUnsupported, Must)]);
    check(absent_or_not(" availability", "\"Away\"", rest), &[(UnknownMember, May), (AvailabilityMissing, Must)]);
    let rest = r#""sessionId": "x", "availability": "Away", "activity": "Away""#;
    for name in ["@odata.type", "expirationDuration@odata.type", "expirationDutaion", "", "\\ud800", "sessionId\\u0000"]
    {
        let body = absent_or_not(name, "{\"a\": [null, 1e999]}", rest);
        check(&body, &[(UnknownMember, May)]);
        assert!(!read(body.as_bytes(), BETA).request.unwrap().is_ambiguous);
    }
    check(absent_or_not("ExpirationDuration", "\"forever\"", rest), &[(MemberCase, May)]);
    check(absent_or_not("Availability", "\"Busy\"", rest), &[(Duplicate, May), (MemberCase, May)]);
}

#[test]
fn duplicates_leave_open_which_counts() {
    let body = |more: &str| format!("{{{more}, {}", &PLAIN[1..]);
    let rows: &[(&str, Against<'_>, bool)] = &[
        (r#""availability": "Available""#, &[], false),
        (r#""availability": "\u0041vailable""#, &[], false),
        (r#""availability": "Busy""#, &[], true),
        (r#""availability": null"#, &[], true),
        (r#""availability": 1, "activity": []"#, &[], true),
        (r#""expirationDuration": "forever""#, &[], true),
        (r#""sessionId": 1"#, &[], true),
        (r#""sessionId": "other""#, &[], true),
    ];
    for (more, rest, is_ambiguous) in rows {
        let body = body(more);
        let n_duplicates = more.split("\": ").count() - 1;
        let expected = [&vec![(Duplicate, May); n_duplicates], *rest].concat();
        check(&body, &expected);
        assert_eq!(read(body.as_bytes(), BETA).request.unwrap().is_ambiguous, *is_ambiguous, "{body}");
    }
    // All are bad: the mildest counts.
    let body = r#"{"sessionId": "x", "availability": null, "availability": 1, "activity": "Busy", "activity": "Away"}"#;
    check(body, &[(Duplicate, May), (Duplicate, May), (AvailabilityMissing, Must)]);
    let body = with(Member::ExpirationDuration, r#""forever", "expirationDuration": "pt1h", "expirationDuration": 1"#);
    check(body, &[(Duplicate, May), (DurationSloppy, Should)]);
}

#[test]
fn lone_surrogates_equal_nothing() {
    check(with(Member::SessionId, r#""x\ud800""#), &[(LoneSurrogate, May)]);
    check(with(Member::SessionId, r#""\ude00\ud83d""#), &[(LoneSurrogate, May)]);
    check(with(Member::Activity, r#""Available\udfff""#), &[(LoneSurrogate, May), (PairUnsupported, Must)]);
    check(with(Member::ExpirationDuration, r#""PT1H\udfffA""#), &[(LoneSurrogate, May), (DurationUnreadable, Must)]);
}

/// A body can hold a hundred thousand members, so only the first sixteen are named and the rest are counted.
#[test]
fn unknown_members_are_named_and_counted() {
    for (n, n_problems, last) in [
        (1, 1, "`x1` is not a documented member"),
        (16, 16, "`x16` is not a documented member"),
        (17, 17, "1 more members are not documented"),
        (19, 17, "3 more members are not documented"),
    ] {
        let unknown: String = (1..=n).map(|place| format!("\"x{place}\": 0, ")).collect();
        let problems = read(format!("{{{unknown}{}", &PLAIN[1..]).as_bytes(), BETA).problems;
        assert_eq!(problems.len(), n_problems, "{n}");
        assert_eq!(problems.last().unwrap().detail, last, "{n}");
    }
}
