//! Durations as faulty readers take them. Each fault says what a text is taken for, in a spelling that
//! the real reader then reads, so that everything behind it stays the same.

use std::borrow::Cow;
use std::time::Duration;

use setpresence_core::spec::DurationText;

use crate::faults::{Fault, Faults};
use crate::rules::Rules;
use crate::variants::Choice;

/// A text that no reader takes for a duration.
const REFUSED: &str = "?";
/// What stands in for nothing.
const DEFAULT: &str = "PT5M";
const AN_HOUR: &str = "PT1H";
/// The longest text that is searched for a duration inside it: the search is quadratic.
const N_SEARCHED_MAX: usize = 256;
/// More digits than a 64-bit number has.
const N_HUGE: usize = 20;

/// What a duration's text is taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taken<'t> {
    As(Cow<'t, str>),
    Absent,
}

/// What this text is taken for.
pub(crate) fn misread<'t>(text: &'t str, rules: &Rules) -> Taken<'t> {
    let faults = &rules.faults;
    let read = DurationText::read(text);
    let is_readable = read.amount().is_some();
    let is_in_grammar = read.deviations().is_empty();
    if (faults.has(Fault::UnreadableIsAbsent) && !is_readable) || (faults.has(Fault::EmptyIsAbsent) && text.is_empty())
    {
        return Taken::Absent;
    }
    let taken =
        by_text(text, faults).or_else(|| Loose::read(text).and_then(|loose| by_parts(&loose, rules, is_in_grammar)));
    Taken::As(taken.map_or(Cow::Borrowed(text), Cow::Owned))
}

/// Whether a text has a number that a careless reader cannot hold.
pub(crate) fn has_huge_number(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= N_HUGE)
}

/// The faults that look at the text as it is.
fn by_text(text: &str, faults: &Faults) -> Option<String> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if faults.has(Fault::DurationIgnored) {
        return Some(AN_HOUR.to_owned());
    }
    if faults.has(Fault::LowerCaseAccepted) {
        return Some(text.to_ascii_uppercase());
    }
    if faults.has(Fault::BlanksTrimmed) {
        return Some(text.trim().to_owned());
    }
    if faults.has(Fault::BlanksInsideAccepted) {
        return Some(text.split_whitespace().collect());
    }
    if faults.has(Fault::EmptyComponentAccepted) && (text == "P" || text.ends_with('T')) {
        let rest = text.trim_end_matches('T');
        return Some(if rest == "P" { DEFAULT } else { rest }.to_owned());
    }
    if faults.has(Fault::PlainNumberText) && is_digits(text) {
        return Some(format!("PT{text}S"));
    }
    if faults.has(Fault::HumanText) {
        return human(text);
    }
    if faults.has(Fault::CommaAccepted) {
        return Some(text.replace(',', "."));
    }
    if faults.has(Fault::AlternativeFormatAccepted) {
        let mut parts = text.strip_prefix("P0000-00-00T")?.split(':');
        let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
        return Some(format!("PT{hours}H{minutes}M{seconds}S"));
    }
    if faults.has(Fault::TextAfterIgnored) || faults.has(Fault::TextBeforeIgnored) {
        return inside(text, faults);
    }
    None
}

/// A duration within a longer text, as a pattern without anchors finds it.
fn inside(text: &str, faults: &Faults) -> Option<String> {
    let is_duration = |text: &str| DurationText::read(text).deviations().is_empty();
    if text.len() > N_SEARCHED_MAX || is_duration(text) {
        return None;
    }
    let ends = text.char_indices().map(|(end, _)| end);
    let found = if faults.has(Fault::TextAfterIgnored) {
        ends.rev().map(|end| &text[..end]).find(|prefix| is_duration(prefix))
    } else {
        ends.map(|start| &text[start..]).find(|suffix| is_duration(suffix))
    };
    found.map(str::to_owned)
}

/// `1h`, `60 minutes`, `1 hour`.
fn human(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    let unit = match unit.trim() {
        "h" | "hr" | "hour" | "hours" => 'H',
        "m" | "min" | "minute" | "minutes" => 'M',
        "s" | "sec" | "second" | "seconds" => 'S',
        _ => return None,
    };
    (!number.is_empty()).then(|| format!("PT{number}{unit}"))
}

