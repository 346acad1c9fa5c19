//! `replay`: tries a finding again, on any target.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use setpresence::{Library, Selection, Subject, fixtures};
use setpresence_core::case::text::Source;
use setpresence_core::explore::{Ground, Kind, Sequence};
use setpresence_core::judge::Class;
use setpresence_core::plan::{Abilities, Planned, plan};
use setpresence_core::spec::DurationText;
use setpresence_report::Status;

use super::fuzz::subject;
use super::{earlier, runtime};
use crate::failure::CliError;
use crate::fuzz_args::Replay;
use crate::output::say_fitted;

/// What may come of a try.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Gone,
    Inconclusive,
    Reproduced,
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Inconclusive => "inconclusive",
            Self::Reproduced => "reproduced",
        }
    }
}

/// Tries every file again. The exit status is 1 where one is reproduced, 3 where none could be told, else 0.
pub(crate) fn replay(args: &Replay) -> Result<u8, CliError> {
    args.verbosity.listen();
    runtime()?.block_on(async {
        let subject = args.verbosity.watch(subject(&args.target, &args.mutants).await?);
        let mut worst = Outcome::Gone;
        for path in &args.files {
            for (name, sequence, kinds) in sequences(path, &subject)? {
                let (outcome, why) = match sequence {
                    Ok(sequence) => try_again(&subject, &sequence, &kinds).await?,
                    Err(why) => (Outcome::Inconclusive, why),
                };
                worst = worst.max(outcome);
                say_fitted(&format!(
                    "{}  {name}{}\n",
                    outcome.name(),
                    if why.is_empty() { why } else { format!(": {why}") }
                ))
                .map_err(CliError::Output)?;
            }
        }
        Ok(match worst {
            Outcome::Gone => Status::Conforms.code(),
            Outcome::Reproduced => Status::Departs.code(),
            Outcome::Inconclusive => Status::Unjudged.code(),
        })
    })
}

async fn try_again(subject: &Subject, sequence: &Sequence, kinds: &[Kind]) -> Result<(Outcome, String), CliError> {
    let replayed = subject.replay(sequence).await?;
    // A file that names what it shows is reproduced by that alone; any other by whatever is wrong.
    let shown =
        replayed.divergences.iter().find(|found| kinds.is_empty() || kinds.iter().any(|kind| kind.is_shown_by(found)));
    Ok(match shown {
        Some(found) => (
            Outcome::Reproduced,
            format!("{}: expected {}, observed {}", found.requirement, found.expected, found.observed),
        ),
        None if replayed.is_whole => (Outcome::Gone, String::new()),
        None => (Outcome::Inconclusive, "not every request was answered".to_owned()),
    })
}

type Tried = (String, Result<Sequence, String>, Vec<Kind>);

/// The sequences of a file: of each case in it, or of what libFuzzer left.
fn sequences(path: &Path, subject: &Subject) -> Result<Vec<Tried>, CliError> {
    let bytes = earlier(path)?;
    let abilities = subject.abilities();
    let no_case = |why: String| CliError::NoCase { path: path.to_owned(), why };
    let text = if path.extension().is_some_and(|ending| ending == "toml") {
        String::from_utf8(bytes).map_err(|error| no_case(error.to_string()))?
    } else {
        let ground = Ground::of(&abilities);
        match Artifact::of(path, &bytes, &ground) {
            Artifact::Case(case) => case,
            Artifact::NoRequest(why) => return Err(no_case(why)),
            Artifact::Sequence => {
                let sequence = Sequence::read(&bytes, &ground);
                return Ok(vec![(path.display().to_string(), Ok(sequence), Vec::new())]);
            }
            Artifact::Requests(target, sequence) => {
                let name = format!("{}, as the fuzz target {target} reads it", path.display());
                let sequence = sequence.and_then(|sequence| in_time(sequence, &abilities));
                return Ok(vec![(name, sequence, Vec::new())]);
            }
        }
    };
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let source = Source { name: format!("witnesses/{stem}.toml"), text };
    let library = Library::load(vec![fixtures::register(), source]).map_err(|problems| {
        let problems = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n");
        let is_input = fuzz_target(path).as_deref() == Some("case_file");
        no_case(if is_input { format!("{}\n\n{problems}", by_cargo_fuzz("case_file", path)) } else { problems })
    })?;
    let kinds = kinds_of(&stem, &library);
    let planned = plan(&library, &abilities, &Selection::default());
    if planned.is_empty() {
        return Err(no_case(format!("it belongs to another profile than {}", abilities.profile)));
    }
    let tried = planned.into_iter().map(|planned| match planned {
        Planned::Run(plan) => (plan.id.clone(), Ok(Sequence::of_plan(&plan)), kinds.clone()),
        Planned::Skipped(skipped) => (skipped.id, Err(skipped.reason), Vec::new()),
    });
    Ok(tried.collect())
}

