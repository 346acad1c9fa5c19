//! One departure, or several that are alike.

use std::collections::BTreeSet;

use setpresence_core::event::{CaseRecord, RequirementRecord};
use setpresence_core::judge::{Divergence, Verdict};

use super::NAMED;
use super::page::{Ink, Page};
use crate::alike::{self, Group};
use crate::seen::measured;
use crate::told::what;

/// How many cases of a group are shown with what was expected and observed, the first of them in full.
const SHOWN: usize = 5;
const LABEL: usize = 10;

type Requirements<'a> = dyn Fn(&str) -> Option<&'a RequirementRecord> + 'a;

/// A case with everything that is known of it.
pub(super) fn full(page: &mut Page, case: &CaseRecord, requirements: &Requirements<'_>) {
    page.verdict(case.verdict, &case.id);
    page.text(2, &case.title);
    if let Some(reason) = &case.reason {
        page.labelled(2, LABEL, "because", reason);
    }
    let mut told = BTreeSet::new();
    for divergence in &case.divergences {
        page.labelled(2, LABEL, &format!("step {}", divergence.step), &what(case, divergence));
        let is_new = told.insert(divergence.requirement.as_str());
        requirement(page, divergence, if is_new { requirements } else { &|_| None });
        sides(page, divergence);
    }
    for measurement in measured(case) {
        page.labelled(2, LABEL, "measured", &measurement.to_string());
    }
    for seen in &case.observed {
        page.labelled(2, LABEL, "on record", seen);
    }
    if matches!(case.verdict, Verdict::Failed | Verdict::Warned) && !case.reproduce.is_empty() {
        page.inked(2, 0, "", Ink::Faint, "to see it again:");
        for command in &case.reproduce {
            page.command(4, command);
        }
    }
}

/// The first case in full, some more in short, the names of the rest.
pub(super) fn group(page: &mut Page, group: &Group<'_>, requirements: &Requirements<'_>) {
    let Some((first, rest)) = group.split_first() else { return };
    full(page, first, requirements);
    let (shown, named) = rest.split_at(rest.len().min(SHOWN - 1));
    for case in shown {
        page.verdict(case.verdict, &case.id);
        for divergence in &case.divergences {
            page.text(4, &format!("expected {}; observed {}", divergence.expected, divergence.observed));
        }
    }
    if !named.is_empty() {
        page.text(0, &format!("and {} more like this (each in full with --verbose):", named.len()));
        page.text(2, &alike::some_ids(named, NAMED));
    }
}

/// The requirement with its sentence, or only its id where nothing more is to be told.
fn requirement(page: &mut Page, divergence: &Divergence, requirements: &Requirements<'_>) {
    let id = &divergence.requirement;
    let text = match requirements(id) {
        Some(known) => format!("{id}: {} (source: {})", known.sentence, known.source),
        None => id.clone(),
    };
    page.labelled(4, LABEL, divergence.level.name(), &text);
}

fn sides(page: &mut Page, divergence: &Divergence) {
    page.inked(4, LABEL, "expected", Ink::Good, &divergence.expected);
    page.inked(4, LABEL, "observed", Ink::Bad, &divergence.observed);
}
