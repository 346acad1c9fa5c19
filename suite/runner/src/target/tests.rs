//! What goes over the wire, and what is made of what comes back. Sockets are bare, so that nothing is tidied up.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use setpresence_core::spec::Operation;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::*;
use crate::settings::{Plain, SecretSource, Settings, TokenSource};

const TOKEN: &str = "token-of-app";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

fn settings(base: &str) -> Settings {
    let plain = Plain {
        url: base.to_owned(),
        token: Some(Secret::new(TOKEN)),
        users: vec!["u 1/ä".to_owned()],
        ..Plain::default()
    };
    Settings { timeout: Duration::from_secs(5), patience: Duration::ZERO, ..Settings::plain(plain).unwrap() }
}

fn request() -> Request {
    Request {
        method: "POST".to_owned(),
        is_other_method: false,
        path: Operation::SetPresence.path().to_owned(),
        is_other_path: false,
        authorization: vec!["Bearer ${token}".to_owned()],
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: Some(b"{\"a\":1}".as_slice().into()),
        is_chunked: false,
    }
}

fn call<'a>(request: &'a Request, actor: &'a str, user: &'a str) -> Call<'a> {
    let (operation, on_401) = (Operation::SetPresence, On401::Renew);
    let purpose = "";
    Call { purpose, request, operation, actor: Some(actor), user, owner: user, base: None, on_401 }
}

async fn exchange(target: &Target, request: &Request) -> (RequestRecord, Outcome) {
    let clock = Timekeeper::start(&ClockSettings::Wall);
    let user = &target.settings.users[0];
    let call = call(request, "app", user);
    let (record, observation) = target.exchange(call, "http://shown", &clock).await;
    (record, observation.outcome)
}

async fn exchange_at(base: &str, request: &Request) -> Outcome {
    exchange(&Target::connect(settings(base), &|_| None).await.unwrap(), request).await.1
}

fn answer(outcome: Outcome) -> Answer {
    match outcome {
        Outcome::Answer(answer) => answer,
        Outcome::Lost(lost) => panic!("{lost:?}"),
    }
}

fn lost(outcome: Outcome) -> (Fault, String) {
    match outcome {
        Outcome::Lost(lost) => (lost.fault, lost.detail),
        Outcome::Answer(answer) => panic!("{answer:?}"),
    }
}

/// Answers one request on each of `answers.len()` connections; gives back the bytes of each request.
async fn scripted(answers: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/beta", listener.local_addr().unwrap());
    let seen = tokio::spawn(async move {
        let mut seen = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            seen.push(whole_request(&mut stream).await);
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        seen
    });
    (base, seen)
}

async fn whole_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let is_whole = match length {
                Some(length) => body.len() >= length.parse().unwrap(),
                None => !head.contains("transfer-encoding: chunked") || body.ends_with("0\r\n\r\n"),
            };
            if is_whole {
                return text;
            }
        }
        assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "cut off: {text}");
    }
}

/// What one request looks like on the wire.
async fn on_the_wire(request: &Request) -> String {
    let (base, seen) = scripted(vec![OK.to_owned()]).await;
    assert_eq!(answer(exchange_at(&base, request).await).status, 200);
    seen.await.unwrap().remove(0)
}

#[tokio::test]
async fn a_request_goes_out_as_it_is_written() {
    let seen = on_the_wire(&request()).await;
    let (head, body) = seen.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /beta/users/u%201%2F%C3%A4/presence/setPresence HTTP/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("\r\nauthorization: Bearer {TOKEN}\r\n")), "{head}");
    assert!(head.contains("\r\ncontent-length: 7") && !head.contains("encoding"), "{head}");
    assert_eq!(body, "{\"a\":1}");
}

#[tokio::test]
async fn chunked_is_chunked() {
    let seen = on_the_wire(&Request { is_chunked: true, ..request() }).await;
    let (head, body) = seen.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("\r\ntransfer-encoding: chunked") && !head.contains("content-length"), "{head}");
    assert_eq!(body, "7\r\n{\"a\":1}\r\n0\r\n\r\n");
}

