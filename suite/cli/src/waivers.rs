//! What the owner of a target accepts: waivers of the target file, and the departures of an earlier report.
//!
//! A waiver that has nothing to accept any more is stale, and fails the run: else nobody would ever delete it. Whether
//! it has is only told where everything that it names was judged.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use setpresence_core::event::{CaseRecord, StaleWaiver, Waived};
use setpresence_core::judge::Verdict;
use setpresence_core::plan::Selection;
use setpresence_runner::Waiver;
use thiserror::Error;

/// Why an earlier report cannot be a baseline.
#[derive(Debug, Error)]
#[error("it is no JSON report of a run ({source}); give a file that `run --report json=PATH` wrote")]
pub struct BaselineError {
    source: serde_json::Error,
}

#[derive(Deserialize)]
struct Report {
    cases: Vec<KnownCase>,
}

#[derive(Deserialize)]
struct KnownCase {
    id: String,
    verdict: Verdict,
    divergences: Vec<KnownDeparture>,
}

#[derive(Deserialize)]
struct KnownDeparture {
    requirement: String,
    class: String,
}

/// The departures of an earlier report. The same departures again fail no run; others do.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    place: String,
    /// The requirements that each case breaks, each with the way, and the line of the report.
    known: BTreeMap<String, (BTreeSet<(String, String)>, usize)>,
}

impl Baseline {
    /// Reads a JSON report; the name is what its place is called.
    ///
    /// # Errors
    /// [`BaselineError`] where the text is no such report.
    pub fn read(name: &str, text: &str) -> Result<Self, BaselineError> {
        let report: Report = serde_json::from_str(text).map_err(|source| BaselineError { source })?;
        let lines: BTreeMap<&str, usize> = text
            .lines()
            .enumerate()
            .filter_map(|(at, line)| Some((line.trim().strip_prefix("\"id\": \"")?.strip_suffix("\",")?, at + 1)))
            .collect();
        let departs = |case: &KnownCase| matches!(case.verdict, Verdict::Failed | Verdict::Warned);
        let known = report.cases.into_iter().filter(departs).map(|case| {
            let line = lines.get(case.id.as_str()).copied().unwrap_or(1);
            let ways = case.divergences.into_iter().map(|found| (found.requirement, found.class)).collect();
            (case.id, (ways, line))
        });
        Ok(Self { place: name.to_owned(), known: known.collect() })
    }
}

/// A waiver and what came of it.
struct Entry {
    waiver: Waiver,
    names: Selection,
    is_past: bool,
    has_departed: bool,
    judged: BTreeSet<String>,
}

/// The waivers of a run, as its cases come in.
pub(crate) struct Waivers {
    entries: Vec<Entry>,
    baseline: Baseline,
    mended: Vec<StaleWaiver>,
}

impl Waivers {
    /// The waivers of a target on a day, such as `2026-11-23`.
    pub(crate) fn new(waivers: &[Waiver], baseline: &Baseline, today: &str) -> Self {
        let entry = |waiver: &Waiver| Entry {
            waiver: waiver.clone(),
            names: Selection::new(std::slice::from_ref(&waiver.case), &[]),
            is_past: waiver.until.as_deref().is_some_and(|until| until < today),
            has_departed: false,
            judged: BTreeSet::new(),
        };
        Self { entries: waivers.iter().map(entry).collect(), baseline: baseline.clone(), mended: Vec::new() }
    }

    /// Marks a departure that is accepted.
    pub(crate) fn mark(&mut self, record: &mut CaseRecord) {
        record.waived = self.take_in(record);
    }

    /// Takes in what became of a case; says why its departure is accepted, if it is.
    pub(crate) fn take_in(&mut self, record: &CaseRecord) -> Option<Waived> {
        let mut waived = record.waived.clone();
        if !record.verdict.is_judged() {
            return waived;
        }
        let departs = matches!(record.verdict, Verdict::Failed | Verdict::Warned);
        for entry in self.entries.iter_mut().filter(|entry| entry.names.contains(&record.id)) {
            entry.judged.insert(record.id.clone());
            entry.has_departed |= departs;
            if departs && !entry.is_past && waived.is_none() {
                let Waiver { reason, is_flaky, .. } = &entry.waiver;
                waived = Some(Waived { reason: reason.clone(), place: entry.place(), is_flaky: *is_flaky });
            }
        }
        let Some((ways, line)) = self.baseline.known.get(&record.id) else { return waived };
        let place = format!("{}:{line}", self.baseline.place);
        if !departs {
            let why = format!("the case departs no more: write the baseline `{}` anew", self.baseline.place);
            self.mended.push(StaleWaiver { case: record.id.clone(), place, why });
        } else if waived.is_none() && record.divergences.iter().all(|found| is_known(ways, found)) {
            let reason = "as in the baseline".to_owned();
            waived = Some(Waived { reason, place, is_flaky: false });
        }
        waived
    }

    /// Those that name none of these cases, which are all that there are: a run fails for each of them, whatever it shows.
    pub(crate) fn misnamed<'i>(&self, ids: impl Iterator<Item = &'i str> + Clone) -> Vec<String> {
        let told =
            |entry: &Entry| Some(format!("the waiver at {}: {}", entry.place(), entry.why_misnamed(ids.clone())?));
        self.entries.iter().filter_map(told).collect()
    }

    /// The waivers that are stale, where these are all cases that there are.
    pub(crate) fn stale<'i>(self, ids: impl Iterator<Item = &'i str> + Clone) -> Vec<StaleWaiver> {
        let Self { entries, mended, .. } = self;
        let told = entries.into_iter().filter_map(|entry| {
            let why = entry.why_stale(ids.clone())?;
            Some(StaleWaiver { case: entry.waiver.case.clone(), place: entry.place(), why })
        });
        told.chain(mended).collect()
    }
}

impl Entry {
    fn place(&self) -> String {
        format!("{}:{}", self.waiver.file, self.waiver.line)
    }

    fn why_misnamed<'i>(&self, ids: impl Iterator<Item = &'i str> + Clone) -> Option<String> {
        let Waiver { line, file, .. } = &self.waiver;
        if ids.clone().any(|id| self.names.contains(id)) {
            return None;
        }
        let unknown = self.names.check(ids).err().map(|unknown| unknown.to_string());
        let hint = unknown.as_deref().and_then(|told| told.rsplit_once("; "));
        let near = hint.map(|(_, hint)| format!(" ({hint})")).unwrap_or_default();
        Some(format!(
            "no case of this profile has that name{near}: correct it, or delete it from line {line} of {file}"
        ))
    }

    fn why_stale<'i>(&self, ids: impl Iterator<Item = &'i str> + Clone) -> Option<String> {
        let Waiver { line, file, until, is_flaky, .. } = &self.waiver;
        if let Some(why) = self.why_misnamed(ids.clone()) {
            return Some(why);
        }
        if let Some(until) = until.as_deref().filter(|_| self.is_past) {
            return Some(format!(
                "its last day was {until}: mend the target and delete it from line {line} of {file}, or give it a new day"
            ));
        }
        let all_judged = ids.filter(|id| self.names.contains(id)).all(|id| self.judged.contains(id));
        (all_judged && !self.has_departed && !is_flaky)
            .then(|| format!("nothing that it names departs any more: delete it from line {line} of {file}"))
    }
}

fn is_known(ways: &BTreeSet<(String, String)>, found: &setpresence_core::judge::Divergence) -> bool {
    ways.contains(&(found.requirement.clone(), found.class.name().to_owned()))
}
