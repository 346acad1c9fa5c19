//! `run --snapshot`: what a target does, kept as a file and compared from then on.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use setpresence_report::{Status, difference};

use crate::failure::CliError;
use crate::output::{WholeFile, note};

/// What is to be done with a snapshot that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Snapshot {
    /// Compare, and leave it as it is.
    Keep,
    /// Write it anew.
    Update,
}

/// Whether there is a snapshot that says something else. One that cannot be read is told by [`keep`].
pub(crate) fn is_unlike(path: &Path, text: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|known| difference(&known, text).is_some())
}

/// Writes the snapshot where there is none or it is to be written anew, else compares; gives the exit status.
pub(crate) fn keep(path: &Path, text: &str, wanted: Snapshot) -> Result<u8, CliError> {
    let known = match fs::read_to_string(path) {
        Ok(known) => Some(known),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(source) => return Err(CliError::Unreadable { path: path.to_owned(), source }),
    };
    let told = known.as_deref().and_then(|known| difference(known, text));
    if known.is_none() || wanted == Snapshot::Update {
        let unwritable = |source| CliError::Unwritable { path: path.to_owned(), source };
        let mut file = WholeFile::begin(path).map_err(unwritable)?;
        file.write(text).and_then(|()| file.finish()).map_err(unwritable)?;
        note(&format!(
            "wrote the snapshot `{}`{}",
            path.display(),
            told.map(|told| format!("\n{told}")).unwrap_or_default()
        ));
        return Ok(Status::Conforms.code());
    }
    match told {
        None => Ok(Status::Conforms.code()),
        Some(told) => {
            let path = path.display();
            note(&format!(
                "the target does something else than `{path}` says; --update accepts it\n\n{}",
                told.trim_end()
            ));
            Ok(Status::Departs.code())
        }
    }
}
