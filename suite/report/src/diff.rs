//! Two targets side by side, by the runs of the same cases: where they behave differently, and who of them departs.

use std::collections::BTreeMap;

use setpresence_core::event::{CaseRecord, Outcome, RunEvent};
use setpresence_core::judge::Verdict;

use crate::run::Run;
use crate::seen::seen;
use crate::snapshot::steady;
use crate::text::{clean, counted};

/// Who departs from the documentation where two targets differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Left,
    Right,
    Both,
    /// The documentation leaves it open.
    Nobody,
}

impl Who {
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
}

impl Differences {
    /// Compares the runs of two targets. A case that is not judged on both is counted, and not compared.
    #[must_use]
    pub fn of(left: &[RunEvent], right: &[RunEvent]) -> Self {
        let (left, right) = (Run::of(left), Run::of(right));
        let name = |run: &Run<'_>| run.start.map_or_else(String::new, |start| start.target.clone());
        let mut differences = Self { names: (name(&left), name(&right)), found: Vec::new(), n_alike: 0, n_apart: 0 };
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

    fn compare(&mut self, left: &CaseRecord, right: &CaseRecord) {
        let (did_left, did_right) = (doings(left), doings(right));
        let is_alike = did_left == did_right && departs(left) == departs(right);
        if is_alike {
            self.n_alike += 1;
            return;
        }
        let who = match (departs(left), departs(right)) {
            (true, false) => Who::Left,
            (false, true) => Who::Right,
            (true, true) => Who::Both,
            (false, false) => Who::Nobody,
        };
        let n_same = did_left.iter().zip(&did_right).take_while(|(one, other)| one == other).count();
        let at = |did: &[String]| did.get(n_same).cloned().unwrap_or_else(|| "went no further".to_owned());
        self.found.push(Differing { who, id: left.id.clone(), left: at(&did_left), right: at(&did_right) });
    }

    /// Whether a target departs where the other does not, or both do in their own ways.
    #[must_use]
    pub fn has_departures(&self) -> bool {
        self.found.iter().any(|found| found.who != Who::Nobody)
    }

    /// Whether nothing could be compared.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.found.is_empty() && self.n_alike == 0
    }

    /// For a person.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = format!("left   {}\nright  {}\n\n", clean(&self.names.0), clean(&self.names.1));
        for found in &self.found {
            let (left, right) = (clean(&found.left), clean(&found.right));
            out.push_str(&format!("{}  {}\n  left   {left}\n  right  {right}\n", found.who.words(), clean(&found.id)));
        }
        let counts =
            Who::ALL.map(|who| format!("{} {}", self.found.iter().filter(|one| one.who == who).count(), who.words()));
        let differ = counted(self.found.len(), "difference");
        out.push_str(&format!("\n{differ}: {}; {} alike", counts.join(", "), counted(self.n_alike, "case")));
        if self.n_apart > 0 {
            out.push_str(&format!("; {} not judged on both", self.n_apart));
        }
        out.push_str("\nOnly the cases were compared, no random sequences.\n");
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
