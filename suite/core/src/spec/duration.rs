//! Durations as they stand on the wire, and how far a spelling strays from `Edm.Duration`.
//!
//! The grammar is the one of OData v4.01 ABNF `durationValue` and XML Schema `dayTimeDuration`: an
//! optional sign, `P`, days, and after `T` hours, minutes and seconds, in that order, each at most
//! once, at least one present; only seconds carry a fraction, after a full stop.
//!
//! Reading never fails. What leaves the grammar is named as a [`Deviation`], because the profiles
//! differ in what they make of it, and the spelling is kept, because the spelling is what is tested.
//! No verdict is given here: [`super::request`] holds a spelling against a profile.

mod amount;
mod deviation;
mod read;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::time::Duration;

pub use amount::Amount;
pub use deviation::{Deviation, Deviations};

/// A text and what it says as a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DurationText<'a> {
    spelling: &'a str,
    deviations: Deviations,
    amount: Option<Amount>,
}

impl<'a> DurationText<'a> {
    /// Reads any text, in time linear in its length.
    ///
    /// Digits may be as many as they like: an amount saturates instead of overflowing.
    #[must_use]
    pub fn read(text: &'a str) -> Self {
        let (deviations, amount) = read::read(text);
        Self { spelling: text, deviations, amount }
    }

    /// The text as it was written.
    #[must_use]
    pub const fn spelling(&self) -> &'a str {
        self.spelling
    }

    /// Where the text leaves the grammar of `Edm.Duration`; empty where it keeps to it.
    #[must_use]
    pub const fn deviations(&self) -> Deviations {
        self.deviations
    }

    /// The amount, or `None` where none can be read: unreadable text, and a `P` or `PT` with nothing after it.
    ///
    /// Years and months have no exact amount. With [`Deviation::CalendarUnits`] this is the least that
    /// the text can mean (a year of 365 days, a month of 28), good for one conclusion only: what is
    /// too long by this amount is too long however it is read.
    #[must_use]
    pub const fn amount(&self) -> Option<Amount> {
        self.amount
    }

    /// The one spelling that the suite itself uses for a duration, exact to the nanosecond.
    ///
    /// Hours are the greatest unit, so that a day is `PT24H`: days are in the grammar, but some readers
    /// of ISO 8601 take a day for a calendar unit. Units that are zero are left out; nothing is `PT0S`.
    #[must_use]
    pub fn canonical(duration: Duration) -> String {
        let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
        let mut text = "PT".to_owned();
        for (amount, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M')] {
            if amount > 0 {
                // Writing to a `String` cannot fail.
                let _ = write!(text, "{amount}{unit}");
            }
        }
        if nanos > 0 {
            let fraction = format!("{nanos:09}");
            let _ = write!(text, "{}.{}S", seconds % 60, fraction.trim_end_matches('0'));
        } else if seconds % 60 > 0 || seconds == 0 {
            let _ = write!(text, "{}S", seconds % 60);
        }
        text
    }
}
