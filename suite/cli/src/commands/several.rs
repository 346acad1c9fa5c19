//! `run` with several target files: each target is judged as if it were alone, one after the other, and then all of them
//! are shown side by side.
//!
//! Never two at once: their files may name the same users of the same service.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use setpresence::{RunEvent, SetupError, Suite};
use setpresence_report::{Column, Format, Matrix, Status};

use super::run::{Begun, Judged, Ready};
use crate::args::{ReportTo, Run, TargetArgs};
use crate::failure::CliError;
use crate::output::{note, say};
use crate::reports::{Reports, detail, strictness};
use crate::signals::Signals;
use crate::workflow;

/// A target of several.
struct Target {
    name: String,
    /// What was asked for, with this target's own files.
    args: Run,
}

/// What came of a target.
struct Done {
    events: Vec<RunEvent>,
    /// Why there are no events.
    unjudged: Option<String>,
    status: Result<u8, CliError>,
}

impl Done {
    fn unjudged(why: String, status: Status) -> Self {
        Self { events: Vec::new(), unjudged: Some(why), status: Ok(status.code()) }
    }
}

/// Judges every target, writes the reports of each and those of all, and gives the highest exit status.
pub(super) async fn run(suite: Suite, args: &Run) -> Result<u8, CliError> {
    let targets = targets(args)?;
    let mut ready = Vec::new();
    for target in &targets {
        ready.push(Ready::new(&suite, &target.args).await?);
    }
    if args.dry_run {
        for (target, one) in targets.iter().zip(&ready) {
            say(&format!("# {}\n", target.name)).map_err(CliError::Output)?;
            one.tell()?;
        }
        return Ok(Status::Conforms.code());
    }
    let mut signals = Signals::listen().map_err(CliError::Signals)?;
    // Every file is begun before the first target is judged.
    let reports = reports_of_all(args)?;
    let mut begun = Vec::new();
    for (target, one) in targets.iter().zip(ready) {
        let Run { reports, verbosity, quiet, strict, .. } = &target.args;
        let own = Reports::begin(reports, detail(verbosity.is_verbose(), *quiet), strictness(*strict))?;
        begun.push(one.begin(own.in_files_only())?);
    }
    let done = judge(&suite.forget_cases(), &targets, begun, &mut signals).await?;
    conclude(args, reports, &targets, done)
}

async fn judge(
    suite: &Suite,
    targets: &[Target],
    begun: Vec<Begun<'_>>,
    signals: &mut Signals,
) -> Result<Vec<Done>, CliError> {
    let mut all: Vec<Done> = Vec::new();
    let n_targets = targets.len();
    for (index, (target, one)) in targets.iter().zip(begun).enumerate() {
        let is_interrupted =
            |done: &Done| done.status.as_ref().is_ok_and(|status| *status == Status::Interrupted.code());
        if all.last().is_some_and(is_interrupted) {
            all.push(Done::unjudged("the run was told to end before it".to_owned(), Status::Interrupted));
            continue;
        }
        if !target.args.quiet {
            note(&format!("{} ({} of {n_targets})", target.name, index + 1));
        }
        all.push(match one.judge(suite, signals).await {
            Ok(Judged { events, status }) => Done { events, unjudged: None, status },
            Err(CliError::Setup(SetupError::OutOfReach(why))) => {
                note(&format!("{}: {why}", target.name));
                Done::unjudged(why, Status::Unjudged)
            }
            Err(error) => return Err(error),
        });
    }
    Ok(all)
}

/// Writes what shows all targets.
fn conclude(args: &Run, reports: Reports, targets: &[Target], done: Vec<Done>) -> Result<u8, CliError> {
    let pages: Vec<Option<String>> = targets.iter().map(page).collect();
    let columns = targets.iter().zip(&done).zip(&pages).map(|((target, done), page)| Column {
        name: &target.name,
        events: &done.events,
        unjudged: done.unjudged.as_deref(),
        page: page.as_deref().filter(|_| !done.events.is_empty()),
    });
    let columns: Vec<Column<'_>> = columns.collect();
    let matrix = Matrix::of(&columns, strictness(args.strict));
    reports.write_by(|format, options| Ok(matrix.render(format, options)?.unwrap_or_default()))?;
    workflow::tell_all(&matrix)?;
    let mut highest = matrix.status();
    for one in done {
        highest = highest.max(one.status?);
    }
    Ok(highest)
}

