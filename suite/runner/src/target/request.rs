//! From a plan's request to one that can be sent, and to one that can be shown.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Method, Url};
use setpresence_core::event::RequestRecord;

use super::Call;
use crate::secret::Secret;
use crate::settings::{Advance, Settings};

/// What stands for the value of a header that the target file adds: it may be a key.
const MASKED_HEADER: &str = "<from the target file>";
/// How we introduce ourselves where a case does not say otherwise.
const AGENT: HeaderValue = HeaderValue::from_static(concat!("setpresence-conformance/", env!("CARGO_PKG_VERSION")));
/// How much of a request's body is shown.
const BODY_SHOWN: usize = 64 * 1024;

/// A request that can be sent, more than once if need be.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    pub(super) is_chunked: bool,
}

/// Fills user and token in, or says why the request cannot be sent.
pub(super) fn prepare(settings: &Settings, call: Call<'_>, token: Option<&Secret>) -> Result<Prepared, String> {
    let request = call.request;
    let method = Method::from_bytes(request.method.as_bytes())
        .map_err(|_| format!("`{}` is not a method that can be sent", request.method))?;
    let uri = uri(call.base.unwrap_or(&settings.base_url), &filled_path(&request.path, call.user))?;
    let token = token.map_or("", Secret::expose);
    let mut headers = HeaderMap::with_capacity(request.headers.len() + request.authorization.len() + 2);
    for template in &request.authorization {
        let mut value = value("Authorization", &filled(template, "${token}", token))?;
        value.set_sensitive(true);
        headers.append(AUTHORIZATION, value);
    }
    for (name, template) in &request.headers {
        let mut value = value(name, &filled(&filled(template, "${token}", token), "${user}", call.user))?;
        value.set_sensitive(template.contains("${token}"));
        headers.append(header_name(name)?, value);
    }
    add_usual(settings, &mut headers)?;
    let body = request.body.clone().map(Bytes::from_owner);
    Ok(Prepared { method, uri, headers, body, is_chunked: request.is_chunked })
}

/// The request that moves a manual clock.
pub(super) fn prepare_advance(settings: &Settings, advance: &Advance, by: Duration) -> Result<Prepared, String> {
    let method = Method::from_bytes(advance.method.as_bytes())
        .map_err(|_| format!("`{}` is not a method that can be sent", advance.method))?;
    let (address, body) = advance_parts(&settings.base_url, advance, by);
    let url = Url::parse(&address).map_err(|error| format!("`{address}` is not a URL: {error}"))?;
    let uri = sendable(url.as_str())?;
    let mut headers = HeaderMap::new();
    if !body.is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    add_usual(settings, &mut headers)?;
    let body = (!body.is_empty()).then(|| Bytes::from(body));
    Ok(Prepared { method, uri, headers, body, is_chunked: false })
}

/// The URL and the body of the request that moves a manual clock.
pub(super) fn advance_parts(base: &str, advance: &Advance, by: Duration) -> (String, String) {
    let millis = by.as_millis().to_string();
    let path = advance.path.replace("${ms}", &millis);
    let scheme = base.split_once("://").map_or("http", |(scheme, _)| scheme);
    let address = if path.starts_with("//") {
        format!("{scheme}:{path}")
    } else if path.contains("://") {
        path
    } else {
        format!("{base}{path}")
    };
    (address, advance.json.replace("${ms}", &millis))
}

/// What of a request is kept: credentials by name, everything else as it was sent.
pub(super) fn record(settings: &Settings, base: &str, call: Call<'_>) -> RequestRecord {
    let request = call.request;
    let authorization = request
        .authorization
        .iter()
        .map(|template| ("Authorization".to_owned(), masked(template, call.actor).into_owned()));
    let own = request.headers.iter().map(|(name, template)| {
        (name.clone(), filled(&masked(template, call.actor), "${user}", call.user).into_owned())
    });
    let mut headers: Vec<_> = authorization.chain(own).collect();
    for (name, _) in &settings.headers {
        if !headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            headers.push((name.clone(), MASKED_HEADER.to_owned()));
        }
    }
    let body = request.body.as_deref().unwrap_or_default();
    let mut shown = String::from_utf8_lossy(&body[..body.len().min(BODY_SHOWN)]).into_owned();
    if body.len() > BODY_SHOWN {
        shown.push_str(&format!("… ({} bytes in all)", body.len()));
    }
    RequestRecord {
        method: request.method.clone(),
        url: format!("{base}{}", filled_path(&request.path, call.user)),
        headers,
        body: shown,
    }
}

