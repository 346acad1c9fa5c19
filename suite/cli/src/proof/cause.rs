//! Which known fault would give the failures that a run has.
//!
//! The failures are a set of cases with the class of what diverged in each; so is every row of the kill matrix. A
//! mutant explains what both have in common. It is named only where nearly all that it would show has shown: a cause
//! that does not fit would send its reader to the wrong place.

use std::collections::BTreeSet;

use setpresence_core::event::{CaseRecord, LikelyCause, RunEvent};
use setpresence_core::judge::Verdict;
use setpresence_core::spec::Profile;
use setpresence_reference::Mutant;

use super::matrix::{KillMatrix, Signature};

/// How much of what a mutant would show must have shown, in percent: a little may be hidden by other faults.
const FIT_LEAST: usize = 80;
/// What all causes together must explain of what departs, in percent. Among a hundred mutants some always fit the edge of
/// a fault that nobody knows: where three quarters of the departures have another cause, that one is to be found first.
const TOGETHER_LEAST: usize = 25;
/// What each of them must, in percent: one case of hundreds fits by chance.
const EACH_LEAST: usize = 2;
/// The most causes that are named: more of them are no help.
const N_CAUSES: usize = 5;
/// The most mutants that are named beside the first where they explain the same.
const N_ALTERNATIVES: usize = 3;

/// What a run has shown so far.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    judged: BTreeSet<String>,
    n_inconclusive: usize,
    departures: Signature,
}

impl Shown {
    /// What the events of a run have shown.
    #[must_use]
    pub fn of(events: &[RunEvent]) -> Self {
        let mut shown = Self::default();
        for event in events {
            if let RunEvent::CaseFinished(record) = event {
                shown.follow(record);
            }
        }
        shown
    }

    /// Takes in what became of a case.
    pub fn follow(&mut self, record: &CaseRecord) {
        if record.verdict.is_judged() {
            self.judged.insert(record.id.clone());
        }
        self.n_inconclusive += usize::from(record.verdict == Verdict::Inconclusive);
        if matches!(record.verdict, Verdict::Failed | Verdict::Warned) {
            let class = |class| (record.id.clone(), class);
            self.departures.extend(record.divergences.iter().map(|divergence| class(divergence.class)));
        }
    }

    /// The mutants that would show the same by the kill matrix that comes with the suite; see [`Shown::causes_in`].
    #[must_use]
    pub fn likely_causes(&self, profile: &Profile) -> Vec<LikelyCause> {
        if self.departures.is_empty() {
            return Vec::new();
        }
        KillMatrix::embedded().map_or_else(|_| Vec::new(), |matrix| self.causes_in(&matrix, profile))
    }

    /// The mutants that would show the same, the one that explains most first; nothing where none fits, where all of them
    /// explain little of what departs, or where most could not be judged: what would speak against them is not known then.
    #[must_use]
    pub fn causes_in(&self, matrix: &KillMatrix, profile: &Profile) -> Vec<LikelyCause> {
        if self.n_inconclusive > self.judged.len() {
            return Vec::new();
        }
        let mut fitting: Vec<Fit<'_>> =
            matrix.signatures(profile.name, &self.judged).filter_map(|(name, would)| self.fit(name, would)).collect();
        let mut open = self.departures.clone();
        let mut causes = Vec::new();
        while causes.len() < N_CAUSES {
            let key = |fit: &Fit<'_>| (fit.explains(&open), std::cmp::Reverse(fit.would.len()));
            let Some(best) = fitting.iter().map(key).max().filter(|(explains, _)| *explains > 0) else { break };
            let equal: Vec<&Fit<'_>> = fitting.iter().filter(|fit| key(fit) == best).collect();
            let Some(first) = equal.first() else { break };
            let alternatives = equal[1..].iter().filter(|fit| fit.would == first.would).take(N_ALTERNATIVES);
            causes.push(first.cause(&open, alternatives.map(|fit| fit.mutant.name.to_owned()).collect()));
            let explained = first.would.clone();
            open.retain(|one| !explained.contains(one));
            fitting.retain(|fit| fit.is_of_its_own(&open));
        }
        self.worth_telling(causes)
    }

    /// Those that explain a real share of what departs.
    fn worth_telling(&self, mut causes: Vec<LikelyCause>) -> Vec<LikelyCause> {
        let n_departing = self.departures.iter().map(|(case, _)| case).collect::<BTreeSet<_>>().len();
        causes.retain(|cause| cause.explains.len() * 100 >= n_departing * EACH_LEAST);
        let explained: BTreeSet<&String> = causes.iter().flat_map(|cause| &cause.explains).collect();
        if explained.len() * 100 >= n_departing * TOGETHER_LEAST { causes } else { Vec::new() }
    }

    fn fit<'m>(&self, name: &'m str, would: Signature) -> Option<Fit<'m>> {
        let mutant = Mutant::named(name)?;
        let n_shown = would.intersection(&self.departures).count();
        let fits = n_shown > 0 && n_shown * 100 >= would.len() * FIT_LEAST;
        fits.then_some(Fit { mutant, would, name })
    }
}

/// A mutant that fits.
struct Fit<'m> {
    mutant: &'static Mutant,
    would: Signature,
    name: &'m str,
}

