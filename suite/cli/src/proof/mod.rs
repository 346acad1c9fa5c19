//! The suite, judged: which of the reference's deliberate faults it notices, and by which cases.
//!
//! A case that has never failed is not known to work. So the suite runs against every mutant of the reference, in this
//! process and with a clock that costs no time, and what notices which is the kill matrix. Sockets are left out on
//! purpose: what a mutant does is the same without them, and hundreds of runs become affordable.

pub mod cause;
pub mod fairness;
mod gap;
mod hunted;
mod matrix;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use setpresence_core::case::Library;
use setpresence_core::event::{CaseRecord, RunEvent};
use setpresence_core::judge::{Class, Verdict};
use setpresence_core::plan::{Planned, Selection, plan};
use setpresence_core::spec::{Level, Profile};
use setpresence_reference::{Faults, Mutant, Variants};
use setpresence_runner::{Work, run};
use tokio::runtime::Builder;

pub use gap::{Gap, gaps, level_of};
pub use hunted::{Hunted, hunt};
pub use matrix::{KillMatrix, Signature};

use crate::error::SetupError;
use crate::subject::InMemory;

/// What the suite makes of mutants in one profile.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The profile judged by.
    pub profile: &'static Profile,
    /// The ids of the cases that can fail or warn in that profile.
    pub judging: BTreeSet<String>,
    /// Every mutant that was tried, in the order of [`Mutant::ALL`].
    pub trials: Vec<Trial>,
}

/// A mutant, and the cases that notice it.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The mutant.
    pub mutant: &'static Mutant,
    /// How many cases were run against it.
    pub n_cases: usize,
    /// What noticed it, in the order of the cases.
    pub kills: Vec<Kill>,
    /// The cases that could not be judged.
    pub inconclusive: Vec<String>,
}

/// A case that notices a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kill {
    /// The case's id.
    pub case: String,
    /// [`Verdict::Failed`] or [`Verdict::Warned`].
    pub verdict: Verdict,
    /// The requirements that are broken, and how.
    pub trips: BTreeSet<(String, Class)>,
}

impl Trial {
    fn add(&mut self, rest: Self) {
        self.n_cases += rest.n_cases;
        self.kills.extend(rest.kills);
        self.kills.sort_by(|one, other| one.case.cmp(&other.case));
        self.inconclusive.extend(rest.inconclusive);
        self.inconclusive.sort_unstable();
    }

    /// The verdict of the case that notices the mutant best.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        let has = |verdict| self.kills.iter().any(|kill| kill.verdict == verdict);
        [Verdict::Failed, Verdict::Warned].into_iter().find(|verdict| has(*verdict))
    }

    /// Whether the suite notices the mutant as clearly as a requirement of that level asks for: a *must* is to fail,
    /// a *should* to warn at least.
    #[must_use]
    pub fn is_killed(&self, level: Level) -> bool {
        match level {
            Level::Must => self.verdict() == Some(Verdict::Failed),
            Level::Should => self.verdict().is_some(),
            Level::May => true,
        }
    }
}

/// Which cases are run against a mutant.
pub type Choice<'c> = dyn Fn(&Mutant, &str) -> bool + Sync + 'c;

