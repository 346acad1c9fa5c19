//! Waived departures in every format: shown as what they are, and no failure; a stale waiver is one.

use setpresence_core::event::{CaseRecord, RunEvent, StaleWaiver, Waived};
use setpresence_core::judge::Verdict;
use setpresence_report::console::{Options, report};
use setpresence_report::{Format, Status, Strictness, Summary, render};

use crate::runs::{accepted_pair, case, log_of};

fn waived(name: &str, is_flaky: bool) -> CaseRecord {
    let waived = Waived { reason: "mended in spring".to_owned(), place: "target.toml:7".to_owned(), is_flaky };
    CaseRecord { waived: Some(waived), ..accepted_pair(name) }
}

fn events() -> Vec<RunEvent> {
    log_of(vec![waived("a", false), waived("b", true), case("c/d", Verdict::Passed)])
}

#[test]
fn a_waived_departure_is_shown_and_is_no_failure() {
    let rows: [(Format, &[&str]); 6] = [
        (Format::Console, &["2 waived", "mended in spring", "target.toml:7", "flaky", "exit status 0"]),
        (Format::Json, &["\"waived\": 2", "\"reason\": \"mended in spring\"", "\"flaky\": true"]),
        (Format::Junit, &["failures=\"0\"", "<skipped message=\"waived: mended in spring (target.toml:7)\"/>"]),
        (Format::Markdown, &["2 departures waived", "`mended in spring`", "(flaky)"]),
        (Format::Tap, &["# TODO waived: mended in spring", "# TODO known to be flaky: mended in spring"]),
        (Format::Sarif, &["\"justification\": \"mended in spring\""]),
    ];
    for (format, wanted) in rows {
        let text = render(format, &events(), &Options::default()).unwrap();
        for wanted in wanted {
            assert!(text.contains(wanted), "{}: {wanted:?} is not in {text}", format.name());
        }
    }
    let github = render(Format::Github, &events(), &Options::default()).unwrap();
    assert!(!github.contains("::error"), "{github}");
}

#[test]
fn a_stale_waiver_fails_the_run() {
    let mut events = events();
    if let Some(RunEvent::RunFinished(end)) = events.last_mut() {
        let text = str::to_owned;
        let why = text("the case passes: delete line 9");
        end.stale = vec![StaleWaiver { case: text("x/y"), place: text("target.toml:9"), why }];
    }
    assert_eq!(Summary::of(&events).status(Strictness::Must), Status::Departs);
    let text = report(&events, &Options::default());
    for wanted in ["STALE", "target.toml:9", "delete line 9", "exit status 1"] {
        assert!(text.contains(wanted), "{wanted:?} is not in {text}");
    }
}
