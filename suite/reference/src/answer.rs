//! Answers: a status, a few headers, and a body that is JSON or nothing.

use axum::body::Body;
use axum::http::header::{ALLOW, AUTHORIZATION, CONNECTION, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};
use setpresence_core::spec::{ErrorBody, Presence, Unusable};

use crate::credentials::Forbidden;
use crate::faults::Fault;
use crate::refusal::{Cause, Refusal};
use crate::rules::Rules;
use crate::variants::Choice;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const JSON_FULL: HeaderValue =
    HeaderValue::from_static("application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

const CHALLENGE: &str = "Bearer realm=\"\"";
const CHALLENGE_BARE: &str = "Bearer";
const CHALLENGE_FULL: &str = "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", \
     client_id=\"00000003-0000-0000-c000-000000000000\", error=\"invalid_token\"";
const CHALLENGE_OTHER: &str = "Negotiate";

type Answer = Response<Body>;

fn with(status: u16, content_type: Option<HeaderValue>, body: impl Into<Body>) -> Answer {
    let mut answer = Response::new(body.into());
    // Every status comes from this crate, so that none is out of range.
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(content_type) = content_type {
        answer.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    answer
}

/// An accepted call.
pub(crate) fn success(began: bool, rules: &Rules) -> Answer {
    let faults = &rules.faults;
    let status = if faults.has(Fault::SuccessIsCreated) || (began && faults.has(Fault::FirstSuccessIsCreated)) {
        201
    } else if faults.has(Fault::SuccessIsAccepted) {
        202
    } else if faults.has(Fault::SuccessIsNoContent) {
        204
    } else {
        200
    };
    if rules.variants.has(Choice::BodyOnSuccess) {
        return with(status, Some(JSON), r#"{"@odata.context":"$metadata#Edm.Null","value":null}"#);
    }
    if rules.variants.has(Choice::NullOnSuccess) {
        return with(status, Some(JSON), "null");
    }
    with(status, None, Body::empty())
}

/// A presence that was read.
pub(crate) fn presence(id: &str, shown: Presence, rules: &Rules) -> Answer {
    let (availability, activity) = (shown.availability.name(), shown.activity.name());
    let status = if rules.faults.has(Fault::ReadIsNonAuthoritative) { 203 } else { 200 };
    if rules.faults.has(Fault::IdMissing) {
        return with(200, Some(JSON), json!({ "availability": availability, "activity": activity }).to_string());
    }
    if rules.variants.has(Choice::ExtraMembers) {
        let body = json!({
            "@odata.context": format!("https://graph.microsoft.com/v1.0/$metadata#users('{id}')/presence/$entity"),
            "id": id,
            "availability": availability,
            "activity": activity,
            "statusMessage": null,
            "outOfOfficeSettings": { "message": null, "isOutOfOffice": false },
            "workLocation": { "placeId": null, "workLocationType": "unspecified" },
        });
        return with(200, Some(JSON_FULL), body.to_string());
    }
    // The names need no escaping, and an id that does is none that we would be set up with.
    let mut body = String::with_capacity(128);
    for part in [
        "{\"id\":",
        &Value::from(id).to_string(),
        ",\"availability\":\"",
        availability,
        "\",\"activity\":\"",
        activity,
        "\"}",
    ] {
        body.push_str(part);
    }
    with(status, Some(JSON), body)
}

/// Any JSON.
pub(crate) fn json(status: u16, body: &Value) -> Answer {
    with(status, Some(JSON), body.to_string())
}

/// Plain text.
pub(crate) fn text(status: u16, body: String) -> Answer {
    with(status, Some(PLAIN), body)
}

/// No body, but the methods that there are.
pub(crate) fn options(allow: &'static str) -> Answer {
    let mut answer = with(204, None, Body::empty());
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    answer
}

/// A refusal, with the request's headers for the faults that repeat them.
pub(crate) fn refusal(refusal: Refusal, headers: &HeaderMap, rules: &Rules) -> Answer {
    let refusal = restated(refusal, headers, rules);
    let mut answer = envelope(&refusal, rules);
    if let Some(allow) = refusal.allow.filter(|_| !rules.faults.has(Fault::AllowMissing)) {
        answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    }
    if refusal.status == 401 && !rules.faults.has(Fault::NoChallenge) {
        challenge(answer.headers_mut(), headers, rules);
    }
    answer
}

fn challenge(headers: &mut HeaderMap, asked: &HeaderMap, rules: &Rules) {
    if let Some(told) = asked.get(AUTHORIZATION).filter(|_| rules.faults.has(Fault::TokenInChallenge)) {
        let told =
            format!("Bearer error=\"invalid_token\", error_description=\"{}\"", told.to_str().unwrap_or_default());
        // What came in a header may stand in one.
        headers.extend(HeaderValue::from_str(&told).ok().map(|told| (WWW_AUTHENTICATE, told)));
        return;
    }
    let value = if rules.variants.has(Choice::ChallengeBare) {
        CHALLENGE_BARE
    } else if rules.variants.has(Choice::ChallengeFull) {
        CHALLENGE_FULL
    } else {
        CHALLENGE
    };
    if rules.variants.has(Choice::ChallengeSeveral) {
        headers.append(WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE_OTHER));
    }
    headers.append(WWW_AUTHENTICATE, HeaderValue::from_static(value));
}

/// The status and the message, as faults and variants leave them.
fn restated(mut refusal: Refusal, headers: &HeaderMap, rules: &Rules) -> Refusal {
    let (faults, variants) = (&rules.faults, &rules.variants);
    let status = match refusal.cause {
        Cause::Credentials(unusable) => match unusable {
            _ if faults.has(Fault::ForbiddenForUnauthorized) => 403,
            _ if faults.has(Fault::BadRequestForUnauthorized) => 400,
            Unusable::Unreadable if faults.has(Fault::BadTokenCrashes) => 500,
            Unusable::Absent if faults.has(Fault::AnonymousCrashes) => 500,
            Unusable::Several if variants.has(Choice::SeveralBadRequest) => 400,
            _ => refusal.status,
        },
        Cause::Permission(_) if faults.has(Fault::NotFoundForForbidden) => 404,
        Cause::Permission(_) if faults.has(Fault::UnauthorizedForForbidden) => 401,
        Cause::Permission(Forbidden::OtherUser) if variants.has(Choice::OtherUserUnauthorized) => 401,
        Cause::User if faults.has(Fault::UnknownUserForbidden) => 403,
        Cause::User if faults.has(Fault::UnknownUserBadRequest) => 400,
        Cause::User if faults.has(Fault::UnknownUserCrashes) => 500,
        Cause::Session if variants.has(Choice::AnothersSessionBadRequest) => 400,
        Cause::Method if faults.has(Fault::MethodNotFound) => 404,
        _ => refusal.status,
    };
    let repeats = match status {
        401 => faults.has(Fault::TokenInUnauthorized),
        403 => faults.has(Fault::TokenInForbidden),
        400 => faults.has(Fault::TokenInBadRequest),
        _ => false,
    };
    if let Some(value) = headers.get(AUTHORIZATION).filter(|_| repeats) {
        refusal.message = format!("{}: {}", refusal.message, String::from_utf8_lossy(value.as_bytes())).into();
    }
    if variants.has(Choice::PlainCodes) {
        refusal.code =
            StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error");
        refusal.message = "The request was refused.".into();
    }
    refusal.with_status(status)
}

/// The body of a refusal: an OData error, unless a fault has it otherwise.
fn envelope(refusal: &Refusal, rules: &Rules) -> Answer {
    let faults = &rules.faults;
    let Refusal { status, code, message, .. } = refusal;
    let status = *status;
    if faults.has(Fault::ErrorIsEmpty) || (status == 401 && faults.has(Fault::UnauthorizedIsBare)) {
        return with(status, None, Body::empty());
    }
    if faults.has(Fault::ErrorIsPlainText) {
        return with(status, Some(PLAIN), message.to_string());
    }
    if faults.has(Fault::ErrorIsHtml) || (matches!(status, 404 | 405 | 415) && faults.has(Fault::FrameErrorsAreHtml)) {
        return with(status, Some(HTML), format!("<html><body><h1>{status}</h1><p>{code}</p></body></html>"));
    }
    if faults.has(Fault::ErrorIsProblem) {
        let body = json!({ "type": "about:blank", "title": code, "status": status, "detail": message });
        return with(status, Some(PROBLEM), body.to_string());
    }
    let wrong = [
        (Fault::ErrorIsString, json!({ "error": message })),
        (Fault::ErrorUnwrapped, json!({ "code": code, "message": message })),
        (Fault::ErrorCodeMissing, json!({ "error": { "message": message } })),
        (Fault::ErrorCodeEmpty, json!({ "error": { "code": "", "message": message } })),
        (Fault::ErrorCodeNumber, json!({ "error": { "code": status, "message": message } })),
        (Fault::ErrorMessageMissing, json!({ "error": { "code": code } })),
        (Fault::ErrorMessageEmpty, json!({ "error": { "code": code, "message": "" } })),
        (
            Fault::ErrorMessageObject,
            json!({ "error": { "code": code, "message": { "lang": "en", "value": message } } }),
        ),
    ];
    if !faults.is_empty()
        && let Some((_, body)) = wrong.into_iter().find(|(fault, _)| faults.has(*fault))
    {
        return json(status, &body);
    }
    let content_type = if rules.variants.has(Choice::ErrorCharset) { JSON_FULL } else { JSON };
    let mut body = ErrorBody::new(*code, message.as_ref());
    if rules.variants.has(Choice::InnerErrors) {
        body.inner_error = Some(json!({
            "date": "2021-06-24T00:00:00",
            "request-id": "5b1f7d3c-9c1e-4c57-8a55-0e1a3b6d2f90",
            "client-request-id": "5b1f7d3c-9c1e-4c57-8a55-0e1a3b6d2f90",
        }));
    }
    if rules.variants.has(Choice::EmptyInnerErrors) {
        let body =
            json!({ "error": { "code": code, "message": message, "target": null, "details": [], "innerError": {} } });
        return with(status, Some(content_type), body.to_string());
    }
    // An error body is strings, which always serialize.
    with(status, Some(content_type), serde_json::to_string(&body).unwrap_or_default())
}

/// What a variant does to every answer.
pub(crate) fn finished(mut answer: Answer, rules: &Rules) -> Answer {
    if rules.variants.has(Choice::CloseConnections) {
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if rules.variants.has(Choice::ChunkedAnswers) {
        let (parts, body) = answer.into_parts();
        // A stream has no length, so the server sends it in chunks.
        return Response::from_parts(parts, Body::from_stream(body.into_data_stream()));
    }
    answer
}
