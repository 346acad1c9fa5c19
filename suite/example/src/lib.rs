//! A small setPresence endpoint, as one might write it to test a client offline: in memory, tokens from a table, a
//! clock that tests can move. It has a fault, a likely one: it keeps one session for each user, where each application
//! has one of its own. `tests/judged.rs` finds that.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;

/// The tokens that are known, and the application of each.
const TOKENS: [(&str, &str); 3] = [
    ("token-a", "22553876-f5ab-4529-bffb-cfe50aa89f87"),
    ("token-b", "5f2b8c1e-6d3a-4e97-8b40-c9a1d7e2f365"),
    ("token-c", "a07d94e3-2c5b-4f18-9e6d-3b8f51c2a4d0"),
];
/// What may be set.
const PAIRS: [(&str, &str); 4] =
    [("Available", "Available"), ("Busy", "InACall"), ("Busy", "InAConferenceCall"), ("Away", "Away")];
/// After how many minutes an Available session is inactive, and after how many it is away.
const FADES: (u64, u64) = (5, 10);
const MINUTE: u64 = 60_000;

#[derive(Clone, Debug)]
struct Session {
    availability: String,
    activity: String,
    since: u64,
    until: u64,
}

/// Everything that the endpoint knows: the sessions by user, and its time in milliseconds.
#[derive(Debug, Default)]
struct Presences {
    sessions: BTreeMap<String, Session>,
    now: u64,
}

type Shared = Arc<Mutex<Presences>>;

/// The endpoint, with a clock that `POST /__clock/advance` moves.
pub fn router() -> Router {
    Router::new()
        .route("/v1.0/users/{user}/presence/setPresence", post(set))
        .route("/v1.0/users/{user}/presence/clearPresence", post(clear))
        .route("/v1.0/users/{user}/presence", get(show))
        .route("/v1.0/__clock/advance", post(advance))
        .with_state(Shared::default())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SetRequest {
    session_id: String,
    availability: String,
    activity: String,
    expiration_duration: Option<String>,
}

async fn set(State(shared): State<Shared>, Path(user): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(application) = caller(&headers) else { return unauthorized() };
    let Ok(request) = serde_json::from_slice::<SetRequest>(&body) else { return bad("the body cannot be read") };
    if request.session_id != application {
        return refused(StatusCode::FORBIDDEN, "Forbidden", "the session is another application's");
    }
    if !PAIRS.contains(&(&request.availability, &request.activity)) {
        return bad("the availability and the activity do not go together");
    }
    let Some(lasts) = request.expiration_duration.as_deref().map_or(Some(5 * MINUTE), millis) else {
        return bad("the expirationDuration is no duration");
    };
    let mut presences = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let (since, until) = (presences.now, presences.now + lasts);
    let SetRequest { availability, activity, .. } = request;
    presences.sessions.insert(user, Session { availability, activity, since, until });
    StatusCode::OK.into_response()
}

async fn clear(State(shared): State<Shared>, Path(user): Path<String>, headers: HeaderMap) -> Response {
    if caller(&headers).is_none() {
        return unauthorized();
    }
    let mut presences = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let now = presences.now;
    match presences.sessions.remove(&user) {
        Some(session) if session.until > now => StatusCode::OK.into_response(),
        _ => refused(StatusCode::NOT_FOUND, "NotFound", "there is no session"),
    }
}

async fn show(State(shared): State<Shared>, Path(user): Path<String>, headers: HeaderMap) -> Response {
    if caller(&headers).is_none() {
        return unauthorized();
    }
    let presences = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let alive = presences.sessions.get(&user).filter(|session| session.until > presences.now);
    let (availability, activity) = match alive {
        None => ("Offline", "Offline"),
        Some(session) if session.availability == "Available" => match (presences.now - session.since) / MINUTE {
            minutes if minutes < FADES.0 => ("Available", "Available"),
            minutes if minutes < FADES.1 => ("Available", "AvailableInactive"),
            _ => ("Away", "Away"),
        },
        Some(session) => (session.availability.as_str(), session.activity.as_str()),
    };
    let body = json!({ "id": user, "availability": availability, "activity": activity });
    ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

async fn advance(State(shared): State<Shared>, body: Bytes) -> StatusCode {
    #[derive(Deserialize)]
    struct Advance {
        ms: u64,
    }
    let Ok(Advance { ms }) = serde_json::from_slice(&body) else { return StatusCode::BAD_REQUEST };
    shared.lock().unwrap_or_else(PoisonError::into_inner).now += ms;
    StatusCode::OK
}

/// The application whose token the request carries.
fn caller(headers: &HeaderMap) -> Option<&'static str> {
    let token = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
    TOKENS.iter().find(|(known, _)| *known == token).map(|(_, application)| *application)
}

/// The milliseconds of a duration, such as `P1DT2H3M4.5S`.
fn millis(text: &str) -> Option<u64> {
    let (days, time) = text.strip_prefix('P')?.split_once('T')?;
    let mut seconds = match days.strip_suffix('D') {
        Some(days) => number(days)? * 86_400.0,
        None if days.is_empty() => 0.0,
        None => return None,
    };
    let mut rest = time;
    for (unit, factor) in [('H', 3600.0), ('M', 60.0), ('S', 1.0)] {
        if let Some((count, after)) = rest.split_once(unit) {
            seconds += number(count)? * factor;
            rest = after;
        }
    }
    let is_whole = rest.is_empty() && !time.is_empty();
    is_whole.then(|| u64::try_from(Duration::from_secs_f64(seconds).as_millis()).ok()).flatten()
}

fn number(text: &str) -> Option<f64> {
    let is_plain = text.starts_with(|c: char| c.is_ascii_digit()) && text.len() < 12;
    is_plain.then(|| text.parse().ok()).flatten()
}

fn bad(message: &str) -> Response {
    refused(StatusCode::BAD_REQUEST, "InvalidArgument", message)
}

fn unauthorized() -> Response {
    let mut answer = refused(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", "the token is not known");
    answer.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
    answer
}

fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "error": { "code": code, "message": message } });
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
