//! The pace of a campaign, and its end, told from whatever time it is said to be.

use std::time::{Duration, Instant};

/// When the next request may go.
#[derive(Debug)]
pub(super) struct Pace {
    /// How long each request waits for the one before.
    gap: Duration,
    next: Instant,
}

impl Pace {
    /// At most so many requests a second; as many as there are where no number is given.
    pub(super) fn new(rate: Option<u32>, started: Instant) -> Self {
        let gap = rate.map_or(Duration::ZERO, |rate| Duration::from_secs(1) / rate.max(1));
        Self { gap, next: started }
    }

    /// When a request goes that is ready now; nothing where that is at once. What was missed is not made up for, so that
    /// no second has more than its number.
    pub(super) fn turn(&mut self, now: Instant) -> Option<Instant> {
        if self.gap.is_zero() {
            return None;
        }
        let turn = self.next.max(now);
        self.next = turn + self.gap;
        (turn > now).then_some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many requests go in each second, of so many that are ready so long after one another.
    fn sent(rate: Option<u32>, n_requests: u32, ready_every: Duration) -> Vec<u32> {
        let started = Instant::now();
        let mut pace = Pace::new(rate, started);
        let mut seconds = Vec::new();
        let mut now = started;
        for _ in 0..n_requests {
            now += ready_every;
            let goes = pace.turn(now).unwrap_or(now);
            let second = usize::try_from(goes.duration_since(started).as_secs()).unwrap();
            seconds.resize(seconds.len().max(second + 1), 0);
            seconds[second] += 1;
        }
        seconds
    }

    #[test]
    fn no_second_has_more_than_its_number() {
        assert_eq!(sent(Some(50), 150, Duration::ZERO), [50, 50, 50]);
        assert_eq!(sent(Some(1), 3, Duration::ZERO), [1, 1, 1]);
        // Two seconds of silence are not made up for.
        assert_eq!(sent(Some(3), 3, Duration::from_millis(2500)), [0, 0, 1, 0, 0, 1, 0, 1]);
        assert_eq!(sent(Some(1000), 4, Duration::from_millis(250)), [3, 1]);
    }

    #[test]
    fn without_a_number_nothing_waits() {
        assert_eq!(sent(None, 1000, Duration::ZERO), [1000]);
    }
}
