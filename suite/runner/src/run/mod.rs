//! The run loop: cases in, records out.
//!
//! All timelines run side by side in one task, as far as there are users for them. Nothing is judged here. On a clock
//! that is moved by hand records come in the order of the cases, so that the same run gives the same bytes; on any
//! other they come as soon as they are known, so that little is lost where a run breaks off.

mod clean;
mod kept;
mod ledger;
mod measure;
mod options;
mod outlook;
mod pool;
mod record;
mod settle;
mod spacing;
mod stop;
mod stray;
#[cfg(test)]
mod tests;
mod timeline;
mod world;

use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use setpresence_core::event::{RunEnd, RunEvent};
use setpresence_core::moment::{Moment, human};
use setpresence_core::plan::schedule::{self, Timeline, schedule};
use setpresence_core::plan::{Measuring, Plan};
use setpresence_core::spec::Operation;
use tracing::debug;

use self::ledger::Ledger;
pub use self::options::{JOBS, Options, Users, Work};
pub use self::outlook::Outlook;
use self::pool::{Clearing, Dirt, Need, Pool};
pub use self::stop::Stop;
use self::timeline::{Done, Ran, Seated};
use self::world::World;
use crate::target::Target;

/// Runs cases on a target and hands out a [`RunEvent::CaseFinished`] for each that was run or recorded.
///
/// What goes wrong with the target is in the records; [`RunEnd::ended_early`] says if it was lost. A run that is told
/// to end says nothing of the cases that were not finished.
pub async fn run(
    works: Vec<Work>,
    target: &Target,
    options: &Options,
    on_event: &mut (dyn FnMut(RunEvent) + Send),
) -> RunEnd {
    let started = Instant::now();
    debug!(works = works.len(), jobs = options.jobs, "the run begins");
    let display_base = options.display_base.clone().unwrap_or_else(|| target.settings().base_url.clone());
    let world = World::new(target, display_base, options);
    let told = async {
        options.stop.told().await;
        world.interrupt();
        pending().await
    };
    let requests = tokio::select! {
        biased;
        () = told => 0,
        requests = Loop::new(&world, options, works, on_event).run() => requests,
    };
    RunEnd {
        requests,
        elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        ended_early: world.ended().map(ToOwned::to_owned),
        was_interrupted: world.is_interrupted(),
        lateness: world.lateness(),
        // What is told from all cases together is the follower's to say.
        ..RunEnd::default()
    }
}

/// Something that waits for its users.
#[derive(Clone, Debug)]
struct Queued {
    job: Job,
    need: Arc<Need>,
}

/// Something that is done on users of its own.
#[derive(Clone, Debug)]
enum Job {
    Case(usize, Arc<Plan>),
    Measure(Arc<Measuring>),
}

impl Job {
    fn timeline(&self) -> Timeline {
        match self {
            Self::Case(_, plan) => plan.timeline(),
            Self::Measure(measuring) => Timeline { lasts: measuring.lasts(), users: 1 },
        }
    }

    /// What it is, for those who follow the run.
    fn name(&self) -> &str {
        match self {
            Self::Case(_, plan) => &plan.id,
            Self::Measure(measuring) => &measuring.requirement,
        }
    }

    /// Whether a session may stand when it is over.
    fn leaves_sessions(&self) -> bool {
        match self {
            Self::Case(_, plan) => !plan.leaves_sessions.is_empty(),
            Self::Measure(_) => true,
        }
    }

    /// Its place in the queue where nothing else decides: cases in their order, what is only measured after them.
    const fn place(&self) -> usize {
        match self {
            Self::Case(index, _) => *index,
            Self::Measure(_) => usize::MAX,
        }
    }
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
    ledger: Ledger<'e>,
}

impl<'w, 'e> Loop<'w, 'e> {
    fn new(
        world: &'w World<'w>,
        options: &'w Options,
        works: Vec<Work>,
        on_event: &'e mut (dyn FnMut(RunEvent) + Send),
    ) -> Self {
        let mut ledger = Ledger::new(world.clock.is_manual(), on_event);
        let mut queue = Vec::new();
        for work in works {
            match work {
                Work::Recorded(record) => ledger.add(Some(*record)),
                Work::Judge(plan) => {
                    let need = Arc::new(Need::of(&plan, |name| world.application(name)));
                    queue.push(Queued { job: Job::Case(ledger.len(), plan), need });
                    ledger.add(None);
                }
                Work::Measure(measuring) => {
                    ledger.expect(&measuring.requirement);
                    let need = Arc::new(Need::to_measure(world.application("app")));
                    queue.push(Queued { job: Job::Measure(measuring), need });
                }
            }
        }
        let clearing = clean::clearing(world);
        queue.sort_by_key(|queued| queued.job.place());
        if clearing.applications.is_empty() {
            // What leaves nothing behind goes first, while the users are still clean.
            queue.sort_by_key(|queued| queued.job.leaves_sessions());
        } else if !world.clock.is_manual() {
            // The longest decides how long the run takes, if it starts first.
            queue.sort_by_cached_key(|queued| schedule::rank(&queued.job.timeline()));
        }
        let dirt = match options.users {
            Users::Fresh => Dirt::default(),
            Users::Unknown => clean::unknown(world),
        };
        let pinned = queue.iter().filter_map(|queued| queued.need.pinned.as_ref());
        let users = world.target.settings().users.get(options.skip_users..).unwrap_or_default();
        let pool = Pool::new(users, pinned, &dirt);
        let clearing = Arc::new(clearing);
        Self { world, options, clearing, pool, queue, in_flight: InFlight::new(), ledger }
    }

