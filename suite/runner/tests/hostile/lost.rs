//! Targets that are gone, or as good as gone: the run says so, and ends before its time.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use setpresence_core::judge::Verdict;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

use crate::check::{Ran, base_of, run_on, said};
use crate::server::{Act, Server, request, well};

/// More cases than it takes to give a target up.
const CASES: usize = 60;
/// Every how many requests a connection is reset under load.
const RESET_EVERY: usize = 5;
/// How many requests are answered until the target dies.
const ANSWERED: usize = 20;

fn ended_early(ran: &Ran) -> &str {
    ran.end.ended_early.as_deref().expect("the run went on to its end")
}

fn count(ran: &Ran, verdict: Verdict) -> usize {
    ran.records.iter().filter(|record| record.verdict == verdict).count()
}

#[tokio::test]
async fn who_is_not_there_is_given_up() {
    // A part of this name is longer than any may be, so that no resolver is asked for it.
    let no_name = format!("{}.invalid:80", "x".repeat(64));
    for (host, says) in [("127.0.0.1:1", "Connection refused"), ("[::1]:1", ""), (&no_name, "failed to lookup")] {
        let ran = run_on(&format!("base_url = \"http://{host}/beta\""), CASES).await;
        let why = ended_early(&ran);
        assert!(why.starts_with("the target was lost: 10 connections in a row failed; "), "{why}");
        assert!(why.contains(&format!("no connection to {host} could be made: {says}")), "{why}");
        assert_eq!(count(&ran, Verdict::Inconclusive), CASES + 1, "{host}");
    }
}

#[tokio::test]
async fn who_never_answers_is_given_up() {
    for (act, says) in [
        (Act::Hold(Vec::new()), "no whole answer within 6 s"),
        (Act::Close(Vec::new()), "the connection broke before the answer was whole"),
        (Act::Close(b"SSH-2.0-x\r\n\r\n".to_vec()), "not an HTTP/1 answer"),
    ] {
        let address = everywhere(act).await;
        let ran = run_on(&base_of(address), CASES).await;
        let why = ended_early(&ran);
        assert!(why.starts_with("the target was lost: 48 requests in a row had no answer; "), "{why}");
        assert!(why.contains(says), "{why}");
        assert_eq!(count(&ran, Verdict::Passed), 0);
    }
}

/// A server that shows its fault to everyone.
async fn everywhere(act: Act) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    Server::serve(listener, "", "", act).address
}

#[tokio::test]
async fn who_dies_on_the_way_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answered = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        // The listener goes with this task, and every connection stops to answer: the target is dead.
        while answered.load(Ordering::Relaxed) < ANSWERED {
            let Ok((stream, _)) = listener.accept().await else { return };
            tokio::spawn(answer_some(stream, Arc::clone(&answered)));
        }
    });
    let ran = run_on(&base_of(address), 10 * CASES).await;
    assert!(ended_early(&ran).starts_with("the target was lost: 10 connections in a row failed; "), "{:?}", ran.end);
    assert_eq!(ran.records.len(), 10 * CASES + 1, "each case has a record");
    assert!(count(&ran, Verdict::Inconclusive) > 9 * CASES);
    assert_eq!(count(&ran, Verdict::Failed), 0, "what nobody answered is nobody's failure");
}

async fn answer_some(mut stream: TcpStream, answered: Arc<AtomicUsize>) -> io::Result<()> {
    while let Some(head) = request(&mut stream).await? {
        if answered.fetch_add(1, Ordering::Relaxed) >= ANSWERED {
            break;
        }
        stream.write_all(well(&head).as_bytes()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn resets_under_load_cost_their_cases_only() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (n_seen, n_reset) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = (Arc::clone(&n_seen), Arc::clone(&n_reset));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(reset_some(stream, counted.clone()));
        }
    });
    let ran = run_on(&base_of(address), CASES).await;
    assert_eq!(ran.end.ended_early, None);
    let lost: Vec<_> = ran.records.iter().filter(|record| record.verdict != Verdict::Passed).collect();
    assert!(lost.iter().all(|record| record.verdict == Verdict::Inconclusive));
    assert!(lost.iter().all(|record| said(record).contains("the connection broke")), "{}", said(lost[0]));
    assert_eq!(lost.len(), n_reset.load(Ordering::Relaxed));
    assert!(!lost.is_empty() && lost.len() < CASES);
}

async fn reset_some(mut stream: TcpStream, (n_seen, n_reset): (Arc<AtomicUsize>, Arc<AtomicUsize>)) -> io::Result<()> {
    while let Some(head) = request(&mut stream).await? {
        if n_seen.fetch_add(1, Ordering::Relaxed) % RESET_EVERY == 0 {
            n_reset.fetch_add(1, Ordering::Relaxed);
            return stream.set_zero_linger();
        }
        stream.write_all(well(&head).as_bytes()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_target_may_have_an_address_of_version_6() {
    // A machine without such addresses has nothing to try.
    let Ok(listener) = TcpListener::bind("[::1]:0").await else { return };
    let server = Server::serve(listener, "NONE", "", Act::Hold(Vec::new()));
    let ran = run_on(&base_of(server.address), 1).await;
    assert_eq!(count(&ran, Verdict::Passed), 2, "{}", said(&ran.records[0]));
}
