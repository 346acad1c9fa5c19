//! `compare`: what changed between two JSON reports.

use std::path::PathBuf;

use setpresence_report::{Comparison, ComparisonError};

use super::earlier_text;
use crate::args::{Compare, ListFormat};
use crate::failure::CliError;
use crate::output::{say, say_fitted};

/// Says what changed. The exit status is 1 where a case departs that did not, or in another way, or is
/// judged no more.
pub(crate) fn compare(args: &Compare) -> Result<u8, CliError> {
    let Compare { before, after, format } = args;
    let comparison = Comparison::of(&earlier_text(before)?, &earlier_text(after)?).map_err(|source| {
        let path: PathBuf = match &source {
            ComparisonError::First(_) => before.clone(),
            ComparisonError::Second(_) => after.clone(),
        };
        CliError::NoReport { path, source }
    })?;
    let said = match format {
        ListFormat::Text => say_fitted(&comparison.text()),
        ListFormat::Markdown => say(&comparison.markdown()),
        ListFormat::Json => say(&comparison.json()?),
    };
    said.map_err(CliError::Output)?;
    Ok(u8::from(comparison.is_worse()))
}
