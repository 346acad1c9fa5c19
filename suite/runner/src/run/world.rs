//! What all timelines of a run share.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use setpresence_core::event::{Fault, Lateness, Lost, Observation, Outcome, RequestRecord};
use setpresence_core::moment::{Moment, Span};
use setpresence_core::plan::{Abilities, Plan};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tracing::debug;

use super::kept::Tries;
use super::options::Options;
use super::outlook::Outlook;
use super::spacing::Spacing;
use crate::clock::Timekeeper;
use crate::target::{Call, Target};

/// How many connections in a row may fail until the target counts as lost: one may be chance, ten are not.
const CONNECTS_FAILED_MOST: u32 = 10;
/// How many requests in a row may stay without a whole answer, whatever the reason, until the target counts as lost: three times
/// as many as are usually in flight, so that one stall, or one kind of request that hangs, is not taken for the end.
const UNANSWERED_MOST: u32 = 48;

/// How long requests that are under way get to come to their end when a run is told to end.
const GRACE: Duration = Duration::from_secs(2);

/// The hash FNV-1a: it is the same on every machine, which is all that is asked of it.
const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// Of the requests in flight where the clock passes by itself, the share that is kept for those that are due at a moment:
/// the rest of a suite comes in a burst of thousands, and a probe behind it in the queue would be late.
const KEPT_FOR_PROBES: usize = 4;

/// Whether a request is due at a moment that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    /// It belongs to something that takes time, and must not be late.
    Due,
    /// It is sent whenever there is room for it.
    Whenever,
}

impl Urgency {
    /// That of the requests of something that takes that long.
    pub(super) const fn of(lasts: Duration) -> Self {
        if lasts.is_zero() { Self::Whenever } else { Self::Due }
    }
}

/// What all timelines of a run share.
#[derive(Debug)]
pub(super) struct World<'t> {
    pub(super) target: &'t Target,
    pub(super) clock: Timekeeper,
    pub(super) abilities: Abilities,
    /// What the base URL is called in records.
    pub(super) display_base: String,
    /// What may still be asked for again on a connection of its own.
    pub(super) kept: Tries,
    outlook: Outlook,
    /// How many requests may be in flight.
    permits: Semaphore,
    /// How many of these may be such as can be sent whenever there is room.
    unhurried: Semaphore,
    ended: OnceLock<End>,
    ending: Notify,
    connects_failed: AtomicU32,
    unanswered: AtomicU32,
    /// The first thing that went wrong with clearing.
    clearing_failed: Mutex<Option<String>>,
    /// When timelines begin that wait.
    spacing: Spacing,
    /// How late each request was that was due at a moment, in microseconds of real time.
    late: Mutex<Vec<u64>>,
}

/// Why a run ends early.
#[derive(Debug)]
enum End {
    /// It cannot go on.
    Lost(String),
    /// Somebody told it to.
    Told,
}

impl<'t> World<'t> {
    pub(super) fn new(target: &'t Target, display_base: String, options: &Options) -> Self {
        let settings = target.settings();
        let clock = Timekeeper::start(&settings.clock);
        let jobs = options.jobs.clamp(1, Semaphore::MAX_PERMITS);
        // Nothing is late on a clock that stands still.
        let kept = if clock.is_manual() { 0 } else { jobs / KEPT_FOR_PROBES };
        Self {
            target,
            clock,
            abilities: settings.abilities(None),
            display_base,
            kept: Tries::default(),
            outlook: options.outlook.clone(),
            permits: Semaphore::new(jobs),
            unhurried: Semaphore::new(jobs - kept),
            ended: OnceLock::new(),
            ending: Notify::new(),
            connects_failed: AtomicU32::new(0),
            unanswered: AtomicU32::new(0),
            clearing_failed: Mutex::new(None),
            spacing: Spacing::new(target.least_pause(), jobs),
            late: Mutex::default(),
        }
    }

    /// Sends one request when there is room for it; nothing once the run has ended.
    pub(super) async fn send(&self, call: Call<'_>, urgency: Urgency) -> Option<(RequestRecord, Observation)> {
        let _room = self.room(urgency).await;
        if self.ended().is_some() {
            return None;
        }
        Some(self.exchange(call).await)
    }

    /// Sends one request that cleans up: also when the run was told to end, but not to a target that was lost.
    pub(super) async fn send_to_clean(&self, call: Call<'_>) -> Option<(RequestRecord, Observation)> {
        let _room = self.room(Urgency::Whenever).await;
        if !self.may_clean() {
            return None;
        }
        if self.is_interrupted() {
            return Some(self.target.exchange(call, &self.display_base, &self.clock).await);
        }
        Some(self.exchange(call).await)
    }

    /// Waits for room for a request.
    ///
    /// Neither semaphore is ever closed, so an error cannot come; without a permit there would only be more in flight.
    async fn room(&self, urgency: Urgency) -> [Option<SemaphorePermit<'_>>; 2] {
        let unhurried = match urgency {
            Urgency::Due => None,
            Urgency::Whenever => self.unhurried.acquire().await.ok(),
        };
        [unhurried, self.permits.acquire().await.ok()]
    }

