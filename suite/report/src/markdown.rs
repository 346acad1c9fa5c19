//! Markdown for a pull-request comment or a step summary: the counts, then each kind of departure once.
//!
//! What a target sent only stands in code spans and code blocks, in which nothing is a link, a mention or HTML.

use std::collections::BTreeMap;

use setpresence_core::event::{CaseRecord, RunEvent};
use setpresence_core::judge::Verdict;

use crate::alike::{self, Group};
use crate::run::Run;
use crate::summary::{Status, Strictness, Summary};
use crate::text::{clean, counted};

/// A comment on GitHub has at most 65,536 characters; the rest is for what is put around ours.
pub(crate) const ROOM: usize = 60_000;
/// Kept free for what comes after the departures.
const ROOM_FOR_THE_END: usize = 4_000;

/// The report of a run.
pub(crate) fn report(events: &[RunEvent], strictness: Strictness) -> String {
    let run = Run::of(events);
    let summary = Summary::of(events);
    let mut out = head(&run, &summary, strictness);
    let mut n_hidden = 0;
    for verdict in [Verdict::Failed, Verdict::Warned] {
        let departing = run.cases.iter().copied().filter(|case| case.verdict == verdict && case.waived.is_none());
        for group in alike::groups(departing) {
            let shown = departure(&group, &run);
            if out.len() + shown.len() > ROOM - ROOM_FOR_THE_END {
                n_hidden += 1;
            } else {
                out.push_str(&shown);
            }
        }
    }
    if n_hidden > 0 {
        let kinds = counted(n_hidden, "more kind");
        out.push_str(&format!("\n{kinds} of departure found no room here; the other reports have them.\n"));
    }
    waived(&mut out, &run);
    left(&mut out, &run);
    out
}

fn head(run: &Run<'_>, summary: &Summary, strictness: Strictness) -> String {
    let mark = match summary.status(strictness) {
        Status::Conforms => "✅",
        Status::Departs => "❌",
        Status::Unjudged | Status::Interrupted => "❔",
    };
    let mut out = format!("## {mark} setPresence: {}\n\n", summary.because(strictness));
    if let Some(start) = run.start {
        out.push_str(&format!(
            "{} by the profile {}, suite {}\n\n",
            code(&start.target),
            code(&start.profile),
            code(&start.suite)
        ));
    }
    if let Some(reason) = run.ended_early() {
        out.push_str(&format!("The run ended early: {}\n\n", code(reason)));
    }
    out.push_str("| passed | failed | warned | observed | skipped | inconclusive | requests |\n");
    out.push_str("|---:|---:|---:|---:|---:|---:|---:|\n|");
    for verdict in Verdict::ALL {
        out.push_str(&format!(" {} |", summary.count(verdict)));
    }
    out.push_str(&format!(" {} |\n", summary.requests));
    for stale in run.stale() {
        out.push_str(&format!("\n**Stale waiver** {}: {}\n", code(&stale.place), code(&stale.why)));
    }
    out
}

/// One kind of departure: what the first case of it saw, and the names of the others.
fn departure(group: &Group<'_>, run: &Run<'_>) -> String {
    let Some((first, rest)) = group.split_first() else { return String::new() };
    let mut out =
        format!("\n### {} {}\n\n{}\n", first.verdict.name().to_uppercase(), code(&first.id), code(&first.title));
    let mut told = Vec::new();
    for found in &first.divergences {
        out.push_str(&format!("\n* step {}: {}\n", found.step, found.class.name().replace('-', " ")));
        if !told.contains(&found.requirement.as_str()) {
            told.push(&found.requirement);
            if let Some(known) = run.requirement(&found.requirement) {
                let (id, level) = (&found.requirement, found.level);
                out.push_str(&format!("  * {level} {}: {}\n", code(id), code(&known.sentence)));
            }
        }
        out.push_str(&format!("  * expected {}\n  * observed {}\n", code(&found.expected), code(&found.observed)));
    }
    if !first.reproduce.is_empty() {
        out.push_str("\n<details><summary>to see it again</summary>\n\n");
        out.push_str(&block(&first.reproduce.join("\n")));
        out.push_str("\n</details>\n");
    }
    if !rest.is_empty() {
        out.push_str(&format!("\n<details><summary>and {} more like this</summary>\n\n", rest.len()));
        for case in rest {
            out.push_str(&format!("* {}\n", code(&case.id)));
        }
        out.push_str("\n</details>\n");
    }
    out
}

fn waived(out: &mut String, run: &Run<'_>) {
    let accepted: Vec<_> = run.cases.iter().filter(|case| case.is_waived()).collect();
    if accepted.is_empty() {
        return;
    }
    out.push_str(&format!("\n<details><summary>{} waived</summary>\n\n", counted(accepted.len(), "departure")));
    for case in accepted {
        if let Some(waived) = &case.waived {
            let mark = if waived.is_flaky { " (flaky)" } else { "" };
            out.push_str(&format!("* {}{mark}: {} ({})\n", code(&case.id), code(&waived.reason), code(&waived.place)));
        }
    }
    out.push_str("\n</details>\n");
}

/// What was not judged, by reason.
fn left(out: &mut String, run: &Run<'_>) {
    let mut reasons: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for case in run.cases.iter().filter(|case| !case.verdict.is_judged()) {
        *reasons.entry((case.verdict.name(), reason(case))).or_default() += 1;
    }
    if reasons.is_empty() {
        return;
    }
    let n_left: usize = reasons.values().sum();
    out.push_str(&format!("\n<details><summary>{} not judged</summary>\n\n", counted(n_left, "case")));
    for ((verdict, reason), n) in reasons {
        let line = format!("* {n} {verdict}: {}\n", code(reason));
        if out.len() + line.len() < ROOM {
            out.push_str(&line);
        }
    }
    out.push_str("\n</details>\n");
}

fn reason(case: &CaseRecord) -> &str {
    case.reason.as_deref().unwrap_or("no reason is on record")
}

/// A code span, with a fence that is longer than any in the text.
pub(crate) fn code(text: &str) -> String {
    let text = clean(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let needs_room = text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if needs_room { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A code block, with a fence that is longer than any in the text.
fn block(text: &str) -> String {
    let fence = "`".repeat((longest_run(text) + 1).max(3));
    let lines: String = text.split('\n').map(|line| format!("{}\n", clean(line))).collect();
    format!("{fence}sh\n{lines}{fence}\n")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_code_span_early() {
        let rows = [
            ("a", "`a`"),
            ("a `b` c", "``a `b` c``"),
            ("`", "`` ` ``"),
            ("", "`  `"),
            ("```", "```` ``` ````"),
            ("a\nb", "`a\\nb`"),
            ("<img src=x> @all [x](y)", "`<img src=x> @all [x](y)`"),
        ];
        for (text, span) in rows {
            assert_eq!(code(text), span, "{text:?}");
        }
    }
}
