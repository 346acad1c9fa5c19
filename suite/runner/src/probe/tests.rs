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
            "the target answers 403 to what `app` sets (-v shows it): its id id-of-app is not that of its token's application (`app` in [applications] of the target file or --app-id), or the token lacks the role Presence.ReadWrite.All, or the target departs there",
            None,
        ),
        ("http://h", |_, _| 204, Reach::Odd, "the target answers 204 to a plain valid request, not 200", None),
        (
            "http://h",
            |path, _| if path.ends_with("/presence") { 200 } else { 404 },
            Reach::Odd,
            "the target answers 404 to what `app` sets (-v shows it): its id id-of-app is not that of its token's application (`app` in [applications] of the target file or --app-id), or the target departs there",
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
    let absent = "the target has no set-user-preferred-presence: it answered 501 ([operations] of the target file)";
    assert_eq!(probe.absent, [(Operation::SetUserPreferredPresence, absent.to_owned())].into());
    let usable: Vec<_> = probe.credentials.iter().map(|(name, found)| (name.as_str(), found.is_usable)).collect();
    assert_eq!(usable, [("app", true), ("app_b", false), ("reader", true)]);
}

/// What is not there is left out; what is there and does not work is for the cases to judge.
#[tokio::test]
async fn what_is_not_there_is_told() {
    let (prefer, clear) = (Operation::SetUserPreferredPresence, Operation::ClearPresence);
    let unprefer = Operation::ClearUserPreferredPresence;
    let rows: [(Answering, Vec<Operation>, usize); 5] = [
        (|_, _| 200, vec![], 0),
        (|path, _| if path.ends_with("PreferredPresence") { 404 } else { 200 }, vec![prefer, unprefer], 0),
        (|path, _| if path.ends_with("clearPresence") { 404 } else { 200 }, vec![], 0),
        (|path, _| if path.ends_with("clearPresence") { 405 } else { 200 }, vec![clear], 0),
        (|path, _| if path.ends_with("/presence") { 404 } else { 200 }, vec![], 1),
    ];
    for (answer, absent, n_warnings) in rows {
        let probe = probe(&answering("http://h", answer).await).await;
        assert_eq!(probe.absent.into_keys().collect::<Vec<_>>(), absent);
        assert_eq!(probe.warnings.len(), n_warnings, "{:?}", probe.warnings);
        assert!(probe.warnings.iter().all(|warning| warning.starts_with("get-presence answered 404, and what cannot")));
    }
}

/// Of two plain requests that have little in common one is enough: cases will tell what is wrong with the other.
#[tokio::test]
async fn one_refusal_is_for_the_cases() {
    let once = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let service = tower::service_fn(move |_: http::Request<Body>| {
        let is_first = once.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0;
        let response = http::Response::builder().status(if is_first { 400 } else { 200 });
        let response = response.body(Full::new(Bytes::new())).unwrap();
        async { Ok::<_, Infallible>(response) }
    });
    let settings = settings("http://h", 1, ClockSettings::Wall);
    let probe = probe(&Target::in_process(settings, service, &|_| None).await.unwrap()).await;
    assert_eq!(
        (probe.reach, probe.sentence.as_str()),
        (Reach::Odd, "the target answers 400 to a plain valid request, not 200")
    );
}

#[tokio::test]
async fn an_application_that_sets_nothing_is_told() {
    let probe = probe(&answering("http://h", |_, token| if token == "token-of-app_b" { 403 } else { 200 }).await).await;
    assert_eq!(probe.reach, Reach::Fine);
    let [warning] = &probe.warnings[..] else { panic!("{:?}", probe.warnings) };
    assert!(warning.starts_with("the target answers 403 to what `app_b` sets"), "{warning}");
    assert!(warning.contains("its id id-of-app_b is not that of its token's application"), "{warning}");
}

#[tokio::test]
async fn users_who_do_not_exist_are_named() {
    let rows: [(Answering, Reach, &str); 5] = [
        (|_, _| 200, Reach::Fine, "the target accepts a plain valid request"),
        (
            |path, _| if path.contains("/u2/") { 404 } else { 200 },
            Reach::UnknownUser,
            "1 of the 6 users does not exist there: u2 (404 to a read and 404 to a set, but u0 is served); correct `users` in the target file, or --user",
        ),
        (
            |path, _| if path.contains("/u0/") { 200 } else { 404 },
            Reach::UnknownUser,
            "5 of the 6 users do not exist there: u1, u2, u3, 2 more (404 to a read and 404 to a set, but u0 is served); correct `users` in the target file, or --user",
        ),
        // Known once a presence was set.
        (
            |path, _| if path.contains("/u2/") && path.ends_with("/presence") { 404 } else { 200 },
            Reach::Fine,
            "the target accepts a plain valid request",
        ),
        // A fault of the target is for the cases.
        (
            |path, _| if path.contains("/u2/") { 500 } else { 200 },
            Reach::Fine,
            "the target accepts a plain valid request",
        ),
    ];
    for (answer, reach, sentence) in rows {
        let target = answering_with(settings("http://h", 6, ClockSettings::Wall), answer).await;
        let probe = probe(&target).await;
        assert_eq!((probe.reach, probe.sentence.as_str()), (reach, sentence));
    }
}

/// A token that says whose it is leaves no doubt, whatever the target answers.
#[tokio::test]
async fn a_token_of_another_application_is_told() {
    use base64::Engine as _;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(r#"{"appid": "other"}"#);
    let mut settings = settings("http://h", 1, ClockSettings::Wall);
    let app = settings.credentials.get_mut("app").unwrap();
    app.token =
        crate::TokenSource::Secret(crate::SecretSource::Plain(crate::Secret::new(format!("e30.{claims}.c2ln"))));
    let probe = probe(&answering_with(settings, |_, _| 400).await).await;
    assert_eq!(
        (probe.reach, probe.sentence.as_str()),
        (
            Reach::NoRole,
            "the target answers 400 to what `app` sets (-v shows it): its token is of the application other, and its id is id-of-app; correct `app` in [applications] of the target file or --app-id"
        )
    );
}
