//! The fixtures: those in the binary, or those of a directory with the same names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use setpresence_core::case::Library;
use setpresence_core::case::text::{Problem, Source};
use thiserror::Error;

use crate::bounded;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/fixtures.rs"));
}

/// How deep a directory of fixtures may be: far deeper than ids are ever nested, and an end to circles of links.
const DEPTH_LIMIT: usize = 8;

/// How many files are read at most: ten times as many as there are, and an end to links that fan out.
const FILES_LIMIT: usize = 10_000;

/// Why there are no fixtures.
#[derive(Debug, Error)]
pub enum FixturesError {
    /// A file or directory cannot be read.
    #[error("cannot read `{}`: {source}; give --fixtures a directory with `requirements.toml` and `cases/`", path.display())]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The directory has no end.
    #[error("there are more than {FILES_LIMIT} files below `{}`; give --fixtures the directory of the fixtures alone", path.display())]
    Endless {
        /// The directory.
        path: PathBuf,
    },
    /// There is no case in the directory.
    #[error("there is no case in `{}`; give --fixtures a directory with `requirements.toml` and `cases/`", path.display())]
    Empty {
        /// The directory.
        path: PathBuf,
    },
    /// The files have mistakes.
    #[error("{}", shown(problems))]
    Mistakes {
        /// Every mistake of every file.
        problems: Vec<Problem>,
    },
}

/// The fixtures that the binary carries.
///
/// # Errors
/// [`FixturesError::Mistakes`], which the suite's own tests rule out for a released binary.
pub fn embedded() -> Result<Library, FixturesError> {
    load(embedded::FILES.iter())
}

/// The register, and those of the fixtures in the binary that may hold the case of this id: a fraction of the work
/// of reading all of them.
///
/// # Errors
/// As [`embedded`].
pub fn embedded_for(id: &str) -> Result<Library, FixturesError> {
    let may_hold = |name: &str| {
        let stem = name.trim_end_matches(".toml");
        let stem = stem.strip_prefix("cases/").unwrap_or(stem);
        id.strip_prefix(stem).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    load(embedded::FILES.iter().filter(|(name, _)| *name == "requirements.toml" || may_hold(name)))
}

/// The register of requirements in the binary, as a source to load cases with.
#[must_use]
pub fn register() -> Source {
    let name = "requirements.toml";
    let text = embedded::FILES.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
    Source { name: name.to_owned(), text: text.unwrap_or_default() }
}

/// The fixtures in a directory.
///
/// # Errors
/// [`FixturesError`], with every mistake of every file.
pub fn in_directory(directory: &Path) -> Result<Library, FixturesError> {
    let mut paths = vec![directory.join("requirements.toml")];
    for part in ["cases", "witnesses"] {
        let path = directory.join(part);
        if path.is_dir() {
            collect(&path, DEPTH_LIMIT, &mut paths)?;
        }
    }
    let mut sources = Vec::with_capacity(paths.len());
    for path in paths {
        let text = bounded::read_to_string(&path)
            .map_err(|source| FixturesError::Unreadable { path: path.clone(), source })?;
        let name = path.strip_prefix(directory).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        sources.push(Source { name, text });
    }
    let library = Library::load(sources).map_err(|mut problems| {
        for problem in &mut problems {
            problem.file = directory.join(&problem.file).to_string_lossy().into_owned();
        }
        FixturesError::Mistakes { problems }
    })?;
    if library.cases.is_empty() { Err(FixturesError::Empty { path: directory.to_owned() }) } else { Ok(library) }
}

fn load<'f>(files: impl Iterator<Item = &'f (&'f str, &'f str)>) -> Result<Library, FixturesError> {
    let source = |(name, text): &(&str, &str)| Source { name: (*name).to_owned(), text: (*text).to_owned() };
    Library::load(files.map(source).collect()).map_err(|problems| FixturesError::Mistakes { problems })
}

fn collect(directory: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> Result<(), FixturesError> {
    let unreadable = |source| FixturesError::Unreadable { path: directory.to_owned(), source };
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() && depth > 0 {
            collect(&path, depth - 1, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            if paths.len() >= FILES_LIMIT {
                return Err(FixturesError::Endless { path: directory.to_owned() });
            }
            paths.push(path);
        }
    }
    Ok(())
}

fn shown(problems: &[Problem]) -> String {
    let n = problems.len();
    let mut text: String = problems.iter().map(|problem| format!("{problem}\n\n")).collect();
    text.push_str(&format!(
        "{n} {} in the fixtures; mend {} and run again",
        if n == 1 { "mistake" } else { "mistakes" },
        if n == 1 { "it" } else { "them" }
    ));
    text
}
