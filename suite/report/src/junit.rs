//! JUnit's XML, as the readers of Jenkins and GitLab want it: no element or attribute that their schemas do not have.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, Property, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};
use setpresence_core::event::{CaseRecord, RunEvent};

use crate::run::Run;
use crate::summary::Strictness;
use crate::text::clean;
use crate::told::{Standing, because, began, departure, details, on_record, path};

/// The report of a run: a suite for each family. What was not judged or is waived is `skipped`, with the reason.
pub(crate) fn report(events: &[RunEvent], strictness: Strictness) -> Result<String, SerializeError> {
    let run = Run::of(events);
    let mut families: BTreeMap<&str, TestSuite> = BTreeMap::new();
    for case in &run.cases {
        let suite = families.entry(&case.family).or_insert_with(|| suite(&case.family, &run));
        suite.add_test_case(test_case(case, &run, strictness));
    }
    let mut report = Report::new("setpresence");
    report.add_test_suites(families.into_values());
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
        if start.started_unix_ms.is_some() {
            suite.set_timestamp(began(run.start));
        }
    }
    suite
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
    test.set_time(case.lasts.since_start());
    if standing != Standing::Failed {
        let shown = if case.divergences.is_empty() { on_record(case) } else { Some(details(case, run)) };
        if let Some(text) = shown {
            test.set_system_out(text);
        }
    }
    test
}
