//! Markdown for a pull-request comment or a step summary: the counts, what would explain the departures, then each kind
//! once. However much a target gets wrong, and however long its answers are, it fits into a comment.
//!
//! What a target sent only stands in code spans and code blocks, in which nothing is a link, a mention or HTML.

use std::collections::BTreeMap;

use setpresence_core::event::{CaseRecord, LikelyCause, RunEvent};
use setpresence_core::judge::Verdict;

use crate::alike::{self, Group};
use crate::run::Run;
use crate::seen::measured;
use crate::summary::{Status, Strictness, Summary};
use crate::text::{clean, counted};
use crate::told::what;
use crate::{beside, left};

/// A comment on GitHub has at most 65,536 characters; the rest is for what is put around ours.
pub(crate) const ROOM: usize = 60_000;
/// Kept free for what comes after the departures.
const ROOM_FOR_THE_END: usize = 8_000;
/// What the commands of one departure may take, and what a snapshot says otherwise.
const ROOM_FOR_A_BLOCK: usize = 6_000;
/// How much is shown of one text: a target may answer with megabytes.
const TEXT_SHOWN: usize = 600;
/// How many things of one kind are listed at the top, where each has a line of its own.
const LISTED: usize = 8;
/// How many cases of one kind are named.
const NAMED: usize = 20;

/// How much is told of a kind of departure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    /// Without the commands and the names of the others.
    Short,
}

/// The report of a run.
pub(crate) fn report(events: &[RunEvent], strictness: Strictness) -> String {
    let run = Run::of(events);
    let summary = Summary::of(events);
    let mut out = head(&run, &summary, strictness);
    run.likely_causes().iter().for_each(|one| out.push_str(&cause(one, &run)));
    stale(&mut out, &run);
    snapshot(&mut out, &run);
    let mut n_hidden = 0;
    for verdict in [Verdict::Failed, Verdict::Warned] {
        let departing = run.cases.iter().copied().filter(|case| case.verdict == verdict && case.waived.is_none());
        for group in alike::groups(departing) {
            let fits = |shown: &String| out.len() + shown.len() <= ROOM - ROOM_FOR_THE_END;
            let shown = [Extent::Whole, Extent::Short].map(|extent| departure(&group, &run, extent));
            match shown.into_iter().find(fits) {
                Some(shown) => out.push_str(&shown),
                None => n_hidden += 1,
            }
        }
    }
    if n_hidden > 0 {
        let kinds = counted(n_hidden, "more kind");
        out.push_str(&format!("\n{kinds} of departure found no room here; the other reports have them.\n"));
    }
    waived(&mut out, &run);
    not_judged(&mut out, &run);
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
            span(&start.target),
            span(&start.profile),
            span(&start.suite)
        ));
    }
    if let Some(reason) = run.ended_early() {
        out.push_str(&format!("The run ended early: {}\n\n", span(reason)));
    }
    if let Some(most) = left::mostly_inconclusive(run, summary) {
        out.push_str(&format!("**Most was not judged:** {}\n\n", span(&most)));
    }
    for warning in run.start.iter().flat_map(|start| &start.warnings).take(LISTED) {
        out.push_str(&format!("**Warning** {}\n\n", span(warning)));
    }
    out.push_str("| passed | failed | warned | observed | skipped | inconclusive | requests |\n");
    out.push_str("|---:|---:|---:|---:|---:|---:|---:|\n|");
    for verdict in Verdict::ALL {
        out.push_str(&format!(" {} |", summary.count(verdict)));
    }
    out + &format!(" {} |\n", summary.requests)
}

/// One fault often breaks many cases: what would explain them says where to look first.
fn cause(cause: &LikelyCause, run: &Run<'_>) -> String {
    let LikelyCause { mutant, about, requirement, explains, would_show, alternatives } = cause;
    let n = explains.len();
    let (of, fit) = (counted(run.n_departing(), "departure"), counted(*would_show, "case"));
    let mut out = format!(
        "\n**Likely cause** of {n} of {of}: {} breaks {}; {n} of the {fit} that this fault would show here. More: {}\n",
        span(about),
        span(requirement),
        span(&format!("setpresence explain {mutant}"))
    );
    if !alternatives.is_empty() {
        let others: Vec<String> = alternatives.iter().take(LISTED).map(|one| span(one)).collect();
        out.push_str(&format!("Or: {}\n", others.join(", ")));
    }
    out
}

fn stale(out: &mut String, run: &Run<'_>) {
    for stale in run.stale().iter().take(LISTED) {
        let (place, case, why) = (span(&stale.place), span(&stale.case), span(&stale.why));
        out.push_str(&format!("\n**Stale waiver** {place} of {case}: {why}\n"));
    }
    let n_more = run.stale().len().saturating_sub(LISTED);
    if n_more > 0 {
        out.push_str(&format!("\n**{} more** stale; the other reports have them.\n", counted(n_more, "waiver")));
    }
}

fn snapshot(out: &mut String, run: &Run<'_>) {
    let Some((path, changes)) = run.unlike_snapshot() else { return };
    out.push_str(&format!("\n**Snapshot** {}\n", span(&beside::unlike(path, changes))));
    let mut room = ROOM_FOR_A_BLOCK;
    let lines = beside::told(changes, beside::CHANGES_SHOWN).into_iter().take_while(|line| {
        room = room.saturating_sub(line.len() + 1);
        room > 0
    });
    let lines: Vec<String> = lines.collect();
    if !lines.is_empty() {
        out.push_str(&format!("\n{}", block("diff", &lines.join("\n"))));
    }
}

