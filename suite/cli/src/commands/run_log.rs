//! The log of a run: written as the run goes, and read again where a run is resumed.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use setpresence::{CaseRecord, RunEvent, Subject};
use setpresence_core::event::RunStart;
use setpresence_core::plan::{Planned, Shard};
use setpresence_report::log::{self, LogError};

use super::earlier;
use crate::failure::CliError;
use crate::output::WholeFile;

/// A log that grows with the run: an event is in the file before the next one happens, so that whatever ends the
/// process takes nothing of it away.
pub(super) struct Log {
    path: PathBuf,
    file: File,
}

impl Log {
    /// Begins an empty log, before the run, so that a bad path costs no run.
    pub(super) fn begin(path: &Path) -> Result<Self, CliError> {
        let file = File::create(path).map_err(|source| unwritable(path, source))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Goes on with a log, from what of it counts.
    fn go_on(path: &Path, kept: &[RunEvent]) -> Result<Self, CliError> {
        let mut whole = WholeFile::begin(path).map_err(|source| unwritable(path, source))?;
        for event in kept {
            whole.write(&log::line(event)?).map_err(|source| unwritable(path, source))?;
        }
        whole.finish().map_err(|source| unwritable(path, source))?;
        let file = OpenOptions::new().append(true).open(path).map_err(|source| unwritable(path, source))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Writes an event, at once and in one piece.
    pub(super) fn write(&mut self, event: &RunEvent) -> Result<(), CliError> {
        let line = log::line(event)?;
        self.file.write_all(line.as_bytes()).map_err(|source| unwritable(&self.path, source))
    }
}

fn unwritable(path: &Path, source: std::io::Error) -> CliError {
    CliError::Unwritable { path: path.to_owned(), source }
}

/// A run that broke off, as far as it got.
pub(super) struct Before {
    path: PathBuf,
    /// Nothing where the run broke off before it began.
    start: Option<RunStart>,
    judged: Vec<CaseRecord>,
}

impl Before {
    /// How many requests the judged cases took.
    pub(super) fn requests(&self) -> u64 {
        self.judged.iter().map(|case| case.exchanges.len() as u64).sum()
    }

    /// Reads a log. What was not judged in it counts as missing, as does a line that was not written to its end.
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let events = match log::read_bytes(&earlier(path)?) {
            Err(LogError::NotBegun) => return Ok(Self { path: path.to_owned(), start: None, judged: Vec::new() }),
            read => read.map_err(|source| CliError::Log { path: path.to_owned(), source })?,
        };
        let mut events = events.into_iter();
        let start = match events.next() {
            Some(RunEvent::RunStarted(start)) => Some(start),
            _ => None,
        };
        let events: Vec<_> = events.collect();
        let is_whole = matches!(events.last(), Some(RunEvent::RunFinished(end)) if end.ended_early.is_none());
        let judged = events
            .into_iter()
            .filter_map(|event| match event {
                RunEvent::CaseFinished(case) if is_whole || case.verdict.is_judged() => Some(*case),
                _ => None,
            })
            .collect();
        Ok(Self { path: path.to_owned(), start, judged })
    }

    /// Checks that the log is of the run that is wanted, and takes what is judged in it out of what was planned.
    pub(super) fn without_judged(
        &self,
        subject: &Subject,
        shard: Option<Shard>,
        planned: Vec<Planned>,
    ) -> Result<Vec<Planned>, CliError> {
        let Some(start) = &self.start else { return Ok(planned) };
        let settings = subject.settings();
        let cases = |n: usize| format!("{n} cases");
        let part = |shard: Option<Shard>| shard.unwrap_or(Shard::WHOLE).to_string();
        let rows = [
            ("version", start.suite.clone(), env!("CARGO_PKG_VERSION").to_owned()),
            ("profile", start.profile.clone(), settings.profile.name.to_owned()),
            ("target", start.target.clone(), subject.name().to_owned()),
            ("clock", start.clock.clone(), settings.clock.name().to_owned()),
            ("shard", part(start.shard), part(shard)),
            ("selection", cases(start.cases), cases(planned.len())),
        ];
        if subject.is_embedded() && start.target != subject.name() {
            return Err(CliError::TargetNotNamed { path: self.path.clone(), target: start.target.clone() });
        }
        for (what, found, wanted) in rows {
            if found != wanted {
                return Err(CliError::OtherRun { path: self.path.clone(), what, found, wanted });
            }
        }
        let judged: BTreeSet<&str> = self.judged.iter().map(|case| case.id.as_str()).collect();
        Ok(planned.into_iter().filter(|one| !judged.contains(id(one))).collect())
    }

    /// What counts of the log, as the events of the run that goes on, and the log to go on with.
    pub(super) fn go_on(self) -> Result<(Vec<RunEvent>, Log), CliError> {
        let Some(start) = self.start else { return Ok((Vec::new(), Log::begin(&self.path)?)) };
        let cases = self.judged.into_iter().map(|case| RunEvent::CaseFinished(Box::new(case)));
        let events: Vec<_> = std::iter::once(RunEvent::RunStarted(start)).chain(cases).collect();
        let log = Log::go_on(&self.path, &events)?;
        Ok((events, log))
    }
}

fn id(planned: &Planned) -> &str {
    match planned {
        Planned::Run(plan) => &plan.id,
        Planned::Skipped(skipped) => &skipped.id,
    }
}
