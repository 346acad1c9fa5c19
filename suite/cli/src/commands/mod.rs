//! The commands, one module each.

mod check;
mod compare;
mod diff;
mod explain;
mod fuzz;
mod generated;
mod init;
mod list;
mod prove;
mod prove_by_fuzzing;
mod replay;
mod report;
mod run;
mod run_log;
mod serve;
mod several;
mod traceability;

use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

use setpresence::{Library, RunEvent, TargetOptions, fixtures};
use setpresence_report::log;
use tokio::runtime::{Builder, Runtime};

pub(crate) use check::check;
pub(crate) use compare::compare;
pub(crate) use diff::diff;
pub(crate) use explain::explain;
pub(crate) use fuzz::fuzz;
pub(crate) use generated::{completions, man};
pub(crate) use init::init;
pub(crate) use list::list;
pub(crate) use prove::prove;
pub(crate) use replay::replay;
pub(crate) use report::report;
pub(crate) use run::run;
pub(crate) use serve::serve;

use crate::args::TargetArgs;
use crate::failure::CliError;

/// The most that is read of what an earlier run wrote: the log of the whole suite is a thirtieth of this.
const EARLIER_LIMIT: u64 = 256 * 1024 * 1024;

fn library(directory: Option<&Path>) -> Result<Library, CliError> {
    Ok(match directory {
        Some(directory) => fixtures::in_directory(directory)?,
        None => fixtures::embedded()?,
    })
}

/// The events of a stored run.
fn stored(path: &Path) -> Result<Vec<RunEvent>, CliError> {
    log::read_bytes(&earlier(path)?).map_err(|source| CliError::Log { path: path.to_owned(), source })
}

/// The bytes of what an earlier run wrote: never more than any run could; a device or a pipe may have no end.
fn earlier(path: &Path) -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(EARLIER_LIMIT + 1).read_to_end(&mut bytes))
        .and_then(|n_read| {
            let is_larger = u64::try_from(n_read).is_ok_and(|n_read| n_read > EARLIER_LIMIT);
            let why = || format!("it is larger than {} MiB", EARLIER_LIMIT / 1024 / 1024);
            if is_larger { Err(io::Error::new(ErrorKind::FileTooLarge, why())) } else { Ok(()) }
        })
        .map_err(|source| CliError::Unreadable { path: path.to_owned(), source })?;
    Ok(bytes)
}

/// The same of what has to be text.
fn earlier_text(path: &Path) -> Result<String, CliError> {
    String::from_utf8(earlier(path)?).map_err(|_| CliError::Unreadable {
        path: path.to_owned(),
        source: io::Error::new(ErrorKind::InvalidData, "it is not UTF-8"),
    })
}

fn target_options(args: &TargetArgs) -> Result<TargetOptions, CliError> {
    let config = match args.config.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        [..] => return Err(CliError::OneTarget),
    };
    let options = TargetOptions {
        url: args.target.clone(),
        config,
        profile: args.profile,
        token: args.token.clone(),
        users: args.users.clone(),
        application: args.app_id.clone(),
        max_wait: args.max_wait,
        ..TargetOptions::default()
    };
    Ok(options.or_environment(&|name| std::env::var(name).ok())?)
}

fn runtime() -> Result<Runtime, CliError> {
    Builder::new_current_thread().enable_all().build().map_err(CliError::Runtime)
}
