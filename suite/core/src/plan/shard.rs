//! One of several parts of the same work.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What tells the seeds of the parts apart: odd and without a pattern, so that no small seed of another campaign is met.
const SEED_STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// One of several parts of a run or a campaign, each done on a machine of its own. As text it is `2/4`, the second of four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
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

    /// Which part it is, counted from 1.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.index
    }

    /// How many parts there are.
    #[must_use]
    pub const fn of(self) -> u64 {
        self.of
    }

    /// These things' part: one of so many in turn, so that the parts are alike.
    pub fn part_of<T>(self, things: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        let is_ours = move |place: u64| place % self.of == self.index - 1;
        (0..).zip(things).filter(move |(place, _)| is_ours(*place)).map(|(_, thing)| thing)
    }

    /// The part's own seed: the whole's for the first.
    #[must_use]
    pub const fn seed(self, seed: u64) -> u64 {
        seed.wrapping_add((self.index - 1).wrapping_mul(SEED_STEP))
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

/// A text that names no part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("write I/N, the part and how many there are, such as 2/4")]
pub struct NotAShard;

impl FromStr for Shard {
    type Err = NotAShard;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('/').and_then(|(index, of)| Self::new(index.parse().ok()?, of.parse().ok()?));
        parts.ok_or(NotAShard)
    }
}

impl TryFrom<String> for Shard {
    type Error = NotAShard;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_together_are_the_whole() {
        let things: Vec<u32> = (0..10).collect();
        let mut seeds = Vec::new();
        let mut all = Vec::new();
        for index in 1..=3 {
            let shard = Shard::new(index, 3).unwrap();
            let part: Vec<_> = shard.part_of(things.iter().copied()).collect();
            assert!((3..=4).contains(&part.len()), "{shard}: {part:?}");
            all.extend(part);
            seeds.push(shard.seed(7));
        }
        all.sort_unstable();
        assert_eq!(all, things);
        assert_eq!(seeds[0], 7);
        seeds.dedup();
        assert_eq!(seeds.len(), 3);
        assert!(Shard::WHOLE.part_of(&things).eq(&things));
    }

    #[test]
    fn parts_are_counted_from_one() {
        for text in ["1/1", "2/4", "4/4"] {
            let shard: Shard = text.parse().unwrap();
            assert_eq!(shard.to_string(), text);
            assert_eq!(format!("{}/{}", shard.index(), shard.of()), text);
            assert_eq!(serde_json::from_value::<Shard>(serde_json::to_value(shard).unwrap()).unwrap(), shard);
        }
        for text in ["0/4", "5/4", "1", "a/b", "1/0", ""] {
            assert_eq!(text.parse::<Shard>(), Err(NotAShard), "{text}");
        }
    }
}
