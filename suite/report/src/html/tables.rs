//! The tables: requirements and how they fared, the grid of combinations, and what several sessions showed.

use std::collections::{BTreeMap, BTreeSet};

use setpresence_core::event::{CaseRecord, Exchange};
use setpresence_core::judge::Verdict;
use setpresence_core::spec::{Activity, Availability, Level};

use super::{escaped, fragment, link};
use crate::run::Run;
use crate::seen::{accepted, pair, seen};
use crate::standing::Standing;

/// How many cases the table of several sessions has at most: those that depart come first.
const ROWS: usize = 100;

/// Each requirement that a case judges, with how many of its cases got each verdict.
pub(super) fn requirements(page: &mut String, run: &Run<'_>) {
    let standings = Standing::in_run(run);
    let mut rows: BTreeMap<&str, BTreeMap<Verdict, usize>> = BTreeMap::new();
    for case in &run.cases {
        for id in &case.requirements {
            *rows.entry(id).or_default().entry(case.verdict).or_default() += 1;
        }
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    // What is broken first, then by name.
    let is_broken = |id: &str| {
        standings.get(id).map_or(0, |standing| match standing.verdict {
            Verdict::Failed => 2,
            Verdict::Warned => 1,
            Verdict::Passed | Verdict::Observed | Verdict::Skipped | Verdict::Inconclusive => 0,
        })
    };
    rows.sort_by_key(|(id, _)| std::cmp::Reverse(is_broken(id)));
    page.push_str("<section aria-labelledby=\"requirements\">\n<h2 id=\"requirements\">Requirements</h2>\n");
    page.push_str("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"The table of requirements\"><table><thead><tr><th scope=\"col\">Requirement, and the verdicts of the cases that judge it</th><th scope=\"col\">level</th>");
    for verdict in Verdict::ALL {
        page.push_str(&format!("<th scope=\"col\">{}</th>", verdict.name()));
    }
    page.push_str("</tr></thead><tbody>\n");
    for (id, counts) in rows {
        let known = run.requirement(id);
        let sentence = known.map_or("", |known| &known.sentence);
        let level = known.and_then(|known| known.level).map_or("", Level::name);
        page.push_str(&format!(
            "<tr><th scope=\"row\"><button type=\"button\" data-find=\"{0}\"><code>{0}</code></button> <small>{1}</small></th><td>{level}</td>",
            escaped(id),
            escaped(sentence)
        ));
        for verdict in Verdict::ALL {
            match counts.get(&verdict) {
                Some(n) => page.push_str(&format!("<td class=\"{}\">{n}</td>", verdict.name())),
                None => page.push_str("<td></td>"),
            }
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>\n</section>\n");
}

/// What was tried of a pair: the case, and whether the target took it.
struct Tried<'log> {
    case: &'log CaseRecord,
    is_taken: Option<bool>,
}

/// Every pair of documented names that a case tries, availability by activity.
pub(super) fn combinations(page: &mut String, run: &Run<'_>) {
    let mut cells: BTreeMap<(String, String), Tried<'_>> = BTreeMap::new();
    for case in run.cases.iter().copied().filter(|case| case.family == "combinations") {
        if let Some((pair, is_taken)) = case.exchanges.iter().find_map(judged_pair) {
            let is_worse = |known: &Tried<'_>| rank(case.verdict) > rank(known.case.verdict);
            if cells.get(&pair).is_none_or(is_worse) {
                cells.insert(pair, Tried { case, is_taken });
            }
        }
    }
    if cells.is_empty() {
        return;
    }
    let activities: BTreeSet<&str> = cells.keys().map(|(_, activity)| activity.as_str()).collect();
    let availabilities: BTreeSet<&str> = cells.keys().map(|(availability, _)| availability.as_str()).collect();
    page.push_str(
        "<section aria-labelledby=\"combinations\">\n<h2 id=\"combinations\">Combinations</h2>\n\
         <p>✓ accepted, ✗ refused, ? no answer; the colour is the verdict. Each cell leads to its case; other spellings are in the list below.</p>\n\
         <div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"The table of combinations\"><table class=\"grid\"><thead><tr><td></td>",
    );
    for activity in &activities {
        page.push_str(&format!("<th scope=\"col\"><span>{}</span></th>", escaped(activity)));
    }
    page.push_str("</tr></thead><tbody>\n");
    for availability in availabilities {
        page.push_str(&format!("<tr><th scope=\"row\">{}</th>", escaped(availability)));
        for activity in &activities {
            match cells.get(&(availability.to_owned(), (*activity).to_owned())) {
                None => page.push_str("<td></td>"),
                Some(tried) => page.push_str(&cell(tried, availability, activity)),
            }
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>\n</section>\n");
}

fn cell(tried: &Tried<'_>, availability: &str, activity: &str) -> String {
    let (mark, word) = match tried.is_taken {
        Some(true) => ("✓", "accepted"),
        Some(false) => ("✗", "refused"),
        None => ("?", "no answer"),
    };
    let verdict = tried.case.verdict.name();
    let name = escaped(&format!("{availability}/{activity}: {word}, {verdict}"));
    format!(
        "<td class=\"{verdict}\"><a href=\"#{}\" title=\"{name}\" aria-label=\"{name}\">{mark}</a></td>",
        fragment(&tried.case.id)
    )
}

const fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Skipped => 0,
        Verdict::Passed => 1,
        Verdict::Observed => 2,
        Verdict::Inconclusive => 3,
        Verdict::Warned => 4,
        Verdict::Failed => 5,
    }
}

/// The pair of a request under judgement, where it is made of documented names, and whether it was accepted.
fn judged_pair(exchange: &Exchange) -> Option<((String, String), Option<bool>)> {
    if exchange.role != "judged" {
        return None;
    }
    let pair = pair(exchange)?;
    let is_named = Availability::named(&pair.0).is_some() && Activity::named(&pair.1).is_some();
    is_named.then(|| (pair, accepted(exchange)))
}

/// Each case of precedence: the calls in their order, and what the reads between them showed.
pub(super) fn aggregation(page: &mut String, run: &Run<'_>) {
    let mut cases: Vec<_> =
        run.cases.iter().filter(|case| case.family == "precedence" && !case.exchanges.is_empty()).collect();
    if cases.is_empty() {
        return;
    }
    cases.sort_by_key(|case| !matches!(case.verdict, Verdict::Failed | Verdict::Warned));
    let n_left = cases.len().saturating_sub(ROWS);
    page.push_str(
        "<section aria-labelledby=\"aggregation\">\n<h2 id=\"aggregation\">Several sessions</h2>\n\
         <div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"The table of several sessions\"><table><thead><tr>\
         <th scope=\"col\">Case</th><th scope=\"col\">Calls and what a read showed after them</th><th scope=\"col\">Verdict</th></tr></thead><tbody>\n",
    );
    for case in cases.into_iter().take(ROWS) {
        let verdict = case.verdict.name();
        let told: Vec<String> = case.exchanges.iter().enumerate().filter_map(|(at, one)| told(case, at, one)).collect();
        page.push_str(&format!(
            "<tr><th scope=\"row\">{}<br><small>{}</small></th><td>{}</td><td class=\"{verdict}\">{verdict}</td></tr>\n",
            link(case),
            escaped(&case.title),
            told.join(" ")
        ));
    }
    page.push_str("</tbody></table></div>\n");
    if n_left > 0 {
        page.push_str(&format!("<p>{n_left} more cases of several sessions are in the list below.</p>\n"));
    }
    page.push_str("</section>\n");
}

fn told(case: &CaseRecord, at: usize, exchange: &Exchange) -> Option<String> {
    if let Some(seen) = seen(exchange) {
        let departs = case.divergences.iter().find(|found| found.exchange == at);
        let (class, more) = match departs {
            Some(found) => ("bad", format!(", not {}", escaped(&found.expected))),
            None => ("good", String::new()),
        };
        let due = escaped(&exchange.due.to_string());
        return Some(format!("<span class=\"{class}\">{due} → {}{more}</span>", escaped(&seen)));
    }
    let operation = exchange.request.url.rsplit('/').next().unwrap_or_default();
    let who = exchange.request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let who = who.and_then(|(_, value)| value.split(' ').nth(1)).unwrap_or("nobody");
    let what = match (operation, pair(exchange)) {
        ("setPresence", Some((availability, activity))) => format!("{availability}/{activity}"),
        (_, Some((availability, activity))) => format!("{operation} {availability}/{activity}"),
        (_, None) => operation.to_owned(),
    };
    let who = who.trim_matches(['<', '>']);
    Some(format!(
        "<span class=\"call\">{} {}: {}</span>",
        escaped(&exchange.due.to_string()),
        escaped(who),
        escaped(&what)
    ))
}
