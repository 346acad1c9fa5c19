//! How a run went: the count of each verdict, and the exit status that follows from them.

use std::fmt;

use serde::Serialize;
use setpresence_core::event::RunEvent;
use setpresence_core::judge::Verdict;

use crate::run::Run;
use crate::text::counted;

/// How many cases got each verdict, in the order in which reports show them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Cases in which everything judged is as documented.
    pub passed: usize,
    /// Cases in which a *must* is broken.
    pub failed: usize,
    /// Cases in which only a *should* is broken.
    pub warned: usize,
    /// Cases in which either way is permitted.
    pub observed: usize,
    /// Cases that were left out.
    pub skipped: usize,
    /// Cases in which the world got in the way.
    pub inconclusive: usize,
    /// Requests that the cases took, arranging included.
    pub requests: u64,
    /// Cases among the failed and warned ones whose departure the target's owner accepts.
    pub waived: usize,
    /// How many of the failed cases are waived.
    #[serde(skip)]
    pub waived_failed: usize,
    /// How many waivers are stale.
    #[serde(skip)]
    pub stale: usize,
    /// Whether a snapshot says otherwise of what the target does.
    #[serde(skip)]
    pub is_unlike_snapshot: bool,
    /// Whether the run ended before its time.
    #[serde(skip)]
    pub was_cut_short: bool,
    /// Whether it did because somebody told it to.
    #[serde(skip)]
    pub was_interrupted: bool,
}

/// Which levels decide the exit status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// A broken *must* alone.
    #[default]
    Must,
    /// A broken *should* as well.
    Should,
}

impl Strictness {
    /// Whether a case with this verdict decides the exit status.
    #[must_use]
    pub const fn decides(self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Failed => true,
            Verdict::Warned => matches!(self, Self::Should),
            Verdict::Passed | Verdict::Observed | Verdict::Skipped | Verdict::Inconclusive => false,
        }
    }
}

/// What the exit status of a run says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing that decides is broken.
    Conforms,
    /// Something that decides is broken.
    Departs,
    /// Nothing, or less than half of what was tried, could be judged, or the target was lost on the way.
    Unjudged,
    /// Somebody told the run to end.
    Interrupted,
}

impl Status {
    /// The exit status of the process.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Conforms => 0,
            Self::Departs => 1,
            Self::Unjudged => 3,
            // As a shell says of a process that ends on Ctrl-C.
            Self::Interrupted => 130,
        }
    }
}

impl Summary {
    /// Counts the verdicts of a run.
    #[must_use]
    pub fn of(events: &[RunEvent]) -> Self {
        let run = Run::of(events);
        let mut summary = Self {
            // A log that was cut off tells of every exchange, if not of their number.
            requests: run.end.map_or_else(|| run.n_exchanges(), |end| end.requests),
            was_cut_short: run.ended_early().is_some(),
            stale: run.stale().len(),
            is_unlike_snapshot: run.end.is_some_and(|end| end.unlike_snapshot.is_some()),
            was_interrupted: run.end.is_some_and(|end| end.was_interrupted),
            ..Self::default()
        };
        for case in &run.cases {
            *summary.count_mut(case.verdict) += 1;
            summary.waived += usize::from(case.is_waived());
            summary.waived_failed += usize::from(case.is_waived() && case.verdict == Verdict::Failed);
        }
        summary
    }

    /// How many cases got that verdict.
    #[must_use]
    pub const fn count(&self, verdict: Verdict) -> usize {
        match verdict {
            Verdict::Passed => self.passed,
            Verdict::Failed => self.failed,
            Verdict::Warned => self.warned,
            Verdict::Observed => self.observed,
            Verdict::Skipped => self.skipped,
            Verdict::Inconclusive => self.inconclusive,
        }
    }

    /// How many cases say something about the target.
    #[must_use]
    pub const fn judged(&self) -> usize {
        self.passed + self.failed + self.warned + self.observed
    }

    /// Whether the world got in the way of more cases than were judged.
    #[must_use]
    pub const fn is_mostly_inconclusive(&self) -> bool {
        self.inconclusive > self.judged()
    }