/// The reports that show all targets side by side. The others are each target's own.
fn reports_of_all(args: &Run) -> Result<Reports, CliError> {
    let has_matrix = |report: &&ReportTo| Matrix::FORMATS.contains(&report.format);
    if let Some(other) = args.reports.iter().find(|report| report.path.is_none() && !has_matrix(report)) {
        return Err(CliError::NoMatrix { format: other.format.name() });
    }
    let wanted: Vec<ReportTo> = args.reports.iter().filter(has_matrix).cloned().collect();
    Reports::begin(&wanted, detail(args.verbosity.is_verbose(), args.quiet), strictness(args.strict))
}

/// The file name of the target's own page, which stands beside the page of all.
fn page(target: &Target) -> Option<String> {
    let own = target.args.reports.iter().find(|report| report.format == Format::Html)?;
    Some(own.path.as_ref()?.file_name()?.to_string_lossy().into_owned())
}

fn targets(args: &Run) -> Result<Vec<Target>, CliError> {
    let files = &args.target.config;
    Ok(names(files)?.into_iter().zip(files).map(|(name, file)| of_target(args, name, file)).collect())
}

/// What targets are called by the files that they are known by: no two alike.
pub(super) fn names(files: &[PathBuf]) -> Result<Vec<String>, CliError> {
    let mut names: Vec<String> = files.iter().map(|file| stem(file)).collect();
    if repeated(&names).is_some() {
        names = files.iter().map(|file| whole(file)).collect();
    }
    match repeated(&names) {
        Some(name) => Err(CliError::SameTarget { name: name.to_owned() }),
        None => Ok(names),
    }
}

/// The options as they are for this target alone.
fn of_target(args: &Run, name: String, file: &Path) -> Target {
    let own = |path: &Option<PathBuf>| path.as_deref().map(|path| named(path, &name));
    let reports = args.reports.iter().filter(|report| report.path.is_some());
    let args = Run {
        target: TargetArgs { config: vec![file.to_owned()], ..args.target.clone() },
        reports: reports.map(|report| ReportTo { format: report.format, path: own(&report.path) }).collect(),
        log: own(&args.log),
        resume: own(&args.resume),
        baseline: own(&args.baseline),
        snapshot: own(&args.snapshot),
        sharing: args.target.config.len(),
        ..args.clone()
    };
    Target { name, args }
}

/// The path with the name before its ending: `out/run.jsonl` and `a` give `out/run.a.jsonl`.
fn named(path: &Path, name: &str) -> PathBuf {
    let mut file = path.file_stem().map(ToOwned::to_owned).unwrap_or_default();
    file.push(format!(".{name}"));
    if let Some(ending) = path.extension() {
        file.push(".");
        file.push(ending);
    }
    path.with_file_name(file)
}

/// What a target file is called: `a` for `targets/a.toml`.
fn stem(file: &Path) -> String {
    file.file_stem().map(|stem| stem.to_string_lossy().replace(char::is_control, "_")).unwrap_or_default()
}

/// The same with its folders, where two files have one name: `targets-a`.
fn whole(file: &Path) -> String {
    let parts = file.parent().into_iter().flat_map(Path::components).filter_map(|part| match part {
        Component::Normal(part) => Some(part.to_string_lossy().replace(char::is_control, "_")),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => None,
    });
    parts.chain([stem(file)]).collect::<Vec<_>>().join("-")
}

fn repeated(names: &[String]) -> Option<&str> {
    let mut known = BTreeSet::new();
    names.iter().map(String::as_str).find(|name| !known.insert(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_for_their_target() {
        let rows = [
            ("run.jsonl", "run.a.jsonl"),
            ("out/run.jsonl", "out/run.a.jsonl"),
            ("/tmp/log", "/tmp/log.a"),
            ("x.tar.gz", "x.tar.a.gz"),
            (".hidden", ".hidden.a"),
        ];
        for (path, wanted) in rows {
            assert_eq!(named(Path::new(path), "a"), Path::new(wanted));
        }
    }

    #[test]
    fn targets_are_named_by_their_files() {
        let rows: [(&[&str], Option<&[&str]>); 5] = [
            (&["a.toml", "x/b.toml"], Some(&["a", "b"])),
            (&["one/target.toml", "two/target.toml"], Some(&["one-target", "two-target"])),
            (&["target.toml", "../two/target.toml"], Some(&["target", "two-target"])),
            (&["a.toml", "a.toml"], None),
            (&["a.toml", "./a.toml"], None),
        ];
        for (files, wanted) in rows {
            let config = files.iter().map(PathBuf::from).collect();
            let args = Run { target: TargetArgs { config, ..TargetArgs::default() }, ..Run::default() };
            let names = targets(&args).ok().map(|targets| targets.into_iter().map(|one| one.name).collect::<Vec<_>>());
            assert_eq!(
                names.as_deref(),
                wanted.map(|wanted| wanted.iter().map(ToString::to_string).collect::<Vec<_>>()).as_deref()
            );
        }
    }
}
