//! One HTML file that needs nothing else: no request leaves it, and its policy forbids any.
//!
//! The top, the tables and the list of cases are written here; what a case did is data in the file, shown by a small
//! script when the case is opened, so that thousands of cases open at once. Every text is escaped on its way in, and
//! the script only ever sets text.

mod data;
mod findings;
mod tables;
mod timeline;

use setpresence_core::event::{CaseRecord, RunEvent};
use setpresence_core::judge::Verdict;

use crate::run::Run;
use crate::summary::{Status, Strictness, Summary};
use crate::text::{clean, counted};
use crate::{beside, left};

pub(crate) const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Nothing is fetched, whatever a target sent: only what stands in the file may be used.
pub(crate) const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// How many rows of the list a browser lays out together, once one of them comes into sight; its style says how high they are.
const PART: usize = 50;

/// The report of a run.
pub(crate) fn report(events: &[RunEvent], strictness: Strictness) -> Result<String, serde_json::Error> {
    let run = Run::of(events);
    let summary = Summary::of(events);
    let target = run.start.map_or("", |start| &start.target);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>setPresence: {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#cases\">Skip to the cases</a>\n",
        escaped(target)
    );
    let mut main = String::from("<main>\n");
    findings::put(&mut main, &run);
    tables::requirements(&mut main, &run);
    tables::combinations(&mut main, &run);
    timeline::put(&mut main, &run);
    tables::aggregation(&mut main, &run);
    cases(&mut main, &run, &summary);
    head(&mut page, &run, &summary, strictness, &main);
    page.push_str(&main);
    page.push_str("</main>\n<script>\n");
    page.push_str(SCRIPT);
    page.push_str("</script>\n<script type=\"application/json\" id=\"data\">");
    page.push_str(&data::json(&run.cases)?);
    page.push_str("</script>\n</body>\n</html>\n");
    Ok(page)
}

/// The sections that a page may have, in their order.
const SECTIONS: [(&str, &str); 8] = [
    ("causes", "Likely cause"),
    ("findings", "What departs"),
    ("left", "Not judged"),
    ("requirements", "Requirements"),
    ("combinations", "Combinations"),
    ("fading", "Fading and expiry"),
    ("aggregation", "Several sessions"),
    ("cases", "Cases"),
];

/// Links to the sections that this page has.
fn contents(page: &mut String, main: &str) {
    page.push_str("<nav aria-label=\"Sections\">\n");
    for (id, name) in SECTIONS {
        if main.contains(&format!("<h2 id=\"{id}\"")) {
            page.push_str(&format!("<a href=\"#{id}\">{name}</a>\n"));
        }
    }
    page.push_str("</nav>\n");
}

/// What fails the run beside its cases, and what keeps it from saying much: above everything else.
fn notices(page: &mut String, run: &Run<'_>, summary: &Summary) {
    if let Some(most) = left::mostly_inconclusive(run, summary) {
        page.push_str(&format!("<p class=\"bad\"><strong>Most was not judged:</strong> {}</p>\n", escaped(&most)));
    }
    for warning in run.start.iter().flat_map(|start| &start.warnings) {
        page.push_str(&format!("<p class=\"warn\">Warning: {}</p>\n", escaped(warning)));
    }
    if let Some(reason) = run.ended_early() {
        page.push_str(&format!("<p class=\"bad\">The run ended early: {}</p>\n", escaped(reason)));
    }
    for stale in run.stale() {
        let (place, why) = (escaped(&stale.place), escaped(&stale.why));
        page.push_str(&format!("<p class=\"bad\">Stale waiver {place}: {why}</p>\n"));
    }
    if let Some((path, changes)) = run.unlike_snapshot() {
        page.push_str(&format!("<p class=\"bad\">Snapshot: {}</p>\n", escaped(&beside::unlike(path, changes))));
        let lines = beside::told(changes, beside::CHANGES_SHOWN);
        if !lines.is_empty() {
            page.push_str(&format!("<pre>{}</pre>\n", escaped_lines(&lines)));
        }
    }
}

