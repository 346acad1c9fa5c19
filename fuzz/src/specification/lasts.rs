//! Durations, by what their texts become when one oddity after the other is taken away.

use std::borrow::Cow;
use std::time::Duration;

use setpresence_core::spec::{Level, Profile};

const SECOND: u128 = 1_000_000_000;
const HOUR: u128 = 3600 * SECOND;
const DAY: u128 = 24 * HOUR;
/// The designators before and after `T`, with the least that each can mean.
const DATE: [(char, u128); 4] = [('Y', 365 * DAY), ('M', 28 * DAY), ('W', 7 * DAY), ('D', DAY)];
const TIME: [(char, u128); 3] = [('H', HOUR), ('M', 60 * SECOND), ('S', SECOND)];
/// Of the digits in a row, those that are reckoned with: more before the decimal sign are beyond every range, more after
/// it are a trifle and no more.
const DIGITS_MOST: usize = 18;

/// How a text reads, and how it strays.
#[derive(Default)]
struct Lasts {
    is_negative: bool,
    amount: Option<Amount>,
    has_plus: bool,
    is_clock: bool,
    has_calendar: bool,
    /// Lower case, blanks, an empty component.
    is_sloppy: bool,
    /// What ISO 8601 has and `Edm.Duration` does not.
    is_iso: bool,
}

/// Nanoseconds, rounded down, and whether there was something to round.
#[derive(Clone, Copy, Default)]
struct Amount {
    nanos: u128,
    has_trifle: bool,
}

impl Amount {
    fn plus(self, other: Self) -> Self {
        Self { nanos: self.nanos.saturating_add(other.nanos), has_trifle: self.has_trifle || other.has_trifle }
    }

    const fn is_zero(self) -> bool {
        self.nanos == 0 && !self.has_trifle
    }

    const fn is_more_than(self, nanos: u128) -> bool {
        self.nanos > nanos || (self.nanos == nanos && self.has_trifle)
    }
}

/// How strongly the text is to be refused.
pub(super) fn refused(text: &str, profile: &Profile) -> Option<Level> {
    let Some(lasts) = clock(text).or_else(|| iso(text)) else { return Some(Level::Must) };
    let (shortest, longest) = (profile.expiration.0.as_nanos(), profile.expiration.1.as_nanos());
    let in_range = if profile.range_is_stated { Level::Must } else { Level::May };
    let odd = if profile.strict_duration { Level::Should } else { Level::May };
    let amount = lasts.amount.filter(|_| !lasts.is_clock);
    let is_nothing = amount.is_some_and(|amount| amount.is_zero() || lasts.is_negative);
    let is_too_long = amount.is_some_and(|amount| !lasts.is_negative && amount.is_more_than(longest));
    let is_too_short = amount.is_some_and(|amount| !lasts.is_negative && amount.nanos < shortest);
    let against = [
        (lasts.is_sloppy, Level::Should),
        (lasts.is_iso, odd),
        (lasts.has_plus || lasts.is_clock, Level::May),
        (lasts.has_calendar, odd),
        (is_nothing, in_range.max(Level::Should)),
        (is_too_long, in_range),
        (is_too_short && !is_nothing && !lasts.has_calendar, in_range),
    ];
    against.into_iter().filter(|(is_so, _)| *is_so).map(|(_, level)| level).max()
}

/// How long it lasts, where every reader that accepts it must make the same of it.
pub(super) fn exactly(text: &str) -> Option<Duration> {
    let lasts = clock(text).or_else(|| iso(text))?;
    let is_plain = !(lasts.is_clock || lasts.has_calendar || lasts.is_sloppy || lasts.is_iso || lasts.is_negative);
    let amount = lasts.amount.filter(|amount| is_plain && !amount.is_zero())?;
    u64::try_from(amount.nanos).ok().map(Duration::from_nanos)
}

/// What Python prints: `H:MM:SS`, with or without days and fraction. Its amount is on record only.
fn clock(text: &str) -> Option<Lasts> {
    if !text.contains(':') {
        return None;
    }
    let bare = text.trim();
    let unsigned = bare.strip_prefix(['-', '+']).unwrap_or(bare);
    let time = match unsigned.split_once(" day") {
        Some((days, rest)) if is_all_digits(days) => rest.strip_prefix('s').unwrap_or(rest).strip_prefix(", ")?,
        Some(_) => return None,
        None => unsigned,
    };
    let [hours, minutes, seconds] = time.split(':').collect::<Vec<_>>().try_into().ok()?;
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let is_sixty = |text: &str| text.len() == 2 && is_all_digits(text) && text < "60";
    (is_all_digits(hours) && is_sixty(minutes) && is_sixty(seconds) && is_all_digits(fraction)).then(|| Lasts {
        is_clock: true,
        has_plus: bare.starts_with('+'),
        is_sloppy: bare != text,
        ..Lasts::default()
    })
}

