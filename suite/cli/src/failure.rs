//! Everything that keeps a command from doing its work, and the exit status of each.

use std::io;
use std::path::PathBuf;

use setpresence::{BaselineError, FixturesError, SetupError};
use setpresence_core::plan::UnknownPattern;
use setpresence_report::log::LogError;
use setpresence_report::{ComparisonError, MergeError, RenderError, Status};
use thiserror::Error;

/// The exit status where the command line, the configuration or the fixtures are wrong.
pub(crate) const USAGE: u8 = 2;

#[derive(Debug, Error)]
pub(crate) enum CliError {
    #[error(transparent)]
    Fixtures(#[from] FixturesError),
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Selection(#[from] UnknownPattern),
    #[error("cannot write `{}`: {source}; give a path that can be written", path.display())]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("`{}`: {source}", path.display())]
    Log { path: PathBuf, source: LogError },
    #[error(
        "`{}` is the log of a run with another {what} ({found}, now {wanted}); resume it with the options that it was begun with, or begin a new one with --log",
        path.display()
    )]
    OtherRun { path: PathBuf, what: &'static str, found: String, wanted: String },
    #[error(
        "`{}` is the log of a run on {target}, and no target is named now; name it with --config or --target, as then",
        path.display()
    )]
    TargetNotNamed { path: PathBuf, target: String },
    #[error(transparent)]
    Merge(#[from] MergeError),
    #[error("`{}`: {source}", path.display())]
    NoReport { path: PathBuf, source: ComparisonError },
    #[error("`{}`: {source}", path.display())]
    Baseline { path: PathBuf, source: BaselineError },
    #[error(
        "the snapshot `{}` is of the profile {found}, this run of {wanted}: give each profile a snapshot of its own, or --update to write this one anew",
        path.display()
    )]
    OtherSnapshot { path: PathBuf, found: String, wanted: String },
    #[error("`{}` is no snapshot; give a file that `run --snapshot` wrote, or --update to write it anew", path.display())]
    NoSnapshot { path: PathBuf },
    #[error("`{}` is there already; give another path, or --force to replace it", path.display())]
    Exists { path: PathBuf },
    #[error("there is no {what} `{name}`{}; `setpresence list {list}` shows them all", suggestion(near.as_deref()))]
    Unknown { what: &'static str, list: &'static str, name: String, near: Option<String> },
    #[error("the same place is given for two reports: `{place}`; give each its own")]
    SamePlace { place: String },
    #[error("this command takes one --config; `setpresence run` takes several, `setpresence diff` two")]
    OneTarget,
    #[error("two files are called `{name}`; give each target a file of its own")]
    SameTarget { name: String },
    #[error(
        "{format} shows no targets side by side, so it cannot go to standard output for several; give {format}=PATH, and each target gets its own"
    )]
    NoMatrix { format: &'static str },
    #[error("{format} shows no targets side by side; console, json, markdown and html do")]
    NotSideBySide { format: &'static str },
    #[error("the async runtime cannot be set up: {0}; check the limits of open files and memory")]
    Runtime(#[source] io::Error),
    #[error("cannot listen to signals: {0}")]
    Signals(#[source] io::Error),
    #[error("cannot write to standard output: {0}")]
    Output(#[source] io::Error),
    #[error(transparent)]
    Report(#[from] RenderError),
    #[error("`{}` holds no case: {why}; give a case file, a witness or what libFuzzer left", path.display())]
    NoCase { path: PathBuf, why: String },
    #[error("findings are no run, so there is no {format} report of them; give console=PATH or json=PATH")]
    NotOfFindings { format: &'static str },
    #[error("a report cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl CliError {
    pub(crate) fn status(&self) -> u8 {
        match self {
            Self::Setup(SetupError::OutOfReach(_)) => Status::Unjudged.code(),
            _ => USAGE,
        }
    }
}

fn suggestion(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
