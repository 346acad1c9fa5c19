//! Two JSON reports side by side: what was fixed, what broke, what appeared and what vanished.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use setpresence_core::judge::Verdict;

use crate::markdown::code;
use crate::text::{clean, counted, pretty};

/// What became of a case between two reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Change {
    /// It departs, and did not.
    Broke,
    /// It departs in another way, or by another level.
    DepartsOtherwise,
    /// It departed, and does not.
    Fixed,
    /// It is judged, and was not; or the other way round; or what is on record is something else.
    Changed,
    /// It was not there.
    Appeared,
    /// It is not there any more.
    Vanished,
}

impl Change {
    const fn words(self) -> &'static str {
        match self {
            Self::Broke => "broke",
            Self::DepartsOtherwise => "departs otherwise",
            Self::Fixed => "fixed",
            Self::Changed => "changed",
            Self::Appeared => "appeared",
            Self::Vanished => "vanished",
        }
    }
}

#[derive(Deserialize)]
struct Report {
    cases: Vec<Case>,
}

#[derive(Deserialize, PartialEq)]
struct Case {
    id: String,
    verdict: Verdict,
    divergences: Vec<Departure>,
    observed: Vec<String>,
}

#[derive(Deserialize, PartialEq)]
struct Departure {
    requirement: String,
    class: String,
    observed: String,
}

/// A case that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Changed {
    change: Change,
    id: String,
    before: Option<&'static str>,
    after: Option<&'static str>,
}

/// What changed between two reports.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    format: u32,
    changes: Vec<Changed>,
    unchanged: usize,
}

impl Comparison {
    /// Compares two JSON reports of runs.
    ///
    /// # Errors
    /// What the parser says where one of them is no such report, the first or the second.
    pub fn of(before: &str, after: &str) -> Result<Self, ComparisonError> {
        let read = |text| serde_json::from_str::<Report>(text);
        let before = read(before).map_err(ComparisonError::First)?;
        let after = read(after).map_err(ComparisonError::Second)?;
        let by_id = |report: Report| -> BTreeMap<String, Case> {
            report.cases.into_iter().map(|case| (case.id.clone(), case)).collect()
        };
        let (before, mut after) = (by_id(before), by_id(after));
        let mut comparison = Self { format: 1, changes: Vec::new(), unchanged: 0 };
        for (id, was) in before {
            let is = after.remove(&id);
            match (change(&was, is.as_ref()), is) {
                (None, _) => comparison.unchanged += 1,
                (Some(change), is) => comparison.changes.push(Changed {
                    change,
                    id,
                    before: Some(was.verdict.name()),
                    after: is.map(|case| case.verdict.name()),
                }),
            }
        }
        let appeared = |(id, case): (String, Case)| Changed {
            change: if departs(case.verdict) { Change::Broke } else { Change::Appeared },
            id,
            before: None,
            after: Some(case.verdict.name()),
        };
        comparison.changes.extend(after.into_iter().map(appeared));
        comparison.changes.sort_by(|one, other| (one.change, &one.id).cmp(&(other.change, &other.id)));
        Ok(comparison)
    }

    /// Whether a case departs that did not, or does so in another way.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.changes.iter().any(|changed| matches!(changed.change, Change::Broke | Change::DepartsOtherwise))
    }

    /// For a person.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        for changed in &self.changes {
            out.push_str(&format!("{:18} {}  ({})\n", changed.change.words(), clean(&changed.id), changed.verdicts()));
        }
        out + &format!("{}, {} as before\n", counted(self.changes.len(), "change"), self.unchanged)
    }

    /// For a pull request.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = format!("**{}**, {} as before\n", counted(self.changes.len(), "change"), self.unchanged);
        if !self.changes.is_empty() {
            out.push_str("\n| change | case | verdicts |\n|---|---|---|\n");
        }
        for changed in &self.changes {
            let case = code(&changed.id).replace('|', "\\|");
            out.push_str(&format!("| {} | {case} | {} |\n", changed.change.words(), changed.verdicts()));
        }
        out
    }

    /// For programs.
    ///
    /// # Errors
    /// None that a comparison can cause; those of the writer are passed on.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        pretty(self)
    }
}

impl Changed {
    fn verdicts(&self) -> String {
        match (self.before, self.after) {
            (Some(before), Some(after)) if before == after => before.to_owned(),
            (before, after) => format!("{} → {}", before.unwrap_or("absent"), after.unwrap_or("absent")),
        }
    }
}

/// Which of two texts is no JSON report.
#[derive(Debug, thiserror::Error)]
pub enum ComparisonError {
    /// The first.
    #[error("it is no JSON report of a run ({0}); give files that `run --report json=PATH` wrote")]
    First(#[source] serde_json::Error),
    /// The second.
    #[error("it is no JSON report of a run ({0}); give files that `run --report json=PATH` wrote")]
    Second(#[source] serde_json::Error),
}

fn change(was: &Case, is: Option<&Case>) -> Option<Change> {
    let Some(is) = is else { return Some(Change::Vanished) };
    match (departs(was.verdict), departs(is.verdict)) {
        _ if was == is => None,
        (false, true) => Some(Change::Broke),
        (true, true) => Some(Change::DepartsOtherwise),
        // What is not judged any more is not mended by that.
        (true, false) if is.verdict.is_judged() => Some(Change::Fixed),
        _ => Some(Change::Changed),
    }
}

const fn departs(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Failed | Verdict::Warned)
}
