//! The run loop: cases in, records out, in the order of the cases.
//!
//! All timelines run side by side in one task, as far as there are users for them. Nothing is judged here.

mod clean;
mod pool;
mod record;
#[cfg(test)]
mod tests;
mod timeline;
mod world;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use setpresence_core::event::{CaseRecord, RunEnd, RunEvent};
use setpresence_core::moment::{Moment, human};
use setpresence_core::plan::Plan;
use setpresence_core::spec::Operation;

use self::pool::{Clearing, Dirt, Need, Pool};
use self::timeline::{Done, Ran, Seated};
use self::world::World;
use crate::target::Target;

/// How many requests are in flight at once where nothing else is asked for: enough to hide a network's delay,
/// few enough for a small target.
pub const JOBS: usize = 16;

/// Something whose record belongs into a run.
#[derive(Clone, Debug)]
pub enum Work {
    /// A case to run.
    Judge(Arc<Plan>),
    /// A case that is not run, such as a skipped one.
    Recorded(Box<CaseRecord>),
}

impl From<Plan> for Work {
    fn from(plan: Plan) -> Self {
        Self::Judge(Arc::new(plan))
    }
}

impl From<CaseRecord> for Work {
    fn from(record: CaseRecord) -> Self {
        Self::Recorded(Box::new(record))
    }
}

/// What is known of the users when a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Users {
    /// Nobody ever touched them, and nobody minds what is left on them.
    Fresh,
    /// They may have sessions; they are cleared before their first use and after their last.
    Unknown,
}

/// How a run is done.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many requests may be in flight at once.
    pub jobs: usize,
    /// What is known of the users.
    pub users: Users,
    /// How many users of the pool, from the first, are left aside, because earlier runs on the same target used them.
    pub skip_users: usize,
    /// How long, on the target's clock, the run may wait for leftover sessions to expire where they cannot be
    /// cleared. Nothing is as long as it takes; a manual clock always waits.
    pub longest_wait: Option<Duration>,
    /// What the base URL is called in records, for a target whose address is chance.
    pub display_base: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            jobs: JOBS,
            users: Users::Unknown,
            skip_users: 0,
            longest_wait: Some(Duration::ZERO),
            display_base: None,
        }
    }
}

/// Runs cases on a target and hands out a [`RunEvent::CaseFinished`] for each work, in their order, as early as
/// that order permits.
///
/// What goes wrong with the target is in the records; [`RunEnd::ended_early`] says if it was lost.
pub async fn run(
    works: Vec<Work>,
    target: &Target,
    options: &Options,
    on_event: &mut (dyn FnMut(RunEvent) + Send),
) -> RunEnd {
    let started = Instant::now();
    let sent_before = target.sent();
    let display_base = options.display_base.clone().unwrap_or_else(|| target.settings().base_url.clone());
    let world = World::new(target, display_base, options.jobs);
    Loop::new(&world, options, works, on_event).run().await;
    RunEnd {
        requests: target.sent() - sent_before,
        elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        ended_early: world.ended().map(ToOwned::to_owned),
        stale: Vec::new(),
    }
}

/// A case that waits for its users.
#[derive(Clone, Debug)]
struct Queued {
    index: usize,
    plan: Arc<Plan>,
    need: Arc<Need>,
}

type InFlight<'w> = FuturesUnordered<Pin<Box<dyn Future<Output = Done> + Send + 'w>>>;

enum Turn {
    Done(Box<Done>),
    /// No timeline can go on before the clock moves or users are given back.
    Idle,
}

struct Loop<'w, 'e> {
    world: &'w World<'w>,
    options: &'w Options,
    clearing: Arc<Clearing>,
    pool: Pool,
    queue: Vec<Queued>,
    in_flight: InFlight<'w>,
    records: Vec<Option<CaseRecord>>,
    n_emitted: usize,
    on_event: &'e mut (dyn FnMut(RunEvent) + Send),
}