/// One kind of departure: what the first case of it saw, and the names of the others.
fn departure(group: &Group<'_>, run: &Run<'_>, extent: Extent) -> String {
    let Some((first, rest)) = group.split_first() else { return String::new() };
    let mut out =
        format!("\n### {} {}\n\n{}\n", first.verdict.name().to_uppercase(), span(&first.id), span(&first.title));
    let mut told = Vec::new();
    for found in &first.divergences {
        out.push_str(&format!("\n* step {}: {}\n", found.step, what(first, found)));
        if !told.contains(&found.requirement.as_str()) {
            told.push(&found.requirement);
            if let Some(known) = run.requirement(&found.requirement) {
                let (id, level) = (&found.requirement, found.level);
                out.push_str(&format!("  * {level} {}: {}\n", span(id), span(&known.sentence)));
            }
        }
        out.push_str(&format!("  * expected {}\n  * observed {}\n", span(&found.expected), span(&found.observed)));
    }
    for one in measured(first) {
        out.push_str(&format!("* measured {}\n", span(&one.to_string())));
    }
    if extent == Extent::Whole {
        out.push_str(&commands(first));
        if !rest.is_empty() {
            out.push_str(&format!("\n<details><summary>and {} more like this</summary>\n\n", rest.len()));
            out.push_str(&names("", rest));
            out.push_str("\n</details>\n");
        }
    } else if !rest.is_empty() {
        out.push_str(&format!("\nand {} more like this\n", rest.len()));
    }
    out
}

fn commands(case: &CaseRecord) -> String {
    let commands = case.reproduce.join("\n");
    match commands.len() {
        0 => String::new(),
        n if n > ROOM_FOR_A_BLOCK => {
            "\nThe commands to see it again are too long for here: HTML has them.\n".to_owned()
        }
        _ => format!("\n<details><summary>to see it again</summary>\n\n{}\n</details>\n", block("sh", &commands)),
    }
}

/// A list of the first cases, and how many more there are.
fn names(indent: &str, cases: &[&CaseRecord]) -> String {
    let mut out: String = cases.iter().take(NAMED).map(|case| format!("{indent}* {}\n", span(&case.id))).collect();
    let n_more = cases.len().saturating_sub(NAMED);
    if n_more > 0 {
        out.push_str(&format!("{indent}* and {n_more} more\n"));
    }
    out
}

/// What is accepted, the cases of one reason together.
fn waived(out: &mut String, run: &Run<'_>) {
    let mut accepted: BTreeMap<(&str, bool), Vec<&CaseRecord>> = BTreeMap::new();
    let mut places = BTreeMap::new();
    for case in run.cases.iter().copied().filter(|case| case.is_waived()) {
        if let Some(waived) = &case.waived {
            let key = (waived.reason.as_str(), waived.is_flaky);
            accepted.entry(key).or_default().push(case);
            places.entry(key).or_insert(&waived.place);
        }
    }
    let n_cases: usize = accepted.values().map(Vec::len).sum();
    if n_cases == 0 {
        return;
    }
    out.push_str(&format!("\n<details><summary>{} waived</summary>\n\n", counted(n_cases, "departure")));
    let mut n_hidden = 0;
    for ((key, cases), place) in accepted.iter().zip(places.values()) {
        let (reason, is_flaky) = *key;
        let mark = if is_flaky { " (flaky)" } else { "" };
        let (reason, place) = (span(reason), span(place));
        let shown = match cases.as_slice() {
            [case] => format!("* {}{mark}: {reason} ({place})\n", span(&case.id)),
            _ => format!("* {}{mark}: {reason} ({place} …)\n{}", counted(cases.len(), "case"), names("  ", cases)),
        };
        if out.len() + shown.len() < ROOM - ROOM_FOR_THE_END / 2 {
            out.push_str(&shown);
        } else {
            n_hidden += cases.len();
        }
    }
    if n_hidden > 0 {
        out.push_str(&format!("* and {n_hidden} more\n"));
    }
    out.push_str("\n</details>\n");
}

/// What was not judged, by reason.
fn not_judged(out: &mut String, run: &Run<'_>) {
    let left: Vec<_> = [Verdict::Inconclusive, Verdict::Skipped]
        .into_iter()
        .flat_map(|verdict| left::in_short(run, verdict))
        .collect();
    let n_left: usize = left.iter().map(|left| left.cases.len()).sum();
    if n_left == 0 {
        return;
    }
    out.push_str(&format!("\n<details><summary>{} not judged</summary>\n\n", counted(n_left, "case")));
    let mut n_hidden = 0;
    for left in left {
        let line = format!("* {} {}: {}\n", left.cases.len(), left.verdict.name(), span(&left.reason));
        if out.len() + line.len() < ROOM {
            out.push_str(&line);
        } else {
            n_hidden += left.cases.len();
        }
    }
    if n_hidden > 0 {
        out.push_str(&format!("* {n_hidden} more for other reasons\n"));
    }
    out.push_str("\n</details>\n");
}

/// A code span with the beginning of a text.
fn span(text: &str) -> String {
    let text = clean(text);
    match text.char_indices().nth(TEXT_SHOWN) {
        Some((end, _)) => code(&format!("{}…", &text[..end])),
        None => code(&text),
    }
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
fn block(language: &str, text: &str) -> String {
    let fence = "`".repeat((longest_run(text) + 1).max(3));
    let lines: String = text.split('\n').map(|line| format!("{}\n", clean(line))).collect();
    format!("{fence}{language}\n{lines}{fence}\n")
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
