use std::time::Duration;

use super::Deviation::*;
use super::*;

const SECOND: i128 = 1_000_000_000;
const MINUTE: i128 = 60 * SECOND;
const HOUR: i128 = 60 * MINUTE;
const DAY: i128 = 24 * HOUR;

/// Holds a reading against its deviations and its nanoseconds, with the sign.
#[track_caller]
fn check(text: &str, deviations: &[Deviation], nanos: Option<i128>) {
    let read = DurationText::read(text);
    assert_eq!(read.spelling(), text);
    assert_eq!(read.deviations(), deviations.iter().copied().collect(), "{text:?}");
    assert_eq!(read.amount().is_some(), nanos.is_some(), "{text:?}: {:?}", read.amount());
    if let (Some(amount), Some(nanos)) = (read.amount(), nanos) {
        assert_eq!(amount.is_zero(), nanos == 0, "{text:?}: {amount:?}");
        assert_eq!(amount.is_positive(), nanos > 0, "{text:?}: {amount:?}");
        let magnitude = Duration::from_nanos(u64::try_from(nanos.unsigned_abs()).unwrap());
        assert_eq!(amount.to_duration(), (nanos > 0).then_some(magnitude), "{text:?}: {amount:?}");
        assert_eq!(amount.within(magnitude, magnitude), nanos >= 0, "{text:?}: {amount:?}");
    }
}

#[test]
fn the_grammar_is_read() {
    let rows = [
        ("PT1H", HOUR),
        ("PT60M", HOUR),
        ("PT3600S", HOUR),
        ("P0DT1H", HOUR),
        ("PT1H0M0S", HOUR),
        ("PT3600.000S", HOUR),
        ("PT0001H", HOUR),
        ("P1D", DAY),
        ("P1DT1M", DAY + MINUTE),
        ("P1DT2H3M4.5S", DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND + SECOND / 2),
        ("PT5M0.5S", 5 * MINUTE + SECOND / 2),
        ("PT300.000001S", 300 * SECOND + 1_000),
        ("PT0.000000001S", 1),
        ("PT1H5S", HOUR + 5 * SECOND),
        ("PT0S", 0),
        ("P0D", 0),
        ("-PT0S", 0),
        ("PT0.000S", 0),
        ("-PT5M", -5 * MINUTE),
        ("-P1DT1S", -DAY - SECOND),
    ];
    for (text, nanos) in rows {
        check(text, &[], Some(nanos));
    }
}

