//! The table of spellings, row by row.

use super::*;

/// A spelling in the one and the other profile.
#[track_caller]
fn check_duration(text: &str, beta: Against<'_>, v1: Against<'_>) {
    let json = serde_json::to_string(text).unwrap();
    check_both(with(Member::ExpirationDuration, &json).as_bytes(), beta, v1);
}

#[test]
fn spellings_in_the_grammar() {
    for text in
        ["PT1H", "PT60M", "PT3600S", "P0DT1H", "PT1H0M0S", "PT3600.000S", "PT5M", "PT240M", "PT4H", "PT300.000001S"]
    {
        check_duration(text, &[], &[]);
    }
    for text in
        ["PT299.9999999999S", "PT1S", "PT0.000000001S", "P1D", "PT4H0.0000000000001S", "PT99999999999999999999999999H"]
    {
        check_duration(text, &[(DurationRange, May)], &[(DurationRange, Must)]);
    }
    for text in ["PT0S", "P0D", "P0DT0H0M0S", "-PT0S", "-PT1H", "-P1D"] {
        check_duration(text, &[(DurationPositive, Should)], &[(DurationPositive, Must)]);
    }
    let expiration = |text| read(with(Member::ExpirationDuration, text).as_bytes(), BETA).request.unwrap().expiration;
    let rows = [
        ("null", Expiration::Absent),
        ("\"PT5M\"", Expiration::After(Duration::from_secs(300))),
        ("\"+PT5M\"", Expiration::After(Duration::from_secs(300))),
        ("\"PT1S\"", Expiration::After(Duration::from_secs(1))),
        ("\"PT5M0.0000000001S\"", Expiration::After(Duration::from_secs(300))),
        ("\"PT0S\"", Expiration::Unclear),
        ("\"-PT1H\"", Expiration::Unclear),
        ("\"pt1h\"", Expiration::Unclear),
        ("\"0:05:00\"", Expiration::Unclear),
        ("\"P1M\"", Expiration::Unclear),
        ("\"PT99999999999999999999H\"", Expiration::Unclear),
        ("300", Expiration::Unclear),
        ("\"PT5M\", \"expirationDuration\": \"PT300S\"", Expiration::After(Duration::from_secs(300))),
        ("\"PT5M\", \"expirationDuration\": \"PT6M\"", Expiration::Unclear),
    ];
    for (json, expected) in rows {
        assert_eq!(expiration(json), expected, "{json}");
    }
}

#[test]
fn spellings_that_only_iso_8601_has() {
    for text in ["P1W", "P1M", "P1Y", "P1Y1M1W1DT1H", "P0Y1M"] {
        let rest = if text == "P0Y1M" { vec![(DurationIso, May)] } else { vec![] };
        let beta = [rest, vec![(DurationCalendar, May), (DurationRange, May)]].concat();
        let v1: Vec<_> =
            beta.iter().map(|(rule, _)| (*rule, if *rule == DurationIso { Should } else { Must })).collect();
        check_duration(text, &beta, &v1);
    }
    // Some fractions of a calendar unit lie in the range however they are read.
    check_duration(
        "P0.0001Y",
        &[(DurationIso, May), (DurationCalendar, May)],
        &[(DurationIso, Should), (DurationCalendar, Should)],
    );
    check_duration(
        "-P1W",
        &[(DurationCalendar, May), (DurationPositive, Should)],
        &[(DurationCalendar, Should), (DurationPositive, Must)],
    );
    for text in [
        "P0Y0M0DT1H",
        "P0WT5M",
        "PT300,5S",
        "PT0.5H",
        "PT1,5H",
        "PT5.5M",
        "P0.1D",
        "P0000-00-00T01:00:00",
        "P00000000T010000",
        "P0000-00-00T00:05:00,5",
    ] {
        check_duration(text, &[(DurationIso, May)], &[(DurationIso, Should)]);
    }
    check_duration(
        "P0.5D",
        &[(DurationIso, May), (DurationRange, May)],
        &[(DurationIso, Should), (DurationRange, Must)],
    );
    check_duration(
        "PT0,0S",
        &[(DurationIso, May), (DurationPositive, Should)],
        &[(DurationIso, Should), (DurationPositive, Must)],
    );
}

#[test]
fn spellings_of_other_kinds() {
    check_duration("+PT1H", &[(DurationPlus, May)], &[(DurationPlus, May)]);
    check_duration(
        "+PT1S",
        &[(DurationPlus, May), (DurationRange, May)],
        &[(DurationPlus, May), (DurationRange, Must)],
    );
    check_duration("+P1D", &[(DurationPlus, May), (DurationRange, May)], &[(DurationPlus, May), (DurationRange, Must)]);
    for text in ["pt1h", "PT1h", "pT5M", " PT5M", "PT5M ", "PT 5M", "P T5M", "PT5M\n", "PT", "P", "-P", "p t"] {
        check_duration(text, &[(DurationSloppy, Should)], &[(DurationSloppy, Should)]);
    }
    check_duration(
        "P1DT",
        &[(DurationSloppy, Should), (DurationRange, May)],
        &[(DurationSloppy, Should), (DurationRange, Must)],
    );
    check_duration(
        "pt300,5s",
        &[(DurationSloppy, Should), (DurationIso, May)],
        &[(DurationSloppy, Should), (DurationIso, Should)],
    );
    for text in ["0:05:00", "1:00:00", "1 day, 0:00:00", "-1 day, 23:55:00", "0:00:00", "0:00:00.000001", "24:00:00"] {
        check_duration(text, &[(DurationClock, May)], &[(DurationClock, May)]);
    }
    for text in [
        "", " ", "5", "PT5", "5M", "T5M", "PT5M1H", "PT1M1M", "P1H", "PT5.S", "PT.5S", "forever", "PT٥M", "0:05",
        "null",
    ] {
        check_duration(text, &[(DurationUnreadable, Must)], &[(DurationUnreadable, Must)]);
    }
}

#[test]
fn a_spelling_is_told_in_words() {
    let rows = [
        ("+PT5M", "`+PT5M` is not in the grammar of Edm.Duration: a plus sign"),
        ("pT 5M", "`pT 5M` is not in the grammar of Edm.Duration: lower case, a blank"),
        (
            "PT0,5H",
            "`PT0,5H` is not in the grammar of Edm.Duration: a decimal comma, a fraction on another component than seconds",
        ),
    ];
    for (text, detail) in rows {
        let json = serde_json::to_string(text).unwrap();
        let body = with(Member::ExpirationDuration, &json);
        assert_eq!(read(body.as_bytes(), BETA).problems[0].detail, detail);
    }
}
