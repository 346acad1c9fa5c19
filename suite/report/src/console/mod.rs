//! The console report: what is judged, how much was judged and what would unlock the rest, each departure
//! with what was expected beside what was observed, and the summary.

mod finding;
pub(crate) mod page;

use std::collections::{BTreeMap, BTreeSet};

use setpresence_core::event::{CaseRecord, Measurement, RequirementRecord, RunEvent};
use setpresence_core::judge::Verdict;

use crate::run::Run;
use crate::summary::{Strictness, Summary};
use crate::text::counted;
use crate::{alike, beside, github, left};
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
    /// How many annotations of a kind the `github` report may have: those of one step share what GitHub shows.
    pub annotations: usize,
}

impl Options {
    /// The width where nothing tells the terminal's.
    pub const WIDTH: usize = 100;
}

impl Default for Options {
    fn default() -> Self {
        Self {
            style: Style::Plain,
            detail: Detail::Grouped,
            strictness: Strictness::Must,
            width: Self::WIDTH,
            annotations: github::SHOWN,
        }
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

impl Detail {
    /// How many of a list are shown: all of them only where everything is.
    const fn at_most(self, most: usize) -> usize {
        match self {
            Self::Everything => usize::MAX,
            Self::Summary | Self::Grouped => most,
        }
    }
}

/// How many kinds of departures of one verdict are shown: a screen or two each in full, as more are read by nobody here.
const KINDS_SHOWN: usize = 12;
/// How many reasons are shown for which cases were left out.
const REASONS_SHOWN: usize = 8;
/// How many reasons to waive, and stale waivers.
const WAIVERS_SHOWN: usize = 8;
/// How many cases are named of one list.
pub(crate) const NAMED: usize = 20;
const MOSTLY: &str = "MOST WAS NOT JUDGED:";

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
    waived(&mut page, &run, options.detail);
    inconclusive(&mut page, &run, options.detail);
    observed(&mut page, &run, options.detail);
    measured(&mut page, &run, options.detail);
    // What is to be done stands where it is read: directly above the summary.
    stale(&mut page, &run, options.detail);
    snapshot(&mut page, &run, options.detail);
    causes(&mut page, &run);
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
        // A report of many screens says at its beginning, too, how it went.
        page.labelled(0, LABEL, "verdicts", &summary.to_string());
    }
    if let Some(reason) = run.ended_early() {
        page.labelled(0, LABEL, "ended", reason);
    }
    for warning in run.start.iter().flat_map(|start| &start.warnings) {
        page.labelled(0, LABEL, "warning", warning);
    }
    if let Some(most) = left::mostly_inconclusive(run, summary) {
        page.heading(Ink::Bad, &format!("{MOSTLY} {most}"));
    }
}

/// What was left out, and what would unlock it: the reasons say that, and those that are alike are counted.
fn skipped(page: &mut Page, run: &Run<'_>, detail: Detail) {
    let reasons = match detail {
        Detail::Everything => left::by_reason(run, Verdict::Skipped),
        Detail::Grouped | Detail::Summary => left::in_short(run, Verdict::Skipped),
    };
    if reasons.is_empty() {
        return;
    }
    let n_skipped = reasons.iter().map(|left| left.cases.len()).sum();
    page.blank();
    page.heading(Ink::Strong, &format!("{} skipped", counted(n_skipped, "case")));
    let n_shown = detail.at_most(REASONS_SHOWN).min(reasons.len());
    for left in &reasons[..n_shown] {
        page.labelled(2, 5, &format!("{:>3}", left.cases.len()), &left.reason);
        if detail == Detail::Everything {
            page.text(7, &alike::ids(&left.cases));
        }
    }
    more(page, "reason", "reasons", reasons.len() - n_shown);
}

/// That there is more, and where all of it is to be seen.
fn more(page: &mut Page, one: &str, many: &str, n: usize) {
    if n > 0 {
        page.text(2, &format!("and {n} more {} (all with --verbose)", if n == 1 { one } else { many }));
    }
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
            let groups = alike::groups(cases);
            let n_shown = groups.len().min(KINDS_SHOWN);
            for group in &groups[..n_shown] {
                page.blank();
                finding::group(page, group, &|id| run.requirement(id));
            }
            let n_cases: usize = groups[n_shown..].iter().map(Vec::len).sum();
            if n_cases > 0 {
                page.blank();
                let kinds = counted(groups.len() - n_shown, "more kind");
                let (name, cases) = (verdict.name(), counted(n_cases, "case"));
                let sentence =
                    format!("{kinds} of {name}, {cases}: --verbose shows every case, --report html=PATH too");
                page.heading(Ink::of_verdict(verdict), &sentence);
            }
        }
    }
}