#[tokio::test]
async fn headers_keep_their_order_and_their_number() {
    let authorization = vec!["Bearer ${token}".to_owned(), "Basic eDp5".to_owned()];
    let pairs = [("X-B", "${user}"), ("X-A", "1"), ("X-A", "2"), ("Content-Type", "text/plain"), ("X-Empty", "")];
    let headers = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let users = vec!["u1".to_owned()];
    let (base, seen) = scripted(vec![OK.to_owned()]).await;
    let extra = vec![("X-A".to_owned(), Secret::new("not sent")), ("X-Key".to_owned(), Secret::new("kept-out"))];
    let target = Target::connect(Settings { users, headers: extra, ..settings(&base) }, &|_| None).await.unwrap();
    let (record, _) = exchange(&target, &Request { authorization, headers, ..request() }).await;
    let seen = seen.await.unwrap().remove(0);
    let own = |line: &&str| line.starts_with("x-") || line.starts_with("auth") || line.starts_with("content-type");
    let lines: Vec<_> = seen.lines().filter(own).collect();
    let wanted = [
        "authorization: Bearer token-of-app",
        "authorization: Basic eDp5",
        "x-b: u1",
        "x-a: 1",
        "x-a: 2",
        "content-type: text/plain",
        "x-empty: ",
        "x-key: kept-out",
    ];
    assert_eq!(lines, wanted);
    let shown: Vec<_> = record.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(shown[..2], ["Authorization: Bearer <app>", "Authorization: Basic eDp5"]);
    assert_eq!(shown.last().unwrap(), "X-Key: <from the target file>");
    assert!(!format!("{record:?}").contains(TOKEN) && !format!("{record:?}").contains("kept-out"));
    assert_eq!(record.url, "http://shown/users/u1/presence/setPresence");
}

#[tokio::test]
async fn odd_paths_go_out_as_they_are_written_or_not_at_all() {
    let rows = [
        ("//users/x/", Some("/beta//users/x/")),
        ("/users('x')/presence", Some("/beta/users('x')/presence")),
        ("/USERS/x?a=b&c", Some("/beta/USERS/x?a=b&c")),
        ("/users/%2E/x", None),
        ("/users/../x", None),
        ("/users/a b", None),
        ("/users/x#y", None),
        ("/users\\x", None),
    ];
    for (path, wanted) in rows {
        let request = Request { method: "GET".to_owned(), path: path.to_owned(), body: None, ..request() };
        match wanted {
            Some(wanted) => {
                let seen = on_the_wire(&request).await;
                assert!(seen.starts_with(&format!("GET {wanted} HTTP/1.1\r\n")), "{seen}");
                assert!(!seen.contains("content-length") && !seen.contains("transfer-encoding"), "{seen}");
            }
            None => {
                let (fault, detail) = lost(exchange_at("http://127.0.0.1:1", &request).await);
                assert_eq!(fault, Fault::NotSent, "{path}");
                assert!(detail.contains("cannot be sent as it is written"), "{detail}");
            }
        }
    }
}

#[tokio::test]
async fn what_cannot_be_sent_says_so() {
    let bad = |name: &str, value: &str| Request { headers: vec![(name.to_owned(), value.to_owned())], ..request() };
    let rows = [
        (bad("X-A", "line\nbreak"), "the header `X-A` has a value that HTTP cannot carry"),
        (bad("X A", "x"), "`X A` is not a header name that can be sent"),
        (
            Request { authorization: vec!["Bearer \0".to_owned()], ..request() },
            "the header `Authorization` has a value that HTTP cannot carry",
        ),
        (Request { method: "A B".to_owned(), ..request() }, "`A B` is not a method that can be sent"),
    ];
    for (request, wanted) in rows {
        assert_eq!(lost(exchange_at("http://127.0.0.1:1", &request).await), (Fault::NotSent, wanted.to_owned()));
    }
    let target = Target::connect(settings("http://127.0.0.1:1"), &|_| None).await.unwrap();
    let clock = Timekeeper::start(&ClockSettings::Wall);
    let request = request();
    let call = call(&request, "app_b", "u");
    let (_, observation) = target.exchange(call, "", &clock).await;
    assert_eq!(lost(observation.outcome).1, "there is no token for `app_b`; give it in the target file");
    assert_eq!(target.sent(), 0);
}

