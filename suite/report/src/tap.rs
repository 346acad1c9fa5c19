//! The Test Anything Protocol, version 14.

use setpresence_core::event::{CaseRecord, RunEvent};

use crate::beside::{self, Kind};
use crate::run::Run;
use crate::summary::{Strictness, Summary};
use crate::text::clean;
use crate::told::{Standing, because, details, likely, on_record};

/// The report of a run. What was not judged is a `SKIP`, what is waived a `TODO`, both with the reason.
pub(crate) fn report(events: &[RunEvent], strictness: Strictness) -> String {
    let run = Run::of(events);
    // Why a run ended early is what `Bail out!` is for.
    let mut beside = beside::all(&run, &Summary::of(events), strictness);
    beside.retain(|one| one.kind != Kind::Run);
    let mut out = format!("TAP version 14\n1..{}\n", run.cases.len() + beside.len());
    if let Some(start) = run.start {
        out.push_str(&format!("# setPresence {} on {}\n", clean(&start.profile), clean(&start.target)));
    }
    for cause in run.likely_causes() {
        out.push_str(&format!("# {}\n", clean(&likely(cause, &run))));
    }
    for (index, case) in run.cases.iter().enumerate() {
        test(&mut out, index + 1, case, &run, strictness);
    }
    for (index, one) in beside.iter().enumerate() {
        out.push_str(&format!("not ok {} - {}\n", run.cases.len() + index + 1, description(&one.id)));
        block(&mut out, one.kind.name(), &one.details);
    }
    if let Some(reason) = run.ended_early() {
        out.push_str(&format!("Bail out! {}\n", clean(reason)));
    }
    out
}

fn test(out: &mut String, number: usize, case: &CaseRecord, run: &Run<'_>, strictness: Strictness) {
    let standing = Standing::of(case, strictness);
    let (ok, directive) = match standing {
        Standing::Passed => ("ok", String::new()),
        Standing::Failed => ("not ok", String::new()),
        Standing::Waived => ("not ok", format!(" # TODO {}", because(case))),
        Standing::Left => ("ok", format!(" # SKIP {}", because(case))),
    };
    out.push_str(&format!("{ok} {number} - {}{directive}\n", description(&case.id)));
    let text = if case.divergences.is_empty() { on_record(case) } else { Some(details(case, run)) };
    if let Some(text) = text {
        block(out, case.verdict.name(), &text);
    }
}

fn block(out: &mut String, verdict: &str, text: &str) {
    out.push_str(&format!("  ---\n  verdict: {verdict}\n  message: |\n"));
    for line in text.lines() {
        out.push_str(&format!("    {line}\n"));
    }
    out.push_str("  ...\n");
}

/// A `#` would begin a directive.
fn description(text: &str) -> String {
    clean(text).replace('\\', "\\\\").replace('#', "\\#")
}
