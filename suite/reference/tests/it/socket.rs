//! Every operation over a real socket, by a client that is as small as HTTP/1 allows.

use std::net::SocketAddr;
use std::time::Duration;

use crate::common::Ask;
use setpresence_core::spec::Profile;
use setpresence_reference::{ClockKind, Faults, Reference, Settings, Variants};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const LOOPBACK: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// Sends these bytes on a connection of their own; the answer's head and body.
async fn exchange(address: SocketAddr, request: &[u8]) -> (String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.to_ascii_lowercase(), body.to_owned())
}

fn head(reference: &Reference, ask: &Ask) -> String {
    let path = ask.path.replace("{user}", &ask.user_id(reference));
    let mut head = format!("{} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", ask.method);
    for value in ask.authorizations(reference) {
        head.push_str(&format!("Authorization: {value}\r\n"));
    }
    for (name, value) in &ask.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head
}

async fn send(reference: &Reference, address: SocketAddr, ask: &Ask) -> (u16, String) {
    let bytes = ask.bytes(reference);
    let mut request = format!("{}Content-Length: {}\r\n\r\n", head(reference, ask), bytes.len()).into_bytes();
    request.extend(bytes);
    let (head, body) = exchange(address, &request).await;
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body)
}

fn manual() -> Reference {
    crate::common::reference(Profile::V1_0, Faults::none(), Variants::none())
}

#[tokio::test]
async fn every_operation() {
    let reference = manual();
    let running = reference.spawn(LOOPBACK.into()).await.unwrap();
    let address = running.address();
    for (ask, status, seen) in [
        (Ask::set("app", "Available/Available", "PT1H"), 200, "Available/Available"),
        (Ask::set("app_b", "Busy/InACall", "PT1H"), 200, "Busy/InACall"),
        (Ask::clear("app_b"), 200, "Available/Available"),
        (Ask::prefer("DoNotDisturb/DoNotDisturb", None), 200, "DoNotDisturb/DoNotDisturb"),
        (Ask::unprefer(), 200, "Available/Available"),
        (Ask::raw("{\"ms\":420000}").path("/v1.0/__clock/advance"), 200, "Available/AvailableInactive"),
        (Ask::set("app", "Available/Available", "PT1Y"), 400, "Available/AvailableInactive"),
    ] {
        let (found, body) = send(&reference, address, &ask).await;
        assert_eq!(found, status, "{}: {body}", ask.path);
        let (found, body) = send(&reference, address, &Ask::get()).await;
        assert_eq!(found, 200, "{body}");
        let presence: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            format!("{}/{}", presence["availability"].as_str().unwrap(), presence["activity"].as_str().unwrap()),
            seen
        );
        assert_eq!(presence["id"], *reference.settings().users[0]);
    }
    running.stop().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn bodies_come_in_chunks_and_pieces() {
    let reference = manual();
    let running = reference.spawn(LOOPBACK.into()).await.unwrap();
    let ask = Ask::set("app", "Away/Away", "PT1H");
    let bytes = ask.bytes(&reference);
    let (one, other) = bytes.split_at(7);
    let mut request = format!("{}Transfer-Encoding: chunked\r\n\r\n", head(&reference, &ask)).into_bytes();
    for piece in [one, other, b""] {
        request.extend(format!("{:x}\r\n", piece.len()).into_bytes());
        request.extend(piece);
        request.extend(b"\r\n");
    }
    let (head, _) = exchange(running.address(), &request).await;
    assert!(head.starts_with("http/1.1 200"), "{head}");

    let mut stream = TcpStream::connect(running.address()).await.unwrap();
    let length = format!("Content-Length: {}\r\n\r\n", bytes.len());
    for piece in [self::head(&reference, &ask).as_bytes(), length.as_bytes(), one, other] {
        stream.write_all(piece).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    drop(running);
}

#[tokio::test]
async fn a_large_body_is_answered_not_cut_off() {
    let reference = manual();
    let running = reference.spawn(LOOPBACK.into()).await.unwrap();
    let ask = Ask::raw(vec![b' '; 4 << 20]);
    for ask in [ask.clone(), ask.clone().by("anonymous"), ask.path("/nowhere")] {
        let (status, body) = send(&reference, running.address(), &ask).await;
        assert!([413, 401, 404].contains(&status), "{status}");
        assert!(body.contains("\"error\""), "{body}");
    }
    running.stop().await;
}

#[tokio::test]
async fn answers_may_be_chunked_and_connections_closed() {
    let variants = Variants::named("chunked-answers").unwrap();
    let reference = crate::common::reference(Profile::V1_0, Faults::none(), variants);
    let running = reference.spawn(LOOPBACK.into()).await.unwrap();
    let request = format!("{}\r\n", head(&reference, &Ask::get()));
    let (head, body) = exchange(running.address(), request.as_bytes()).await;
    assert!(head.contains("transfer-encoding: chunked"), "{head}");
    assert!(body.contains("Offline"), "{body}");
    running.stop().await;
}

#[tokio::test]
async fn tokens_are_handed_out() {
    let reference = manual();
    let running = reference.spawn(LOOPBACK.into()).await.unwrap();
    let (status, token) = send(&reference, running.address(), &Ask::get().path("/__token?as=no_role")).await;
    assert_eq!((status, Some(token)), (200, reference.credential("no_role", "")));
    for query in ["as=anonymous", "as=%20"] {
        let (status, _) = send(&reference, running.address(), &Ask::get().path(&format!("/__token?{query}"))).await;
        assert_eq!(status, 400, "{query}");
    }
    running.stop().await;
}

#[tokio::test]
async fn only_a_manual_clock_is_moved_from_outside() {
    for (clock, status) in [(ClockKind::Manual, 200), (ClockKind::Wall, 404), (ClockKind::Scaled(60), 404)] {
        let reference = Reference::new(Settings::for_profile(Profile::BETA_2021_06).with_clock(clock));
        let running = reference.spawn(LOOPBACK.into()).await.unwrap();
        let advance = Ask::raw("{\"ns\": 1500000001}").path("/beta/__clock/advance");
        let (found, body) = send(&reference, running.address(), &advance).await;
        assert_eq!(found, status, "{body}");
        if clock == ClockKind::Manual {
            assert_eq!(reference.now().since_start(), Duration::from_nanos(1_500_000_001));
            let (_, body) = send(&reference, running.address(), &Ask::get().path("/__clock")).await;
            assert!(body.contains("1500000001"), "{body}");
            for bad in ["", "{}", "{\"ms\":-1}", "{\"ms\":1,\"ns\":1}", "{\"s\":1}"] {
                let advance = Ask::raw(bad).path("/__clock/advance");
                assert_eq!(send(&reference, running.address(), &advance).await.0, 400, "{bad}");
            }
            assert_eq!(send(&reference, running.address(), &advance.method("GET")).await.0, 405);
        }
        assert!(running.base_url().ends_with("/beta"));
        running.stop().await;
    }
}

#[tokio::test]
async fn a_taken_address_is_an_error() {
    let reference = manual();
    let running = reference.spawn(LOOPBACK.into()).await.unwrap();
    assert!(reference.spawn(running.address()).await.is_err());
    drop(running);
}
