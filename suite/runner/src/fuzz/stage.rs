//! What all lanes of a campaign share: the target, its clock, the budget and the pace.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use setpresence_core::event::{Fault, Lost, Observation, Outcome};
use setpresence_core::moment::Moment;
use tokio::sync::{Semaphore, SemaphorePermit};
use tracing::debug;

use super::options::FuzzOptions;
use super::pace::Pace;
use crate::clock::Timekeeper;
use crate::target::{Call, Target};

/// How many connections in a row may fail until the target counts as lost: one may be chance, ten are not.
const CONNECTS_FAILED_MOST: u32 = 10;

/// More requests at once than any target is asked; a semaphore has a bound of its own, which is far beyond.
const JOBS_MOST: u32 = 1 << 16;

/// What all lanes of a campaign share.
pub(super) struct Stage<'t> {
    target: &'t Target,
    clock: Timekeeper,
    started: Instant,
    deadline: Option<Instant>,
    requests: u64,
    sent: AtomicU64,
    judged: AtomicU64,
    pace: Mutex<Pace>,
    connects_failed: AtomicU32,
    lost: OnceLock<String>,
    /// How many requests may be under way at once.
    jobs: u32,
    room: Semaphore,
}

impl<'t> Stage<'t> {
    pub(super) fn new(target: &'t Target, options: &FuzzOptions) -> Self {
        let started = Instant::now();
        let jobs = u32::try_from(options.jobs).unwrap_or(u32::MAX).clamp(1, JOBS_MOST);
        Self {
            target,
            clock: Timekeeper::start(&target.settings().clock),
            started,
            deadline: options.lasts.and_then(|lasts| started.checked_add(lasts)),
            requests: options.requests.unwrap_or(u64::MAX),
            sent: AtomicU64::new(0),
            judged: AtomicU64::new(0),
            pace: Mutex::new(Pace::new(options.rate, started)),
            connects_failed: AtomicU32::new(0),
            lost: OnceLock::new(),
            jobs,
            room: Semaphore::new(jobs as usize),
        }
    }

    /// Waits until that many requests more may be under way. More than may ever be are let through when nothing else is.
    pub(super) async fn room(&self, n_requests: usize) -> Option<SemaphorePermit<'_>> {
        let n_requests = u32::try_from(n_requests).unwrap_or(u32::MAX).min(self.jobs);
        // It is never closed.
        self.room.acquire_many(n_requests).await.ok()
    }

    pub(super) const fn target(&self) -> &'t Target {
        self.target
    }

    pub(super) const fn clock(&self) -> &Timekeeper {
        &self.clock
    }

    pub(super) const fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    pub(super) fn judged(&self) -> u64 {
        self.judged.load(Ordering::Relaxed)
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Why the target counts as lost, if it does.
    pub(super) fn lost(&self) -> Option<String> {
        self.lost.get().cloned()
    }

    /// Whether nothing more may be sent.
    pub(super) fn is_over(&self) -> bool {
        self.lost.get().is_some()
            || self.sent() >= self.requests
            || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Sends a request; nothing where the budget is used up.
    pub(super) async fn send(&self, call: Call<'_>) -> Option<Observation> {
        if self.is_over() || self.sent.fetch_add(1, Ordering::Relaxed) >= self.requests {
            return None;
        }
        self.keep_pace().await;
        let observation = self.target.exchange_unkept(call, &self.clock).await;
        match &observation.outcome {
            Outcome::Lost(Lost { fault: Fault::Connect, detail }) => {
                if self.connects_failed.fetch_add(1, Ordering::Relaxed) + 1 >= CONNECTS_FAILED_MOST {
                    let why =
                        format!("the target was lost: {CONNECTS_FAILED_MOST} connections in a row failed; {detail}");
                    // The first reason stands.
                    let _ = self.lost.set(why);
                }
            }
            Outcome::Answer(_) => {
                self.connects_failed.store(0, Ordering::Relaxed);
            }
            Outcome::Lost(_) => {}
        }
        Some(observation)
    }

    /// Takes note of answers that were judged; those that only clean up are not.
    pub(super) fn note_judged(&self, seen: &[Observation]) {
        let n_answers = seen.iter().filter(|seen| matches!(seen.outcome, Outcome::Answer(_))).count();
        self.judged.fetch_add(n_answers as u64, Ordering::Relaxed);
    }

    async fn keep_pace(&self) {
        let turn = self.pace.lock().unwrap_or_else(PoisonError::into_inner).turn(Instant::now());
        if let Some(turn) = turn {
            tokio::time::sleep_until(turn.into()).await;
        }
    }

    /// Moves a manual clock to the next moment that a lane waits for.
    pub(super) async fn move_on(&self) {
        let Some(due) = self.clock.next_due() else { return };
        if self.is_over() {
            self.clock.release();
            return;
        }
        let now = self.clock.now();
        let moment = Target::reachable(now, due);
        match self.target.advance(moment.since(now)).await {
            Ok(()) => {
                let propagation = self.target.settings().slack.propagation;
                if !propagation.is_zero() {
                    // A target's caches live in real time, of which a clock that is moved by hand takes none.
                    tokio::time::sleep(propagation).await;
                }
                self.clock.moved_to(moment);
            }
            Err(why) => {
                // The first reason stands.
                let _ = self.lost.set(format!("the target's clock could not be moved: {why}"));
                self.clock.release();
            }
        }
    }

    pub(super) async fn until(&self, moment: Moment) {
        debug!("a sequence waits until {moment}");
        self.clock.until(moment).await;
    }
}
