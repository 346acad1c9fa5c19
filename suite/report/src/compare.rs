//! Two JSON reports side by side: what was fixed, what broke, what is judged no more, what appeared and what vanished.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use setpresence_core::judge::Verdict;

use crate::markdown::{ROOM, code};
use crate::text::{clean, counted, pretty};

/// What became of a case between two reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Change {
    /// It departs, and did not.
    Broke,
    /// It departs in another way, or by another level.
    DepartsOtherwise,
    /// It was judged, and is not, or is not there: nobody knows any more whether it is as documented.
    NoLongerJudged,
    /// It departed, and does not.
    Fixed,
    /// It is judged, and was not; or what is on record is something else.
    Changed,
    /// It was not there.
    Appeared,
    /// It is not there any more, and was not judged before.
    Vanished,
}

impl Change {
    const ALL: [Self; 7] = [
        Self::Broke,
        Self::DepartsOtherwise,
        Self::NoLongerJudged,
        Self::Fixed,
        Self::Changed,
        Self::Appeared,
        Self::Vanished,
    ];

    /// Whether it makes the later report a worse one.
    const fn is_worse(self) -> bool {
        matches!(self, Self::Broke | Self::DepartsOtherwise | Self::NoLongerJudged)
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Broke => "broke",
            Self::DepartsOtherwise => "departs otherwise",
            Self::NoLongerJudged => "no longer judged",
            Self::Fixed => "fixed",
            Self::Changed => "changed",
            Self::Appeared => "appeared",
            Self::Vanished => "vanished",
        }
    }
}

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    target: String,
    #[serde(default)]
    profile: String,
    cases: Vec<Case>,
}

/// What a report is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Side {
    target: String,
    profile: String,
    cases: usize,
}

#[derive(Deserialize, PartialEq)]
struct Case {
    id: String,
    verdict: Verdict,
    divergences: Vec<Departure>,
    observed: Vec<String>,
}

#[derive(Deserialize, PartialEq)]
struct Departure {
    requirement: String,
    class: String,
    observed: String,
}

/// A case that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Changed {
    change: Change,
    id: String,
    before: Option<&'static str>,
    after: Option<&'static str>,
}

/// What changed between two reports.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    format: u32,
    before: Side,
    after: Side,
    /// How many cases there are of each change.
    counts: BTreeMap<Change, usize>,
    changes: Vec<Changed>,
    unchanged: usize,
}

impl Comparison {
    /// Compares two JSON reports of runs.
    ///
    /// # Errors
    /// What the parser says where one of them is no such report, the first or the second.
    pub fn of(before: &str, after: &str) -> Result<Self, ComparisonError> {
        let read = |text| serde_json::from_str::<Report>(text);
        let before = read(before).map_err(ComparisonError::First)?;
        let after = read(after).map_err(ComparisonError::Second)?;
        let side = |report: &Report| Side {
            target: report.target.clone(),
            profile: report.profile.clone(),
            cases: report.cases.len(),
        };
        let sides = (side(&before), side(&after));
        let by_id = |report: Report| -> BTreeMap<String, Case> {
            report.cases.into_iter().map(|case| (case.id.clone(), case)).collect()
        };
        let (before, mut after) = (by_id(before), by_id(after));
        let (changes, counts) = (Vec::new(), BTreeMap::new());
        let mut comparison = Self { format: 1, before: sides.0, after: sides.1, counts, changes, unchanged: 0 };
        for (id, was) in before {
            let is = after.remove(&id);
            match (change(&was, is.as_ref()), is) {
                (None, _) => comparison.unchanged += 1,
                (Some(change), is) => comparison.changes.push(Changed {
                    change,
                    id,
                    before: Some(was.verdict.name()),
                    after: is.map(|case| case.verdict.name()),
                }),
            }
        }
        let appeared = |(id, case): (String, Case)| Changed {
            change: if departs(case.verdict) { Change::Broke } else { Change::Appeared },
            id,
            before: None,
            after: Some(case.verdict.name()),
        };
        comparison.changes.extend(after.into_iter().map(appeared));
        comparison.changes.sort_by(|one, other| (one.change, &one.id).cmp(&(other.change, &other.id)));
        for changed in &comparison.changes {
            *comparison.counts.entry(changed.change).or_default() += 1;
        }
        Ok(comparison)
    }

