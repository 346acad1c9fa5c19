//! Request bodies: read whole, with a bound on what is kept and on how long that may take.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};

/// How much of a body that is too large is read and dropped, so that its sender gets to read the answer.
const DRAINED_MAX: usize = 32 << 20;
/// How long a body may take. Bodies are small, so only a sender that has given up takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A body, as far as it was kept.
#[derive(Debug)]
pub(crate) enum Collected {
    Whole(Bytes),
    /// More than the limit.
    TooLarge,
    /// Neither more nor an end.
    Slow,
    /// The sender broke off, or sent what is not HTTP.
    Broken,
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn collect(mut body: Body, limit: usize) -> Collected {
    if body.is_end_stream() {
        return Collected::Whole(Bytes::new());
    }
    // Without a timer where the length says that it is all there, as it is in process.
    if let Some(length) = body.size_hint().exact()
        && length <= limit as u64
        && let Some(first) = frame_now(&mut body)
    {
        return match first {
            Ok(bytes) if bytes.len() as u64 == length => Collected::Whole(bytes),
            Ok(bytes) => within_patience(body, bytes.to_vec(), limit).await,
            Err(()) => Collected::Broken,
        };
    }
    within_patience(body, Vec::new(), limit).await
}

/// The data that is already there, if any is.
fn frame_now(body: &mut Body) -> Option<Result<Bytes, ()>> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match Pin::new(body).poll_frame(&mut context) {
        std::task::Poll::Ready(Some(Ok(frame))) => frame.into_data().ok().map(Ok),
        std::task::Poll::Ready(Some(Err(_))) => Some(Err(())),
        std::task::Poll::Ready(None) | std::task::Poll::Pending => None,
    }
}

async fn within_patience(body: Body, start: Vec<u8>, limit: usize) -> Collected {
    tokio::time::timeout(PATIENCE, rest(body, start, limit)).await.unwrap_or(Collected::Slow)
}

async fn rest(mut body: Body, mut bytes: Vec<u8>, limit: usize) -> Collected {
    let mut n_dropped = 0;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(frame) = frame else { return Collected::Broken };
        let Ok(data) = frame.into_data() else { continue };
        if n_dropped == 0 && bytes.len() + data.len() <= limit {
            bytes.extend_from_slice(&data);
        } else {
            n_dropped += data.len();
        }
        if n_dropped > DRAINED_MAX {
            break;
        }
    }
    if n_dropped > 0 { Collected::TooLarge } else { Collected::Whole(bytes.into()) }
}
