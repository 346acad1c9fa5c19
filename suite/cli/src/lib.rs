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
//! One test a case for a service of yours, in `tests/conformance.rs` with `harness = false`:
//!
//! ```no_run
//! # fn router() -> axum::Router { axum::Router::new() }
//! fn main() -> std::process::ExitCode {
//!     setpresence::Tests::new().snapshot("tests/behaviour.txt").judge(|| async {
//!         let settings = setpresence::TargetOptions::file("tests/target.toml").required()?;
//!         setpresence::Subject::in_process(settings, router()).await
//!     })
//! }
//! ```
//!
//! Under libFuzzer, a handler of yours is judged on whatever the fuzzer makes up: [`fuzzing::Handler`].
//!
//! A service in the same process, such as an axum `Router`, needs no socket: [`Subject::in_process`].
//! The command of the same name is made of nothing else.

mod bounded;
mod error;
pub mod fixtures;
pub mod fuzzing;
pub mod harness;
mod options;
pub mod proof;
mod subject;
mod suite;
pub mod target_file;
mod waivers;

pub use error::SetupError;
pub use fixtures::FixturesError;
pub use harness::Tests;
pub use options::{MAX_WAIT, TargetOptions, wait};
pub use setpresence_core::case::Library;
pub use setpresence_core::event::{CaseRecord, RunEvent};
pub use setpresence_core::judge::Verdict;
pub use setpresence_core::plan::{Forecast, Selection};
pub use setpresence_core::spec::Profile;
pub use setpresence_report::{Strictness, Summary};
pub use setpresence_runner::{Exchanged, Outlook, Plain, Secret, Settings, Stop, Watcher};
pub use subject::{Subject, faults, variants};
pub use suite::{Follower, Outcome, SoFar, Suite};
pub use waivers::{Baseline, BaselineError};
