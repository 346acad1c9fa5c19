//! The suite: cases, chosen, planned for a subject, run and judged.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::DateTime;
use setpresence_core::case::Library;
use setpresence_core::event::{CaseRecord, FORMAT, RequirementRecord, RunEnd, RunEvent, RunStart};
use setpresence_core::moment::{Moment, Span};
use setpresence_core::plan::{
    Forecast, Measuring, Planned, Selection, Shard, UnknownPattern, forecast, measurings, plan,
};
use setpresence_core::spec::Profile;
use setpresence_report::console::{self, Options};
use setpresence_report::{Status, Strictness, Summary};
use setpresence_runner::{ClockSettings, Work, run};

use crate::error::SetupError;
use crate::fixtures::{self, FixturesError};
use crate::proof::cause::Shown;
use crate::subject::{FirstLook, Subject};
use crate::waivers::{Baseline, Waivers};

/// What a run hands out as it happens.
pub type Follower<'f> = dyn FnMut(RunEvent) + Send + 'f;

/// Cases to judge by.
#[derive(Debug)]
pub struct Suite {
    library: Library,
    selection: Selection,
    shard: Option<Shard>,
    /// Where each case is, by id.
    places: BTreeMap<String, Place>,
}

#[derive(Debug)]
struct Place {
    /// The line in its file, from 1.
    line: usize,
    /// The profiles that the case belongs to.
    profiles: Vec<&'static Profile>,
}

impl Suite {
    /// Every case that comes with the suite.
    ///
    /// # Errors
    /// Mistakes in the fixtures, which the suite's own tests rule out.
    pub fn new() -> Result<Self, FixturesError> {
        Ok(Self::of(fixtures::embedded()?))
    }

    /// Every case of these fixtures.
    #[must_use]
    pub fn of(library: Library) -> Self {
        let mut places: BTreeMap<String, Place> = BTreeMap::new();
        for case in &library.cases {
            let place = places.entry(case.id.clone()).or_insert(Place { line: case.line, profiles: Vec::new() });
            place.profiles.extend(&case.profiles);
        }
        Self { library, selection: Selection::default(), shard: None, places }
    }

    /// The same with those cases only that one of the patterns names, and without those that a skip names.
    ///
    /// A pattern is an id, a family, or has `*` for one part of an id and `**` for any.
    ///
    /// # Errors
    /// [`UnknownPattern`] where one matches no case.
    pub fn select(self, patterns: &[String], skips: &[String]) -> Result<Self, UnknownPattern> {
        let selection = Selection::new(patterns, skips);
        selection.check(self.library.cases.iter().map(|case| case.id.as_str()))?;
        Ok(Self { selection, ..self })
    }

    /// One part of the same, where several machines share the work; all parts together judge every case once.
    #[must_use]
    pub fn part(self, shard: Shard) -> Self {
        Self { shard: Some(shard), ..self }
    }

    /// What the cases are read from.
    #[must_use]
    pub const fn library(&self) -> &Library {
        &self.library
    }

    /// Whether it asks for a case of that id, be it there or not. A part of a run asks for what it judges, no more.
    #[must_use]
    pub fn asks_for(&self, id: &str) -> bool {
        self.shard.is_none() && self.selection.contains(id)
    }

    /// The events of a run that could not begin, so that every report says so.
    #[must_use]
    pub fn unjudged(&self, subject: &Subject, why: &str) -> Vec<RunEvent> {
        let end = RunEnd { ended_early: Some(why.to_owned()), ..RunEnd::default() };
        vec![RunEvent::RunStarted(self.start(subject, 0)), RunEvent::RunFinished(end)]
    }

    /// What would be done with this subject, and what would be left out and why.
    #[must_use]
    pub fn plan(&self, subject: &Subject) -> Vec<Planned> {
        let planned = plan(&self.library, &subject.abilities(), &self.selection);
        self.shard.unwrap_or(Shard::WHOLE).part_of(planned).collect()
    }

