//! Why no whole answer came, in one sentence and by kind.

use std::error::Error;
use std::io;

use setpresence_core::event::{Fault, Lost};

/// A body longer than this does not fit the buffers of a connection: the target has to read it before it can be sent.
pub(super) const BODY_LARGE: usize = 64 * 1024;

/// What the TLS library says and what can be done about it.
const TLS_HINTS: [(&str, &str); 10] = [
    (
        "UnknownIssuer",
        "nobody we trust has issued its certificate; name that certificate, or its issuer's, as `ca` under [tls]",
    ),
    ("CaUsedAsEndEntity", "its certificate is one to issue others with; serve one that is issued by it"),
    ("certificate not valid for name", "its certificate is for another name; use that name in base_url"),
    ("certificate expired", "its certificate has expired; renew it"),
    ("certificate not valid yet", "its certificate is not valid yet; look at both clocks"),
    ("CertificateRequired", "it wants a client certificate; give `certificate` and `key` under [tls]"),
    ("UnknownCA", "it does not take our client certificate; give one that it trusts"),
    ("DecryptError", "it does not take our client certificate; give one that it trusts"),
    ("BadCertificate", "it does not take our client certificate; give one that it trusts"),
    ("InvalidContentType", "it does not speak TLS there; is it http:// instead of https://"),
];

/// The fault behind an error of reqwest. `proxy` is the variable that may have sent it by way of a proxy.
pub(super) fn of_client(error: &reqwest::Error, body_length: usize, proxy: Option<&str>) -> Lost {
    if error.is_connect() {
        let host = error.url().map_or_else(String::new, |url| {
            let port = url.port_or_known_default().map_or_else(String::new, |port| format!(":{port}"));
            format!(" to {}{port}", url.host_str().unwrap_or_default())
        });
        return no_connection(error, &host, proxy);
    }
    if error.is_builder() {
        return not_sent(error);
    }
    unsent(error).unwrap_or_else(|| broken(error, body_length))
}

/// The fault behind a connection that could not be made. `host` is ` to` whom, `proxy` as above.
pub(super) fn no_connection(error: &(dyn Error + 'static), host: &str, proxy: Option<&str>) -> Lost {
    let cause = root_cause(error);
    let hint = match (tls_hint(&cause), proxy) {
        (Some(hint), _) => format!(": {hint}"),
        (None, Some(variable)) => format!(" (the environment's `{variable}` may have sent it by way of a proxy)"),
        (None, None) => String::new(),
    };
    Lost { fault: Fault::Connect, detail: format!("no connection{host} could be made: {cause}{hint}") }
}

/// The fault behind a request that nobody could send; nothing where it is another.
pub(super) fn unsent(error: &(dyn Error + 'static)) -> Option<Lost> {
    hyper_error(error).is_some_and(hyper::Error::is_user).then(|| not_sent(error))
}

fn not_sent(error: &dyn Error) -> Lost {
    Lost { fault: Fault::NotSent, detail: format!("the request cannot be sent: {}", root_cause(error)) }
}

/// The fault behind a connection that broke, or that carried what is not HTTP.
pub(super) fn broken(error: &(dyn Error + 'static), body_length: usize) -> Lost {
    let cause = root_cause(error);
    let detail = if let Some(hint) = tls_hint(&cause) {
        // A target that misses our certificate says so after the connection was made.
        format!("the connection broke: {cause}: {hint}")
    } else if let Some(why) = not_http(error) {
        format!("what came is not an HTTP/1 answer: {why}")
    } else if body_length > BODY_LARGE && closed_early(error) {
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

/// What is wrong with bytes that are no answer, where that is so.
fn not_http(error: &(dyn Error + 'static)) -> Option<String> {
    let hyper = hyper_error(error)?;
    if hyper.is_parse_status() {
        return Some("its status is not a number from 100 to 999".to_owned());
    }
    if hyper.is_parse() {
        return Some(root_cause(error).trim_end_matches(" parsed").to_owned());
    }
    // A body whose chunks cannot be read: the connection is well, what it carries is not.
    let is_malformed = chain(error)
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData));
    is_malformed.then(|| root_cause(error))
}

fn tls_hint(cause: &str) -> Option<&'static str> {
    TLS_HINTS.into_iter().find(|(known, _)| cause.contains(known)).map(|(_, hint)| hint)
}

fn closed_early(error: &(dyn Error + 'static)) -> bool {
    let is_incomplete = hyper_error(error).is_some_and(hyper::Error::is_incomplete_message);
    is_incomplete
        || chain(error).filter_map(|error| error.downcast_ref::<io::Error>()).any(|error| {
            matches!(
                error.kind(),
                io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted
            )
        })
}

fn hyper_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e hyper::Error> {
    chain(error).find_map(|error| error.downcast_ref())
}

fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'e (dyn Error + 'static)| (*error).source())
}