    /// How many cases there are.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.judged() + self.skipped + self.inconclusive
    }

    /// What the exit status says. A run that lost its target says nothing final, whatever it had found until then.
    #[must_use]
    pub const fn status(&self, strictness: Strictness) -> Status {
        if self.was_interrupted {
            return Status::Interrupted;
        }
        if self.was_cut_short || self.judged() == 0 {
            return Status::Unjudged;
        }
        let is_as_wanted = self.unaccepted(strictness) == 0 && self.stale == 0 && !self.is_unlike_snapshot;
        match (is_as_wanted, self.is_mostly_inconclusive()) {
            (false, _) => Status::Departs,
            // What little was judged says nothing of the rest.
            (true, true) => Status::Unjudged,
            (true, false) => Status::Conforms,
        }
    }

    /// How many cases break what decides, waived or not.
    #[must_use]
    pub const fn broken(&self, strictness: Strictness) -> usize {
        match strictness {
            Strictness::Must => self.failed,
            Strictness::Should => self.failed + self.warned,
        }
    }

    /// How many cases break what decides, and nobody accepts it.
    #[must_use]
    pub const fn unaccepted(&self, strictness: Strictness) -> usize {
        match strictness {
            Strictness::Must => self.failed.saturating_sub(self.waived_failed),
            Strictness::Should => (self.failed + self.warned).saturating_sub(self.waived),
        }
    }

    /// How many cases break a *should* alone, and nobody accepts it.
    #[must_use]
    pub const fn unaccepted_shoulds(&self) -> usize {
        self.warned.saturating_sub(self.waived.saturating_sub(self.waived_failed))
    }

    /// Why the exit status is what it is, in a clause.
    #[must_use]
    pub fn because(&self, strictness: Strictness) -> String {
        match self.status(strictness) {
            Status::Interrupted => {
                let so_far = match self.unaccepted(strictness) {
                    0 => String::new(),
                    n => format!(" when {} had failed", counted(n, "case")),
                };
                format!("the run was told to end{so_far}; where it has a --log, run --resume judges the rest")
            }
            Status::Unjudged if self.was_cut_short => "the run ended before every case was judged".to_owned(),
            Status::Unjudged if self.judged() == 0 => "nothing could be judged".to_owned(),
            Status::Unjudged => {
                let n_tried = self.judged() + self.inconclusive;
                format!("only {} of {} could be judged", self.judged(), counted(n_tried, "case"))
            }
            Status::Departs if self.failed > self.waived_failed => {
                format!("{} a must{}", breaks(self.failed), self.but_waived())
            }
            Status::Departs if self.stale > 0 => format!("{} stale", are(self.stale, "waiver")),
            Status::Departs if self.broken(strictness) > self.waived => {
                format!("{} a should, and --strict was given", breaks(self.warned))
            }
            Status::Departs => "the target does something else than the snapshot says".to_owned(),
            Status::Conforms if self.waived_failed > 0 => {
                let (shoulds, left) = (self.shoulds(), self.not_judged());
                format!("{} a must, and all of that is waived{shoulds}{left}", breaks(self.failed))
            }
            Status::Conforms => {
                let levels = match strictness {
                    Strictness::Must => "no must is broken",
                    Strictness::Should => "no must and no should is broken",
                };
                let (shoulds, left) = (self.shoulds(), self.not_judged());
                format!("{levels} in the {} judged{shoulds}{left}", counted(self.judged(), "case"))
            }
        }
    }

    fn but_waived(&self) -> String {
        if self.waived_failed == 0 {
            String::new()
        } else {
            format!(", of which {} waived", is_or_are(self.waived_failed))
        }
    }

    /// What does not decide is told beside what does: who reads no further would not know of it.
    fn shoulds(&self) -> String {
        match self.unaccepted_shoulds() {
            0 => String::new(),
            n => format!("; {} a should", breaks(n)),
        }
    }

    fn not_judged(&self) -> String {
        match self.skipped + self.inconclusive {
            0 => String::new(),
            1 => "; 1 case was not judged".to_owned(),
            n => format!("; {n} cases were not judged"),
        }
    }

    const fn count_mut(&mut self, verdict: Verdict) -> &mut usize {
        match verdict {
            Verdict::Passed => &mut self.passed,
            Verdict::Failed => &mut self.failed,
            Verdict::Warned => &mut self.warned,
            Verdict::Observed => &mut self.observed,
            Verdict::Skipped => &mut self.skipped,
            Verdict::Inconclusive => &mut self.inconclusive,
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for verdict in Verdict::ALL {
            write!(f, "{} {}, ", self.count(verdict), verdict.name())?;
        }
        if self.waived > 0 {
            write!(f, "{} waived, ", self.waived)?;
        }
        f.write_str(&counted(usize::try_from(self.requests).unwrap_or(usize::MAX), "request"))
    }
}

