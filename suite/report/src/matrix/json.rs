//! The matrix for programs; described by `fixtures/schema/matrix.schema.json`.

use std::collections::BTreeMap;

use serde::Serialize;
use setpresence_core::event::FORMAT;

use super::{Matrix, Row};
use crate::summary::Summary;
use crate::text::pretty;

#[derive(Serialize)]
struct Report<'m> {
    format: u32,
    suite: &'m str,
    targets: Vec<Target<'m>>,
    requirements: Vec<Line<'m>>,
    cases: Vec<Line<'m>>,
}

#[derive(Serialize)]
struct Target<'m> {
    name: &'m str,
    target: &'m str,
    profile: &'m str,
    summary: Summary,
    exit_status: u8,
    because: String,
}

#[derive(Serialize)]
struct Line<'m> {
    id: &'m str,
    about: &'m str,
    /// By the target's name; `null` where it is no part of the target's profile.
    verdicts: BTreeMap<&'m str, Option<&'static str>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    observed: BTreeMap<&'m str, &'m [String]>,
}

pub(super) fn report(matrix: &Matrix<'_>) -> Result<String, serde_json::Error> {
    let strictness = matrix.strictness;
    let targets = matrix.heads.iter().map(|head| Target {
        name: head.name,
        target: head.target,
        profile: head.profile,
        summary: head.summary,
        exit_status: head.status(strictness).code(),
        because: head.because(strictness),
    });
    pretty(&Report {
        format: FORMAT,
        suite: matrix.suite(),
        targets: targets.collect(),
        requirements: matrix.requirements.iter().map(|row| line(matrix, row)).collect(),
        cases: matrix.cases.iter().map(|row| line(matrix, row)).collect(),
    })
}

fn line<'m>(matrix: &Matrix<'m>, row: &'m Row<'_>) -> Line<'m> {
    let cells = || matrix.heads.iter().zip(&row.cells);
    let observed = |(head, cell): (_, &'m Option<super::Cell>)| {
        let head: &super::Head<'m> = head;
        cell.as_ref().filter(|cell| !cell.observed.is_empty()).map(|cell| (head.name, cell.observed.as_slice()))
    };
    Line {
        id: row.id,
        about: row.about,
        verdicts: cells().map(|(head, cell)| (head.name, cell.as_ref().map(|cell| cell.verdict.name()))).collect(),
        observed: cells().filter_map(observed).collect(),
    }
}
