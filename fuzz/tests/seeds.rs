//! Replays what each target starts from, and whatever a fuzzer left in `corpus` and `artifacts`, on any toolchain.

use setpresence_fuzz::replay;

#[test]
fn duration() {
    replay("duration", setpresence_fuzz::duration);
}

#[test]
fn request_body() {
    replay("request_body", setpresence_fuzz::request_body);
}

#[test]
fn case_file() {
    replay("case_file", setpresence_fuzz::case_file);
}

#[test]
fn model() {
    replay("model", setpresence_fuzz::model);
}
