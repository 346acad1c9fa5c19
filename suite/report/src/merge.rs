//! One run of several: the parts that several machines did, or runs of different cases on the same target.

use std::collections::{BTreeMap, BTreeSet};

use setpresence_core::event::{Lateness, RunEnd, RunEvent, RunStart, Shard};
use thiserror::Error;

/// Why logs are no parts of one run. Logs are counted from 1.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum MergeError {
    /// They were judged in different ways.
    #[error(
        "log {log} is of a run with another {what}: {found}, log 1 has {wanted}; give the logs of one run, or --side-by-side to compare targets"
    )]
    Other {
        /// Which log.
        log: usize,
        /// What differs.
        what: &'static str,
        /// What this log has.
        found: String,
        /// What the first has.
        wanted: String,
    },
    /// A case is in two of them.
    #[error(
        "log {log} has the case `{case}`, which log {first} has, too: those are two runs, not two parts of one; `setpresence compare` holds two reports against each other, --side-by-side shows two targets"
    )]
    Twice {
        /// Which log.
        log: usize,
        /// The log that has it first.
        first: usize,
        /// The case.
        case: String,
    },
    /// A part is not there, so that nobody would know of its cases.
    #[error("shard {0} is missing; give the logs of all shards at once")]
    Missing(Shard),
}

/// The events of one run, made of the events of its parts in any order.
///
/// Cases come in the order of their ids. What was measured in several parts is told by the first; of lateness, which
/// cannot be added up, the worst is told. Whatever explains the failures of all parts together is for the caller to say.
///
/// # Errors
/// [`MergeError`] where they are no parts of one run, or not all of them.
pub fn merge(runs: Vec<Vec<RunEvent>>) -> Result<Vec<RunEvent>, MergeError> {
    let starts = runs.iter().filter_map(|events| match events.first() {
        Some(RunEvent::RunStarted(start)) => Some(start.clone()),
        _ => None,
    });
    let start = start_of_all(starts.collect())?;
    let mut cases = BTreeMap::new();
    let mut ends = Vec::new();
    for (log, events) in (1..).zip(runs) {
        let mut end = None;
        for event in events {
            match event {
                RunEvent::RunStarted(_) => {}
                RunEvent::CaseFinished(case) => {
                    if let Some((first, case)) = cases.insert(case.id.clone(), (log, case)) {
                        return Err(MergeError::Twice { log, first, case: case.id });
                    }
                }
                RunEvent::RunFinished(finished) => end = Some(finished),
            }
        }
        ends.push(end);
    }
    let cases = cases.into_values().map(|(_, case)| RunEvent::CaseFinished(case));
    let mut events: Vec<RunEvent> = start.into_iter().map(RunEvent::RunStarted).chain(cases).collect();
    // Where a part was stopped before its end, so was the whole.
    let ends: Option<Vec<RunEnd>> = ends.into_iter().collect();
    events.extend(ends.and_then(|ends| ends.into_iter().reduce(both_ends)).map(RunEvent::RunFinished));
    Ok(events)
}

fn start_of_all(starts: Vec<RunStart>) -> Result<Option<RunStart>, MergeError> {
    let Some(first) = starts.first() else { return Ok(None) };
    for (log, start) in (1..).zip(&starts) {
        let parts = |start: &RunStart| {
            start.shard.map_or_else(|| "no shards".to_owned(), |shard| format!("{} shards", shard.of()))
        };
        let rows = [
            ("version", start.suite.clone(), first.suite.clone()),
            ("profile", start.profile.clone(), first.profile.clone()),
            ("clock", start.clock.clone(), first.clock.clone()),
            ("number of shards", parts(start), parts(first)),
        ];
        if let Some((what, found, wanted)) = rows.into_iter().find(|(_, found, wanted)| found != wanted) {
            return Err(MergeError::Other { log, what, found, wanted });
        }
    }
    if let Some(missing) = missing(&starts) {
        return Err(MergeError::Missing(missing));
    }
    // Each machine may have had a target of its own, such as a server that it started itself.
    let targets: BTreeSet<&str> = starts.iter().map(|start| start.target.as_str()).collect();
    Ok(Some(RunStart {
        target: targets.into_iter().collect::<Vec<_>>().join(", "),
        started_unix_ms: starts.iter().filter_map(|start| start.started_unix_ms).min(),
        tolerance: starts.iter().map(|start| start.tolerance).max().unwrap_or(first.tolerance),
        cases: starts.iter().map(|start| start.cases).sum(),
        shard: None,
        ..first.clone()
    }))
}

/// The first shard that none of them is.
fn missing(starts: &[RunStart]) -> Option<Shard> {
    let of = starts.first()?.shard?.of();
    let there: BTreeSet<u64> = starts.iter().filter_map(|start| start.shard).map(Shard::index).collect();
    (1..=of).find(|index| !there.contains(index)).and_then(|index| Shard::new(index, of))
}

fn both_ends(one: RunEnd, other: RunEnd) -> RunEnd {
    let mut stale = one.stale;
    for waiver in other.stale {
        if !stale.contains(&waiver) {
            stale.push(waiver);
        }
    }
    RunEnd {
        requests: one.requests + other.requests,
        // They ran side by side.
        elapsed_ms: one.elapsed_ms.max(other.elapsed_ms),
        ended_early: one.ended_early.or(other.ended_early),
        stale,
        was_interrupted: one.was_interrupted || other.was_interrupted,
        lateness: match (one.lateness, other.lateness) {
            (Some(one), Some(other)) => Some(worse(one, other)),
            (one, other) => one.or(other),
        },
        likely_causes: Vec::new(),
        unlike_snapshot: one.unlike_snapshot.or(other.unlike_snapshot),
        snapshot_changes: one.snapshot_changes.into_iter().chain(other.snapshot_changes).collect(),
    }
}

fn worse(one: Lateness, other: Lateness) -> Lateness {
    Lateness {
        requests: one.requests + other.requests,
        median_us: one.median_us.max(other.median_us),
        p99_us: one.p99_us.max(other.p99_us),
        most_us: one.most_us.max(other.most_us),
    }
}