/// What is accepted, the cases of one reason together.
fn waived(page: &mut Page, run: &Run<'_>, detail: Detail) {
    let mut accepted: BTreeMap<(&str, bool), Vec<(&CaseRecord, &str)>> = BTreeMap::new();
    for case in run.cases.iter().copied().filter(|case| case.is_waived()) {
        if let Some(waived) = &case.waived {
            accepted.entry((&waived.reason, waived.is_flaky)).or_default().push((case, &waived.place));
        }
    }
    if accepted.is_empty() {
        return;
    }
    let n_cases = accepted.values().map(Vec::len).sum();
    page.blank();
    page.heading(Ink::Warning, &format!("WAIVED  {}", counted(n_cases, "case")));
    let n_shown = detail.at_most(WAIVERS_SHOWN).min(accepted.len());
    for ((reason, is_flaky), cases) in accepted.iter().take(n_shown) {
        let mark = if *is_flaky { "flaky, " } else { "" };
        match cases.as_slice() {
            [(case, place)] => page.text(2, &format!("{} ({mark}{place}): {reason}", case.id)),
            [(_, first), ..] => {
                let more = if cases.iter().all(|(_, place)| place == first) { "" } else { " and on" };
                page.text(2, &format!("{} ({mark}{first}{more}): {reason}", counted(cases.len(), "case")));
                let cases: Vec<&CaseRecord> = cases.iter().map(|(case, _)| *case).collect();
                page.text(4, &alike::some_ids(&cases, detail.at_most(NAMED)));
            }
            [] => {}
        }
    }
    more(page, "reason", "reasons", accepted.len() - n_shown);
}

/// Waivers that are stale: what to do about each.
fn stale(page: &mut Page, run: &Run<'_>, detail: Detail) {
    let stale = run.stale();
    let n_shown = detail.at_most(WAIVERS_SHOWN).min(stale.len());
    for one in &stale[..n_shown] {
        page.blank();
        page.heading(Ink::Bad, &format!("STALE  the waiver {} of {}", one.place, one.case));
        page.text(2, &one.why);
    }
    more(page, "stale waiver", "stale waivers", stale.len() - n_shown);
}

/// What the snapshot says otherwise.
fn snapshot(page: &mut Page, run: &Run<'_>, detail: Detail) {
    let Some((path, changes)) = run.unlike_snapshot() else { return };
    page.blank();
    page.heading(Ink::Bad, &format!("SNAPSHOT  {}", beside::unlike(path, changes)));
    for line in beside::told(changes, detail.at_most(beside::CHANGES_SHOWN)) {
        page.heading(Ink::Plain, &format!("  {line}"));
    }
}

/// One fault often breaks many cases: what would explain them says where to look first.
fn causes(page: &mut Page, run: &Run<'_>) {
    for cause in run.likely_causes() {
        let n_explained = cause.explains.len();
        page.blank();
        let of = format!("{n_explained} of {}", counted(run.n_departing(), "departure"));
        page.heading(Ink::Strong, &format!("LIKELY CAUSE  of {of}: {}", cause.about));
        page.labelled(2, LABEL, "breaks", &cause.requirement);
        let fit = format!("{n_explained} of the {} that this fault would show here", counted(cause.would_show, "case"));
        page.labelled(2, LABEL, "fits", &fit);
        if !cause.alternatives.is_empty() {
            page.labelled(2, LABEL, "or", &cause.alternatives.join(", "));
        }
        page.labelled(2, LABEL, "more", &format!("setpresence explain {}", cause.mutant));
    }
}

fn inconclusive(page: &mut Page, run: &Run<'_>, detail: Detail) {
    let reasons = left::by_reason(run, Verdict::Inconclusive);
    let n_shown = detail.at_most(REASONS_SHOWN).min(reasons.len());
    for left in &reasons[..n_shown] {
        page.blank();
        page.heading(Ink::Warning, &format!("INCONCLUSIVE  {}", counted(left.cases.len(), "case")));
        page.labelled(2, LABEL, "reason", &left.reason);
        page.labelled(2, LABEL, "cases", &alike::some_ids(&left.cases, detail.at_most(NAMED)));
    }
    more(page, "reason why cases are inconclusive", "reasons why cases are inconclusive", reasons.len() - n_shown);
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

fn footer(page: &mut Page, run: &Run<'_>, summary: &Summary, strictness: Strictness) {
    let status = summary.status(strictness);
    page.blank();
    if let Some(most) = left::mostly_inconclusive(run, summary) {
        page.heading(Ink::Bad, &format!("{MOSTLY} {most}"));
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
