//! `prove`: the suite against every mutant of the reference, and the kill matrix of it.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::thread::available_parallelism;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};
use setpresence::proof::{self, Gap, KillMatrix, Proof, Trial, fairness};
use setpresence::{Library, SetupError, Verdict};
use setpresence_core::case::text::nearest;
use setpresence_core::plan::Selection;
use setpresence_core::spec::Profile;
use setpresence_reference::Mutant;

use super::library;
use super::prove_by_fuzzing::Hunt;
use crate::args::{ListFormat, Prove};
use crate::failure::CliError;
use crate::output::{self, WholeFile};

/// How many of the cases that notice a mutant a line of text names.
const N_CASES_SHOWN: usize = 2;
/// What chance begins with where nothing is said.
const DEFAULT_SEED: u64 = 1;

/// Proves the suite, prints the kill matrix, and says whether it has holes.
pub(crate) fn prove(args: &Prove) -> Result<u8, CliError> {
    let library = library(args.fixtures.as_deref())?;
    let mutants = chosen(&args.mutants)?;
    let profiles = args.profile.map_or_else(|| Profile::ALL.to_vec(), |profile| vec![profile]);
    let jobs = args.jobs.or_else(|| available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let seed = args.seed.unwrap_or(DEFAULT_SEED);
    if let Some(n_combinations) = args.variants {
        return acquit(&library, &profiles, jobs, seed, n_combinations);
    }
    if let Some(requests) = args.fuzz {
        let bar = bar(mutants.len());
        let hunt = Hunt { library: &library, profiles: &profiles, mutants: &mutants, jobs, seed, requests };
        let (text, is_enough) = hunt.table(args.format, &|hunted| {
            bar.set_message(hunted.mutant.name);
            bar.inc(1);
        })?;
        bar.finish_and_clear();
        output::say(&text).map_err(CliError::Output)?;
        return Ok(u8::from(!is_enough));
    }
    let bar = bar(profiles.len() * mutants.len());
    let mut proofs = Vec::new();
    for profile in profiles {
        let done = |trial: &Trial| {
            bar.set_message(trial.mutant.name);
            bar.inc(1);
        };
        proofs.push(proof::prove(&library, profile, &mutants, jobs, &|_, _| true, &done)?);
    }
    bar.finish_and_clear();
    if let Some(path) = &args.write {
        let unwritable = |source| CliError::Unwritable { path: path.clone(), source };
        let mut file = WholeFile::begin(path).map_err(unwritable)?;
        let text = KillMatrix::of(&library, &proofs).to_json()?;
        file.write(&text).and_then(|()| file.finish()).map_err(unwritable)?;
    }
    // Of some mutants only, nothing can be said of what they leave untouched.
    let is_whole = args.mutants.is_empty();
    let gaps: Vec<Gap> = proof::gaps(&library, &proofs)
        .into_iter()
        .filter(|gap| is_whole || matches!(gap, Gap::Survivor { .. }))
        .collect();
    let text = match args.format {
        ListFormat::Text => text(&library, &proofs, &gaps),
        ListFormat::Json => serde_json::to_string_pretty(&matrix(&library, &proofs, &gaps))? + "\n",
        ListFormat::Markdown => markdown(&library, &proofs, &gaps),
    };
    output::say(&text).map_err(CliError::Output)?;
    Ok(u8::from(!gaps.is_empty()))
}

/// Runs against every variant and says whom the suite flags wrongly.
fn acquit(
    library: &Library,
    profiles: &[&'static Profile],
    jobs: usize,
    seed: u64,
    n_combinations: usize,
) -> Result<u8, CliError> {
    let mut combinations = fairness::alone();
    let n_alone = combinations.len();
    combinations.extend(fairness::combinations(seed, n_combinations));
    let mut n_alarms = 0;
    let mut text = String::new();
    for profile in profiles {
        for alarm in fairness::alarms(library, profile, &combinations, jobs, &|_, _| true)? {
            n_alarms += 1;
            let _ = writeln!(text, "{alarm}");
        }
        let _ = writeln!(text, "{profile}: {n_alone} variants and {n_combinations} combinations of them (seed {seed})");
    }
    let _ = writeln!(text, "{n_alarms} false alarms");
    output::say(&text).map_err(CliError::Output)?;
    Ok(u8::from(n_alarms > 0))
}

fn chosen(patterns: &[String]) -> Result<Vec<&'static Mutant>, SetupError> {
    if patterns.is_empty() {
        return Ok(Mutant::ALL.iter().collect());
    }
    let names = || Mutant::ALL.iter().map(|mutant| mutant.name);
    let selection = Selection::new(patterns, &[]);
    selection.check(names()).map_err(|unknown| SetupError::Unknown {
        what: "mutant",
        near: nearest(&unknown.pattern, names()),
        name: unknown.pattern,
    })?;
    Ok(Mutant::ALL.iter().filter(|mutant| selection.contains(mutant.name)).collect())
}

fn bar(length: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(length).unwrap_or(u64::MAX));
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    } else if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} mutants {eta} left  {msg}") {
        bar.set_style(style);
    }
    bar
}

