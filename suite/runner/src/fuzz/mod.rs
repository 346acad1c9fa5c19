//! The fuzz loop: sequences in, findings out. Which sequence comes next, and what is wrong with an answer, is core's.
//!
//! Sequences run in rounds, one a lane, each lane on users of its own. A round is made before it begins and learnt from in
//! the order of its lanes, so that the same seed and the same answers give the same run, whichever lane is the first to be
//! answered. All lanes share the target's clock; one that is moved by hand is moved to moments that they have in common.

mod lane;
mod once;
mod options;
mod pace;
mod player;
mod replay;
mod shrink;
mod stage;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use setpresence_core::explore::{Campaign, Ground, Kind, Sequence, share_moments};
use setpresence_core::judge::Divergence;
use setpresence_core::plan::Abilities;
use tracing::debug;

use self::lane::{Lane, Played};
pub use self::once::first_of;
pub use self::options::FuzzOptions;
pub use self::player::{Heard, Player};
pub use self::replay::{Replayed, replay};
use self::stage::Stage;
use crate::reproduce;
use crate::target::Target;

/// More kinds of findings than anyone reads at once; after these a campaign ends.
const FINDINGS_MOST: usize = 100;

/// Something wrong with the target.
#[derive(Clone, Debug)]
pub struct Found {
    /// What its last move shows.
    pub divergence: Divergence,
    /// The least sequence that shows it.
    pub sequence: Sequence,
    /// How many moves the sequence had when it was found.
    pub steps_before_shrinking: usize,
    /// How many requests the campaign had sent by then.
    pub requests_until_found: u64,
    /// How often the least sequence showed it when it was tried again, of how many times.
    pub rate: (u32, u32),
    /// The commands that show it.
    pub commands: Vec<String>,
}

impl Found {
    /// Whether it does not always show.
    #[must_use]
    pub const fn is_flaky(&self) -> bool {
        self.rate.0 < self.rate.1
    }
}

/// How far a campaign is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FuzzProgress {
    /// How many requests were sent.
    pub requests: u64,
    /// How many different things the answers have shown.
    pub states: usize,
    /// How many kinds of findings there are.
    pub findings: usize,
    /// Real time since the beginning.
    pub elapsed: Duration,
}

/// What came of a campaign.
#[derive(Clone, Debug)]
pub struct FuzzEnd {
    /// What is wrong, by class and requirement.
    pub found: Vec<Found>,
    /// How far it came.
    pub progress: FuzzProgress,
    /// How many requests had an answer that was judged.
    pub judged: u64,
    /// Why it ended before its budget, if it did.
    pub ended_early: Option<String>,
}

/// Sends sequences until the budget is used up, and makes the findings as small as can be.
///
/// Nothing is sent after [`FuzzOptions::lasts`]; a request that is under way then is given up.
pub async fn fuzz(
    target: &Target,
    options: &FuzzOptions,
    on_progress: &mut (dyn FnMut(FuzzProgress) + Send),
) -> FuzzEnd {
    let stage = Stage::new(target, options);
    let mut fuzzer = Fuzzer::new(&stage, options);
    // What is under way when time is up is given up: a budget of seconds is one of seconds.
    match stage.deadline() {
        Some(deadline) => {
            let _ = tokio::time::timeout_at(deadline.into(), fuzzer.rounds(on_progress)).await;
        }
        None => fuzzer.rounds(on_progress).await,
    }
    let progress = fuzzer.progress();
    on_progress(progress);
    FuzzEnd { found: fuzzer.found, progress, judged: stage.judged(), ended_early: stage.lost() }
}

/// What the campaign may use; it waits no longer than a case of a run may.
fn abilities(target: &Target, options: &FuzzOptions) -> Abilities {
    target.settings().abilities(Some(options.longest_wait))
}

struct Fuzzer<'s, 't> {
    campaign: Campaign,
    lanes: Vec<Lane>,
    abilities: Abilities,
    options: &'s FuzzOptions,
    stage: &'s Stage<'t>,
    /// The kinds that were looked into, as they were first seen.
    kinds: BTreeSet<Kind>,
    found: Vec<Found>,
}

impl<'s, 't> Fuzzer<'s, 't> {
    fn new(stage: &'s Stage<'t>, options: &'s FuzzOptions) -> Self {
        let abilities = abilities(stage.target(), options);
        Self {
            campaign: Campaign::new(Ground::of(&abilities).with_calls(options.calls), options.shard.seed(options.seed)),
            lanes: lane::lanes(stage, &abilities, options),
            abilities,
            options,
            stage,
            kinds: BTreeSet::new(),
            found: Vec::new(),
        }
    }