    /// What a run of what was planned will take.
    #[must_use]
    pub fn forecast(subject: &Subject, planned: &[Planned]) -> Forecast {
        forecast(planned, &measured_beside(subject, planned), &subject.abilities(), subject.pace())
    }

    /// The same without its cases, once they are planned: some have bodies of megabytes.
    #[must_use]
    pub fn forget_cases(mut self) -> Self {
        self.library.cases = Vec::new();
        self
    }

    /// Judges a subject.
    ///
    /// # Errors
    /// [`SetupError::OutOfReach`] where a first look shows that nothing can be judged.
    pub async fn judge(&self, subject: &Subject) -> Result<Outcome, SetupError> {
        let mut events = Vec::new();
        self.follow(subject, self.plan(subject), &mut |event| events.push(event)).await?;
        Ok(Outcome { events })
    }

    /// Judges a subject by what was planned for it, and hands out every event of the run as it happens.
    ///
    /// # Errors
    /// As [`Suite::judge`]; then there was no event.
    pub async fn follow(
        &self,
        subject: &Subject,
        planned: Vec<Planned>,
        follower: &mut Follower<'_>,
    ) -> Result<(), SetupError> {
        self.go_on(subject, planned, SoFar::of(subject, &[]), follower).await
    }

    /// The same where some cases were judged before, so that the run ends as if it had never been interrupted.
    ///
    /// # Errors
    /// As [`Suite::follow`].
    pub async fn go_on(
        &self,
        subject: &Subject,
        planned: Vec<Planned>,
        so_far: SoFar,
        follower: &mut Follower<'_>,
    ) -> Result<(), SetupError> {
        let FirstLook { warnings, absent } = if planned.iter().any(|one| matches!(one, Planned::Run(_))) {
            subject.first_look().await.map_err(SetupError::OutOfReach)?
        } else {
            FirstLook::default()
        };
        let planned: Vec<Planned> = planned.into_iter().map(|one| one.unless_absent(&absent)).collect();
        follower(RunEvent::RunStarted(RunStart { warnings, ..self.start(subject, planned.len()) }));
        let measurings = measured_beside(subject, &planned);
        let works = planned.into_iter().map(work).chain(measurings.into_iter().map(Work::from)).collect();
        let settings = subject.settings();
        let SoFar { mut waivers, shown: mut shown_so_far } = so_far;
        let mut shown = |mut event| {
            if let RunEvent::CaseFinished(record) = &mut event {
                record.line = self.places.get(&record.id).map_or(0, |place| place.line);
                record.real = real(record, &settings.clock);
                waivers.mark(record);
                shown_so_far.follow(record);
            }
            follower(event);
        };
        let mut end = run(works, subject.target(), subject.options(), &mut shown).await;
        end.stale = waivers.stale(self.ids(settings.profile));
        end.likely_causes = shown_so_far.likely_causes(settings.profile);
        follower(RunEvent::RunFinished(end));
        Ok(())
    }

    /// The waivers of the subject that name no case of its profile, each with what to do: a run fails for them at its
    /// end, which is long after it could have been told.
    #[must_use]
    pub fn misnamed_waivers(&self, subject: &Subject) -> Vec<String> {
        let settings = subject.settings();
        Waivers::new(&settings.waivers, &Baseline::default(), &today()).misnamed(self.ids(settings.profile))
    }

    /// The ids of every case of a profile, asked for or not.
    fn ids(&self, profile: &'static Profile) -> impl Iterator<Item = &str> + Clone {
        self.places.iter().filter(move |(_, place)| place.profiles.contains(&profile)).map(|(id, _)| id.as_str())
    }

