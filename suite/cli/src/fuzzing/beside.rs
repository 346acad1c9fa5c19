//! Random sequences on two targets, one after the other, and the least of them in which they part.

use std::collections::BTreeSet;
use std::time::Duration;

use setpresence_core::explore::{Campaign, Ground, Parting, Sequence, Shrinker, parting};
use setpresence_core::plan::{Abilities, Pace};
use setpresence_runner::{FuzzOptions, Player, Stop};

use super::live::Campaigning;
use crate::error::SetupError;
use crate::subject::Subject;

/// More kinds of differences than anyone reads at once.
const KINDS_MOST: usize = 50;
/// How often a sequence is tried while it is made less. Less than in a campaign: each try is played on two targets.
const SHRINK_TRIES: u32 = 150;
/// How often a difference must show again to count: what the clock or chance makes does not always.
const CONFIRMED: u32 = 2;

/// A difference, with the least sequence that shows it.
#[derive(Clone, Debug)]
pub struct Apart {
    /// Where they part, and who departs.
    pub parting: Parting,
    /// What was sent, in the words of the left one.
    pub sequence: Sequence,
}

/// What random sequences on two targets gave.
#[derive(Clone, Debug, Default)]
pub struct Partings {
    /// The differences, each kind once, in the order of finding.
    pub found: Vec<Apart>,
    /// How many sequences were played on both.
    pub sequences: u64,
    /// How many of them could not be compared, as not every request was answered.
    pub unanswered: u64,
    /// Why it ended early, if it did.
    pub ended_early: Option<String>,
}

/// Plays random sequences on two subjects until each was sent so many requests, and boils down where they part.
///
/// Never both at once: they may be the same service. Told to end by the [`Stop`](crate::Stop) of either, it ends after the
/// sequence that is being played; however it ends, what it set is cleared.
///
/// `on_progress` is told after each sequence how many requests each was sent, and what they gave so far.
///
/// # Errors
/// [`SetupError::OutOfReach`] where a first look shows that nothing can be judged.
pub async fn partings(
    left: &Subject,
    right: &Subject,
    seed: u64,
    requests: u64,
    on_progress: &mut (dyn FnMut(u64, &Partings) + Send),
) -> Result<Partings, SetupError> {
    for subject in [left, right] {
        if let Some(sentence) = subject.why_not().await {
            return Err(SetupError::OutOfReach(sentence));
        }
    }
    // One sequence after another on each of two clocks: where those are real, no sequence waits.
    let is_exact = [left, right].iter().all(|subject| subject.pace() == Pace::Exact);
    let own = |subject: &Subject| {
        let options = subject.fuzz_options(&Campaigning { options: FuzzOptions::default(), jobs: Some(1) });
        FuzzOptions { longest_wait: if is_exact { options.longest_wait } else { Duration::ZERO }, ..options }
    };
    let options = (own(left), own(right));
    let mut pair = Pair {
        grounds: (ground(left, is_exact), ground(right, is_exact)),
        stops: [left.stop(), right.stop()],
        players: (Player::new(left.target(), &options.0), Player::new(right.target(), &options.1)),
    };
    let mut campaign = Campaign::new(pair.grounds.0.shared_with(&pair.grounds.1), seed);
    let (mut partings, mut kinds) = (Partings::default(), BTreeSet::new());
    while pair.sent() < requests && kinds.len() < KINDS_MOST {
        if let Some(why) = pair.ended() {
            partings.ended_early = Some(why);
            break;
        }
        let sequence = in_turn(&campaign.next_sequence());
        if sequence.moves().is_empty() {
            continue;
        }
        let tried = pair.play(&sequence).await;
        campaign.learn(&sequence, tried.features);
        partings.sequences += 1;
        partings.unanswered += u64::from(!tried.is_whole);
        on_progress(pair.sent(), &partings);
        let Some(found) = tried.parting.filter(|found| kinds.insert(found.kind())) else { continue };
        if let Some(apart) = pair.least(campaign.ground(), &sequence, found).await {
            partings.found.push(apart);
        }
    }
    pair.players.0.leave().await;
    pair.players.1.leave().await;
    Ok(partings)
}

/// The sequence with each request after the answer to the one before: of calls that overlap, chance decides the order.
fn in_turn(sequence: &Sequence) -> Sequence {
    let mut moves = sequence.moves().to_vec();
    moves.iter_mut().for_each(|one| one.action.is_together = false);
    Sequence::of(moves)
}

fn ground(subject: &Subject, is_exact: bool) -> Ground {
    let abilities = subject.abilities();
    let longest = if is_exact { abilities.longest } else { Some(Duration::ZERO) };
    Ground::of(&Abilities { longest, ..abilities })
}

/// Two targets, each on users of its own.
struct Pair<'t> {
    grounds: (Ground, Ground),
    stops: [Stop; 2],
    players: (Player<'t>, Player<'t>),
}

/// What came of a sequence on both.
struct Tried {
    parting: Option<Parting>,
    features: Vec<u64>,
    is_whole: bool,
}

impl Pair<'_> {
    fn sent(&self) -> u64 {
        self.players.0.sent().max(self.players.1.sent())
    }

    /// Why nothing more is played, if so.
    fn ended(&self) -> Option<String> {
        let is_told = self.stops.iter().any(Stop::is_told);
        let lost = self.players.0.lost().or_else(|| self.players.1.lost());
        if is_told { Some("it was interrupted".to_owned()) } else { lost }
    }

    async fn play(&mut self, sequence: &Sequence) -> Tried {
        let other = sequence.in_words_of(&self.grounds.0, &self.grounds.1);
        let left = self.players.0.play(sequence).await;
        // They may be one service with the same users: neither knows what the other left there.
        self.players.1.doubt();
        let right = self.players.1.play(&other).await;
        self.players.0.doubt();
        let plays = left.play(sequence).zip(right.play(&other));
        let parting = plays.and_then(|(left, right)| parting(&left, &right));
        let is_whole = left.is_whole && right.is_whole;
        Tried { parting, features: left.features.into_iter().chain(right.features).collect(), is_whole }
    }

    /// Where a sequence shows a difference of the same kind, and at its last move.
    async fn shows(&mut self, sequence: &Sequence, kind: &(String, String, String)) -> Option<Parting> {
        let last = sequence.moves().len().checked_sub(1)?;
        self.play(sequence).await.parting.filter(|found| found.place == last && found.kind() == *kind)
    }

    /// The least sequence that shows a difference; nothing where it does not always show.
    async fn least(&mut self, ground: &Ground, sequence: &Sequence, found: Parting) -> Option<Apart> {
        let kind = found.kind();
        let sequence = Sequence::of(sequence.moves()[..=found.place].to_vec());
        for _ in 0..CONFIRMED {
            self.shows(&sequence, &kind).await?;
        }
        let mut apart = Apart { parting: found, sequence: sequence.clone() };
        let mut shrinker = Shrinker::new(ground.clone(), sequence);
        for _ in 0..SHRINK_TRIES {
            let (Some(candidate), None) = (shrinker.candidate(), self.ended()) else { break };
            let shown = self.shows(&candidate, &kind).await;
            shrinker.tell(shown.is_some());
            if let Some(parting) = shown {
                apart = Apart { parting, sequence: candidate };
            }
        }
        Some(apart)
    }
}
