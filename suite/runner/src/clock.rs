//! The run's time: the only place that knows a real clock.
//!
//! Wall and scaled clocks pass by themselves. A manual clock stands still while any timeline has something to do
//! at the present moment; the run loop moves it, for all timelines at once, when every one of them waits.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use setpresence_core::moment::Moment;
use tokio::sync::oneshot;

use crate::settings::ClockSettings;

/// Tells moments on the target's clock and waits for them.
#[derive(Debug)]
pub(crate) enum Timekeeper {
    /// Passes by itself, `factor` times as fast as ours.
    Real {
        /// When the run started.
        started: Instant,
        /// How many of the target's seconds pass in one of ours.
        factor: u32,
    },
    /// Moves when it is told to.
    Manual(Mutex<Standing>),
}

/// A clock that stands still, and who waits for it to move.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    now: Moment,
    /// By moment, then in the order of asking.
    waiting: BTreeMap<(Moment, u64), oneshot::Sender<()>>,
    asked: u64,
    /// How many timelines have something to do at the present moment.
    busy: usize,
}

impl Timekeeper {
    /// A clock that starts now.
    pub(crate) fn start(settings: &ClockSettings) -> Self {
        match settings {
            ClockSettings::Wall => Self::Real { started: Instant::now(), factor: 1 },
            ClockSettings::Scaled(factor) => Self::Real { started: Instant::now(), factor: *factor },
            ClockSettings::Manual(_) => Self::Manual(Mutex::default()),
        }
    }

    /// Whether the clock only moves when it is told to.
    pub(crate) const fn is_manual(&self) -> bool {
        matches!(self, Self::Manual(_))
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Moment {
        match self {
            Self::Real { started, factor } => Moment::from_start(started.elapsed().saturating_mul(*factor)),
            Self::Manual(standing) => lock(standing).now,
        }
    }

    /// Waits for a moment. On a manual clock the caller must be counted by [`Self::begin`].
    pub(crate) async fn until(&self, moment: Moment) {
        match self {
            Self::Real { factor, .. } => {
                // A timer may fire a little early on some systems; a probe must never be early.
                while let Some(left) = left(self.now(), moment) {
                    tokio::time::sleep(left / *factor + Duration::from_nanos(1)).await;
                }
            }
            Self::Manual(standing) => {
                let woken = {
                    let mut standing = lock(standing);
                    if moment <= standing.now {
                        return;
                    }
                    let (sender, woken) = oneshot::channel();
                    standing.asked += 1;
                    let key = (moment, standing.asked);
                    standing.waiting.insert(key, sender);
                    standing.busy = standing.busy.saturating_sub(1);
                    woken
                };
                // The sender is only dropped with the whole run.
                let _ = woken.await;
            }
        }
    }

    /// Counts a timeline that has something to do now.
    pub(crate) fn begin(&self) {
        if let Self::Manual(standing) = self {
            lock(standing).busy += 1;
        }
    }

    /// Counts a timeline off that is over.
    pub(crate) fn end(&self) {
        if let Self::Manual(standing) = self {
            let mut standing = lock(standing);
            standing.busy = standing.busy.saturating_sub(1);
        }
    }

    /// Whether every timeline is done with the present moment. Never so on a clock that moves by itself.
    pub(crate) fn is_idle(&self) -> bool {
        match self {
            Self::Real { .. } => false,
            Self::Manual(standing) => lock(standing).busy == 0,
        }
    }

    /// The earliest moment that a timeline waits for on a manual clock.
    pub(crate) fn next_due(&self) -> Option<Moment> {
        match self {
            Self::Real { .. } => None,
            Self::Manual(standing) => lock(standing).waiting.keys().next().map(|(moment, _)| *moment),
        }
    }

    /// Says that the target's manual clock was moved to this moment, and wakes who waited for it.
    pub(crate) fn moved_to(&self, moment: Moment) {
        if let Self::Manual(standing) = self {
            let mut standing = lock(standing);
            standing.now = standing.now.max(moment);
            let later = standing.waiting.split_off(&(moment.later(Duration::from_nanos(1)), 0));
            let due = std::mem::replace(&mut standing.waiting, later);
            wake(&mut standing, due);
        }
    }

    /// Wakes everyone without moving the clock: the run is over for them.
    pub(crate) fn release(&self) {
        if let Self::Manual(standing) = self {
            let mut standing = lock(standing);
            let all = std::mem::take(&mut standing.waiting);
            wake(&mut standing, all);
        }
    }
}

fn wake(standing: &mut Standing, waiting: BTreeMap<(Moment, u64), oneshot::Sender<()>>) {
    standing.busy += waiting.len();
    for sender in waiting.into_values() {
        // A timeline that was dropped meanwhile has nothing to be told.
        let _ = sender.send(());
    }
}

fn left(now: Moment, moment: Moment) -> Option<Duration> {
    Some(moment.since(now)).filter(|left| !left.is_zero())
}

fn lock(standing: &Mutex<Standing>) -> MutexGuard<'_, Standing> {
    standing.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::settings::Advance;

    fn manual() -> Timekeeper {
        let advance = Advance { method: "POST".to_owned(), path: "/".to_owned(), json: "${ms}".to_owned() };
        Timekeeper::start(&ClockSettings::Manual(advance))
    }

    fn minutes(minutes: u64) -> Moment {
        Moment::from_start(Duration::from_secs(60 * minutes))
    }

    #[test]
    fn a_manual_clock_moves_for_all_who_wait() {
        let clock = manual();
        for _ in 0..3 {
            clock.begin();
        }
        let (mut one, mut two, mut three) =
            (Box::pin(clock.until(minutes(5))), Box::pin(clock.until(minutes(5))), Box::pin(clock.until(minutes(7))));
        assert!((&mut one).now_or_never().is_none() && (&mut three).now_or_never().is_none());
        assert!(!clock.is_idle(), "one timeline has not come to wait yet");
        assert!((&mut two).now_or_never().is_none());
        assert!(clock.is_idle());
        assert_eq!(clock.next_due(), Some(minutes(5)));
        clock.moved_to(minutes(5));
        assert!(!clock.is_idle());
        assert!(one.now_or_never().is_some() && two.now_or_never().is_some());
        assert!((&mut three).now_or_never().is_none());
        clock.end();
        clock.end();
        assert!(clock.is_idle());
        assert_eq!((clock.now(), clock.next_due()), (minutes(5), Some(minutes(7))));
        clock.release();
        assert!(three.now_or_never().is_some());
        assert_eq!(clock.now(), minutes(5));
    }

    #[test]
    fn what_is_due_does_not_wait() {
        let clock = manual();
        clock.begin();
        assert!(clock.until(Moment::START).now_or_never().is_some());
        assert!(!clock.is_idle());
    }

    #[tokio::test]
    async fn a_scaled_clock_is_never_early() {
        let clock = Timekeeper::start(&ClockSettings::Scaled(100_000));
        let due = Moment::from_start(Duration::from_secs(100));
        clock.until(due).await;
        assert!(clock.now() >= due);
    }
}
