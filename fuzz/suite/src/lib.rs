//! What must hold of the reference, the reports and a handler for any bytes, as plain functions; see `setpresence_fuzz`.

mod laws;
mod reference;
mod reports;

pub use laws::{departure, http_request, reference_vs_model};
pub use reference::{endpoint, handler};
pub use reports::report;
