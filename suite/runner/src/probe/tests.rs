//! First looks at targets of every kind.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::Full;

use super::*;
use crate::Body;
use crate::settings::{ClockSettings, Settings};
use crate::testing::settings;

/// A status for a path and a token.
type Answering = fn(&str, &str) -> u16;

/// A target that answers by method, path and token.
async fn answering(base: &str, answer: Answering) -> Target {
    answering_with(settings(base, 1, ClockSettings::Wall), answer).await
}

async fn answering_with(settings: Settings, answer: Answering) -> Target {
    let service = tower::service_fn(move |request: http::Request<Body>| {
        let token = request.headers()["authorization"].to_str().unwrap().trim_start_matches("Bearer ");
        let status = answer(request.uri().path(), token);
        let response = http::Response::builder().status(status).body(Full::new(Bytes::new())).unwrap();
        async { Ok::<_, Infallible>(response) }
    });
    Target::in_process(settings, service, &|_| None).await.unwrap()
}

#[tokio::test]
async fn each_kind_of_target_gets_its_sentence() {
    let rows: [(&str, Answering, Reach, &str, Option<&str>); 8] = [
        ("http://h/beta", |_, _| 200, Reach::Fine, "the target accepts a plain valid request", None),
        (
            "http://h",
            |path, _| if path.starts_with("/v1.0/") { 401 } else { 404 },
            Reach::NotFound,
            "http://h answers 404 to everything: the base URL is wrong, or the user u0 does not exist there; http://h/v1.0 answers otherwise; try that as base_url",
            Some("http://h/v1.0"),
        ),
        (
            "http://h/beta",
            |path, _| if path.starts_with("/users/") { 200 } else { 404 },
            Reach::NotFound,
            "http://h/beta answers 404 to everything: the base URL is wrong, or the user u0 does not exist there; http://h answers otherwise; try that as base_url",
            Some("http://h"),
        ),
        (
            "http://h/beta",
            |_, _| 404,
            Reach::NotFound,
            "http://h/beta answers 404 to everything: the base URL is wrong, or the user u0 does not exist there",
            None,
        ),
        (
            "http://h",
            |_, _| 401,
            Reach::BadToken,
            "the target answers 401 to everything: the token of `app` is not one that it takes",
            None,
        ),
        (
            "http://h",
            |path, _| if path.ends_with("/presence") { 200 } else { 403 },
            Reach::NoRole,
            "the target answers 403: the token of `app` lacks the role Presence.ReadWrite.All",
            None,
        ),
        ("http://h", |_, _| 204, Reach::Odd, "the target answers 204 to a plain valid request, not 200", None),
        (
            "http://h",
            |path, _| if path.ends_with("/presence") { 200 } else { 404 },
            Reach::Odd,
            "the target answers 404 to a plain valid request, not 200",
            None,
        ),
    ];
    for (base, answer, reach, sentence, better_base) in rows {
        let probe = probe(&answering(base, answer).await).await;
        assert_eq!(
            (probe.reach, probe.sentence.as_str(), probe.better_base.as_deref()),
            (reach, sentence, better_base)
        );
    }
}

#[tokio::test]
async fn a_target_that_does_not_answer_is_told() {
    let target = Target::connect(settings("http://127.0.0.1:1", 1, ClockSettings::Wall), &|_| None).await.unwrap();
    let probe = probe(&target).await;
    assert_eq!(probe.reach, Reach::Unreachable);
    let wanted = "http://127.0.0.1:1 gave no answer: no connection to 127.0.0.1:1 could be made: ";
    assert!(probe.sentence.starts_with(wanted), "{}", probe.sentence);
    assert_eq!(target.sent(), 2);
    assert!(probe.operations.is_empty() && probe.credentials.is_empty());
}

#[tokio::test]
async fn operations_and_credentials_are_looked_at() {
    let mut settings = settings("http://h", 1, ClockSettings::Wall);
    settings.operations.remove(&Operation::ClearPresence);
    let target = answering_with(settings, |path, token| match (path.rsplit('/').next(), token) {
        (Some("setPresence"), "token-of-app_b") => 401,
        (Some("setUserPreferredPresence"), _) => 501,
        _ => 200,
    })
    .await;
    let probe = probe(&target).await;
    let operations: Vec<_> =
        probe.operations.values().map(|found| (found.is_usable, found.sentence.as_str())).collect();
    let wanted = [
        (true, "answered 200"),
        (true, "answered 200"),
        (false, "absent, as the target file says"),
        (false, "answered 501"),
        (true, "answered 200"),
    ];
    assert_eq!(operations, wanted);
    let usable: Vec<_> = probe.credentials.iter().map(|(name, found)| (name.as_str(), found.is_usable)).collect();
    assert_eq!(usable, [("app", true), ("app_b", false), ("reader", true)]);
}
