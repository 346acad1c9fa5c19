//! `compare`: what changed between two JSON reports.

use std::fs;
use std::path::{Path, PathBuf};

use setpresence_report::{Comparison, ComparisonError};

use crate::args::{Compare, ListFormat};
use crate::failure::CliError;
use crate::output::say;

/// Says what changed. The exit status is 1 where a case departs that did not, or in another way.
pub(crate) fn compare(args: &Compare) -> Result<u8, CliError> {
    let Compare { before, after, format } = args;
    let comparison = Comparison::of(&read(before)?, &read(after)?).map_err(|source| {
        let path: PathBuf = match &source {
            ComparisonError::First(_) => before.clone(),
            ComparisonError::Second(_) => after.clone(),
        };
        CliError::NoReport { path, source }
    })?;
    let text = match format {
        ListFormat::Text => comparison.text(),
        ListFormat::Markdown => comparison.markdown(),
        ListFormat::Json => comparison.json()?,
    };
    say(&text).map_err(CliError::Output)?;
    Ok(u8::from(comparison.is_worse()))
}

fn read(path: &Path) -> Result<String, CliError> {
    fs::read_to_string(path).map_err(|source| CliError::Unreadable { path: path.to_owned(), source })
}
