//! What is new about an answer: only sequences that show something new are worth going on from.

use std::collections::BTreeSet;
use std::hash::Hasher;
use std::time::Duration;

use serde_json::Value;

use crate::event::{Observation, Outcome};
use crate::judge::Divergence;
use crate::plan::Action;
use crate::spec::{ErrorBody, Operation};

/// More features than any target shows; a bound against one that never says the same thing twice.
const FEATURES_MOST: usize = 1 << 16;
/// From here on an answer is slow, and from the second on very slow. Coarse, so that chance shows nothing new.
const SLOW: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];

/// Everything that answers have shown so far.
#[derive(Clone, Debug, Default)]
pub struct Novelty {
    features: BTreeSet<u64>,
}

impl Novelty {
    /// Nothing was seen yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { features: BTreeSet::new() }
    }

    /// How many different things were seen.
    #[must_use]
    pub fn seen(&self) -> usize {
        self.features.len()
    }

    /// Adds features; says how many were new.
    pub fn learn(&mut self, features: impl IntoIterator<Item = u64>) -> usize {
        let before = self.features.len();
        for feature in features {
            if self.features.len() < FEATURES_MOST {
                self.features.insert(feature);
            }
        }
        self.features.len() - before
    }
}

/// What one sequence shows, gathered answer by answer.
#[derive(Clone, Debug, Default)]
pub struct Features {
    found: Vec<u64>,
    before: u64,
}

impl Features {
    /// Takes in an answer and what is wrong with it.
    pub fn add<'d>(
        &mut self,
        action: &Action,
        seen: &Observation,
        divergences: impl IntoIterator<Item = &'d Divergence>,
    ) {
        let what = shown(action, seen);
        self.found.push(what);
        // The step from one answer to the next is a state's trace, too.
        self.found.push(hash(&[1, self.before, what]));
        self.before = what;
        for divergence in divergences {
            let class = divergence.class as u64;
            self.found.push(hash(&[2, class, text(&divergence.requirement)]));
        }
    }

    /// What was gathered.
    #[must_use]
    pub fn into_found(self) -> Vec<u64> {
        self.found
    }
}

fn shown(action: &Action, seen: &Observation) -> u64 {
    let operation = action.operation as u64;
    match &seen.outcome {
        Outcome::Lost(lost) => hash(&[3, operation, lost.fault as u64]),
        Outcome::Answer(answer) => {
            let took = seen.span.to.since(seen.span.from);
            let band = SLOW.iter().filter(|slow| took >= **slow).count() as u64;
            let said = if action.operation == Operation::GetPresence && answer.status == 200 {
                let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
                let member = |name: &str| text(body.get(name).and_then(Value::as_str).unwrap_or_default());
                hash(&[4, member("availability"), member("activity")])
            } else if answer.status >= 400 {
                ErrorBody::examine(answer.body.as_bytes()).map_or(5, |error| text(&error.code))
            } else {
                6
            };
            hash(&[operation, u64::from(answer.status), band, said])
        }
    }
}

fn hash(parts: &[u64]) -> u64 {
    let mut hasher = Fnv::default();
    parts.iter().for_each(|part| hasher.write(&part.to_le_bytes()));
    hasher.finish()
}

fn text(text: &str) -> u64 {
    let mut hasher = Fnv::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// FNV-1a: the same on every machine and in every build, which the standard hasher does not promise.
#[derive(Debug)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
