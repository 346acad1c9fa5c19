//! Several targets side by side: each case and each requirement, with what became of it on every one of them.
//!
//! The runs are those of each target alone; nothing is judged here again. What every target does alike and as
//! documented is counted for a person, and listed for a program.

mod json;
mod markdown;
mod page;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use setpresence_core::event::{CaseRecord, RunEvent};
use setpresence_core::judge::Verdict;

use crate::console::Options;
use crate::format::{Format, RenderError};
use crate::run::Run;
use crate::standing::Standing;
use crate::summary::{Status, Strictness, Summary};

/// One target, and what its run gave.
#[derive(Clone, Copy, Debug)]
pub struct Column<'e> {
    /// What it is called.
    pub name: &'e str,
    /// The events of its run; none where nothing could be judged.
    pub events: &'e [RunEvent],
    /// Why there are none.
    pub unjudged: Option<&'e str>,
    /// Where the page of its own run stands, seen from the page of the matrix.
    pub page: Option<&'e str>,
}

/// What became of each case and requirement on each target.
#[derive(Debug)]
pub struct Matrix<'e> {
    heads: Vec<Head<'e>>,
    requirements: Vec<Row<'e>>,
    cases: Vec<Row<'e>>,
    strictness: Strictness,
}

/// A target at the top of its column.
#[derive(Debug)]
struct Head<'e> {
    name: &'e str,
    page: Option<&'e str>,
    target: &'e str,
    profile: &'e str,
    suite: &'e str,
    summary: Summary,
    unjudged: Option<&'e str>,
}

/// A case or a requirement, and what each target made of it.
#[derive(Debug)]
struct Row<'e> {
    id: &'e str,
    /// The title of a case, the sentence of a requirement.
    about: &'e str,
    /// One for each target, in their order; nothing where it is not part of the target's profile.
    cells: Vec<Option<Cell>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Cell {
    verdict: Verdict,
    is_waived: bool,
    /// What the target did where either way is permitted: targets may differ in it.
    observed: Vec<String>,
}

impl Cell {
    /// The verdict in words: colour alone tells nothing to some readers.
    fn label(&self) -> String {
        if self.is_waived { format!("{} (waived)", self.verdict.name()) } else { self.verdict.name().to_owned() }
    }
}

impl Row<'_> {
    /// Whether the targets differ in it. One that has not judged it says nothing of itself.
    fn is_apart(&self) -> bool {
        let mut judged = self.cells.iter().flatten().filter(|cell| cell.verdict.is_judged());
        judged.next().is_some_and(|first| judged.any(|other| other != first))
    }

    /// Whether a target departs in it.
    fn departs(&self) -> bool {
        self.cells.iter().flatten().any(|cell| matches!(cell.verdict, Verdict::Failed | Verdict::Warned))
    }

    fn is_worth_a_look(&self) -> bool {
        self.departs() || self.is_apart()
    }
}

impl<'e> Matrix<'e> {
    /// The formats that a matrix can be written in.
    pub const FORMATS: [Format; 4] = [Format::Console, Format::Json, Format::Markdown, Format::Html];

    /// The matrix of these targets, in their order.
    #[must_use]
    pub fn of(columns: &[Column<'e>], strictness: Strictness) -> Self {
        let runs: Vec<Run<'e>> = columns.iter().map(|column| Run::of(column.events)).collect();
        let heads = columns.iter().zip(&runs).map(|(column, run)| head(column, run)).collect();
        Self { heads, requirements: requirements(&runs), cases: cases(&runs), strictness }
    }

    /// The highest exit status of the targets.
    #[must_use]
    pub fn status(&self) -> u8 {
        self.heads.iter().map(|head| head.status(self.strictness).code()).max().unwrap_or(Status::Unjudged.code())
    }

    /// The matrix in one of [`Matrix::FORMATS`]; nothing in any other.
    ///
    /// # Errors
    /// None that an event can cause; those of the writers are passed on.
    pub fn render(&self, format: Format, options: &Options) -> Result<Option<String>, RenderError> {
        Ok(match format {
            Format::Console => Some(text::report(self, options)),
            Format::Json => Some(json::report(self)?),
            Format::Markdown => Some(markdown::report(self)),
            Format::Html => Some(page::report(self)),
            Format::Junit
            | Format::Har
            | Format::Sarif
            | Format::Tap
            | Format::Github
            | Format::Ctrf
            | Format::Badge => None,
        })
    }

    fn suite(&self) -> &'e str {
        self.heads.iter().map(|head| head.suite).find(|suite| !suite.is_empty()).unwrap_or(env!("CARGO_PKG_VERSION"))
    }
}

