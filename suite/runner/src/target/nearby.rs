//! Plain HTTP to this machine: no TLS, no proxy. The client that reqwest is built on does it alone, for a third less of
//! our time in each request; whatever else a target needs is reqwest's.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::stream;
use http::Request;
use http::header::{ACCEPT, HeaderValue};
use http_body_util::{Either, Full, StreamBody};
use hyper::body::Frame;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use setpresence_core::event::Lost;

use super::answer::{self, Raw};
use super::face::{CONNECT_TIMEOUT, IDLE_TIMEOUT};
use super::fault;
use super::request::Prepared;
use crate::http_client::is_loopback;
use crate::settings::Settings;

type Chunks = StreamBody<stream::Iter<std::option::IntoIter<Result<Frame<Bytes>, Infallible>>>>;
type Sent = Either<Full<Bytes>, Chunks>;

/// A client for plain HTTP to this machine.
pub(super) struct Nearby(Client<HttpConnector, Sent>);

impl Nearby {
    /// One for the target, where that is on this machine and speaks plain HTTP.
    pub(super) fn of(settings: &Settings) -> Option<Self> {
        if !settings.base_url.starts_with("http://") || !is_loopback(&settings.base_url) {
            return None;
        }
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT.min(settings.timeout)));
        let mut builder = Client::builder(TokioExecutor::new());
        builder.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE_TIMEOUT);
        Some(Self(builder.build(connector)))
    }

    pub(super) async fn send(&self, prepared: &Prepared) -> Result<Raw, Lost> {
        let length = prepared.body.as_ref().map_or(0, Bytes::len);
        let answered = self.0.request(request(prepared)).await;
        let response = answered.map_err(|error| lost(&error, prepared, length))?;
        answer::read(response).await.map_err(|error| fault::broken(&*error, 0))
    }
}

fn request(prepared: &Prepared) -> Request<Sent> {
    let body = prepared.body.clone();
    let mut request = Request::new(if prepared.is_chunked {
        // A body of unknown length is what makes HTTP/1.1 send chunks.
        Either::Right(StreamBody::new(stream::iter(body.map(|body| Ok(Frame::data(body))))))
    } else {
        Either::Left(Full::new(body.unwrap_or_default()))
    });
    *request.method_mut() = prepared.method.clone();
    *request.uri_mut() = prepared.uri.clone();
    *request.headers_mut() = prepared.headers.clone();
    // As reqwest has it.
    request.headers_mut().entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
    request
}

fn lost(error: &Error, prepared: &Prepared, body_length: usize) -> Lost {
    if error.is_connect() {
        let authority = prepared.uri.authority().map_or_else(String::new, |authority| format!(" to {authority}"));
        return fault::no_connection(error, &authority, None);
    }
    fault::unsent(error).unwrap_or_else(|| fault::broken(error, body_length))
}
