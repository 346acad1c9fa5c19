//! The suite as one test a case, for `cargo test`: filters, `--list` and nextest work as with any other test.
//!
//! The chosen cases are run together, once and before the first test: they share users and a clock.

use std::collections::BTreeMap;
use std::future::Future;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use libtest_mimic::{Arguments, Failed, Trial};
use setpresence_core::event::{CaseRecord, RunEvent, RunStart};
use setpresence_core::judge::Verdict;
use setpresence_core::plan::Planned;
use setpresence_report::console::{self, Options};
use setpresence_report::{CHANGES_SHOWN, Summary, changes, changes_told, snapshot};
use tokio::runtime::Builder;

use crate::error::SetupError;
use crate::subject::Subject;
use crate::suite::Suite;

/// The exit status where nothing could be judged.
const UNJUDGED: u8 = 3;

/// The suite as the tests of a `main` function of yours; see [the crate](crate) for an example.
#[derive(Clone, Debug, Default)]
pub struct Tests {
    patterns: Vec<String>,
    skips: Vec<String>,
    snapshot: Option<PathBuf>,
}

impl Tests {
    /// Every case.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with those cases only that a pattern names: an id, a family, or with `*` and `**`.
    #[must_use]
    pub fn only(mut self, pattern: &str) -> Self {
        self.patterns.push(pattern.to_owned());
        self
    }

    /// The same without the cases that a pattern names.
    #[must_use]
    pub fn skip(mut self, pattern: &str) -> Self {
        self.skips.push(pattern.to_owned());
        self
    }

    /// The same, and the test `snapshot`: it writes what the target does to that file where there is none, and fails
    /// where it does something else. `SETPRESENCE_UPDATE=1` accepts that.
    #[must_use]
    pub fn snapshot(mut self, path: impl AsRef<Path>) -> Self {
        self.snapshot = Some(path.as_ref().to_owned());
        self
    }

    /// Runs the tests on what the function makes, and gives the exit status for `main`. The function is called within
    /// a tokio runtime, so that it may spawn a server.
    pub fn judge<F, S>(self, subject: F) -> ExitCode
    where
        F: FnOnce() -> S,
        S: Future<Output = Result<Subject, SetupError>>,
    {
        let arguments = Arguments::from_args();
        let trials = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(SetupError::Runtime)
            .and_then(|runtime| runtime.block_on(async { self.trials(&arguments, &subject().await?).await }));
        finish(&arguments, trials)
    }

    async fn trials(&self, arguments: &Arguments, subject: &Subject) -> Result<Vec<Trial>, SetupError> {
        let suite = Suite::new()?.select(&self.patterns, &self.skips)?;
        let (mut trials, events) = trials(&suite, subject, "", arguments).await?;
        // A part of the cases is no snapshot of all.
        let is_whole = arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.list;
        if let Some(path) = &self.snapshot {
            let result = if is_whole { compared(path, &snapshot(&events)) } else { Ok(()) };
            trials.push(Trial::test("snapshot", move || result).with_ignored_flag(!is_whole && !arguments.list));
        }
        // A stale waiver is nobody's case, and fails all the same.
        for stale in events.iter().rev().find_map(ended).unwrap_or_default() {
            let why = format!("{}: {}", stale.place, stale.why);
            trials.push(Trial::test(format!("waiver/{}", stale.case), move || Err(Failed::from(why))));
        }
        Ok(trials)
    }
}

fn ended(event: &RunEvent) -> Option<&[setpresence_core::event::StaleWaiver]> {
    match event {
        RunEvent::RunFinished(end) => Some(&end.stale),
        _ => None,
    }
}

/// Runs trials, or says why there are none.
pub fn finish(arguments: &Arguments, trials: Result<Vec<Trial>, SetupError>) -> ExitCode {
    match trials {
        Ok(trials) => libtest_mimic::run(arguments, trials).exit_code(),
        Err(error) => {
            // A plain word to whoever runs the tests; a panic's backtrace would hide it.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(UNJUDGED)
        }
    }
}

