//! Several targets side by side.

use serde_json::{Value, json};
use setpresence_core::event::{CaseRecord, RunEvent};
use setpresence_core::judge::Verdict;
use setpresence_report::console::{Detail, Options};
use setpresence_report::{Column, Format, Matrix, Strictness};

use crate::runs::{accepted_pair, case, log_of};

const SCHEMA: &str = include_str!("../../../../fixtures/schema/matrix.schema.json");

fn observed(id: &str, what: &str) -> CaseRecord {
    CaseRecord { observed: vec![what.to_owned()], ..case(id, Verdict::Observed) }
}

fn good() -> Vec<RunEvent> {
    log_of(vec![
        case("combinations/unsupported/away-busy", Verdict::Passed),
        case("combinations/unsupported/busy-away", Verdict::Passed),
        observed("body/duration/weeks", "not accepted (400)"),
        case("body/plain", Verdict::Passed),
        case("fade/skipped-here", Verdict::Skipped),
    ])
}

fn bad() -> Vec<RunEvent> {
    log_of(vec![
        accepted_pair("away-busy"),
        accepted_pair("busy-away"),
        observed("body/duration/weeks", "accepted (200)"),
        case("body/plain", Verdict::Passed),
        case("fade/skipped-here", Verdict::Passed),
        case("me/other-profile", Verdict::Passed),
    ])
}

fn columns<'e>(good: &'e [RunEvent], bad: &'e [RunEvent]) -> [Column<'e>; 3] {
    [
        Column { name: "good", events: good, unjudged: None, page: Some("page.good.html") },
        Column { name: "bad", events: bad, unjudged: None, page: Some("page.bad.html") },
        Column { name: "gone", events: &[], unjudged: Some("nobody answers"), page: None },
    ]
}

fn made(format: Format, options: &Options) -> String {
    let (good, bad) = (good(), bad());
    let matrix = Matrix::of(&columns(&good, &bad), Strictness::Must);
    matrix.render(format, options).unwrap().unwrap()
}

#[test]
fn a_terminal_shows_where_targets_depart_or_differ() {
    let text = made(Format::Console, &Options::default());
    let row = |cells: [&str; 3], what: &str| format!("\n  {:<14}{:<14}{:<14}{what}\n", cells[0], cells[1], cells[2]);
    for wanted in [
        row(["passed", "failed", "-"], "2 cases of combinations/unsupported"),
        row(["passed", "failed", "-"], "combinations.unsupported"),
        row(["observed", "observed", "-"], "body/duration/weeks"),
        "    good: not accepted (400)\n    bad: accepted (200)\n".to_owned(),
        "nobody answers".to_owned(),
        "exit status 3: the highest of good 0, bad 1, gone 3\n".to_owned(),
    ] {
        assert!(text.contains(&wanted), "{wanted:?} is not in\n{text}");
    }
    for unwanted in ["body/plain", "skipped-here", "me/other-profile"] {
        assert!(!text.contains(unwanted), "{unwanted} is in\n{text}");
    }
    let all = made(Format::Console, &Options { detail: Detail::Everything, ..Options::default() });
    assert!(all.contains(&row(["skipped", "passed", "-"], "fade/skipped-here")), "{all}");
    assert!(all.contains(&row(["-", "passed", "-"], "me/other-profile")), "{all}");
}

#[test]
fn markdown_has_a_row_for_each_difference() {
    let text = made(Format::Markdown, &Options::default());
    for wanted in [
        "| ✅ `good` | `http://127.0.0.1:4010/beta` |",
        "| ❔ `gone` |  |  | `nobody answers` |",
        "| `2 cases of combinations/unsupported` | passed | **failed** | – |",
        "| observed<br>`not accepted (400)` | observed<br>`accepted (200)` | – |",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in\n{text}");
    }
}

#[test]
fn a_page_links_to_the_case_on_each_page() {
    let text = made(Format::Html, &Options::default());
    for wanted in [
        "<td class=\"failed\"><a href=\"page.bad.html#combinations/unsupported/away-busy\">failed</a></td><td>–</td>",
        "<a href=\"page.good.html\">good</a>",
        "<td class=\"inconclusive\">nobody answers</td>",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in\n{text}");
    }
    assert!(!text.contains("href=\"page.gone"), "{text}");
}

#[test]
fn programs_get_what_the_schema_says() {
    let report: Value = serde_json::from_str(&made(Format::Json, &Options::default())).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(SCHEMA).unwrap()).unwrap();
    let errors: Vec<_> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let line = report["cases"].as_array().unwrap().iter().find(|line| line["id"] == "body/duration/weeks").unwrap();
    assert_eq!(line["verdicts"], json!({ "good": "observed", "bad": "observed", "gone": null }));
    assert_eq!(line["observed"]["bad"], json!(["accepted (200)"]));
    assert_eq!(report["targets"][1]["exit_status"], 1);
    let mut wrong = report;
    wrong["cases"][0]["verdicts"]["good"] = "fine".into();
    assert!(!validator.is_valid(&wrong));
}
