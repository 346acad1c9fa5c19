//! `replay`: tries a finding again, on any target.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use setpresence::{Library, Selection, Subject, fixtures};
use setpresence_core::case::text::Source;
use setpresence_core::explore::{Ground, Kind, Sequence};
use setpresence_core::judge::Class;
use setpresence_core::plan::{Planned, plan};
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
        match Artifact::of(path, &bytes) {
            Artifact::Body(case) => case,
            Artifact::NoRequest(why) => return Err(no_case(why)),
            Artifact::Sequence => {
                let sequence = Sequence::read(&bytes, &Ground::of(&abilities));
                return Ok(vec![(path.display().to_string(), Ok(sequence), Vec::new())]);
            }
        }
    };
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let source = Source { name: format!("witnesses/{stem}.toml"), text };
    let library = Library::load(vec![fixtures::register(), source])
        .map_err(|problems| no_case(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n")))?;
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

/// The fuzz targets whose inputs are neither a sequence of requests nor a body.
const WITHOUT_REQUESTS: [&str; 5] = ["duration", "case_file", "model", "http_request", "report"];

/// What libFuzzer left in a file, told from the folder, which it names after the fuzz target.
enum Artifact {
    /// What `handler` and `reference_vs_model` start from, and every target of a user's own.
    Sequence,
    /// What `request_body` starts from, as a case file.
    Body(String),
    /// Nothing that could be sent, and why.
    NoRequest(String),
}

impl Artifact {
    fn of(path: &Path, bytes: &[u8]) -> Self {
        let folder = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        match (folder.as_deref(), bytes) {
            // The first byte chooses how the body is read; its lowest bit, whether there is a content type.
            (Some("request_body"), [choice, body @ ..]) => Self::Body(format!(
                "title = \"What libFuzzer left is judged\"\nrequirements = [\"body.json\"]\n\n[[step]]\n\
                 do = \"set-presence\"\n{}base64 = \"{}\"\nexpect.outcome = \"either\"\n",
                if choice & 1 == 0 { "" } else { "without = [\"Content-Type\"]\n" },
                STANDARD.encode(body)
            )),
            (Some(target), _) if WITHOUT_REQUESTS.contains(&target) => Self::NoRequest(format!(
                "the fuzz target `{target}` reads no sequence of requests, so try it by `cargo fuzz run {target} {}`",
                path.display()
            )),
            _ => Self::Sequence,
        }
    }
}
