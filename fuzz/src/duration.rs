//! The law of durations: the grammar, the round trip, and a library where both should agree.

use std::time::Duration;

use jiff::Span;
use jiff::fmt::temporal::SpanParser;
use setpresence_core::spec::{Amount, Deviation, DurationText};

/// How many digits may stand in a row for the library to take any of them: it has bounds of its own, and nine places
/// behind the decimal sign.
const DIGITS_MOST: usize = 6;

/// Any text is read; what is read keeps its spelling, and what has an amount has a canonical spelling that reads as it.
/// The library accepts what is in the grammar, and makes the same amount of whatever both of them accept.
pub fn duration(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let read = DurationText::read(&text);
    assert_eq!(read.spelling(), text);
    if read.deviations().is_empty() {
        assert!(read.amount().is_some(), "in the grammar, but without an amount: {text:?}");
    }
    if read.deviations().contains(Deviation::Unreadable) {
        assert_eq!(read.deviations().iter().count(), 1, "unreadable stands alone: {text:?}");
        assert_eq!(read.amount(), None, "unreadable, but with an amount: {text:?}");
    }
    if let Some(duration) = read.amount().and_then(|amount| amount.to_duration()) {
        round_trip(duration);
    }
    if text.split(|next: char| !next.is_ascii_digit()).all(|digits| digits.len() <= DIGITS_MOST) {
        held_against_the_library(&read);
    }
}

fn round_trip(duration: Duration) {
    let canonical = DurationText::canonical(duration);
    let read = DurationText::read(&canonical);
    assert!(read.deviations().is_empty(), "{canonical} leaves the grammar: {:?}", read.deviations());
    let amount = read.amount().unwrap_or_else(|| panic!("{canonical} has no amount"));
    assert!(amount.within(duration, duration), "{canonical} is not {duration:?}");
}

fn held_against_the_library(read: &DurationText<'_>) {
    let (text, deviations) = (read.spelling(), read.deviations());
    let is_grammar = deviations.iter().all(|deviation| deviation == Deviation::PlusSign);
    let Ok(span) = SpanParser::new().parse_span(text) else {
        return assert!(!is_grammar, "in the grammar, but the library refuses it: {text:?}");
    };
    assert!(!deviations.contains(Deviation::Unreadable), "unreadable, but the library reads {span:?}: {text:?}");
    if !deviations.contains(Deviation::CalendarUnits) {
        let amount = read.amount().unwrap_or_else(|| panic!("no amount, but the library reads {span:?}: {text:?}"));
        assert!(is_same(&amount, nanos(&span)), "the library reads {span:?}, not {amount:?}: {text:?}");
    }
}

/// The nanoseconds of a span without years and months.
fn nanos(span: &Span) -> i128 {
    let days = i128::from(span.get_weeks()) * 7 + i128::from(span.get_days());
    let minutes = (days * 24 + i128::from(span.get_hours())) * 60 + i128::from(span.get_minutes());
    let millis = (minutes * 60 + i128::from(span.get_seconds())) * 1000 + i128::from(span.get_milliseconds());
    (millis * 1000 + i128::from(span.get_microseconds())) * 1000 + i128::from(span.get_nanoseconds())
}

fn is_same(amount: &Amount, nanos: i128) -> bool {
    match nanos {
        0 => amount.is_zero(),
        1.. => {
            let (secs, nanos) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
            let magnitude = u64::try_from(secs).ok().zip(u32::try_from(nanos).ok());
            magnitude
                .map(|(secs, nanos)| Duration::new(secs, nanos))
                .is_some_and(|exactly| amount.within(exactly, exactly))
        }
        _ => !amount.is_zero() && !amount.is_positive(),
    }
}
