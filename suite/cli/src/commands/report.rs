//! `report`: any report from a stored run.

use setpresence::proof::cause::Shown;
use setpresence::{Profile, RunEvent};
use setpresence_report::{Column, Matrix, Summary, merge};

use super::{several, stored};
use crate::args::Report;
use crate::failure::CliError;
use crate::reports::{Reports, detail, strictness};

/// Makes the reports of a stored run; the exit status is that of the run.
pub(crate) fn report(args: &Report) -> Result<u8, CliError> {
    if args.side_by_side {
        return side_by_side(args);
    }
    let runs = args.logs.iter().chain(&args.log_option).map(|path| stored(path)).collect::<Result<Vec<_>, _>>()?;
    let events = one_run(runs)?;
    let strictness = strictness(args.strict);
    Reports::begin(&args.reports, detail(args.verbose, false), strictness)?.write(&events)?;
    Ok(Summary::of(&events).status(strictness).code())
}

/// The targets of several runs side by side, each called by its log; the exit status is the highest.
fn side_by_side(args: &Report) -> Result<u8, CliError> {
    if let Some(other) = args.reports.iter().find(|report| !Matrix::FORMATS.contains(&report.format)) {
        return Err(CliError::NotSideBySide { format: other.format.name() });
    }
    let names = several::names(&args.logs)?;
    let runs = args.logs.iter().map(|path| stored(path)).collect::<Result<Vec<_>, _>>()?;
    let columns = names.iter().zip(&runs).map(|(name, events)| Column { name, events, unjudged: None, page: None });
    let matrix = Matrix::of(&columns.collect::<Vec<_>>(), strictness(args.strict));
    let reports = Reports::begin(&args.reports, detail(args.verbose, false), strictness(args.strict))?;
    reports.write_by(|format, options| Ok(matrix.render(format, options)?.unwrap_or_default()))?;
    Ok(matrix.status())
}

/// The parts of a run as one. What its failures have in common only shows when they are together.
fn one_run(mut runs: Vec<Vec<RunEvent>>) -> Result<Vec<RunEvent>, CliError> {
    if runs.len() == 1 {
        return Ok(runs.remove(0));
    }
    let mut events = merge(runs)?;
    let profile = events.iter().find_map(|event| match event {
        RunEvent::RunStarted(start) => Profile::named(&start.profile).ok(),
        _ => None,
    });
    let likely_causes = profile.map(|profile| Shown::of(&events).likely_causes(profile));
    if let (Some(RunEvent::RunFinished(end)), Some(likely_causes)) = (events.last_mut(), likely_causes) {
        end.likely_causes = likely_causes;
    }
    Ok(events)
}