impl<'w, 'e> Loop<'w, 'e> {
    fn new(
        world: &'w World<'w>,
        options: &'w Options,
        works: Vec<Work>,
        on_event: &'e mut (dyn FnMut(RunEvent) + Send),
    ) -> Self {
        let mut records = Vec::with_capacity(works.len());
        let mut queue = Vec::new();
        for (index, work) in works.into_iter().enumerate() {
            records.push(match work {
                Work::Recorded(record) => Some(*record),
                Work::Judge(plan) => {
                    let need = Arc::new(Need::of(&plan, |name| world.application(name)));
                    queue.push(Queued { index, plan, need });
                    None
                }
            });
        }
        let clearing = clean::clearing(world);
        if clearing.applications.is_empty() {
            // What leaves nothing behind goes first, while the users are still clean.
            queue.sort_by_key(|queued| !queued.plan.leaves_sessions.is_empty());
        } else if !world.clock.is_manual() {
            // The longest decides how long the run takes, if it starts first.
            queue.sort_by_key(|queued| std::cmp::Reverse(queued.plan.lasts()));
        }
        let dirt = match options.users {
            Users::Fresh => Dirt::default(),
            Users::Unknown => clean::unknown(world),
        };
        let pinned = queue.iter().filter_map(|queued| queued.plan.pinned.as_ref());
        let users = world.target.settings().users.get(options.skip_users..).unwrap_or_default();
        let pool = Pool::new(users, pinned, &dirt);
        let clearing = Arc::new(clearing);
        Self { world, options, clearing, pool, queue, in_flight: InFlight::new(), records, n_emitted: 0, on_event }
    }

    async fn run(mut self) {
        self.emit();
        if self.options.users == Users::Unknown && !self.queue.is_empty() {
            self.try_clearing().await;
        }
        loop {
            if !self.world.clock.is_manual() {
                self.seat();
            }
            match self.turn().await {
                Turn::Done(done) => self.settle(*done),
                Turn::Idle if self.seat() > 0 => {}
                Turn::Idle => {
                    if !self.go_on().await {
                        break;
                    }
                }
            }
        }
        self.give_up_queue();
        if self.options.users == Users::Unknown && self.world.ended().is_none() {
            self.clean_up().await;
        }
    }

    async fn try_clearing(&mut self) {
        let Some(user) = self.pool.common().next().map(ToOwned::to_owned) else { return };
        let mut clearing = (*self.clearing).clone();
        let left = clean::try_clearing(self.world, &mut clearing, &user).await;
        self.clearing = Arc::new(clearing);
        if let Some(left) = left {
            self.pool.give_back(0, left);
        }
    }

    /// Starts every case that there are users for. On a manual clock this is only done between two moments, when it
    /// does not depend on who was faster.
    fn seat(&mut self) -> usize {
        if self.world.ended().is_some() {
            return 0;
        }
        let before = self.queue.len();
        let now = self.world.clock.now();
        let mut waiting = Vec::new();
        for queued in std::mem::take(&mut self.queue) {
            match self.pool.take(&queued.need, &self.clearing, now) {
                None => waiting.push(queued),
                Some(taken) => {
                    let users = taken.into_iter().map(|(place, dirt)| (place, self.pool.id(place).to_owned(), dirt));
                    let Queued { index, plan, need } = queued;
                    let seated = Seated { index, plan, need, users: users.collect() };
                    self.world.clock.begin();
                    self.in_flight.push(Box::pin(timeline::drive(self.world, Arc::clone(&self.clearing), seated)));
                }
            }
        }
        self.queue = waiting;
        before - self.queue.len()
    }

