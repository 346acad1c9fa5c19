//! The reference model: what a conforming target may answer, as a set.

mod rules;

pub use rules::{PREFERRED_PAIRS, Timeouts, preferred_default, rank};
