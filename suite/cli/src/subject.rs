//! What is judged: the embedded reference, an endpoint, or a service in this process.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use setpresence_core::case::text::{Source, nearest};
use setpresence_core::plan::{Abilities, Pace};
use setpresence_core::spec::{Operation, Profile};
use setpresence_reference::{ClockKind, Faults, Mutant, Reference, Running, Variant, Variants};
use setpresence_runner::{
    Body, BoxError, ClockSettings, Options, Outlook, Probe, Reach, RunError, Settings, Stop, Target, Users, Watcher,
    probe,
};

use tokio::runtime::{Builder, Runtime};

use crate::error::SetupError;
use crate::options::{MAX_WAIT, TargetOptions};
use crate::target_file;
use crate::waivers::Baseline;

/// How many users the embedded reference has: enough that every case has its own, so that none waits for another.
const N_USERS: usize = 4096;
/// What an embedded reference is called in reports: its address is chance.
const EMBEDDED: &str = "reference (embedded)";
/// What its base URL is called in commands.
const EMBEDDED_BASE: &str = "$SETPRESENCE_TARGET";

/// What a first look shows of a target that can be judged.
#[derive(Debug, Default)]
pub(crate) struct FirstLook {
    /// What of it is unusable.
    pub(crate) warnings: Vec<String>,
    /// What is not there at all, and the words that say so.
    pub(crate) absent: BTreeMap<Operation, String>,
}

/// What is judged, and how.
#[derive(Debug)]
pub struct Subject {
    target: Target,
    name: String,
    options: Options,
    max_wait: Duration,
    baseline: Baseline,
    /// Whether it is the reference: then nobody need look first whether it can be reached.
    is_reference: bool,
    /// Serves for as long as it is there.
    _served: Option<Served>,
}

/// A reference that listens, on a thread of its own, so that it answers one request while the next is judged.
#[derive(Debug)]
struct Served {
    running: Running,
    /// Nothing once it is dropped.
    runtime: Option<Runtime>,
}

impl Served {
    async fn new(reference: Reference) -> Result<Self, SetupError> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let spawned = runtime.spawn(async move { reference.spawn(([127, 0, 0, 1], 0).into()).await });
        let running = spawned.await.map_err(io::Error::other)??;
        Ok(Self { running, runtime: Some(runtime) })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Whoever drops it may be in a runtime, where nothing may wait for another to end.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A reference in this process, without a socket, of which any number can be had at little cost: what it is reached
/// with is read once.
#[derive(Clone, Debug)]
pub(crate) struct InMemory {
    settings: Settings,
    reference: setpresence_reference::Settings,
}

impl InMemory {
    /// The faultless reference of this profile, with a clock that costs no time.
    pub(crate) fn of(profile: &'static Profile) -> Result<Self, SetupError> {
        let reference = reference_settings(profile);
        let mint = Reference::new(reference.clone());
        // Nothing listens there, and nothing is sent there.
        let text = target_file::for_reference(&reference, mint.mint(), ([127, 0, 0, 1], 0).into());
        Ok(Self { settings: parsed(text)?, reference })
    }

    /// One with these faults and variants, in its initial state.
    pub(crate) async fn subject(&self, faults: Faults, variants: Variants) -> Result<Subject, SetupError> {
        let reference = Reference::new(self.reference.clone().with_faults(faults).with_variants(variants));
        let mut settings = self.settings.clone();
        settings.slack.propagation = reference.settings().propagation;
        let target = Target::in_process(settings, reference.service(), &no_variable).await?;
        Ok(Subject::of_reference(target, None))
    }
}

fn reference_settings(profile: &'static Profile) -> setpresence_reference::Settings {
    setpresence_reference::Settings::for_profile(profile).with_clock(ClockKind::Manual).with_users(N_USERS)
}

fn parsed(text: String) -> Result<Settings, SetupError> {
    let source = Source { name: "target.toml".to_owned(), text };
    Ok(Settings::parse(&source).map_err(RunError::TargetFile)?)
}

impl Subject {
    /// The reference in this binary on a free loopback port, with a clock that costs no time.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn embedded(profile: &'static Profile, faults: Faults) -> Result<Self, SetupError> {
        let reference = Reference::new(reference_settings(profile).with_faults(faults));
        let served = Served::new(reference.clone()).await?;
        let settings =
            parsed(target_file::for_reference(reference.settings(), reference.mint(), served.running.address()))?;
        Ok(Self::of_reference(Target::connect(settings, &no_variable).await?, Some(served)))
    }

