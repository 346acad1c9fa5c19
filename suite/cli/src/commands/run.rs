//! `run`: judges a target, writes the reports, and lets the exit status say how it went.

use std::path::Path;

use setpresence::{Baseline, RunEvent, SetupError, SoFar, Subject, Suite, faults};
use setpresence_core::event::RunEnd;
use setpresence_core::plan::Planned;
use setpresence_core::spec::Profile;
use setpresence_report::{Status, Summary, clean, snapshot};

use super::run_log::{Before, Log};
use super::{earlier_text, library, runtime, several, target_options};
use crate::args::Run;
use crate::failure::CliError;
use crate::forecast::{every_case, head};
use crate::output::{note_fitted, say_fitted};
use crate::progress::Progress;
use crate::reports::{Reports, detail, strictness};
use crate::signals::Signals;
use crate::snapshots::{Kept, Snapshot};
use crate::workflow;

/// Judges, reports, and says how it went.
pub(crate) fn run(args: &Run) -> Result<u8, CliError> {
    args.verbosity.listen();
    let selection = &args.selection;
    let suite = Suite::of(library(selection.fixtures.as_deref())?).select(&selection.patterns, &selection.skip)?;
    let suite = match args.shard {
        Some(shard) => suite.part(shard),
        None => suite,
    };
    runtime()?.block_on(async {
        if args.target.config.len() > 1 {
            return several::run(suite, args).await;
        }
        let ready = Ready::new(&suite, args).await?;
        if args.dry_run {
            return ready.tell().map(|()| 0);
        }
        let mut signals = Signals::listen().map_err(CliError::Signals)?;
        let begun = ready.begin(Reports::begin(
            &args.reports,
            detail(args.verbosity.is_verbose(), args.quiet),
            strictness(args.strict),
        )?)?;
        begun.judge(&suite.forget_cases(), &mut signals).await?.status
    })
}

/// A target, and what is to be judged on it.
pub(super) struct Ready<'a> {
    args: &'a Run,
    pub(super) subject: Subject,
    planned: Vec<Planned>,
    misnamed_waivers: Vec<String>,
    before: Option<Before>,
}

/// A run whose log and reports are begun.
pub(super) struct Begun<'a> {
    args: &'a Run,
    subject: Subject,
    planned: Vec<Planned>,
    reports: Reports,
    record: Record,
}

/// A run that is over.
pub(super) struct Judged {
    pub(super) events: Vec<RunEvent>,
    /// The exit status, or why it could not be written down.
    pub(super) status: Result<u8, CliError>,
}

impl<'a> Ready<'a> {
    /// Fetches tokens and plans; nothing is sent to the target, and nothing is written yet.
    pub(super) async fn new(suite: &Suite, args: &'a Run) -> Result<Self, CliError> {
        let before = args.resume.as_deref().map(Before::read).transpose()?;
        let subject = subject(args).await?;
        let mut planned = suite.plan(&subject);
        if let Some(before) = &before {
            planned = before.without_judged(&subject, args.shard, planned)?;
        }
        let misnamed_waivers = suite.misnamed_waivers(&subject);
        Ok(Self { args, subject, planned, misnamed_waivers, before })
    }

    /// Says what would be run.
    pub(super) fn tell(&self) -> Result<(), CliError> {
        let forecast = Suite::forecast(&self.subject, &self.planned);
        say_fitted(&every_case(&self.planned, &forecast)).map_err(CliError::Output)
    }

    /// Begins the log, so that a bad path costs no run.
    pub(super) fn begin(self, reports: Reports) -> Result<Begun<'a>, CliError> {
        let Self { args, subject, planned, misnamed_waivers, before } = self;
        let wanted = if args.update { Snapshot::Update } else { Snapshot::Keep };
        let profile = subject.settings().profile.name;
        let kept = args.snapshot.as_deref().map(|path| Kept::read(path, profile, wanted)).transpose()?;
        let requests_before = before.as_ref().map_or(0, Before::requests);
        let (before, log) = match before {
            Some(before) => before.go_on().map(|(events, log)| (events, Some(log)))?,
            None => (Vec::new(), args.log.as_deref().map(Log::begin).transpose()?),
        };
        let record = Record {
            requests_before,
            head: (!args.quiet).then(|| head(&Suite::forecast(&subject, &planned))),
            misnamed_waivers,
            progress: None,
            events: before,
            log,
            kept,
            keeps_exchanges: reports.show_every_exchange(),
            unwritten: None,
        };
        Ok(Begun { args, subject, planned, reports, record })
    }
}

