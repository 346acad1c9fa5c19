//! The matrix as Markdown, for a pull request, a step summary or a page of a project.

use super::{Cell, Matrix, Row, called, together};
use crate::markdown::{ROOM, code};
use crate::summary::Status;
use crate::text::counted;

pub(super) fn report(matrix: &Matrix<'_>) -> String {
    let mut out = format!("## setPresence: {} side by side\n\n", counted(matrix.heads.len(), "target"));
    out.push_str("| | target | profile | how it went |\n|---|---|---|---|\n");
    for head in &matrix.heads {
        let mark = match head.status(matrix.strictness) {
            Status::Conforms => "✅",
            Status::Departs => "❌",
            Status::Unjudged | Status::Interrupted => "❔",
        };
        let because = in_table(&head.because(matrix.strictness));
        let (name, target, profile) = (in_table(head.name), in_table(head.target), in_table(head.profile));
        out.push_str(&format!("| {mark} {name} | {target} | {profile} | {because} |\n"));
    }
    table(&mut out, matrix, "requirement", &matrix.requirements);
    table(&mut out, matrix, "case", &matrix.cases);
    out
}

/// The rows in which a target departs or in which they differ; the others are counted.
fn table(out: &mut String, matrix: &Matrix<'_>, noun: &str, rows: &[Row<'_>]) {
    let shown: Vec<_> = rows.iter().filter(|row| row.is_worth_a_look()).collect();
    let n_rest = rows.len() - shown.len();
    out.push_str(&format!("\n### {} × target\n\n", counted(rows.len(), noun)));
    if n_rest > 0 {
        out.push_str(&format!("In {} of them the targets are alike and none departs.\n\n", n_rest));
    }
    if shown.is_empty() {
        return;
    }
    let names: Vec<String> = matrix.heads.iter().map(|head| in_table(head.name)).collect();
    out.push_str(&format!("| {noun} | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len())));
    let mut n_hidden = 0;
    for group in together(shown.into_iter()) {
        let Some(first) = group.first() else { continue };
        let cells: Vec<String> = first.cells.iter().map(|cell| cell.as_ref().map_or_else(dash, shown_in)).collect();
        let about = if group.len() == 1 { format!("<br>{}", in_table(first.about)) } else { String::new() };
        let line = format!("| {}{about} | {} |\n", in_table(&called(&group)), cells.join(" | "));
        if out.len() + line.len() > ROOM {
            n_hidden += group.len();
        } else {
            out.push_str(&line);
        }
    }
    if n_hidden > 0 {
        out.push_str(&format!("\n{} found no room here; the other reports have them.\n", counted(n_hidden, noun)));
    }
}

fn dash() -> String {
    "–".to_owned()
}

fn shown_in(cell: &Cell) -> String {
    let label = cell.label();
    let label = if label == "failed" { "**failed**".to_owned() } else { label };
    std::iter::once(label).chain(cell.observed.iter().map(|seen| in_table(seen))).collect::<Vec<_>>().join("<br>")
}

/// A code span inside of a table, where a bar would end the cell even in code.
fn in_table(text: &str) -> String {
    if text.is_empty() { String::new() } else { code(text).replace('|', "\\|") }
}
