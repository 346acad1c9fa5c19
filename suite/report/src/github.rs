//! Annotations, as workflow commands of GitHub Actions.
//!
//! Departures that are alike share one: ten errors and ten warnings are all that a step shows.

use setpresence_core::event::RunEvent;
use setpresence_core::judge::Verdict;

use crate::alike::{self, Group};
use crate::run::Run;
use crate::summary::{Status, Strictness, Summary};
use crate::told::{departure, path};

/// How many annotations of one kind GitHub shows of a step.
const SHOWN: usize = 10;

/// The annotations of a run, a line each.
pub(crate) fn report(events: &[RunEvent], strictness: Strictness) -> String {
    let run = Run::of(events);
    let summary = Summary::of(events);
    let mut out = String::new();
    for (verdict, command) in [(Verdict::Failed, "error"), (Verdict::Warned, "warning")] {
        let command = if strictness.decides(verdict) { "error" } else { command };
        let departing = run.cases.iter().copied().filter(|case| case.verdict == verdict && case.waived.is_none());
        let groups = alike::groups(departing);
        let n_hidden = groups.len().saturating_sub(SHOWN);
        for group in groups.iter().take(SHOWN) {
            annotate(&mut out, command, group, &run);
        }
        if n_hidden > 0 {
            put(&mut out, "notice", "", "setPresence", &format!("{n_hidden} more kinds of {} cases", verdict.name()));
        }
    }
    for stale in run.stale() {
        put(&mut out, "error", "", "setPresence: stale waiver", &format!("{}: {}", stale.place, stale.why));
    }
    let kind = match summary.status(strictness) {
        Status::Conforms => "notice",
        Status::Departs | Status::Unjudged | Status::Interrupted => "error",
    };
    put(&mut out, kind, "", "setPresence", &format!("{summary}: {}", summary.because(strictness)));
    out
}

fn annotate(out: &mut String, command: &str, group: &Group<'_>, run: &Run<'_>) {
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
    put(out, command, &place, &first.id, &lines.join("\n"));
}

fn put(out: &mut String, command: &str, place: &str, title: &str, message: &str) {
    let comma = if place.is_empty() { "" } else { "," };
    let title = property(title);
    out.push_str(&format!("::{command} {place}{comma}title={title}::{}\n", data(message)));
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