/// A number and its unit.
#[derive(Clone, Copy, Debug)]
struct Part<'t> {
    number: &'t str,
    unit: char,
    is_time: bool,
}

impl Part<'_> {
    /// Its place in the order that the grammar wants.
    fn place(&self) -> usize {
        let order = if self.is_time { "HMS" } else { "YMWDHS" };
        order.find(self.unit).unwrap_or(0) + if self.is_time { 10 } else { 0 }
    }

    fn value(&self) -> f64 {
        self.number.replace(',', ".").parse().unwrap_or(0.0)
    }

    fn is_zero(&self) -> bool {
        self.value() == 0.0
    }

    fn has_leading_zero(&self) -> bool {
        self.number.strip_prefix('0').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    }

    fn is(&self, unit: char) -> bool {
        self.is_time && self.unit == unit
    }

    fn is_calendar(&self) -> bool {
        !self.is_time && matches!(self.unit, 'Y' | 'M' | 'W')
    }

    fn seconds(&self) -> f64 {
        const DAY: f64 = 86_400.0;
        let unit = match (self.unit, self.is_time) {
            ('H', _) => 3600.0,
            ('M', true) => 60.0,
            ('S', _) => 1.0,
            ('W', _) => 7.0 * DAY,
            ('M', false) => 30.0 * DAY,
            ('Y', _) => 365.0 * DAY,
            _ => DAY,
        };
        self.value() * unit
    }
}

/// A duration as someone reads it who only looks for numbers and letters.
#[derive(Debug)]
struct Loose<'t> {
    is_negative: bool,
    has_p: bool,
    has_t: bool,
    parts: Vec<Part<'t>>,
}

