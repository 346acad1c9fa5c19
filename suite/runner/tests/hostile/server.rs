//! A server that does one thing wrong: bare sockets, so that nothing puts it right again.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The presence that every well-behaved read shows.
pub(crate) const PRESENCE: &str = r#"{"id":"user","availability":"Away","activity":"Away"}"#;
/// The header that marks the requests on which the fault is due.
const MARK: &str = "x-fault";

/// What the server does instead of answering.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Sends this, and serves on as if nothing were.
    Answer(Vec<u8>),
    /// Sends this and waits until the other side gives up.
    Hold(Vec<u8>),
    /// Sends this and closes.
    Close(Vec<u8>),
    /// Sends this and resets the connection.
    Reset(Vec<u8>),
    /// Sends this, then the second for ever.
    Endless(Vec<u8>, Vec<u8>),
    /// Sends this byte by byte, with a pause after each.
    Drip(Vec<u8>, Duration),
    /// Sends this, then the second again and again, with a pause after each.
    Beat(Vec<u8>, Vec<u8>, Duration),
}

/// A server that is well but for one thing.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    n_faults: Arc<AtomicUsize>,
}

impl Server {
    /// Serves well, but for marked requests of that method.
    pub(crate) async fn start(method: &'static str, act: Act) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::serve(listener, method, MARK, act)
    }

    /// Serves well, but for requests of that method whose head has that in it.
    pub(crate) fn serve(listener: TcpListener, method: &'static str, mark: &'static str, act: Act) -> Self {
        let address = listener.local_addr().unwrap();
        let n_faults = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&n_faults);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (act, counted) = (act.clone(), Arc::clone(&counted));
                tokio::spawn(async move {
                    // The other side may go away at any time; that is what it is for.
                    let _ = converse(stream, (method, mark), &act, &counted).await;
                });
            }
        });
        Self { address, n_faults }
    }

    /// How often the fault was shown.
    pub(crate) fn n_faults(&self) -> usize {
        self.n_faults.load(Ordering::Relaxed)
    }
}

async fn converse(
    mut stream: TcpStream,
    (method, mark): (&str, &str),
    act: &Act,
    counted: &AtomicUsize,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    while let Some(head) = request(&mut stream).await? {
        if head.starts_with(method) && head.to_ascii_lowercase().contains(mark) {
            counted.fetch_add(1, Ordering::Relaxed);
            match act {
                Act::Answer(bytes) => stream.write_all(bytes).await?,
                other => return perform(stream, other).await,
            }
        } else {
            stream.write_all(well(&head).as_bytes()).await?;
        }
    }
    Ok(())
}

/// What a server that is well answers.
pub(crate) fn well(head: &str) -> String {
    let body = if head.starts_with("GET") { PRESENCE } else { "" };
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

async fn perform(mut stream: TcpStream, act: &Act) -> io::Result<()> {
    match act {
        Act::Answer(bytes) | Act::Close(bytes) => {
            stream.write_all(bytes).await?;
            stream.shutdown().await
        }
        Act::Hold(bytes) => {
            stream.write_all(bytes).await?;
            tokio::io::copy(&mut stream, &mut tokio::io::sink()).await.map(|_| ())
        }
        Act::Reset(bytes) => {
            stream.write_all(bytes).await?;
            // Without lingering, closing resets.
            stream.set_zero_linger()
        }
        Act::Endless(first, piece) => {
            stream.write_all(first).await?;
            loop {
                stream.write_all(piece).await?;
            }
        }
        Act::Drip(bytes, pause) => {
            let mut ticks = tokio::time::interval(*pause);
            for byte in bytes {
                ticks.tick().await;
                stream.write_all(&[*byte]).await?;
            }
            Ok(())
        }
        Act::Beat(first, piece, pause) => {
            let mut ticks = tokio::time::interval(*pause);
            stream.write_all(first).await?;
            loop {
                ticks.tick().await;
                stream.write_all(piece).await?;
            }
        }
    }
}

/// The head of the next request, once its body is read too; nothing where the other side has closed.
pub(crate) async fn request<S: AsyncReadExt + Unpin>(stream: &mut S) -> io::Result<Option<String>> {
    let mut read = Vec::new();
    loop {
        let mut some = [0; 4096];
        let n = stream.read(&mut some).await?;
        if n == 0 {
            return Ok(None);
        }
        read.extend_from_slice(&some[..n]);
        let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&read[..end]).into_owned();
        let length = head
            .to_ascii_lowercase()
            .split("content-length: ")
            .nth(1)
            .map_or(0, |rest| rest.lines().next().unwrap_or_default().trim().parse().unwrap());
        if read.len() >= end + 4 + length {
            return Ok(Some(head));
        }
    }
}
