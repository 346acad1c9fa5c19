//! Replays what each target starts from, and whatever a fuzzer left in `corpus` and `artifacts`, on any toolchain.

use std::collections::BTreeSet;

use setpresence::fuzzing::Handler;
use setpresence::{Profile, TargetOptions};
use setpresence_core::case::text::Source;
use setpresence_core::explore::check_witness;
use setpresence_fuzz::{inputs, replay};

#[test]
fn report() {
    replay("report", setpresence_fuzz_suite::report);
}

#[test]
fn http_request() {
    replay("http_request", setpresence_fuzz_suite::http_request);
}

#[test]
fn reference_vs_model() {
    replay("reference_vs_model", setpresence_fuzz_suite::reference_vs_model);
}

#[test]
fn a_faulty_server_is_caught() {
    let departs = |bytes: &Vec<u8>| setpresence_fuzz_suite::departure(bytes, Profile::V1_0, Some("lowest-wins"));
    assert!(
        inputs("reference_vs_model").expect("inputs").iter().find_map(departs).is_some(),
        "no seed shows that the lowest wins"
    );
}

/// What anyone may put under libFuzzer: a handler of one's own.
#[test]
fn handler() {
    let handler = setpresence_fuzz_suite::handler(Profile::V1_0, None);
    replay("handler", |bytes| handler.check(bytes));
}

/// What is wrong is told in full, from a fixed seed on: the finding, then a case file that loads and shows it.
#[test]
fn a_faulty_handler_is_caught_and_says_how() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../suite/example/tests/target.toml");
    let settings = TargetOptions::file(file).required().expect("a target file");
    let handler = Handler::new(settings, presence_example::router).expect("tokens");
    let inputs = inputs("handler").expect("inputs");
    let findings: BTreeSet<String> = inputs.iter().filter_map(|bytes| handler.finding(bytes)).collect();
    let wanted = "must wrong-presence (precedence.highest-wins): expected Busy/InACall, observed Away/Away\n\n";
    let (_, case) = findings.iter().find_map(|one| one.split_once(wanted)).expect("the fault of the example");
    let text = include_str!("../../../fixtures/requirements.toml").to_owned();
    let register = Source { name: "requirements.toml".to_owned(), text };
    check_witness(case, &register).unwrap_or_else(|problems| panic!("{case}\n{problems}"));
    assert_eq!(case.matches("\n[[step]]").count(), 3, "two applications set, one reads:\n{case}");
    assert!(case.contains("# curl -sS -i"), "{case}");
    assert!(!case.contains("token-a"), "a token is told:\n{case}");
}
