//! The Common Test Report Format: one JSON document that several test viewers read.

use serde_json::{Value, json};
use setpresence_core::event::{CaseRecord, RunEvent};

use crate::beside::{self, Beside};
use crate::run::Run;
use crate::summary::{Strictness, Summary};
use crate::text::{clean, pretty};
use crate::told::{Standing, because, began, departure, details, explanation, on_record, path, took};

/// The report of a run, with a test for each thing that fails it beside its cases. What was not judged is `skipped`, what
/// could not be is `other`; neither is a pass. Times are real ones.
pub(crate) fn report(events: &[RunEvent], strictness: Strictness) -> Result<String, serde_json::Error> {
    let run = Run::of(events);
    let mut tests: Vec<Value> = run.cases.iter().map(|case| test(case, &run, strictness)).collect();
    tests.extend(beside::all(&run, &Summary::of(events), strictness).iter().map(test_beside));
    let causes: Vec<Value> = run.likely_causes().iter().map(|cause| json!(clean(&explanation(cause, &run)))).collect();
    let count = |status: &str| tests.iter().filter(|test| test["status"] == status).count();
    let start = began(run.start).timestamp_millis();
    let elapsed = run.end.filter(|_| start > 0).map_or(0, |end| i64::try_from(end.elapsed_ms).unwrap_or(0));
    let mut report = json!({
        "reportFormat": "CTRF",
        "specVersion": "0.0.0",
        "results": {
            "tool": { "name": "setpresence", "version": run.suite() },
            "summary": {
                "tests": tests.len(),
                "passed": count("passed"),
                "failed": count("failed"),
                "pending": count("pending"),
                "skipped": count("skipped"),
                "other": count("other"),
                "start": start,
                "stop": start + elapsed,
            },
            "tests": tests,
            "environment": {
                "appName": run.start.map(|start| clean(&start.target)),
                "testEnvironment": run.start.map(|start| clean(&start.profile)),
            },
        },
    });
    if !causes.is_empty() {
        report["results"]["extra"] = json!({ "likelyCauses": causes });
    }
    pretty(&report)
}

/// A viewer of nothing but tests would else show a run as good that is not.
fn test_beside(one: &Beside) -> Value {
    let mut test = json!({
        "name": one.id,
        "status": "failed",
        "duration": 0,
        "suite": [one.kind.name()],
        "message": one.message,
        "trace": one.details,
    });
    if let Some((file, _)) = &one.place {
        test["filePath"] = json!(file);
    }
    test
}

fn test(case: &CaseRecord, run: &Run<'_>, strictness: Strictness) -> Value {
    let standing = Standing::of(case, strictness);
    let status = match standing {
        Standing::Passed => "passed",
        Standing::Failed => "failed",
        Standing::Waived => "pending",
        Standing::Left if case.reason.as_deref().is_none_or(str::is_empty) => "other",
        Standing::Left if case.verdict.name() == "inconclusive" => "other",
        Standing::Left => "skipped",
    };
    let message = match standing {
        Standing::Failed => case.divergences.first().map(departure),
        Standing::Waived | Standing::Left => Some(because(case)),
        Standing::Passed => case.divergences.first().map(departure).or_else(|| on_record(case)),
    };
    let duration = u64::try_from(took(case).as_millis()).unwrap_or(u64::MAX);
    let mut test = json!({
        "name": clean(&case.id),
        "status": status,
        "duration": duration,
        "suite": [clean(&case.family)],
        "tags": case.requirements.iter().map(|id| clean(id)).collect::<Vec<_>>(),
        "rawStatus": case.verdict.name(),
        "filePath": clean(&path(case)),
        "flaky": case.waived.as_ref().is_some_and(|waived| waived.is_flaky),
    });
    if let Some(members) = test.as_object_mut() {
        members.extend(message.map(|message| ("message".to_owned(), json!(message))));
        if !case.divergences.is_empty() {
            members.insert("trace".to_owned(), json!(details(case, run)));
        }
    }
    test
}
