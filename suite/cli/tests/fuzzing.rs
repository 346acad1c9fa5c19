//! What the fuzzer finds of the reference in this process, and what it must not find.

#![expect(clippy::expect_used, reason = "a test that has no runtime fails, and so it should")]

use std::fs;
use std::path::PathBuf;

use libtest_mimic::{Arguments, Trial};
use setpresence::fuzzing::{Campaigning, Catch, Handler, Hunt, plain, prove};
use setpresence::harness::trials;
use setpresence::{Library, Subject, Suite, target_file};
use setpresence_core::case::text::Source;
use setpresence_core::explore::{Calls, USERS, Witness, check_witness};
use setpresence_core::spec::Profile;
use setpresence_reference::{ClockKind, Faults, Mutant, Reference, Settings, Variant, Variants};
use setpresence_runner::FuzzOptions;

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
            check(settings, seed, REQUESTS, variant.name);
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

const TARGET: &str = r#"
base_url = "http://handler.example/v1.0"
users = ["aaaaaaaa-0000-4000-8000-000000000001"]

[applications]
app = { id = "22553876-f5ab-4529-bffb-cfe50aa89f87", token = { value = "token-of-app" } }
"#;

/// A plain function under a fuzzer: each handler begins anew, what is wrong is told in full, and what is accepted is not.
#[test]
fn a_function_of_ones_own_is_judged() {
    let source = Source { name: "target.toml".to_owned(), text: TARGET.to_owned() };
    let settings = setpresence::Settings::parse(&source).expect("a target file");
    let make = || {
        let mut is_first = true;
        plain(move |request: http::Request<Vec<u8>>| {
            let status = if std::mem::take(&mut is_first) { 200 } else { 500 };
            let text = String::from_utf8_lossy(request.body()).into_owned();
            http::Response::builder().status(status).body(text.into_bytes()).expect("an answer")
        })
    };
    let handler = Handler::new(settings, make).expect("a runtime");
    let inputs: Vec<Vec<u8>> =
        (0..64_u8).map(|n| (0..48_u8).map(|place| (n + 1).wrapping_mul(place | 37)).collect()).collect();
    // A sequence of one request shows nothing, as the first answer is a good one.
    let one = inputs.iter().find(|bytes| handler.finding(bytes).is_none()).expect("nothing found");
    let (two, finding) = inputs.iter().find_map(|bytes| Some((bytes, handler.finding(bytes)?))).expect("a finding");
    let head = "must server-error (http.no-server-error): expected no 5xx, whatever the request, observed status 500";
    assert!(finding.starts_with(head), "{finding}");
    assert!(finding.contains("[[step]]"), "{finding}");
    assert!(finding.contains("# curl") && !finding.contains("token-of-app"), "{finding}");
    assert_eq!(handler.finding(two).as_deref(), Some(finding.as_str()), "the same bytes, the same finding");
    assert_eq!(handler.finding(one), None, "a handler is used by one input only");
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| handler.check(two)));
    assert!(panicked.is_err_and(|panic| panic.downcast_ref::<String>() == Some(&finding)));
    let accepting = handler.accept("http.no-server-error");
    assert!(!accepting.finding(two).is_some_and(|other| other.contains("server-error")));
}

/// The target file of a reference that listens nowhere.
fn target_of(settings: &Settings) -> setpresence::Settings {
    let nowhere = ([127, 0, 0, 1], 0).into();
    let text = target_file::for_reference(settings, Reference::new(settings.clone()).mint(), nowhere);
    setpresence::Settings::parse(&Source { name: "target.toml".to_owned(), text }).expect("a target file")
}

/// Users who are used again are clean only when that is visible, and not when it was answered.
#[tokio::test]
async fn what_one_sequence_has_left_is_not_held_against_the_next() {
    for clock in [ClockKind::Wall, ClockKind::Manual] {
        for name in ["visible-late", "reads-lag"] {
            let variants = setpresence::variants(&[name.to_owned()]).expect("a variant");
            let settings = Settings::for_profile(Profile::V1_0).with_clock(clock).with_users(USERS);
            let settings = settings.with_variants(variants);
            let service = Reference::new(settings.clone()).service();
            let subject = Subject::in_process(target_of(&settings), service).await.expect("tokens");
            let subject = subject.with_max_wait(std::time::Duration::ZERO);
            let options = FuzzOptions { seed: 1, requests: Some(REQUESTS), ..FuzzOptions::default() };
            let end = subject.fuzz(&Campaigning { options, jobs: None }, &mut |_| {}).await.expect("a campaign");
            // The rest clears users whose last read showed what was there before.
            assert!(end.judged > REQUESTS / 4, "{name}: only {} were judged", end.judged);
            assert!(end.found.is_empty(), "{name}: {:#?}", end.found);
        }
    }
}