    /// Whether a case departs that did not, or does so in another way, or is judged no more.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.changes.iter().any(|changed| changed.change.is_worse())
    }

    /// For a person.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { before, after, .. } = self;
        let mut out = format!("before  {}\nafter   {}\n", before.told(clean), after.told(clean));
        if let Some(note) = self.note(clean) {
            out.push_str(&format!("{note}\n"));
        }
        out.push_str(&format!("\n{}\n", self.told()));
        for (index, changed) in self.changes.iter().enumerate() {
            if index == 0 {
                out.push('\n');
            }
            out.push_str(&format!("{:18} {}  ({})\n", changed.change.words(), clean(&changed.id), changed.verdicts()));
        }
        out
    }

    /// For a pull request: the worst changes first, and as many as a comment has room for.
    #[must_use]
    pub fn markdown(&self) -> String {
        let spanned = |text| Cow::Owned(code(text));
        let (before, after) = (self.before.told(spanned), self.after.told(spanned));
        let mut out = format!("**{}**\n\nBefore: {before}<br>\nAfter: {after}\n", self.told());
        if let Some(note) = self.note(spanned) {
            out.push_str(&format!("\n**Note**: {note}\n"));
        }
        if !self.changes.is_empty() {
            out.push_str("\n| change | case | verdicts |\n|---|---|---|\n");
        }
        let mut n_hidden = 0;
        for changed in &self.changes {
            let case = code(&changed.id).replace('|', "\\|");
            let line = format!("| {} | {case} | {} |\n", changed.change.words(), changed.verdicts());
            if out.len() + line.len() < ROOM {
                out.push_str(&line);
            } else {
                n_hidden += 1;
            }
        }
        if n_hidden > 0 {
            let more = counted(n_hidden, "more change");
            out.push_str(&format!("\n{more} found no room here; --format text and json have every one.\n"));
        }
        out
    }

    /// How many cases changed in each way, the worst first.
    fn told(&self) -> String {
        let count = |change: Change| self.counts.get(&change).map(|n| format!("{n} {}", change.words()));
        let counts: Vec<String> = Change::ALL.into_iter().filter_map(count).collect();
        let of = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
        format!("{}{of}; {} as before", counted(self.changes.len(), "change"), self.unchanged)
    }

    /// What may explain many changes at once, if there is such a thing.
    fn note<'t>(&'t self, shown: impl Fn(&'t str) -> Cow<'t, str>) -> Option<String> {
        let (before, after) = (&self.before.profile, &self.after.profile);
        let (one, other) = (shown(before), shown(after));
        (before != after).then(|| {
            format!("the profiles differ, {one} and {other}: a case may have changed because another reading judges it")
        })
    }

    /// For programs.
    ///
    /// # Errors
    /// None that a comparison can cause; those of the writer are passed on.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        pretty(self)
    }
}

impl Side {
    fn told<'t>(&'t self, shown: impl Fn(&'t str) -> Cow<'t, str>) -> String {
        let (target, profile) = (shown(&self.target), shown(&self.profile));
        format!("{target} by the profile {profile}, {}", counted(self.cases, "case"))
    }
}

impl Changed {
    fn verdicts(&self) -> String {
        match (self.before, self.after) {
            (Some(before), Some(after)) if before == after => before.to_owned(),
            (before, after) => format!("{} → {}", before.unwrap_or("absent"), after.unwrap_or("absent")),
        }
    }
}

