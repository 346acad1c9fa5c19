//! A server that does what setPresence is documented to do: the reference of the conformance suite, and a
//! test double for whoever calls the presence API and wants to do so offline.
//!
//! ```no_run
//! use setpresence_core::spec::Profile;
//! use setpresence_reference::{ClockKind, Reference, Settings, TokenKind, READ_WRITE_ALL};
//!
//! # async fn example() -> Result<(), setpresence_reference::ReferenceError> {
//! let settings = Settings::for_profile(Profile::V1_0).with_clock(ClockKind::Manual);
//! let application = settings.applications[0].clone();
//! let reference = Reference::new(settings);
//! let running = reference.spawn(([127, 0, 0, 1], 0).into()).await?;
//! let token = reference.mint().token(TokenKind::Application { id: &application, roles: &[READ_WRITE_ALL] });
//! // … call `running.base_url()` with that token, move the clock, call again …
//! reference.advance(std::time::Duration::from_secs(5 * 60));
//! running.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Paths
//!
//! Below any one version segment, and below none:
//!
//! | path | |
//! |---|---|
//! | `POST /users/{id}/presence/setPresence` | and the other operations; in `v1.0` also `/me/presence/…` |
//! | `GET /__token?as={credential}&user={id}` | a token, as plain text; `as` is a credential of `fixtures/README.md`, by default `app` |
//! | `GET /__clock` | the time, in milliseconds and nanoseconds since the start; a manual clock only |
//! | `POST /__clock/advance` | moves a manual clock: `{"ms": 300000}` or `{"ns": 1}` |
//!
//! ```text
//! T=$(curl -s "$BASE/__token")
//! curl -i "$BASE/users/fa8bf3dc-eca7-46b7-bad1-db199b62afc3/presence/setPresence" -H "Authorization: Bearer $T" \
//!   --json '{"sessionId":"22553876-f5ab-4529-bffb-cfe50aa89f87","availability":"Available","activity":"Available","expirationDuration":"PT1H"}'
//! ```
//!
//! # What is decided here
//!
//! What the documents require is kept. Where they leave a choice, this server refuses what is unusual,
//! shows the activity of the session that was set last, fades and expires exactly at the boundary, and
//! gives a session without a duration five minutes; each [`Variant`] is another choice.
//! A [`Mutant`] is a deliberate fault.
//!
//! Absent on purpose: TLS, HTTP/2, rate limits, storage, and any user who was not named in the [`Settings`].

mod answer;
mod body;
mod clock;
mod collect;
mod credentials;
mod error;
mod extras;
mod faults;
mod jsonish;
mod lenient;
mod members;
mod mint;
mod mishap;
mod misread;
mod refusal;
mod route;
mod rules;
mod running;
mod service;
mod session;
mod settings;
mod state;
mod user;
mod variants;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use setpresence_core::moment::Moment;

pub use clock::ClockKind;
pub use error::ReferenceError;
pub use faults::{Faults, Mutant};
pub use mint::{Mint, PERSONAL_TENANT, READ, READ_ALL, READ_WRITE, READ_WRITE_ALL, TokenKind};
pub use running::Running;
pub use settings::Settings;
pub use variants::{Variant, Variants};

use service::Calls;

/// A server's state. Clones share it.
#[derive(Clone, Debug)]
pub struct Reference(Arc<service::Service>);

impl Reference {
    /// A server of these settings, in its initial state; it listens nowhere yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(service::Service::new(settings)))
    }

    /// What it was set up with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// What issues its tokens.
    #[must_use]
    pub fn mint(&self) -> &Mint {
        &self.0.mint
    }

    /// The token behind a credential's name, such as `no_role`, with this user signed in where one is.
    ///
    /// The names are those of `fixtures/README.md`; `None` for any other, and for `anonymous`, which has no token.
    #[must_use]
    pub fn credential(&self, name: &str, user: &str) -> Option<String> {
        extras::credential(&self.0, name, user)
    }

    /// The time on its clock.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.0.clock.now()
    }

    /// Moves its clock ahead, of whatever kind it is; one that moves by itself goes on from there.
    pub fn advance(&self, by: Duration) {
        self.0.clock.advance(by);
    }

    /// Answers one request, in process.
    pub async fn answer(&self, request: Request<Body>) -> Response<Body> {
        self.0.answer(request, Calls::InProcess).await
    }

    /// The server as a `tower::Service`.
    ///
    /// Paths are taken apart in [`Reference::answer`]: a router would do it again, and slower.
    pub fn service(&self) -> Router {
        self.serving(Calls::InProcess)
    }

    fn serving(&self, calls: Calls) -> Router {
        let reference = self.clone();
        Router::new().fallback(move |request: Request<Body>| {
            let reference = reference.clone();
            async move { reference.0.answer(request, calls).await }
        })
    }

    /// Listens on this address; port 0 is any free one.
    ///
    /// # Errors
    /// [`ReferenceError::Bind`] where the address cannot be had.
    pub async fn spawn(&self, address: SocketAddr) -> Result<Running, ReferenceError> {
        Running::start(self, address).await
    }
}