impl Fit<'_> {
    fn explains(&self, open: &Signature) -> usize {
        self.would.intersection(open).count()
    }

    /// Whether most of what it would show is still to be explained: what others explain already speaks for them.
    fn is_of_its_own(&self, open: &Signature) -> bool {
        self.explains(open) * 2 > self.would.len()
    }

    fn cause(&self, open: &Signature, alternatives: Vec<String>) -> LikelyCause {
        let cases = |signature: &mut dyn Iterator<Item = &(String, setpresence_core::judge::Class)>| {
            signature.map(|(case, _)| case.clone()).collect::<BTreeSet<String>>()
        };
        LikelyCause {
            mutant: self.name.to_owned(),
            about: self.mutant.about.to_owned(),
            requirement: self.mutant.requirement.to_owned(),
            explains: cases(&mut self.would.intersection(open)).into_iter().collect(),
            would_show: cases(&mut self.would.iter()).len(),
            alternatives,
        }
    }
}

#[cfg(test)]
mod tests {
    use setpresence_core::judge::Class;

    use super::*;

    const MATRIX: &str = r#"{ "v1.0": {
        "never-fades": { "wrong-presence": { "fade/in-two-stages": "*", "fade/again": ["after", "before"] } },
        "fade-from-first-call": { "wrong-presence": { "fade/again": ["after", "before"] } },
        "expired-token-accepted": { "accepted-invalid": { "permissions/expired": "*" }, "state-changed": { "permissions/expired": "*" } },
        "no-such-mutant-any-more": { "wrong-presence": { "fade/again": ["after", "before"] } },
        "audience-unchecked": { "accepted-invalid": { "body/a": "*", "body/b": "*", "body/c": "*", "body/d": "*", "body/e": "*" } },
        "any-token-accepted": { "accepted-invalid": { "body/a": "*", "permissions/expired": "*" } },
        "signature-unchecked": { "accepted-invalid": { "body/a": "*", "body/b": "*", "body/c": "*", "body/d": "*", "body/e": "*" } }
    } }"#;

    /// Every case of the matrix is judged but those in `skipped`; `departures` are what a run showed.
    fn check(departures: &[(&str, Class)], skipped: &[&str], wanted: &[(&str, usize, usize, &[&str])]) {
        let matrix: KillMatrix = serde_json::from_str(MATRIX).unwrap();
        let every = [
            "fade/in-two-stages",
            "fade/again/before",
            "fade/again/after",
            "fade/again/else",
            "permissions/expired",
            "body/a",
            "body/b",
            "body/c",
            "body/d/one",
            "body/e",
        ];
        let judged = every.into_iter().filter(|id| !skipped.contains(id)).map(ToOwned::to_owned).collect();
        let departures = departures.iter().map(|(id, class)| ((*id).to_owned(), *class)).collect();
        let causes = Shown { judged, departures, n_inconclusive: 0 }.causes_in(&matrix, Profile::V1_0);
        let found: Vec<_> = causes
            .iter()
            .map(|cause| {
                let alternatives: Vec<_> = cause.alternatives.iter().map(String::as_str).collect();
                (cause.mutant.as_str(), cause.explains.len(), cause.would_show, alternatives)
            })
            .collect();
        let wanted: Vec<_> = wanted.iter().map(|(name, n, of, others)| (*name, *n, *of, others.to_vec())).collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_cause_is_named_where_its_pattern_is_there() {
        let wrong = Class::WrongPresence;
        let invalid = Class::AcceptedInvalid;
        // All that one would show, and nothing else.
        check(
            &[("fade/again/before", wrong), ("fade/again/after", wrong)],
            &[],
            &[("fade-from-first-call", 2, 2, &[])],
        );
        // The one that explains more comes first and leaves nothing to the other.
        let all = [("fade/in-two-stages", wrong), ("fade/again/before", wrong), ("fade/again/after", wrong)];
        check(&all, &[], &[("never-fades", 3, 3, &[])]);
        // What was not judged is not asked for.
        check(&[("fade/again/after", wrong)], &["fade/again/before"], &[("fade-from-first-call", 1, 1, &[])]);
        // The same case with another class is another thing.
        check(&[("fade/again/before", invalid), ("fade/again/after", invalid)], &[], &[]);
        // Half of what would show is no fit.
        check(&[("fade/again/after", wrong)], &[], &[]);
        // Four of five is, and equals are named together.
        let four = [("body/a", invalid), ("body/b", invalid), ("body/c", invalid), ("body/d/one", invalid)];
        check(&four, &[], &[("audience-unchecked", 4, 5, &["signature-unchecked"])]);
        // What is half explained by another is left to it.
        check(
            &[four.as_slice(), &[("permissions/expired", invalid)]].concat(),
            &[],
            &[("audience-unchecked", 4, 5, &["signature-unchecked"])],
        );
        // Two causes at once.
        let expired = [("permissions/expired", invalid), ("permissions/expired", Class::StateChanged)];
        check(
            &[all.as_slice(), &expired].concat(),
            &[],
            &[("never-fades", 3, 3, &[]), ("expired-token-accepted", 1, 1, &[])],
        );
        check(&[], &[], &[]);
    }

    #[test]
    fn a_cause_explains_a_real_share_of_what_departs() {
        let matrix: KillMatrix = serde_json::from_str(MATRIX).unwrap();
        let known = ["fade/in-two-stages", "fade/again/before", "fade/again/after"];
        let found = |n_other: usize, n_inconclusive: usize| {
            let others = (0..n_other).map(|n| format!("body/other-{n}"));
            let ids: Vec<String> = known.iter().map(ToString::to_string).chain(others).collect();
            let departures = ids.iter().map(|id| (id.clone(), Class::WrongPresence)).collect();
            let judged = ids.into_iter().collect();
            Shown { judged, departures, n_inconclusive }.causes_in(&matrix, Profile::V1_0).len()
        };
        // Three of twelve are a quarter, three of thirteen are less.
        assert_eq!((found(9, 0), found(10, 0)), (1, 0));
        // Where most could not be judged, little speaks against any cause.
        assert_eq!((found(0, 3), found(0, 4)), (1, 0));
    }
}
