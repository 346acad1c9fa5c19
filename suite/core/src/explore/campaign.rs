//! A campaign: one sequence after another, new ones and changed ones, led by what the answers showed.

use super::choices::{Choices, Numbers};
use super::ground::Ground;
use super::novelty::Novelty;
use super::sequence::Sequence;

/// How many bytes choose one sequence: about twice what the longest needs.
const BYTES: usize = 256;
/// How many sequences are kept to go on from; older ones make room, so that memory stays flat.
const KEPT_MOST: usize = 512;
/// How many sequences of every eight are made anew, once there are some to go on from.
const NEW_OF_EIGHT: u8 = 4;

/// Which sequence comes next. The same seed and the same answers give the same sequences.
#[derive(Clone, Debug)]
pub struct Campaign {
    ground: Ground,
    seed: u64,
    made: u64,
    kept: Vec<Sequence>,
    oldest: usize,
    novelty: Novelty,
}

impl Campaign {
    /// A campaign on this ground.
    #[must_use]
    pub const fn new(ground: Ground, seed: u64) -> Self {
        Self { ground, seed, made: 0, kept: Vec::new(), oldest: 0, novelty: Novelty::new() }
    }

    /// What its sequences may use.
    #[must_use]
    pub const fn ground(&self) -> &Ground {
        &self.ground
    }

    /// The next sequence.
    pub fn next_sequence(&mut self) -> Sequence {
        let mut bytes = [0; BYTES];
        Numbers::of(self.seed, self.made).fill(&mut bytes);
        self.made += 1;
        let mut choices = Choices::new(&bytes);
        let is_new = choices.odds(NEW_OF_EIGHT, 8);
        let known = choices.pick(&self.kept);
        match known.filter(|_| !is_new) {
            Some(known) => known.mutated(choices.bytes(BYTES), &self.ground),
            None => Sequence::read(choices.bytes(BYTES), &self.ground),
        }
    }

    /// Keeps a sequence that showed something new.
    pub fn learn(&mut self, sequence: &Sequence, features: Vec<u64>) {
        if self.novelty.learn(features) == 0 || sequence.moves().is_empty() {
            return;
        }
        if self.kept.len() < KEPT_MOST {
            self.kept.push(sequence.clone());
        } else {
            self.kept[self.oldest] = sequence.clone();
            self.oldest = (self.oldest + 1) % KEPT_MOST;
        }
    }

    /// How many different things the answers have shown.
    #[must_use]
    pub fn states_seen(&self) -> usize {
        self.novelty.seen()
    }
}
