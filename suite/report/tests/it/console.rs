//! The console report and the JSON report: snapshots of what a person reads, and what must hold of any run.

use setpresence_core::event::{CaseRecord, RunEvent};
use setpresence_core::judge::Verdict;
use setpresence_report::console::{self, Detail, Options, Style};
use setpresence_report::{Status, Strictness, Summary, json, log};

use crate::runs::{accepted_pair, case, log_of, mixed, snapshot};

#[test]
fn a_run_with_everything_in_it() {
    snapshot("hand-made-console", &console::report(&mixed(), &Options::default()));
    let verbose = Options { detail: Detail::Everything, width: 72, ..Options::default() };
    snapshot("hand-made-console-verbose", &console::report(&mixed(), &verbose));
    snapshot("hand-made-json", &json::report(&mixed()).unwrap());
}

#[test]
fn failures_that_another_profile_explains() {
    let explained = |name| CaseRecord { explained_by: vec!["v1.0".to_owned()], ..accepted_pair(name) };
    let sentence = "Every failure is what the profile v1.0 permits";
    let all = console::report(&log_of(vec![explained("a"), explained("b")]), &Options::default());
    assert!(all.contains(sentence), "{all}");
    let some = console::report(&log_of(vec![explained("a"), accepted_pair("b")]), &Options::default());
    assert!(!some.contains(sentence), "{some}");
    let none = console::report(&log_of(vec![case("a/b", Verdict::Passed)]), &Options::default());
    assert!(!none.contains(sentence), "{none}");
}

#[test]
fn the_order_of_events_does_not_matter() {
    let mut turned = mixed();
    let last = turned.len() - 1;
    turned[1..last].reverse();
    assert_eq!(json::report(&turned).unwrap(), json::report(&mixed()).unwrap());
    let options = Options::default();
    assert_eq!(console::report(&turned, &options), console::report(&mixed(), &options));
}

#[test]
fn real_time_leaves_no_trace() {
    let mut slower = mixed();
    if let Some(RunEvent::RunFinished(end)) = slower.last_mut() {
        end.elapsed_ms = 99_999;
    }
    assert_eq!(json::report(&slower).unwrap(), json::report(&mixed()).unwrap());
    let options = Options::default();
    assert_eq!(console::report(&slower, &options), console::report(&mixed(), &options));
}

#[test]
fn no_target_can_steer_the_terminal() {
    let evil = "\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\r";
    let mut record = accepted_pair("evil");
    record.title = evil.to_owned();
    record.reason = Some(evil.to_owned());
    record.observed = vec![evil.to_owned()];
    record.divergences[0].observed = evil.to_owned();
    record.reproduce = vec![evil.to_owned()];
    let events = log_of(vec![record]);
    for detail in [Detail::Grouped, Detail::Everything] {
        let text = console::report(&events, &Options { detail, ..Options::default() });
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\r']), "{text:?}");
        assert!(text.contains("\\u{1b}]0;owned"), "{text}");
    }
    let text = json::report(&events).unwrap();
    assert!(!text.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\r']), "{text:?}");
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read["cases"][0]["divergences"][0]["observed"], evil);
}

#[test]
fn colour_adds_nothing_but_colour() {
    let coloured = console::report(&mixed(), &Options { style: Style::Colour, ..Options::default() });
    let mut plain = String::new();
    for (index, part) in coloured.split('\u{1b}').enumerate() {
        plain.push_str(if index == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(plain, console::report(&mixed(), &Options::default()));
    assert!(coloured.contains("\u{1b}[1;31mFAILED\u{1b}[0m"));
}

#[test]
fn a_lost_target_is_no_result() {
    let mut events = mixed();
    if let Some(RunEvent::RunFinished(end)) = events.last_mut() {
        end.ended_early = Some("the target stopped answering".to_owned());
    }
    assert_eq!(Summary::of(&events).status(Strictness::Must), Status::Unjudged);
    let text = console::report(&events, &Options::default());
    assert!(text.contains("exit status 3"), "{text}");
    assert!(text.contains("the target stopped answering"), "{text}");
}

#[test]
fn how_little_was_judged_stands_above_the_summary() {
    let record = |id: &str, reason: &str| CaseRecord {
        reason: Some(reason.to_owned()),
        ..case(&format!("body/{id}"), Verdict::Inconclusive)
    };
    let mut cases = vec![record("a", "rare"), record("b", "frequent"), record("c", "frequent")];
    cases.extend([case("body/d", Verdict::Passed), case("body/e", Verdict::Skipped)]);
    let wanted = "\nMOST WAS NOT JUDGED: 3 of 4 cases are inconclusive; 2 of them: frequent\n\n1 passed, ";
    for detail in [Detail::Summary, Detail::Grouped] {
        let text = console::report(&log_of(cases.clone()), &Options { detail, ..Options::default() });
        assert!(format!("\n{text}").contains(wanted), "{text}");
        assert!(text.ends_with("exit status 3: only 1 of 4 cases could be judged\n"), "{text}");
    }
    assert!(!console::report(&mixed(), &Options::default()).contains("NOT JUDGED"));
}

#[test]
fn a_warning_of_the_first_look_is_in_the_head() {
    let mut events = mixed();
    if let Some(RunEvent::RunStarted(start)) = events.first_mut() {
        start.warnings = vec!["the target answers 403 to what `app_b` sets".to_owned()];
    }
    let text = console::report(&events, &Options::default());
    assert!(text.contains("\nwarning  the target answers 403 to what `app_b` sets\n"), "{text}");
}

#[test]
fn a_stored_run_reads_back() {
    let events = mixed();
    let stored: String = events.iter().map(|event| log::line(event).unwrap()).collect();
    assert_eq!(log::read(&stored).unwrap(), events);
    let rows = [
        ("", "the run had not begun"),
        ("{}\n", "line 1 is not an event"),
        ("nonsense", "line 1 is not an event"),
        (stored.lines().nth(1).unwrap(), "line 1: a log holds one run"),
        (&format!("{stored}{stored}"), "line 18: a log holds one run"),
        (&stored.replacen("\"format\":1", "\"format\":9", 1), "the log has format 9"),
    ];
    for (text, message) in rows {
        let error = log::read(text).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}