#[tokio::test]
async fn lost_answers_are_told_apart() {
    let (fault, detail) = lost(exchange_at("http://127.0.0.1:1/beta", &request()).await);
    assert_eq!(fault, Fault::Connect);
    assert!(detail.starts_with("no connection to 127.0.0.1:1 could be made: Connection refused"), "{detail}");
    let broken = "the connection broke before the answer was whole: ";
    for (sent, wanted) in [
        ("", "connection closed before message completed"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "end of file before message length reached"),
    ] {
        let (base, _) = scripted(vec![sent.to_owned()]).await;
        let (fault, detail) = lost(exchange_at(&base, &request()).await);
        assert_eq!((fault, detail.as_str()), (Fault::Broken, format!("{broken}{wanted}").as_str()), "{sent}");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_a_timeout() {
    for begun in ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let held = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            whole_request(&mut stream).await;
            stream.write_all(begun.as_bytes()).await.unwrap();
            stream
        });
        let settings = Settings { timeout: Duration::from_millis(50), ..settings(&base) };
        let target = Target::connect(settings, &|_| None).await.unwrap();
        let outcome = exchange(&target, &request()).await.1;
        assert_eq!(lost(outcome), (Fault::Timeout, "no whole answer within 50 ms".to_owned()));
        drop(held.await);
    }
}

#[tokio::test]
async fn a_target_that_closes_on_a_large_body_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut some = [0; 1024];
        // What is left unread makes the system reset the connection.
        let _ = stream.read(&mut some).await;
    });
    let body = Some(vec![b' '; 8 * 1024 * 1024].into());
    let (fault, detail) = lost(exchange_at(&base, &Request { body, ..request() }).await);
    assert_eq!(fault, Fault::Broken);
    assert!(
        detail.starts_with("the target closed the connection while a body of 8388608 bytes was being sent"),
        "{detail}"
    );
}

