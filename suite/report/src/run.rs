//! The events of a run, sorted out for reading.

use setpresence_core::event::{
    CaseRecord, LikelyCause, RequirementRecord, RunEnd, RunEvent, RunStart, SnapshotChange, StaleWaiver,
};
use setpresence_core::judge::Verdict;

/// What the events of one run say: its start, its cases in the order of their ids, its end.
pub(crate) struct Run<'log> {
    pub(crate) start: Option<&'log RunStart>,
    pub(crate) cases: Vec<&'log CaseRecord>,
    pub(crate) end: Option<&'log RunEnd>,
}

impl<'log> Run<'log> {
    /// Sorts the events out. Cases finish in any order; reports show them by id.
    pub(crate) fn of(events: &'log [RunEvent]) -> Self {
        let mut run = Self { start: None, cases: Vec::new(), end: None };
        for event in events {
            match event {
                RunEvent::RunStarted(start) => run.start = Some(start),
                RunEvent::CaseFinished(case) => run.cases.push(case),
                RunEvent::RunFinished(end) => run.end = Some(end),
            }
        }
        run.cases.sort_by(|one, other| one.id.cmp(&other.id));
        run
    }

    /// What is known of a requirement.
    pub(crate) fn requirement(&self, id: &str) -> Option<&'log RequirementRecord> {
        self.start.and_then(|start| start.requirements.get(id))
    }

    /// The suite's version, ours where the log does not say.
    pub(crate) fn suite(&self) -> &'log str {
        self.start.map_or(env!("CARGO_PKG_VERSION"), |start| &start.suite)
    }

    /// The waivers that are stale.
    pub(crate) fn stale(&self) -> &'log [StaleWaiver] {
        self.end.map_or(&[], |end| &end.stale)
    }

    /// What would explain the departures.
    pub(crate) fn likely_causes(&self) -> &'log [LikelyCause] {
        self.end.map_or(&[], |end| &end.likely_causes)
    }

    /// The likely cause that explains a case.
    pub(crate) fn cause_of(&self, case: &str) -> Option<&'log LikelyCause> {
        self.likely_causes().iter().find(|cause| cause.explains.iter().any(|explained| explained == case))
    }

    /// How many cases depart, whether that is accepted or not.
    pub(crate) fn n_departing(&self) -> usize {
        self.cases.iter().filter(|case| matches!(case.verdict, Verdict::Failed | Verdict::Warned)).count()
    }

    /// How many exchanges the cases tell of.
    pub(crate) fn n_exchanges(&self) -> u64 {
        self.cases.iter().map(|case| u64::try_from(case.exchanges.len()).unwrap_or(u64::MAX)).sum()
    }

    /// The snapshot that says otherwise, and what of it.
    pub(crate) fn unlike_snapshot(&self) -> Option<(&'log str, &'log [SnapshotChange])> {
        self.end.and_then(|end| Some((end.unlike_snapshot.as_deref()?, end.snapshot_changes.as_slice())))
    }

    /// Why the run did not reach its end, if it did not.
    pub(crate) fn ended_early(&self) -> Option<&'log str> {
        match self.end {
            Some(end) => end.ended_early.as_deref(),
            None => Some("the log has no end: the run was stopped"),
        }
    }
}
