//! Two targets side by side, by the runs of the same cases: where they behave differently, and who of them departs.

mod sequences;

use std::collections::BTreeMap;

use setpresence_core::event::{CaseRecord, Outcome, RunEvent};
use setpresence_core::judge::Verdict;

use crate::run::Run;
use crate::seen::seen;
use crate::snapshot::steady;
use crate::text::{clean, counted};

pub use sequences::{Apart, Sequences};

/// Who departs from the documentation where two targets differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// The first of them.
    Left,
    /// The second.
    Right,
    /// Both, each in a way of its own.
    Both,
    /// The documentation leaves it open.
    Nobody,
}

impl Who {
    /// Told from whether each of them departs.
    #[must_use]
    pub const fn of(left_departs: bool, right_departs: bool) -> Self {
        match (left_departs, right_departs) {
            (true, false) => Self::Left,
            (false, true) => Self::Right,
            (true, true) => Self::Both,
            (false, false) => Self::Nobody,
        }
    }

    const ALL: [Self; 4] = [Self::Left, Self::Right, Self::Both, Self::Nobody];

    const fn words(self) -> &'static str {
        match self {
            Self::Left => "left departs",
            Self::Right => "right departs",
            Self::Both => "both depart",
            Self::Nobody => "left open",
        }
    }
}

/// A case in which two targets differ, and what each of them did where they part.
#[derive(Debug)]
struct Differing {
    who: Who,
    id: String,
    left: String,
    right: String,
}

/// Where two targets behave differently.
#[derive(Debug)]
pub struct Differences {
    names: (String, String),
    found: Vec<Differing>,
    n_alike: usize,
    n_apart: usize,
    sequences: Option<Sequences>,
}

impl Differences {
    /// Compares the runs of two targets. A case that is not judged on both is counted, and not compared.
    #[must_use]
    pub fn of(left: &[RunEvent], right: &[RunEvent]) -> Self {
        let (left, right) = (Run::of(left), Run::of(right));
        let name = |run: &Run<'_>| run.start.map_or_else(String::new, |start| start.target.clone());
        let mut differences =
            Self { names: (name(&left), name(&right)), found: Vec::new(), n_alike: 0, n_apart: 0, sequences: None };
        let mut others: BTreeMap<&str, &CaseRecord> =
            right.cases.iter().map(|case| (case.id.as_str(), *case)).collect();
        for case in &left.cases {
            match others.remove(case.id.as_str()) {
                Some(other) if case.verdict.is_judged() && other.verdict.is_judged() => {
                    differences.compare(case, other)
                }
                _ => differences.n_apart += 1,
            }
        }
        differences.n_apart += others.len();
        differences.found.sort_by(|one, other| (one.who, &one.id).cmp(&(other.who, &other.id)));
        differences
    }

    /// The same with what random sequences gave.
    #[must_use]
    pub fn with_sequences(self, sequences: Sequences) -> Self {
        Self { sequences: Some(sequences), ..self }
    }

    fn compare(&mut self, left: &CaseRecord, right: &CaseRecord) {
        let (did_left, did_right) = (doings(left), doings(right));
        let is_alike = did_left == did_right && departs(left) == departs(right);
        if is_alike {
            self.n_alike += 1;
            return;
        }
        let who = Who::of(departs(left), departs(right));
        let n_same = did_left.iter().zip(&did_right).take_while(|(one, other)| one == other).count();
        let at = |did: &[String]| did.get(n_same).cloned().unwrap_or_else(|| "went no further".to_owned());
        self.found.push(Differing { who, id: left.id.clone(), left: at(&did_left), right: at(&did_right) });
    }

    /// Whether a target departs where the other does not, or both do in their own ways.
    #[must_use]
    pub fn has_departures(&self) -> bool {
        self.found.iter().map(|found| found.who).chain(self.in_sequences()).any(|who| who != Who::Nobody)
    }

    fn in_sequences(&self) -> impl Iterator<Item = Who> {
        self.sequences.iter().flat_map(|sequences| &sequences.found).map(|apart| apart.who)
    }

    /// Whether nothing could be compared.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        let n_played = match &self.sequences {
            Some(sequences) => sequences.played - sequences.unanswered,
            None => 0,
        };
        self.found.is_empty() && self.n_alike == 0 && n_played == 0
    }

    /// For a person.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = format!("left   {}\nright  {}\n\n", clean(&self.names.0), clean(&self.names.1));
        for found in &self.found {
            let (left, right) = (clean(&found.left), clean(&found.right));
            out.push_str(&format!("{}  {}\n  left   {left}\n  right  {right}\n", found.who.words(), clean(&found.id)));
        }
        if let Some(sequences) = &self.sequences {
            sequences.put(&mut out);
        }
        let whos = || self.found.iter().map(|one| one.who).chain(self.in_sequences());
        let counts = Who::ALL.map(|who| format!("{} {}", whos().filter(|one| *one == who).count(), who.words()));
        let differ = counted(whos().count(), "difference");
        if whos().next().is_some() {
            out.push('\n');
        }
        out.push_str(&format!("{differ}: {}; {} alike", counts.join(", "), counted(self.n_alike, "case")));
        if self.n_apart > 0 {
            out.push_str(&format!("; {} not judged on both", self.n_apart));
        }
        match &self.sequences {
            Some(sequences) => out.push_str(&format!("\n{}\n", sequences.counts())),
            None => out.push_str("\nOnly the cases were compared, no random sequences.\n"),
        }
        out
    }
}

fn departs(case: &CaseRecord) -> bool {
    matches!(case.verdict, Verdict::Failed | Verdict::Warned)
}

/// What the target did at each step, without what is chance.
fn doings(case: &CaseRecord) -> Vec<String> {
    let doing = |exchange: &setpresence_core::event::Exchange| {
        let what = match (&exchange.observation.outcome, seen(exchange)) {
            (_, Some(presence)) => format!("shows {presence}"),
            (Outcome::Answer(answer), None) => format!("answers {}", answer.status),
            (Outcome::Lost(lost), None) => format!("gives no answer: {}", lost.detail),
        };
        format!("step {} ({}) {}", exchange.step, exchange.role, steady(&what))
    };
    case.exchanges.iter().map(doing).collect()
}
