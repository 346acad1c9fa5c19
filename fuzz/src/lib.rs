//! What must hold for any bytes, as plain functions: the fuzz targets call them with what the fuzzer finds,
//! and `cargo test` on a stable toolchain replays the inputs through them. A broken law is a panic.
//!
//! Here is what needs nothing but core; what needs the reference, the reports or a handler is in the member `suite`.

mod body;
mod duration;
mod inputs;
mod laws;
mod replay;
mod specification;

pub use body::request_body;
pub use duration::duration;
pub use inputs::{TARGETS, inputs, seeds};
pub use laws::{case_file, model};
pub use replay::replay;