/// Texts with their deviations and nanoseconds.
const STRAY: &[(&str, &[Deviation], i128)] = &[
    ("+PT5M", &[PlusSign], 5 * MINUTE),
    ("+PT0S", &[PlusSign], 0),
    ("P1W", &[CalendarUnits], 7 * DAY),
    ("-P1W", &[CalendarUnits], -7 * DAY),
    ("P1M", &[CalendarUnits], 28 * DAY),
    ("P1Y", &[CalendarUnits], 365 * DAY),
    ("P1Y2M3W4DT5H6M7S", &[CalendarUnits], (365 + 56 + 21 + 4) * DAY + 5 * HOUR + 6 * MINUTE + 7 * SECOND),
    ("P0Y0M0DT1H", &[ZeroCalendarUnits], HOUR),
    ("P0W", &[ZeroCalendarUnits], 0),
    ("P0Y1M", &[CalendarUnits, ZeroCalendarUnits], 28 * DAY),
    ("PT300,5S", &[DecimalComma], 300 * SECOND + SECOND / 2),
    ("PT0.5H", &[FractionElsewhere], HOUR / 2),
    ("PT0.5M", &[FractionElsewhere], MINUTE / 2),
    ("P0.5D", &[FractionElsewhere], DAY / 2),
    ("PT0.5H30M", &[FractionElsewhere], HOUR),
    ("P0.5W", &[CalendarUnits, FractionElsewhere], 7 * DAY / 2),
    ("P0.0Y", &[ZeroCalendarUnits, FractionElsewhere], 0),
    ("PT1,5H", &[DecimalComma, FractionElsewhere], HOUR + HOUR / 2),
    ("P0000-00-00T01:00:00", &[AlternativeFormat], HOUR),
    ("P0000-00-01T00:05:00.5", &[AlternativeFormat], DAY + 5 * MINUTE + SECOND / 2),
    ("P0000-00-00T00:05:00,5", &[DecimalComma, AlternativeFormat], 5 * MINUTE + SECOND / 2),
    ("P00000000T010000", &[AlternativeFormat], HOUR),
    ("-P0000-00-00T01:00:00", &[AlternativeFormat], -HOUR),
    ("P0001-01-00T00:00:00", &[CalendarUnits, AlternativeFormat], (365 + 28) * DAY),
    ("P0001-00-00T00:00:00", &[CalendarUnits, AlternativeFormat], 365 * DAY),
    ("P0000-01-00T00:00:00", &[CalendarUnits, AlternativeFormat], 28 * DAY),
    (
        "P0000-12-30T24:60:60",
        &[CalendarUnits, AlternativeFormat],
        (12 * 28 + 30) * DAY + 24 * HOUR + 60 * MINUTE + 60 * SECOND,
    ),
    ("p0000-00-00t01:00:00", &[AlternativeFormat, LowerCase], HOUR),
    ("pt5m", &[LowerCase], 5 * MINUTE),
    ("PT5m", &[LowerCase], 5 * MINUTE),
    ("pt300,5s", &[DecimalComma, LowerCase], 300 * SECOND + SECOND / 2),
    (" PT5M", &[Blank], 5 * MINUTE),
    ("PT5M\n", &[Blank], 5 * MINUTE),
    ("PT 5M", &[Blank], 5 * MINUTE),
    ("P T5M", &[Blank], 5 * MINUTE),
    ("PT1 0M", &[Blank], 10 * MINUTE),
    ("PT300. 5S", &[Blank], 300 * SECOND + SECOND / 2),
    ("- PT5M", &[Blank], -5 * MINUTE),
    ("\u{A0}PT5M\u{3000}", &[Blank], 5 * MINUTE),
    (" +pt1,5h ", &[PlusSign, DecimalComma, FractionElsewhere, LowerCase, Blank], HOUR + HOUR / 2),
    ("P1DT", &[EmptyComponent], DAY),
    ("P0WT", &[ZeroCalendarUnits, EmptyComponent], 0),
    ("0:05:00", &[ClockTime], 5 * MINUTE),
    ("00:05:00", &[ClockTime], 5 * MINUTE),
    ("90:00:00", &[ClockTime], 90 * HOUR),
    ("0:05:00.000001", &[ClockTime], 5 * MINUTE + 1_000),
    ("1 day, 0:00:00", &[ClockTime], DAY),
    ("2 days, 1:00:00.5", &[ClockTime], 2 * DAY + HOUR + SECOND / 2),
    ("0 days, 0:00:00", &[ClockTime], 0),
    ("-1 day, 23:55:00", &[ClockTime], -5 * MINUTE),
    ("-1 day, 23:59:59.999999", &[ClockTime], -1_000),
    ("-1 day, 24:00:00", &[ClockTime], 0),
    ("-1 day, 25:00:00", &[ClockTime], HOUR),
    ("-2 days, 0:00:00", &[ClockTime], -2 * DAY),
    ("-0:05:00", &[ClockTime], -5 * MINUTE),
    ("+0:05:00", &[PlusSign, ClockTime], 5 * MINUTE),
    (" 0:05:00", &[Blank, ClockTime], 5 * MINUTE),
];

#[test]
fn what_leaves_the_grammar_is_named() {
    for (text, deviations, nanos) in STRAY {
        check(text, deviations, Some(*nanos));
    }
    for text in ["P", "PT", "-P", "-PT"] {
        check(text, &[EmptyComponent], None);
    }
    check("pt", &[LowerCase, EmptyComponent], None);
    check("P T", &[Blank, EmptyComponent], None);
}

