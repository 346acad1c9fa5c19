//! `report`: any report from a stored run.

use setpresence_report::Summary;

use super::stored;
use crate::args::Report;
use crate::failure::{CliError, USAGE};
use crate::reports::{Reports, detail, strictness};

/// Makes the reports of a stored run; the exit status is that of the run.
pub(crate) fn report(args: &Report) -> Result<u8, CliError> {
    // The command line needs one of the two.
    let Some(path) = args.log.as_ref().or(args.log_option.as_ref()) else { return Ok(USAGE) };
    let events = stored(path)?;
    let strictness = strictness(args.strict);
    Reports::begin(&args.reports, detail(args.verbose, false), strictness)?.write(&events)?;
    Ok(Summary::of(&events).status(strictness).code())
}
