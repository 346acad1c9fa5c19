//! Time as a value: offsets from the start of a run, and spans of them.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// An instant, as nanoseconds since the start of a run, on the target's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(u64);

impl Moment {
    /// The start of the run.
    pub const START: Self = Self(0);
    /// The last representable instant, about 584 years after the start.
    pub const END: Self = Self(u64::MAX);

    /// The instant `nanos` nanoseconds after the start.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The instant `after` the start; saturates at [`Moment::END`].
    #[must_use]
    pub fn from_start(after: Duration) -> Self {
        Self(u64::try_from(after.as_nanos()).unwrap_or(u64::MAX))
    }

    /// Nanoseconds since the start.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Time since the start.
    #[must_use]
    pub const fn since_start(self) -> Duration {
        Duration::from_nanos(self.0)
    }

    /// The instant `by` later; saturates at [`Moment::END`].
    #[must_use]
    pub fn later(self, by: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(by.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// The time from `earlier` to here; zero where `earlier` is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&human(self.since_start()))
    }
}

/// A closed span of time in which something happened once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// No earlier than this.
    pub from: Moment,
    /// No later than this.
    pub to: Moment,
}

impl Span {
    /// A span that is one instant.
    #[must_use]
    pub const fn at(moment: Moment) -> Self {
        Self { from: moment, to: moment }
    }

    /// The span between two instants, in either order.
    #[must_use]
    pub fn between(one: Moment, other: Moment) -> Self {
        Self { from: one.min(other), to: one.max(other) }
    }
}

/// A duration for people: `0 s`, `350 ms`, `7 min 30 s`, `4 h`.
#[must_use]
pub fn human(duration: Duration) -> String {
    let millis = duration.as_millis();
    if millis == 0 {
        return "0 s".to_owned();
    }
    if millis < 1000 {
        return format!("{millis} ms");
    }
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    let (seconds, rest) = (millis / 1000 % 60, millis % 1000);
    let mut parts = Vec::new();
    if hours > 0 {
        parts.push(format!("{hours} h"));
    }
    if minutes > 0 {
        parts.push(format!("{minutes} min"));
    }
    if rest > 0 {
        parts.push(format!("{seconds}.{:0>3} s", rest).trim_end_matches(" s").trim_end_matches('0').to_owned() + " s");
    } else if seconds > 0 {
        parts.push(format!("{seconds} s"));
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        let rows = [
            (0, "0 s"),
            (350, "350 ms"),
            (1_000, "1 s"),
            (1_200, "1.2 s"),
            (300_001, "5 min 0.001 s"),
            (450_000, "7 min 30 s"),
            (14_400_000, "4 h"),
            (14_401_500, "4 h 1.5 s"),
        ];
        for (millis, text) in rows {
            assert_eq!(human(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn an_instant_counts_from_the_start() {
        let moment = Moment::from_start(Duration::from_secs(2)).later(Duration::from_nanos(7));
        assert_eq!(moment.as_nanos(), 2_000_000_007);
        assert_eq!(moment, Moment::from_nanos(2_000_000_007));
        assert_eq!(moment.since_start(), Duration::from_nanos(2_000_000_007));
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(Moment::END.later(Duration::from_secs(1)), Moment::END);
        assert_eq!(Moment::START.since(Moment::END), Duration::ZERO);
        assert_eq!(Moment::from_start(Duration::MAX), Moment::END);
    }
}