/// The reference in this process, by a service, so that calls can overlap.
async fn served(profile: &'static Profile, faults: Faults, variants: Variants) -> Subject {
    let settings = Settings::for_profile(profile).with_clock(ClockKind::Manual).with_users(USERS);
    let settings = settings.with_faults(faults).with_variants(variants);
    let target = target_of(&settings);
    Subject::in_process_anew(target, move || Reference::new(settings.clone()).service()).await.expect("tokens")
}

fn overlapping(seed: u64, requests: u64) -> Campaigning {
    let options = FuzzOptions { calls: Calls::Overlapping, seed, requests: Some(requests), ..FuzzOptions::default() };
    Campaigning { options, jobs: None }
}

#[tokio::test]
async fn what_is_permitted_is_so_where_calls_overlap() {
    for profile in Profile::ALL {
        let alone = Variant::ALL.iter().map(|variant| (variant.name, Variants::of(variant)));
        for (seed, (name, variants)) in (0..).zip(alone.chain([("no variant", Variants::none())])) {
            let subject = served(profile, Faults::none(), variants).await;
            let end = subject.fuzz(&overlapping(seed, REQUESTS / 6), &mut |_| {}).await.expect("a campaign");
            assert!(end.found.is_empty(), "{profile}, {name}: {:#?}", end.found);
        }
    }
}

#[tokio::test]
async fn faults_that_calls_at_once_show_are_found() {
    for (name, requirement, n_steps, is_together) in [
        ("lost-update", "precedence.applications-isolated", 3, true),
        ("reads-cached-until-call", "fade.first-timeout", 3, false),
        ("reads-cached-thrice", "", 4, false),
    ] {
        let mutant = Mutant::named(name).expect("a mutant");
        let subject = served(Profile::V1_0, Faults::of(mutant), Variants::none()).await;
        let end = subject.fuzz(&overlapping(1, 10_000), &mut |_| {}).await.expect("a campaign");
        let found = end.found.iter().find(|found| found.divergence.requirement.starts_with(requirement));
        let found = found.unwrap_or_else(|| panic!("{name} is not found: {:#?}", end.found));
        let moves = found.sequence.moves();
        let told = || format!("{name}: {}", found.commands.join("\n"));
        assert!(moves.len() <= n_steps, "{}", told());
        assert_eq!(moves.iter().any(|one| one.action.is_together), is_together, "{}", told());
        let witness = Witness {
            sequence: &found.sequence,
            divergence: &found.divergence,
            target: subject.name(),
            profile: Profile::V1_0.name,
            commands: &found.commands,
            rate: None,
        };
        let text = witness.text(&subject.abilities());
        check_witness(&text, &setpresence::fixtures::register()).unwrap_or_else(|why| panic!("{text}\n{why}"));
        assert_eq!(text.contains("\ntogether = true\n") && text.contains(" &\n# curl"), is_together, "{text}");
        let again = subject.replay(&found.sequence).await.expect("a replay");
        assert!(again.divergences.contains(&found.divergence), "{name}: {again:#?}");
    }
}

/// A witness beside the other cases is a test of its own, which fails for as long as the fault is there.
#[tokio::test]
async fn a_witness_is_a_test_from_then_on() {
    let witness = r#"
title = "A read shows what the state permits (fade.first-timeout)"
requirements = ["fade.first-timeout"]

[[step]]
do = "set-presence"
presence = "Available/Available"
expires = "PT1H"

[[step]]
do = "get-presence"
at = "PT6M"
expect.presence = "Available/AvailableInactive"
"#;
    let source = Source { name: "witnesses/wrong-presence.toml".to_owned(), text: witness.to_owned() };
    let library = || Library::load(vec![setpresence::fixtures::register(), source.clone()]).expect("a case");
    for (faults, has_failed) in [(&[][..], false), (&["never-fades".to_owned()], true)] {
        let faults = setpresence::faults(faults).expect("mutants");
        let subject = served(Profile::V1_0, faults, Variants::none()).await;
        // What these tests say is looked at; among that of the others it would pass for a failure of ours.
        let said = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("witness-{has_failed}.log"));
        let logfile = Some(said.to_string_lossy().into_owned());
        let arguments = Arguments { quiet: true, logfile, ..Arguments::default() };
        let (trials, _) = trials(&Suite::of(library()), &subject, "", &arguments).await.expect("a run");
        let names: Vec<&str> = trials.iter().map(Trial::name).collect();
        assert_eq!(names, ["witnesses/wrong-presence"]);
        assert_eq!(libtest_mimic::run(&arguments, trials).has_failed(), has_failed);
        let said = fs::read_to_string(said).expect("what the tests said");
        assert_eq!(said.contains("---- witnesses/wrong-presence ----"), has_failed, "{said}");
        assert_eq!(said.contains("observed  Available/Available"), has_failed, "{said}");
    }
}
