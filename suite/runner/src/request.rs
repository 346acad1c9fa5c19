//! Requests of our own, beside those of the cases.

use serde_json::Value;
use setpresence_core::plan::{Adapter, Request};

/// A plain request to an operation.
pub(crate) fn plain(adapter: &Adapter, body: Option<&Value>) -> Request {
    let content_type = ("Content-Type".to_owned(), "application/json".to_owned());
    Request {
        method: adapter.method.clone(),
        is_other_method: false,
        path: adapter.path.clone(),
        is_other_path: false,
        authorization: vec!["Bearer ${token}".to_owned()],
        headers: body.map(|_| content_type).into_iter().collect(),
        body: body.map(|body| body.to_string().into_bytes()),
        is_chunked: false,
    }
}
