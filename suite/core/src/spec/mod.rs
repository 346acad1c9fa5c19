//! The API's own types: what can be said on the wire, and what a profile accepts of it.

mod credential;
mod duration;
mod error_body;
mod level;
mod operation;
mod presence;
mod profile;
mod request;
pub mod requirement;
pub mod source;

pub use credential::{Account, Caller, Presented, Unusable};
pub use duration::{Amount, Deviation, Deviations, DurationText};
pub use error_body::{ErrorBody, Flaw};
pub use level::Level;
pub use operation::Operation;
pub use presence::{Activity, Availability, Presence, UnknownName};
pub use profile::{AbsentExpiry, Profile, UnknownProfile};
pub use request::{Expiration, Head, Limits, Member, Position, Problem, Reading, Rule, SetPresence};
