//! First looks at targets of every kind.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::Full;

use super::*;
use crate::Body;
use crate::settings::{ClockSettings, CredentialSettings, Settings};
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
        let user = request.uri().path().split('/').rev().nth(1).unwrap_or_default();
        let presence = format!(r#"{{"id": "{user}", "availability": "Away", "activity": "Away"}}"#);
        let body = if request.method() == "GET" { Bytes::from(presence) } else { Bytes::new() };
        let response = http::Response::builder().status(status).body(Full::new(body)).unwrap();
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

/// A target that answers with this status and body, by method, path and body.
async fn speaking(settings: Settings, answer: fn(&str, &str, &str) -> (u16, &'static str)) -> Target {
    use http_body_util::BodyExt as _;
    let service = tower::service_fn(move |request: http::Request<Body>| async move {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let (status, said) = answer(head.method.as_str(), head.uri.path(), &String::from_utf8_lossy(&body));
        let response = http::Response::builder().status(status);
        Ok::<_, Infallible>(response.body(Full::new(Bytes::from(said))).unwrap())
    });
    Target::in_process(settings, service, &|_| None).await.unwrap()
}

const PRESENCE: &str = r#"{"id": "u0", "availability": "Away", "activity": "Away"}"#;

#[tokio::test]
async fn a_sessionid_that_is_not_the_tokens_stops_a_run_whatever_the_refusal() {
    let guessed =
        |is_application_guessed| Settings { is_application_guessed, ..settings("http://h", 1, ClockSettings::Wall) };
    type Answers = fn(&str, &str, &str) -> (u16, &'static str);
    let rows: [(bool, Answers, Reach); 5] = [
        // Nobody said whose token it is.
        (true, |method, _, _| if method == "GET" { (200, PRESENCE) } else { (400, "no") }, Reach::NoRole),
        (true, |method, _, _| if method == "GET" { (200, PRESENCE) } else { (200, "") }, Reach::Fine),
        // The refusal speaks of it.
        (
            false,
            |method, _, _| if method == "GET" { (200, PRESENCE) } else { (400, "SessionId is not the application") },
            Reach::NoRole,
        ),
        // Without it, the same is accepted.
        (
            false,
            |method, _, body| match method {
                "GET" => (200, PRESENCE),
                _ if body.contains("id-of-app") => (400, "no"),
                _ => (200, ""),
            },
            Reach::NoRole,
        ),
        // Any other refusal is for the cases.
        (false, |method, _, _| if method == "GET" { (200, PRESENCE) } else { (400, "no") }, Reach::Odd),
    ];
    for (is_guessed, answer, reach) in rows {
        let probe = probe(&speaking(guessed(is_guessed), answer).await).await;
        assert_eq!(probe.reach, reach, "{}", probe.sentence);
        let is_told = probe.warnings.iter().any(|warning| warning.starts_with("nobody says which application"));
        assert_eq!(is_told, is_guessed, "{:?}", probe.warnings);
    }
}

#[tokio::test]
async fn what_shows_no_presence_is_no_read() {
    let rows = [
        (PRESENCE, true),
        (r#"{"value": {"id": "u0", "availability": "Away", "activity": "Away"}}"#, false),
        ("<html></html>", false),
        ("", false),
    ];
    for (body, is_usable) in rows {
        let service = tower::service_fn(move |_: http::Request<Body>| async move {
            Ok::<_, Infallible>(http::Response::new(Full::new(Bytes::from(body))))
        });
        let settings = settings("http://h", 1, ClockSettings::Wall);
        let probe = probe(&Target::in_process(settings, service, &|_| None).await.unwrap()).await;
        let read = &probe.operations[&Operation::GetPresence];
        assert_eq!((read.is_usable, probe.warnings.is_empty()), (is_usable, is_usable), "{body}: {}", read.sentence);
        assert_eq!(probe.reach, Reach::Fine, "the cases judge what a read shows");
    }
}

#[tokio::test]
async fn a_clock_that_cannot_be_moved_is_told() {
    use crate::settings::Advance;
    let clock = |path: &str| {
        ClockSettings::Manual(Advance { method: "POST".to_owned(), path: path.to_owned(), json: "${ms}".to_owned() })
    };
    let rows = [
        ("/clock", Reach::Fine, "the target accepts a plain valid request"),
        (
            "/clok",
            Reach::ClockStands,
            "the target's clock could not be moved: POST /clok answered 404; correct `advance` under [clock] of the target file",
        ),
        (
            "//clok/advance",
            Reach::ClockStands,
            "the target's clock could not be moved: POST //clok/advance answered 404 (what follows \"//\" is a host, here `clok`; a path below base_url begins with one \"/\"); correct `advance` under [clock] of the target file",
        ),
    ];
    for (path, reach, sentence) in rows {
        let settings = settings("http://h", 1, clock(path));
        let target = speaking(settings, |method, path, _| match (method, path) {
            ("GET", _) => (200, PRESENCE),
            (_, "/clok" | "/advance") => (404, ""),
            _ => (200, ""),
        });
        let probe = probe(&target.await).await;
        assert_eq!((probe.reach, probe.sentence.as_str()), (reach, sentence));
    }
}

#[tokio::test]
async fn one_user_under_two_names_is_told() {
    let mut settings = settings("http://h", 2, ClockSettings::Wall);
    settings.users = vec!["user0@h".to_owned(), "id-1".to_owned()];
    let credential = settings.credentials["app"].clone();
    let owned = CredentialSettings { user: Some("id-0".to_owned()), ..credential };
    let answer = |method: &str, path: &str, _: &str| match method {
        "GET" if path.contains("id-1") => (200, r#"{"id": "id-1", "availability": "Away", "activity": "Away"}"#),
        "GET" => (200, r#"{"id": "ID-0", "availability": "Away", "activity": "Away"}"#),
        _ => (200, ""),
    };
    assert_eq!(probe(&speaking(settings.clone(), answer).await).await.reach, Reach::Fine);
    settings.credentials.insert("delegated_work".to_owned(), owned);
    let probe = probe(&speaking(settings, answer).await).await;
    assert_eq!(probe.reach, Reach::NamedTwice);
    let wanted = "id-0 and user0@h are one user there (their reads show the same id)";
    assert!(probe.sentence.starts_with(wanted), "{}", probe.sentence);
}

#[tokio::test]
async fn a_token_that_is_let_in_and_should_not_be_is_told() {
    let mut settings = settings("http://h", 1, ClockSettings::Wall);
    let credential = settings.credentials["app"].clone();
    settings.credentials.insert("no_role".to_owned(), credential);
    let probe = probe(&answering_with(settings, |_, _| 200).await).await;
    let [warning] = &probe.warnings[..] else { panic!("{:?}", probe.warnings) };
    assert!(warning.starts_with("the target answers 200 to what `no_role` sets, which is to be refused"), "{warning}");
    assert!(probe.credentials["no_role"].is_usable, "the cases judge it");
}

#[tokio::test]
async fn a_token_with_its_scheme_in_it_is_told() {
    let mut settings = settings("http://h", 1, ClockSettings::Wall);
    let app = settings.credentials.get_mut("app").unwrap();
    app.token = crate::TokenSource::Secret(crate::SecretSource::Plain(crate::Secret::new("Bearer xyz")));
    let probe = probe(&answering_with(settings, |_, _| 401).await).await;
    assert_eq!(probe.reach, Reach::BadToken);
    assert!(probe.sentence.ends_with("it begins with `Bearer `, which is no part of it"), "{}", probe.sentence);
}
