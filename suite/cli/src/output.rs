//! Where the binary writes: standard output and error, and files that appear whole or not at all.

use std::fs::{self, File};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use setpresence_core::moment::Moment;
use setpresence_report::console::{Options, Style};

/// Writes to standard output. A reader that has gone away, such as `head`, is no mistake.
pub(crate) fn say(text: &str) -> io::Result<()> {
    quiet(io::stdout().lock().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()))
}

/// Writes a line to standard error; where even that fails there is nowhere left to say so.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// An error and its causes, each once, with nothing in it that a terminal would obey.
pub(crate) fn shown(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// Colour on a terminal that has it, unless `NO_COLOR` says no.
pub(crate) fn style() -> Style {
    let is_unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    if io::stdout().is_terminal() && !is_unwanted && !is_dumb { Style::Colour } else { Style::Plain }
}

/// The width that the environment gives the terminal.
pub(crate) fn width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(Options::WIDTH)
}

/// A time for people, such as `4 h`.
pub(crate) fn human(duration: std::time::Duration) -> String {
    Moment::from_start(duration).to_string()
}

/// A file that gets its name when it is whole. What is not finished is removed.
#[derive(Debug)]
pub(crate) struct WholeFile {
    path: PathBuf,
    temporary: PathBuf,
    file: Option<File>,
}

impl WholeFile {
    /// Begins the file beside its place, so that a place that cannot be written is known before any work is done.
    pub(crate) fn begin(path: &Path) -> io::Result<Self> {
        if path.is_dir() {
            return Err(io::Error::new(ErrorKind::IsADirectory, "it is a directory"));
        }
        let mut name = path.file_name().map(ToOwned::to_owned).unwrap_or_default();
        name.push(format!(".{}.part", std::process::id()));
        let temporary = path.with_file_name(name);
        let file = File::create(&temporary)?;
        Ok(Self { path: path.to_owned(), temporary, file: Some(file) })
    }

    /// Writes on.
    pub(crate) fn write(&mut self, text: &str) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(text.as_bytes()))
    }

    /// Gives the file its name.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.file = None;
        fs::rename(&self.temporary, &self.path)
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if self.temporary.exists() {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

fn quiet(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