#[tokio::test]
async fn redirects_are_answers() {
    let (base, seen) =
        scripted(vec!["HTTP/1.1 307 Elsewhere\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n".to_owned()]).await;
    let answer = answer(exchange_at(&base, &request()).await);
    assert_eq!((answer.status, answer.header("location")), (307, Some("/other")));
    assert_eq!(seen.await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_token_comes_back_masked() {
    let body = format!("{{\"error\": \"{TOKEN} is bad\"}}");
    let sent = format!("HTTP/1.1 401 No\r\nX-Echo: Bearer {TOKEN}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let (base, _) = scripted(vec![sent.clone()]).await;
    let echoed = answer(exchange_at(&base, &request()).await);
    assert!(echoed.echoes_token && !format!("{echoed:?}").contains(TOKEN), "{echoed:?}");
    assert_eq!(
        (echoed.body.as_str(), echoed.header("x-echo")),
        ("{\"error\": \"<token> is bad\"}", Some("Bearer <token>"))
    );
    // A short word, or a token that is a known id, is in answers by chance.
    for (token, application) in [("bad", "a"), (TOKEN, TOKEN)] {
        let mut settings = settings(&scripted(vec![sent.clone()]).await.0);
        let app = settings.credentials.get_mut("app").unwrap();
        app.token = TokenSource::Secret(SecretSource::Plain(Secret::new(token)));
        app.application = application.to_owned();
        let target = Target::connect(settings, &|_| None).await.unwrap();
        let answer = answer(exchange(&target, &request()).await.1);
        assert!(!answer.echoes_token && answer.body == body, "{answer:?}");
    }
}

#[tokio::test]
async fn not_now_is_waited_out_while_patience_lasts() {
    let not_now = |status: u16, after: &str| {
        format!("HTTP/1.1 {status} X\r\nRetry-After: {after}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    };
    let (base, seen) =
        scripted(vec![not_now(429, "0"), not_now(503, "Sun, 06 Nov 1994 08:49:37 GMT"), OK.to_owned()]).await;
    let settings_patient = Settings { patience: Duration::from_secs(1), ..settings(&base) };
    let target = Target::connect(settings_patient, &|_| None).await.unwrap();
    assert_eq!(answer(exchange(&target, &request()).await.1).status, 200);
    assert_eq!((seen.await.unwrap().len(), target.sent()), (3, 3));
    let (base, _) = scripted(vec![not_now(429, "60")]).await;
    let target =
        Target::connect(Settings { patience: Duration::from_secs(5), ..settings(&base) }, &|_| None).await.unwrap();
    let wanted = "the target answered 429 and asked for 1 min more; all 5 s of patience are used up";
    assert_eq!(lost(exchange(&target, &request()).await.1), (Fault::Throttled, wanted.to_owned()));
    // A 503 that does not end is judged, whatever it says of later.
    for last in [not_now(503, "60"), "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n".to_owned()] {
        let (base, _) = scripted(vec![last]).await;
        assert_eq!(answer(exchange_at(&base, &request()).await).status, 503);
    }
}

/// A connection that was kept may have been closed by right, so a campaign tries another before it blames the target.
#[tokio::test]
async fn what_breaks_is_tried_over_another_connection() {
    for (second, fault) in [(OK, Fault::Broken), ("", Fault::Crashed)] {
        let (base, seen) = scripted(vec![String::new(), second.to_owned()]).await;
        let target = Target::connect(settings(&base), &|_| None).await.unwrap();
        let (clock, request) = (Timekeeper::start(&ClockSettings::Wall), request());
        let observation = target.exchange_unkept(call(&request, "app", &target.settings.users[0]), &clock).await;
        assert_eq!(lost(observation.outcome).0, fault);
        let seen = seen.await.unwrap();
        assert_eq!((seen.len(), target.sent()), (2, 2));
        assert_eq!(seen[0], seen[1], "it is the same request");
    }
    // In a run nothing is sent twice that might count.
    let (base, seen) = scripted(vec![String::new()]).await;
    let (fault, detail) = lost(exchange_at(&base, &request()).await);
    assert_eq!(fault, Fault::Broken, "{detail}");
    assert_eq!(seen.await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_service_in_this_process_is_a_target() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let service = tower::service_fn(move |request: http::Request<Body>| {
        let counted = Arc::clone(&counted);
        async move {
            counted.fetch_add(1, Ordering::Relaxed);
            let (head, body) = request.into_parts();
            assert_ne!(head.uri.path(), "/beta/panic", "asked to panic");
            let body = body.collect().await?.to_bytes();
            let said = format!("{} {} {:?} {}", head.method, head.uri, head.headers, body.len());
            Ok::<_, Infallible>(http::Response::builder().status(404).body(Full::new(Bytes::from(said))).unwrap())
        }
    });
    let target = Target::in_process(settings("http://in.process:81/beta"), service, &|_| None).await.unwrap();
    let answer = answer(exchange(&target, &request()).await.1);
    assert_eq!(answer.status, 404);
    let wanted = "POST http://in.process:81/beta/users/u%201%2F%C3%A4/presence/setPresence ";
    assert!(answer.body.starts_with(wanted), "{}", answer.body);
    for part in ["\"host\": \"in.process:81\"", "\"content-length\": \"7\"", "Sensitive"] {
        assert!(answer.body.contains(part), "{}", answer.body);
    }
    let panicking = Request { path: "/panic".to_owned(), ..request() };
    assert_eq!(lost(exchange(&target, &panicking).await.1), (Fault::Crashed, "the service panicked".to_owned()));
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_manual_clock_is_moved_by_a_request() {
    let rows = [
        ("/clock?by=${ms}", "POST /beta/clock?by=90000 HTTP/1.1"),
        ("//${host}/clock", "POST /clock HTTP/1.1"),
        ("http://${host}/x", "POST /x HTTP/1.1"),
    ];
    for (path, wanted) in rows {
        let (base, seen) = scripted(vec![OK.to_owned()]).await;
        let host = base.trim_start_matches("http://").trim_end_matches("/beta").to_owned();
        let json = "{\"ms\": ${ms}}".to_owned();
        let advance = Advance { method: "POST".to_owned(), path: path.replace("${host}", &host), json };
        let settings = Settings { clock: ClockSettings::Manual(advance), ..settings(&base) };
        let target = Target::connect(settings, &|_| None).await.unwrap();
        target.advance(Duration::from_secs(90)).await.unwrap();
        let seen = seen.await.unwrap().remove(0);
        assert!(seen.starts_with(wanted) && seen.ends_with("\r\n\r\n{\"ms\": 90000}"), "{seen}");
        assert!(!seen.contains(TOKEN));
    }
    let (base, _) = scripted(vec!["HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n".to_owned()]).await;
    let advance = Advance { method: "POST".to_owned(), path: "/clock".to_owned(), json: "${ms}".to_owned() };
    let target = Target::connect(Settings { clock: ClockSettings::Manual(advance), ..settings(&base) }, &|_| None)
        .await
        .unwrap();
    assert_eq!(target.advance(Duration::from_secs(1)).await.unwrap_err(), "POST /clock answered 404");
}

#[test]
fn a_manual_clock_moves_by_whole_milliseconds() {
    let at = Moment::from_nanos;
    for (due, reached) in [(0, 0), (1, 1_000_000), (1_000_000, 1_000_000), (1_000_001, 2_000_000)] {
        assert_eq!(Target::reachable(at(0), at(due)), at(reached));
    }
}

#[tokio::test]
async fn a_token_that_has_expired_is_fetched_again_once() {
    let refusal = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n".to_owned();
    let (ok, request) = (OK.to_owned(), request());
    let folder = std::env::temp_dir().join(format!("setpresence-token-{}", std::process::id()));
    let file = |token: &str| std::fs::write(&folder, token).unwrap();
    // What the target answers, what the file holds from the second request on, the tokens that go out, the last status.
    let rows = [
        (vec![&ok, &refusal, &ok], "second", vec!["first", "first", "second"], 200),
        (vec![&ok, &refusal, &refusal], "second", vec!["first", "first", "second"], 401),
        (vec![&ok, &refusal], "first", vec!["first", "first"], 401),
        // It never worked, so it has not expired.
        (vec![&refusal, &refusal], "second", vec!["first", "first"], 401),
    ];
    for (answers, later, sent, status) in rows {
        file("first");
        let (base, requests) = scripted(answers.into_iter().cloned().collect()).await;
        let mut settings = settings(&base);
        let token = TokenSource::Secret(SecretSource::File(folder.clone()));
        settings.credentials.get_mut("app").unwrap().token = token;
        let target = Target::connect(settings, &|_| None).await.unwrap();
        exchange(&target, &request).await;
        file(later);
        assert_eq!(answer(exchange(&target, &request).await.1).status, status);
        let requests = requests.await.unwrap();
        let found: Vec<_> = requests
            .iter()
            .map(|request| ["first", "second"].into_iter().find(|token| request.contains(&format!("Bearer {token}"))))
            .collect();
        assert_eq!(found, sent.into_iter().map(Some).collect::<Vec<_>>());
    }
    std::fs::remove_file(&folder).unwrap();
}
