//! How a campaign is done.

use std::time::Duration;

use crate::run::{JOBS, Users};

/// How often a finding is tried while its sequence is made less.
const SHRINK_TRIES: u32 = 300;

/// How a campaign is done.
#[derive(Clone, Debug)]
pub struct FuzzOptions {
    /// What chooses the sequences.
    pub seed: u64,
    /// How many requests may be sent; nothing is no bound.
    pub requests: Option<u64>,
    /// How long it may take in real time; nothing is no bound.
    pub lasts: Option<Duration>,
    /// How many sequences run at once, as far as there are users for them.
    pub jobs: usize,
    /// How many requests may be sent in a second; nothing is as many as the target takes.
    pub rate: Option<u32>,
    /// The longest that one sequence may wait on the target's clock, where that passes by itself.
    pub longest_wait: Duration,
    /// How often a finding is tried while its sequence is made less.
    pub shrink_tries: u32,
    /// What is known of the users.
    pub users: Users,
    /// What the base URL is called in commands, for a target whose address is chance.
    pub display_base: Option<String>,
    /// Which part of a campaign this is.
    pub shard: Shard,
}

impl Default for FuzzOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            requests: None,
            lasts: None,
            jobs: JOBS,
            rate: None,
            longest_wait: Duration::ZERO,
            shrink_tries: SHRINK_TRIES,
            users: Users::Unknown,
            display_base: None,
            shard: Shard::WHOLE,
        }
    }
}

/// One of several parts of a campaign, each on a machine of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: u64,
    of: u64,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Self = Self { index: 1, of: 1 };

    /// The part `index` of `of`, counted from 1; nothing where there is no such part.
    #[must_use]
    pub const fn new(index: u64, of: u64) -> Option<Self> {
        if index >= 1 && index <= of { Some(Self { index, of }) } else { None }
    }

    /// Whether the thing at that place, from 0, belongs to this part.
    #[must_use]
    pub const fn has(self, place: u64) -> bool {
        place % self.of == self.index - 1
    }

    /// The part's own seed: the whole campaign's for the first.
    pub(super) const fn seed(self, seed: u64) -> u64 {
        seed.wrapping_add((self.index - 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }
}