impl Head<'_> {
    fn status(&self, strictness: Strictness) -> Status {
        if self.unjudged.is_some() { Status::Unjudged } else { self.summary.status(strictness) }
    }

    /// How it went, in a clause.
    fn because(&self, strictness: Strictness) -> String {
        self.unjudged.map_or_else(|| self.summary.because(strictness), ToOwned::to_owned)
    }
}

fn head<'e>(column: &Column<'e>, run: &Run<'e>) -> Head<'e> {
    Head {
        name: column.name,
        page: column.page,
        target: run.start.map_or("", |start| &start.target),
        profile: run.start.map_or("", |start| &start.profile),
        suite: run.start.map_or("", |start| &start.suite),
        summary: Summary::of(column.events),
        unjudged: column.unjudged,
    }
}

fn cases<'e>(runs: &[Run<'e>]) -> Vec<Row<'e>> {
    let mut rows: BTreeMap<&str, Row<'e>> = BTreeMap::new();
    for (at, run) in runs.iter().enumerate() {
        for case in &run.cases {
            let empty = || Row { id: &case.id, about: &case.title, cells: vec![None; runs.len()] };
            let row = rows.entry(&case.id).or_insert_with(empty);
            row.cells[at] = Some(cell(case));
        }
    }
    rows.into_values().collect()
}

fn cell(case: &CaseRecord) -> Cell {
    Cell { verdict: case.verdict, is_waived: case.is_waived(), observed: case.observed.clone() }
}

fn requirements<'e>(runs: &[Run<'e>]) -> Vec<Row<'e>> {
    let standings: Vec<_> = runs.iter().map(Standing::in_run).collect();
    let ids: BTreeSet<&str> = standings.iter().flat_map(|known| known.keys().copied()).collect();
    let cell = |standing: &Standing| Cell { verdict: standing.verdict, is_waived: false, observed: Vec::new() };
    let row = |id: &'e str| Row {
        id,
        about: runs.iter().find_map(|run| run.requirement(id)).map_or("", |known| &known.sentence),
        cells: standings.iter().map(|known| known.get(id).map(cell)).collect(),
    };
    ids.into_iter().map(row).collect()
}

/// Rows that stand together: of one case file, with the same verdicts.
fn together<'m, 'e>(rows: impl Iterator<Item = &'m Row<'e>>) -> Vec<Vec<&'m Row<'e>>> {
    let mut groups: Vec<Vec<&Row<'e>>> = Vec::new();
    for row in rows {
        match groups.last_mut().filter(|group| group.first().is_some_and(|first| are_of_one_file(first, row))) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}

fn are_of_one_file(one: &Row<'_>, other: &Row<'_>) -> bool {
    parent(one.id).is_some() && parent(one.id) == parent(other.id) && one.cells == other.cells
}

/// The case file's part of the id of a row, `body/duration` of `body/duration/lower-case`.
fn parent(id: &str) -> Option<&str> {
    id.rsplit_once('/').map(|(parent, _)| parent).filter(|parent| parent.contains('/'))
}

/// What such a group is called.
fn called(group: &[&Row<'_>]) -> String {
    match group {
        [] => String::new(),
        [one] => one.id.to_owned(),
        [first, ..] => format!("{} cases of {}", group.len(), parent(first.id).unwrap_or(first.id)),
    }
}
