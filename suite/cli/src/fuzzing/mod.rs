//! Fuzzing: a subject, or the reference in this process without a socket, as proof that the fuzzer finds what it should.

mod beside;
mod endpoint;
mod handler;
mod hunt;
mod live;

pub use beside::{Apart, Partings, partings};
pub use endpoint::{InProcess, abilities};
pub use handler::{Handler, plain};
pub use hunt::{Catch, Hunt, Proof, prove};
pub use live::Campaigning;
