//! `run`: judges a target, writes the reports, and lets the exit status say how it went.

use std::fs;
use std::path::Path;

use setpresence::proof::cause::Shown;
use setpresence::{Baseline, RunEvent, Subject, Suite, faults};
use setpresence_core::event::RunEnd;
use setpresence_core::plan::Planned;
use setpresence_core::spec::Profile;
use setpresence_report::{Status, Summary, snapshot};

use super::run_log::{Before, Log};
use super::{library, runtime, target_options};
use crate::args::Run;
use crate::failure::CliError;
use crate::forecast::{every_case, head};
use crate::output::{note, say};
use crate::progress::Progress;
use crate::reports::{Reports, detail, strictness};
use crate::signals::Signals;
use crate::snapshots::{self, Snapshot};
use crate::workflow;

/// Judges, reports, and says how it went.
pub(crate) fn run(args: &Run) -> Result<u8, CliError> {
    let selection = &args.selection;
    let before = args.resume.as_deref().map(Before::read).transpose()?;
    let suite = Suite::of(library(selection.fixtures.as_deref())?).select(&selection.patterns, &selection.skip)?;
    runtime()?.block_on(async {
        let subject = subject(args).await?;
        let mut planned = suite.plan(&subject);
        if let Some(before) = &before {
            planned = before.without_judged(&subject, planned)?;
        }
        if args.dry_run {
            let forecast = Suite::forecast(&subject, &planned);
            return say(&every_case(&planned, &forecast)).map(|()| 0).map_err(CliError::Output);
        }
        judge(&suite.forget_cases(), &subject, planned, before, args).await
    })
}

async fn subject(args: &Run) -> Result<Subject, CliError> {
    let options = target_options(&args.target)?;
    let subject = if args.mutants.is_empty() {
        Subject::from_options(&options).await?
    } else {
        Subject::embedded(options.profile.unwrap_or(Profile::ALL[0]), faults(&args.mutants)?).await?
    };
    let subject = match args.jobs {
        Some(jobs) => subject.with_jobs(jobs),
        None => subject,
    };
    Ok(match &args.baseline {
        Some(path) => subject.with_baseline(baseline(path)?),
        None => subject,
    })
}

fn baseline(path: &Path) -> Result<Baseline, CliError> {
    let text = fs::read_to_string(path).map_err(|source| CliError::Unreadable { path: path.to_owned(), source })?;
    let read = Baseline::read(&path.to_string_lossy(), &text);
    read.map_err(|source| CliError::Baseline { path: path.to_owned(), source })
}

async fn judge(
    suite: &Suite,
    subject: &Subject,
    planned: Vec<Planned>,
    before: Option<Before>,
    args: &Run,
) -> Result<u8, CliError> {
    let strictness = strictness(args.strict);
    let mut signals = Signals::listen().map_err(CliError::Signals)?;
    let reports = Reports::begin(&args.reports, detail(args.verbose, args.quiet), strictness)?;
    let requests_before = before.as_ref().map_or(0, Before::requests);
    let (before, log) = match before {
        Some(before) => before.go_on().map(|(events, log)| (events, Some(log)))?,
        None => (Vec::new(), args.log.as_deref().map(Log::begin).transpose()?),
    };
    let mut record = Record {
        profile: subject.settings().profile,
        requests_before,
        head: if args.quiet { None } else { Some(head(&Suite::forecast(subject, &planned))) },
        progress: Progress::new(subject.outlook(), &before),
        events: before,
        log,
        keeps_exchanges: reports.show_every_exchange(),
        unwritten: None,
    };
    let is_left_at_once = {
        let mut follower = |event| record.follow(event);
        let judging = suite.follow(subject, planned, &mut follower);
        tokio::select! {
            judged = judging => { judged?; false }
            () = told_twice(&mut signals, subject) => true,
        }
    };
    drop(record.progress);
    if is_left_at_once {
        return Ok(Status::Interrupted.code());
    }
    reports.write(&record.events)?;
    workflow::tell(&record.events, strictness, &args.reports)?;
    match record.unwritten {
        Some(error) => Err(error),
        None => concluded(&record.events, Summary::of(&record.events).status(strictness), args),
    }
}

/// The exit status, after the snapshot was kept.
fn concluded(events: &[RunEvent], status: Status, args: &Run) -> Result<u8, CliError> {
    match &args.snapshot {
        // What was not judged to its end is no record of what a target does.
        Some(path) if matches!(status, Status::Conforms | Status::Departs) => {
            let wanted = if args.update { Snapshot::Update } else { Snapshot::Keep };
            Ok(snapshots::keep(path, &snapshot(events), wanted)?.max(status.code()))
        }
        _ => Ok(status.code()),
    }
}

/// Tells the run to end at the first signal; is over at the second.
async fn told_twice(signals: &mut Signals, subject: &Subject) {
    signals.next().await;
    note("interrupted: clearing what the run set, then writing the reports; once more leaves at once");
    subject.stop().tell();
    signals.next().await;
}

/// Everything that becomes of the events of a run.
struct Record {
    /// The profile judged by.
    profile: &'static Profile,
    /// How many requests the cases took that were judged before the run was resumed.
    requests_before: u64,
    /// What is said before the run, if it is.
    head: Option<String>,
    progress: Progress,
    events: Vec<RunEvent>,
    log: Option<Log>,
    /// Whether a report shows every exchange.
    keeps_exchanges: bool,
    /// Why the log could not be written on.
    unwritten: Option<CliError>,
}

impl Record {
    fn follow(&mut self, event: RunEvent) {
        let mut event = match event {
            RunEvent::RunStarted(_) => {
                if let Some(head) = &self.head {
                    note(head.trim_end());
                }
                if !self.events.is_empty() {
                    // A run that is resumed has begun before.
                    return;
                }
                event
            }
            RunEvent::CaseFinished(_) => event,
            RunEvent::RunFinished(end) => RunEvent::RunFinished(RunEnd {
                requests: end.requests + self.requests_before,
                // Of a run that is resumed, what was judged before counts as well.
                likely_causes: Shown::of(&self.events).likely_causes(self.profile),
                ..end
            }),
        };
        self.progress.follow(&event);
        match &mut self.log {
            Some(log) => self.unwritten = self.unwritten.take().or_else(|| log.write(&event).err()),
            None if self.keeps_exchanges => {}
            None => forget_exchanges(&mut event),
        }
        self.events.push(event);
    }
}

/// Only a log tells of every exchange; reports only of those that show a divergence. Thousands of bodies are not kept.
fn forget_exchanges(event: &mut RunEvent) {
    if let RunEvent::CaseFinished(case) = event
        && case.divergences.is_empty()
    {
        case.exchanges = Vec::new();
    }
}
