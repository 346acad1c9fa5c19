//! What fails a run beside its cases: a stale waiver, another snapshot, an end before its time. Tools that know only tests
//! get a test of each, so that none of them shows a run as good that is not.

use setpresence_core::event::SnapshotChange;

use crate::run::Run;
use crate::summary::{Status, Strictness, Summary};
use crate::text::{clean, counted};

/// How many cases that are not as in the snapshot are told of where a text is read by people.
pub const CHANGES_SHOWN: usize = 10;
/// How many lines are shown of each.
const LINES_SHOWN: usize = 8;
/// How much of each line: a target may answer with megabytes.
const LINE_SHOWN: usize = 300;

/// What kind of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A waiver that has nothing to accept, or is past its day.
    Waiver,
    /// A snapshot that says otherwise of what the target does.
    Snapshot,
    /// The run itself.
    Run,
}

impl Kind {
    /// What the kind is called, and the first part of the ids that tests are made of it with.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Waiver => "waivers",
            Self::Snapshot => "snapshot",
            Self::Run => "run",
        }
    }

    /// What is so where nothing is wrong.
    pub(crate) const fn rule(self) -> &'static str {
        match self {
            Self::Waiver => "A waiver has something to accept, and its last day is not past.",
            Self::Snapshot => "The target does what the snapshot says.",
            Self::Run => "The run reaches its end, and most of what it tries can be judged.",
        }
    }
}

/// One thing that fails a run. Its texts are clean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Beside {
    pub(crate) kind: Kind,
    /// Such as `waivers/target.toml:9`.
    pub(crate) id: String,
    /// What is wrong, in one line.
    pub(crate) message: String,
    /// The same with all that is known, a line for each thing.
    pub(crate) details: String,
    /// The file that it is written in, and the line.
    pub(crate) place: Option<(String, usize)>,
}

/// Everything that fails the run beside its cases.
pub(crate) fn all(run: &Run<'_>, summary: &Summary, strictness: Strictness) -> Vec<Beside> {
    let mut all = Vec::new();
    if matches!(summary.status(strictness), Status::Unjudged | Status::Interrupted) {
        let mut message = clean(&summary.because(strictness)).into_owned();
        if let Some(reason) = run.ended_early() {
            message.push_str(&format!(": {}", clean(reason)));
        }
        all.push(Beside {
            kind: Kind::Run,
            id: Kind::Run.name().to_owned(),
            details: message.clone(),
            message,
            place: None,
        });
    }
    for stale in run.stale() {
        let message = clean(&format!("the waiver of {} is stale: {}", stale.case, stale.why)).into_owned();
        all.push(Beside {
            kind: Kind::Waiver,
            id: format!("{}/{}", Kind::Waiver.name(), clean(&stale.place)),
            details: message.clone(),
            message,
            place: Some(place(&stale.place)),
        });
    }
    if let Some((path, changes)) = run.unlike_snapshot() {
        let message = clean(&unlike(path, changes)).into_owned();
        let details =
            std::iter::once(message.clone()).chain(told(changes, CHANGES_SHOWN)).collect::<Vec<_>>().join("\n");
        let (id, place) = (Kind::Snapshot.name().to_owned(), Some((clean(path).into_owned(), 1)));
        all.push(Beside { kind: Kind::Snapshot, id, details, message, place });
    }
    all
}

/// That the target does something else than the snapshot says, in one line.
pub(crate) fn unlike(path: &str, changes: &[SnapshotChange]) -> String {
    let of = if changes.is_empty() { String::new() } else { format!(" in {}", counted(changes.len(), "case")) };
    format!("the target does something else than the snapshot {path} says{of}; --update accepts it")
}

/// What a snapshot says otherwise, of the first so many cases: each line is clean.
pub fn told(changes: &[SnapshotChange], most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for change in changes.iter().take(most) {
        lines.push(format!("{:8} {}", change.name(), clean(&change.case)));
        side(&mut lines, '-', change.was.as_deref().unwrap_or_default());
        side(&mut lines, '+', change.is.as_deref().unwrap_or_default());
    }
    if changes.len() > most {
        lines.push(format!("and {} more; --report json=PATH has every one", counted(changes.len() - most, "case")));
    }
    lines
}

fn side(lines: &mut Vec<String>, sign: char, side: &[String]) {
    for line in side.iter().take(LINES_SHOWN) {
        let line = line.trim_start();
        let shown = match line.char_indices().nth(LINE_SHOWN) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line.to_owned(),
        };
        lines.push(format!("  {sign} {}", clean(&shown)));
    }
    if side.len() > LINES_SHOWN {
        lines.push(format!("  {sign} and {} more", counted(side.len() - LINES_SHOWN, "line")));
    }
}

/// The file and the line of `target.toml:12`; the first line where none is named.
fn place(text: &str) -> (String, usize) {
    let parts = text.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?)));
    let (file, line) = parts.unwrap_or((text, 1));
    (clean(file).into_owned(), line.max(1))
}
