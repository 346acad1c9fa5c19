//! `report`: any report from a stored run.

use std::fs;

use setpresence_report::{Summary, log};

use crate::args::Report;
use crate::failure::{CliError, USAGE};
use crate::reports::{Reports, detail, strictness};

/// Makes the reports of a stored run; the exit status is that of the run.
pub(crate) fn report(args: &Report) -> Result<u8, CliError> {
    // The command line needs one of the two.
    let Some(path) = args.log.as_ref().or(args.log_option.as_ref()) else { return Ok(USAGE) };
    let text = fs::read_to_string(path).map_err(|source| CliError::Unreadable { path: path.clone(), source })?;
    let events = log::read(&text).map_err(|source| CliError::Log { path: path.clone(), source })?;
    let strictness = strictness(args.strict);
    Reports::begin(&args.reports, detail(args.verbose, false), strictness)?.write(&events)?;
    Ok(Summary::of(&events).status(strictness).code())
}
