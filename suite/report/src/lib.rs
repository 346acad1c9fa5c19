//! Reports: pure folds over the events of a run, from the run itself or from a stored log.
//!
//! Each format has a module; [`render`] makes any of them. Absent on purpose: files, sockets, clocks and printing.
//! What a target sent is never trusted: every text that it could have chosen is cleaned before it is shown.

mod alike;
mod badge;
mod beside;
mod compare;
pub mod console;
mod ctrf;
mod diff;
mod exchange;
pub mod findings;
mod format;
mod github;
mod har;
mod html;
pub mod json;
mod junit;
mod left;
pub mod log;
mod markdown;
mod matrix;
mod merge;
mod run;
mod sarif;
mod seen;
mod snapshot;
mod standing;
mod summary;
mod tap;
mod text;
mod told;

pub use beside::CHANGES_SHOWN;
pub use beside::told as changes_told;
pub use compare::{Comparison, ComparisonError};
pub use diff::{Apart, Differences, Sequences, Who};
pub use exchange::exchange;
pub use format::{Format, RenderError, render};
pub use matrix::{Column, Matrix};
pub use merge::{MergeError, merge};
pub use snapshot::{changes, profile as profile_of_snapshot, snapshot, with_rest};
pub use standing::Standing;
pub use summary::{Status, Strictness, Summary};
pub use text::{clean, counted, fit};
