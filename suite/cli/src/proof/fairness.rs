//! Whether the suite acquits whoever only does what the documentation permits.
//!
//! A judge that has never acquitted is not known to be fair. So the suite runs against the reference's variants, one
//! at a time and many at once, and none of them may give a failure, a warning, or a case that could not be judged:
//! but for those whose accepted counterpart may be refused as well, as one with an unknown member.

use std::fmt;

use setpresence_core::case::Library;
use setpresence_core::event::CaseRecord;
use setpresence_core::judge::Verdict;
use setpresence_core::spec::{Profile, requirement};
use setpresence_reference::{Faults, Variant, Variants};

use super::{in_parallel, judged, works};
use crate::error::SetupError;
use crate::subject::InMemory;

/// The most variants that are combined: with more, each would hide what the others do.
const N_COMBINED_MOST: u64 = 6;

/// What the reason begins with where the counterpart of a refused request was refused as well.
const TWIN_REFUSED: &str = "the twin of step";
/// What a twin may have in it that may be refused: the case is then not judged, and rightly.
const REFUSABLE: [&str; 2] = [requirement::BODY_UNKNOWN, "permissions.me-path"];

/// Permitted behaviours that are there together.
pub type Combination = Vec<&'static Variant>;

/// A case that does not pass although nothing is done that is not permitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// The profile judged by.
    pub profile: &'static Profile,
    /// What the target permits itself.
    pub combination: Combination,
    /// The case, and why it does not pass.
    pub case: CaseRecord,
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.combination.iter().map(|variant| variant.name).collect();
        write!(f, "{}: with {}, {} is {}", self.profile, names.join(" and "), self.case.id, self.case.verdict.name())?;
        if let Some(reason) = &self.case.reason {
            write!(f, ": {reason}")?;
        }
        match self.case.divergences.first() {
            Some(one) => write!(f, ": {} instead of {} ({})", one.observed, one.expected, one.requirement),
            None => Ok(()),
        }
    }
}

/// Each variant alone.
#[must_use]
pub fn alone() -> Vec<Combination> {
    Variant::ALL.iter().map(|variant| vec![variant]).collect()
}

/// So many combinations of two and more variants, drawn with that seed: the same seed gives the same ones.
#[must_use]
pub fn combinations(seed: u64, count: usize) -> Vec<Combination> {
    let mut draws = Draws(seed);
    let mut one = || {
        let size = 2 + draws.below(N_COMBINED_MOST - 1);
        let mut names: Vec<usize> = Vec::new();
        for _ in 0..size {
            let place = usize::try_from(draws.below(Variant::ALL.len() as u64)).unwrap_or_default();
            if !names.contains(&place) {
                names.push(place);
            }
        }
        names.into_iter().filter_map(|place| Variant::ALL.get(place)).collect()
    };
    (0..count).map(|_| one()).collect()
}

/// Which cases are run against a combination, by their places among the combinations and the cases.
pub type Choice<'c> = dyn Fn(usize, usize) -> bool + Sync + 'c;

/// Runs the chosen cases against each of the combinations, and tells of every case that does not acquit.
///
/// # Errors
/// Where the reference cannot be set up.
pub fn alarms(
    library: &Library,
    profile: &'static Profile,
    combinations: &[Combination],
    jobs: usize,
    choice: &Choice<'_>,
) -> Result<Vec<Alarm>, SetupError> {
    let reference = InMemory::of(profile)?;
    let works = works(library, &reference)?;
    let found = in_parallel(combinations, jobs, |place, combination| {
        let chosen = works.iter().enumerate().filter(|(case, _)| choice(place, *case)).map(|(_, work)| work.clone());
        let variants = combination.iter().fold(Variants::none(), |variants, variant| variants.and(variant));
        let records = judged(&reference, chosen.collect(), Faults::none(), variants)?;
        let may_refuse_twins = combination.iter().any(|variant| REFUSABLE.contains(&variant.requirement));
        let is_alarming = |case: &CaseRecord| match case.verdict {
            Verdict::Failed | Verdict::Warned => true,
            Verdict::Inconclusive => !(may_refuse_twins && is_twin_refused(case)),
            Verdict::Passed | Verdict::Observed | Verdict::Skipped => false,
        };
        let alarm = |case| Alarm { profile, combination: combination.clone(), case };
        Ok(records.into_iter().filter(is_alarming).map(alarm).collect::<Vec<_>>())
    })?;
    Ok(found.into_iter().flatten().collect())
}

fn is_twin_refused(case: &CaseRecord) -> bool {
    case.reason.as_deref().is_some_and(|reason| reason.starts_with(TWIN_REFUSED))
}

/// SplitMix64: small, and the same on every machine.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ z >> 31) % bound.max(1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn combinations_are_the_same_for_a_seed_and_try_every_variant() {
        let names = |combinations: &[Combination]| -> Vec<Vec<&str>> {
            combinations.iter().map(|one| one.iter().map(|variant| variant.name).collect()).collect()
        };
        let drawn = names(&combinations(1, 200));
        assert_eq!(drawn, names(&combinations(1, 200)));
        assert_ne!(drawn, names(&combinations(2, 200)));
        assert!(drawn.iter().all(|one| !one.is_empty() && one.len() <= 6), "{drawn:?}");
        let tried: BTreeSet<_> = drawn.iter().flatten().collect();
        assert_eq!(tried.len(), Variant::ALL.len());
    }
}