    fn start(&self, subject: &Subject, n_cases: usize) -> RunStart {
        let profile = subject.settings().profile;
        let record = |requirement: &setpresence_core::case::Requirement| RequirementRecord {
            sentence: requirement.sentence.clone(),
            source: requirement.source.clone(),
            level: requirement.level(profile),
        };
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let is_timed = !matches!(subject.settings().clock, ClockSettings::Manual(_));
        RunStart {
            started_unix_ms: is_timed.then(|| u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)),
            format: FORMAT,
            suite: env!("CARGO_PKG_VERSION").to_owned(),
            profile: profile.name.to_owned(),
            profile_about: profile.about.to_owned(),
            target: subject.name().to_owned(),
            clock: subject.settings().clock.name().to_owned(),
            tolerance: Moment::from_start(subject.settings().slack.tolerance),
            shard: self.shard,
            warnings: Vec::new(),
            cases: n_cases,
            requirements: self.library.requirements.iter().map(|(id, known)| (id.clone(), record(known))).collect(),
        }
    }
}

/// What the cases of a run have shown that were judged before: what is accepted, and what is likely to be wrong, depends
/// on all of them.
pub struct SoFar {
    waivers: Waivers,
    shown: Shown,
}

impl SoFar {
    /// What these events of a run on the same subject tell.
    #[must_use]
    pub fn of(subject: &Subject, events: &[RunEvent]) -> Self {
        let mut waivers = Waivers::new(&subject.settings().waivers, subject.baseline(), &today());
        for event in events {
            if let RunEvent::CaseFinished(record) = event {
                // Whatever is accepted of it was marked when it was judged.
                let _ = waivers.take_in(record);
            }
        }
        Self { waivers, shown: Shown::of(events) }
    }
}

/// When in real time the exchanges of a case took place: on a clock that is moved by hand, nobody is to know.
fn real(record: &CaseRecord, clock: &ClockSettings) -> Option<Span> {
    let factor = match clock {
        ClockSettings::Wall => 1,
        ClockSettings::Scaled(factor) => u64::from(*factor).max(1),
        ClockSettings::Manual(_) => return None,
    };
    let spans = record.exchanges.iter().map(|exchange| exchange.observation.span);
    let whole = spans.reduce(|one, other| Span { from: one.from.min(other.from), to: one.to.max(other.to) })?;
    let of_ours = |moment: Moment| Moment::from_nanos(moment.as_nanos() / factor);
    Some(Span { from: of_ours(whole.from), to: of_ours(whole.to) })
}

/// The instants that are measured beside these cases.
fn measured_beside(subject: &Subject, planned: &[Planned]) -> Vec<Measuring> {
    let plans = planned.iter().filter_map(|one| match one {
        Planned::Run(plan) => Some(plan),
        Planned::Skipped(_) => None,
    });
    measurings(plans, &subject.abilities(), subject.pace())
}

/// The day in UTC, `2026-11-23`: the one in which a waiver ends.
fn today() -> String {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since_1970.as_secs()).unwrap_or_default();
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().date_naive().to_string()
}

fn work(planned: Planned) -> Work {
    match planned {
        Planned::Run(plan) => plan.into(),
        Planned::Skipped(skipped) => Work::Recorded(Box::new(skipped.into())),
    }
}

/// A run that is over.
#[derive(Clone, Debug)]
pub struct Outcome {
    events: Vec<RunEvent>,
}

impl Outcome {
    /// Everything that happened.
    #[must_use]
    pub fn events(&self) -> &[RunEvent] {
        &self.events
    }

    /// The count of each verdict.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::of(&self.events)
    }

    /// Whether something was judged and no *must* is broken.
    #[must_use]
    pub fn conforms(&self) -> bool {
        self.summary().status(Strictness::Must) == Status::Conforms
    }

    /// The end of the run, if it came to one.
    #[must_use]
    pub fn end(&self) -> Option<&RunEnd> {
        match self.events.last() {
            Some(RunEvent::RunFinished(end)) => Some(end),
            _ => None,
        }
    }
}

/// The console report.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&console::report(&self.events, &Options::default()))
    }
}