/// The same of the request that moves a manual clock. Its path and body hold no token: they are shown in reports, too.
pub(super) fn record_advance(settings: &Settings, advance: &Advance, by: Duration) -> RequestRecord {
    let (url, body) = advance_parts(&settings.base_url, advance, by);
    let headers = settings.headers.iter().map(|(name, _)| (name.clone(), MASKED_HEADER.to_owned()));
    RequestRecord { method: advance.method.clone(), url, headers: headers.collect(), body }
}

/// A template with the credential's name where its token goes.
fn masked<'t>(template: &'t str, actor: Option<&str>) -> Cow<'t, str> {
    filled(template, "${token}", &format!("<{}>", actor.unwrap_or("anonymous")))
}

/// A template with a value wherever its name, `${…}`, stands. Most have none, and of the others there are millions:
/// looking for the sign alone takes a fraction of what `str::replace` does.
fn filled<'t>(template: &'t str, name: &str, value: &str) -> Cow<'t, str> {
    if !template.contains('$') {
        return Cow::Borrowed(template);
    }
    let mut filled = String::with_capacity(template.len() + value.len());
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        let (before, on) = rest.split_at(at);
        filled.push_str(before);
        rest = match on.strip_prefix(name) {
            Some(after) => {
                filled.push_str(value);
                after
            }
            None => {
                filled.push('$');
                &on[1..]
            }
        };
    }
    filled.push_str(rest);
    Cow::Owned(filled)
}

fn add_usual(settings: &Settings, headers: &mut HeaderMap) -> Result<(), String> {
    for (name, text) in &settings.headers {
        let known = header_name(name)?;
        if !headers.contains_key(&known) {
            let mut value = value(name, text.expose())?;
            value.set_sensitive(true);
            headers.append(known, value);
        }
    }
    if !headers.contains_key(USER_AGENT) {
        headers.insert(USER_AGENT, AGENT);
    }
    Ok(())
}

/// The address, if it goes out as it is written: a client that tidies the path up would test another path.
fn uri(base: &str, path: &str) -> Result<Uri, String> {
    let address = format!("{base}{path}");
    if is_tidy(path)
        && let Ok(uri) = Uri::try_from(&address)
    {
        return Ok(uri);
    }
    let url = Url::parse(&address).map_err(|error| format!("`{address}` is not a URL: {error}"))?;
    if !url.as_str().ends_with(path) || url.fragment().is_some() {
        return Err(format!("the path `{path}` cannot be sent as it is written; it would go out as `{}`", url.path()));
    }
    sendable(url.as_str())
}

/// Whether nobody would write the path otherwise: it has none but plain characters, and no segment begins with a dot.
/// That is so of nearly all, and to parse a URL takes longer than to judge its answer.
fn is_tidy(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_~.".contains(&byte);
    path.starts_with('/') && path.bytes().all(is_plain) && !path.contains("/.")
}

fn sendable(address: &str) -> Result<Uri, String> {
    Uri::try_from(address).map_err(|error| format!("`{address}` cannot be sent: {error}"))
}

pub(crate) fn filled_path(path: &str, user: &str) -> String {
    filled(path, "${user}", &percent_encoded(user)).into_owned()
}

fn header_name(name: &str) -> Result<HeaderName, String> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is not a header name that can be sent"))
}

fn value(name: &str, text: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| format!("the header `{name}` has a value that HTTP cannot carry"))
}

/// Everything but the unreserved characters and `@`, which user principal names have, as `%XX`.
pub(crate) fn percent_encoded(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte);
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_plain(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    Cow::Owned(encoded)
}
