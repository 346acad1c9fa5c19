//! How each requirement fared in a run.

use std::collections::BTreeMap;

use setpresence_core::event::{CaseRecord, RunEvent};
use setpresence_core::judge::Verdict;

use crate::run::Run;

/// What the cases of a run that judge one requirement say of it together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The worst that is known of it.
    pub verdict: Verdict,
    /// How many cases break it.
    pub broken: usize,
    /// How many cases judged it.
    pub judged: usize,
}

impl Standing {
    /// The standing of every requirement that a case of the run is to judge, by id.
    #[must_use]
    pub fn of(events: &[RunEvent]) -> BTreeMap<&str, Self> {
        Self::in_run(&Run::of(events))
    }

    pub(crate) fn in_run<'log>(run: &Run<'log>) -> BTreeMap<&'log str, Self> {
        let mut judging: BTreeMap<&str, Vec<&CaseRecord>> = BTreeMap::new();
        for case in &run.cases {
            for id in &case.requirements {
                judging.entry(id).or_default().push(case);
            }
        }
        judging.into_iter().map(|(id, cases)| (id, Self::by(id, &cases))).collect()
    }

    /// A case that departs speaks against those of its requirements only that it breaks.
    fn by(id: &str, cases: &[&CaseRecord]) -> Self {
        let judged = cases.iter().filter(|case| case.verdict.is_judged()).count();
        let breaks = |case: &CaseRecord| case.divergences.iter().any(|found| found.requirement == id);
        for verdict in [Verdict::Failed, Verdict::Warned] {
            let broken = cases.iter().filter(|case| case.verdict == verdict && breaks(case)).count();
            if broken > 0 {
                return Self { verdict, broken, judged };
            }
        }
        let has = |verdict: &Verdict| cases.iter().any(|case| case.verdict == *verdict);
        let verdict = if cases.iter().any(|case| case.verdict.is_judged() && case.verdict != Verdict::Observed) {
            Verdict::Passed
        } else {
            [Verdict::Observed, Verdict::Inconclusive].into_iter().find(has).unwrap_or(Verdict::Skipped)
        };
        Self { verdict, broken: 0, judged }
    }
}
