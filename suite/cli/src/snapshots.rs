//! `run --snapshot`: what a target does, kept as a file and compared from then on.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use setpresence_core::event::SnapshotChange;
use setpresence_report::{CHANGES_SHOWN, Status, changes, changes_told, profile_of_snapshot, with_rest};

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

/// A snapshot that a run is compared with, as it was before the run.
#[derive(Debug)]
pub(crate) struct Kept {
    path: PathBuf,
    known: Option<String>,
    wanted: Snapshot,
}

impl Kept {
    /// Reads the snapshot, if there is one, before any work is done: one of another profile says nothing of this run.
    pub(crate) fn read(path: &Path, profile: &str, wanted: Snapshot) -> Result<Self, CliError> {
        let known = match fs::read_to_string(path) {
            Ok(known) => Some(known),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(source) => return Err(CliError::Unreadable { path: path.to_owned(), source }),
        };
        let of = known.as_deref().map(|known| profile_of_snapshot(known).map(ToOwned::to_owned));
        match of {
            Some(Some(found)) if found != profile && wanted == Snapshot::Keep => {
                Err(CliError::OtherSnapshot { path: path.to_owned(), found, wanted: profile.to_owned() })
            }
            Some(None) if wanted == Snapshot::Keep => Err(CliError::NoSnapshot { path: path.to_owned() }),
            _ => Ok(Self { path: path.to_owned(), known, wanted }),
        }
    }

    /// What it is called.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// What the run does otherwise, where that fails it.
    pub(crate) fn unlike(&self, text: &str, asks_for: &dyn Fn(&str) -> bool) -> Vec<SnapshotChange> {
        match self.wanted {
            Snapshot::Keep => self.changes(text, asks_for),
            Snapshot::Update => Vec::new(),
        }
    }

    fn changes(&self, text: &str, asks_for: &dyn Fn(&str) -> bool) -> Vec<SnapshotChange> {
        self.known.as_deref().map(|known| changes(known, text, asks_for)).unwrap_or_default()
    }

    /// Writes the snapshot where there is none or it is to be written anew; gives the exit status. What differs from one
    /// that is kept stands in the reports.
    pub(crate) fn conclude(&self, text: &str, asks_for: &dyn Fn(&str) -> bool) -> Result<u8, CliError> {
        let changed = self.changes(text, asks_for);
        let path = self.path.display();
        if self.known.is_some() && self.wanted == Snapshot::Keep {
            if changed.is_empty() {
                return Ok(Status::Conforms.code());
            }
            let n = changed.len();
            let cases = if n == 1 { "1 case".to_owned() } else { format!("{n} cases") };
            note(&format!("the target does something else than `{path}` says in {cases}; --update accepts it"));
            return Ok(Status::Departs.code());
        }
        let whole = self.known.as_deref().map_or_else(|| text.to_owned(), |known| with_rest(text, known, asks_for));
        let unwritable = |source| CliError::Unwritable { path: self.path.clone(), source };
        let mut file = WholeFile::begin(&self.path).map_err(unwritable)?;
        file.write(&whole).and_then(|()| file.finish()).map_err(unwritable)?;
        let told: String = changes_told(&changed, CHANGES_SHOWN).iter().map(|line| format!("\n{line}")).collect();
        note(&format!("wrote the snapshot `{path}`{told}"));
        Ok(Status::Conforms.code())
    }
}
