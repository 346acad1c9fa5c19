//! The matrix as one HTML file: what each implementation does, to publish.
//!
//! Without scripts every row is shown; with them, those first in which a target departs or in which they differ.

use super::{Cell, Head, Matrix, Row};
use crate::html::{POLICY, STYLE, escaped, fragment};
use crate::summary::Status;
use crate::text::counted;

const OWN_STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

pub(super) fn report(matrix: &Matrix<'_>) -> String {
    let targets = counted(matrix.heads.len(), "target");
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>setPresence: {targets} side by side</title>\n<style>\n{STYLE}{OWN_STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#cases\">Skip to the cases</a>\n<header>\n<h1>setPresence conformance: {targets} side by side</h1>\n"
    );
    page.push_str("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"The targets\"><table><thead><tr>");
    page.push_str("<th scope=\"col\">Target</th><th scope=\"col\">Profile</th><th scope=\"col\">How it went</th></tr></thead><tbody>\n");
    for head in &matrix.heads {
        put_head(&mut page, head, matrix);
    }
    page.push_str(&format!("</tbody></table></div>\n<p>Suite {}</p>\n</header>\n<main>\n", escaped(matrix.suite())));
    page.push_str(
        "<form id=\"filter\" role=\"search\">\n<label>Search <input type=\"search\" id=\"search\" \
         placeholder=\"id, title or sentence\"></label>\n<label><input type=\"checkbox\" id=\"all\"> also where the targets are alike \
         and none departs</label>\n<p id=\"shown\" role=\"status\" aria-live=\"polite\"></p>\n</form>\n",
    );
    table(&mut page, matrix, "requirements", "Requirement", &matrix.requirements);
    table(&mut page, matrix, "cases", "Case", &matrix.cases);
    page.push_str(&format!("</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n"));
    page
}

fn put_head(page: &mut String, head: &Head<'_>, matrix: &Matrix<'_>) {
    let class = match head.status(matrix.strictness) {
        Status::Conforms => "passed",
        Status::Departs => "failed",
        Status::Unjudged | Status::Interrupted => "inconclusive",
    };
    let name = escaped(head.name);
    let name = match head.page {
        Some(path) => format!("<a href=\"{}\">{name}</a>", fragment(path)),
        None => name,
    };
    page.push_str(&format!(
        "<tr><th scope=\"row\">{name} <small>{}</small></th><td>{}</td><td class=\"{class}\">{}</td></tr>\n",
        escaped(head.target),
        escaped(head.profile),
        escaped(&head.because(matrix.strictness))
    ));
}

fn table(page: &mut String, matrix: &Matrix<'_>, id: &str, noun: &str, rows: &[Row<'_>]) {
    page.push_str(&format!(
        "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\" tabindex=\"-1\">{noun} × target</h2>\n\
         <div class=\"wide\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{id}\"><table class=\"rows\"><thead><tr><th scope=\"col\">{noun}</th>"
    ));
    for head in &matrix.heads {
        page.push_str(&format!("<th scope=\"col\">{}</th>", escaped(head.name)));
    }
    page.push_str("</tr></thead><tbody>\n");
    for row in rows {
        put_row(page, matrix, row, id == "cases");
    }
    page.push_str("</tbody></table></div>\n</section>\n");
}

fn put_row(page: &mut String, matrix: &Matrix<'_>, row: &Row<'_>, is_case: bool) {
    let look = if row.is_worth_a_look() { " data-look=\"yes\"" } else { "" };
    let text = escaped(&format!("{} {}", row.id, row.about).to_lowercase());
    let (id, about) = (escaped(row.id), escaped(row.about));
    page.push_str(&format!(
        "<tr data-text=\"{text}\"{look}><th scope=\"row\"><code>{id}</code> <small>{about}</small></th>"
    ));
    for (head, cell) in matrix.heads.iter().zip(&row.cells) {
        match cell {
            Some(cell) => put_cell(page, head, row, cell, is_case),
            None => page.push_str("<td>–</td>"),
        }
    }
    page.push_str("</tr>\n");
}

fn put_cell(page: &mut String, head: &Head<'_>, row: &Row<'_>, cell: &Cell, is_case: bool) {
    let label = escaped(&cell.label());
    let label = match head.page {
        Some(path) if is_case => format!("<a href=\"{}#{}\">{label}</a>", fragment(path), fragment(row.id)),
        _ => label,
    };
    let observed: String = cell.observed.iter().map(|seen| format!("<small>{}</small>", escaped(seen))).collect();
    page.push_str(&format!("<td class=\"{}\">{label}{observed}</td>", cell.verdict.name()));
}
