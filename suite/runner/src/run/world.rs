//! What all timelines of a run share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use setpresence_core::event::{Fault, Lost, Observation, Outcome, RequestRecord};
use setpresence_core::moment::Moment;
use setpresence_core::plan::Abilities;
use tokio::sync::{Notify, Semaphore};

use crate::clock::Timekeeper;
use crate::target::{Call, Target};

/// How many connections in a row may fail until the target counts as lost: one may be chance, ten are not.
const CONNECTS_FAILED_MOST: u32 = 10;
/// How many requests in a row may stay without a whole answer, whatever the reason, until the target counts as lost: three times
/// as many as are usually in flight, so that one stall, or one kind of request that hangs, is not taken for the end.
const UNANSWERED_MOST: u32 = 48;

/// What all timelines of a run share.
#[derive(Debug)]
pub(super) struct World<'t> {
    pub(super) target: &'t Target,
    pub(super) clock: Timekeeper,
    pub(super) abilities: Abilities,
    /// What the base URL is called in records.
    pub(super) display_base: String,
    /// How many requests may be in flight.
    permits: Semaphore,
    ended: OnceLock<String>,
    ending: Notify,
    connects_failed: AtomicU32,
    unanswered: AtomicU32,
    /// The first thing that went wrong with clearing.
    clearing_failed: Mutex<Option<String>>,
}

impl<'t> World<'t> {
    pub(super) fn new(target: &'t Target, display_base: String, jobs: usize) -> Self {
        let settings = target.settings();
        Self {
            target,
            clock: Timekeeper::start(&settings.clock),
            abilities: settings.abilities(None),
            display_base,
            permits: Semaphore::new(jobs.clamp(1, Semaphore::MAX_PERMITS)),
            ended: OnceLock::new(),
            ending: Notify::new(),
            connects_failed: AtomicU32::new(0),
            unanswered: AtomicU32::new(0),
            clearing_failed: Mutex::new(None),
        }
    }

    /// Sends one request when there is room for it; nothing once the run has ended.
    pub(super) async fn send(&self, call: Call<'_>) -> Option<(RequestRecord, Observation)> {
        // Never closed, so an error cannot come; without a permit there would only be more in flight.
        let _permit = self.permits.acquire().await.ok();
        if self.ended().is_some() {
            return None;
        }
        let (record, mut observation) = self.target.exchange(call, &self.display_base, &self.clock).await;
        match &mut observation.outcome {
            Outcome::Lost(lost) => self.count_lost(lost),
            Outcome::Answer(answer) => {
                self.connects_failed.store(0, Ordering::Relaxed);
                self.unanswered.store(0, Ordering::Relaxed);
                if self.clock.is_manual() {
                    // Real time means nothing there, and would make each run's records differ.
                    answer.headers.retain(|(name, _)| name != "date");
                }
            }
        }
        Some((record, observation))
    }

    /// Ends the run when the target is gone for good, or as good as gone.
    fn count_lost(&self, lost: &Lost) {
        let Lost { fault, detail } = lost;
        let counters = match fault {
            // What we could not send says nothing of the target.
            Fault::NotSent => return,
            Fault::Connect => (&self.connects_failed, CONNECTS_FAILED_MOST, "connections in a row failed"),
            _ => (&self.unanswered, UNANSWERED_MOST, "requests in a row had no answer"),
        };
        let (counter, most, what) = counters;
        if counter.fetch_add(1, Ordering::Relaxed) + 1 >= most {
            self.end(format!("the target was lost: {most} {what}; {detail}"));
        }
    }

    /// Waits for a moment, or for the end of the run.
    pub(super) async fn until(&self, moment: Moment) {
        if self.clock.is_manual() {
            // Its waiters are counted, so none may just go away; the run loop releases them all at the end.
            return self.clock.until(moment).await;
        }
        let ending = self.ending.notified();
        if self.ended().is_none() {
            tokio::select! {
                () = self.clock.until(moment) => {}
                () = ending => {}
            }
        }
    }

    /// Ends the run early. The first reason stands.
    pub(super) fn end(&self, reason: String) {
        // A later reason is a consequence of the first.
        let _ = self.ended.set(reason);
        self.ending.notify_waiters();
    }

    /// Why the run ended early, if it did.
    pub(super) fn ended(&self) -> Option<&str> {
        self.ended.get().map(String::as_str)
    }

    /// The id of the application that a credential names.
    pub(super) fn application(&self, credential: &str) -> Option<String> {
        self.abilities.credentials.get(credential).map(|credential| credential.application.clone())
    }

    /// Remembers why clearing did not work.
    pub(super) fn note_clearing_failed(&self, why: String) {
        self.clearing_failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }

    /// Why clearing did not work, if it was tried in vain.
    pub(super) fn clearing_failed(&self) -> Option<String> {
        self.clearing_failed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The credential that can clear an application's session: an application's own before any other of the same id.
    pub(super) fn clearer(&self, application: &str) -> Option<&str> {
        let credentials: &BTreeMap<_, _> = &self.abilities.credentials;
        let names = |name: &str| credentials.get(name).is_some_and(|credential| credential.application == application);
        ["app", "app_b", "app_c"]
            .into_iter()
            .find(|name| names(name))
            .or_else(|| credentials.keys().map(String::as_str).find(|name| names(name)))
    }
}
