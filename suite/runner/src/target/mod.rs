//! The implementation under test, over HTTP or in this process: sends one request and tells what came back.
//!
//! No redirect is followed, nothing is decompressed, no cookie is kept: what is judged is what the target sent.
//! No bearer token leaves this room.

mod answer;
mod face;
mod fault;
mod nearby;
mod pacing;
mod request;
#[cfg(test)]
mod tests;
mod throttle;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use setpresence_core::event::{Answer, Fault, Lost, Observation, Outcome, RequestRecord};
use setpresence_core::moment::{Moment, Span, human};
use setpresence_core::plan::Request;
use setpresence_core::spec::Operation;
use tokio::time::Instant;
use tracing::debug;

use self::answer::Raw;
use self::face::Face;
pub use self::face::{Body, BoxError};
pub(crate) use self::fault::root_cause;
use self::pacing::Pacing;
use self::request::Prepared;
pub(crate) use self::request::{filled_path, percent_encoded};
use crate::clock::Timekeeper;
use crate::error::RunError;
use crate::mask::Guard;
use crate::secret::Secret;
use crate::settings::{Advance, ClockSettings, Settings};
use crate::tokens::{Lookup, Tokens, application_of};
use crate::watch::{Exchanged, Watcher};

/// The implementation under test.
#[derive(Debug)]
pub struct Target {
    settings: Settings,
    tokens: Tokens,
    face: Face,
    /// Every secret that a target may have seen, for masking what it sends.
    guard: Mutex<Guard>,
    /// Ids that may stand in for a token and are in every answer anyway.
    not_secret: BTreeSet<String>,
    sent: AtomicU64,
    pacing: Pacing,
    watcher: Option<Watcher>,
}

/// A request of a plan and what is filled into it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    /// What it is sent for, for those who watch: the id of a case, or a purpose in words.
    pub(crate) purpose: &'a str,
    /// The request.
    pub(crate) request: &'a Request,
    /// Which operation it is, as far as its pace is concerned.
    pub(crate) operation: Operation,
    /// The name of the credential; nothing for anonymous.
    pub(crate) actor: Option<&'a str>,
    /// Whose presence it concerns.
    pub(crate) user: &'a str,
    /// Who is signed in where the credential is delegated and minted.
    pub(crate) owner: &'a str,
    /// Another base URL than the target's.
    pub(crate) base: Option<&'a str>,
    /// What a 401 may mean.
    pub(crate) on_401: On401,
}

impl<'a> Call<'a> {
    /// One of our own, which brings a user into a known state.
    pub(crate) const fn to_clear(request: &'a Request, operation: Operation, actor: &'a str, user: &'a str) -> Self {
        let (purpose, on_401) = ("clearing users", On401::Renew);
        Self { purpose, request, operation, actor: Some(actor), user, owner: user, base: None, on_401 }
    }
}

/// What a 401 may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On401 {
    /// That the token has expired meanwhile: it is fetched again, once, and the request sent again.
    Renew,
    /// What it says.
    Answer,
}

impl Target {
    /// A target over HTTP. Its tokens are fetched; nothing is sent to it yet.
    ///
    /// # Errors
    /// A token source that gives no token, or a client that cannot be set up.
    pub async fn connect(settings: Settings, lookup: Lookup<'_>) -> Result<Self, RunError> {
        let face = Face::http(&settings, lookup)?;
        Self::with_face(settings, face, lookup).await
    }

