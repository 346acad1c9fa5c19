//! The stored form of a run: one event a line, as JSON. Every report can be made from it later.

use setpresence_core::event::{FORMAT, RunEvent};
use thiserror::Error;

/// How the first line of every log begins.
const BEGIN: &str = "{\"event\":\"run-started\"";

/// Why a stored run cannot be read.
#[derive(Debug, Error)]
pub enum LogError {
    /// A line is not an event.
    #[error("line {line} is not an event of a run; give a file that `run --log` wrote: {source}")]
    NotAnEvent {
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        source: serde_json::Error,
    },
    /// Nothing of a run is in it yet.
    #[error("the run had not begun when its log ends; begin it again")]
    NotBegun,
    /// The log is not even text.
    #[error("byte {byte} is not UTF-8, so it is no log of a run; give a file that `run --log` wrote")]
    NotText {
        /// The byte, from 0.
        byte: usize,
    },
    /// The log has another format than ours.
    #[error("the log has format {found}, this version reads format {FORMAT}: use the version that wrote it")]
    OtherFormat {
        /// The log's format.
        found: u32,
    },
    /// The log does not begin with the start of a run, or has a second one.
    #[error("line {line}: a log holds one run, from its start; give a file that `run --log` wrote")]
    NotOneRun {
        /// The line, from 1.
        line: usize,
    },
}

/// The line of an event, with its line end.
///
/// # Errors
/// None that an event of ours can cause; serde_json's own are passed on.
pub fn line(event: &RunEvent) -> Result<String, serde_json::Error> {
    serde_json::to_string(event).map(|line| line + "\n")
}

/// The same as [`read`] of a file's bytes: one that stops early may stop inside a character.
///
/// # Errors
/// [`LogError`] with the line at fault.
pub fn read_bytes(bytes: &[u8]) -> Result<Vec<RunEvent>, LogError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => read(text),
        Err(error) if error.error_len().is_none() => {
            read(std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default())
        }
        Err(error) => Err(LogError::NotText { byte: error.valid_up_to() }),
    }
}

/// The events of a stored run. A log that stops early is read as far as it goes: a last line that was not written to
/// its end is left out.
///
/// # Errors
/// [`LogError`] with the line at fault.
pub fn read(text: &str) -> Result<Vec<RunEvent>, LogError> {
    let mut events = Vec::new();
    let n_lines = text.lines().count();
    for (index, content) in text.lines().enumerate() {
        let line = index + 1;
        let event = match serde_json::from_str(content) {
            Ok(event) => event,
            Err(_) if index == 0 && is_beginning(text) => return Err(LogError::NotBegun),
            Err(_) if index > 0 && line == n_lines && !text.ends_with('\n') => break,
            Err(source) => return Err(LogError::NotAnEvent { line, source }),
        };
        match &event {
            RunEvent::RunStarted(start) if start.format != FORMAT => {
                return Err(LogError::OtherFormat { found: start.format });
            }
            RunEvent::RunStarted(_) if index == 0 => {}
            RunEvent::CaseFinished(_) | RunEvent::RunFinished(_) if index > 0 => {}
            _ => return Err(LogError::NotOneRun { line }),
        }
        events.push(event);
    }
    if events.is_empty() { Err(LogError::NotBegun) } else { Ok(events) }
}

/// Whether this is a log that stops inside its first line.
fn is_beginning(text: &str) -> bool {
    !text.contains('\n') && (BEGIN.starts_with(text) || text.starts_with(BEGIN))
}

#[cfg(test)]
mod tests {
    use setpresence_core::event::RunEnd;

    use super::*;

    #[test]
    fn a_line_that_was_not_written_to_its_end_is_left_out() {
        let start = "{\"event\":\"run-started\",\"format\":1,\"suite\":\"0\",\"profile\":\"p\",\"profile_about\":\"\",\"target\":\"t\",\"clock\":\"wall\",\"cases\":1,\"requirements\":{}}\n";
        let end = line(&RunEvent::RunFinished(RunEnd { requests: 1, elapsed_ms: 1, ..RunEnd::default() })).unwrap();
        for cut in 0..end.len() - 1 {
            let text = format!("{start}{}", &end[..cut]);
            assert_eq!(read(&text).unwrap().len(), 1, "{text}");
        }
        assert_eq!(read(&format!("{start}{end}")).unwrap().len(), 2);
        assert!(matches!(read(&format!("{start}{{}}\n{end}")), Err(LogError::NotAnEvent { line: 2, .. })));
        for cut in 0..start.len() - 2 {
            assert!(matches!(read(&start[..cut]), Err(LogError::NotBegun)), "{}", &start[..cut]);
        }
        assert!(matches!(read("base_url = 1"), Err(LogError::NotAnEvent { line: 1, .. })));
        assert!(matches!(read("\n"), Err(LogError::NotAnEvent { line: 1, .. })));
        let cut_inside = [start.as_bytes(), "{\"id\":\"\u{e4}".as_bytes().split_last().unwrap().1].concat();
        assert_eq!(read_bytes(&cut_inside).unwrap().len(), 1);
        assert!(matches!(read_bytes(b"{\"\xff\"}"), Err(LogError::NotText { byte: 2 })));
    }
}
