//! Targets that do harm: each fault ends in time, in a verdict that names it, and disturbs nothing else.
//!
//! Two cases run on each target: one whose requests are marked, so that the target does its worst with them, and one
//! that the target treats well.

#[cfg(test)]
mod check;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod lost;
#[cfg(test)]
mod server;
#[cfg(test)]
mod tls;
