//! What the fuzzer finds of the reference in this process, and what it must not find.

#![expect(clippy::expect_used, reason = "a test that has no runtime fails, and so it should")]

use setpresence::fuzzing::{Catch, Hunt, prove};
use setpresence_core::case::text::Source;
use setpresence_core::explore::{Witness, check_witness};
use setpresence_core::spec::Profile;
use setpresence_reference::{Mutant, Settings, Variant, Variants};

/// Enough to find a fault of any common kind, and few enough for every run of the tests.
const REQUESTS: u64 = 1_200;

fn check(settings: Settings, seed: u64, requests: u64, name: &str) {
    let found = Hunt::new(settings, seed).and_then(|mut hunt| hunt.first(requests)).expect("a runtime");
    let told = |caught: Catch| {
        let moves = caught.sequence.moves().iter().map(|one| format!("\n  after {:?} {:?}", one.wait, one.action));
        format!("{name}: {:?}{}", caught.divergence, moves.collect::<String>())
    };
    assert!(found.is_none(), "{}", found.map(told).unwrap_or_default());
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    for profile in Profile::ALL {
        check(Settings::for_profile(profile), 1, 4 * REQUESTS, profile.name);
    }
}

#[test]
fn no_variant_is_taken_for_a_fault() {
    for profile in Profile::ALL {
        for (seed, variant) in (0..).zip(Variant::ALL) {
            let settings = Settings::for_profile(profile).with_variants(Variants::of(variant));
            check(settings, seed, REQUESTS / 3, variant.name);
        }
    }
}

#[test]
fn no_two_variants_are_taken_for_a_fault() {
    let n = Variant::ALL.len();
    for (seed, variant) in (0..).zip(Variant::ALL) {
        for step in [7, 29] {
            let other = &Variant::ALL[(usize::try_from(seed).expect("small") * step + 1) % n];
            let settings = Settings::for_profile(Profile::V1_0).with_variants(Variants::of(variant).and(other));
            check(settings, seed, REQUESTS / 10, &format!("{} and {}", variant.name, other.name));
        }
    }
}

#[test]
fn faults_are_found_and_their_witnesses_load() {
    let text = include_str!("../../../fixtures/requirements.toml").to_owned();
    let register = Source { name: "requirements.toml".to_owned(), text };
    for (name, n_steps) in
        [("never-fades", 2), ("any-pair", 1), ("never-expires", 3), ("error-is-html", 1), ("lowest-wins", 3)]
    {
        let mutant = Mutant::named(name).expect("a mutant");
        let proof = prove(mutant, Profile::V1_0, 1, 20_000).expect("a runtime");
        let caught = proof.caught.unwrap_or_else(|| panic!("{name} is not found"));
        assert!(caught.sequence.moves().len() <= n_steps, "{name}: {:#?}", caught.sequence);
        let abilities = setpresence::fuzzing::abilities(&Settings::for_profile(Profile::V1_0));
        let witness = Witness {
            sequence: &caught.sequence,
            divergence: &caught.divergence,
            target: "the reference",
            profile: Profile::V1_0.name,
            commands: &[],
            rate: None,
        };
        let text = witness.text(&abilities);
        check_witness(&text, &register).unwrap_or_else(|problems| panic!("{name}:\n{text}\n{problems}"));
    }
}