const UNREADABLE: &[&str] = &[
    "",
    " ",
    "5",
    "300",
    "5M",
    "T5M",
    "1H",
    "PT5",
    "P5",
    "P1H",
    "P1S",
    "PTM",
    "PTH",
    "PT1HM",
    "PT5M1H",
    "PT1M1M",
    "P1DT1H1D",
    "PT1H1H",
    "PT1HT1M",
    "PT1HT",
    "P1D1D",
    "P1D1Y",
    "PTT5M",
    "PPT5M",
    "PT5MX",
    "XPT5M",
    "PT5M PT5M",
    "PT5.S",
    "PT.5S",
    "PT5.",
    "PT5.5",
    "PT5..5S",
    "PT5.5.5S",
    "PT5,.5S",
    "P-5D",
    "PT-5M",
    "PT+5M",
    "--PT5M",
    "+-PT5M",
    "-+PT5M",
    "P-T5M",
    "PT5M-",
    "PT1e3S",
    "PT0x5M",
    "PT1_000S",
    "PTInfS",
    "PTNaNS",
    "PT٥M",
    "PT５M",
    "PТ5M",
    "ＰT5M",
    "PT5M\0",
    "\0PT5M",
    "PT5\u{FFFD}M",
    "PT\u{200B}5M",
    "\u{FEFF}PT5M",
    "5 minutes",
    "null",
    "one hour",
    "PT5M/PT6M",
    "R5/PT5M",
    "2021-06-01T00:00:00Z",
    "0:5:00",
    "0:05",
    "0:60:00",
    "0:00:60",
    ":05:00",
    "0:05:00.",
    "0:05:00,5",
    "0:05:00:00",
    "1 day",
    "1 day, ",
    "1 day,0:05:00",
    "1 days 0:05:00",
    "1 Day, 0:05:00",
    "1.00:00:00",
    "day, 0:05:00",
    "1 day, -0:05:00",
    "+-0:05:00",
    "-+0:05:00",
    "--0:05:00",
    "٠:05:00",
    "0 :05:00",
    "P0000-00-00",
    "P0000-00-00T",
    "P0000-00-00T01:00",
    "P0000-13-00T01:00:00",
    "P0000-00-31T01:00:00",
    "P0000-00-00T25:00:00",
    "P0000-00-00T00:61:00",
    "P0000-00-00T00:00:61",
    "P0000-00-00T01:00:00.",
    "P0000-00-00T01:00:00S",
    "P0000-0000T010000",
    "P000-00-00T01:00:00",
    "P٠000-00-00T01:00:00",
];

#[test]
fn any_other_text_is_unreadable() {
    for text in UNREADABLE {
        check(text, &[Unreadable], None);
    }
}

#[test]
fn comparison_is_exact_below_the_nanosecond() {
    let (lo, hi) = (Duration::from_secs(300), Duration::from_secs(14_400));
    let rows = [
        ("PT299.9999999999999999S", false, false),
        ("PT300S", true, false),
        ("PT300.0000000000001S", true, false),
        ("PT14399.9999999999999S", true, false),
        ("PT14400S", true, false),
        ("PT240M", true, false),
        ("PT14400.0000000000000000000000000000000000001S", false, true),
        ("PT240.00000000000000000000000000000000001M", false, true),
        ("PT3.9999999999999999999999999999999999999999H", true, false),
        ("-PT1H", false, false),
        ("PT0S", false, false),
    ];
    for (text, is_within, exceeds) in rows {
        let amount = DurationText::read(text).amount().unwrap();
        assert_eq!((amount.within(lo, hi), amount.exceeds(hi)), (is_within, exceeds), "{text}: {amount:?}");
    }
    let least = DurationText::read("PT0.0000000000001S").amount().unwrap();
    assert!(least.is_positive() && !least.is_zero());
    assert_eq!(least.to_duration(), Some(Duration::ZERO));
    let negative = DurationText::read("-1 day, 23:59:59.9999999999999").amount().unwrap();
    assert!(!negative.is_positive() && !negative.is_zero());
    assert!(DurationText::read("-1 day, 24:00:00.0000000000001").amount().unwrap().is_positive());
}

