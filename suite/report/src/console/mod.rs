//! The console report: what is judged, how much was judged and what would unlock the rest, each departure
//! with what was expected beside what was observed, and the summary.

mod finding;
pub(crate) mod page;

use std::collections::{BTreeMap, BTreeSet};

use setpresence_core::event::{CaseRecord, Measurement, RequirementRecord, RunEvent};
use setpresence_core::judge::Verdict;
use setpresence_core::moment::Moment;

use crate::alike;
use crate::run::Run;
use crate::summary::{Strictness, Summary, are};
use crate::text::counted;
use page::{Ink, Page};

/// How the report is to look.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether colour may be used.
    pub style: Style,
    /// How much is shown.
    pub detail: Detail,
    /// Which levels decide the exit status that the summary explains.
    pub strictness: Strictness,
    /// How many characters a line may have; commands are never broken.
    pub width: usize,
}

impl Options {
    /// The width where nothing tells the terminal's.
    pub const WIDTH: usize = 100;
}

impl Default for Options {
    fn default() -> Self {
        Self { style: Style::Plain, detail: Detail::Grouped, strictness: Strictness::Must, width: Self::WIDTH }
    }
}

/// Whether colour may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Letters only.
    Plain,
    /// With the colours of an ANSI terminal.
    Colour,
}

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Only how it went.
    Summary,
    /// Departures that are alike stand together; the first is shown in full.
    Grouped,
    /// Every departure in full, and everything that was observed or skipped.
    Everything,
}

/// The console report of a run.
#[must_use]
pub fn report(events: &[RunEvent], options: &Options) -> String {
    let run = Run::of(events);
    let summary = Summary::of(events);
    let mut page = Page::new(options);
    if options.detail == Detail::Summary {
        footer(&mut page, &run, &summary, options.strictness);
        return page.finish();
    }
    header(&mut page, &run, &summary);
    skipped(&mut page, &run, options.detail);
    for verdict in [Verdict::Failed, Verdict::Warned] {
        departures(&mut page, &run, verdict, options.detail);
    }
    causes(&mut page, &run);
    waived(&mut page, &run);
    inconclusive(&mut page, &run);
    observed(&mut page, &run, options.detail);
    measured(&mut page, &run, options.detail);
    explained(&mut page, &run);
    footer(&mut page, &run, &summary, options.strictness);
    page.finish()
}

/// One case with everything that is known of it.
#[must_use]
pub fn case(record: &CaseRecord, requirements: &BTreeMap<String, RequirementRecord>, options: &Options) -> String {
    let mut page = Page::new(options);
    finding::full(&mut page, record, &|id| requirements.get(id));
    page.finish()
}

const LABEL: usize = 9;

fn header(page: &mut Page, run: &Run<'_>, summary: &Summary) {
    if let Some(start) = run.start {
        page.heading(Ink::Strong, &format!("setPresence conformance suite {}", start.suite));
        page.labelled(0, LABEL, "target", &start.target);
        page.labelled(0, LABEL, "profile", &format!("{}: {}", start.profile, start.profile_about));
        page.labelled(0, LABEL, "clock", &start.clock);
        if let Some(shard) = start.shard {
            page.labelled(0, LABEL, "shard", &shard.to_string());
        }
        let cases = start.cases.max(summary.total());
        page.labelled(0, LABEL, "judged", &format!("{} of {}", summary.judged(), counted(cases, "case")));
    }
    if let Some(reason) = run.ended_early() {
        page.labelled(0, LABEL, "ended", reason);
    }
    for warning in run.start.iter().flat_map(|start| &start.warnings) {
        page.labelled(0, LABEL, "warning", warning);
    }
}

