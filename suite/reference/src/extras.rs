//! What a test double has beside the API: a clock to move and tokens to try.

use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use axum::http::request::Parts;
use serde::Deserialize;
use serde_json::json;
use setpresence_core::spec::Account;

use crate::answer;
use crate::clock::ClockKind;
use crate::collect::Collected;
use crate::mint::{READ, READ_ALL, READ_WRITE, READ_WRITE_ALL, TokenKind};
use crate::refusal::Refusal;
use crate::route::{Route, decoded};
use crate::service::Service;

/// By how much the clock is moved: exactly one of the two.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    ms: Option<u64>,
    ns: Option<u64>,
}

/// Answers for every path that is not an operation's.
pub(crate) fn answer(
    service: &Service,
    route: &Route<'_>,
    parts: &Parts,
    body: &Collected,
) -> Result<Response<Body>, Refusal> {
    let is_manual = service.clock.kind() == ClockKind::Manual;
    // A clock that moves by itself is not to be moved by others, so there is no such path.
    if matches!(route, Route::Unknown | Route::Presence(..)) || (!is_manual && *route != Route::Token) {
        return Err(Refusal::path());
    }
    if parts.method.as_str() != route.method() {
        return Err(Refusal::method(route.method()));
    }
    match route {
        Route::Advance => advance(service, body),
        Route::Token => token(service, parts.uri.query().unwrap_or_default()),
        _ => Ok(clock(service)),
    }
}

fn clock(service: &Service) -> Response<Body> {
    let nanos = service.clock.now().as_nanos();
    answer::json(200, &json!({ "kind": service.clock.kind().to_string(), "ms": nanos / 1_000_000, "ns": nanos }))
}

fn advance(service: &Service, body: &Collected) -> Result<Response<Body>, Refusal> {
    let Collected::Whole(body) = body else { return Err(Refusal::other("the body is too large")) };
    let by = match serde_json::from_slice(body) {
        Ok(Advance { ms: Some(ms), ns: None }) => Duration::from_millis(ms),
        Ok(Advance { ms: None, ns: Some(ns) }) => Duration::from_nanos(ns),
        _ => return Err(Refusal::other("the body is {\"ms\": N} or {\"ns\": N}, N a whole number")),
    };
    service.clock.advance(by);
    Ok(clock(service))
}

fn token(service: &Service, query: &str) -> Result<Response<Body>, Refusal> {
    let find = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| decoded(value))
    };
    let first = service.settings.users.first().map_or("", String::as_str);
    let (name, user) = (find("as"), find("user"));
    match credential(service, name.as_deref().unwrap_or("app"), user.as_deref().unwrap_or(first)) {
        Some(token) => Ok(answer::text(200, token)),
        None => Err(Refusal::other("`as` is the name of a credential, such as app or no_role; anonymous has no token")),
    }
}

/// The token behind a credential's name, as `fixtures/README.md` has them.
pub(crate) fn credential(service: &Service, name: &str, user: &str) -> Option<String> {
    let application = |place: usize| service.settings.applications.get(place).map(String::as_str);
    let id = application(0)?;
    let kind = match name {
        "app" => TokenKind::Application { id, roles: &[READ_WRITE_ALL] },
        "app_b" => TokenKind::Application { id: application(1)?, roles: &[READ_WRITE_ALL] },
        "app_c" => TokenKind::Application { id: application(2)?, roles: &[READ_WRITE_ALL] },
        "no_role" => TokenKind::Application { id, roles: &[] },
        "read_only" | "reader" => TokenKind::Application { id, roles: &[READ_ALL] },
        "delegated_work" => TokenKind::Delegated { id, user, scopes: &[READ_WRITE], account: Account::Work },
        "delegated_no_scope" => TokenKind::Delegated { id, user, scopes: &[READ], account: Account::Work },
        "delegated_personal" => TokenKind::Delegated { id, user, scopes: &[READ_WRITE], account: Account::Personal },
        "expired" => TokenKind::Expired { id },
        "not_yet_valid" => TokenKind::NotYetValid { id },
        "wrong_audience" => TokenKind::WrongAudience { id },
        "bad_signature" => TokenKind::BadSignature { id },
        _ => return None,
    };
    Some(service.mint.token(kind))
}
