//! What must hold for any bytes, as plain functions: the fuzz targets call them with what the fuzzer finds,
//! and `cargo test` on a stable toolchain replays the seeds through them. A broken law is a panic.

mod inputs;
mod laws;
mod reference;
mod reports;

pub use inputs::{TARGETS, inputs};
pub use laws::{case_file, departure, http_request, model, reference_vs_model};
pub use reference::{endpoint, handler};
pub use reports::report;

use std::time::Duration;

use setpresence_core::spec::{Deviation, DurationText, Head, Level, Limits, Position, Profile, Reading, SetPresence};

/// Any text is read; what is read keeps its spelling, and what has an amount has a canonical spelling that reads as it.
pub fn duration(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let read = DurationText::read(&text);
    assert_eq!(read.spelling(), text);
    if read.deviations().is_empty() {
        assert!(read.amount().is_some(), "in the grammar, but without an amount: {text:?}");
    }
    if read.deviations().contains(Deviation::Unreadable) {
        assert_eq!(read.deviations().iter().count(), 1, "unreadable stands alone: {text:?}");
        assert_eq!(read.amount(), None, "unreadable, but with an amount: {text:?}");
    }
    if let Some(duration) = read.amount().and_then(|amount| amount.to_duration()) {
        round_trip(duration);
    }
}

fn round_trip(duration: Duration) {
    let canonical = DurationText::canonical(duration);
    let read = DurationText::read(&canonical);
    assert!(read.deviations().is_empty(), "{canonical} leaves the grammar: {:?}", read.deviations());
    let amount = read.amount().unwrap_or_else(|| panic!("{canonical} has no amount"));
    assert!(amount.within(duration, duration), "{canonical} is not {duration:?}");
}

/// Any body is read; every problem lies within the body, and `parse` accepts exactly what only may be refused or need
/// not be. The first byte chooses the profile and whether the head names a content type: to try all of them on every
/// body would be four times the work for the same finding.
pub fn request_body(bytes: &[u8]) {
    let Some((choice, body)) = bytes.split_first() else { return };
    let choice = usize::from(*choice);
    let head = if choice & 1 == 0 { Head::json() } else { Head::of::<&str>([]) };
    reading(&head, body, Profile::ALL[(choice >> 1) % Profile::ALL.len()]);
}

fn reading(head: &Head<'_>, body: &[u8], profile: &'static Profile) {
    let reading = Reading::of(head, body, profile, Limits::default());
    for problem in &reading.problems {
        assert!(!problem.detail.is_empty(), "{profile}: {problem:?} says nothing");
        if let Some(position) = problem.position {
            assert!(position.offset <= body.len(), "{profile}: {problem:?} is beyond the body");
            assert_eq!(position, Position::at(body, position.offset), "{profile}: {problem:?}");
        }
    }
    let is_acceptable = matches!(reading.level(), None | Some(Level::May));
    match SetPresence::parse(head, body, profile) {
        Ok(request) => {
            assert!(is_acceptable, "{profile}: accepted in spite of {:?}", reading.problems);
            assert_eq!(Some(request), reading.request, "{profile}");
        }
        Err(problems) => {
            assert!(!is_acceptable, "{profile}: refused for {problems:?}");
            assert_eq!(problems, reading.problems, "{profile}");
        }
    }
}