/// What was left out, and what would unlock it: the reasons say that, and those that are alike are counted.
fn skipped(page: &mut Page, run: &Run<'_>, detail: Detail) {
    let mut reasons: BTreeMap<&str, Vec<&CaseRecord>> = BTreeMap::new();
    for case in run.cases.iter().filter(|case| case.verdict == Verdict::Skipped) {
        reasons.entry(case.reason.as_deref().unwrap_or("no reason is on record")).or_default().push(case);
    }
    if reasons.is_empty() {
        return;
    }
    let n_skipped = reasons.values().map(Vec::len).sum();
    page.blank();
    page.heading(Ink::Strong, &format!("{} skipped", counted(n_skipped, "case")));
    if detail == Detail::Grouped {
        skipped_for_time(page, &mut reasons);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(reason, cases)| (std::cmp::Reverse(cases.len()), *reason));
    for (reason, cases) in reasons {
        page.labelled(2, 5, &format!("{:>3}", cases.len()), reason);
        if detail == Detail::Everything {
            page.text(7, &alike::ids(&cases));
        }
    }
}

/// What stands before the time that a run has to be given, in the reason of a case that takes longer.
const LONGER_WAIT: &str = "; run with ";
/// More reasons than this that only differ in their times are told in one sentence.
const TIMES_SHOWN: usize = 3;