/// What a witness shows, told from its name; nothing where the file is no witness of ours.
fn kinds_of(stem: &str, library: &Library) -> Vec<Kind> {
    let Some(class) = Class::ALL.into_iter().find(|class| stem.starts_with(class.name())) else { return Vec::new() };
    let requirements = library.cases.iter().flat_map(|case| case.requirements.iter());
    requirements.map(|requirement| Kind { class, requirement: requirement.clone() }).collect()
}

/// The same where there is the time for it.
fn in_time(sequence: Sequence, abilities: &Abilities) -> Result<Sequence, String> {
    let lasts = sequence.lasts();
    match abilities.longest {
        Some(longest) if lasts > longest => Err(format!(
            "needs {} on the target's clock, and --max-wait allows {}",
            DurationText::canonical(lasts),
            DurationText::canonical(longest)
        )),
        _ => Ok(sequence),
    }
}

/// What libFuzzer left in a file, told from the folder, which it names after the fuzz target.
enum Artifact {
    /// What `handler` and `reference_vs_model` start from, and every target of a user's own.
    Sequence,
    /// What another of our targets starts from, as requests; where it makes none on this target, why.
    Requests(&'static str, Result<Sequence, String>),
    /// What `request_body` and `case_file` start from, as a case file.
    Case(String),
    /// Nothing that could be sent, and why.
    NoRequest(String),
}

impl Artifact {
    fn of(path: &Path, bytes: &[u8], ground: &Ground) -> Self {
        match (fuzz_target(path).as_deref(), bytes) {
            // The first byte chooses how the body is read; its lowest bit, whether there is a content type.
            (Some("request_body"), [choice, body @ ..]) => Self::Case(format!(
                "title = \"What libFuzzer left is judged\"\nrequirements = [\"body.json\"]\n\n[[step]]\n\
                 do = \"set-presence\"\n{}base64 = \"{}\"\nexpect.outcome = \"either\"\n",
                if choice & 1 == 0 { "" } else { "without = [\"Content-Type\"]\n" },
                STANDARD.encode(body)
            )),
            (Some("case_file"), _) => Self::Case(String::from_utf8_lossy(bytes).into_owned()),
            (Some("duration"), _) => Self::Requests("duration", Ok(Sequence::of_duration(bytes, ground))),
            (Some("http_request"), _) => Self::Requests("http_request", Ok(Sequence::of_request(bytes, ground))),
            (Some("model"), _) => {
                let why = "it needs a target with the applications app, app_b and app_c, and with reads";
                Self::Requests("model", Sequence::of_story(bytes, ground).ok_or_else(|| why.to_owned()))
            }
            (Some("report"), _) => Self::NoRequest(by_cargo_fuzz("report", path)),
            _ => Self::Sequence,
        }
    }
}

/// The fuzz target whose input a file is, by its folder.
fn fuzz_target(path: &Path) -> Option<String> {
    path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned())
}

fn by_cargo_fuzz(target: &str, path: &Path) -> String {
    let path = path.display();
    format!(
        "as the fuzz target `{target}` reads it, nothing in it can be sent; try it by `cargo fuzz run {target} {path}`"
    )
}
