//! How far apart timelines begin that wait, so that their probes do not all fall due at once and make each other late.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use setpresence_core::moment::Moment;

/// The least: a healthy target that is near answers within less.
const APART: Duration = Duration::from_millis(5);
/// What share of the requests in flight the probes of one row of timelines may take: rows of other lengths, and
/// requests that are due at no moment, come on top.
const SHARE: u32 = 2;
/// One answer counts for so much of the typical answer: a slow one is chance, ten are the network.
const WEIGHT: u32 = 8;

/// Spaces the beginnings of timelines out.
#[derive(Debug)]
pub(super) struct Spacing {
    /// The least time between two requests that the run may send.
    least_pause: Duration,
    /// How many requests may be in flight.
    jobs: u32,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When the next timeline may begin.
    next: Moment,
    /// How long the target takes for an answer, in real time, as far as that is known.
    typical: Option<Duration>,
}

impl Spacing {
    pub(super) fn new(least_pause: Duration, jobs: usize) -> Self {
        Self { least_pause, jobs: u32::try_from(jobs).unwrap_or(u32::MAX), state: Mutex::default() }
    }

    /// Takes note of how long an answer took, in real time.
    pub(super) fn answered(&self, took: Duration) {
        let mut state = self.lock();
        state.typical = Some(match state.typical {
            Some(typical) => (typical * (WEIGHT - 1) + took) / WEIGHT,
            None => took,
        });
    }

    /// When a timeline begins that could begin now, where `factor` of the target's seconds pass in one of ours.
    pub(super) fn begin(&self, now: Moment, factor: u32) -> Moment {
        let apart = self.apart().saturating_mul(factor);
        let mut state = self.lock();
        let begin = now.max(state.next);
        state.next = begin.later(apart);
        begin
    }

    /// In real time. So many requests as may be in flight are answered while one is.
    fn apart(&self) -> Duration {
        let typical = self.lock().typical.unwrap_or_default();
        APART.max(self.least_pause).max(typical * SHARE / self.jobs.max(1))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_targets_and_slow_runs_get_more_time() {
        let ms = Duration::from_millis;
        // The least pause, the requests in flight, how long each of many answers takes, the distance of beginnings.
        let rows = [
            (0, 16, None, 5),
            (0, 16, Some(1), 5),
            (0, 16, Some(80), 10),
            (0, 1, Some(80), 160),
            (50, 16, Some(80), 50),
        ];
        for (least_pause, jobs, answer, wanted) in rows {
            let spacing = Spacing::new(ms(least_pause), jobs);
            (0..100).for_each(|_| answer.into_iter().for_each(|answer| spacing.answered(ms(answer))));
            let begins = [spacing.begin(Moment::START, 60), spacing.begin(Moment::START, 60)];
            assert_eq!(begins[1].since(begins[0]), ms(wanted * 60), "{least_pause} {jobs} {answer:?}");
        }
        let spacing = Spacing::new(Duration::ZERO, 16);
        (0..100).for_each(|_| spacing.answered(ms(16)));
        spacing.answered(ms(160));
        assert_eq!(spacing.apart(), APART, "one slow answer is chance");
        let late = Moment::from_start(ms(1000));
        assert_eq!(spacing.begin(late, 1), late, "whoever comes late waits for nobody");
    }
}
