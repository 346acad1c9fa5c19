//! `replay`: tries a finding again, on any target.

mod artifact;

use std::path::Path;

use setpresence::{Library, Selection, Subject, fixtures};
use setpresence_core::case::text::{Problem, Source};
use setpresence_core::explore::{Ground, Kind, Sequence, Witness};
use setpresence_core::judge::Class;
use setpresence_core::plan::{Abilities, Planned, plan};
use setpresence_core::spec::{DurationText, Level};
use setpresence_report::Status;

use self::artifact::{Artifact, Left};
use super::fuzz::subject;
use super::{earlier, runtime};
use crate::failure::CliError;
use crate::fuzz_args::Replay;
use crate::output::say_fitted;

/// How often a finding of calls that overlap is tried where nobody says how often it shows: most show every other time.
const RACES: u32 = 8;
/// How often any is tried at most.
const RACES_MOST: u32 = 64;
/// How likely a race may be overlooked that is still there.
const OVERLOOKED: f64 = 0.01;

/// What may come of a try.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// Nothing is wrong, and nothing was said to be.
    Passed,
    /// What the file names does not show.
    Gone,
    Inconclusive,
    Reproduced,
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
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
        let mut worst = Outcome::Passed;
        for path in &args.files {
            for Tried { name, sequence, claim, shown } in sequences(path, &subject)? {
                let (outcome, why) = match sequence {
                    Ok(sequence) => {
                        let tries = tries(&sequence, &claim, shown);
                        try_until_shown(&subject, &sequence, &claim, tries).await?
                    }
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
            Outcome::Passed | Outcome::Gone => Status::Conforms.code(),
            Outcome::Reproduced => Status::Departs.code(),
            Outcome::Inconclusive => Status::Unjudged.code(),
        })
    })
}

/// How often a sequence is tried until what it shows counts as gone.
fn tries(sequence: &Sequence, claim: &Claim, shown: Option<(u32, u32)>) -> u32 {
    let is_race = sequence.moves().iter().any(|one| one.action.is_together);
    match (shown, claim) {
        (Some((shown, tried)), _) => {
            let missed = 1.0 - f64::from(shown) / f64::from(tried);
            (1..RACES_MOST).find(|tries| missed.powf(f64::from(*tries)) < OVERLOOKED).unwrap_or(RACES_MOST)
        }
        (None, Claim::Something | Claim::These(_)) if is_race => RACES,
        (None, _) => 1,
    }
}

async fn try_until_shown(
    subject: &Subject,
    sequence: &Sequence,
    claim: &Claim,
    tries: u32,
) -> Result<(Outcome, String), CliError> {
    let mut worst = (Outcome::Passed, String::new());
    for _ in 0..tries {
        let tried = try_again(subject, sequence, claim).await?;
        if tried.0 >= worst.0 {
            worst = tried;
        }
        if worst.0 == Outcome::Reproduced {
            break;
        }
    }
    if worst.0 == Outcome::Gone && tries > 1 {
        worst.1 = format!("it did not show in {tries} tries");
    }
    Ok(worst)
}

async fn try_again(subject: &Subject, sequence: &Sequence, claim: &Claim) -> Result<(Outcome, String), CliError> {
    let replayed = subject.replay(sequence).await?;
    // A file that names what it shows is reproduced by that alone; any other by whatever is wrong.
    let is_claimed = |found: &_| match claim {
        Claim::These(kinds) => kinds.iter().any(|kind| kind.is_shown_by(found)),
        Claim::Something | Claim::Nothing => true,
    };
    Ok(match (replayed.divergences.iter().find(|found| is_claimed(found)), claim) {
        (Some(found), _) => (
            Outcome::Reproduced,
            format!("{}: expected {}, observed {}", found.requirement, found.expected, found.observed),
        ),
        (None, _) if !replayed.is_whole => (Outcome::Inconclusive, "not every request was answered".to_owned()),
        (None, Claim::Nothing) => (Outcome::Passed, String::new()),
        (None, Claim::Something | Claim::These(_)) => (Outcome::Gone, String::new()),
    })
}

/// What is tried again.
struct Tried {
    name: String,
    /// What to send, or why nothing can be.
    sequence: Result<Sequence, String>,
    claim: Claim,
    /// How often it showed, of how many times, where that was not always.
    shown: Option<(u32, u32)>,
}

/// What a file says that it shows.
#[derive(Clone)]
enum Claim {
    /// Nothing: a case, or what a fuzzer started from.
    Nothing,
    /// That something is wrong.
    Something,
    /// That one of these is.
    These(Vec<Kind>),
}

