//! The server's clock: the wall's, a faster one, or one that only moves when it is told to.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use setpresence_core::moment::Moment;

use crate::error::ReferenceError;

/// How the server's time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockKind {
    /// As it does on the wall.
    Wall,
    /// This many times faster; with 60, its hour is our minute.
    Scaled(u32),
    /// Only by [`Reference::advance`](crate::Reference::advance) or `POST /__clock/advance`.
    Manual,
}

impl fmt::Display for ClockKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wall => f.write_str("wall"),
            Self::Scaled(factor) => write!(f, "{factor}"),
            Self::Manual => f.write_str("manual"),
        }
    }
}

impl FromStr for ClockKind {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "wall" => Ok(Self::Wall),
            "manual" => Ok(Self::Manual),
            factor => match factor.parse() {
                // A clock that stands still without being manual would only be a puzzle.
                Ok(0) | Err(_) => Err(ReferenceError::UnknownClock { text: text.to_owned() }),
                Ok(factor) => Ok(Self::Scaled(factor)),
            },
        }
    }
}

/// A running clock. It never goes back.
#[derive(Debug)]
pub(crate) struct Clock {
    kind: ClockKind,
    started: Instant,
    advanced_nanos: AtomicU64,
}

impl Clock {
    pub(crate) fn new(kind: ClockKind) -> Self {
        Self { kind, started: Instant::now(), advanced_nanos: AtomicU64::new(0) }
    }

    pub(crate) const fn kind(&self) -> ClockKind {
        self.kind
    }

    pub(crate) fn now(&self) -> Moment {
        let passed = match self.kind {
            ClockKind::Wall => self.started.elapsed(),
            ClockKind::Scaled(factor) => self.started.elapsed().saturating_mul(factor),
            ClockKind::Manual => Duration::ZERO,
        };
        Moment::from_nanos(self.advanced_nanos.load(Ordering::SeqCst)).later(passed)
    }

    /// Moves the clock ahead; one that moves by itself goes on from there. Saturates at [`Moment::END`].
    pub(crate) fn advance(&self, by: Duration) {
        let later = |nanos| Some(Moment::from_nanos(nanos).later(by).as_nanos());
        // The closure always returns a value, so there is no failure to speak of.
        let _ = self.advanced_nanos.fetch_update(Ordering::SeqCst, Ordering::SeqCst, later);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = Clock::new(ClockKind::Manual);
        assert_eq!(clock.now(), Moment::START);
        clock.advance(Duration::from_millis(1500));
        clock.advance(Duration::from_nanos(1));
        assert_eq!(clock.now().as_nanos(), 1_500_000_001);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Moment::END);
    }

    #[test]
    fn a_clock_that_moves_by_itself_never_goes_back() {
        for kind in [ClockKind::Wall, ClockKind::Scaled(1000)] {
            let clock = Clock::new(kind);
            let before = clock.now();
            while clock.now() == before {
                std::hint::spin_loop();
            }
            assert!(clock.now() > before, "{kind}");
            clock.advance(Duration::from_secs(60));
            assert!(clock.now() >= Moment::from_start(Duration::from_secs(60)), "{kind}");
        }
    }

    #[test]
    fn a_scaled_clock_is_ahead_of_the_wall() {
        let scaled = Clock::new(ClockKind::Scaled(1000));
        let wall = Instant::now();
        while scaled.now() == Moment::START {
            std::hint::spin_loop();
        }
        // The wall is read first, so that it can only have passed less.
        let passed = wall.elapsed();
        assert!(scaled.now().since_start() >= passed);
    }

    #[test]
    fn clocks_read_back() {
        for kind in [ClockKind::Wall, ClockKind::Manual, ClockKind::Scaled(60)] {
            assert_eq!(kind.to_string().parse::<ClockKind>().unwrap(), kind);
        }
        for text in ["", "0", "fast", "-1", "60x"] {
            assert!(text.parse::<ClockKind>().is_err(), "{text}");
        }
    }
}
