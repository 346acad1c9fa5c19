//! A conformance suite for Microsoft Graph's setPresence, as a library: judge an endpoint from `cargo test`.
//!
//! ```no_run
//! use setpresence::{Subject, Suite, TargetOptions};
//!
//! # async fn example() -> Result<(), setpresence::SetupError> {
//! let options = TargetOptions {
//!     url: Some("http://127.0.0.1:4010/v1.0".to_owned()),
//!     profile: Some(setpresence::Profile::V1_0),
//!     ..TargetOptions::default()
//! };
//! let outcome = Suite::new()?.judge(&Subject::from_options(&options).await?).await?;
//! assert!(outcome.conforms(), "{outcome}");
//! # Ok(())
//! # }
//! ```
//!
//! A service in the same process, such as an axum `Router`, needs no socket: [`Subject::in_process`].
//! The command of the same name is made of nothing else.

mod bounded;
mod error;
pub mod fixtures;
mod options;
mod subject;
mod suite;
pub mod target_file;

pub use error::SetupError;
pub use fixtures::FixturesError;
pub use options::{MAX_WAIT, TargetOptions, wait};
pub use setpresence_core::case::Library;
pub use setpresence_core::event::{CaseRecord, RunEvent};
pub use setpresence_core::judge::Verdict;
pub use setpresence_core::plan::{Forecast, Selection};
pub use setpresence_core::spec::Profile;
pub use setpresence_report::{Strictness, Summary};
pub use setpresence_runner::{Outlook, Plain, Secret, Settings, Stop};
pub use subject::{Subject, faults, variants};
pub use suite::{Follower, Outcome, Suite};