impl Begun<'_> {
    /// Judges, and writes the reports.
    pub(super) async fn judge(self, suite: &Suite, signals: &mut Signals) -> Result<Judged, CliError> {
        let Self { args, subject, planned, reports, mut record } = self;
        record.progress = (!args.verbosity.is_verbose() && !args.quiet).then(|| Progress::new(subject.outlook()));
        let so_far = SoFar::of(&subject, &record.events);
        let is_left_at_once = {
            let stops = [subject.stop()];
            let mut follower = |event| record.follow(event, &|id| suite.asks_for(id));
            let judging = suite.go_on(&subject, planned, so_far, &mut follower);
            tokio::select! {
                judged = judging => judged.map(|()| false),
                () = signals.told_twice(&stops) => Ok(true),
            }
        };
        drop(record.progress.take());
        match is_left_at_once {
            Ok(false) => {}
            Ok(true) => return Ok(Judged { events: record.events, status: Ok(Status::Interrupted.code()) }),
            Err(SetupError::OutOfReach(why)) => {
                // Whoever reads only the reports is told as well, and finds none of an earlier run in their place.
                let events = suite.unjudged(&subject, &why);
                reports.without_console().write(&events)?;
                workflow::tell(&events, args)?;
                return Err(SetupError::OutOfReach(why).into());
            }
            Err(error) => return Err(error.into()),
        }
        let status = written(args, reports, &mut record, &|id| suite.asks_for(id));
        Ok(Judged { events: record.events, status })
    }
}

fn written(args: &Run, reports: Reports, record: &mut Record, asks_for: &dyn Fn(&str) -> bool) -> Result<u8, CliError> {
    reports.write(&record.events)?;
    workflow::tell(&record.events, args)?;
    match record.unwritten.take() {
        Some(error) => Err(error),
        None => concluded(record, Summary::of(&record.events).status(strictness(args.strict)), asks_for),
    }
}

async fn subject(args: &Run) -> Result<Subject, CliError> {
    let options = target_options(&args.target)?;
    let subject = if args.mutants.is_empty() {
        Subject::from_options(&options).await?
    } else {
        Subject::embedded(options.profile.unwrap_or(Profile::ALL[0]), faults(&args.mutants)?).await?
    };
    let subject = args.verbosity.watch(subject);
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
    let read = Baseline::read(&path.to_string_lossy(), &earlier_text(path)?);
    read.map_err(|source| CliError::Baseline { path: path.to_owned(), source })
}

/// The exit status, after the snapshot was kept.
fn concluded(record: &Record, status: Status, asks_for: &dyn Fn(&str) -> bool) -> Result<u8, CliError> {
    match &record.kept {
        // What was not judged to its end is no record of what a target does.
        Some(kept) if matches!(status, Status::Conforms | Status::Departs) => {
            Ok(kept.conclude(&snapshot(&record.events), asks_for)?.max(status.code()))
        }
        _ => Ok(status.code()),
    }
}

/// Everything that becomes of the events of a run.
struct Record {
    /// How many requests the cases took that were judged before the run was resumed.
    requests_before: u64,
    /// What is said before the run, if it is.
    head: Option<String>,
    /// Waivers that name nothing, which are told before the run as well.
    misnamed_waivers: Vec<String>,
    /// From when the run begins.
    progress: Option<Progress>,
    events: Vec<RunEvent>,
    log: Option<Log>,
    /// The snapshot that what the target does is compared with.
    kept: Option<Kept>,
    /// Whether a report shows every exchange.
    keeps_exchanges: bool,
    /// Why the log could not be written on.
    unwritten: Option<CliError>,
}

impl Record {
    fn follow(&mut self, event: RunEvent, asks_for: &dyn Fn(&str) -> bool) {
        let mut event = match event {
            RunEvent::RunStarted(start) => {
                if let Some(head) = &self.head {
                    note_fitted(head.trim_end());
                }
                let warnings = start.warnings.iter().chain(&self.misnamed_waivers);
                for warning in warnings.filter(|_| self.head.is_some()) {
                    note_fitted(&clean(&format!("warning: {warning}")));
                }
                // Only now, so that nothing is written across the bar.
                if let Some(progress) = &mut self.progress {
                    let n_before = self.events.len().saturating_sub(1);
                    progress.begin(n_before + start.cases, &self.events);
                }
                if !self.events.is_empty() {
                    // A run that is resumed has begun before.
                    return;
                }
                RunEvent::RunStarted(start)
            }
            RunEvent::CaseFinished(_) => event,
            RunEvent::RunFinished(end) => {
                // A run that ended early has not said yet what the target does.
                let kept = self.kept.as_ref().filter(|_| end.ended_early.is_none());
                let snapshot_changes =
                    kept.map(|kept| kept.unlike(&snapshot(&self.events), asks_for)).unwrap_or_default();
                let unlike_snapshot = kept.filter(|_| !snapshot_changes.is_empty()).map(Kept::name);
                let requests = end.requests + self.requests_before;
                RunEvent::RunFinished(RunEnd { requests, unlike_snapshot, snapshot_changes, ..end })
            }
        };
        if let Some(progress) = &mut self.progress {
            progress.follow(&event);
        }
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
