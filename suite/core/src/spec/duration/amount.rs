//! The amount that a duration's text names: exact in comparison, never overflowing.

use std::time::Duration;

/// Nanoseconds in a second.
pub(super) const SECOND: u128 = 1_000_000_000;
/// Nanoseconds in a minute.
pub(super) const MINUTE: u128 = 60 * SECOND;
/// Nanoseconds in an hour.
pub(super) const HOUR: u128 = 60 * MINUTE;
/// Nanoseconds in a day.
pub(super) const DAY: u128 = 24 * HOUR;

/// A sign and a magnitude in nanoseconds.
///
/// The magnitude saturates at `u128::MAX`, which is beyond every [`Duration`]. What is below a
/// nanosecond is not kept, only that there is some: that is enough to compare exactly with a
/// [`Duration`], so that `PT300.0000000000001S` is more than five minutes. Where two components carry
/// a fraction, which ISO 8601 does not have, the magnitude may be one nanosecond too small. How far an amount lies
/// below zero is nobody's question, so there it is not exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    is_below_zero: bool,
    nanos: u128,
    has_rest: bool,
}

impl Amount {
    pub(super) const fn new(magnitude: Magnitude, is_below_zero: bool) -> Self {
        let Magnitude { nanos, has_rest } = magnitude;
        Self { is_below_zero: is_below_zero && (nanos > 0 || has_rest), nanos, has_rest }
    }

    /// Whether it is more than nothing.
    #[must_use]
    pub const fn is_positive(&self) -> bool {
        !self.is_below_zero && !self.is_zero()
    }

    /// Whether it is nothing at all, with either sign.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.nanos == 0 && !self.has_rest
    }

    /// Whether it is no less than `lo` and no more than `hi`.
    #[must_use]
    pub const fn within(&self, lo: Duration, hi: Duration) -> bool {
        !self.is_below_zero && self.nanos >= lo.as_nanos() && !self.exceeds(hi)
    }

    /// Whether it is more than `hi`.
    #[must_use]
    pub const fn exceeds(&self, hi: Duration) -> bool {
        let hi = hi.as_nanos();
        !self.is_below_zero && (self.nanos > hi || (self.nanos == hi && self.has_rest))
    }

    /// The amount, rounded down to the nanosecond; `None` unless it is positive and its nanoseconds
    /// fit into 64 bits, which is about 584 years.
    #[must_use]
    pub fn to_duration(&self) -> Option<Duration> {
        let nanos = u64::try_from(self.nanos).ok()?;
        self.is_positive().then(|| Duration::from_nanos(nanos))
    }
}

/// An amount without a sign, while it is put together.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Magnitude {
    nanos: u128,
    has_rest: bool,
}

impl Magnitude {
    /// Adds a decimal number of units of `unit` nanoseconds.
    pub(super) fn add(&mut self, number: Number<'_>, unit: u128) {
        let whole = number.whole().saturating_mul(unit);
        let (fraction, has_rest) = number.fraction_of(unit);
        self.add_nanos(whole.saturating_add(fraction));
        self.has_rest |= has_rest;
    }

    /// Adds nanoseconds.
    pub(super) const fn add_nanos(&mut self, nanos: u128) {
        self.nanos = self.nanos.saturating_add(nanos);
    }

    /// The difference between `self` and `days`, and whether `self` is the smaller: Python writes a negative
    /// `timedelta` as days below zero and a time above.
    pub(super) const fn less(self, days: Self) -> (Self, bool) {
        let nanos = self.nanos.abs_diff(days.nanos);
        (Self { nanos, has_rest: self.has_rest }, days.nanos > self.nanos)
    }
}

/// The digits of a decimal number; other characters in between, which can only be blanks, do not count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number<'a> {
    /// Before the decimal sign.
    pub(super) integer: &'a str,
    /// After it; empty where there is none.
    pub(super) fraction: &'a str,
}

impl Number<'_> {
    /// The part before the decimal sign, saturating.
    pub(super) fn whole(self) -> u128 {
        digits(self.integer).fold(0, |sum: u128, digit| sum.saturating_mul(10).saturating_add(digit))
    }

    /// Whether every digit is a zero.
    pub(super) fn is_zero(self) -> bool {
        digits(self.integer).chain(digits(self.fraction)).all(|digit| digit == 0)
    }

    /// The fraction of `unit`, rounded down, and whether anything was lost.
    ///
    /// From the last digit to the first, `0.d…` of a unit is a tenth of `d` units and what follows;
    /// rounding down at each digit is the same as once at the end, so that no long arithmetic is needed.
    fn fraction_of(self, unit: u128) -> (u128, bool) {
        digits(self.fraction).rev().fold((0, false), |(below, has_rest), digit| {
            let tenths = digit * unit + below;
            (tenths / 10, has_rest || !tenths.is_multiple_of(10))
        })
    }
}

fn digits(text: &str) -> impl DoubleEndedIterator<Item = u128> {
    text.bytes().filter(u8::is_ascii_digit).map(|digit| u128::from(digit - b'0'))
}
