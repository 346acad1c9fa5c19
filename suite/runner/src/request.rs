//! Requests of our own, beside those of the cases.

use serde_json::Value;
use setpresence_core::plan::{Adapter, Request};

/// A plain request to an operation.
pub(crate) fn plain(adapter: &Adapter, body: Option<&Value>) -> Request {
    Request::plain(adapter, body.map(|body| body.to_string().into_bytes()))
}
