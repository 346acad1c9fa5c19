//! What was not judged, by reason, for every report that people read.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use setpresence_core::event::CaseRecord;
use setpresence_core::judge::Verdict;
use setpresence_core::moment::Moment;

use crate::run::Run;
use crate::summary::{Summary, are};

/// Cases that were left out for one reason.
pub(crate) struct Left<'log> {
    pub(crate) verdict: Verdict,
    pub(crate) reason: String,
    pub(crate) cases: Vec<&'log CaseRecord>,
}

/// Every reason why cases have this verdict, the most frequent first.
pub(crate) fn by_reason<'log>(run: &Run<'log>, verdict: Verdict) -> Vec<Left<'log>> {
    sorted(reasons(run, verdict), verdict)
}

/// The same with those in one sentence that only need more time, which nearly every case needs its own of.
pub(crate) fn in_short<'log>(run: &Run<'log>, verdict: Verdict) -> Vec<Left<'log>> {
    let mut reasons = reasons(run, verdict);
    let for_time = for_time(&mut reasons);
    let mut left = sorted(reasons, verdict);
    left.extend(for_time.map(|(reason, cases)| Left { verdict, reason, cases }));
    left.sort_by_key(|left| Reverse(left.cases.len()));
    left
}

type Reasons<'log> = BTreeMap<&'log str, Vec<&'log CaseRecord>>;

fn reasons<'log>(run: &Run<'log>, verdict: Verdict) -> Reasons<'log> {
    let mut reasons = Reasons::new();
    for case in run.cases.iter().copied().filter(|case| case.verdict == verdict) {
        reasons.entry(reason(case)).or_default().push(case);
    }
    reasons
}

fn sorted<'log>(reasons: Reasons<'log>, verdict: Verdict) -> Vec<Left<'log>> {
    let left = |(reason, cases): (&str, _)| Left { verdict, reason: reason.to_owned(), cases };
    let mut left: Vec<Left<'_>> = reasons.into_iter().map(left).collect();
    left.sort_by_key(|left| Reverse(left.cases.len()));
    left
}

fn reason(case: &CaseRecord) -> &str {
    case.reason.as_deref().unwrap_or("no reason is on record")
}

/// What stands before the time that a run has to be given, in the reason of a case that takes longer.
const LONGER_WAIT: &str = "; run with ";
/// More reasons than this that only differ in their times are told in one sentence.
const TIMES_SHOWN: usize = 3;

/// Takes the cases out that only need more time, and tells of all of them at once.
fn for_time<'log>(reasons: &mut Reasons<'log>) -> Option<(String, Vec<&'log CaseRecord>)> {
    let is_for_time = |reason: &str| reason.starts_with("needs ") && reason.contains("; run with --max-wait ");
    let mut times: Vec<(&str, usize, Moment)> = reasons
        .iter()
        .filter(|(reason, _)| is_for_time(reason))
        .filter_map(|(reason, cases)| Some((*reason, cases.len(), cases.first()?.lasts)))
        .collect();
    if times.len() <= TIMES_SHOWN {
        return None;
    }
    times.sort_by_key(|(_, _, lasts)| *lasts);
    let n_all: usize = times.iter().map(|(_, n_cases, _)| n_cases).sum();
    let mut n_so_far = 0;
    let mut parts = Vec::new();
    for (place, (reason, n_cases, _)) in times.iter().enumerate() {
        n_so_far += n_cases;
        let is_told =
            place == 0 || place + 1 == times.len() || (n_so_far - n_cases) * 2 < n_all && n_so_far * 2 >= n_all;
        if let (true, Some((_, option))) = (is_told, reason.split_once(LONGER_WAIT)) {
            parts.push(format!("{n_so_far} run with {option}"));
        }
    }
    let cases = times.iter().filter_map(|(reason, ..)| reasons.remove(reason)).flatten().collect();
    Some((format!("need more time: {}", parts.join(", ")), cases))
}

/// What nobody may miss: how little was judged, and what most often kept it from being. Nothing where most was.
pub(crate) fn mostly_inconclusive(run: &Run<'_>, summary: &Summary) -> Option<String> {
    if !summary.is_mostly_inconclusive() {
        return None;
    }
    let most = by_reason(run, Verdict::Inconclusive).into_iter().next();
    let why = most.map(|left| format!("; {} of them: {}", left.cases.len(), left.reason)).unwrap_or_default();
    let n_tried = summary.judged() + summary.inconclusive;
    Some(format!("{} of {} inconclusive{why}", summary.inconclusive, are(n_tried, "case")))
}
