//! The top of the page: what departs and why, each kind once.

use setpresence_core::event::{CaseRecord, LikelyCause};
use setpresence_core::judge::Verdict;

use super::{escaped, link};
use crate::alike::{self, Group};
use crate::left;
use crate::run::Run;
use crate::seen::measured;
use crate::text::counted;
use crate::told::what;

/// How many of the cases that are alike are named before the rest is only counted.
const NAMED: usize = 50;

/// What would explain what departs, and then every kind of departure, the musts first.
pub(super) fn put(page: &mut String, run: &Run<'_>) {
    causes(page, run);
    let departing =
        |verdict| run.cases.iter().copied().filter(move |case| case.verdict == verdict && !case.is_waived());
    let groups: Vec<Group<'_>> =
        [Verdict::Failed, Verdict::Warned].into_iter().flat_map(|verdict| alike::groups(departing(verdict))).collect();
    page.push_str("<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">What departs</h2>\n");
    if groups.is_empty() {
        let has_waived = run.cases.iter().any(|case| case.is_waived());
        page.push_str(if has_waived {
            "<p>Nothing departs beyond what is waived.</p>\n"
        } else {
            "<p>Nothing that was judged departs from the documentation.</p>\n"
        });
    }
    for group in &groups {
        kind(page, group, run);
    }
    waived(page, run);
    page.push_str("</section>\n");
    not_judged(page, run);
}

/// What was not judged, and what would unlock it.
fn not_judged(page: &mut String, run: &Run<'_>) {
    let left: Vec<_> = [Verdict::Inconclusive, Verdict::Skipped]
        .into_iter()
        .flat_map(|verdict| left::in_short(run, verdict))
        .collect();
    if left.is_empty() {
        return;
    }
    page.push_str("<section aria-labelledby=\"left\">\n<h2 id=\"left\">Not judged</h2>\n<ul>\n");
    for one in left.iter().take(NAMED) {
        let (n, verdict, reason) = (one.cases.len(), one.verdict.name(), escaped(&one.reason));
        page.push_str(&format!("<li class=\"{verdict}\">{n} <b>{verdict}</b>: {reason}</li>\n"));
    }
    let n_more: usize = left.iter().skip(NAMED).map(|one| one.cases.len()).sum();
    if n_more > 0 {
        page.push_str(&format!("<li>and {n_more} more in the list below, each with its reason</li>\n"));
    }
    page.push_str("</ul>\n</section>\n");
}

/// One fault often breaks many cases: what would explain them says where to look first.
fn causes(page: &mut String, run: &Run<'_>) {
    if run.likely_causes().is_empty() {
        return;
    }
    page.push_str("<section aria-labelledby=\"causes\">\n<h2 id=\"causes\">Likely cause</h2>\n");
    for cause in run.likely_causes() {
        put_cause(page, cause, run);
    }
    page.push_str("</section>\n");
}

fn put_cause(page: &mut String, cause: &LikelyCause, run: &Run<'_>) {
    let LikelyCause { mutant, about, requirement, explains, would_show, alternatives } = cause;
    let sentence = run.requirement(requirement).map_or("", |known| &known.sentence);
    page.push_str(&format!(
        "<article class=\"cause\"><h3>{}</h3>\n<p><code>{}</code> {}</p>\n",
        escaped(about),
        escaped(requirement),
        escaped(sentence)
    ));
    page.push_str(&format!(
        "<p>Explains {0} of {3}: {0} of the {1} that this fault would show here depart so. More: <code>setpresence explain {2}</code></p>\n",
        explains.len(),
        counted(*would_show, "case"),
        escaped(mutant),
        counted(run.n_departing(), "departure")
    ));
    if !alternatives.is_empty() {
        let others: Vec<String> = alternatives.iter().map(|one| format!("<code>{}</code>", escaped(one))).collect();
        page.push_str(&format!("<p>Or: {}</p>\n", others.join(", ")));
    }
    page.push_str(&format!("<details><summary>{}</summary><ul>\n", counted(explains.len(), "case")));
    for case in run.cases.iter().filter(|case| explains.contains(&case.id)).take(NAMED) {
        page.push_str(&format!("<li>{}</li>\n", link(case)));
    }
    if explains.len() > NAMED {
        page.push_str(&format!("<li>and {} more in the list below</li>\n", explains.len() - NAMED));
    }
    page.push_str("</ul></details>\n</article>\n");
}

fn kind(page: &mut String, group: &Group<'_>, run: &Run<'_>) {
    let Some((first, rest)) = group.split_first() else { return };
    let verdict = first.verdict.name();
    page.push_str(&format!(
        "<article class=\"{verdict}\"><h3><b>{verdict}</b> {}</h3>\n<p>{}</p>\n",
        escaped(&first.title),
        link(first)
    ));
    let mut told = Vec::new();
    for found in &first.divergences {
        let id = found.requirement.as_str();
        if !told.contains(&id) {
            told.push(id);
            let sentence = run.requirement(id).map_or("", |known| &known.sentence);
            page.push_str(&format!(
                "<p><b>{}</b> <code>{}</code> {}</p>\n",
                found.level,
                escaped(id),
                escaped(sentence)
            ));
        }
        page.push_str(&format!(
            "<dl class=\"diff\"><dt>step {}: {}</dt><dd class=\"good\"><i>expected</i> {}</dd><dd class=\"bad\"><i>observed</i> {}</dd></dl>\n",
            found.step,
            escaped(&what(first, found)),
            escaped(&found.expected),
            escaped(&found.observed)
        ));
    }
    for one in measured(first) {
        page.push_str(&format!("<p>measured {}</p>\n", escaped(&one.to_string())));
    }
    if !rest.is_empty() {
        page.push_str(&format!("<details><summary>and {} more like this</summary><ul>\n", rest.len()));
        for case in rest.iter().take(NAMED) {
            page.push_str(&format!("<li>{}</li>\n", link(case)));
        }
        if rest.len() > NAMED {
            page.push_str(&format!("<li>and {} more in the list below</li>\n", rest.len() - NAMED));
        }
        page.push_str("</ul></details>\n");
    }
    page.push_str("</article>\n");
}

fn waived(page: &mut String, run: &Run<'_>) {
    let accepted: Vec<&CaseRecord> = run.cases.iter().copied().filter(|case| case.is_waived()).collect();
    if accepted.is_empty() {
        return;
    }
    page.push_str(&format!("<details><summary>{} waived</summary><ul>\n", counted(accepted.len(), "departure")));
    for case in accepted {
        if let Some(waived) = &case.waived {
            let (reason, place) = (escaped(&waived.reason), escaped(&waived.place));
            let mark = if waived.is_flaky { ", flaky" } else { "" };
            page.push_str(&format!("<li>{} {reason} ({place}{mark})</li>\n", link(case)));
        }
    }
    page.push_str("</ul></details>\n");
}
