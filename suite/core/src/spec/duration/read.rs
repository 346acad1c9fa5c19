//! The three readers of a duration's text: clock time, the alternative format, components.

use super::amount::{Amount, DAY, HOUR, MINUTE, Magnitude, Number, SECOND};
use super::deviation::{Deviation, Deviations};

type Found = (Deviations, Option<Amount>);

/// The least that a month can mean: February.
const MONTH_MIN: u128 = 28 * DAY;
/// The least that a year can mean.
const YEAR_MIN: u128 = 365 * DAY;

/// A component: whether it follows `T`, its designator, its nanoseconds, whether it is a calendar unit.
struct Unit {
    is_time: bool,
    designator: char,
    nanos: u128,
    is_calendar: bool,
}

const fn unit(is_time: bool, designator: char, nanos: u128, is_calendar: bool) -> Unit {
    Unit { is_time, designator, nanos, is_calendar }
}

/// In the order in which they may stand.
const UNITS: [Unit; 7] = [
    unit(false, 'Y', YEAR_MIN, true),
    unit(false, 'M', MONTH_MIN, true),
    unit(false, 'W', 7 * DAY, true),
    unit(false, 'D', DAY, false),
    unit(true, 'H', HOUR, false),
    unit(true, 'M', MINUTE, false),
    unit(true, 'S', SECOND, false),
];

/// The alternative format, extended and basic; `9` stands for a digit.
const ALTERNATIVES: [&str; 2] = ["P9999-99-99T99:99:99", "P99999999T999999"];

pub(super) fn read(text: &str) -> Found {
    let trimmed = text.trim();
    // Most begin with `PT`: no clock time has a letter there, and the alternative format has digits.
    let is_usual = trimmed.starts_with("PT");
    let clock_time = if is_usual { None } else { clock_time(trimmed) };
    let found = clock_time.map(|found| (found, trimmed.len() < text.len())).or_else(|| {
        let alternative = if is_usual { None } else { alternative(trimmed) };
        let found = alternative.or_else(|| components(trimmed))?;
        Some((found, text.contains(char::is_whitespace)))
    });
    match found {
        Some(((mut deviations, amount), has_blank)) => {
            if has_blank {
                deviations.insert(Deviation::Blank);
            }
            (deviations, amount)
        }
        None => (Deviations::from_iter([Deviation::Unreadable]), None),
    }
}

/// `H:MM:SS` with an optional sign, days and fraction.
fn clock_time(text: &str) -> Option<Found> {
    let mut deviations = Deviations::from_iter([Deviation::ClockTime]);
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let text = match text.strip_prefix('+') {
        Some(rest) if !is_negative => {
            deviations.insert(Deviation::PlusSign);
            rest
        }
        _ => text,
    };
    let (days, time) = match text.split_once(" day") {
        Some((days, rest)) => (Some(integer(days)?), rest.strip_prefix('s').unwrap_or(rest).strip_prefix(", ")?),
        None => (None, text),
    };
    let mut magnitude = time_of_day(time)?;
    let amount = match days {
        Some(days) if is_negative => {
            let mut whole_days = Magnitude::default();
            whole_days.add(days, DAY);
            let (magnitude, is_below_zero) = magnitude.less(whole_days);
            Amount::new(magnitude, is_below_zero)
        }
        Some(days) => {
            magnitude.add(days, DAY);
            Amount::new(magnitude, false)
        }
        None => Amount::new(magnitude, is_negative),
    };
    Some((deviations, Some(amount)))
}

fn time_of_day(text: &str) -> Option<Magnitude> {
    let (hours, rest) = text.split_once(':')?;
    let (minutes, seconds) = rest.split_once(':')?;
    let (seconds, fraction) = match seconds.split_once('.') {
        Some((seconds, fraction)) => (seconds, integer(fraction)?.integer),
        None => (seconds, ""),
    };
    let mut magnitude = Magnitude::default();
    magnitude.add(integer(hours)?, HOUR);
    for (digits, unit) in [(minutes, MINUTE), (seconds, SECOND)] {
        let number = integer(digits)?;
        if digits.len() != 2 || number.whole() > 59 {
            return None;
        }
        magnitude.add(number, unit);
    }
    magnitude.add(Number { integer: "", fraction }, SECOND);
    Some(magnitude)
}

/// At least one ASCII digit and nothing else.
fn integer(text: &str) -> Option<Number<'_>> {
    let is_integer = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_integer.then_some(Number { integer: text, fraction: "" })
}

/// `P0000-00-00T01:00:00`, or the same without separators.
fn alternative(text: &str) -> Option<Found> {
    ALTERNATIVES.iter().find_map(|pattern| alternative_of(pattern, text))
}

