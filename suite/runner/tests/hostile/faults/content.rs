//! Faults of what a whole answer says.

use std::net::SocketAddr;

use setpresence_core::judge::Verdict::{Failed, Inconclusive, Warned};

use super::bombs::{brotli_bomb, gzip_bomb};
use super::{Fault, GET, GOOD, PIECE, SET, answer, bytes, row};
use crate::server::Act;
use crate::server::PRESENCE;

pub(super) fn statuses(elsewhere: SocketAddr) -> Vec<Fault> {
    use Act::{Answer, Endless, Hold};
    let plain = |status: &str| answer(status, &[], "");
    let not_a_status = "its status is not a number from 100 to 999";
    let redirect = |status: &str, to: &str| Answer(answer(status, &[&format!("Location: {to}")], ""));
    let outside = format!("http://{elsewhere}/beta/users/u0/presence/setPresence");
    let again = "/beta/users/u0/presence/setPresence";
    let not_now = |status: &str| Answer(answer(status, &["Retry-After: 31536000"], ""));
    vec![
        row("status 099", SET, Hold(plain("099 Odd")), Inconclusive, not_a_status),
        row("status 000", SET, Hold(plain("000 Odd")), Inconclusive, not_a_status),
        row("status 1000", SET, Hold(plain("1000 Odd")), Inconclusive, "not an HTTP/1 answer"),
        row("status -1", SET, Hold(plain("-1 Odd")), Inconclusive, not_a_status),
        row("no status", SET, Hold(plain("OK")), Inconclusive, not_a_status),
        row("status 999", SET, Answer(plain("999 Odd")), Failed, "status 999"),
        row("status 600", SET, Answer(plain("600 Odd")), Failed, "status 600"),
        row("status 299", SET, Answer(plain("299 Odd")), Failed, "status 299"),
        row("status 500", SET, Answer(plain("500 Sorry")), Failed, "status 500"),
        row(
            "endless 1xx",
            SET,
            Endless(bytes(""), bytes("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100))),
            Warned,
            "no whole answer within",
        ),
        row(
            "another protocol from now on",
            SET,
            Hold(answer("101 Switching Protocols", &["Upgrade: x", "Connection: upgrade"], "")),
            Failed,
            "status 101",
        ),
        row(
            "a redirect to another host",
            SET,
            redirect("307 Elsewhere", &outside),
            Failed,
            "redirects are not followed",
        ),
        row(
            "a lasting redirect to another host",
            SET,
            redirect("308 Elsewhere", &outside),
            Failed,
            "status 308 to http://127.0.0.1",
        ),
        row(
            "a redirect of a read to another host",
            GET,
            redirect("302 Elsewhere", &outside),
            Inconclusive,
            "redirects are not followed",
        ),
        row("a redirect to itself", SET, redirect("307 Again", again), Failed, "status 307 to /beta/users"),
        row("a redirect to nowhere", SET, Answer(plain("302 Found")), Failed, "status 302"),
        row("not modified", GET, Answer(plain("304 Not Modified")), Inconclusive, "status 304"),
        row("429 for a year", SET, not_now("429 Later"), Inconclusive, "asked for"),
        row("503 for a year", SET, not_now("503 Later"), Failed, "status 503"),
        row("429 for a read", GET, not_now("429 Later"), Inconclusive, "asked for"),
    ]
}

pub(super) fn bodies() -> Vec<Fault> {
    use Act::{Answer, Endless};
    let read = |body: &[u8]| Answer(answer("200 OK", &["Content-Type: application/json"], body));
    let until_closed = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    let large = format!("{{\"availability\":\"{}\"}}", "x".repeat(1 << 20));
    vec![
        row(
            "an endless body",
            GET,
            Endless(bytes(until_closed), vec![b' '; PIECE]),
            Inconclusive,
            "it is longer than what is kept of a body",
        ),
        row(
            "a presence of a megabyte",
            GET,
            read(large.as_bytes()),
            Inconclusive,
            "it is longer than what is kept of a body",
        ),
        row(
            "a body that is not UTF-8",
            GET,
            read(b"{\"availability\":\"Aw\xffay\",\"activity\":\"Away\"}"),
            Failed,
            "Aw\u{fffd}ay/Away",
        ),
        row(
            "a body in UTF-16",
            GET,
            read(&PRESENCE.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>()),
            Inconclusive,
            "not JSON",
        ),
        row("no body", GET, read(b""), Inconclusive, "not JSON"),
        row("half a body", GET, read(&PRESENCE.as_bytes()[..20]), Inconclusive, "not JSON"),
        row("zero bytes", GET, read(&[0; 1000]), Inconclusive, "not JSON"),
        row("a page for people", GET, read(b"<html>Sign in</html>"), Inconclusive, "not JSON"),
        row("arrays without end in each other", GET, read(&[b'['; 100_000]), Inconclusive, "not JSON"),
        row("null", GET, read(b"null"), Inconclusive, "no text `availability`"),
        row("a list", GET, read(b"[]"), Inconclusive, "no text `availability`"),
        row(
            "a presence of numbers",
            GET,
            read(b"{\"availability\":1,\"activity\":2}"),
            Inconclusive,
            "no text `availability`",
        ),
        row("the answer to another request", GET, Answer(bytes(GOOD)), Inconclusive, "not JSON"),
        row(
            "the presence of another user",
            GET,
            read(b"{\"id\":\"x\",\"availability\":\"Busy\",\"activity\":\"InACall\"}"),
            Failed,
            "Busy/InACall",
        ),
    ]
}

pub(super) fn codings() -> Vec<Fault> {
    let coded =
        |coding: &str, body: Vec<u8>| Act::Answer(answer("200 OK", &[&format!("Content-Encoding: {coding}")], body));
    let says = "it has a content coding, which is not undone here";
    vec![
        row("a gzip bomb", GET, coded("gzip", gzip_bomb()), Inconclusive, says),
        row("a brotli bomb", GET, coded("br", brotli_bomb()), Inconclusive, says),
        row("bombs in each other", GET, coded("gzip, br", brotli_bomb()), Inconclusive, says),
        row("an unknown coding", GET, coded("x-none", bytes(PRESENCE)), Inconclusive, says),
    ]
}
