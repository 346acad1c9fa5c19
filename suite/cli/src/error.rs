//! Why a target cannot be judged at all.

use std::io;
use std::path::PathBuf;

use setpresence_core::plan::UnknownPattern;
use setpresence_reference::ReferenceError;
use setpresence_runner::RunError;
use thiserror::Error;

use crate::fixtures::FixturesError;

/// Why a target cannot be judged at all; each says what to do next.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The fixtures cannot be used.
    #[error(transparent)]
    Fixtures(#[from] FixturesError),
    /// The embedded reference cannot be set up.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// There is no such mutant or variant.
    #[error("there is no {what} `{name}`{}; `setpresence list {what}s` shows them all", suggested(near.as_deref()))]
    Unknown {
        /// `mutant` or `variant`.
        what: &'static str,
        /// The name as it was written.
        name: String,
        /// The nearest name, if one is near.
        near: Option<&'static str>,
    },
    /// The target's settings are wrong, or a token cannot be had.
    #[error(transparent)]
    Target(#[from] RunError),
    /// The target file cannot be read.
    #[error("cannot read the target file `{}`: {source}; `setpresence init` writes one", path.display())]
    TargetFile {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A variable has a value that it cannot have.
    #[error("{variable}: {why}")]
    Variable {
        /// The variable's name.
        variable: &'static str,
        /// What is wrong and what is allowed.
        why: String,
    },
    /// Whoever makes the subject cannot: a port that is taken, a program that does not start.
    #[error("the subject cannot be made: {0}")]
    Subject(#[from] io::Error),
    /// Neither a target file nor a base URL is named.
    #[error("no target is named; give a target file or a base URL")]
    NoTarget,
    /// The async runtime cannot be set up.
    #[error("the async runtime cannot be set up: {0}; check the limits of open files and memory")]
    Runtime(#[source] io::Error),
    /// Two ways to name the target are given by variables.
    #[error("SETPRESENCE_TARGET and SETPRESENCE_CONFIG are both set; unset one of them")]
    TwoTargets,
    /// A pattern that no case matches.
    #[error(transparent)]
    Selection(#[from] UnknownPattern),
    /// Every case would only fail in the same way: nobody there, a wrong base URL, a bad token.
    #[error("nothing was judged: {0}")]
    OutOfReach(String),
}

fn suggested(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
