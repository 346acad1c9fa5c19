//! The two faces of a target: a client over HTTP, and a service in this process.

use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http_body_util::{BodyExt, Full};
use reqwest::header::{CONTENT_LENGTH, HOST, HeaderValue, TRANSFER_ENCODING};
use setpresence_core::event::{Fault, Lost};
use tower::ServiceExt as _;

use super::answer::{self, Raw};
use super::fault;
use super::nearby::Nearby;
use super::request::Prepared;
use crate::error::RunError;
use crate::http_client;
use crate::settings::Settings;
use crate::tokens::Lookup;

/// The body of a request to a service in this process.
pub type Body = Full<Bytes>;
/// Any error of a service in this process.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How long a connection may take to be made: as long as TCP takes to try again twice.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an idle connection is kept: less than the 5 s after which Node closes it, so that we are never the second.
pub(super) const IDLE_TIMEOUT: Duration = Duration::from_secs(3);

type Served = Pin<Box<dyn Future<Output = Result<Raw, Lost>> + Send>>;

/// How requests reach the target.
pub(super) enum Face {
    Nearby(Box<Nearby>),
    Http {
        client: reqwest::Client,
        /// The variable that may send connections by way of a proxy.
        proxy: Option<&'static str>,
    },
    Service {
        serve: Box<dyn Fn(http::Request<Body>) -> Served + Send + Sync>,
        /// Puts a new one in its place, where one can be made.
        renew: Option<Box<dyn Fn() + Send + Sync>>,
    },
}

impl fmt::Debug for Face {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nearby(_) | Self::Http { .. } => "Http",
            Self::Service { .. } => "Service",
        })
    }
}

impl Face {
    pub(super) fn http(settings: &Settings, lookup: Lookup<'_>) -> Result<Self, RunError> {
        if let Some(nearby) = Nearby::of(settings) {
            return Ok(Self::Nearby(Box::new(nearby)));
        }
        let client = http_client::builder_for_target(&settings.base_url, &settings.tls)?
            .http1_only()
            .connect_timeout(CONNECT_TIMEOUT.min(settings.timeout))
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build()
            .map_err(|error| RunError::Client { why: fault::root_cause(&error) })?;
        Ok(Self::Http { client, proxy: http_client::proxy_variable(&settings.base_url, lookup) })
    }

    pub(super) fn service<S, R>(service: S) -> Self
    where
        S: tower::Service<http::Request<Body>, Response = http::Response<R>> + Clone + Send + 'static,
        S::Future: Send,
        S::Error: Into<BoxError> + Send,
        R: BodyExt + Send + 'static,
        R::Data: Send,
        R::Error: Into<BoxError>,
    {
        Self::Service { serve: served_by(Arc::new(Mutex::new(service))), renew: None }
    }

    pub(super) fn renewable<M, S, R>(make: M) -> Self
    where
        M: Fn() -> S + Send + Sync + 'static,
        S: tower::Service<http::Request<Body>, Response = http::Response<R>> + Clone + Send + 'static,
        S::Future: Send,
        S::Error: Into<BoxError> + Send,
        R: BodyExt + Send + 'static,
        R::Data: Send,
        R::Error: Into<BoxError>,
    {
        let service = Arc::new(Mutex::new(make()));
        let serve = served_by(Arc::clone(&service));
        let renew = move || *service.lock().unwrap_or_else(PoisonError::into_inner) = make();
        Self::Service { serve, renew: Some(Box::new(renew)) }
    }

    pub(super) const fn is_renewable(&self) -> bool {
        matches!(self, Self::Service { renew: Some(_), .. })
    }

    /// Puts a new service in the place of this one; says whether one can be made.
    pub(super) fn renew(&self) -> bool {
        let Self::Service { renew: Some(renew), .. } = self else { return false };
        renew();
        true
    }

    pub(super) async fn send(&self, prepared: &Prepared) -> Result<Raw, Lost> {
        match self {
            Self::Nearby(nearby) => nearby.send(prepared).await,
            Self::Http { client, proxy } => {
                let length = prepared.body.as_ref().map_or(0, Bytes::len);
                let response = client
                    .execute(for_client(prepared)?)
                    .await
                    .map_err(|error| fault::of_client(&error, length, *proxy))?;
                answer::read(http::Response::from(response)).await.map_err(|error| fault::broken(&*error, 0))
            }
            Self::Service { serve, .. } => serve(for_service(prepared)).await,
        }
    }
}

fn served_by<S, R>(service: Arc<Mutex<S>>) -> Box<dyn Fn(http::Request<Body>) -> Served + Send + Sync>
where
    S: tower::Service<http::Request<Body>, Response = http::Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError> + Send,
    R: BodyExt + Send + 'static,
    R::Data: Send,
    R::Error: Into<BoxError>,
{
    Box::new(move |request| {
        let service = service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            let served = async {
                let response = service.oneshot(request).await.map_err(Into::into)?;
                answer::read(response).await
            };
            match AssertUnwindSafe(served).catch_unwind().await {
                Ok(Ok(raw)) => Ok(raw),
                Ok(Err(error)) => Err(Lost { fault: Fault::Crashed, ..fault::broken(&*error, 0) }),
                Err(_) => Err(Lost { fault: Fault::Crashed, detail: "the service panicked".to_owned() }),
            }
        })
    })
}

fn for_client(prepared: &Prepared) -> Result<reqwest::Request, Lost> {
    let address = prepared.uri.to_string();
    let url = reqwest::Url::parse(&address)
        .map_err(|error| Lost { fault: Fault::NotSent, detail: format!("`{address}` is not a URL: {error}") })?;
    let mut request = reqwest::Request::new(prepared.method.clone(), url);
    *request.headers_mut() = prepared.headers.clone();
    *request.body_mut() = prepared.body.clone().map(|body| {
        if prepared.is_chunked {
            // A body of unknown length is what makes HTTP/1.1 send chunks.
            reqwest::Body::wrap_stream(futures_util::stream::iter([Ok::<_, std::convert::Infallible>(body)]))
        } else {
            body.into()
        }
    });
    Ok(request)
}

fn for_service(prepared: &Prepared) -> http::Request<Body> {
    let body = prepared.body.clone().unwrap_or_default();
    let length = HeaderValue::from(body.len());
    let mut request = http::Request::new(Full::new(body));
    *request.method_mut() = prepared.method.clone();
    *request.uri_mut() = prepared.uri.clone();
    *request.headers_mut() = prepared.headers.clone();
    let headers = request.headers_mut();
    // What a connection would have added.
    if let Some(host) = prepared.uri.authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok()) {
        headers.entry(HOST).or_insert(host);
    }
    if prepared.is_chunked {
        headers.entry(TRANSFER_ENCODING).or_insert(HeaderValue::from_static("chunked"));
    } else if prepared.body.is_some() {
        headers.entry(CONTENT_LENGTH).or_insert(length);
    }
    request
}
