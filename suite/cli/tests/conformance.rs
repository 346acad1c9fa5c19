//! The suite as one test per case: against `SETPRESENCE_TARGET` or `SETPRESENCE_CONFIG` when one is set, else
//! against the embedded reference in every profile. Filters, `--list` and nextest work as with any test.
//!
//! The chosen cases are run together, once and before the first test: they share users and a clock.

use std::collections::BTreeMap;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial, run};
use setpresence::{Profile, RunEvent, SetupError, Subject, Suite, TargetOptions, fixtures};
use setpresence_core::event::{CaseRecord, RunStart};
use setpresence_core::judge::Verdict;
use setpresence_core::plan::Planned;
use setpresence_report::console::{self, Options};
use tokio::runtime::Builder;

/// The names of the tests, and how each that was chosen came out.
struct Results {
    trials: Vec<Trial>,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let runtime = Builder::new_current_thread().enable_all().build();
    let collected = match runtime {
        Ok(runtime) => runtime.block_on(collect(&arguments)),
        Err(error) => panic!("the runtime cannot be set up: {error}"),
    };
    match collected {
        Ok(results) => run(&arguments, results.trials).exit_code(),
        Err(error) => {
            // A plain word to whoever runs the tests; a panic's backtrace would hide it.
            use std::io::Write as _;
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(3)
        }
    }
}

async fn collect(arguments: &Arguments) -> Result<Results, SetupError> {
    let options = TargetOptions::from_environment()?;
    let exact = exact(arguments);
    let suite = match exact {
        Some(id) => Suite::of(fixtures::embedded_for(without_profile(id))?),
        None => Suite::new()?,
    };
    let mut trials = Vec::new();
    if options.url.is_some() || options.config.is_some() {
        let subject = Subject::from_options(&options).await?;
        trials.extend(trials_of(&suite, &subject, "", arguments).await?);
    } else {
        for profile in Profile::ALL {
            if exact.is_some_and(|id| !id.starts_with(&format!("{profile}/"))) {
                continue;
            }
            let subject = Subject::from_options(&TargetOptions { profile: Some(profile), ..options.clone() }).await?;
            trials.extend(trials_of(&suite, &subject, &format!("{profile}/"), arguments).await?);
        }
    }
    Ok(Results { trials })
}

/// The one test that is asked for, as nextest does in a process for each: there is no need to read the others.
fn exact(arguments: &Arguments) -> Option<&str> {
    arguments.filter.as_deref().filter(|_| arguments.exact && !arguments.list)
}

fn without_profile(name: &str) -> &str {
    let stripped = |profile: &'static Profile| name.strip_prefix(profile.name)?.strip_prefix('/');
    Profile::ALL.into_iter().find_map(stripped).unwrap_or(name)
}

/// The tests of a subject, after those that were chosen have been run.
async fn trials_of(
    suite: &Suite,
    subject: &Subject,
    prefix: &str,
    arguments: &Arguments,
) -> Result<Vec<Trial>, SetupError> {
    let planned = suite.plan(subject);
    let heads: Vec<_> = planned.iter().map(head).collect();
    let is_chosen = |one: &Planned| {
        let (id, is_ignored) = head(one);
        let trial = trial(&format!("{prefix}{id}"), is_ignored, Err(Failed::without_message()));
        !arguments.list && !arguments.is_filtered_out(&trial)
    };
    let chosen: Vec<_> = planned.into_iter().filter(is_chosen).collect();
    let mut results = BTreeMap::new();
    if !chosen.is_empty() {
        let mut events = Vec::new();
        suite.follow(subject, chosen, &mut |event| events.push(event)).await?;
        results = judged(&events);
    }
    let missing = || Err(Failed::from("the case was not run"));
    Ok(heads
        .into_iter()
        .map(|(id, is_ignored)| {
            let result = results.remove(&id).unwrap_or_else(missing);
            trial(&format!("{prefix}{id}"), is_ignored, result)
        })
        .collect())
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
    events
        .iter()
        .filter_map(|event| match event {
            RunEvent::CaseFinished(case) => Some((case.id.clone(), result(case, start))),
            RunEvent::RunStarted(_) | RunEvent::RunFinished(_) => None,
        })
        .collect()
}

/// What was not judged is never a pass.
fn result(case: &CaseRecord, start: &RunStart) -> Result<(), Failed> {
    match case.verdict {
        Verdict::Passed | Verdict::Observed | Verdict::Warned => Ok(()),
        Verdict::Failed | Verdict::Inconclusive | Verdict::Skipped => {
            Err(Failed::from(console::case(case, &start.requirements, &Options::default())))
        }
    }
}
