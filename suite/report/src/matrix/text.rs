//! The matrix for a terminal.

use setpresence_core::judge::Verdict;

use super::{Cell, Matrix, Row, called, together};
use crate::console::page::{Ink, Page};
use crate::console::{Detail, Options};
use crate::text::counted;

/// Between columns.
const GAP: usize = 2;
/// Longer names are cut in the heads of columns; the list at the top has them whole.
const NAME_LONGEST: usize = 16;

pub(super) fn report(matrix: &Matrix<'_>, options: &Options) -> String {
    let mut page = Page::new(options);
    page.heading(Ink::Strong, &format!("setPresence conformance suite {}", matrix.suite()));
    let widest = matrix.heads.iter().map(|head| head.name.chars().count()).max().unwrap_or_default().min(NAME_LONGEST);
    for head in &matrix.heads {
        let what = match (head.target, head.profile) {
            ("", _) => String::new(),
            (target, profile) => format!("{target} by the profile {profile}: "),
        };
        let because = format!("{what}{}", head.because(options.strictness));
        page.labelled(0, widest + GAP, head.name, &because);
    }
    if options.detail != Detail::Summary {
        table(&mut page, matrix, "requirement", &matrix.requirements, options.detail);
        table(&mut page, matrix, "case", &matrix.cases, options.detail);
    }
    footer(&mut page, matrix);
    page.finish()
}

fn table(page: &mut Page, matrix: &Matrix<'_>, noun: &str, rows: &[Row<'_>], detail: Detail) {
    let shown: Vec<&Row<'_>> =
        rows.iter().filter(|row| detail == Detail::Everything || row.is_worth_a_look()).collect();
    page.blank();
    let told = format!("{} in which a target departs or they differ, of {}", counted(shown.len(), noun), rows.len());
    page.heading(Ink::Strong, if detail == Detail::Everything { noun } else { &told });
    if shown.is_empty() {
        return;
    }
    let width = |name: &str| name.chars().count().min(NAME_LONGEST).max(Verdict::Inconclusive.name().len()) + GAP;
    let heads = matrix.heads.iter().map(|head| {
        let name: String = head.name.chars().take(NAME_LONGEST).collect();
        (Ink::Strong, name, width(head.name))
    });
    if GAP + matrix.heads.iter().map(|head| width(head.name)).sum::<usize>() > page.width() {
        return stacked(page, matrix, &shown);
    }
    page.columns(GAP, &heads.collect::<Vec<_>>(), "");
    for group in together(shown.into_iter()) {
        let Some(first) = group.first() else { continue };
        let cells = first.cells.iter().zip(&matrix.heads).map(|(cell, head)| {
            let (ink, verdict) = shown_of(cell.as_ref());
            (ink, verdict.to_owned(), width(head.name))
        });
        page.columns(GAP, &cells.collect::<Vec<_>>(), &called(&group));
        if first.is_apart() {
            observed(page, matrix, first);
        }
    }
}

fn shown_of(cell: Option<&Cell>) -> (Ink, &'static str) {
    match cell {
        Some(cell) if cell.is_waived => (Ink::Warning, "waived"),
        Some(cell) => (Ink::of_verdict(cell.verdict), cell.verdict.name()),
        None => (Ink::Faint, "-"),
    }
}

/// The same where there are more targets than a line has room for: each below what it is about.
fn stacked(page: &mut Page, matrix: &Matrix<'_>, shown: &[&Row<'_>]) {
    let widest = matrix.heads.iter().map(|head| head.name.chars().count()).max().unwrap_or_default().min(NAME_LONGEST);
    for group in together(shown.iter().copied()) {
        let Some(first) = group.first() else { continue };
        page.text(GAP, &called(&group));
        for (cell, head) in first.cells.iter().zip(&matrix.heads) {
            let (ink, verdict) = shown_of(cell.as_ref());
            page.inked(GAP * 2, widest + GAP, head.name, ink, verdict);
        }
        if first.is_apart() {
            observed(page, matrix, first);
        }
    }
}

/// What each target does where either way is permitted and they do it differently.
fn observed(page: &mut Page, matrix: &Matrix<'_>, row: &Row<'_>) {
    for (head, cell) in matrix.heads.iter().zip(&row.cells) {
        if let Some(cell) = cell.as_ref().filter(|cell| !cell.observed.is_empty()) {
            page.text(GAP * 2, &format!("{}: {}", head.name, cell.observed.join("; ")));
        }
    }
}

fn footer(page: &mut Page, matrix: &Matrix<'_>) {
    let status = |head: &super::Head<'_>| format!("{} {}", head.name, head.status(matrix.strictness).code());
    let each: Vec<String> = matrix.heads.iter().map(status).collect();
    page.blank();
    page.text(0, &format!("exit status {}: the highest of {}", matrix.status(), each.join(", ")));
}