fn escaped_lines(lines: &[String]) -> String {
    lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("\n")
}

fn head(page: &mut String, run: &Run<'_>, summary: &Summary, strictness: Strictness, main: &str) {
    let class = match summary.status(strictness) {
        Status::Conforms => "passed",
        Status::Departs => "failed",
        Status::Unjudged | Status::Interrupted => "inconclusive",
    };
    page.push_str(&format!("<header class=\"{class}\">\n<h1>setPresence conformance</h1>\n"));
    page.push_str(&format!("<p class=\"status\">{}</p>\n", escaped(&summary.because(strictness))));
    if let Some(start) = run.start {
        page.push_str(&format!(
            "<dl><dt>Target</dt><dd>{}</dd><dt>Profile</dt><dd>{}: {}</dd><dt>Clock</dt><dd>{}</dd><dt>Judged</dt>\
             <dd>{} of {}</dd><dt>Verdicts</dt><dd>{}</dd><dt>Suite</dt><dd>{}</dd></dl>\n",
            escaped(&start.target),
            escaped(&start.profile),
            escaped(&start.profile_about),
            escaped(&start.clock),
            summary.judged(),
            counted(start.cases.max(summary.total()), "case"),
            escaped(&summary.to_string()),
            escaped(&start.suite),
        ));
    }
    notices(page, run, summary);
    contents(page, main);
    page.push_str("</header>\n");
}

/// The list of cases with its filter. What a case did is filled in when it is opened.
fn cases(page: &mut String, run: &Run<'_>, summary: &Summary) {
    page.push_str(
        "<section aria-labelledby=\"cases\">\n<h2 id=\"cases\" tabindex=\"-1\">Cases</h2>\n<form id=\"filter\" role=\"search\">\n\
         <label>Search <input type=\"search\" id=\"search\" placeholder=\"id, title or requirement\"></label>\n\
         <fieldset><legend>Verdicts</legend>\n",
    );
    for verdict in Verdict::ALL {
        let name = verdict.name();
        page.push_str(&format!(
            "<label class=\"{name}\"><input type=\"checkbox\" name=\"{name}\" checked> {name} {}</label>\n",
            summary.count(verdict)
        ));
    }
    page.push_str(
        "</fieldset>\n<p id=\"shown\" role=\"status\" aria-live=\"polite\"></p>\n</form>\n\
         <noscript><p>Without scripts the cases are listed, but not what each of them did.</p></noscript>\n<div id=\"list\">\n",
    );
    for (part, cases) in run.cases.chunks(PART).enumerate() {
        page.push_str("<div>\n");
        for (index, case) in cases.iter().enumerate() {
            let (index, id, verdict) = (part * PART + index, escaped(&case.id), case.verdict.name());
            page.push_str(&format!(
                "<div class=\"{verdict}\" id=\"{id}\" data-n=\"{index}\" data-r=\"{}\"><button aria-expanded=\"false\">\
                 <b>{}</b> <code>{id}</code> <span>{}</span></button></div>\n",
                escaped(&case.requirements.join(" ")),
                label(case),
                escaped(&case.title),
            ));
        }
        page.push_str("</div>\n");
    }
    page.push_str("</div>\n</section>\n");
}

/// The verdict in words: colour alone tells nothing to some readers.
fn label(case: &CaseRecord) -> String {
    if case.is_waived() { format!("{} (waived)", case.verdict.name()) } else { case.verdict.name().to_owned() }
}

/// A link to a case.
fn link(case: &CaseRecord) -> String {
    format!("<a href=\"#{}\"><code>{}</code></a>", fragment(&case.id), escaped(&case.id))
}

/// An id as the fragment of a link.
pub(crate) fn fragment(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A text for an element or a quoted attribute: cleaned, and with every character escaped that HTML gives a meaning.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
