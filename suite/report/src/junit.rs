//! JUnit's XML, as the readers of Jenkins and GitLab want it: no element or attribute that their schemas do not have.

use std::collections::BTreeMap;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};
use setpresence_core::event::{CaseRecord, RunEvent};
use setpresence_core::moment::Span;

use crate::beside::{self, Kind};
use crate::run::Run;
use crate::summary::{Strictness, Summary};
use crate::text::clean;
use crate::told::{Standing, because, began, departure, details, explanation, on_record, path, took};

/// The report of a run: a suite for each family, and one for each kind of what fails the run beside its cases. What was
/// not judged or is waived is `skipped`, with the reason. Times are real ones.
pub(crate) fn report(events: &[RunEvent], strictness: Strictness) -> Result<String, SerializeError> {
    let run = Run::of(events);
    let mut families: BTreeMap<&str, TestSuite> = BTreeMap::new();
    for case in &run.cases {
        let suite = families.entry(&case.family).or_insert_with(|| suite(&case.family, &run));
        suite.add_test_case(test_case(case, &run, strictness));
    }
    for (family, suite) in &mut families {
        suite.set_time(took_together(run.cases.iter().filter(|case| case.family == *family).copied()));
    }
    let mut report = Report::new("setpresence");
    report.add_test_suites(families.into_values());
    report.add_test_suites(suites_beside(&run, &Summary::of(events), strictness));
    if let Some(end) = run.end.filter(|_| run.start.is_some_and(|start| start.started_unix_ms.is_some())) {
        report.set_time(Duration::from_millis(end.elapsed_ms));
    }
    let mut text = without_skipped(&report.to_string()?);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// The schema of Jenkins' reader knows `skipped` of a suite only, not of the whole.
fn without_skipped(xml: &str) -> String {
    let root = xml.find("<testsuites").unwrap_or_default();
    let end = xml[root..].find('>').map_or(xml.len(), |at| root + at);
    let (head, rest) = xml.split_at(end);
    match head.split_once(" skipped=\"") {
        Some((before, value)) => format!("{before}{}{rest}", value.split_once('"').map_or("", |(_, after)| after)),
        None => xml.to_owned(),
    }
}

fn suite(family: &str, run: &Run<'_>) -> TestSuite {
    let mut suite = TestSuite::new(clean(family).as_ref());
    if let Some(start) = run.start {
        for (name, value) in [("target", &start.target), ("profile", &start.profile), ("suite", &start.suite)] {
            suite.add_property(Property::new(name, clean(value).as_ref()));
        }
        for cause in run.likely_causes() {
            suite.add_property(Property::new("likely cause", clean(&explanation(cause, run)).as_ref()));
        }
        if start.started_unix_ms.is_some() {
            suite.set_timestamp(began(run.start));
        }
    }
    suite
}

/// From the first request of these cases to the last answer: cases wait side by side, so that a sum would say days.
fn took_together<'log>(cases: impl Iterator<Item = &'log CaseRecord>) -> Duration {
    let whole = cases
        .filter_map(|case| case.real)
        .reduce(|one, other| Span { from: one.from.min(other.from), to: one.to.max(other.to) });
    whole.map_or(Duration::ZERO, |whole| whole.to.since(whole.from))
}

/// A reader of nothing but tests would else show a run as good that is not.
fn suites_beside(run: &Run<'_>, summary: &Summary, strictness: Strictness) -> Vec<TestSuite> {
    let mut suites: Vec<(Kind, TestSuite)> = Vec::new();
    for one in beside::all(run, summary, strictness) {
        let is_error = one.kind == Kind::Run;
        let kind = if is_error { NonSuccessKind::Error } else { NonSuccessKind::Failure };
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(one.message).set_type(one.kind.name()).set_description(one.details);
        let mut test = TestCase::new(one.id, status);
        test.set_classname(one.kind.name());
        test.set_time(Duration::ZERO);
        match suites.last_mut().filter(|(known, _)| *known == one.kind) {
            Some((_, suite)) => {
                suite.add_test_case(test);
            }
            None => {
                let mut suite = suite(one.kind.name(), run);
                suite.add_test_case(test);
                suites.push((one.kind, suite));
            }
        }
    }
    suites.into_iter().map(|(_, suite)| suite).collect()
}

fn test_case(case: &CaseRecord, run: &Run<'_>, strictness: Strictness) -> TestCase {
    let standing = Standing::of(case, strictness);
    let mut status = match standing {
        Standing::Passed => TestCaseStatus::success(),
        Standing::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Standing::Waived | Standing::Left => TestCaseStatus::skipped(),
    };
    match standing {
        Standing::Passed => {}
        Standing::Failed => {
            let first = case.divergences.first();
            status.set_message(first.map(departure).unwrap_or_default());
            status.set_type(first.map_or("departure", |found| found.class.name()));
            status.set_description(format!("{}\n{}", path(case), details(case, run)));
        }
        Standing::Waived | Standing::Left => {
            status.set_message(because(case));
        }
    }
    let mut test = TestCase::new(clean(&case.id).as_ref(), status);
    test.set_classname(clean(&case.family).as_ref());
    test.set_time(took(case));
    if standing != Standing::Failed {
        let shown = if case.divergences.is_empty() { on_record(case) } else { Some(details(case, run)) };
        if let Some(text) = shown {
            test.set_system_out(text);
        }
    }
    test
}
