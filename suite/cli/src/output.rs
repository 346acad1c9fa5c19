//! Where the binary writes: standard output and error, and files that appear whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use setpresence_core::moment::Moment;
use setpresence_report::console::{Options, Style};
use setpresence_report::fit;

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

/// Writes to standard output, with its lines broken where that is a terminal: what reads a pipe wants them whole.
pub(crate) fn say_fitted(text: &str) -> io::Result<()> {
    match output_width() {
        Some(width) => say(&fit(text, width)),
        None => say(text),
    }
}

/// The same for standard error.
pub(crate) fn note_fitted(text: &str) {
    match error_width() {
        Some(width) => note(&fit(text, width)),
        None => note(text),
    }
}

/// The width of a report: what the environment says, or the terminal, where there is one.
pub(crate) fn width() -> usize {
    columns().or_else(output_width).unwrap_or(Options::WIDTH)
}

/// The width of the terminal that standard output is.
pub(crate) fn output_width() -> Option<usize> {
    let stdout = io::stdout();
    if stdout.is_terminal() { columns().or_else(|| terminal_width(stdout)) } else { None }
}

/// The width of the terminal that standard error is.
pub(crate) fn error_width() -> Option<usize> {
    let stderr = io::stderr();
    if stderr.is_terminal() { columns().or_else(|| terminal_width(stderr)) } else { None }
}

fn columns() -> Option<usize> {
    std::env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns > 0)
}

#[cfg(unix)]
fn terminal_width(stream: impl std::os::fd::AsFd) -> Option<usize> {
    terminal_size::terminal_size_of(stream).map(|(width, _)| usize::from(width.0)).filter(|width| *width > 0)
}

#[cfg(windows)]
fn terminal_width(stream: impl std::os::windows::io::AsHandle) -> Option<usize> {
    terminal_size::terminal_size_of(stream).map(|(width, _)| usize::from(width.0)).filter(|width| *width > 0)
}

/// A time for people, such as `4 h`.
pub(crate) fn human(duration: std::time::Duration) -> String {
    Moment::from_start(duration).to_string()
}

/// The mode of a file that only its owner reads and writes.
#[cfg(unix)]
const OWNER_ONLY: u32 = 0o600;

/// A file that gets its name when it is whole. What is not finished is removed.
#[derive(Debug)]
pub(crate) struct WholeFile {
    path: PathBuf,
    /// Nothing for a device or a pipe, which has its name already and must keep it.
    temporary: Option<PathBuf>,
    file: Option<File>,
}

/// Who may read a file, as far as the umask permits.
#[derive(Clone, Copy, Debug)]
enum Readers {
    Anyone,
    Owner,
}

impl Readers {
    fn options(self) -> OpenOptions {
        let mut options = OpenOptions::new();
        // Always a new file: one that is there already would keep its mode, or be a link to somewhere else.
        options.write(true).create_new(true);
        #[cfg(unix)]
        if matches!(self, Self::Owner) {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(OWNER_ONLY);
        }
        options
    }
}

impl WholeFile {
    /// Begins the file beside its place, so that a place that cannot be written is known before any work is done.
    pub(crate) fn begin(path: &Path) -> io::Result<Self> {
        Self::begin_with(path, Readers::Anyone)
    }

    /// The same for a file that nobody but its owner may read or write.
    pub(crate) fn begin_secret(path: &Path) -> io::Result<Self> {
        Self::begin_with(path, Readers::Owner)
    }

    fn begin_with(path: &Path, readers: Readers) -> io::Result<Self> {
        if path.is_dir() {
            return Err(io::Error::new(ErrorKind::IsADirectory, "it is a directory"));
        }
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            let file = OpenOptions::new().write(true).open(path)?;
            return Ok(Self { path: path.to_owned(), temporary: None, file: Some(file) });
        }
        let mut name = path.file_name().map(ToOwned::to_owned).unwrap_or_default();
        name.push(format!(".{}.part", std::process::id()));
        let temporary = path.with_file_name(name);
        // What a run of the same number left when it was killed.
        remove(&temporary);
        let file = readers.options().open(&temporary)?;
        Ok(Self { path: path.to_owned(), temporary: Some(temporary), file: Some(file) })
    }

    /// Writes on.
    pub(crate) fn write(&mut self, text: &str) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(text.as_bytes()))
    }

    /// Gives the file its name.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.file = None;
        match self.temporary.take() {
            None => Ok(()),
            Some(temporary) => fs::rename(&temporary, &self.path).inspect_err(|_| remove(&temporary)),
        }
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        self.temporary.iter().for_each(|temporary| remove(temporary));
    }
}

/// Removes what nobody will miss, as far as that can be done.
fn remove(path: &Path) {
    let _ = fs::remove_file(path);
}

fn quiet(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
