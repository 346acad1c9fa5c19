//! The Test Anything Protocol, version 14.

use setpresence_core::event::{CaseRecord, RunEvent};

use crate::run::Run;
use crate::summary::Strictness;
use crate::text::clean;
use crate::told::{Standing, because, details, on_record};

/// The report of a run. What was not judged is a `SKIP`, what is waived a `TODO`, both with the reason.
pub(crate) fn report(events: &[RunEvent], strictness: Strictness) -> String {
    let run = Run::of(events);
    let mut out = format!("TAP version 14\n1..{}\n", run.cases.len());
    if let Some(start) = run.start {
        out.push_str(&format!("# setPresence {} on {}\n", clean(&start.profile), clean(&start.target)));
    }
    for (index, case) in run.cases.iter().enumerate() {
        test(&mut out, index + 1, case, &run, strictness);
    }
    for stale in run.stale() {
        out.push_str(&format!("# stale waiver: {}: {}\n", clean(&stale.place), clean(&stale.why)));
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
        out.push_str(&format!("  ---\n  verdict: {}\n  message: |\n", case.verdict.name()));
        for line in text.lines() {
            out.push_str(&format!("    {line}\n"));
        }
        out.push_str("  ...\n");
    }
}

/// A `#` would begin a directive.
fn description(text: &str) -> String {
    clean(text).replace('\\', "\\\\").replace('#', "\\#")
}