    async fn rounds(&mut self, on_progress: &mut (dyn FnMut(FuzzProgress) + Send)) {
        while !self.stage.is_over() && self.found.len() < FINDINGS_MOST {
            let mut sequences: Vec<Sequence> = self.lanes.iter().map(|_| self.campaign.next_sequence()).collect();
            if self.stage.clock().is_manual() {
                share_moments(&mut sequences);
            }
            let before = self.stage.sent();
            debug!(sequences = sequences.len(), sent = before, "a round begins");
            let round = self.lanes.iter_mut().zip(&sequences);
            let playing = round.enumerate().map(|(place, (lane, sequence))| {
                let stage = self.stage;
                let played = async move { (place, lane.play_to_end(stage, sequence).await) };
                Box::pin(played) as Pin<Box<dyn Future<Output = (usize, Played)> + Send>>
            });
            let mut played = together(self.stage, playing.collect()).await;
            played.sort_by_key(|(place, _)| *place);
            for ((_, played), sequence) in played.into_iter().zip(sequences) {
                self.campaign.learn(&sequence, played.features);
                for divergence in played.divergences {
                    self.look_into(&played.sequence, divergence, before).await;
                }
            }
            on_progress(self.progress());
        }
    }

    fn progress(&self) -> FuzzProgress {
        FuzzProgress {
            requests: self.stage.sent(),
            states: self.campaign.states_seen(),
            findings: self.found.len(),
            elapsed: self.stage.elapsed(),
        }
    }

    /// Confirms a divergence of a new kind and makes its sequence less.
    async fn look_into(&mut self, sequence: &Sequence, divergence: Divergence, sent_before: u64) {
        if self.kinds.contains(&Kind::of(&divergence)) {
            return;
        }
        let n_moves = (divergence.exchange + 1).min(sequence.moves().len());
        let sequence = Sequence::of(sequence.moves()[..n_moves].to_vec());
        let (sequence, divergence) = self.in_turn(sequence, divergence).await;
        let kind = Kind::of(&divergence);
        if !self.kinds.insert(kind.clone()) {
            return;
        }
        debug!(
            class = kind.class.name(),
            requirement = kind.requirement,
            moves = n_moves,
            "found; now it is made less"
        );
        let requests_until_found = sent_before + n_moves as u64;
        // It is on record before it is looked into, so that the end of the budget cannot lose it.
        let first = Found {
            divergence,
            sequence: sequence.clone(),
            steps_before_shrinking: n_moves,
            requests_until_found,
            rate: (1, 1),
            commands: Vec::new(),
        };
        self.record(first.clone());
        let Some(lane) = self.lanes.first_mut() else { return };
        let ground = self.campaign.ground().clone();
        let least = shrink::least(self.stage, lane, ground, &kind, first, self.options.shrink_tries).await;
        self.found
            .retain(|found| Kind::of(&found.divergence) != kind || found.requests_until_found < requests_until_found);
        self.record(least);
    }

    /// What shows without calls that overlap is not of their overlapping, and is told by the calls in turn.
    async fn in_turn(&mut self, sequence: Sequence, divergence: Divergence) -> (Sequence, Divergence) {
        let (Some(in_turn), Some(lane)) = (sequence.in_turn(), self.lanes.first_mut()) else {
            return (sequence, divergence);
        };
        let played =
            together(self.stage, vec![Box::pin(lane.play(self.stage, &in_turn))]).await.pop().unwrap_or_default();
        let is_same = |shown: &Divergence| shown.exchange == divergence.exchange && shown.class == divergence.class;
        match played.divergences.into_iter().find(is_same) {
            Some(shown) => (in_turn, shown),
            None => (sequence, divergence),
        }
    }

    /// Adds a finding, or puts it in the place of a longer one of the same kind.
    fn record(&mut self, mut found: Found) {
        let settings = self.stage.target().settings();
        let base = self.options.display_base.as_deref().unwrap_or(&settings.base_url);
        let plan = found.sequence.plan("witness", self.abilities.profile);
        let last = plan.actions.len().saturating_sub(1);
        found.commands = reproduce::commands(settings, base, &plan, &settings.users, last);
        let kind = Kind::of(&found.divergence);
        match self.found.iter_mut().find(|known| Kind::of(&known.divergence) == kind) {
            Some(known) if known.sequence.moves().len() <= found.sequence.moves().len() => {}
            Some(known) => *known = found,
            None => self.found.push(found),
        }
    }
}

/// Plays lanes side by side; on a manual clock moves it whenever all of them wait for it.
async fn together<T>(stage: &Stage<'_>, playing: Vec<Pin<Box<dyn Future<Output = T> + Send + '_>>>) -> Vec<T> {
    let mut playing: FuturesUnordered<_> = playing.into_iter().collect();
    let mut done = Vec::with_capacity(playing.len());
    playing.iter().for_each(|_| stage.clock().begin());
    loop {
        let turn = poll_fn(|context| match playing.poll_next_unpin(context) {
            Poll::Ready(one) => Poll::Ready(Some(one)),
            Poll::Pending if stage.clock().is_idle() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await;
        match turn {
            Some(Some(one)) => {
                stage.clock().end();
                done.push(one);
            }
            Some(None) => return done,
            None => stage.move_on().await,
        }
    }
}