fn alternative_of(pattern: &str, text: &str) -> Option<Found> {
    let mut cursor = Cursor::new(text);
    cursor.deviations.insert(Deviation::AlternativeFormat);
    let is_negative = cursor.sign();
    let mut digits = [0_u128; 14];
    let mut slots = digits.iter_mut();
    for expected in pattern.chars() {
        if expected == '9' {
            *slots.next()? = u128::from(cursor.peek()?.to_digit(10)?);
            cursor.step();
        } else if expected.is_ascii_alphabetic() {
            cursor.designator(expected)?;
        } else if cursor.peek()? == expected {
            cursor.step();
        } else {
            return None;
        }
    }
    let fraction = cursor.fraction()?;
    if cursor.peek().is_some() {
        return None;
    }
    let value = |range: std::ops::Range<usize>| digits[range].iter().fold(0, |sum, digit| sum * 10 + digit);
    let (years, months, days) = (value(0..4), value(4..6), value(6..8));
    let (hours, minutes, seconds) = (value(8..10), value(10..12), value(12..14));
    // ISO 8601: no part exceeds its carry-over point in this format.
    if months > 12 || days > 30 || hours > 24 || minutes > 60 || seconds > 60 {
        return None;
    }
    if years > 0 || months > 0 {
        cursor.deviations.insert(Deviation::CalendarUnits);
    }
    let mut magnitude = Magnitude::default();
    magnitude.add(Number { integer: "", fraction }, SECOND);
    let parts =
        [(years, YEAR_MIN), (months, MONTH_MIN), (days, DAY), (hours, HOUR), (minutes, MINUTE), (seconds, SECOND)];
    magnitude.add_nanos(parts.into_iter().map(|(n_units, unit)| n_units * unit).sum());
    Some((cursor.deviations, Some(Amount::new(magnitude, is_negative))))
}

/// `P`, components, `T`, components.
fn components(text: &str) -> Option<Found> {
    let mut cursor = Cursor::new(text);
    let is_negative = cursor.sign();
    cursor.designator('P')?;
    let mut magnitude = Magnitude::default();
    let mut units = UNITS.iter();
    let (mut is_time, mut n_components, mut n_components_of_part) = (false, 0_usize, 0_usize);
    while let Some(next) = cursor.peek() {
        if next.eq_ignore_ascii_case(&'T') && !is_time {
            cursor.designator('T')?;
            (is_time, n_components_of_part) = (true, 0);
            continue;
        }
        let number = cursor.number()?;
        let designator = cursor.peek()?;
        // The search goes on behind the unit found last, which refuses repetitions and wrong order.
        let unit = units.find(|unit| unit.is_time == is_time && designator.eq_ignore_ascii_case(&unit.designator))?;
        cursor.designator(unit.designator)?;
        if unit.is_calendar {
            let is_zero = number.is_zero();
            cursor.deviations.insert(if is_zero { Deviation::ZeroCalendarUnits } else { Deviation::CalendarUnits });
        }
        if !number.fraction.is_empty() && unit.designator != 'S' {
            cursor.deviations.insert(Deviation::FractionElsewhere);
        }
        magnitude.add(number, unit.nanos);
        n_components += 1;
        n_components_of_part += 1;
    }
    if n_components == 0 || n_components_of_part == 0 {
        cursor.deviations.insert(Deviation::EmptyComponent);
    }
    let amount = (n_components > 0).then(|| Amount::new(magnitude, is_negative));
    Some((cursor.deviations, amount))
}

/// A place in the text; blanks are passed over, as whoever calls has seen to them.
struct Cursor<'a> {
    rest: &'a str,
    deviations: Deviations,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text, deviations: Deviations::default() }
    }

    /// The next character that is not a blank.
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn step(&mut self) {
        let mut chars = self.rest.chars();
        chars.next();
        self.rest = chars.as_str();
    }

    /// Whether a minus sign was there; a plus sign is passed over and noted.
    fn sign(&mut self) -> bool {
        let next = self.peek();
        if matches!(next, Some('+' | '-')) {
            self.step();
        }
        if next == Some('+') {
            self.deviations.insert(Deviation::PlusSign);
        }
        next == Some('-')
    }

    /// This letter, in either case.
    fn designator(&mut self, upper: char) -> Option<()> {
        let next = self.peek()?;
        if !next.eq_ignore_ascii_case(&upper) {
            return None;
        }
        if next != upper {
            self.deviations.insert(Deviation::LowerCase);
        }
        self.step();
        Some(())
    }

    /// Digits, with a fraction where a decimal sign follows.
    fn number(&mut self) -> Option<Number<'a>> {
        let integer = self.digits()?;
        Some(Number { integer, fraction: self.fraction()? })
    }

    /// The digits after a decimal sign; empty without one, `None` where the sign stands alone.
    fn fraction(&mut self) -> Option<&'a str> {
        match self.peek() {
            Some('.') => self.step(),
            Some(',') => {
                self.deviations.insert(Deviation::DecimalComma);
                self.step();
            }
            _ => return Some(""),
        }
        self.digits()
    }

    /// At least one digit, with the blanks in between.
    fn digits(&mut self) -> Option<&'a str> {
        if !self.peek()?.is_ascii_digit() {
            return None;
        }
        let end = self.rest.find(|next: char| !next.is_ascii_digit() && !next.is_whitespace());
        let (digits, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        Some(digits)
    }
}
