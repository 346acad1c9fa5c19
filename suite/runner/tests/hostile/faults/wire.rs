//! Faults of the connection and of HTTP itself.

use std::time::Duration;

use setpresence_core::judge::Verdict::{Inconclusive, Passed, Warned};

use super::{Fault, GET, GOOD, PIECE, SET, answer, bytes, row};
use crate::server::Act;
use crate::server::PRESENCE;

pub(super) fn connections() -> Vec<Fault> {
    use Act::{Close, Drip, Hold, Reset};
    let broken = "the connection broke before the answer was whole: ";
    let second = Duration::from_secs(1);
    let late = "no whole answer within 6 s";
    vec![
        row("closes without a word", SET, Close(bytes("")), Inconclusive, broken),
        row(
            "closes without a word on a read",
            GET,
            Close(bytes("")),
            Inconclusive,
            "connection closed before message completed",
        ),
        row("resets without a word", SET, Reset(bytes("")), Inconclusive, broken),
        row("accepts and never answers a read", GET, Hold(bytes("")), Warned, late),
        row("closes inside the status line", SET, Close(bytes("HTTP/1.1 20")), Inconclusive, broken),
        row("closes inside a header", SET, Close(bytes("HTTP/1.1 200 OK\r\nContent-Le")), Inconclusive, broken),
        row(
            "closes after the headers",
            GET,
            Close(bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")),
            Inconclusive,
            "end of file before message length reached",
        ),
        row(
            "closes inside the body",
            GET,
            Close(bytes("HTTP/1.1 200 OK\r\nContent-Length: 53\r\n\r\n{\"id\":")),
            Inconclusive,
            "end of file before message length reached",
        ),
        row(
            "resets inside the body",
            GET,
            Reset(bytes("HTTP/1.1 200 OK\r\nContent-Length: 53\r\n\r\n{\"id\":")),
            Inconclusive,
            broken,
        ),
        row("stops inside the status line", GET, Hold(bytes("HTTP/1.1 20")), Warned, late),
        row("stops inside a header", GET, Hold(bytes("HTTP/1.1 200 OK\r\nX-A: ")), Warned, late),
        row(
            "stops inside the body",
            GET,
            Hold(bytes("HTTP/1.1 200 OK\r\nContent-Length: 53\r\n\r\n{\"id\":")),
            Warned,
            late,
        ),
        row("one byte a second", GET, Drip(answer("200 OK", &[], PRESENCE), second), Warned, late),
        row(
            "a chunk a second",
            GET,
            Act::Beat(bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), bytes("1\r\n \r\n"), second),
            Warned,
            late,
        ),
    ]
}

