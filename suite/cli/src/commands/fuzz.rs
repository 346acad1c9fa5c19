//! `fuzz`: a campaign against a target, its findings as a report and as case files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use setpresence::fuzzing::Campaigning;
use setpresence::{Subject, faults, fixtures};
use setpresence_core::explore::{Calls, Witness};
use setpresence_core::plan::Shard;
use setpresence_core::spec::Profile;
use setpresence_report::Format;
use setpresence_report::findings::{Done, Finding, Findings};
use setpresence_runner::{Found, FuzzEnd, FuzzOptions, FuzzProgress};

use super::{runtime, target_options};
use crate::args::TargetArgs;
use crate::failure::CliError;
use crate::fuzz_args::Fuzz;
use crate::output::{WholeFile, say, say_fitted};
use crate::progress::Telling;
use crate::reports::strictness;

/// How many requests are sent where neither a number nor a time is given: enough to find what is commonly wrong.
const REQUESTS: u64 = 20_000;

/// Fuzzes, writes witnesses and reports, and says how it went.
pub(crate) fn fuzz(args: &Fuzz) -> Result<u8, CliError> {
    args.verbosity.listen();
    if let Some(other) = args.reports.iter().find(|report| !matches!(report.format, Format::Json | Format::Console)) {
        return Err(CliError::NotOfFindings { format: other.format.name() });
    }
    if let Some(directory) = &args.witnesses {
        fs::create_dir_all(directory).map_err(|source| CliError::Unwritable { path: directory.clone(), source })?;
    }
    runtime()?.block_on(async {
        let subject = args.verbosity.watch(subject(&args.target, &args.mutants).await?);
        let requests = args.requests.or_else(|| args.lasts.is_none().then_some(REQUESTS));
        let options = FuzzOptions {
            seed: args.seed,
            requests,
            lasts: args.lasts,
            rate: args.rate,
            shard: args.shard.unwrap_or(Shard::WHOLE),
            calls: if args.concurrent { Calls::Overlapping } else { Calls::InTurn },
            ..FuzzOptions::default()
        };
        let mut telling = Telling::new(requests, args.lasts);
        let mut follow = |progress: FuzzProgress| tell(&mut telling, progress);
        let end = subject.fuzz(&Campaigning { options, jobs: args.jobs }, &mut follow).await?;
        let findings = findings(args, &subject, end)?;
        write(args, &findings)?;
        Ok(findings.status(strictness(args.strict)).code())
    })
}

/// The target that is named; the reference in this binary, with its mutants, where none is.
pub(super) async fn subject(target: &TargetArgs, mutants: &[String]) -> Result<Subject, CliError> {
    let options = target_options(target)?;
    if mutants.is_empty() {
        return Ok(Subject::from_options(&options).await?);
    }
    let profile = options.profile.unwrap_or(Profile::ALL[0]);
    Ok(Subject::embedded(profile, faults(mutants)?).await?)
}

fn tell(telling: &mut Telling, progress: FuzzProgress) {
    let FuzzProgress { requests, states, findings, elapsed } = progress;
    let rate = u128::from(requests) * 1000 / elapsed.as_millis().max(1);
    telling.tell(requests, || format!("{requests} requests ({rate}/s), {states} states seen, {findings} findings"));
}

fn findings(args: &Fuzz, subject: &Subject, end: FuzzEnd) -> Result<Findings, CliError> {
    let register = fixtures::embedded_for("")?.requirements;
    let mut names = BTreeMap::new();
    let mut findings = Vec::new();
    for found in &end.found {
        let path = match &args.witnesses {
            Some(directory) => Some(write_witness(directory, subject, found, &mut names)?),
            None => None,
        };
        let divergence = &found.divergence;
        let sentence = register.get(&divergence.requirement).map(|known| known.sentence.clone());
        findings.push(Finding {
            class: divergence.class.name().to_owned(),
            requirement: divergence.requirement.clone(),
            sentence: sentence.unwrap_or_default(),
            level: divergence.level,
            expected: divergence.expected.clone(),
            observed: divergence.observed.clone(),
            witness: path.map(|path| path.display().to_string()),
            steps: found.sequence.moves().len(),
            steps_before_shrinking: found.steps_before_shrinking,
            requests_until_found: found.requests_until_found,
            flaky: found.is_flaky().then(|| format!("{} of {}", found.rate.0, found.rate.1)),
            reproduce: found.commands.clone(),
        });
    }
    let FuzzProgress { requests, states, .. } = end.progress;
    let done = Done { requests, judged: end.judged, states, findings: findings.len() };
    let profile = subject.settings().profile.name;
    let report = Findings::new(profile, subject.name(), args.seed, done, findings);
    Ok(Findings { ended_early: end.ended_early, ..report })
}

fn write_witness(
    directory: &Path,
    subject: &Subject,
    found: &Found,
    names: &mut BTreeMap<String, u32>,
) -> Result<PathBuf, CliError> {
    let witness = Witness {
        sequence: &found.sequence,
        divergence: &found.divergence,
        target: subject.name(),
        profile: subject.settings().profile.name,
        commands: &found.commands,
        rate: found.is_flaky().then_some(found.rate),
    };
    let name = witness.name();
    let n = names.entry(name.clone()).and_modify(|n| *n += 1).or_insert(1);
    let path = directory.join(if *n == 1 { format!("{name}.toml") } else { format!("{name}-{n}.toml") });
    let unwritable = |source| CliError::Unwritable { path: path.clone(), source };
    let mut file = WholeFile::begin(&path).map_err(unwritable)?;
    file.write(&witness.text(&subject.abilities())).and_then(|()| file.finish()).map_err(unwritable)?;
    Ok(path)
}

fn write(args: &Fuzz, findings: &Findings) -> Result<(), CliError> {
    let mut is_said = false;
    for report in &args.reports {
        let text = match report.format {
            Format::Json => findings.json()?,
            Format::Console => findings.console(),
            _ => return Err(CliError::NotOfFindings { format: report.format.name() }),
        };
        match &report.path {
            None => {
                is_said = true;
                say(&text).map_err(CliError::Output)?;
            }
            Some(path) => {
                let unwritable = |source| CliError::Unwritable { path: path.clone(), source };
                let mut file = WholeFile::begin(path).map_err(unwritable)?;
                file.write(&text).and_then(|()| file.finish()).map_err(unwritable)?;
            }
        }
    }
    if is_said { Ok(()) } else { say_fitted(&findings.console()).map_err(CliError::Output) }
}