/// Cases that only need more time, which nearly every one needs its own of, in one sentence.
fn skipped_for_time<'r>(page: &mut Page, reasons: &mut BTreeMap<&'r str, Vec<&CaseRecord>>) {
    let is_for_time = |reason: &str| reason.starts_with("needs ") && reason.contains("; run with --max-wait ");
    let mut times: Vec<(&'r str, usize, Moment)> = reasons
        .iter()
        .filter(|(reason, _)| is_for_time(reason))
        .filter_map(|(reason, cases)| Some((*reason, cases.len(), cases.first()?.lasts)))
        .collect();
    if times.len() <= TIMES_SHOWN {
        return;
    }
    reasons.retain(|reason, _| !is_for_time(reason));
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
    page.labelled(2, 5, &format!("{n_all:>3}"), &format!("need more time: {}", parts.join(", ")));
}

fn departures(page: &mut Page, run: &Run<'_>, verdict: Verdict, detail: Detail) {
    let cases = run.cases.iter().copied().filter(|case| case.verdict == verdict && !case.is_waived());
    match detail {
        Detail::Everything => {
            for case in cases {
                page.blank();
                finding::full(page, case, &|id| run.requirement(id));
            }
        }
        Detail::Grouped | Detail::Summary => {
            for group in alike::groups(cases) {
                page.blank();
                finding::group(page, &group, &|id| run.requirement(id));
            }
        }
    }
}

/// What is accepted, and what of that is stale: the waiver, its reason, and what to do.
fn waived(page: &mut Page, run: &Run<'_>) {
    let accepted: Vec<_> = run.cases.iter().filter(|case| case.is_waived()).collect();
    if !accepted.is_empty() {
        page.blank();
        page.heading(Ink::Warning, &format!("WAIVED  {}", counted(accepted.len(), "case")));
        for case in accepted {
            if let Some(waived) = &case.waived {
                let mark = if waived.is_flaky { "flaky, " } else { "" };
                page.text(2, &format!("{} ({mark}{}): {}", case.id, waived.place, waived.reason));
            }
        }
    }
    for stale in run.stale() {
        page.blank();
        page.heading(Ink::Bad, &format!("STALE  the waiver {} of {}", stale.place, stale.case));
        page.text(2, &stale.why);
    }
}

/// One fault often breaks many cases: what would explain them says where to look first.
fn causes(page: &mut Page, run: &Run<'_>) {
    for cause in run.likely_causes() {
        let n_explained = cause.explains.len();
        page.blank();
        page.heading(Ink::Strong, &format!("LIKELY CAUSE  of {}: {}", counted(n_explained, "departure"), cause.about));
        page.labelled(2, LABEL, "breaks", &cause.requirement);
        let fit = format!("{n_explained} of the {} that this fault would show here", counted(cause.would_show, "case"));
        page.labelled(2, LABEL, "fits", &fit);
        if !cause.alternatives.is_empty() {
            page.labelled(2, LABEL, "or", &cause.alternatives.join(", "));
        }
        page.labelled(2, LABEL, "more", &format!("setpresence explain {}", cause.mutant));
    }
}

fn inconclusive(page: &mut Page, run: &Run<'_>) {
    let mut reasons: BTreeMap<&str, Vec<&CaseRecord>> = BTreeMap::new();
    for case in run.cases.iter().filter(|case| case.verdict == Verdict::Inconclusive) {
        reasons.entry(case.reason.as_deref().unwrap_or("no reason is on record")).or_default().push(case);
    }
    for (reason, cases) in reasons {
        page.blank();
        page.heading(Ink::Warning, &format!("INCONCLUSIVE  {}", counted(cases.len(), "case")));
        page.labelled(2, LABEL, "reason", reason);
        page.labelled(2, LABEL, "cases", &alike::ids(&cases));
    }
}

fn observed(page: &mut Page, run: &Run<'_>, detail: Detail) {
    let cases: Vec<_> = run.cases.iter().filter(|case| case.verdict == Verdict::Observed).collect();
    if cases.is_empty() {
        return;
    }
    page.blank();
    let more = match detail {
        Detail::Everything => "",
        Detail::Grouped | Detail::Summary => " (--verbose shows what the target does)",
    };
    let sentence = format!("{} on record where either way is permitted{more}", counted(cases.len(), "case"));
    page.heading(Ink::Strong, &sentence);
    if detail == Detail::Everything {
        for case in cases {
            page.text(2, &case.id);
            for seen in &case.observed {
                page.text(4, seen);
            }
        }
    }
}

/// When the target changed, each instant once; beside a departure it is told anyway.
fn measured(page: &mut Page, run: &Run<'_>, detail: Detail) {
    let instants: BTreeMap<&str, &Measurement> = run
        .cases
        .iter()
        .flat_map(|case| &case.measured)
        .map(|measurement| (measurement.requirement.as_str(), measurement))
        .collect();
    if detail != Detail::Everything || instants.is_empty() {
        return;
    }
    page.blank();
    page.heading(Ink::Strong, "measured on the target's clock");
    for (requirement, measurement) in instants {
        page.text(2, &format!("{requirement}: {measurement}"));
    }
}

/// Says so when every failure is what another profile asks for.
fn explained(page: &mut Page, run: &Run<'_>) {
    let mut failed = run.cases.iter().filter(|case| case.verdict == Verdict::Failed);
    let Some(first) = failed.next() else { return };
    let mut names: BTreeSet<&str> = first.explained_by.iter().map(String::as_str).collect();
    for case in failed {
        names.retain(|name| case.explained_by.iter().any(|known| known == name));
    }
    if let Some(name) = names.first() {
        page.blank();
        page.text(
            0,
            &format!(
                "Every failure is what the profile {name} permits: if that is what the target implements, run with \
                 --profile {name}."
            ),
        );
    }
}

/// What a reader of the last lines alone must not miss: how little was judged, and what most often kept it from being.
fn mostly_inconclusive(run: &Run<'_>, summary: &Summary) -> String {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for case in run.cases.iter().filter(|case| case.verdict == Verdict::Inconclusive) {
        *reasons.entry(case.reason.as_deref().unwrap_or("no reason is on record")).or_default() += 1;
    }
    let most = reasons.into_iter().max_by_key(|(reason, n)| (*n, std::cmp::Reverse(*reason)));
    let why = most.map(|(reason, n)| format!("; {n} of them: {reason}")).unwrap_or_default();
    let n_tried = summary.judged() + summary.inconclusive;
    format!("MOST WAS NOT JUDGED: {} of {} inconclusive{why}", summary.inconclusive, are(n_tried, "case"))
}

fn footer(page: &mut Page, run: &Run<'_>, summary: &Summary, strictness: Strictness) {
    let status = summary.status(strictness);
    page.blank();
    if summary.is_mostly_inconclusive() {
        page.heading(Ink::Bad, &mostly_inconclusive(run, summary));
        page.blank();
    }
    page.heading(Ink::of_status(status), &summary.to_string());
    let mut because = summary.because(strictness);
    if let Some(reason) = run.ended_early() {
        because.push_str(": ");
        because.push_str(reason);
    }
    page.text(0, &format!("exit status {}: {because}", status.code()));
}
