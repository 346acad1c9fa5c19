//! The reports that were asked for: begun before the run, so that a bad path costs no run, and written after it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use setpresence_core::event::RunEvent;
use setpresence_report::console::{Detail, Options};
use setpresence_report::{Format, RenderError, Strictness, render};

use crate::args::ReportTo;
use crate::failure::CliError;
use crate::output::{WholeFile, say, style, width};

/// Where reports go: standard output for one, files for the others.
#[derive(Debug)]
pub(crate) struct Reports {
    /// Nothing where standard output is somebody else's.
    to_output: Option<Format>,
    to_files: Vec<(Format, PathBuf, WholeFile)>,
    detail: Detail,
    strictness: Strictness,
}

impl Reports {
    /// Begins every file. Without a report for standard output, the console report goes there.
    pub(crate) fn begin(wanted: &[ReportTo], detail: Detail, strictness: Strictness) -> Result<Self, CliError> {
        let mut places = BTreeSet::new();
        let mut to_files = Vec::new();
        let mut to_output = None;
        for report in wanted {
            if !places.insert(report.path.as_ref()) {
                let place = report.path.as_ref().map_or("-".to_owned(), |path| path.display().to_string());
                return Err(CliError::SamePlace { place });
            }
            match &report.path {
                None => to_output = Some(report.format),
                Some(path) => {
                    let file =
                        WholeFile::begin(path).map_err(|source| CliError::Unwritable { path: path.clone(), source })?;
                    to_files.push((report.format, path.clone(), file));
                }
            }
        }
        Ok(Self { to_output: Some(to_output.unwrap_or(Format::Console)), to_files, detail, strictness })
    }

    /// The same without anything on standard output.
    pub(crate) fn in_files_only(self) -> Self {
        Self { to_output: None, ..self }
    }

    /// The same without the console report, where what it would say was said in an error.
    pub(crate) fn without_console(self) -> Self {
        Self { to_output: self.to_output.filter(|format| *format != Format::Console), ..self }
    }

    /// Whether one of them shows the exchanges of cases in which nothing departs.
    pub(crate) fn show_every_exchange(&self) -> bool {
        self.to_output.is_some_and(Format::shows_every_exchange)
            || self.to_files.iter().any(|(format, ..)| format.shows_every_exchange())
    }

    /// Writes every report of these events.
    pub(crate) fn write(self, events: &[RunEvent]) -> Result<(), CliError> {
        self.write_by(|format, options| render(format, events, options))
    }

    /// Writes every report as this gives it.
    pub(crate) fn write_by(
        self,
        made: impl Fn(Format, &Options) -> Result<String, RenderError>,
    ) -> Result<(), CliError> {
        let Self { to_output, to_files, detail, strictness } = self;
        let file_options = Options { detail, strictness, ..Options::default() };
        let mut unwritten = None;
        for (format, path, mut file) in to_files {
            let text = made(format, &file_options)?;
            let written = file.write(&text).and_then(|()| file.finish());
            // One that cannot be written takes none of the others with it.
            unwritten = unwritten.or(written.err().map(|source| CliError::Unwritable { path, source }));
        }
        if let Some(format) = to_output {
            let options = Options { style: style(), width: width(), ..file_options };
            say(&made(format, &options)?).map_err(CliError::Output)?;
        }
        unwritten.map_or(Ok(()), Err)
    }
}

/// How much is shown, by the options.
pub(crate) const fn detail(is_verbose: bool, is_quiet: bool) -> Detail {
    match (is_verbose, is_quiet) {
        (true, _) => Detail::Everything,
        (false, true) => Detail::Summary,
        (false, false) => Detail::Grouped,
    }
}

/// What decides the exit status, by the option.
pub(crate) const fn strictness(is_strict: bool) -> Strictness {
    if is_strict { Strictness::Should } else { Strictness::Must }
}