/// Which of two texts is no JSON report.
#[derive(Debug, thiserror::Error)]
pub enum ComparisonError {
    /// The first.
    #[error("it is no JSON report of a run ({0}); give files that `run --report json=PATH` wrote")]
    First(#[source] serde_json::Error),
    /// The second.
    #[error("it is no JSON report of a run ({0}); give files that `run --report json=PATH` wrote")]
    Second(#[source] serde_json::Error),
}

fn change(was: &Case, is: Option<&Case>) -> Option<Change> {
    let Some(is) = is else {
        return Some(if was.verdict.is_judged() { Change::NoLongerJudged } else { Change::Vanished });
    };
    match (departs(was.verdict), departs(is.verdict)) {
        _ if was == is => None,
        (false, true) => Some(Change::Broke),
        (true, true) => Some(Change::DepartsOtherwise),
        // What is not judged any more is neither mended by that nor as good as it was.
        _ if was.verdict.is_judged() && !is.verdict.is_judged() => Some(Change::NoLongerJudged),
        (true, false) => Some(Change::Fixed),
        _ => Some(Change::Changed),
    }
}

const fn departs(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Failed | Verdict::Warned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A report of these cases, each with its verdict.
    fn report(profile: &str, cases: &[(&str, &str)]) -> String {
        let case = |(id, verdict): &(&str, &str)| {
            let found = r#"{"requirement":"r","class":"c","observed":"o"}"#;
            let departures = if matches!(*verdict, "failed" | "warned") { found } else { "" };
            format!(r#"{{"id":"{id}","verdict":"{verdict}","divergences":[{departures}],"observed":[]}}"#)
        };
        let cases: Vec<String> = cases.iter().map(case).collect();
        format!(r#"{{"target":"t|`x`","profile":"{profile}","cases":[{}]}}"#, cases.join(","))
    }

    #[test]
    fn what_is_judged_no_more_is_worse() {
        let rows = [
            (Some("passed"), Some("passed"), None),
            (Some("passed"), Some("failed"), Some("broke")),
            (Some("passed"), Some("inconclusive"), Some("no longer judged")),
            (Some("passed"), Some("skipped"), Some("no longer judged")),
            (Some("observed"), None, Some("no longer judged")),
            (Some("failed"), Some("skipped"), Some("no longer judged")),
            (Some("failed"), None, Some("no longer judged")),
            (Some("failed"), Some("passed"), Some("fixed")),
            (Some("failed"), Some("warned"), Some("departs otherwise")),
            (Some("skipped"), Some("inconclusive"), Some("changed")),
            (Some("skipped"), Some("passed"), Some("changed")),
            (Some("skipped"), Some("failed"), Some("broke")),
            (Some("skipped"), None, Some("vanished")),
            (None, Some("passed"), Some("appeared")),
            (None, Some("failed"), Some("broke")),
        ];
        for (before, after, wanted) in rows {
            let of = |verdict: Option<&'static str>| {
                report("v1.0", &verdict.map(|one| ("a/b", one)).into_iter().collect::<Vec<_>>())
            };
            let comparison = Comparison::of(&of(before), &of(after)).unwrap();
            let change = comparison.changes.first().map(|changed| changed.change);
            assert_eq!(change.map(Change::words), wanted, "{before:?} → {after:?}");
            let is_worse = matches!(wanted, Some("broke" | "departs otherwise" | "no longer judged"));
            assert_eq!(comparison.is_worse(), is_worse, "{before:?} → {after:?}");
        }
    }

    #[test]
    fn the_counts_come_first_with_what_is_compared() {
        let before = report("v1.0", &[("a", "passed"), ("b", "failed"), ("c", "passed"), ("d", "passed")]);
        let after = report("beta", &[("a", "failed"), ("b", "passed"), ("c", "skipped"), ("d", "passed")]);
        let comparison = Comparison::of(&before, &after).unwrap();
        let told = "3 changes: 1 broke, 1 no longer judged, 1 fixed; 1 as before";
        let text = comparison.text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[..2],
            ["before  t|`x` by the profile v1.0, 4 cases", "after   t|`x` by the profile beta, 4 cases"]
        );
        assert!(lines[2].starts_with("the profiles differ, v1.0 and beta: "), "{text}");
        assert_eq!(lines[4], told, "{text}");
        let markdown = comparison.markdown();
        assert!(markdown.starts_with(&format!("**{told}**\n\nBefore: `` t|`x` `` by")), "{markdown}");
        assert!(markdown.contains("**Note**: the profiles differ"), "{markdown}");
        let same = Comparison::of(&before, &before).unwrap();
        assert!(same.text().ends_with("\n0 changes; 4 as before\n"), "{}", same.text());
        let json = comparison.json().unwrap();
        assert!(json.contains("\"no-longer-judged\": 1") && json.contains("\"profile\": \"beta\""), "{json}");
    }

    #[test]
    fn thousands_of_changes_fit_into_a_comment() {
        let ids: Vec<String> = (0..5000).map(|n| format!("combinations/unsupported/pair-{n}")).collect();
        let all = |verdict| report("v1.0", &ids.iter().map(|id| (id.as_str(), verdict)).collect::<Vec<_>>());
        let markdown = Comparison::of(&all("passed"), &all("failed")).unwrap().markdown();
        assert!(markdown.len() < 65_536, "{}", markdown.len());
        assert!(markdown.contains("more changes found no room here"), "{markdown}");
    }
}
