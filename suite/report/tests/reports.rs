//! The reports of hand-made runs: snapshots of what a person reads, and rows for what must hold of any run.

use std::collections::BTreeMap;

use setpresence_core::event::{CaseRecord, FORMAT, RequirementRecord, RunEnd, RunEvent, RunStart};
use setpresence_core::judge::{Class, Divergence, Verdict};
use setpresence_core::moment::Moment;
use setpresence_core::spec::Level;
use setpresence_report::console::{self, Detail, Options, Style};
use setpresence_report::{Status, Strictness, Summary, json, log};

fn start(n_cases: usize) -> RunEvent {
    let requirement =
        |sentence: &str, source: &str| RequirementRecord { sentence: sentence.to_owned(), source: source.to_owned() };
    RunEvent::RunStarted(RunStart {
        started_unix_ms: None,
        format: FORMAT,
        suite: "0.1.0".to_owned(),
        profile: "beta-2021-06".to_owned(),
        profile_about: "the beta reference page of setPresence, June 2021".to_owned(),
        target: "http://127.0.0.1:4010/beta".to_owned(),
        clock: "manual".to_owned(),
        cases: n_cases,
        requirements: BTreeMap::from([
            (
                "fade.first-timeout".to_owned(),
                requirement(
                    "Five minutes after it was set, an Available session shows Available/AvailableInactive.",
                    "S P",
                ),
            ),
            ("combinations.unsupported".to_owned(), requirement("Any pair outside the table is refused.", "S")),
            ("http.error-envelope".to_owned(), requirement("A refusal's body is an OData error.", "E")),
        ]),
    })
}

fn case(id: &str, verdict: Verdict) -> CaseRecord {
    CaseRecord {
        id: id.to_owned(),
        family: id.split('/').next().unwrap_or_default().to_owned(),
        file: format!("cases/{id}.toml"),
        title: "What is so when the case passes".to_owned(),
        about: String::new(),
        level: Level::Must,
        requirements: vec!["combinations.unsupported".to_owned()],
        verdict,
        reason: None,
        divergences: Vec::new(),
        observed: Vec::new(),
        explained_by: Vec::new(),
        reproduce: Vec::new(),
        lasts: Moment::START,
        began: Moment::START,
        measured: Vec::new(),
        exchanges: Vec::new(),
    }
}

fn divergence(requirement: &str, level: Level, class: Class, expected: &str, observed: &str) -> Divergence {
    Divergence {
        requirement: requirement.to_owned(),
        level,
        class,
        expected: expected.to_owned(),
        observed: observed.to_owned(),
        step: 1,
        exchange: 0,
    }
}

fn accepted_pair(name: &str) -> CaseRecord {
    CaseRecord {
        title: format!("{name} is refused"),
        divergences: vec![divergence(
            "combinations.unsupported",
            Level::Must,
            Class::AcceptedInvalid,
            "a 4xx status",
            "200",
        )],
        reproduce: vec![
            "curl -sS -X POST \"$SETPRESENCE_TARGET/users/u1/presence/setPresence\" \\\n  -H \"Authorization: Bearer $SETPRESENCE_TOKEN\" -d '{}'"
                .to_owned(),
        ],
        ..case(&format!("combinations/unsupported/{name}"), Verdict::Failed)
    }
}

fn end() -> RunEvent {
    RunEvent::RunFinished(RunEnd { requests: 321, elapsed_ms: 17, ended_early: None })
}

fn log_of(cases: Vec<CaseRecord>) -> Vec<RunEvent> {
    let mut events = vec![start(cases.len())];
    events.extend(cases.into_iter().map(|case| RunEvent::CaseFinished(Box::new(case))));
    events.push(end());
    events
}

/// A run with every verdict, a grid of failures that are alike, and two reasons to skip.
fn mixed() -> Vec<RunEvent> {
    let mut cases: Vec<CaseRecord> =
        ["available-busy", "away-busy", "busy-away", "busy-busy", "busy-offline", "offline-away", "offline-offline"]
            .into_iter()
            .map(accepted_pair)
            .collect();
    cases.push(CaseRecord {
        title: "An Available session fades to AvailableInactive, then to Away".to_owned(),
        divergences: vec![divergence(
            "fade.first-timeout",
            Level::Must,
            Class::WrongPresence,
            "Available/AvailableInactive",
            "Available/Available",
        )],
        ..case("fade/in-two-stages", Verdict::Failed)
    });
    cases.push(CaseRecord {
        divergences: vec![divergence(
            "http.error-envelope",
            Level::Should,
            Class::MalformedError,
            "an error body with `error.code` and `error.message`",
            "`oops`",
        )],
        ..case("body/not-json/text", Verdict::Warned)
    });
    let observed = vec!["accepted with 200, then the read shows Busy/InACall".to_owned()];
    cases.push(CaseRecord { observed, ..case("body/duration/weeks", Verdict::Observed) });
    for (id, reason) in [
        ("permissions/expired", "give [credentials] expired or a [mint] in the target file"),
        ("permissions/not-yet", "give [credentials] expired or a [mint] in the target file"),
        ("fade/four-hours", "takes 4 h of real time: run with --max-wait 4h"),
    ] {
        cases.push(CaseRecord { reason: Some(reason.to_owned()), ..case(id, Verdict::Skipped) });
    }
    let reason = Some("no answer within 10 s".to_owned());
    cases.push(CaseRecord { reason, ..case("body/slow", Verdict::Inconclusive) });
    cases.push(case("body/valid", Verdict::Passed));
    log_of(cases)
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../reports"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

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
fn a_stored_run_reads_back() {
    let events = mixed();
    let stored: String = events.iter().map(|event| log::line(event).unwrap()).collect();
    assert_eq!(log::read(&stored).unwrap(), events);
    let rows = [
        ("", "line 1: a log holds one run"),
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