impl<'t> Loose<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let (is_negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (has_p, mut rest) = match rest.strip_prefix('P') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let mut loose = Self { is_negative, has_p, has_t: false, parts: Vec::new() };
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('T') {
                loose.has_t = true;
                rest = after;
                continue;
            }
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')?;
            let (number, after) = rest.split_at(end);
            let unit = after.chars().next().filter(|unit| "YMWDHS".contains(*unit))?;
            if number.is_empty() {
                return None;
            }
            loose.parts.push(Part { number, unit, is_time: loose.has_t });
            rest = &after[unit.len_utf8()..];
        }
        (!loose.parts.is_empty()).then_some(loose)
    }

    fn total(&self, counts: impl Fn(&Part<'t>) -> bool) -> String {
        canonical(self.parts.iter().filter(|part| counts(part)).map(Part::seconds).sum())
    }

    fn any(&self, is: impl Fn(&Part<'t>) -> bool) -> bool {
        self.parts.iter().any(is)
    }
}

fn canonical(seconds: f64) -> String {
    Duration::try_from_secs_f64(seconds).map_or(REFUSED.to_owned(), DurationText::canonical)
}

/// The faults that look at the components.
fn by_parts(loose: &Loose<'_>, rules: &Rules, is_in_grammar: bool) -> Option<String> {
    let faults = &rules.faults;
    spelling(loose, faults).or_else(|| refused(loose, faults)).or_else(|| amount(loose, rules, is_in_grammar))
}

/// Spellings that are accepted and should not be.
fn spelling(loose: &Loose<'_>, faults: &Faults) -> Option<String> {
    let all = |_: &Part<'_>| true;
    let is_unordered = loose.parts.windows(2).any(|pair| pair[0].place() > pair[1].place());
    let is_repeated = loose.parts.windows(2).any(|pair| pair[0].place() == pair[1].place());
    if faults.has(Fault::WithoutT) && !loose.has_t && loose.has_p {
        let as_time = loose.parts.iter().map(|part| Part { is_time: true, ..*part }.seconds());
        return Some(canonical(as_time.sum()));
    }
    let is_accepted = (faults.has(Fault::WithoutP) && !loose.has_p)
        || (faults.has(Fault::AnyOrder) && is_unordered)
        || (faults.has(Fault::Repeated) && is_repeated)
        || (faults.has(Fault::SignDropped) && loose.is_negative)
        || (faults.has(Fault::AnyFractionAccepted) && loose.any(|part| part.unit != 'S' && part.number.contains('.')));
    if is_accepted {
        return Some(loose.total(all));
    }
    if faults.has(Fault::ZeroCalendarUnitsAccepted) && loose.any(|part| part.is_calendar() && part.is_zero()) {
        return Some(loose.total(all));
    }
    if faults.has(Fault::ZeroAccepted) && loose.parts.iter().all(Part::is_zero) {
        return Some(DEFAULT.to_owned());
    }
    None
}

/// Spellings that are refused and should not be.
fn refused(loose: &Loose<'_>, faults: &Faults) -> Option<String> {
    let is_refused = (faults.has(Fault::FractionRefused) && loose.any(|part| part.number.contains('.')))
        || (faults.has(Fault::DaysRefused) && loose.any(|part| part.unit == 'D'))
        || (faults.has(Fault::ZeroComponentRefused) && loose.any(Part::is_zero))
        || (faults.has(Fault::OverflowingMinutesRefused) && loose.any(|part| part.is('M') && part.value() >= 60.0))
        || (faults.has(Fault::OverflowingSecondsRefused) && loose.any(|part| part.is('S') && part.value() >= 60.0))
        || (faults.has(Fault::LeadingZeroRefused) && loose.any(Part::has_leading_zero));
    is_refused.then(|| REFUSED.to_owned())
}

/// Amounts that are taken for others.
fn amount(loose: &Loose<'_>, rules: &Rules, is_in_grammar: bool) -> Option<String> {
    let faults = &rules.faults;
    let has_both = loose.any(|part| part.is('H')) && loose.any(|part| part.is('M'));
    if faults.has(Fault::MinutesAsMonths) && loose.any(|part| part.is('M')) {
        let months =
            loose.parts.iter().map(|part| Part { is_time: part.is_time && part.unit != 'M', ..*part }.seconds());
        return Some(canonical(months.sum()));
    }
    if faults.has(Fault::MonthsAsMinutes) && loose.any(|part| part.unit == 'M' && !part.is_time) {
        let minutes =
            loose.parts.iter().map(|part| Part { is_time: part.is_time || part.unit == 'M', ..*part }.seconds());
        return Some(canonical(minutes.sum()));
    }
    if faults.has(Fault::HoursOnly) && has_both {
        return Some(loose.total(|part| part.is('H')));
    }
    if faults.has(Fault::MinutesOnly) && has_both {
        return Some(loose.total(|part| part.is('M')));
    }
    if faults.has(Fault::SecondsDropped) && loose.any(|part| part.is('S')) {
        return Some(loose.total(|part| !part.is('S')));
    }
    if faults.has(Fault::DaysDropped) && loose.any(|part| part.unit == 'D') {
        return Some(loose.total(|part| part.unit != 'D'));
    }
    if faults.has(Fault::CalendarUnitsDropped) && loose.any(Part::is_calendar) {
        return Some(loose.total(|part| !part.is_calendar()));
    }
    if faults.has(Fault::HugeWraps) && loose.any(|part| part.is('S') && part.value() > f64::from(u32::MAX)) {
        let wrapped = |part: &Part<'_>| part.value().rem_euclid(f64::from(u32::MAX) + 1.0);
        return Some(canonical(loose.parts.iter().filter(|part| part.is('S')).map(wrapped).sum()));
    }
    let is_clamped = faults.has(Fault::RangeClamped)
        || (rules.variants.has(Choice::OutOfRangeClamped) && !rules.profile.range_is_stated && is_in_grammar);
    if is_clamped && !loose.is_negative {
        return clamped(loose, rules);
    }
    None
}

fn clamped(loose: &Loose<'_>, rules: &Rules) -> Option<String> {
    let (lo, hi) = rules.profile.expiration;
    let seconds: f64 = loose.parts.iter().map(Part::seconds).sum();
    if seconds <= 0.0 {
        return None;
    }
    let end = if seconds < lo.as_secs_f64() {
        lo
    } else if seconds > hi.as_secs_f64() {
        hi
    } else {
        return None;
    };
    Some(DurationText::canonical(end))
}

#[cfg(test)]
mod tests {
    use setpresence_core::spec::Profile;

    use super::*;
    use crate::faults::Mutant;
    use crate::settings::Settings;

    #[test]
    fn each_fault_reads_its_own_mistake() {
        for (mutant, text, taken) in [
            ("minutes-as-months", "PT5M", "PT3600H"),
            ("minutes-as-months", "PT1H", "PT1H"),
            ("without-t", "P1H", "PT1H"),
            ("without-p", "T1H", "PT1H"),
            ("any-order", "PT30M1H", "PT1H30M"),
            ("any-order", "PT1H30M", "PT1H30M"),
            ("repeated", "PT30M30M", "PT1H"),
            ("text-after-ignored", "PT1Hx", "PT1H"),
            ("text-before-ignored", "xPT1H", "PT1H"),
            ("plain-number-text", "3600", "PT3600S"),
            ("human-text", "1 hour", "PT1H"),
            ("hours-only", "PT1H30M", "PT1H"),
            ("minutes-only", "PT1H30M", "PT30M"),
            ("seconds-dropped", "PT3600S", "PT0S"),
            ("fraction-refused", "PT3600.0S", "?"),
            ("days-refused", "P0DT1H", "?"),
            ("zero-component-refused", "PT1H0M", "?"),
            ("overflowing-minutes-refused", "PT60M", "?"),
            ("overflowing-minutes-refused", "PT59M", "PT59M"),
            ("overflowing-seconds-refused", "PT60S", "?"),
            ("leading-zero-refused", "PT01H", "?"),
            ("leading-zero-refused", "PT0.5S", "PT0.5S"),
            ("sign-dropped", "-PT1H", "PT1H"),
            ("zero-accepted", "PT0S", "PT5M"),
            ("range-clamped", "PT1M", "PT5M"),
            ("range-clamped", "P1D", "PT4H"),
            ("range-clamped", "PT1H", "PT1H"),
            ("range-clamped", "PT0S", "PT0S"),
            ("huge-wraps", "PT4294970896S", "PT1H"),
            ("days-dropped", "P1DT1H", "PT1H"),
            ("calendar-units-dropped", "P1Y2M3WT1H", "PT1H"),
            ("months-as-minutes", "P60M", "PT1H"),
            ("comma-accepted", "PT3600,5S", "PT3600.5S"),
            ("any-fraction-accepted", "PT1.5H", "PT1H30M"),
            ("zero-calendar-units-accepted", "P0Y0M0DT1H", "PT1H"),
            ("alternative-format-accepted", "P0000-00-00T01:00:00", "PT01H00M00S"),
            ("lower-case-accepted", "pt1h", "PT1H"),
            ("blanks-trimmed", " PT1H ", "PT1H"),
            ("blanks-inside-accepted", "PT 1 H", "PT1H"),
            ("empty-component-accepted", "PT", "PT5M"),
            ("empty-component-accepted", "P1DT", "P1D"),
        ] {
            let faults = Faults::of(Mutant::named(mutant).unwrap());
            let rules = Rules::new(&Settings::for_profile(Profile::V1_0).with_faults(faults));
            assert_eq!(misread(text, &rules), Taken::As(taken.into()), "{mutant}: {text}");
        }
    }

    #[test]
    fn no_text_is_too_odd() {
        for mutant in Mutant::ALL.iter().filter(|mutant| mutant.family == "duration") {
            let rules = Rules::new(&Settings::for_profile(Profile::BETA_2021_06).with_faults(Faults::of(mutant)));
            for text in ["", "-", "P", "T", "P.S", "P..1S", "PT1é", "é", "P\u{1F600}T", "PT1e308H", &"9".repeat(400)]
            {
                misread(text, &rules);
            }
            misread(&format!("PT{}S", "9".repeat(400)), &rules);
        }
    }
}