#[test]
fn a_hundred_thousand_digits_overflow_nothing() {
    const N: usize = 100_000;
    let (nines, zeros) = ("9".repeat(N), "0".repeat(N));
    let huge = |text: &str| {
        let read = DurationText::read(text);
        assert!(!read.deviations().contains(Unreadable));
        let amount = read.amount().unwrap();
        assert!(amount.exceeds(Duration::MAX));
        assert_eq!(amount.to_duration(), None);
    };
    huge(&format!("PT{nines}S"));
    huge(&format!("P{nines}Y{nines}M{nines}W{nines}DT{nines}H{nines}M{nines}.{nines}S"));
    huge(&format!("{nines} days, {nines}:00:00.{nines}"));
    check(&format!("PT{zeros}1H"), &[], Some(HOUR));
    check(&format!("PT1.{zeros}H"), &[FractionElsewhere], Some(HOUR));
    let negative = DurationText::read(&format!("-{nines} days, {nines}:00:00.{nines}")).amount().unwrap();
    assert!(!negative.exceeds(Duration::ZERO) || negative.is_positive());
    let tiny = DurationText::read(&format!("PT0.{zeros}1S")).amount().unwrap();
    assert!(tiny.is_positive());
    check(&" ".repeat(N), &[Unreadable], None);
    check(&"P".repeat(N), &[Unreadable], None);
    check(&"1D".repeat(N), &[Unreadable], None);
    check(&format!("PT{}5M", " ".repeat(N)), &[Blank], Some(5 * MINUTE));
}

#[test]
fn the_canonical_spelling_reads_back() {
    let rows = [
        (0, "PT0S"),
        (1, "PT0.000000001S"),
        (1_500_000_000, "PT1.5S"),
        (60_000_000_000, "PT1M"),
        (60_000_000_001, "PT1M0.000000001S"),
        (300_000_000_000, "PT5M"),
        (5_400_000_000_000, "PT1H30M"),
        (86_400_000_000_000, "PT24H"),
        (86_405_000_000_000, "PT24H5S"),
        (u64::MAX, "PT5124095H34M33.709551615S"),
    ];
    for (nanos, text) in rows {
        let duration = Duration::from_nanos(nanos);
        assert_eq!(DurationText::canonical(duration), text);
        check(text, &[], Some(i128::from(nanos)));
    }
    assert_eq!(DurationText::canonical(Duration::MAX), "PT5124095576030431H15.999999999S");
}

#[test]
fn every_short_text_is_read() {
    // Every string of these up to length five, which is each transition of the reader.
    let alphabet = ["P", "T", "1", "0", ".", "H", "d", "-", " "];
    let mut texts = vec![String::new()];
    for _ in 0..5 {
        texts = texts.iter().flat_map(|text| alphabet.iter().map(move |next| format!("{text}{next}"))).collect();
        for text in &texts {
            let read = DurationText::read(text);
            let is_unreadable = read.deviations().contains(Unreadable);
            assert!(!is_unreadable || (read.amount().is_none() && read.deviations().iter().count() == 1), "{text:?}");
            if !is_unreadable && !text.contains(' ') {
                let padded = format!(" {text}");
                let read_padded = DurationText::read(&padded);
                assert_eq!(read_padded.amount(), read.amount(), "{text:?}");
                assert!(read_padded.deviations().contains(Blank), "{text:?}");
            }
        }
    }
}

#[test]
fn deviations_are_a_set() {
    let all: Deviations = Deviation::ALL.into_iter().collect();
    assert!(all.iter().eq(Deviation::ALL));
    assert!(Deviations::default().is_empty() && !all.is_empty());
    let some: Deviations = [Blank, PlusSign, Blank].into_iter().collect();
    assert_eq!(some.iter().collect::<Vec<_>>(), [PlusSign, Blank]);
    assert_eq!(format!("{some:?}"), "{PlusSign, Blank}");
    assert!(!some.contains(Unreadable));
}