/// The tests of a subject, after those that the arguments choose have been run, and what happened in that run.
///
/// # Errors
/// As [`Suite::judge`].
pub async fn trials(
    suite: &Suite,
    subject: &Subject,
    prefix: &str,
    arguments: &Arguments,
) -> Result<(Vec<Trial>, Vec<RunEvent>), SetupError> {
    let planned = suite.plan(subject);
    let heads: Vec<_> = planned.iter().map(head).collect();
    let is_chosen = |one: &Planned| {
        let (id, is_ignored) = head(one);
        let trial = trial(&format!("{prefix}{id}"), is_ignored, Err(Failed::without_message()));
        !arguments.list && !arguments.is_filtered_out(&trial)
    };
    let chosen: Vec<_> = planned.into_iter().filter(is_chosen).collect();
    let mut events = Vec::new();
    if !chosen.is_empty() {
        suite.follow(subject, chosen, &mut |event| events.push(event)).await?;
    }
    let mut results = judged(&events);
    let missing = || Err(Failed::from("the case was not run"));
    let trials = heads.into_iter().map(|(id, is_ignored)| {
        let result = results.remove(&id).unwrap_or_else(missing);
        trial(&format!("{prefix}{id}"), is_ignored, result)
    });
    Ok((trials.collect(), events))
}

/// A case that the target cannot do is ignored, with the reason when it is asked for nevertheless.
fn head(planned: &Planned) -> (String, bool) {
    match planned {
        Planned::Run(plan) => (plan.id.clone(), false),
        Planned::Skipped(skipped) => (skipped.id.clone(), true),
    }
}

fn trial(name: &str, is_ignored: bool, result: Result<(), Failed>) -> Trial {
    Trial::test(name, move || result).with_ignored_flag(is_ignored)
}

fn judged(events: &[RunEvent]) -> BTreeMap<String, Result<(), Failed>> {
    let Some(RunEvent::RunStarted(start)) = events.first() else { return BTreeMap::new() };
    let was_cut_short = Summary::of(events).was_cut_short;
    events
        .iter()
        .filter_map(|event| match event {
            RunEvent::CaseFinished(case) => Some((case.id.clone(), result(case, start))),
            RunEvent::RunStarted(_) | RunEvent::RunFinished(_) => None,
        })
        .map(|(id, result)| {
            let lost = || Err(Failed::from("the target was lost on the way"));
            (id, if was_cut_short && result.is_ok() { lost() } else { result })
        })
        .collect()
}

/// What was not judged is never a pass; what is waived is no failure.
fn result(case: &CaseRecord, start: &RunStart) -> Result<(), Failed> {
    match case.verdict {
        Verdict::Passed | Verdict::Observed | Verdict::Warned => Ok(()),
        Verdict::Failed if case.is_waived() => Ok(()),
        Verdict::Failed | Verdict::Inconclusive | Verdict::Skipped => {
            Err(Failed::from(console::case(case, &start.requirements, &Options::default())))
        }
    }
}

fn compared(path: &Path, text: &str) -> Result<(), Failed> {
    let is_update = env::var_os("SETPRESENCE_UPDATE").is_some_and(|value| value == "1");
    let failed = |error| Failed::from(format!("`{}`: {error}", path.display()));
    if is_update || !path.exists() {
        return fs::write(path, text).map_err(failed);
    }
    let known = fs::read_to_string(path).map_err(failed)?;
    let changed = changes(&known, text, &|_| true);
    if changed.is_empty() {
        return Ok(());
    }
    Err(Failed::from(format!(
        "the target does something else than `{}` says; SETPRESENCE_UPDATE=1 accepts it\n{}",
        path.display(),
        changes_told(&changed, CHANGES_SHOWN).join("\n")
    )))
}