pub(super) fn lengths() -> Vec<Fault> {
    use Act::{Close, Hold};
    let with = |headers: &str, body: &str| bytes(format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{body}"));
    let not_http = "what came is not an HTTP/1 answer: invalid content-length";
    vec![
        row(
            "a length too large, then waits",
            GET,
            Hold(with("Content-Length: 99", PRESENCE)),
            Warned,
            "no whole answer within",
        ),
        row(
            "a length too large, then closes",
            GET,
            Close(with("Content-Length: 99", PRESENCE)),
            Inconclusive,
            "end of file before message length reached",
        ),
        row("a length too small", GET, Close(with("Content-Length: 9", PRESENCE)), Inconclusive, "not JSON"),
        row("a length of nothing", GET, Close(with("Content-Length: 0", PRESENCE)), Inconclusive, "not JSON"),
        row(
            "two lengths that differ",
            GET,
            Hold(with("Content-Length: 53\r\nContent-Length: 9", PRESENCE)),
            Inconclusive,
            not_http,
        ),
        row("a list of lengths", GET, Hold(with("Content-Length: 53, 9", PRESENCE)), Inconclusive, not_http),
        row("a length that is no number", GET, Hold(with("Content-Length: many", PRESENCE)), Inconclusive, not_http),
        row("a negative length", GET, Hold(with("Content-Length: -53", PRESENCE)), Inconclusive, not_http),
        row("a length with a sign", GET, Hold(with("Content-Length: +53", PRESENCE)), Inconclusive, not_http),
        row(
            "a length beyond any number",
            GET,
            Hold(with("Content-Length: 99999999999999999999999", PRESENCE)),
            Inconclusive,
            not_http,
        ),
        row(
            "a length beyond any memory",
            GET,
            Close(with("Content-Length: 9223372036854775807", PRESENCE)),
            Inconclusive,
            "end of file before message length reached",
        ),
    ]
}

pub(super) fn chunks() -> Vec<Fault> {
    use Act::{Close, Endless, Hold};
    let chunked = |body: &str| bytes(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}"));
    let whole = format!("{:x}\r\n{PRESENCE}\r\n", PRESENCE.len());
    let not_http = "what came is not an HTTP/1 answer: ";
    vec![
        row(
            "closes inside a chunk",
            GET,
            Close(chunked("35\r\n{\"id\":")),
            Inconclusive,
            "before the answer was whole",
        ),
        row("closes before the last chunk", GET, Close(chunked(&whole)), Inconclusive, "before the answer was whole"),
        row("waits before the last chunk", GET, Hold(chunked(&whole)), Warned, "no whole answer within"),
        row("a chunk size that is no number", GET, Hold(chunked("many\r\n")), Inconclusive, not_http),
        row("a chunk size beyond any number", GET, Hold(chunked("fffffffffffffffff\r\n")), Inconclusive, not_http),
        row(
            "a chunk longer than its size",
            GET,
            Hold(chunked(&format!("2\r\n{PRESENCE}\r\n0\r\n\r\n"))),
            Inconclusive,
            not_http,
        ),
        row("endless chunk extension", GET, Endless(chunked("2;x="), vec![b'x'; PIECE]), Inconclusive, not_http),
        row(
            "endless chunks",
            GET,
            Endless(chunked(""), bytes(format!("{PIECE:x}\r\n{}\r\n", " ".repeat(PIECE)))),
            Inconclusive,
            "it is longer than what is kept of a body",
        ),
        row(
            "endless trailers",
            GET,
            Endless(chunked(&format!("{whole}0\r\n")), bytes("X-A: b\r\n".repeat(1000))),
            Inconclusive,
            not_http,
        ),
    ]
}

pub(super) fn heads() -> Vec<Fault> {
    use Act::{Endless, Hold};
    let with = |header: &[u8]| [b"HTTP/1.1 200 OK\r\n", header, b"\r\nContent-Length: 0\r\n\r\n"].concat();
    let not_http = "what came is not an HTTP/1 answer: invalid HTTP header";
    let too_large = "what came is not an HTTP/1 answer: message head is too large";
    vec![
        row(
            "endless headers",
            SET,
            Endless(bytes("HTTP/1.1 200 OK\r\n"), bytes("X-A: b\r\n".repeat(1000))),
            Inconclusive,
            too_large,
        ),
        row(
            "an endless header",
            SET,
            Endless(bytes("HTTP/1.1 200 OK\r\nX-A: "), vec![b'x'; PIECE]),
            Inconclusive,
            too_large,
        ),
        row(
            "an endless header name",
            SET,
            Endless(bytes("HTTP/1.1 200 OK\r\n"), vec![b'x'; PIECE]),
            Inconclusive,
            too_large,
        ),
        row("an endless status line", SET, Endless(bytes("HTTP/1.1 200 "), vec![b'x'; PIECE]), Inconclusive, too_large),
        row(
            "a header of a megabyte",
            SET,
            Hold(with(&[b"X-A: ", &vec![b'x'; 1 << 20][..]].concat())),
            Inconclusive,
            too_large,
        ),
        row("a header name with a blank", SET, Hold(with(b"X A: b")), Inconclusive, not_http),
        row("a header name with bytes beyond ASCII", SET, Hold(with(b"X-\xc3\xa4: b")), Inconclusive, not_http),
        row("a header without a name", SET, Hold(with(b": b")), Inconclusive, not_http),
        row("a header without a colon", SET, Hold(with(b"X-A")), Inconclusive, not_http),
        row("a blank before the colon", SET, Hold(with(b"X-A : b")), Inconclusive, not_http),
        row("a header value with a zero byte", SET, Hold(with(b"X-A: a\0b")), Inconclusive, not_http),
        row("a header value with a control character", SET, Hold(with(b"X-A: a\x1bb")), Inconclusive, not_http),
        row("a bare carriage return", SET, Hold(with(b"X-A: a\rb")), Inconclusive, not_http),
    ]
}

pub(super) fn protocols() -> Vec<Fault> {
    use Act::{Close, Hold};
    let not_http = "what came is not an HTTP/1 answer: ";
    let settings = b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64";
    vec![
        row("HTTP/2 frames", SET, Hold(bytes(settings)), Inconclusive, not_http),
        row("the preface of HTTP/2", SET, Hold(bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")), Inconclusive, not_http),
        row("HTTP/2 in words", SET, Hold(bytes("HTTP/2 200\r\n\r\n")), Inconclusive, not_http),
        row("HTTP/3 in words", SET, Hold(bytes("HTTP/3.0 200 OK\r\n\r\n")), Inconclusive, not_http),
        row("a body alone, as in HTTP/0.9", GET, Close(bytes(PRESENCE)), Inconclusive, not_http),
        row("a greeting of SSH", SET, Hold(bytes("SSH-2.0-OpenSSH_9\r\n\r\n")), Inconclusive, not_http),
        row("an alert of TLS", SET, Close(bytes(b"\x15\x03\x03\x00\x02\x02\x46")), Inconclusive, not_http),
        row("noise", SET, Hold((0..=255).cycle().take(4096).collect()), Inconclusive, not_http),
    ]
}

/// Odd, but as HTTP has it: no fault may be found in these.
pub(super) fn legal() -> Vec<Fault> {
    use Act::{Answer, Close, Drip};
    let hints = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n".repeat(500);
    let chunked = PRESENCE.bytes().map(|byte| format!("1;x=y\r\n{}\r\n", char::from(byte))).collect::<String>();
    let length = PRESENCE.len();
    vec![
        row("a thousand 1xx", SET, Answer(bytes(hints + GOOD)), Passed, ""),
        row(
            "two answers at once",
            SET,
            Answer(bytes(format!("{GOOD}HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"))),
            Passed,
            "",
        ),
        row("the connection closed unsaid", SET, Close(bytes(GOOD)), Passed, ""),
        row(
            "the connection closed that was to be kept",
            SET,
            Close(answer("200 OK", &["Connection: keep-alive", "Keep-Alive: timeout=60"], "")),
            Passed,
            "",
        ),
        row("one byte at a time", GET, Drip(answer("200 OK", &[], PRESENCE), Duration::from_micros(10)), Passed, ""),
        row(
            "chunks of one byte, with trailers",
            GET,
            Answer(bytes(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}0\r\nX-A: b\r\n\r\n"))),
            Passed,
            "",
        ),
        row("HTTP/1.0 until it closes", GET, Close(bytes(format!("HTTP/1.0 200 OK\r\n\r\n{PRESENCE}"))), Passed, ""),
        row(
            "HTTP/1.0 with a length",
            GET,
            Close(bytes(format!("HTTP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n{PRESENCE}"))),
            Passed,
            "",
        ),
        row(
            "the same length twice",
            GET,
            Answer(bytes(format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nContent-Length: {length}\r\n\r\n{PRESENCE}"
            ))),
            Passed,
            "",
        ),
        row(
            "a status without words",
            GET,
            Answer(bytes(format!("HTTP/1.1 200\r\nContent-Length: {length}\r\n\r\n{PRESENCE}"))),
            Passed,
            "",
        ),
        row(
            "line ends without a carriage return",
            GET,
            Answer(bytes(format!("HTTP/1.1 200 OK\nContent-Length: {length}\n\n{PRESENCE}"))),
            Passed,
            "",
        ),
        row(
            "a header value in another character set",
            SET,
            Answer(answer("200 OK", &["X-A: caf\u{e9}"], "")),
            Passed,
            "",
        ),
        row("a success of four megabytes", SET, Answer(answer("200 OK", &[], vec![b'x'; 4 << 20])), Passed, ""),
    ]
}
