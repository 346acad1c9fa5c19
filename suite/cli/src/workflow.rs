//! What a runner of GitHub Actions is told besides the reports that were asked for: annotations and a step summary.

use std::env;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use setpresence_core::event::RunEvent;
use setpresence_report::console::Options;
use setpresence_report::{Format, Matrix, render};

use crate::args::Run;
use crate::failure::CliError;
use crate::output::note;
use crate::reports::strictness;

/// Writes annotations to standard error, where they do not mix with a report, and adds to the step summary; each but
/// where the same was asked for as a report. Elsewhere than in a workflow this does nothing.
pub(crate) fn tell(events: &[RunEvent], args: &Run) -> Result<(), CliError> {
    if !is_workflow() {
        return Ok(());
    }
    let asked = &args.reports;
    let plain = Options::default();
    let annotations = plain.annotations / args.sharing.max(1);
    let options = Options { strictness: strictness(args.strict), annotations, ..plain };
    if !asked.iter().any(|report| report.format == Format::Github) {
        note(render(Format::Github, events, &options)?.trim_end());
    }
    if let Some(path) = step_summary().filter(|path| !asked.iter().any(|report| report.path.as_ref() == Some(path))) {
        let text = render(Format::Markdown, events, &options)?;
        add(&path, &text).map_err(|source| CliError::Unwritable { path, source })?;
    }
    Ok(())
}

/// Adds the targets side by side to the step summary.
pub(crate) fn tell_all(matrix: &Matrix<'_>) -> Result<(), CliError> {
    if !is_workflow() {
        return Ok(());
    }
    let text = matrix.render(Format::Markdown, &Options::default())?.unwrap_or_default();
    match step_summary() {
        Some(path) => add(&path, &text).map_err(|source| CliError::Unwritable { path, source }),
        None => Ok(()),
    }
}

fn is_workflow() -> bool {
    env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

fn step_summary() -> Option<PathBuf> {
    env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Other commands of the same step may have written there, too.
fn add(path: &Path, text: &str) -> std::io::Result<()> {
    OpenOptions::new().create(true).append(true).open(path)?.write_all(text.as_bytes())
}