/// What a file of sequences holds: each case in it, or what libFuzzer left.
fn sequences(path: &Path, subject: &Subject) -> Result<Vec<Tried>, CliError> {
    let no_case = |why: String| CliError::NoCase { path: path.to_owned(), why };
    let abilities = subject.abilities();
    let shown = path.display();
    if path.extension().is_some_and(|ending| ending == "toml") {
        let text = String::from_utf8(earlier(path)?).map_err(|error| no_case(error.to_string()))?;
        return cases(path, text, None, &abilities);
    }
    let left = Left::of(path);
    let bytes = earlier(path)?;
    let Some(left) = left else {
        return Err(no_case(artifact::NOT_LEFT.to_owned()));
    };
    let ground = Ground::of(&abilities);
    let one = |name, sequence| Ok(vec![Tried { name, sequence, claim: left.claim(), shown: None }]);
    match left.read(&bytes, &ground) {
        Artifact::Case(text) => cases(path, text, Some(&left), &abilities),
        Artifact::NoRequest(why) => Err(no_case(why)),
        Artifact::Sequence(sequence) => one(format!("{shown}, as a sequence of requests"), Ok(sequence)),
        Artifact::Requests(target, sequence) => {
            let sequence = sequence.and_then(|sequence| in_time(sequence, &abilities));
            one(format!("{shown}, as the fuzz target {target} reads it"), sequence)
        }
    }
}

/// The cases of a case file, which libFuzzer may have left.
fn cases(path: &Path, text: String, left: Option<&Left>, abilities: &Abilities) -> Result<Vec<Tried>, CliError> {
    let no_case = |why: String| CliError::NoCase { path: path.to_owned(), why };
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let is_found = text.starts_with(Witness::MARK);
    // The only place in which a case file may stand without a family.
    let id = format!("witnesses/{stem}");
    let library =
        Library::load(vec![fixtures::register(), Source { name: format!("{id}.toml"), text }]).map_err(|problems| {
            let problems = problems.into_iter().map(|problem| Problem { file: path.display().to_string(), ..problem });
            let problems = problems.map(|problem| problem.to_string()).collect::<Vec<_>>().join("\n\n");
            no_case(match left.and_then(Left::as_case_file) {
                Some(why) => format!("{why}\n\n{problems}"),
                None => problems,
            })
        })?;
    let claim = match (left, kinds_of(&stem, &library)) {
        (Some(left), _) => left.claim(),
        (None, kinds) if !kinds.is_empty() => Claim::These(kinds),
        (None, _) if is_found => Claim::Something,
        (None, _) => Claim::Nothing,
    };
    let planned = plan(&library, abilities, &Selection::default());
    if planned.is_empty() {
        return Err(no_case(format!("it belongs to another profile than {}", abilities.profile)));
    }
    let by = left.and_then(Left::reader).map(|target| format!(", as the fuzz target {target} reads it"));
    let name = |full: &str| {
        let row = full.strip_prefix(&id).unwrap_or_default();
        format!("{}{row}{}", path.display(), by.as_deref().unwrap_or_default())
    };
    let shown = library.cases.iter().find_map(|case| case.shown);
    let tried = planned.into_iter().map(|planned| match planned {
        Planned::Run(plan) => {
            Tried { name: name(&plan.id), sequence: Ok(Sequence::of_plan(&plan)), claim: claim.clone(), shown }
        }
        Planned::Skipped(skipped) => {
            Tried { name: name(&skipped.id), sequence: Err(skipped.reason), claim: Claim::Nothing, shown: None }
        }
    });
    Ok(tried.collect())
}

/// What a witness shows, told from its name; nothing where the file is no witness of ours.
fn kinds_of(stem: &str, library: &Library) -> Vec<Kind> {
    let is_of = |class: &Class| stem.strip_prefix(class.name()).is_some_and(|rest| rest.starts_with('-'));
    let Some(class) = Class::ALL.into_iter().find(is_of) else { return Vec::new() };
    let requirements = library.cases.iter().flat_map(|case| case.requirements.iter());
    requirements.map(|requirement| Kind { class, requirement: requirement.clone(), level: Level::May }).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_race_is_tried_until_it_would_have_shown() {
        let sequence = Sequence::default();
        let rows = [(None, 1), (Some((4, 4)), 1), (Some((1, 2)), 7), (Some((1, 4)), 17), (Some((1, 1000)), RACES_MOST)];
        for (shown, wanted) in rows {
            assert_eq!(tries(&sequence, &Claim::Something, shown), wanted, "{shown:?}");
        }
    }
}
