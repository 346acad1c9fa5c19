//! Every fault of a single answer, with the verdict that it must end in and the words that must name it.
//!
//! An answer that does not come breaks a *should*, so it warns; where the connection or HTTP itself fails, or a read shows
//! no presence, what was to be seen was not judged; a whole answer that is wrong fails.

mod bombs;
mod content;
mod wire;

use std::net::SocketAddr;

use setpresence_core::judge::Verdict;

use crate::server::Act;

/// The wrong answer to a call that sets.
const SET: &str = "POST";
/// The wrong answer to a read.
const GET: &str = "GET";
/// A plain good answer to a call that sets.
const GOOD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
/// How much is written at once where there is no end: enough to be fast.
const PIECE: usize = 16 * 1024;

/// One thing that a target does wrong.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// The method of the request that it befalls.
    pub(crate) on: &'static str,
    pub(crate) act: Act,
    pub(crate) verdict: Verdict,
    /// A part of the sentence that must name it; empty where it is none.
    pub(crate) says: &'static str,
}

fn row(name: &'static str, on: &'static str, act: Act, verdict: Verdict, says: &'static str) -> Fault {
    Fault { name, on, act, verdict, says }
}

/// A whole answer of these headers and this body.
fn answer(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn bytes(text: impl AsRef<[u8]>) -> Vec<u8> {
    text.as_ref().to_vec()
}

/// Every row. `elsewhere` is an address that nobody may connect to.
pub(crate) fn table(elsewhere: SocketAddr) -> Vec<Fault> {
    [
        wire::connections(),
        wire::lengths(),
        wire::chunks(),
        wire::heads(),
        wire::protocols(),
        wire::legal(),
        content::statuses(elsewhere),
        content::bodies(),
        content::codings(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
