//! The reference as something that answers at once, for the laws that need a server.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http_body_util::BodyExt as _;
use setpresence_core::event::{Answer, Fault, Lost, Outcome};
use setpresence_core::explore::{Endpoint, Wire};
use setpresence_core::plan::{Abilities, Adapter, Credential};
use setpresence_core::spec::Profile;
use setpresence_reference::{ClockKind, Faults, Mutant, Reference, Settings};

/// The credentials that the reference has a token for.
const CREDENTIALS: [&str; 9] =
    ["app", "app_b", "app_c", "reader", "no_role", "expired", "wrong_audience", "bad_signature", "delegated_work"];
/// How often a call is polled at most; the reference yields once in the fault that needs it.
const POLLS_MOST: usize = 8;

/// A reference with a clock that is moved by hand.
pub struct Server {
    reference: Reference,
    runtime: tokio::runtime::Runtime,
}

impl Server {
    /// A faultless one.
    #[must_use]
    pub fn new(profile: &'static Profile) -> Self {
        Self::with(Settings::for_profile(profile))
    }

    /// One with a deliberate fault.
    ///
    /// # Panics
    /// Where there is no mutant of that name.
    #[must_use]
    pub fn with_mutant(profile: &'static Profile, mutant: &str) -> Self {
        let mutant = Mutant::named(mutant).unwrap_or_else(|| panic!("there is no mutant `{mutant}`"));
        Self::with(Settings::for_profile(profile).with_faults(Faults::of(mutant)))
    }

    fn with(settings: Settings) -> Self {
        let reference = Reference::new(settings.with_clock(ClockKind::Manual));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        Self { reference, runtime: runtime.unwrap_or_else(|error| panic!("no runtime: {error}")) }
    }

    /// The ids of its users.
    #[must_use]
    pub fn users(&self) -> &[String] {
        &self.reference.settings().users
    }

    /// What can be asked of it.
    #[must_use]
    pub fn abilities(&self) -> Abilities {
        let settings = self.reference.settings();
        let application = |name: &str| {
            let place = ["app", "app_b", "app_c"].iter().position(|known| *known == name).unwrap_or(0);
            settings.applications[place].clone()
        };
        let credential = |name: &str| Credential { application: application(name), user: None };
        Abilities {
            profile: settings.profile,
            credentials: CREDENTIALS.iter().map(|name| ((*name).to_owned(), credential(name))).collect(),
            operations: Adapter::documented(),
            users: settings.users.len(),
            has_unknown_user: true,
            longest: None,
            clock_factor: 1,
        }
    }
}

impl Endpoint for Server {
    fn call(&mut self, wire: Wire) -> Outcome {
        let _entered = self.runtime.enter();
        let mut request = http::Request::builder().method(wire.method.as_str()).uri(wire.path);
        for (name, value) in wire.headers {
            request = request.header(name, value);
        }
        let request = match request.body(wire.body.into()) {
            Ok(request) => request,
            Err(error) => return Outcome::Lost(Lost { fault: Fault::NotSent, detail: error.to_string() }),
        };
        let (parts, body) = now(self.reference.answer(request)).into_parts();
        let body = now(body.collect()).map(|body| body.to_bytes()).unwrap_or_default();
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Outcome::Answer(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers.iter().map(header).collect(),
            body: String::from_utf8_lossy(&body).into_owned(),
            truncated: false,
            echoes_token: false,
        })
    }

    fn advance(&mut self, by: Duration) {
        self.reference.advance(by);
    }

    fn token(&self, credential: &str, user: &str) -> Option<String> {
        self.reference.credential(credential, user)
    }

    fn unknown_user(&self) -> &str {
        &self.reference.settings().unknown_user
    }
}

/// What a future gives that waits for nothing outside.
fn now<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..POLLS_MOST {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("the reference waits for something that never comes");
}
