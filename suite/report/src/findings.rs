//! What a campaign of fuzzing found: for a terminal, and as the JSON report that programs read.

use std::fmt::Write as _;

use serde::Serialize;
use setpresence_core::event::FORMAT;
use setpresence_core::spec::Level;

use crate::summary::{Status, Strictness};
use crate::text::{clean, counted, pretty};

/// A campaign and what it found.
#[derive(Clone, Debug, Serialize)]
pub struct Findings {
    /// The shape's version; [`Findings::new`] sets it.
    pub format: u32,
    /// The suite's version.
    pub suite: String,
    /// The profile's name.
    pub profile: String,
    /// The target's base URL, or a name for an embedded one.
    pub target: String,
    /// The seed that gives the same campaign again.
    pub seed: u64,
    /// How much was done.
    pub summary: Done,
    /// Why it ended before its budget did, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_early: Option<String>,
    /// What is wrong, the strongest level first, then in the order of finding.
    pub findings: Vec<Finding>,
}

/// How much a campaign did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Requests sent.
    pub requests: u64,
    /// Answers held against the model.
    pub judged: u64,
    /// Different things that the answers showed.
    pub states: usize,
    /// Kinds of findings.
    pub findings: usize,
}

/// One kind of finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The class of the divergence.
    pub class: String,
    /// The requirement that is broken.
    pub requirement: String,
    /// The requirement's sentence.
    pub sentence: String,
    /// How binding it is.
    pub level: Level,
    /// What the documentation has.
    pub expected: String,
    /// What was seen.
    pub observed: String,
    /// The witness file, where one was asked for.
    pub witness: Option<String>,
    /// Steps of the witness.
    pub steps: usize,
    /// Steps of the sequence that first showed it.
    pub steps_before_shrinking: usize,
    /// Requests sent until then.
    pub requests_until_found: u64,
    /// `2 of 3`, where it does not always show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flaky: Option<String>,
    /// Commands that show it.
    pub reproduce: Vec<String>,
}

impl Findings {
    /// A campaign of this suite; the findings are put in order.
    #[must_use]
    pub fn new(profile: &str, target: &str, seed: u64, done: Done, mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        Self {
            format: FORMAT,
            suite: env!("CARGO_PKG_VERSION").to_owned(),
            profile: profile.to_owned(),
            target: target.to_owned(),
            seed,
            summary: done,
            ended_early: None,
            findings,
        }
    }

    /// What the exit status says.
    #[must_use]
    pub fn status(&self, strictness: Strictness) -> Status {
        let decides = |finding: &Finding| {
            finding.level == Level::Must || (strictness == Strictness::Should && finding.level == Level::Should)
        };
        if self.findings.iter().any(decides) {
            Status::Departs
        } else if self.summary.judged == 0 || self.ended_early.is_some() {
            Status::Unjudged
        } else {
            Status::Conforms
        }
    }

    /// The JSON report, indented, with a line end.
    ///
    /// # Errors
    /// None that a campaign can cause; serde_json's own are passed on.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        pretty(self)
    }

    /// The report for people.
    #[must_use]
    pub fn console(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "target   {}\nprofile  {}\nseed     {}\n", clean(&self.target), self.profile, self.seed);
        for finding in &self.findings {
            let _ = writeln!(text, "{}  {}  {}", finding.level, finding.class, finding.requirement);
            let _ = writeln!(text, "  {}", finding.sentence);
            let _ = writeln!(text, "  expected  {}", clean(&finding.expected));
            let _ = writeln!(text, "  observed  {}", clean(&finding.observed));
            let found = finding.requests_until_found;
            let steps = counted(finding.steps, "step");
            let _ = writeln!(text, "  {steps} (found in {}, after {found} requests)", finding.steps_before_shrinking);
            if let Some(rate) = &finding.flaky {
                let _ = writeln!(text, "  flaky: it showed {rate} times");
            }
            if let Some(witness) = &finding.witness {
                let _ = writeln!(text, "  witness   {}", clean(witness));
            }
            for command in &finding.reproduce {
                let _ = writeln!(text, "  $ {}", clean(command));
            }
            text.push('\n');
        }
        let Done { requests, judged, states, findings } = self.summary;
        let findings = counted(findings, "finding");
        let _ = writeln!(text, "{requests} requests, {judged} answers judged, {states} states seen, {findings}");
        if let Some(why) = &self.ended_early {
            let _ = writeln!(text, "ended early: {}", clean(why));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(level: Level) -> Finding {
        Finding {
            class: "wrong-presence".to_owned(),
            requirement: "fade.first-timeout".to_owned(),
            sentence: "It fades.".to_owned(),
            level,
            expected: "Away/Away".to_owned(),
            observed: "\u{1b}[31mAvailable/Available".to_owned(),
            witness: None,
            steps: 2,
            steps_before_shrinking: 7,
            requests_until_found: 40,
            flaky: None,
            reproduce: Vec::new(),
        }
    }

    #[test]
    fn the_status_says_what_decides() {
        let done = Done { requests: 1, judged: 1, states: 1, findings: 0 };
        let rows = [
            (Some(Level::Must), done, Strictness::Must, Status::Departs),
            (Some(Level::Should), done, Strictness::Must, Status::Conforms),
            (Some(Level::Should), done, Strictness::Should, Status::Departs),
            (None, done, Strictness::Should, Status::Conforms),
            (None, Done::default(), Strictness::Must, Status::Unjudged),
        ];
        for (level, done, strictness, wanted) in rows {
            let findings = Findings::new("v1.0", "t", 1, done, level.map(finding).into_iter().collect());
            assert_eq!(findings.status(strictness), wanted, "{level:?}");
        }
    }

    #[test]
    fn the_strongest_comes_first_and_nothing_steers_a_terminal() {
        let both = vec![finding(Level::Should), finding(Level::Must)];
        let findings = Findings::new("v1.0", "t", 1, Done::default(), both);
        assert_eq!(findings.findings[0].level, Level::Must);
        assert!(!findings.console().contains('\u{1b}'));
        assert!(!findings.json().expect("serializable").contains('\u{1b}'));
    }
}
