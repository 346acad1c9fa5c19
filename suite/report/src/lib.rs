//! Reports: pure folds over the events of a run, from the run itself or from a stored log.
//!
//! Absent on purpose: files, sockets, clocks, printing, and the parsing of any report. What a target
//! sent is never trusted: every text that it could have chosen is cleaned before it is shown.

pub mod console;
pub mod json;
pub mod log;
mod run;
mod summary;
mod text;

pub use summary::{Status, Strictness, Summary};
