//! The JSON report, as others read it: members are added, never renamed; no value of the wall clock is in it,
//! so that two runs on a manual clock give the same bytes.

use serde::Serialize;
use setpresence_core::event::{CaseRecord, FORMAT, RunEvent};
use setpresence_core::judge::Divergence;

use crate::run::Run;
use crate::summary::Summary;
use crate::text::is_steering;

#[derive(Serialize)]
struct Report<'log> {
    format: u32,
    suite: &'log str,
    profile: &'log str,
    target: &'log str,
    clock: &'log str,
    summary: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_early: Option<&'log str>,
    cases: Vec<Case<'log>>,
}

#[derive(Serialize)]
struct Case<'log> {
    id: &'log str,
    title: &'log str,
    family: &'log str,
    file: &'log str,
    level: &'static str,
    requirements: &'log [String],
    verdict: &'static str,
    reason: Option<&'log str>,
    divergences: Vec<Departure<'log>>,
    observed: &'log [String],
    explained_by: &'log [String],
    reproduce: &'log [String],
}

#[derive(Serialize)]
struct Departure<'log> {
    requirement: &'log str,
    level: &'static str,
    class: &'static str,
    expected: &'log str,
    observed: &'log str,
    step: usize,
}

/// The JSON report of a run, indented, with a line end.
///
/// # Errors
/// None that an event can cause; serde_json's own are passed on.
pub fn report(events: &[RunEvent]) -> Result<String, serde_json::Error> {
    let run = Run::of(events);
    let start = run.start;
    let text = serde_json::to_string_pretty(&Report {
        format: FORMAT,
        suite: start.map_or(env!("CARGO_PKG_VERSION"), |start| &start.suite),
        profile: start.map_or("", |start| &start.profile),
        target: start.map_or("", |start| &start.target),
        clock: start.map_or("", |start| &start.clock),
        summary: Summary::of(events),
        ended_early: run.ended_early(),
        cases: run.cases.iter().map(|case| shown(case)).collect(),
    })?;
    Ok(escaped(&text) + "\n")
}

fn shown(case: &CaseRecord) -> Case<'_> {
    Case {
        id: &case.id,
        title: &case.title,
        family: &case.family,
        file: &case.file,
        level: case.level.name(),
        requirements: &case.requirements,
        verdict: case.verdict.name(),
        reason: case.reason.as_deref(),
        divergences: case.divergences.iter().map(departure).collect(),
        observed: &case.observed,
        explained_by: &case.explained_by,
        reproduce: &case.reproduce,
    }
}

fn departure(divergence: &Divergence) -> Departure<'_> {
    Departure {
        requirement: &divergence.requirement,
        level: divergence.level.name(),
        class: divergence.class.name(),
        expected: &divergence.expected,
        observed: &divergence.observed,
        step: divergence.step,
    }
}

/// JSON escapes the C0 controls only; the others that a terminal may obey stand inside of strings too,
/// so that escaping them leaves the document what it is.
fn escaped(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && is_steering(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(c);
        }
    }
    safe
}
