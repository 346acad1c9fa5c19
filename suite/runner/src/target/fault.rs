//! Why no whole answer came, in one sentence and by kind.

use std::error::Error;
use std::io;

use setpresence_core::event::{Fault, Lost};

/// A body longer than this does not fit the buffers of a connection: the target has to read it before it can be sent.
const BODY_LARGE: usize = 64 * 1024;

/// The fault behind an error of the client.
pub(super) fn of_client(error: &reqwest::Error, body_length: usize) -> Lost {
    let cause = root_cause(error);
    if error.is_connect() {
        let host = error.url().map_or_else(String::new, |url| {
            let port = url.port_or_known_default().map_or_else(String::new, |port| format!(":{port}"));
            format!(" to {}{port}", url.host_str().unwrap_or_default())
        });
        return Lost { fault: Fault::Connect, detail: format!("no connection{host} could be made: {cause}") };
    }
    if error.is_builder() || error.is_request() && is_user_error(error) {
        return Lost { fault: Fault::NotSent, detail: format!("the request cannot be sent: {cause}") };
    }
    broken(error, body_length)
}

/// The fault behind a connection that broke.
pub(super) fn broken(error: &(dyn Error + 'static), body_length: usize) -> Lost {
    let cause = root_cause(error);
    let detail = if body_length > BODY_LARGE && closed_early(error) {
        format!(
            "the target closed the connection while a body of {body_length} bytes was being sent, without an answer: {cause}"
        )
    } else {
        format!("the connection broke before the answer was whole: {cause}")
    };
    Lost { fault: Fault::Broken, detail }
}

/// The innermost cause of an error: the outer ones only say where it passed.
pub(crate) fn root_cause(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn closed_early(error: &(dyn Error + 'static)) -> bool {
    chain(error).any(|error| match error.downcast_ref::<io::Error>() {
        Some(error) => matches!(
            error.kind(),
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted
        ),
        // hyper's own word for a connection that ended before an answer began.
        None => error.to_string().contains("connection closed before message completed"),
    })
}

fn is_user_error(error: &(dyn Error + 'static)) -> bool {
    chain(error).any(|error| error.to_string().starts_with("user error"))
}

fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'e (dyn Error + 'static)| (*error).source())
}
