//! How a campaign is done.

use std::time::Duration;

use setpresence_core::explore::Calls;
use setpresence_core::plan::Shard;

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
    /// How many requests are under way at once, as far as there are users for as many sequences.
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
    /// Whether calls may overlap in time.
    pub calls: Calls,
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
            calls: Calls::InTurn,
        }
    }
}
