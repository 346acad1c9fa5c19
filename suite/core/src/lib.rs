//! What setPresence is, apart from any socket: the API's types, the reference model, the
//! fixture language, plans and the judging of what was observed.
//!
//! Nothing here reads a clock, opens a file, draws a random number or prints; time is a
//! [`moment::Moment`] that the caller hands in.

pub mod case;
pub mod event;
pub mod explore;
pub mod judge;
pub mod model;
pub mod moment;
pub mod plan;
pub mod spec;
