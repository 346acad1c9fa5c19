//! `run`: judges a target, writes the reports, and lets the exit status say how it went.

use std::path::{Path, PathBuf};

use setpresence::{CaseRecord, RunEvent, Subject, Suite, faults};
use setpresence_core::event::RunEnd;
use setpresence_core::plan::Planned;
use setpresence_core::spec::Profile;
use setpresence_report::{Summary, log};

use super::{library, runtime, target_options};
use crate::args::Run;
use crate::failure::CliError;
use crate::output::{WholeFile, human, say};
use crate::progress::Progress;
use crate::reports::{Reports, detail, strictness};
use crate::workflow;

/// Judges, reports, and says how it went.
pub(crate) fn run(args: &Run) -> Result<u8, CliError> {
    let selection = &args.selection;
    let suite = Suite::of(library(selection.fixtures.as_deref())?).select(&selection.patterns, &selection.skip)?;
    runtime()?.block_on(async {
        let subject = subject(args).await?;
        if args.dry_run {
            return say(&shown(&suite.plan(&subject))).map(|()| 0).map_err(CliError::Output);
        }
        let planned = suite.plan(&subject);
        judge(&suite.forget_cases(), &subject, planned, args).await
    })
}

async fn subject(args: &Run) -> Result<Subject, CliError> {
    let options = target_options(&args.target)?;
    let subject = if args.mutants.is_empty() {
        Subject::from_options(&options).await?
    } else {
        Subject::embedded(options.profile.unwrap_or(Profile::ALL[0]), faults(&args.mutants)?).await?
    };
    Ok(match args.jobs {
        Some(jobs) => subject.with_jobs(jobs),
        None => subject,
    })
}

async fn judge(suite: &Suite, subject: &Subject, planned: Vec<Planned>, args: &Run) -> Result<u8, CliError> {
    let strictness = strictness(args.strict);
    let reports = Reports::begin(&args.reports, detail(args.verbose), strictness)?;
    let mut log = args.log.as_deref().map(Log::begin).transpose()?;
    let mut progress = Progress::new();
    let mut events = Vec::new();
    let keeps_exchanges = log.is_some() || reports.show_every_exchange();
    let mut follower = |mut event: RunEvent| {
        progress.follow(&event);
        if let (RunEvent::CaseFinished(case), false) = (&mut event, keeps_exchanges) {
            forget_exchanges(case);
        }
        events.push(event);
    };
    let is_interrupted = tokio::select! {
        judged = suite.follow(subject, planned, &mut follower) => {
            judged?;
            false
        }
        Ok(()) = tokio::signal::ctrl_c() => true,
    };
    drop(progress);
    if is_interrupted {
        // What was judged until then is worth a report; that it is not all is said there.
        let ended_early = Some("it was interrupted".to_owned());
        events.push(RunEvent::RunFinished(RunEnd { requests: 0, elapsed_ms: 0, ended_early, stale: Vec::new() }));
    }
    if let Some(log) = log.take() {
        log.write(&events)?;
    }
    reports.write(&events)?;
    workflow::tell(&events, strictness, &args.reports)?;
    Ok(Summary::of(&events).status(strictness).code())
}

/// Only a log tells of every exchange; reports only of those that show a divergence. Thousands of bodies are not kept.
fn forget_exchanges(case: &mut CaseRecord) {
    if case.divergences.is_empty() {
        case.exchanges = Vec::new();
    }
}

/// The run's log, begun before the run so that a bad path costs no run.
struct Log {
    path: PathBuf,
    file: WholeFile,
}

impl Log {
    fn begin(path: &Path) -> Result<Self, CliError> {
        let file = WholeFile::begin(path).map_err(|source| CliError::Unwritable { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), file })
    }

    fn write(self, events: &[RunEvent]) -> Result<(), CliError> {
        let Self { path, mut file } = self;
        let mut text = String::new();
        for event in events {
            text.push_str(&log::line(event)?);
        }
        file.write(&text).and_then(|()| file.finish()).map_err(|source| CliError::Unwritable { path, source })
    }
}

/// What would be run, one case a line, and what would be left out and why.
fn shown(planned: &[Planned]) -> String {
    let mut text = String::new();
    let mut n_run = 0;
    for one in planned {
        match one {
            Planned::Run(plan) => {
                n_run += 1;
                text.push_str(&format!("{}  ({})\n", plan.id, human(plan.lasts())));
            }
            Planned::Skipped(skipped) => text.push_str(&format!("{}  skipped: {}\n", skipped.id, skipped.reason)),
        }
    }
    text.push_str(&format!("\n{n_run} of {} cases would be run\n", planned.len()));
    text
}