    /// A target in this process: any service over HTTP requests, such as an axum `Router`.
    ///
    /// The base URL of the settings is what requests are addressed to; nothing is resolved or connected to.
    ///
    /// # Errors
    /// A token source that gives no token.
    pub async fn in_process<S, R>(settings: Settings, service: S, lookup: Lookup<'_>) -> Result<Self, RunError>
    where
        S: tower::Service<http::Request<Body>, Response = http::Response<R>> + Clone + Send + 'static,
        S::Future: Send,
        S::Error: Into<BoxError> + Send,
        R: http_body_util::BodyExt + Send + 'static,
        R::Data: Send,
        R::Error: Into<BoxError>,
    {
        Self::with_face(settings, Face::service(service), lookup).await
    }

    /// A target in this process that can be begun anew: a service is made at once, and whenever a fuzzer wants one that
    /// nobody used before.
    ///
    /// # Errors
    /// As [`Target::in_process`].
    pub async fn in_process_anew<M, S, R>(settings: Settings, make: M, lookup: Lookup<'_>) -> Result<Self, RunError>
    where
        M: Fn() -> S + Send + Sync + 'static,
        S: tower::Service<http::Request<Body>, Response = http::Response<R>> + Clone + Send + 'static,
        S::Future: Send,
        S::Error: Into<BoxError> + Send,
        R: http_body_util::BodyExt + Send + 'static,
        R::Data: Send,
        R::Error: Into<BoxError>,
    {
        Self::with_face(settings, Face::renewable(make), lookup).await
    }

    /// The application that the token of a credential names, where it is a JWT.
    pub(crate) fn application_in_token(&self, credential: &str) -> Option<String> {
        self.tokens.token(credential, "").and_then(|token| application_of(token.expose()))
    }

    /// Whether the token of a credential begins with the scheme that is put before it anyway.
    pub(crate) fn has_scheme_in_token(&self, credential: &str) -> bool {
        let token = self.tokens.token(credential, "");
        token.is_some_and(|token| token.expose().get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bearer ")))
    }

    async fn with_face(settings: Settings, face: Face, lookup: Lookup<'_>) -> Result<Self, RunError> {
        let tokens = Tokens::fetch(&settings, lookup).await?;
        let applications = settings.credentials.values().map(|credential| credential.application.clone());
        let not_secret: BTreeSet<String> =
            settings.users.iter().cloned().chain(settings.unknown_user.clone()).chain(applications).collect();
        let pacing = Pacing::new(settings.rate.clone());
        let headers = settings.headers.iter().map(|(_, value)| value.clone());
        let secrets = tokens.secrets().chain(headers).filter(|secret| !not_secret.contains(secret.expose()));
        let guard = Mutex::new(Guard::new(secrets));
        Ok(Self { settings, tokens, face, guard, not_secret, sent: AtomicU64::new(0), pacing, watcher: None })
    }

    /// The same, whose every exchange is told to this watcher.
    #[must_use]
    pub fn watched_by(self, watcher: Watcher) -> Self {
        Self { watcher: Some(watcher), ..self }
    }

    /// How the target is reached and what it can do.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether it can be begun anew.
    pub(crate) const fn is_renewable(&self) -> bool {
        self.face.is_renewable()
    }

    /// Begins it anew, so that nobody used it before; says whether that can be done.
    pub(crate) fn renew(&self) -> bool {
        self.face.renew()
    }

    /// How many requests were sent to it so far.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// The least time between two requests.
    pub(crate) fn least_pause(&self) -> Duration {
        self.pacing.least()
    }

    /// Sends a request, and again for as long as the target says "not now" and patience lasts.
    pub(crate) async fn exchange(
        &self,
        call: Call<'_>,
        display_base: &str,
        clock: &Timekeeper,
    ) -> (RequestRecord, Observation) {
        let record = self.record(call, display_base);
        let seen = self.observe(call, clock, Some(&record)).await;
        (record, seen)
    }

    /// The same, of which nobody keeps the request. A connection that breaks is tried once more with another.
    pub(crate) async fn exchange_unkept(&self, call: Call<'_>, clock: &Timekeeper) -> Observation {
        let record = self.watcher.is_some().then(|| self.record(call, &self.settings.base_url));
        let mut seen = self.observe(call, clock, record.as_ref()).await;
        if let Outcome::Lost(lost) = &mut seen.outcome
            && lost.fault == Fault::Broken
        {
            if self.breaks_alone(call).await {
                lost.fault = Fault::Crashed;
            }
            seen.span = Span::between(seen.span.from, clock.now());
        }
        seen
    }

    /// Whether a request breaks a connection, too, that nothing else was sent over: one that was kept may have been closed
    /// by right. Sent twice, a call does what it does once, so its answer is lost as before, and no more.
    async fn breaks_alone(&self, call: Call<'_>) -> bool {
        let token = call.actor.and_then(|actor| self.tokens.token(actor, call.owner));
        let Ok(prepared) = request::prepare(&self.settings, call, token.as_ref()) else { return false };
        // A larger body may be cut off by a target that answers before it has read all of it.
        if prepared.body.as_ref().is_some_and(|body| body.len() > fault::BODY_LARGE) {
            return false;
        }
        // Whoever is new has no connection yet.
        let Ok(face) = Face::http(&self.settings, &|_| None) else { return false };
        self.pacing.turn(call.operation).await;
        self.sent.fetch_add(1, Ordering::Relaxed);
        let sent = tokio::time::timeout(self.settings.timeout, face.send(&prepared)).await;
        matches!(sent, Ok(Err(Lost { fault: Fault::Broken, .. })))
    }

    async fn observe(&self, call: Call<'_>, clock: &Timekeeper, record: Option<&RequestRecord>) -> Observation {
        let token = call.actor.and_then(|actor| self.tokens.token(actor, call.owner));
        let mut seen = self.exchange_with(call, token.as_ref(), clock, record).await;
        let status = match &seen.outcome {
            Outcome::Answer(answer) => answer.status,
            Outcome::Lost(_) => 0,
        };
        if let (Some(actor), Some(token)) = (call.actor, &token) {
            if (200..300).contains(&status) {
                self.tokens.worked(actor, token);
            } else if status == 401
                && call.on_401 == On401::Renew
                && let Some(renewed) = self.tokens.renewed(actor, token).await
            {
                debug!(purpose = call.purpose, credential = actor, "sent again with a new token");
                self.guard.lock().unwrap_or_else(PoisonError::into_inner).add(renewed.clone());
                seen = self.exchange_with(call, Some(&renewed), clock, record).await;
            }
        }
        seen
    }

    /// The status of the answer to the same request on a connection that nobody used before; nothing where there is none,
    /// or no connection at all.
    pub(crate) async fn status_anew(&self, call: Call<'_>) -> Option<u16> {
        if matches!(self.face, Face::Service { .. }) {
            return None;
        }
        let token = call.actor.and_then(|actor| self.tokens.token(actor, call.owner));
        let prepared = request::prepare(&self.settings, call, token.as_ref()).ok()?;
        // What the environment says of proxies is only asked for to explain why no connection is made.
        let face = Face::http(&self.settings, &|_| None).ok()?;
        self.pacing.turn(call.operation).await;
        self.sent.fetch_add(1, Ordering::Relaxed);
        let sent = tokio::time::timeout(self.settings.timeout, face.send(&prepared)).await;
        sent.ok()?.ok().map(|raw| raw.status)
    }

    async fn exchange_with(
        &self,
        call: Call<'_>,
        token: Option<&Secret>,
        clock: &Timekeeper,
        record: Option<&RequestRecord>,
    ) -> Observation {
        let prepared = match (call.actor, token) {
            (Some(actor), None) => Err(format!("there is no token for `{actor}`; give it in the target file")),
            _ => request::prepare(&self.settings, call, token),
        };
        let (span, outcome) = match prepared {
            Ok(prepared) => self.send_patiently(&prepared, call, token, clock, record).await,
            Err(detail) => {
                let outcome = Outcome::Lost(Lost { fault: Fault::NotSent, detail });
                self.tell(call.purpose, record, &outcome, Duration::ZERO);
                (Span::at(clock.now()), outcome)
            }
        };
        Observation { span, outcome }
    }

    /// What of a call is kept, whatever comes of it.
    pub(crate) fn record(&self, call: Call<'_>, display_base: &str) -> RequestRecord {
        request::record(&self.settings, display_base, call)
    }

    async fn send_patiently(
        &self,
        prepared: &Prepared,
        call: Call<'_>,
        token: Option<&Secret>,
        clock: &Timekeeper,
        record: Option<&RequestRecord>,
    ) -> (Span, Outcome) {
        let mut patience = throttle::Patience::of(self.settings.patience);
        loop {
            self.pacing.turn(call.operation).await;
            let (from, began) = (clock.now(), Instant::now());
            let sent = self.send(prepared).await;
            let span = Span::between(from, clock.now());
            let (outcome, pause) = match sent {
                Ok(raw) => {
                    let pause = throttle::pause(raw.status, &raw.headers, SystemTime::now());
                    let pause = pause.map(|pause| (raw.status, pause));
                    (Outcome::Answer(self.masked_answer(raw, token)), pause)
                }
                Err(lost) => {
                    debug!(purpose = call.purpose, fault = ?lost.fault, "no answer: {}", lost.detail);
                    (Outcome::Lost(lost), None)
                }
            };
            self.tell(call.purpose, record, &outcome, began.elapsed());
            let Some((status, pause)) = pause else { return (span, outcome) };
            if !patience.allows(pause) {
                if status != 429 {
                    // It may have broken down for good, so that is what it answered.
                    return (span, outcome);
                }
                let detail = format!(
                    "the target answered {status} and asked for {} more; all {} of patience are used up",
                    human(pause),
                    human(self.settings.patience)
                );
                return (span, Outcome::Lost(Lost { fault: Fault::Throttled, detail }));
            }
            debug!(purpose = call.purpose, status, "the target says \"not now\": sent again in {}", human(pause));
            // It is the run that is too fast, not this request: whatever comes next waits as well.
            self.pacing.hold(Instant::now() + pause);
        }
    }

    fn tell(&self, purpose: &str, request: Option<&RequestRecord>, outcome: &Outcome, took: Duration) {
        if let (Some(watcher), Some(request)) = (&self.watcher, request) {
            watcher.tell(&Exchanged { purpose, request, outcome, took });
        }
    }

    async fn send(&self, prepared: &Prepared) -> Result<Raw, Lost> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        match tokio::time::timeout(self.settings.timeout, self.face.send(prepared)).await {
            Ok(sent) => sent,
            Err(_) => Err(Lost {
                fault: Fault::Timeout,
                detail: format!("no whole answer within {}", human(self.settings.timeout)),
            }),
        }
    }

    fn masked_answer(&self, raw: Raw, token: Option<&Secret>) -> Answer {
        let own = token.filter(|token| !self.not_secret.contains(token.expose()));
        answer::masked(raw, &self.guard.lock().unwrap_or_else(PoisonError::into_inner), own)
    }

    /// Moves the target's manual clock by whole milliseconds, or says why it does not move.
    pub(crate) async fn advance(&self, by: Duration) -> Result<(), String> {
        let ClockSettings::Manual(advance) = &self.settings.clock else {
            return Err("the target's clock is not a manual one".to_owned());
        };
        let prepared = request::prepare_advance(&self.settings, advance, by)?;
        debug!("the target's clock is moved by {}", human(by));
        let began = Instant::now();
        let outcome = match self.send(&prepared).await {
            Ok(raw) => Outcome::Answer(self.masked_answer(raw, None)),
            Err(lost) => Outcome::Lost(lost),
        };
        if self.watcher.is_some() {
            let record = request::record_advance(&self.settings, advance, by);
            self.tell("moving the clock", Some(&record), &outcome, began.elapsed());
        }
        match outcome {
            Outcome::Answer(answer) if (200..300).contains(&answer.status) => Ok(()),
            Outcome::Answer(answer) => Err(format!("{} {} answered {}", advance.method, advance.path, answer.status)),
            Outcome::Lost(lost) => Err(format!("{} {}: {}", advance.method, advance.path, lost.detail)),
        }
    }

    /// The URL and body of the request that moves a manual clock.
    pub(crate) fn advance_request(advance: &Advance, base: &str, by: Duration) -> (String, String) {
        request::advance_parts(base, advance, by)
    }

    /// The moment that a manual clock can be moved to: it moves by whole milliseconds, and never too little.
    pub(crate) fn reachable(now: Moment, due: Moment) -> Moment {
        let wait = due.since(now);
        let millis = wait.as_nanos().div_ceil(1_000_000);
        now.later(Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX)))
    }
}
