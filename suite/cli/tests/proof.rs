//! The suite judged by its own tests: every fault that it says it notices, it notices; whoever only does what is
//! permitted, it acquits.

use std::collections::{BTreeMap, BTreeSet};
use std::thread::available_parallelism;

use setpresence::proof::fairness::{alarms, alone, combinations};
use setpresence::proof::{Gap, KillMatrix, Proof, gaps, named, prove};
use setpresence::{Library, Profile, SetupError, fixtures};
use setpresence_reference::Mutant;

/// Which combinations of variants are tried; another seed tries others.
const SEED: u64 = 1;
const N_COMBINATIONS: usize = 200;

fn jobs() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// Runs against each mutant the cases whose files name it. `setpresence prove` runs them all, which takes longer.
fn proofs(library: &Library) -> Result<Vec<Proof>, SetupError> {
    let named = named(library);
    let is_named = |mutant: &Mutant, case: &str| named.get(mutant.name).is_some_and(|cases| cases.contains(case));
    let mutants: Vec<_> = Mutant::ALL.iter().collect();
    let proof = |profile| prove(library, profile, &mutants, jobs(), &is_named, &|_| {});
    Profile::ALL.into_iter().map(proof).collect()
}

fn lines<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| format!("  {}\n", item.to_string())).collect()
}

#[test]
fn every_mutant_is_noticed_and_every_case_notices_one() {
    let library = fixtures::embedded().unwrap();
    let proofs = proofs(&library).unwrap();
    let gaps: BTreeSet<Gap> = gaps(&library, &proofs);
    assert!(gaps.is_empty(), "{} gaps:\n{}", gaps.len(), lines(&gaps));
    // What was seen just now must be what is on record; the record has the cases that no file names as well.
    let kept = KillMatrix::embedded().unwrap();
    for proof in &proofs {
        let judged: BTreeSet<String> = library.cases.iter().map(|case| case.id.clone()).collect();
        let kept: BTreeMap<_, _> = kept.signatures(proof.profile.name, &judged).collect();
        for trial in &proof.trials {
            for kill in &trial.kills {
                for (_, class) in &kill.trips {
                    let is_kept = kept
                        .get(trial.mutant.name)
                        .is_some_and(|signature| signature.contains(&(kill.case.clone(), *class)));
                    assert!(
                        is_kept,
                        "reports/kill-matrix.json does not have that {} shows {} in {}; \
                         run `cargo run --release -- prove --write reports/kill-matrix.json`",
                        kill.case, trial.mutant.name, proof.profile
                    );
                }
            }
        }
    }
}

#[test]
fn no_variant_is_flagged() {
    let library = fixtures::embedded().unwrap();
    for profile in Profile::ALL {
        let alarms = alarms(&library, profile, &alone(), jobs(), &|_, _| true).unwrap();
        assert!(alarms.is_empty(), "{} false alarms:\n{}", alarms.len(), lines(&alarms));
    }
}

#[test]
fn no_combination_of_variants_is_flagged() {
    let library = fixtures::embedded().unwrap();
    let combinations = combinations(SEED, N_COMBINATIONS);
    // Half of them in each profile; `setpresence prove --variants` tries all of them in both.
    for (profile, half) in Profile::ALL.into_iter().zip(combinations.chunks(N_COMBINATIONS / 2)) {
        let alarms = alarms(&library, profile, half, jobs(), &|_, _| true).unwrap();
        assert!(alarms.is_empty(), "{} false alarms:\n{}", alarms.len(), lines(&alarms));
    }
}