    fn of_reference(target: Target, served: Option<Served>) -> Self {
        let options =
            Options { users: Users::Fresh, display_base: Some(EMBEDDED_BASE.to_owned()), ..Options::default() };
        Self { options, is_reference: true, _served: served, ..Self::of(target, EMBEDDED.to_owned()) }
    }

    fn of(target: Target, name: String) -> Self {
        Self {
            target,
            name,
            options: Options::default(),
            max_wait: MAX_WAIT,
            baseline: Baseline::default(),
            is_reference: false,
            _served: None,
        }
    }

    /// The target that the options name, the embedded reference where they name none.
    ///
    /// # Errors
    /// A target file with mistakes, a URL that is none, a token that cannot be had.
    pub async fn from_options(options: &TargetOptions) -> Result<Self, SetupError> {
        let subject = match options.settings()? {
            Some(settings) => Self::endpoint(settings).await?,
            None => Self::embedded(options.profile.unwrap_or(Profile::ALL[0]), Faults::none()).await?,
        };
        Ok(subject.with_max_wait(options.longest_wait()))
    }

    /// The endpoint that the settings describe. Its tokens are fetched; nothing is sent to it yet.
    ///
    /// # Errors
    /// A token that cannot be had; and on a host that is not this machine, users that nobody named.
    pub async fn endpoint(settings: Settings) -> Result<Self, SetupError> {
        settings.check_users()?;
        let name = settings.base_url.clone();
        let target = Target::connect(settings, &|name| std::env::var(name).ok()).await?;
        Ok(Self::of(target, name))
    }

    /// A service in this process, such as an axum `Router`. Nothing is connected to: the base URL of the settings
    /// is only what requests are addressed to.
    ///
    /// # Errors
    /// A token that cannot be had.
    pub async fn in_process<S, R>(settings: Settings, service: S) -> Result<Self, SetupError>
    where
        S: tower::Service<http::Request<Body>, Response = http::Response<R>> + Clone + Send + 'static,
        S::Future: Send,
        S::Error: Into<BoxError> + Send,
        R: http_body_util::BodyExt + Send + 'static,
        R::Data: Send,
        R::Error: Into<BoxError>,
    {
        let name = settings.base_url.clone();
        let target = Target::in_process(settings, service, &|name| std::env::var(name).ok()).await?;
        Ok(Self::of(target, name))
    }

    /// A service in this process that is made anew whenever a fuzzer wants one that nobody used before.
    ///
    /// # Errors
    /// A token that cannot be had.
    pub async fn in_process_anew<M, S, R>(settings: Settings, make: M) -> Result<Self, SetupError>
    where
        M: Fn() -> S + Send + Sync + 'static,
        S: tower::Service<http::Request<Body>, Response = http::Response<R>> + Clone + Send + 'static,
        S::Future: Send,
        S::Error: Into<BoxError> + Send,
        R: http_body_util::BodyExt + Send + 'static,
        R::Data: Send,
        R::Error: Into<BoxError>,
    {
        let name = settings.base_url.clone();
        let target = Target::in_process_anew(settings, make, &|name| std::env::var(name).ok()).await?;
        Ok(Self::of(target, name))
    }

    /// The same with that many requests in flight at most.
    #[must_use]
    pub fn with_jobs(mut self, jobs: usize) -> Self {
        self.options.jobs = jobs;
        self
    }

    /// The same with this longest time that a case may take in real time.
    #[must_use]
    pub fn with_max_wait(mut self, max_wait: Duration) -> Self {
        self.max_wait = max_wait;
        self.options.longest_wait = Some(self.on_target_clock(max_wait));
        self
    }