/// Runs the cases against each of the mutants, on so many threads, and says of each when it is done.
///
/// # Errors
/// Where the reference cannot be set up.
pub fn prove(
    library: &Library,
    profile: &'static Profile,
    mutants: &[&'static Mutant],
    jobs: usize,
    choice: &Choice<'_>,
    on_trial: &(dyn Fn(&Trial) + Sync),
) -> Result<Proof, SetupError> {
    let reference = InMemory::of(profile)?;
    let works = works(library, &reference)?;
    let named = named(library);
    let trials = in_parallel(mutants, jobs, |_, mutant| {
        let is_named = |case: &str| named.get(mutant.name).is_some_and(|cases| cases.contains(case));
        // Those that name it have the reference for themselves: where a fault reaches across users, cases disturb
        // each other, and what is shown by another's doing proves nothing.
        let mut trial = try_one(&reference, &works, mutant, &|case| is_named(case) && choice(mutant, case))?;
        let rest = try_one(&reference, &works, mutant, &|case| !is_named(case) && choice(mutant, case))?;
        trial.add(rest);
        on_trial(&trial);
        Ok(trial)
    })?;
    let judging = works.iter().filter_map(|work| match work {
        Work::Judge(plan) => (plan.level > Level::May).then(|| plan.id.clone()),
        Work::Recorded(_) | Work::Measure(_) => None,
    });
    Ok(Proof { profile, judging: judging.collect(), trials })
}

/// Which cases name which mutant, by its name.
#[must_use]
pub fn named(library: &Library) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for case in &library.cases {
        for mutant in &case.mutants {
            named.entry(mutant).or_default().insert(&case.id);
        }
    }
    named
}

/// Does the same with each of the items, on so many threads; the results keep the items' order.
fn in_parallel<I: Sync, R: Send>(
    items: &[I],
    jobs: usize,
    work: impl Fn(usize, &I) -> Result<R, SetupError> + Sync,
) -> Result<Vec<R>, SetupError> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, items.len().max(1)) {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(place) else { break };
                    let result = work(place, item);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((place, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Every case, planned. A mutant can do what the reference can, so the plans are the same for all.
fn works(library: &Library, reference: &InMemory) -> Result<Vec<Work>, SetupError> {
    let subject = block_on(reference.subject(Faults::none(), Variants::none()))??;
    let planned = plan(library, &subject.abilities(), &Selection::default());
    Ok(planned
        .into_iter()
        .filter_map(|one| match one {
            Planned::Run(plan) => Some(Work::from(plan)),
            Planned::Skipped(_) => None,
        })
        .collect())
}

fn try_one(
    reference: &InMemory,
    works: &[Work],
    mutant: &'static Mutant,
    is_chosen: &dyn Fn(&str) -> bool,
) -> Result<Trial, SetupError> {
    let is_chosen = |work: &&Work| match work {
        Work::Judge(plan) => is_chosen(&plan.id),
        Work::Recorded(_) | Work::Measure(_) => false,
    };
    let chosen: Vec<Work> = works.iter().filter(is_chosen).cloned().collect();
    let mut trial = Trial { mutant, n_cases: chosen.len(), kills: Vec::new(), inconclusive: Vec::new() };
    let records = judged(reference, chosen, Faults::of(mutant), Variants::none())?;
    for record in records {
        match record.verdict {
            Verdict::Failed | Verdict::Warned => trial.kills.push(kill(record)),
            Verdict::Inconclusive | Verdict::Skipped => trial.inconclusive.push(record.id),
            Verdict::Passed | Verdict::Observed => {}
        }
    }
    Ok(trial)
}

fn kill(record: CaseRecord) -> Kill {
    let trips = record.divergences.into_iter().map(|divergence| (divergence.requirement, divergence.class)).collect();
    Kill { case: record.id, verdict: record.verdict, trips }
}

fn judged(
    reference: &InMemory,
    works: Vec<Work>,
    faults: Faults,
    variants: Variants,
) -> Result<Vec<CaseRecord>, SetupError> {
    let mut records = Vec::with_capacity(works.len());
    block_on(async {
        let subject = reference.subject(faults, variants).await?;
        let mut keep = |event| {
            if let RunEvent::CaseFinished(record) = event {
                records.push(*record);
            }
        };
        run(works, subject.target(), subject.options(), &mut keep).await;
        Ok::<_, SetupError>(())
    })??;
    Ok(records)
}

fn block_on<F: Future>(future: F) -> Result<F::Output, SetupError> {
    Ok(Builder::new_current_thread().enable_all().build()?.block_on(future))
}