    async fn exchange(&self, call: Call<'_>) -> (RequestRecord, Observation) {
        let exchange = self.target.exchange(call, &self.display_base, &self.clock);
        let from = self.clock.now();
        let (record, mut observation) = tokio::select! {
            biased;
            exchanged = exchange => exchanged,
            () = self.told_long_ago() => {
                let detail = "the run was told to end before the answer came".to_owned();
                let outcome = Outcome::Lost(Lost { fault: Fault::Broken, detail });
                let record = self.target.record(call, &self.display_base);
                (record, Observation { span: Span::between(from, self.clock.now()), outcome })
            }
        };
        match &mut observation.outcome {
            Outcome::Lost(lost) => self.count_lost(lost),
            Outcome::Answer(answer) => {
                self.connects_failed.store(0, Ordering::Relaxed);
                self.unanswered.store(0, Ordering::Relaxed);
                self.spacing.answered(self.real(observation.span.to.since(observation.span.from)));
                if self.clock.is_manual() {
                    // Real time means nothing there, and would make each run's records differ.
                    answer.headers.retain(|(name, _)| name != "date");
                }
            }
        }
        (record, observation)
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

    /// Waits until some time after the run was told to end; for ever, if it is not.
    async fn told_long_ago(&self) {
        let ending = self.ending.notified();
        if self.ended().is_none() {
            ending.await;
        }
        if !self.is_interrupted() {
            // A target that was lost ends its requests itself.
            return pending().await;
        }
        tokio::time::sleep(GRACE).await;
    }

    /// Waits for a moment of that case, or for the end of the run.
    pub(super) async fn until(&self, moment: Moment, id: &str) {
        if moment > self.clock.now() {
            debug!(purpose = id, "waits until {moment}");
        }
        if self.clock.is_manual() {
            // Its waiters are counted, so none may just go away; the run loop releases them all at the end.
            return self.clock.until(moment).await;
        }
        let _entry = self.outlook.enter(self.real(moment.since(self.clock.now())), id);
        self.wait(moment).await;
    }

    /// Waits for a moment on a clock that passes by itself, or for the end of the run.
    pub(super) async fn wait(&self, moment: Moment) {
        let ending = self.ending.notified();
        if self.ended().is_none() {
            tokio::select! {
                () = self.clock.until(moment) => {}
                () = ending => {}
            }
        }
    }

    /// When a timeline begins that could begin now: a little after the one before it, if it is going to wait.
    pub(super) async fn begin(&self, lasts: Duration) -> Moment {
        let now = self.clock.now();
        if self.clock.is_manual() || lasts.is_zero() {
            return now;
        }
        let begin = self.spacing.begin(now, self.factor());
        self.wait(begin).await;
        begin
    }

    /// Takes note of a request that was sent later than it could have been; says how much, on the target's clock.
    ///
    /// What is sent whenever there is room is due at no moment, so it cannot be late.
    pub(super) fn note_lateness(&self, due: Moment, sent: Moment, urgency: Urgency) -> Moment {
        if self.clock.is_manual() || urgency == Urgency::Whenever {
            return Moment::START;
        }
        let late = sent.since(due);
        let micros = u64::try_from(self.real(late).as_micros()).unwrap_or(u64::MAX);
        self.late.lock().unwrap_or_else(PoisonError::into_inner).push(micros);
        Moment::from_start(late)
    }

    /// How late all requests were together.
    pub(super) fn lateness(&self) -> Option<Lateness> {
        let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        late.sort_unstable();
        let at = |percent: usize| late.get((late.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Lateness { requests: late.len() as u64, median_us: at(50)?, p99_us: at(99)?, most_us: at(100)? })
    }

    /// Real time, where the clock passes by itself.
    pub(super) fn real(&self, time: Duration) -> Duration {
        time / self.factor()
    }

    fn factor(&self) -> u32 {
        self.abilities.clock_factor.max(1)
    }

    /// Ends the run early. The first reason stands.
    pub(super) fn end(&self, reason: String) {
        self.end_by(End::Lost(reason));
    }

    /// Ends the run because somebody wants it to end.
    pub(super) fn interrupt(&self) {
        self.end_by(End::Told);
    }

    fn end_by(&self, end: End) {
        debug!(?end, "the run ends early");
        // A later reason is a consequence of the first.
        let _ = self.ended.set(end);
        self.ending.notify_waiters();
    }

    /// Why the run ended early, if it did.
    pub(super) fn ended(&self) -> Option<&str> {
        self.ended.get().map(|end| match end {
            End::Lost(reason) => reason.as_str(),
            End::Told => "it was interrupted",
        })
    }

    /// Whether somebody told the run to end.
    pub(super) fn is_interrupted(&self) -> bool {
        matches!(self.ended.get(), Some(End::Told))
    }

    /// Whether there is a target to clean up.
    pub(super) fn may_clean(&self) -> bool {
        !matches!(self.ended.get(), Some(End::Lost(_)))
    }

    /// The id of the application that a credential names.
    pub(super) fn application(&self, credential: &str) -> Option<String> {
        self.abilities.credentials.get(credential).map(|credential| credential.application.clone())
    }

    /// Users to show a departure again on: chosen by the case's id, whoever the run happened to show it on, so that a
    /// case has the same commands in every run, and on a large pool two cases seldom have the same users.
    pub(super) fn users_to_show(&self, plan: &Plan) -> Vec<String> {
        let settings = self.target.settings();
        let others: Vec<_> = settings.users.iter().filter(|user| Some(*user) != plan.pinned.as_ref()).collect();
        let hash = plan.id.bytes().fold(FNV_BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME));
        let first = usize::try_from(hash % others.len().max(1) as u64).unwrap_or_default();
        let around = others.iter().cycle().skip(first).take(others.len()).copied();
        plan.pinned.iter().chain(around).take(plan.users.max(1)).cloned().collect()
    }

    /// Remembers why clearing did not work.
    pub(super) fn note_clearing_failed(&self, why: String) {
        debug!("{why}");
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