    /// Returns how many requests the cases took.
    async fn run(mut self) -> u64 {
        self.ledger.emit();
        self.look_ahead();
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
        self.ledger.close();
        if self.options.users == Users::Unknown && self.world.may_clean() {
            self.clean_up().await;
        }
        self.ledger.requests()
    }

    /// Says when the run will end, as far as that can be told.
    fn look_ahead(&self) {
        if !self.world.clock.is_manual() {
            let timelines: Vec<Timeline> = self.queue.iter().map(|queued| queued.job.timeline()).collect();
            let packed = schedule(&timelines, self.pool.common().count());
            self.options.outlook.set_end(self.world.real(packed.makespan));
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
        self.pool.settle(now);
        let mut room = (!self.world.clock.is_manual()).then(|| self.pool.room(now));
        let mut waiting = Vec::new();
        for queued in std::mem::take(&mut self.queue) {
            let timeline = queued.job.timeline();
            // Where time passes by itself, nobody is let in before one who waits for several users and would wait longer.
            let is_admitted = room.as_mut().is_none_or(|room| room.admits(&timeline));
            let taken =
                is_admitted.then(|| self.pool.take(&queued.need, &self.clearing, now, timeline.lasts)).flatten();
            match taken {
                None => waiting.push(queued),
                Some(taken) => {
                    if let Some(room) = &mut room {
                        room.take(&timeline);
                    }
                    let users = taken.into_iter().map(|(place, dirt)| (place, self.pool.id(place).to_owned(), dirt));
                    let Queued { job, need } = queued;
                    let seated = Seated { job, need, users: users.collect() };
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
        let Done { job, need, users, ran } = done;
        let ids = users.iter().map(|(_, id, _)| id.clone()).collect();
        for (place, _, dirt) in users {
            self.pool.give_back(place, dirt);
        }
        match (ran, job) {
            (Ran::NotReady, job) => {
                let at = self.queue.partition_point(|queued| queued.job.place() < job.place());
                self.queue.insert(at, Queued { job, need });
            }
            (Ran::Case(ran), Job::Case(index, plan)) if ran.interrupted.is_none() || !self.world.is_interrupted() => {
                self.ledger.finish(index, record::judged(self.world, &plan, ids, ran));
            }
            (Ran::Measured(measurement), Job::Measure(measuring)) => {
                self.ledger.measured(&measuring.requirement, measurement);
            }
            // What was broken off on request is judged when the run is resumed.
            (Ran::Case(_) | Ran::Measured(_), _) => {}
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
            Some(moment) => self.world.wait(moment).await,
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

    /// What is still queued can never run; what was not wanted any more is not spoken of.
    fn give_up_queue(&mut self) {
        for Queued { job, need } in std::mem::take(&mut self.queue) {
            let Job::Case(index, plan) = job else { continue };
            if self.world.is_interrupted() {
                continue;
            }
            let reason = self.world.ended().map_or_else(|| self.why_no_user(&need), ToOwned::to_owned);
            let users = self.pool.common().take(need.users).map(ToOwned::to_owned).collect();
            let ran = timeline::Seen { interrupted: Some(reason), ..timeline::Seen::default() };
            self.ledger.finish(index, record::judged(self.world, &plan, users, ran));
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

    /// Leaves the users as nobody would want to find them otherwise: without our sessions. Best effort.
    async fn clean_up(&mut self) {
        let dirty = self.pool.take_dirty(self.world.clock.now());
        let (world, clearing) = (self.world, &self.clearing);
        let clean = async |user: &str, dirt: Dirt| {
            let left = clean::make_ready(world, clearing, user, dirt).await;
            stray::clear_unseen(world, user, &left).await;
        };
        let cleaning: FuturesUnordered<_> = dirty.iter().map(|(user, dirt)| clean(user, dirt.clone())).collect();
        cleaning.for_each(|_| std::future::ready(())).await;
    }
}
