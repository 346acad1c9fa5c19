//! The fixture language: text in, cases out, with every mistake found and its place.
//!
//! A fixture says what must be seen in its own words; nothing here knows the model.

mod expectation;
mod library;
mod placeholder;
mod read;
mod register;
mod step;
pub mod text;

pub use expectation::{Expectation, Wanted};
pub use library::{Case, Library};
pub use placeholder::{Names, UnknownPlaceholder, fill};
pub use register::{Register, Requirement};
pub use step::{Body, CREDENTIALS, Step, UserName};
