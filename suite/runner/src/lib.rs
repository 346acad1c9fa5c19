//! Runs plans against a target, keeps time, and tells what was seen.
//!
//! Nothing is judged and nothing is printed here: what was seen goes to [`setpresence_core::judge`], and what
//! became of a case goes out as an event. A bearer token never leaves this crate but to the target.

mod clock;
mod error;
mod fuzz;
mod http_client;
mod mask;
mod probe;
mod reproduce;
mod request;
mod run;
mod secret;
mod settings;
mod target;
#[cfg(test)]
mod testing;
mod tokens;
mod watch;

pub use error::RunError;
pub use fuzz::{Found, FuzzEnd, FuzzOptions, FuzzProgress, Heard, Player, Replayed, first_of, fuzz, replay};
pub use probe::{Finding, Probe, Reach, probe};
pub use run::{JOBS, Options, Outlook, Stop, Users, Work, run};
pub use secret::Secret;
pub use settings::{
    Advance, ClientCertificate, ClockSettings, CommandLine, CredentialSettings, DOCUMENTED_APPLICATION,
    DOCUMENTED_USER, MintKey, MintSettings, OAuth, PATIENCE, Plain, SecretSource, Settings, TIMEOUT, TOLERANCE, Tls,
    TokenSource, UNKNOWN_USER, Waiver,
};
pub use target::{Body, BoxError, Target};
pub use tokens::{Lookup, application_of, user_of};
pub use watch::{Exchanged, Watcher};
