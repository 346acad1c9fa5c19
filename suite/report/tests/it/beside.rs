//! What fails a run beside its cases is a failure in every format, by name and place.

use std::time::Duration;

use serde_json::Value;
use setpresence_core::event::{CaseRecord, RunEnd, RunEvent, SnapshotChange, StaleWaiver};
use setpresence_core::judge::Verdict;
use setpresence_core::moment::{Moment, Span};
use setpresence_report::console::Options;
use setpresence_report::{Format, Strictness, render};

use crate::junit;
use crate::runs::{accepted_pair, case, log_of};

fn made(format: Format, events: &[RunEvent]) -> String {
    render(format, events, &Options::default()).unwrap()
}

fn passing(change: impl FnOnce(&mut RunEnd)) -> Vec<RunEvent> {
    let mut events = log_of(vec![case("a/b", Verdict::Passed)]);
    if let Some(RunEvent::RunFinished(end)) = events.last_mut() {
        change(end);
    }
    events
}

fn stale(end: &mut RunEnd) {
    let text = str::to_owned;
    end.stale = vec![StaleWaiver { case: text("x/y"), place: text("ci/target.toml:9"), why: text("delete it") }];
}

fn unlike(end: &mut RunEnd) {
    let lines = |text: &str| Some(vec![text.to_owned()]);
    end.unlike_snapshot = Some("behaviour.txt".to_owned());
    end.snapshot_changes = vec![
        SnapshotChange { case: "a/b".to_owned(), was: lines("  failed"), is: lines("  passed") },
        SnapshotChange { case: "c/d".to_owned(), was: lines("  passed"), is: None },
    ];
}

#[test]
fn a_run_that_fails_without_a_failing_case_shows_why_everywhere() {
    let both = passing(|end| {
        stale(end);
        unlike(end);
    });
    let rows: [(Format, &[&str]); 9] = [
        (
            Format::Console,
            &["STALE  the waiver ci/target.toml:9", "SNAPSHOT  ", "changed  a/b", "- failed", "+ passed"],
        ),
        (Format::Markdown, &["**Stale waiver** `ci/target.toml:9`", "**Snapshot** ", "changed  a/b", "gone     c/d"]),
        (Format::Html, &["Stale waiver ci/target.toml:9", "changed  a/b", "gone     c/d"]),
        (Format::Json, &["\"stale_waivers\"", "\"file\": \"behaviour.txt\"", "\"change\": \"gone\""]),
        (
            Format::Github,
            &["::error file=ci/target.toml,line=9,title=stale waiver on ", "::error file=behaviour.txt,line=1,"],
        ),
        (Format::Junit, &["failures=\"2\"", "name=\"waivers/ci/target.toml:9\"", "name=\"snapshot\"", "changed  a/b"]),
        (Format::Ctrf, &["\"failed\": 2", "\"name\": \"waivers/ci/target.toml:9\"", "\"name\": \"snapshot\""]),
        (Format::Sarif, &["\"uri\": \"ci/target.toml\"", "\"startLine\": 9", "\"ruleId\": \"snapshot\""]),
        (Format::Tap, &["1..3\n", "not ok 2 - waivers/ci/target.toml:9\n", "not ok 3 - snapshot\n"]),
    ];
    for (format, wanted) in rows {
        let text = made(format, &both);
        for wanted in wanted {
            assert!(text.contains(wanted), "{}: {wanted:?} is not in {text}", format.name());
        }
    }
    junit::check(&made(Format::Junit, &both));
    let sarif: Value = serde_json::from_str(&made(Format::Sarif, &both)).unwrap();
    for result in sarif["runs"][0]["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
}

#[test]
fn a_run_that_could_not_judge_is_red_where_only_tests_are_read() {
    let lost = passing(|end| end.ended_early = Some("the target stopped answering".to_owned()));
    let xml = made(Format::Junit, &lost);
    junit::check(&xml);
    assert!(xml.contains("errors=\"1\"") && xml.contains("the target stopped answering"), "{xml}");
    assert!(made(Format::Ctrf, &lost).contains("\"failed\": 1"));
    for format in [Format::Junit, Format::Ctrf] {
        let text = made(format, &passing(|_| {}));
        assert!(!text.contains("name=\"run\"") && !text.contains("\"name\": \"run\""), "{text}");
    }
}

#[test]
fn a_badge_says_what_fails_the_run() {
    let fails = |change: &dyn Fn(&mut RunEnd)| {
        let mut events = log_of(vec![accepted_pair("a"), case("a/b", Verdict::Passed)]);
        if let Some(RunEvent::RunFinished(end)) = events.last_mut() {
            change(end);
        }
        events
    };
    let shoulds = log_of(vec![case("a/b", Verdict::Passed), case("a/c", Verdict::Warned)]);
    let rows = [
        (passing(|_| {}), "1 case", "brightgreen"),
        (passing(stale), "1 waiver is stale", "red"),
        (passing(unlike), "differs from its snapshot", "red"),
        (fails(&|_| {}), "1 of 2 cases fail", "red"),
        (fails(&stale), "1 of 2 cases fail", "red"),
        (shoulds, "2 cases, 1 against a should", "yellowgreen"),
    ];
    for (events, message, color) in rows {
        let badge: Value = serde_json::from_str(&made(Format::Badge, &events)).unwrap();
        assert_eq!((badge["message"].as_str(), badge["color"].as_str()), (Some(message), Some(color)));
    }
}

#[test]
fn times_are_those_that_passed() {
    let at = |from, to| {
        let moment = |millis| Moment::from_start(Duration::from_millis(millis));
        Some(Span { from: moment(from), to: moment(to) })
    };
    let hour = Moment::from_start(Duration::from_secs(3600));
    let mut events = log_of(vec![
        CaseRecord { lasts: hour, real: at(1_000, 3_500), ..case("fade/a", Verdict::Passed) },
        CaseRecord { lasts: hour, real: at(2_000, 5_250), ..case("fade/b", Verdict::Passed) },
        CaseRecord { lasts: hour, ..case("fade/c", Verdict::Skipped) },
    ]);
    let times = |xml: &str, element: &str| -> Vec<String> {
        let tags = xml.match_indices(element).map(|(at, _)| xml[at..].split('>').next().unwrap());
        tags.filter_map(|tag| Some(tag.split_once(" time=\"")?.1.split('"').next()?.to_owned())).collect()
    };
    let xml = made(Format::Junit, &events);
    assert_eq!(times(&xml, "<testcase "), ["2.500", "3.250", "0.000"]);
    assert_eq!(times(&xml, "<testsuite "), ["4.250"], "they overlap");
    assert_eq!(times(&xml, "<testsuites "), Vec::<String>::new(), "on a clock that is moved by hand");
    if let Some(RunEvent::RunStarted(start)) = events.first_mut() {
        start.started_unix_ms = Some(1_790_000_000_000);
    }
    let timed =
        render(Format::Junit, &events, &Options { strictness: Strictness::Must, ..Options::default() }).unwrap();
    assert_eq!(times(&timed, "<testsuites "), ["0.017"]);
    junit::check(&timed);
    let ctrf: Value = serde_json::from_str(&made(Format::Ctrf, &events)).unwrap();
    let durations: Vec<_> = ctrf["results"]["tests"].as_array().unwrap().iter().map(|test| &test["duration"]).collect();
    assert_eq!(durations, [2500, 3250, 0]);
}
