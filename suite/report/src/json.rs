//! The JSON report, as others read it: members are added, never renamed; no value of the wall clock is in it,
//! so that two runs on a manual clock give the same bytes.

use serde::Serialize;
use setpresence_core::event::{
    CaseRecord, FORMAT, Lateness, LikelyCause, Measurement, RunEvent, Shard, SnapshotChange, StaleWaiver,
};
use setpresence_core::judge::Divergence;
use setpresence_core::moment::Moment;

use crate::run::Run;
use crate::summary::Summary;
use crate::text::pretty;

#[derive(Serialize)]
struct Report<'log> {
    format: u32,
    suite: &'log str,
    profile: &'log str,
    target: &'log str,
    clock: &'log str,
    /// Which part of a run it is that several machines share, such as `2/4`; absent where it is the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<Shard>,
    summary: Summary,
    /// What a first look at the target found unusable.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'log [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_early: Option<&'log str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stale_waivers: &'log [StaleWaiver],
    #[serde(skip_serializing_if = "Option::is_none")]
    unlike_snapshot: Option<Unlike<'log>>,
    /// How late the requests of cases that wait were sent, in microseconds of real time; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    lateness: Option<Lateness>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    likely_causes: &'log [LikelyCause],
    cases: Vec<Case<'log>>,
}

/// What a snapshot says otherwise.
#[derive(Serialize)]
struct Unlike<'log> {
    file: &'log str,
    changes: Vec<Change<'log>>,
}

#[derive(Serialize)]
struct Change<'log> {
    case: &'log str,
    change: &'static str,
    was: Option<&'log [String]>,
    is: Option<&'log [String]>,
}

#[derive(Serialize)]
struct Case<'log> {
    id: &'log str,
    title: &'log str,
    family: &'log str,
    file: &'log str,
    line: usize,
    level: &'static str,
    requirements: &'log [String],
    verdict: &'static str,
    reason: Option<&'log str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waived: Option<Acceptance<'log>>,
    divergences: Vec<Departure<'log>>,
    observed: &'log [String],
    explained_by: &'log [String],
    reproduce: &'log [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    measured: Vec<Measured<'log>>,
    /// How late the latest request was, in milliseconds of the target's clock.
    #[serde(skip_serializing_if = "is_zero")]
    late_ms: u64,
}

/// An instant, in milliseconds of the target's clock, counted from the call that set the presence.
#[derive(Serialize)]
struct Measured<'log> {
    requirement: &'log str,
    from: &'log str,
    /// What was shown after; `null` where nothing else was shown for as long as it was watched.
    to: Option<&'log str>,
    documented_ms: Option<u64>,
    /// What is documented to be shown after.
    #[serde(skip_serializing_if = "Option::is_none")]
    documented_to: Option<&'log str>,
    no_earlier_ms: u64,
    no_later_ms: Option<u64>,
}

#[derive(Serialize)]
struct Acceptance<'log> {
    reason: &'log str,
    place: &'log str,
    flaky: bool,
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
    pretty(&Report {
        format: FORMAT,
        suite: run.suite(),
        profile: start.map_or("", |start| &start.profile),
        target: start.map_or("", |start| &start.target),
        clock: start.map_or("", |start| &start.clock),
        shard: start.and_then(|start| start.shard),
        summary: Summary::of(events),
        warnings: start.map_or(&[], |start| &start.warnings),
        ended_early: run.ended_early(),
        stale_waivers: run.stale(),
        unlike_snapshot: run
            .unlike_snapshot()
            .map(|(file, changes)| Unlike { file, changes: changes.iter().map(change).collect() }),
        lateness: run.end.and_then(|end| end.lateness),
        likely_causes: run.likely_causes(),
        cases: run.cases.iter().map(|case| shown(case)).collect(),
    })
}

fn change(change: &SnapshotChange) -> Change<'_> {
    let SnapshotChange { case, was, is } = change;
    Change { case, change: change.name(), was: was.as_deref(), is: is.as_deref() }
}

fn shown(case: &CaseRecord) -> Case<'_> {
    Case {
        id: &case.id,
        title: &case.title,
        family: &case.family,
        file: &case.file,
        line: case.line,
        level: case.level.name(),
        requirements: &case.requirements,
        verdict: case.verdict.name(),
        reason: case.reason.as_deref(),
        waived: case.waived.as_ref().map(|waived| Acceptance {
            reason: &waived.reason,
            place: &waived.place,
            flaky: waived.is_flaky,
        }),
        divergences: case.divergences.iter().map(departure).collect(),
        observed: &case.observed,
        explained_by: &case.explained_by,
        reproduce: &case.reproduce,
        measured: case.measured.iter().map(measured).collect(),
        late_ms: millis(case.late),
    }
}

fn measured(measurement: &Measurement) -> Measured<'_> {
    let changed = Some(measurement.no_later).filter(|no_later| *no_later != Moment::END);
    Measured {
        requirement: &measurement.requirement,
        from: &measurement.from,
        to: changed.map(|_| measurement.to.as_str()),
        documented_ms: measurement.documented.map(millis),
        documented_to: measurement.documented_to.as_deref(),
        no_earlier_ms: millis(measurement.no_earlier),
        no_later_ms: changed.map(|no_later| no_later.as_nanos().div_ceil(1_000_000)),
    }
}

const fn millis(moment: Moment) -> u64 {
    moment.as_nanos() / 1_000_000
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_zero(millis: &u64) -> bool {
    *millis == 0
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
