//! `prove`: what the suite and the fuzzer notice of the reference's mutants.

use serde_json::Value;

use crate::support::run;

#[test]
fn the_cases_that_notice_a_mutant_are_named() {
    let text = run(&["prove", "never-fades", "--profile", "v1.0"]);
    text.check(0, &["failed     never-fades  fade/", "1 of 1 mutants noticed"], &[]);
    let json = run(&["prove", "never-fades", "--profile", "v1.0", "--format", "json"]);
    json.check(0, &[], &[]);
    let value: Value = serde_json::from_str(&json.stdout).unwrap();
    let mutant = &value["profiles"][0]["mutants"][0];
    assert_eq!(mutant["outcome"], "failed", "{mutant}");
    assert!(mutant["kills"].as_array().unwrap().len() > 5, "{mutant}");
}

#[test]
fn a_mutant_that_does_not_exist_is_named_with_one_that_does() {
    run(&["prove", "never-fade"]).check(2, &[], &["never-fade", "did you mean `never-fades`?"]);
}

#[test]
fn the_fuzzer_finds_mutants_and_says_how_soon() {
    let arguments = ["prove", "--fuzz=3000", "never-fades", "any-pair", "never-expires"];
    let text = run(&arguments);
    text.check(0, &["found      any-pair", "on combinations.", "3 of 3 mutants found within 3000 requests each"], &[]);
    assert_eq!(text.stdout, run(&arguments).stdout, "the same seed finds the same");
    let json = run(&[&arguments[..], &["--format", "json"]].concat());
    json.check(0, &[], &[]);
    let value: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(value["found"], 3, "{value}");
    run(&[&arguments[..], &["--format", "markdown"]].concat()).check(0, &["| `never-fades` |", "| found |"], &[]);
}

#[test]
fn a_fuzzer_that_finds_too_little_says_so_by_its_exit_status() {
    // One request shows no fade.
    run(&["prove", "--fuzz=1", "never-fades"]).check(1, &["NOT FOUND  never-fades", "0 of 1 mutants found"], &[]);
}