    /// The same, whose every exchange is told to this watcher.
    #[must_use]
    pub fn watched_by(self, watcher: Watcher) -> Self {
        Self { target: self.target.watched_by(watcher), ..self }
    }

    /// What tells a run on it to end: what the run set is cleared, and it is over.
    #[must_use]
    pub fn stop(&self) -> Stop {
        self.options.stop.clone()
    }

    /// What shows what a run on it waits for.
    #[must_use]
    pub fn outlook(&self) -> Outlook {
        self.options.outlook.clone()
    }

    /// How its clock can be searched for the instant of a change.
    #[must_use]
    pub const fn pace(&self) -> Pace {
        match self.settings().clock {
            ClockSettings::Wall => Pace::Watched(1),
            ClockSettings::Scaled(factor) => Pace::Watched(factor),
            ClockSettings::Manual(_) => Pace::Exact,
        }
    }

    /// The same, in which the departures of an earlier report fail no run.
    #[must_use]
    pub fn with_baseline(mut self, baseline: Baseline) -> Self {
        self.baseline = baseline;
        self
    }

    /// Whether it is the reference, because no other target was named.
    #[must_use]
    pub const fn is_embedded(&self) -> bool {
        self.is_reference
    }

    pub(crate) const fn baseline(&self) -> &Baseline {
        &self.baseline
    }

    /// What it is called in reports.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it is reached and what it can do.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        self.target.settings()
    }

    /// What planning needs to know of it.
    #[must_use]
    pub fn abilities(&self) -> Abilities {
        self.settings().abilities(Some(self.on_target_clock(self.max_wait)))
    }

    /// A first look: whether it can be reached, and what of it looks usable.
    pub async fn probe(&self) -> Probe {
        probe(&self.target).await
    }

    /// Why judging it would only give a hundred times the same failure, if so: nobody there, a wrong base URL, a bad token.
    pub async fn why_not(&self) -> Option<String> {
        self.first_look().await.err()
    }

    /// The same as an error; else what of it is unusable.
    pub(crate) async fn first_look(&self) -> Result<FirstLook, String> {
        if self.is_reference {
            return Ok(FirstLook::default());
        }
        let Probe { reach, sentence, absent, mut warnings, .. } = self.probe().await;
        match reach {
            Reach::Fine => Ok(FirstLook { warnings, absent }),
            Reach::Odd => {
                warnings.insert(0, sentence);
                Ok(FirstLook { warnings, absent })
            }
            _ => Err(sentence),
        }
    }

    pub(crate) const fn target(&self) -> &Target {
        &self.target
    }

    pub(crate) const fn options(&self) -> &Options {
        &self.options
    }

    fn on_target_clock(&self, real: Duration) -> Duration {
        match self.settings().clock {
            ClockSettings::Scaled(factor) => real.saturating_mul(factor),
            ClockSettings::Wall | ClockSettings::Manual(_) => real,
        }
    }
}

/// The faults of the mutants of these names.
///
/// # Errors
/// [`SetupError::Unknown`] with the nearest name.
pub fn faults(names: &[String]) -> Result<Faults, SetupError> {
    names.iter().try_fold(Faults::none(), |faults, name| {
        let unknown = || unknown("mutant", name, Mutant::ALL.iter().map(|mutant| mutant.name));
        Ok(faults.and(Mutant::named(name).ok_or_else(unknown)?))
    })
}

/// The variants of these names.
///
/// # Errors
/// [`SetupError::Unknown`] with the nearest name.
pub fn variants(names: &[String]) -> Result<Variants, SetupError> {
    names.iter().try_fold(Variants::none(), |variants, name| {
        let unknown = || unknown("variant", name, Variant::ALL.iter().map(|variant| variant.name));
        Ok(variants.and(Variant::named(name).ok_or_else(unknown)?))
    })
}

fn unknown(what: &'static str, name: &str, names: impl Iterator<Item = &'static str>) -> SetupError {
    SetupError::Unknown { what, name: name.to_owned(), near: nearest(name, names) }
}

/// The embedded reference's target file has its secret in it.
fn no_variable(_: &str) -> Option<String> {
    None
}
