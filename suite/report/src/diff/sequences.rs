//! Where two targets part under random sequences, as `diff` tells it.

use super::Who;
use crate::text::{clean, counted};

/// What random sequences on two targets gave.
#[derive(Clone, Debug, Default)]
pub struct Sequences {
    /// What chose them.
    pub seed: u64,
    /// How many were played on both.
    pub played: u64,
    /// How many of them could not be compared to their end, as not every request was answered.
    pub unanswered: u64,
    /// Why no more were played, if something kept them from it.
    pub ended_early: Option<String>,
    /// The differences, each kind once.
    pub found: Vec<Apart>,
}

/// A sequence at whose last request two targets differ.
#[derive(Clone, Debug)]
pub struct Apart {
    /// Who departs from the documentation in it.
    pub who: Who,
    /// The requirement that is broken, or that leaves it open, with its sentence; nothing where none is named.
    pub requirement: Option<(String, String)>,
    /// What is done in turn.
    pub steps: Vec<String>,
    /// What the left one did with the last.
    pub left: String,
    /// What the right one did.
    pub right: String,
    /// What is documented; nothing where nobody departs.
    pub expected: Option<String>,
}

impl Sequences {
    /// For a person: each difference with the least sequence that shows it.
    pub(super) fn put(&self, out: &mut String) {
        let mut sorted: Vec<&Apart> = self.found.iter().collect();
        sorted.sort_by_key(|apart| (apart.who, apart.steps.len()));
        for apart in sorted {
            apart.put(out);
        }
    }

    /// How many there were and how many differences they showed.
    pub(super) fn counts(&self) -> String {
        let Self { seed, played, unanswered, ended_early, found } = self;
        let played = counted(usize::try_from(*played).unwrap_or(usize::MAX), "random sequence");
        let mut text = format!("{played} with the seed {seed}: {}", counted(found.len(), "difference"));
        if *unanswered > 0 {
            text.push_str(&format!("; {unanswered} not answered to the end"));
        }
        if let Some(why) = ended_early {
            text.push_str(&format!("; ended early: {}", clean(why)));
        }
        text
    }
}

impl Apart {
    fn put(&self, out: &mut String) {
        let Self { who, requirement, steps, left, right, expected } = self;
        let of = counted(steps.len(), "request");
        let about = requirement.as_ref().map(|(id, _)| format!(": {}", clean(id))).unwrap_or_default();
        out.push_str(&format!("{}  in a random sequence of {of}{about}\n", who.words()));
        if let Some((_, sentence)) = requirement.as_ref().filter(|(_, sentence)| !sentence.is_empty()) {
            out.push_str(&format!("  {}\n", clean(sentence)));
        }
        for (index, step) in steps.iter().enumerate() {
            out.push_str(&format!("  {:>4}   {}\n", index + 1, clean(step)));
        }
        out.push_str(&format!("  left   {}\n  right  {}\n", clean(left), clean(right)));
        if let Some(expected) = expected {
            out.push_str(&format!("  documented: {}\n", clean(expected)));
        }
    }
}
