//! What a kill matrix must show for the suite to be trusted, and where one does not.

use std::collections::{BTreeMap, BTreeSet};

use setpresence_core::case::{Case, Library};
use setpresence_core::spec::{Level, Profile};
use setpresence_reference::Mutant;
use thiserror::Error;

use super::{Proof, Trial};

/// A hole in the suite: something that it says it notices, and does not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum Gap {
    /// A mutant that breaks a binding requirement goes unnoticed, or is only warned of where it must fail.
    #[error("{profile}: the mutant `{mutant}` breaks a {level}, `{requirement}`, and {} notices", whom(*level))]
    Survivor {
        /// The profile's name.
        profile: &'static str,
        /// The mutant's name.
        mutant: &'static str,
        /// The requirement that it breaks.
        requirement: &'static str,
        /// That requirement's level in the profile.
        level: Level,
    },
    /// A case that judges, and fails for no mutant that its file names.
    #[error("{profile}: `{case}` fails for none of the mutants that its file names: {}", named.join(", "))]
    Unproven {
        /// The profile's name.
        profile: &'static str,
        /// The case's id.
        case: String,
        /// The names.
        named: Vec<String>,
    },
    /// A binding requirement that no mutant trips.
    #[error("{profile}: no mutant trips `{requirement}`, a {level}")]
    Untripped {
        /// The profile's name.
        profile: &'static str,
        /// The requirement's id.
        requirement: String,
        /// Its level in the profile.
        level: Level,
    },
    /// A case file that names a mutant which none of its cases notices, in any profile.
    #[error("{file} names the mutant `{mutant}`, which none of its cases notices")]
    Idle {
        /// The case file.
        file: String,
        /// The mutant's name.
        mutant: String,
    },
    /// A case file that names a mutant which does not exist.
    #[error("{file} names the mutant `{mutant}`, which there is not")]
    Unknown {
        /// The case file.
        file: String,
        /// The name.
        mutant: String,
    },
}

const fn whom(level: Level) -> &'static str {
    match level {
        Level::Must => "no failure",
        Level::Should | Level::May => "nothing",
    }
}

/// Every hole that the kill matrices of the profiles show. They must cover at least what the case files name.
#[must_use]
pub fn gaps(library: &Library, proofs: &[Proof]) -> BTreeSet<Gap> {
    let mut gaps = BTreeSet::new();
    for proof in proofs {
        gaps.extend(survivors(library, proof));
        gaps.extend(unproven(library, proof));
        gaps.extend(untripped(library, proof));
    }
    gaps.extend(misnamed(library, proofs));
    gaps
}

fn survivors<'p>(library: &'p Library, proof: &'p Proof) -> impl Iterator<Item = Gap> + 'p {
    proof.trials.iter().filter_map(|trial| {
        let level = level_of(library, trial.mutant, proof.profile)?;
        (!trial.is_killed(level)).then_some(Gap::Survivor {
            profile: proof.profile.name,
            mutant: trial.mutant.name,
            requirement: trial.mutant.requirement,
            level,
        })
    })
}

/// How strongly a mutant's fault is forbidden in a profile; nothing where it is no fault there.
#[must_use]
pub fn level_of(library: &Library, mutant: &Mutant, profile: &Profile) -> Option<Level> {
    let level = library.requirements.get(mutant.requirement)?.level(profile)?;
    (mutant.applies_to(profile) && level > Level::May).then_some(level)
}

fn unproven<'p>(library: &'p Library, proof: &'p Proof) -> impl Iterator<Item = Gap> + 'p {
    let mut noticed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Trial { mutant, kills, .. } in &proof.trials {
        for kill in kills {
            noticed.entry(&kill.case).or_default().insert(mutant.name);
        }
    }
    library.cases.iter().filter(|case| proof.judging.contains(&case.id)).filter_map(move |case| {
        let by = noticed.get(case.id.as_str());
        let is_proven = by.is_some_and(|by| case.mutants.iter().any(|name| by.contains(name.as_str())));
        let is_of_profile = case.profiles.contains(&proof.profile);
        (is_of_profile && !is_proven).then(|| Gap::Unproven {
            profile: proof.profile.name,
            case: case.id.clone(),
            named: case.mutants.clone(),
        })
    })
}

fn untripped<'p>(library: &'p Library, proof: &'p Proof) -> impl Iterator<Item = Gap> + 'p {
    let tripped: BTreeSet<&str> = proof
        .trials
        .iter()
        .flat_map(|trial| &trial.kills)
        .flat_map(|kill| &kill.trips)
        .map(|(requirement, _)| requirement.as_str())
        .collect();
    library.requirements.values().filter_map(move |requirement| {
        let level = requirement.level(proof.profile).filter(|level| *level > Level::May)?;
        let is_seen = requirement.excluded.is_none() && !tripped.contains(requirement.id.as_str());
        is_seen.then(|| Gap::Untripped { profile: proof.profile.name, requirement: requirement.id.clone(), level })
    })
}

fn misnamed<'p>(library: &'p Library, proofs: &'p [Proof]) -> impl Iterator<Item = Gap> + 'p {
    let noticed: BTreeSet<(&str, &str)> = proofs
        .iter()
        .flat_map(|proof| &proof.trials)
        .flat_map(|trial| trial.kills.iter().map(|kill| (kill.case.as_str(), trial.mutant.name)))
        .collect();
    let mut by_file: BTreeMap<&str, (&Case, BTreeSet<&str>)> = BTreeMap::new();
    for case in &library.cases {
        let (_, ids) = by_file.entry(&case.file).or_insert_with(|| (case, BTreeSet::new()));
        ids.insert(&case.id);
    }
    by_file.into_iter().flat_map(move |(file, (case, ids))| {
        let noticed = &noticed;
        case.mutants
            .iter()
            .filter_map(|name| {
                if Mutant::named(name).is_none() {
                    return Some(Gap::Unknown { file: file.to_owned(), mutant: name.clone() });
                }
                let is_noticed = ids.iter().any(|id| noticed.contains(&(*id, name.as_str())));
                (!is_noticed).then(|| Gap::Idle { file: file.to_owned(), mutant: name.clone() })
            })
            .collect::<Vec<_>>()
    })
}