fn is_all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// ISO 8601, in either of its formats.
fn iso(text: &str) -> Option<Lasts> {
    let mut lasts = Lasts::default();
    let whole: Cow<'_, str> = if text.contains(char::is_whitespace) {
        text.chars().filter(|next| !next.is_whitespace()).collect()
    } else {
        text.into()
    };
    if !whole.strip_prefix(['+', '-']).unwrap_or(&whole).starts_with(['P', 'p']) {
        return None;
    }
    let upper = whole.to_ascii_uppercase();
    lasts.is_sloppy = whole.len() < text.len() || upper != whole;
    lasts.has_plus = upper.starts_with('+');
    lasts.is_negative = upper.starts_with('-');
    lasts.is_iso = upper.contains(',');
    let dotted = if lasts.is_iso { upper.replace(',', ".") } else { upper };
    let rest = dotted.strip_prefix(['+', '-']).unwrap_or(&dotted).strip_prefix('P')?;
    if alternative(rest, &mut lasts).is_some() {
        return Some(lasts);
    }
    let (date, time) = rest.split_once('T').map_or((rest, None), |(date, time)| (date, Some(time)));
    components(date, &DATE, &mut lasts)?;
    components(time.unwrap_or_default(), &TIME, &mut lasts)?;
    lasts.is_sloppy |= lasts.amount.is_none() || time == Some("");
    Some(lasts)
}

/// Numbers with designators in their order, each at most once.
fn components(text: &str, designators: &[(char, u128)], lasts: &mut Lasts) -> Option<()> {
    let (mut rest, mut designators) = (text, designators.iter());
    while !rest.is_empty() {
        let end = rest.find(|next: char| !next.is_ascii_digit() && next != '.')?;
        let digits = &rest[..end];
        let designator = rest[end..].chars().next()?;
        let (_, unit) = *designators.find(|(known, _)| *known == designator)?;
        let amount = number(digits, unit)?;
        lasts.is_iso |= unit != SECOND && digits.contains('.');
        if unit >= 7 * DAY {
            let is_zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
            lasts.is_iso |= is_zero;
            lasts.has_calendar |= !is_zero;
        }
        lasts.amount = Some(lasts.amount.unwrap_or_default().plus(amount));
        rest = &rest[end + designator.len_utf8()..];
    }
    Some(())
}

/// Digits, with a fraction or without, of a unit in nanoseconds.
fn number(digits: &str, unit: u128) -> Option<Amount> {
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    if !is_all_digits(whole) || fraction.is_some_and(|fraction| !is_all_digits(fraction)) {
        return None;
    }
    let fraction = fraction.unwrap_or_default();
    let (kept, rest) = fraction.split_at(fraction.len().min(DIGITS_MOST));
    let significant = whole.trim_start_matches('0');
    let nanos = if significant.len() > DIGITS_MOST { u128::MAX } else { reckon(significant).saturating_mul(unit) };
    let (parts, of) = (reckon(kept) * unit, 10_u128.pow(u32::try_from(kept.len()).ok()?));
    let has_trifle = parts % of > 0 || rest.bytes().any(|byte| byte != b'0');
    Some(Amount { nanos: nanos.saturating_add(parts / of), has_trifle })
}

/// At most [`DIGITS_MOST`] digits.
fn reckon(digits: &str) -> u128 {
    digits.parse().unwrap_or_default()
}

/// `0000-00-00T01:00:00` or `00000000T010000`, with a fraction or without; none is beyond its carry-over point.
fn alternative(text: &str, lasts: &mut Lasts) -> Option<()> {
    let (head, fraction) = text.split_once('.').map_or((text, "0"), |(head, fraction)| (head, fraction));
    if !matches!(head.len(), 15 | 19) {
        return None;
    }
    let shape: String = head.chars().map(|next| if next.is_ascii_digit() { '0' } else { next }).collect();
    if !matches!(shape.as_str(), "0000-00-00T00:00:00" | "00000000T000000") || !is_all_digits(fraction) {
        return None;
    }
    let digits: String = head.chars().filter(char::is_ascii_digit).collect();
    let parts = [(0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14)].map(|(from, to)| reckon(&digits[from..to]));
    let [years, months, days, hours, minutes, seconds] = parts;
    if months > 12 || days > 30 || hours > 24 || minutes > 60 || seconds > 60 {
        return None;
    }
    lasts.is_iso = true;
    lasts.has_calendar = years > 0 || months > 0;
    let nanos = (years * 365 + months * 28 + days) * DAY + hours * HOUR + (minutes * 60 + seconds) * SECOND;
    let trifle = number(&format!("0.{fraction}"), SECOND)?;
    lasts.amount = Some(Amount { nanos, has_trifle: false }.plus(trifle));
    Some(())
}
