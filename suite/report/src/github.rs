//! Annotations, as workflow commands of GitHub Actions.
//!
//! Departures that are alike share one: ten errors and ten warnings are all that a step shows.

use setpresence_core::event::RunEvent;
use setpresence_core::judge::Verdict;

use crate::alike::{self, Group};
use crate::beside::{self, Kind};
use crate::console::Options;
use crate::left;
use crate::run::Run;
use crate::summary::{Status, Strictness, Summary};
use crate::told::{departure, likely, path};

/// How many annotations of one kind GitHub shows of a step.
pub(crate) const SHOWN: usize = 10;

/// The annotations of a run, a line each: how it went first, then what fails it beside its cases, as whatever comes after
/// the tenth is shown nowhere.
pub(crate) fn report(events: &[RunEvent], options: &Options) -> String {
    let run = Run::of(events);
    let summary = Summary::of(events);
    let strictness = options.strictness;
    let mut out = Annotations { text: String::new(), n_errors: 0, n_warnings: 0, most: options.annotations.max(1) };
    let is_good = summary.status(strictness) == Status::Conforms;
    let how = if is_good { "notice" } else { "error" };
    out.put(how, "", &on("setPresence", &run), &how_it_went(&run, &summary, strictness));
    let mut beside = beside::all(&run, &summary, strictness);
    beside.retain(|one| one.kind != Kind::Run);
    let n_shown = out.room("error").min(beside.len());
    for one in &beside[..n_shown] {
        let place = one.place.as_ref().map(|(file, line)| format!("file={},line={line}", property(file)));
        out.put("error", &place.unwrap_or_default(), &on(title(one.kind), &run), &one.details);
    }
    if beside.len() > n_shown {
        let more = format!("{} more stale waivers or changes of the snapshot", beside.len() - n_shown);
        out.put("notice", "", &on("setPresence", &run), &more);
    }
    for (verdict, command) in [(Verdict::Failed, "error"), (Verdict::Warned, "warning")] {
        let command = if strictness.decides(verdict) { "error" } else { command };
        let departing = run.cases.iter().copied().filter(|case| case.verdict == verdict && case.waived.is_none());
        let groups = alike::groups(departing);
        let n_shown = out.room(command).min(groups.len());
        for group in &groups[..n_shown] {
            annotate(&mut out, command, group, &run);
        }
        if groups.len() > n_shown {
            let more = format!("{} more kinds of {} cases", groups.len() - n_shown, verdict.name());
            out.put("notice", "", &on("setPresence", &run), &more);
        }
    }
    out.text
}

const fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Waiver => "stale waiver",
        Kind::Snapshot => "snapshot",
        Kind::Run => "run",
    }
}

/// The counts, why the status is what it is, and what would explain it.
fn how_it_went(run: &Run<'_>, summary: &Summary, strictness: Strictness) -> String {
    let mut because = summary.because(strictness);
    if let Some(reason) = run.ended_early() {
        because.push_str(&format!(": {reason}"));
    }
    let mut lines = vec![format!("{summary}: {because}")];
    lines.extend(left::mostly_inconclusive(run, summary).map(|most| format!("most was not judged: {most}")));
    lines.extend(run.start.iter().flat_map(|start| &start.warnings).map(|warning| format!("warning: {warning}")));
    lines.extend(run.likely_causes().iter().map(|cause| likely(cause, run)));
    lines.join("\n")
}

/// What it is about and the target: several may be judged in one step.
fn on(what: &str, run: &Run<'_>) -> String {
    run.start.map_or_else(|| what.to_owned(), |start| format!("{what} on {}", start.target))
}

fn annotate(out: &mut Annotations, command: &str, group: &Group<'_>, run: &Run<'_>) {
    let Some(first) = group.first() else { return };
    let place = format!("file={},line={}", property(&path(first)), first.line.max(1));
    let mut lines = vec![first.title.clone()];
    for found in &first.divergences {
        lines.push(departure(found));
        if let Some(known) = run.requirement(&found.requirement) {
            lines.push(format!("{} {}: {}", found.level, found.requirement, known.sentence));
        }
    }
    if group.len() > 1 {
        lines.push(format!("and {} more like this", group.len() - 1));
    }
    out.put(command, &place, &on(&first.id, run), &lines.join("\n"));
}

/// The lines, and how many there are of each kind that GitHub counts.
struct Annotations {
    text: String,
    n_errors: usize,
    n_warnings: usize,
    most: usize,
}

impl Annotations {
    /// How many more of a kind are shown.
    fn room(&self, command: &str) -> usize {
        let n_put = if command == "error" { self.n_errors } else { self.n_warnings };
        self.most.saturating_sub(n_put)
    }

    fn put(&mut self, command: &str, place: &str, title: &str, message: &str) {
        match command {
            "error" => self.n_errors += 1,
            "warning" => self.n_warnings += 1,
            _ => {}
        }
        let comma = if place.is_empty() { "" } else { "," };
        self.text.push_str(&format!("::{command} {place}{comma}title={}::{}\n", property(title), data(message)));
    }
}

/// A message: the line end and the escape character itself are escaped; the rest is cleaned as for a terminal.
fn data(text: &str) -> String {
    let lines = text.split('\n').map(|line| crate::text::clean(line).replace('%', "%25"));
    lines.collect::<Vec<_>>().join("%0A")
}

/// The value of a property may not have the characters that end it, either.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