    /// The next case that is done, or the moment at which none can go on.
    async fn turn(&mut self) -> Turn {
        let (in_flight, clock) = (&mut self.in_flight, &self.world.clock);
        poll_fn(|context| match in_flight.poll_next_unpin(context) {
            Poll::Ready(Some(done)) => Poll::Ready(Turn::Done(Box::new(done))),
            Poll::Ready(None) => Poll::Ready(Turn::Idle),
            Poll::Pending if clock.is_idle() => Poll::Ready(Turn::Idle),
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    fn settle(&mut self, done: Done) {
        self.world.clock.end();
        let Done { index, plan, need, users, ran } = done;
        let ids = users.iter().map(|(_, id, _)| id.clone()).collect();
        for (place, _, dirt) in users {
            self.pool.give_back(place, dirt);
        }
        match ran {
            Some(ran) => self.finish(index, &plan, ids, ran),
            None => {
                let at = self.queue.partition_point(|queued| queued.index < index);
                self.queue.insert(at, Queued { index, plan, need });
            }
        }
    }

    /// Moves on where no timeline can: says whether there is anything left to do.
    async fn go_on(&mut self) -> bool {
        if self.world.ended().is_some() {
            self.world.clock.release();
            return !self.in_flight.is_empty();
        }
        if let Some(due) = self.world.clock.next_due() {
            Self::advance(self.world, due).await;
            return true;
        }
        match self.next_user_at() {
            Some(moment) if self.world.clock.is_manual() => Self::advance(self.world, moment).await,
            Some(moment) => self.world.until(moment).await,
            None => return false,
        }
        true
    }

    async fn advance(world: &World<'_>, due: Moment) {
        let now = world.clock.now();
        let moment = Target::reachable(now, due);
        match world.target.advance(moment.since(now)).await {
            Ok(()) => world.clock.moved_to(moment),
            Err(why) => world.end(format!("the target's clock could not be moved: {why}")),
        }
    }

    /// The next moment at which expiry makes users ready for a case that waits, if the run may wait for it.
    fn next_user_at(&self) -> Option<Moment> {
        let now = self.world.clock.now();
        let bound = match self.options.longest_wait {
            Some(wait) if !self.world.clock.is_manual() => now.later(wait),
            _ => Moment::END,
        };
        let could_serve = |at| self.queue.iter().any(|queued| self.pool.could_serve(&queued.need, &self.clearing, at));
        self.pool.ends().into_iter().filter(|at| *at > now && *at <= bound).find(|at| could_serve(*at))
    }

    /// What is still queued can never run.
    fn give_up_queue(&mut self) {
        for Queued { index, plan, need } in std::mem::take(&mut self.queue) {
            let reason = self.world.ended().map_or_else(|| self.why_no_user(&need), ToOwned::to_owned);
            let users = self.pool.common().take(need.users).map(ToOwned::to_owned).collect();
            let ran = Ran { interrupted: Some(reason), ..Ran::default() };
            self.finish(index, &plan, users, ran);
        }
    }

    fn why_no_user(&self, need: &Need) -> String {
        let n_common = self.pool.common().count();
        if need.users > n_common {
            return format!(
                "too few users: the case needs {}, and there are {n_common}; name more in the target file",
                need.users
            );
        }
        let has_clear = self.world.abilities.operations.contains_key(&Operation::ClearPresence);
        let why = match self.world.clearing_failed() {
            Some(why) => why,
            None if has_clear => "what an earlier case left cannot be cleared".to_owned(),
            None => format!(
                "the target has no clear-presence, and what an earlier case left may stand for {}",
                human(clean::LONGEST_SESSION)
            ),
        };
        format!("no user in a known state: {why}; name more users in the target file")
    }

    fn finish(&mut self, index: usize, plan: &Plan, users: Vec<String>, ran: Ran) {
        self.records[index] = Some(record::judged(self.world, plan, users, ran));
        self.emit();
    }

    fn emit(&mut self) {
        while let Some(record) = self.records.get_mut(self.n_emitted).and_then(Option::take) {
            self.n_emitted += 1;
            (self.on_event)(RunEvent::CaseFinished(Box::new(record)));
        }
    }

    /// Leaves the users as nobody would want to find them otherwise: without our sessions. Best effort.
    async fn clean_up(&mut self) {
        let dirty = self.pool.take_dirty(self.world.clock.now());
        let (world, clearing) = (self.world, &self.clearing);
        let cleaning: FuturesUnordered<_> =
            dirty.iter().map(|(user, dirt)| clean::make_ready(world, clearing, user, dirt.clone())).collect();
        cleaning.for_each(|_| std::future::ready(())).await;
    }
}