fn is_or_are(n: usize) -> String {
    if n == 1 { "1 is".to_owned() } else { format!("{n} are") }
}

pub(crate) fn are(n: usize, noun: &str) -> String {
    format!("{} {}", counted(n, noun), if n == 1 { "is" } else { "are" })
}

fn breaks(n_cases: usize) -> String {
    format!("{} {}", counted(n_cases, "case"), if n_cases == 1 { "breaks" } else { "break" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_follows_from_the_counts() {
        let zero = Summary::default();
        let rows = [
            (Summary { passed: 3, ..zero }, 0, 0),
            (Summary { observed: 1, skipped: 9, ..zero }, 0, 0),
            (Summary { passed: 3, warned: 1, ..zero }, 0, 1),
            (Summary { passed: 3, failed: 1, ..zero }, 1, 1),
            (zero, 3, 3),
            (Summary { skipped: 5, inconclusive: 2, ..zero }, 3, 3),
            (Summary { passed: 2, inconclusive: 2, ..zero }, 0, 0),
            (Summary { passed: 2, skipped: 9, inconclusive: 3, ..zero }, 3, 3),
            (Summary { warned: 2, skipped: 9, inconclusive: 3, ..zero }, 3, 1),
            (Summary { failed: 1, inconclusive: 3, ..zero }, 1, 1),
            (Summary { passed: 3, was_cut_short: true, ..zero }, 3, 3),
            (Summary { failed: 3, was_cut_short: true, ..zero }, 3, 3),
            (Summary { passed: 1, failed: 2, waived: 2, waived_failed: 2, ..zero }, 0, 0),
            (Summary { failed: 2, waived: 1, waived_failed: 1, ..zero }, 1, 1),
            (Summary { failed: 1, warned: 1, waived: 1, waived_failed: 1, ..zero }, 0, 1),
            (Summary { failed: 1, warned: 1, waived: 2, waived_failed: 1, ..zero }, 0, 0),
            (Summary { passed: 1, stale: 1, ..zero }, 1, 1),
            (Summary { passed: 1, is_unlike_snapshot: true, ..zero }, 1, 1),
            (Summary { is_unlike_snapshot: true, ..zero }, 3, 3),
            (Summary { failed: 3, was_cut_short: true, was_interrupted: true, ..zero }, 130, 130),
        ];
        for (summary, lenient, strict) in rows {
            assert_eq!(summary.status(Strictness::Must).code(), lenient, "{summary}");
            assert_eq!(summary.status(Strictness::Should).code(), strict, "{summary}");
        }
    }

    #[test]
    fn a_broken_should_is_told_where_no_must_is() {
        let zero = Summary::default();
        let rows = [
            (
                Summary { passed: 3, warned: 2, ..zero },
                "no must is broken in the 5 cases judged; 2 cases break a should",
            ),
            (Summary { passed: 3, warned: 1, waived: 1, ..zero }, "no must is broken in the 4 cases judged"),
            (
                Summary { failed: 1, warned: 2, waived: 2, waived_failed: 1, skipped: 1, ..zero },
                "1 case breaks a must, and all of that is waived; 1 case breaks a should; 1 case was not judged",
            ),
        ];
        for (summary, wanted) in rows {
            assert_eq!(summary.because(Strictness::Must), wanted);
        }
    }

    #[test]
    fn a_log_without_its_end_is_a_run_cut_short() {
        assert_eq!(Summary::of(&[]).status(Strictness::Must), Status::Unjudged);
        assert!(Summary::of(&[]).was_cut_short);
    }
}
