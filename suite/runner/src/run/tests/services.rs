//! What real services ask of a whole run: a pace, pauses, and another token now and then.
//!
//! Sockets are bare. Time is only ever held against a least, so that no machine is too slow for these.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use bytes::Bytes;
use futures_util::future::join_all;
use http_body_util::Full;
use setpresence_core::spec::Operation;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::settings::{Rate, SecretSource, TokenSource};

const PRESENCE: &str = r#"{"id":"u","availability":"Busy","activity":"InACall"}"#;

/// Cases of one set and one read each.
fn plans(n_cases: usize) -> Vec<Plan> {
    (0..n_cases).map(|n| plan(&format!("t/{n}"), vec![set(0, "app"), get(0)])).collect()
}

/// What a server was asked, and when.
type Seen = Arc<Mutex<Vec<(Operation, Instant)>>>;
/// The status line and the headers of the answer to the request of that number.
type Head = Arc<dyn Fn(usize) -> String + Send + Sync>;

/// A server that answers by the number of the request; says where it is.
async fn server(head: impl Fn(usize) -> String + Send + Sync + 'static) -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/beta", listener.local_addr().unwrap());
    let (seen, head): (Seen, Head) = (Arc::default(), Arc::new(head));
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, Arc::clone(&log), Arc::clone(&head)));
        }
    });
    (base, seen)
}

async fn converse(mut stream: TcpStream, seen: Seen, head: Head) {
    let mut bytes = Vec::new();
    while stream.read_buf(&mut bytes).await.is_ok_and(|n_read| n_read > 0) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let is_read = text.starts_with("GET");
        // A body of these cases is one JSON object without others in it.
        if !text.ends_with(if is_read { "\r\n\r\n" } else { "}" }) {
            continue;
        }
        bytes.clear();
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.push((if is_read { Operation::GetPresence } else { Operation::SetPresence }, Instant::now()));
            seen.len() - 1
        };
        let answer = format!("HTTP/1.1 {}Content-Length: {}\r\n\r\n{PRESENCE}", head(number), PRESENCE.len());
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn no_second_of_a_run_holds_more_requests_than_it_may() {
    let per_second = |n: u32| Some(Duration::from_secs(1) / n);
    let rows = [(per_second(200), None), (None, per_second(100)), (per_second(150), per_second(60))];
    let checks = rows.into_iter().map(|(overall, of_sets)| async move {
        let (base, seen) = server(|_| "200 OK\r\n".to_owned()).await;
        let of = of_sets.into_iter().map(|pause| (Operation::SetPresence, pause)).collect();
        let settings = Settings { rate: Rate { overall, of }, ..settings(&base, 40, ClockSettings::Wall) };
        let target = Target::connect(settings, &|_| None).await.unwrap();
        let started = Instant::now();
        let (records, end) = run_all(&target, plans(20), &fresh()).await;
        assert!(records.iter().all(|record| statuses(record) == [200, 200]), "{records:?}");
        assert_eq!(end.ended_early, None);
        let seen = seen.lock().unwrap().clone();
        assert_eq!(seen.len(), 40);
        for (pause, only) in [(overall, None), (of_sets, Some(Operation::SetPresence))] {
            let counted = seen.iter().filter(|(operation, _)| only.is_none_or(|only| only == *operation));
            for (n_before, (_, at)) in (0..).zip(counted) {
                assert!(*at - started >= pause.unwrap_or_default() * n_before, "{n_before} within {:?}", *at - started);
            }
        }
    });
    join_all(checks).await;
}

#[tokio::test]
async fn a_target_that_says_not_now_is_left_alone_for_as_long_as_it_says() {
    const REFUSED: usize = 20;
    const JOBS: usize = 8;
    // Its calendar is not ours, so its own date tells how far away a date is.
    let headers = [
        "Retry-After: 1\r\n",
        "Retry-After: Sun, 06 Nov 1994 08:49:38 GMT\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
        "Retry-After: Fri, 06 Nov 2054 08:49:38 GMT\r\nDate: Fri, 06 Nov 2054 08:49:37 GMT\r\n",
    ];
    let rows = ["429 Slow", "503 Busy"].into_iter().flat_map(|status| headers.map(|headers| (status, headers)));
    let checks = rows.map(|(status, headers)| async move {
        let refusal = format!("{status}\r\n{headers}");
        let head = {
            let refusal = refusal.clone();
            move |number| if number == REFUSED { refusal.clone() } else { "200 OK\r\n".to_owned() }
        };
        let (base, seen) = server(head).await;
        let patience = Duration::from_secs(60);
        let settings = Settings { patience, ..settings(&base, 80, ClockSettings::Wall) };
        let target = Target::connect(settings, &|_| None).await.unwrap();
        let (records, end) = run_all(&target, plans(40), &Options { jobs: JOBS, ..fresh() }).await;
        assert!(records.iter().all(|record| statuses(record) == [200, 200]), "{refusal}: {records:?}");
        assert_eq!((end.requests, end.ended_early), (80, None), "what was put off is one request");
        let seen = seen.lock().unwrap().clone();
        assert_eq!(seen.len(), 81);
        let (_, told) = seen[REFUSED];
        let n_meanwhile = seen[REFUSED + 1..].iter().filter(|(_, at)| *at - told < Duration::from_secs(1)).count();
        // What is on its way when the refusal comes cannot be called back.
        assert!(n_meanwhile <= 2 * JOBS, "{refusal}: {n_meanwhile} requests in the pause");
    });
    join_all(checks).await;
}

#[tokio::test]
async fn a_token_that_expires_costs_no_case_its_verdict() {
    // Each token is good for so many requests.
    const GOOD_FOR: usize = 7;
    let path: PathBuf = std::env::temp_dir().join(format!("setpresence-expiring-{}", std::process::id()));
    std::fs::write(&path, "token-0").unwrap();
    let (n_good, n_refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, refused, file) = (Arc::clone(&n_good), Arc::clone(&n_refused), path.clone());
    let service = tower::service_fn(move |request: http::Request<crate::Body>| {
        let wanted = format!("Bearer token-{}", counted.load(Ordering::SeqCst) / GOOD_FOR);
        let is_good = request.headers()["authorization"] == wanted.as_str();
        let status = if is_good {
            let n_good = counted.fetch_add(1, Ordering::SeqCst) + 1;
            // Whoever asks the source for another token finds it there.
            std::fs::write(&file, format!("token-{}", n_good / GOOD_FOR)).unwrap();
            200
        } else {
            refused.fetch_add(1, Ordering::SeqCst);
            401
        };
        let response = http::Response::builder().status(status).body(Full::new(Bytes::new())).unwrap();
        async move {
            tokio::task::yield_now().await;
            Ok::<_, String>(response)
        }
    });
    let mut settings = settings("http://expiring", 40, ClockSettings::Wall);
    for credential in settings.credentials.values_mut() {
        credential.token = TokenSource::Secret(SecretSource::File(path.clone()));
    }
    let target = Target::in_process(settings, service, &|_| None).await.unwrap();
    // One at a time: where a token is good for so few requests, many at once would find the next one used up as well.
    let (records, end) = run_all(&target, plans(30), &Options { jobs: 1, ..fresh() }).await;
    assert!(records.iter().all(|record| statuses(record) == [200, 200]), "{records:?}");
    assert_eq!((end.requests, end.ended_early), (60, None));
    assert_eq!(n_refused.load(Ordering::SeqCst), 60 / GOOD_FOR, "each token is refused once");
    std::fs::remove_file(&path).unwrap();
}
