//! The reference as something that answers at once.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http_body_util::BodyExt as _;
use setpresence_core::case::CREDENTIALS;
use setpresence_core::event::{Answer, Fault, Lost, Outcome};
use setpresence_core::explore::{Endpoint, Wire};
use setpresence_core::plan::{Abilities, Adapter, Credential};
use setpresence_reference::{Reference, Settings};
use tokio::runtime::{Builder, Runtime};

/// How often a call is polled at most; the reference yields once in the fault that needs it.
const POLLS_MOST: usize = 8;
/// The reference in this process.
#[derive(Debug)]
pub struct InProcess {
    reference: Reference,
    /// Nothing runs on it: what may take long makes a timer, and a timer wants a runtime to belong to.
    runtime: Runtime,
    tokens: BTreeMap<&'static str, String>,
}

/// What a reference of these settings can do, where time costs nothing.
#[must_use]
pub fn abilities(settings: &Settings) -> Abilities {
    let application = |name: &str| match name {
        "app_b" => settings.applications[1].clone(),
        "app_c" => settings.applications[2].clone(),
        _ => settings.applications[0].clone(),
    };
    let credential = |name: &str| Credential { application: application(name), user: None };
    Abilities {
        profile: settings.profile,
        credentials: Arc::new(CREDENTIALS.iter().map(|name| ((*name).to_owned(), credential(name))).collect()),
        operations: Adapter::documented(),
        users: settings.users.len(),
        has_unknown_user: true,
        longest: None,
        clock_factor: 1,
    }
}

impl InProcess {
    /// A reference of these settings, whose clock should be manual.
    ///
    /// # Errors
    /// Where the system has no room for a runtime.
    pub fn new(settings: Settings) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_time().build()?;
        let reference = Reference::new(settings);
        let token = |name: &'static str| Some((name, reference.credential(name, "")?));
        // A signed-in user's token names that user, so it is made for each.
        let tokens = CREDENTIALS.into_iter().filter(|name| !name.starts_with("delegated")).filter_map(token).collect();
        Ok(Self { reference, runtime, tokens })
    }

    /// The reference.
    #[must_use]
    pub const fn reference(&self) -> &Reference {
        &self.reference
    }
}

impl Endpoint for InProcess {
    fn call(&mut self, wire: Wire) -> Outcome {
        let _entered = self.runtime.enter();
        match answer(&self.reference, wire) {
            Ok(answer) => Outcome::Answer(answer),
            Err(lost) => Outcome::Lost(lost),
        }
    }

    fn advance(&mut self, by: Duration) {
        self.reference.advance(by);
    }

    fn token(&self, credential: &str, user: &str) -> Option<String> {
        match self.tokens.get(credential) {
            Some(token) => Some(token.clone()),
            None => self.reference.credential(credential, user),
        }
    }

    fn unknown_user(&self) -> &str {
        &self.reference.settings().unknown_user
    }
}

fn answer(reference: &Reference, wire: Wire) -> Result<Answer, Lost> {
    let mut request = http::Request::builder().method(wire.method.as_str()).uri(wire.path);
    for (name, value) in wire.headers {
        request = request.header(name, value);
    }
    let not_sent = |error: http::Error| Lost { fault: Fault::NotSent, detail: error.to_string() };
    let request = request.body(wire.body.into()).map_err(not_sent)?;
    let (parts, body) = now(reference.answer(request))?.into_parts();
    let body = now(body.collect())?.map_err(|error| broken(error.to_string()))?.to_bytes();
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts.headers.iter().map(header).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
        truncated: false,
        echoes_token: false,
    })
}

/// What a future gives that waits for nothing outside.
fn now<F: Future>(future: F) -> Result<F::Output, Lost> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..POLLS_MOST {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Ok(output);
        }
    }
    Err(broken("the reference waits for something that never comes".to_owned()))
}

fn broken(detail: String) -> Lost {
    Lost { fault: Fault::Crashed, detail }
}
