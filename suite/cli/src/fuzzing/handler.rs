//! A handler of one's own under a fuzzer, such as libFuzzer: bytes in, a panic where it departs.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use setpresence_core::explore::{Ground, Sequence, Witness};
use setpresence_core::judge::Divergence;
use setpresence_core::spec::Level;
use setpresence_runner::{Body, BoxError, ClockSettings, Found, FuzzOptions, Settings, first_of};
use tokio::runtime::{Builder, Runtime};

use super::live::Campaigning;
use crate::error::SetupError;
use crate::subject::Subject;

/// A handler of one's own in this process. Each input of a fuzzer makes a sequence of requests to a handler that
/// nobody used before, and each answer is judged.
///
/// After `cargo fuzz init`, with `setpresence` among the dependencies in `fuzz/Cargo.toml`, a whole fuzz target is:
///
/// ```ignore
/// #![no_main]
/// use std::sync::LazyLock;
/// use setpresence::{TargetOptions, fuzzing::Handler};
///
/// static HANDLER: LazyLock<Handler> = LazyLock::new(|| {
///     let settings = TargetOptions::file("tests/target.toml").required().expect("a target file");
///     Handler::new(settings, my_service::router).expect("tokens")
/// });
///
/// libfuzzer_sys::fuzz_target!(|bytes: &[u8]| HANDLER.check(bytes));
/// ```
///
/// Run it from the root of your crate (`cargo +nightly fuzz run fuzz_target_1`), where `tests/target.toml` says which
/// users and tokens the handler knows:
///
/// ```toml
/// base_url = "http://handler.example/v1.0" # only its path matters: nothing is sent there
/// profile = "v1.0"
/// users = ["aaaaaaaa-0000-4000-8000-000000000001"]
///
/// [applications]
/// app = { id = "22553876-f5ab-4529-bffb-cfe50aa89f87", token = { value = "token-of-app" } }
/// ```
///
/// `my_service::router` gives any `tower::Service`, such as an axum `Router`; for a plain function from request to
/// answer there is [`plain`]. A crash is a finding; [`Handler::accept`] passes over what is known already. On a `[clock]`
/// of the kind `manual` the sequences wait, by the request that the target file names; on any other they never do, as a
/// fuzzer has no time to lose.
#[derive(Debug)]
pub struct Handler {
    subject: Subject,
    ground: Ground,
    options: FuzzOptions,
    /// The lowest level that counts.
    least: Level,
    accepted: BTreeSet<String>,
    runtime: Mutex<Runtime>,
}

impl Handler {
    /// The handlers that the function makes, reached and judged as the settings say.
    ///
    /// # Errors
    /// A token that cannot be had, or a system that has no room for a runtime.
    pub fn new<M, S, R>(settings: Settings, make: M) -> Result<Self, SetupError>
    where
        M: Fn() -> S + Send + Sync + 'static,
        S: tower::Service<http::Request<Body>, Response = http::Response<R>> + Clone + Send + 'static,
        S::Future: Send,
        S::Error: Into<BoxError> + Send,
        R: http_body_util::BodyExt + Send + 'static,
        R::Data: Send,
        R::Error: Into<BoxError>,
    {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let is_moved = matches!(settings.clock, ClockSettings::Manual(_));
        let subject = runtime.block_on(Subject::in_process_anew(settings, make))?;
        let subject = if is_moved { subject } else { subject.with_max_wait(Duration::ZERO) };
        Ok(Self {
            ground: Ground::of(&subject.abilities()),
            options: subject.fuzz_options(&Campaigning { jobs: Some(1), ..Campaigning::default() }),
            subject,
            least: Level::Must,
            accepted: BTreeSet::new(),
            runtime: Mutex::new(runtime),
        })
    }

    /// The same, in which a broken *should* counts as well.
    #[must_use]
    pub const fn strict(mut self) -> Self {
        self.least = Level::Should;
        self
    }

    /// The same, to which this requirement does not matter: a fuzzer ends at the first thing that it finds, so what is
    /// known has to be accepted before it can find another.
    #[must_use]
    pub fn accept(mut self, requirement: &str) -> Self {
        self.accepted.insert(requirement.to_owned());
        self
    }

    /// Sends what the bytes make, and panics with what is wrong where anything is.
    ///
    /// # Panics
    /// Where the handler departs from the documented behaviour: with the finding, and its case file.
    pub fn check(&self, bytes: &[u8]) {
        if let Some(finding) = self.finding(bytes) {
            panic!("{finding}");
        }
    }

    /// Sends what the bytes make, and says what is wrong where anything is: the class and the requirement, and a case
    /// file with the least sequence that shows it.
    #[must_use]
    pub fn finding(&self, bytes: &[u8]) -> Option<String> {
        let sequence = Sequence::read(bytes, &self.ground);
        let is_wanted = |divergence: &Divergence| self.is_wanted(divergence);
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        let found = runtime.block_on(first_of(self.subject.target(), &self.options, &sequence, &is_wanted))?;
        Some(self.told(&found))
    }

    fn is_wanted(&self, divergence: &Divergence) -> bool {
        divergence.level >= self.least && !self.accepted.contains(&divergence.requirement)
    }

    fn told(&self, found: &Found) -> String {
        let Found { divergence, sequence, commands, .. } = found;
        let profile = self.subject.settings().profile.name;
        let target = self.subject.name();
        let rate = found.is_flaky().then_some(found.rate);
        let witness = Witness { sequence, divergence, target, profile, commands, rate };
        format!(
            "{} {} ({}): expected {}, observed {}\n\n{}",
            divergence.level.name(),
            divergence.class.name(),
            divergence.requirement,
            divergence.expected,
            divergence.observed,
            witness.text(&self.subject.abilities())
        )
    }
}

/// A plain function from request to answer as a service, for [`Handler::new`].
///
/// ```
/// # use setpresence::fuzzing::plain;
/// let make = || plain(|request: http::Request<Vec<u8>>| http::Response::new(request.into_body()));
/// # let _ = make();
/// ```
pub fn plain<F>(
    answer: F,
) -> impl tower::Service<
    http::Request<Body>,
    Response = http::Response<Body>,
    Error = Infallible,
    Future = impl Future<Output = Result<http::Response<Body>, Infallible>> + Send,
> + Clone
+ Send
+ 'static
where
    F: FnMut(http::Request<Vec<u8>>) -> http::Response<Vec<u8>> + Send + 'static,
{
    let answer = Arc::new(Mutex::new(answer));
    tower::service_fn(move |request: http::Request<Body>| {
        let answer = Arc::clone(&answer);
        async move {
            let (head, body) = request.into_parts();
            let Ok(body) = body.collect().await;
            let request = http::Request::from_parts(head, body.to_bytes().to_vec());
            let mut answer = answer.lock().unwrap_or_else(PoisonError::into_inner);
            Ok((*answer)(request).map(|body| Full::new(body.into())))
        }
    })
}
