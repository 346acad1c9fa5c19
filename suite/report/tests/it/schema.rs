//! The JSON report is what its published schema says, and the schema knows every member that there is.

use serde_json::Value;
use setpresence_core::event::{CaseRecord, LikelyCause, Measurement, RunEvent, SnapshotChange, StaleWaiver, Waived};
use setpresence_core::judge::Verdict;
use setpresence_core::moment::Moment;
use setpresence_report::json;

use crate::runs::{accepted_pair, case, log_of, mixed};

const SCHEMA: &str = include_str!("../../../../fixtures/schema/report.schema.json");

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

/// Makes a member that the schema does not name a mistake. Readers must bear new ones, so the published schema does.
fn close(schema: &mut Value) {
    if let Value::Object(members) = schema {
        if members.contains_key("properties") {
            members.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
        members.values_mut().for_each(close);
    }
}

fn check(events: &[RunEvent]) {
    let report: Value = serde_json::from_str(&json::report(events).unwrap()).unwrap();
    let mut closed = schema();
    close(&mut closed);
    let validator = jsonschema::validator_for(&closed).unwrap();
    let errors: Vec<_> =
        validator.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

fn with_everything() -> Vec<RunEvent> {
    let waived = Waived { reason: "known".to_owned(), place: "target.toml:3".to_owned(), is_flaky: false };
    let measured = Measurement {
        requirement: "fade.first-timeout".to_owned(),
        from: "Available/Available".to_owned(),
        to: "Offline/Offline".to_owned(),
        documented: Some(Moment::START),
        documented_to: Some("Available/AvailableInactive".to_owned()),
        no_earlier: Moment::START,
        no_later: Moment::START,
    };
    let mut events = log_of(vec![
        CaseRecord { waived: Some(waived), ..accepted_pair("a") },
        CaseRecord { explained_by: vec!["v1.0".to_owned()], ..accepted_pair("b") },
        CaseRecord { measured: vec![measured], ..case("c/d", Verdict::Passed) },
    ]);
    if let Some(RunEvent::RunStarted(start)) = events.first_mut() {
        start.warnings = vec!["the target answers 403".to_owned()];
    }
    if let Some(RunEvent::RunFinished(end)) = events.last_mut() {
        end.ended_early = Some("lost".to_owned());
        let text = str::to_owned;
        end.likely_causes = vec![LikelyCause {
            mutant: text("never-fades"),
            about: text("an Available session never fades"),
            requirement: text("fade.first-timeout"),
            explains: vec![text("a")],
            would_show: 3,
            alternatives: vec![text("fades-once")],
        }];
        end.unlike_snapshot = Some(text("behaviour.txt"));
        let lines = || Some(vec![text("passed")]);
        end.snapshot_changes = vec![
            SnapshotChange { case: text("a"), was: lines(), is: lines() },
            SnapshotChange { case: text("b"), was: lines(), is: None },
            SnapshotChange { case: text("c"), was: None, is: lines() },
        ];
        end.stale = vec![StaleWaiver { case: text("x/y"), place: text("target.toml:9"), why: text("passes") }];
    }
    events
}

#[test]
fn reports_keep_to_the_schema() {
    check(&mixed());
    check(&with_everything());
    check(&[]);
}

#[test]
fn the_schema_tells_a_wrong_report() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let report: Value = serde_json::from_str(&json::report(&mixed()).unwrap()).unwrap();
    assert!(validator.is_valid(&report));
    let wrong = |change: &dyn Fn(&mut Value)| {
        let mut changed = report.clone();
        change(&mut changed);
        assert!(!validator.is_valid(&changed), "{changed}");
    };
    wrong(&|report| report["format"] = 2.into());
    wrong(&|report| report["summary"]["passed"] = "1".into());
    wrong(&|report| report["cases"][0]["verdict"] = "fine".into());
    wrong(&|report| {
        report.as_object_mut().unwrap().remove("cases");
    });
    wrong(&|report| report["cases"][0]["divergences"] = Value::Null);
}