/// What a line says of a mutant: whether it is noticed as it must be.
fn word(library: &Library, proof: &Proof, trial: &Trial) -> &'static str {
    match (trial.verdict(), proof::level_of(library, trial.mutant, proof.profile)) {
        (_, Some(level)) if !trial.is_killed(level) => "SURVIVED",
        (Some(Verdict::Failed), _) => "failed",
        (Some(_), _) => "warned",
        (None, _) => "permitted",
    }
}

fn text(library: &Library, proofs: &[Proof], gaps: &[Gap]) -> String {
    let named = proof::named(library);
    let names = proofs.iter().flat_map(|proof| &proof.trials).map(|trial| trial.mutant.name.len());
    let width = names.max().unwrap_or(0);
    let mut text = String::new();
    for proof in proofs {
        let _ = writeln!(text, "{}\n", proof.profile);
        for trial in &proof.trials {
            // Those that are there because of it say most.
            let is_named = |case: &str| named.get(trial.mutant.name).is_some_and(|cases| cases.contains(case));
            let mut cases: Vec<&str> = trial.kills.iter().map(|kill| kill.case.as_str()).collect();
            cases.sort_by_key(|case| !is_named(case));
            cases.truncate(N_CASES_SHOWN);
            let more = format!("and {} more", trial.kills.len().saturating_sub(N_CASES_SHOWN));
            if trial.kills.len() > N_CASES_SHOWN {
                cases.push(&more);
            }
            let word = word(library, proof, trial);
            let _ = writeln!(text, "{word:9}  {:width$}  {}", trial.mutant.name, cases.join(", "));
        }
        text.push('\n');
    }
    for gap in gaps {
        let _ = writeln!(text, "gap: {gap}");
    }
    for proof in proofs {
        let _ = writeln!(text, "{}", summary(library, proof));
    }
    text
}

fn summary(library: &Library, proof: &Proof) -> String {
    let bound: Vec<_> = proof
        .trials
        .iter()
        .filter_map(|trial| Some((trial, proof::level_of(library, trial.mutant, proof.profile)?)))
        .collect();
    let n_killed = bound.iter().filter(|(trial, level)| trial.is_killed(*level)).count();
    let n_permitted = proof.trials.len() - bound.len();
    format!(
        "{}: {n_killed} of {} mutants noticed; {n_permitted} break nothing that binds in this profile",
        proof.profile,
        bound.len()
    )
}

fn matrix(library: &Library, proofs: &[Proof], gaps: &[Gap]) -> Value {
    let trial = |proof: &Proof, trial: &Trial| {
        let kills: Vec<Value> = trial
            .kills
            .iter()
            .map(|kill| {
                let trips: Vec<Value> = kill
                    .trips
                    .iter()
                    .map(|(requirement, class)| json!({ "requirement": requirement, "class": class }))
                    .collect();
                json!({ "case": kill.case, "verdict": kill.verdict, "trips": trips })
            })
            .collect();
        json!({
            "mutant": trial.mutant.name,
            "about": trial.mutant.about,
            "requirement": trial.mutant.requirement,
            "level": proof::level_of(library, trial.mutant, proof.profile),
            "outcome": word(library, proof, trial).to_lowercase(),
            "cases": trial.n_cases,
            "inconclusive": trial.inconclusive.len(),
            "kills": kills,
        })
    };
    let profiles: Vec<Value> = proofs
        .iter()
        .map(|proof| {
            let mutants: Vec<Value> = proof.trials.iter().map(|one| trial(proof, one)).collect();
            json!({ "profile": proof.profile.name, "judging_cases": proof.judging.len(), "mutants": mutants })
        })
        .collect();
    let gaps: Vec<String> = gaps.iter().map(ToString::to_string).collect();
    json!({ "format": 1, "suite": env!("CARGO_PKG_VERSION"), "profiles": profiles, "gaps": gaps })
}

fn markdown(library: &Library, proofs: &[Proof], gaps: &[Gap]) -> String {
    let mut text = String::new();
    for proof in proofs {
        let _ = writeln!(text, "## {}\n\n{}\n", proof.profile, summary(library, proof));
        text.push_str(
            "| mutant | what is wrong | requirement | outcome | cases that notice |\n|---|---|---|---|---|\n",
        );
        for trial in &proof.trials {
            let Mutant { name, about, requirement, .. } = trial.mutant;
            let about = about.replace('|', "\\|");
            let word = word(library, proof, trial);
            let _ = writeln!(text, "| `{name}` | {about} | `{requirement}` | {word} | {} |", trial.kills.len());
        }
        text.push('\n');
    }
    if !gaps.is_empty() {
        text.push_str("## Gaps\n\n");
    }
    for gap in gaps {
        let _ = writeln!(text, "* {gap}");
    }
    text
}
