//! `diff`: the same cases and random sequences on two targets, and where they differ.

use std::path::Path;

use setpresence::fuzzing::{self, partings};
use setpresence::{Library, RunEvent, Stop, Subject, Suite, TargetOptions};
use setpresence_core::explore::{Move, Sequence};
use setpresence_core::plan::UserSlot;
use setpresence_report::{Apart, Differences, Sequences, Status, Who};

use super::runtime;
use crate::args::Diff;
use crate::failure::CliError;
use crate::forecast::head;
use crate::output::{human, note, note_fitted, say_fitted};
use crate::progress::{Progress, Telling};
use crate::signals::Signals;

/// More of a body says nothing more to a person.
const BODY_SHOWN: usize = 400;

/// Judges both and says where they differ. The exit status is 1 where one of them departs, 3 where nothing was compared,
/// 130 where it was interrupted.
pub(crate) fn diff(args: &Diff) -> Result<u8, CliError> {
    args.verbosity.listen();
    let library = setpresence::fixtures::embedded()?;
    let suite = Suite::of(library).select(&args.patterns, &args.skip)?;
    runtime()?.block_on(async {
        let (left, right) = (subject(&args.left, args).await?, subject(&args.right, args).await?);
        let mut signals = Signals::listen().map_err(CliError::Signals)?;
        let stops = [left.stop(), right.stop()];
        let compared = tokio::select! {
            compared = compared(&suite, &left, &right, args) => compared?,
            () = signals.told_twice(&stops) => return Ok(Status::Interrupted.code()),
        };
        let is_interrupted = stops.iter().any(Stop::is_told);
        let Some(differences) = compared else {
            note("interrupted before both were judged: nothing was compared");
            return Ok(Status::Interrupted.code());
        };
        say_fitted(&differences.text()).map_err(CliError::Output)?;
        Ok(if is_interrupted { Status::Interrupted.code() } else { status(&differences) })
    })
}

fn status(differences: &Differences) -> u8 {
    let status = match (differences.is_empty(), differences.has_departures()) {
        (true, _) => Status::Unjudged,
        (false, true) => Status::Departs,
        (false, false) => Status::Conforms,
    };
    status.code()
}

/// Where they differ, as far as both were judged; nothing where it was told to end before the second was begun.
async fn compared(
    suite: &Suite,
    left: &Subject,
    right: &Subject,
    args: &Diff,
) -> Result<Option<Differences>, CliError> {
    let on_left = judged(suite, left, "left", args).await?;
    if left.stop().is_told() {
        return Ok(None);
    }
    let on_right = judged(suite, right, "right", args).await?;
    let differences = Differences::of(&on_left, &on_right);
    if args.requests == 0 || right.stop().is_told() {
        return Ok(Some(differences));
    }
    let mut pace = Telling::new(Some(args.requests), None);
    let mut tell = |sent, so_far: &fuzzing::Partings| {
        let found = so_far.found.len();
        pace.tell(sent, || format!("{sent} of {} requests in random sequences, {found} differences", args.requests));
    };
    let found = partings(left, right, args.seed, args.requests, &mut tell).await?;
    Ok(Some(differences.with_sequences(sequences(args.seed, found, suite.library()))))
}

async fn subject(file: &Path, args: &Diff) -> Result<Subject, CliError> {
    let options =
        TargetOptions { profile: args.profile, max_wait: args.max_wait, ..TargetOptions::file(file.to_owned()) };
    Ok(args.verbosity.watch(Subject::from_options(&options).await?))
}

/// The events of a run, with its progress where there is a terminal.
async fn judged(suite: &Suite, subject: &Subject, side: &str, args: &Diff) -> Result<Vec<RunEvent>, CliError> {
    let planned = suite.plan(subject);
    note_fitted(&format!("{side}: {}", head(&Suite::forecast(subject, &planned)).trim_end()));
    let mut progress = Progress::new(subject.outlook());
    let mut events = Vec::new();
    let mut follower = |event| {
        // What is told in between would tear a bar apart.
        if let (RunEvent::RunStarted(start), false) = (&event, args.verbosity.is_verbose()) {
            progress.begin(start.cases, &[]);
        }
        progress.follow(&event);
        events.push(event);
    };
    suite.follow(subject, planned, &mut follower).await?;
    Ok(events)
}

fn sequences(seed: u64, partings: fuzzing::Partings, library: &Library) -> Sequences {
    let fuzzing::Partings { found, sequences, unanswered, ended_early } = partings;
    let found = found.into_iter().map(|one| apart(one, library)).collect();
    Sequences { seed, played: sequences, unanswered, ended_early, found }
}

fn apart(found: fuzzing::Apart, library: &Library) -> Apart {
    let fuzzing::Apart { parting, sequence } = found;
    let (left, right) = (&parting.left, &parting.right);
    let departs = left.departs.as_ref().or(right.departs.as_ref());
    let named = departs.map(|found| found.requirement.as_str()).or_else(|| parting.open.first().copied());
    let sentence = |id: &str| library.requirements.get(id).map(|known| known.sentence.clone()).unwrap_or_default();
    Apart {
        who: Who::of(left.departs.is_some(), right.departs.is_some()),
        requirement: named.map(|id| (id.to_owned(), sentence(id))),
        steps: steps(&sequence),
        left: told(left),
        right: told(right),
        expected: departs.map(|found| found.expected.clone()),
    }
}

/// What it did, with what is wrong with it where the bare deed does not show that.
fn told(side: &setpresence_core::explore::Side) -> String {
    match &side.departs {
        Some(found) if !side.did.starts_with("shows ") => format!("{}: {}", side.did, found.observed),
        _ => side.did.clone(),
    }
}

fn steps(sequence: &Sequence) -> Vec<String> {
    sequence.moves().iter().map(step).collect()
}

fn step(one: &Move) -> String {
    let Move { wait, action } = one;
    let request = &action.request;
    let mut text = if wait.is_zero() { String::new() } else { format!("after {}: ", human(*wait)) };
    text.push_str(action.operation.name());
    let user = match action.user {
        UserSlot::Pool(0) => "",
        UserSlot::Pool(1) => " of user b",
        UserSlot::Pool(_) => " of user c",
        UserSlot::Unknown => " of an unknown user",
    };
    text.push_str(&format!("{user} as {}", action.actor.as_deref().unwrap_or("nobody")));
    if request.is_other_method || request.is_other_path {
        text.push_str(&format!(", {} {}", request.method, request.path));
    }
    let bearer: &[String] = &["Bearer ${token}".to_owned()];
    if action.actor.is_some() && request.authorization != bearer {
        text.push_str(&format!(", authorization {:?}", request.authorization));
    }
    let is_odd =
        |(name, value): &&(String, String)| !(name.eq_ignore_ascii_case("content-type") && value == "application/json");
    for (name, value) in request.headers.iter().filter(is_odd) {
        text.push_str(&format!(", {name}: {value}"));
    }
    if let Some(body) = &request.body {
        if request.headers.is_empty() {
            text.push_str(", no Content-Type");
        }
        let body = String::from_utf8_lossy(body);
        let shown: String = body.chars().take(BODY_SHOWN).collect();
        let more = if shown.len() < body.len() { format!(" … ({} bytes)", body.len()) } else { String::new() };
        text.push_str(&format!("  {shown}{more}"));
    }
    text
}
