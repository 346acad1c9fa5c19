//! However much is wrong, what people read stays as long as people read, and a comment as long as it may be.

use setpresence_core::event::{CaseRecord, LikelyCause, RunEvent, SnapshotChange, StaleWaiver, Waived};
use setpresence_core::judge::Verdict;
use setpresence_report::console::{Detail, Options};
use setpresence_report::{Format, render};

use crate::runs::{accepted_pair, case, log_of};

/// What a comment on GitHub may have.
const COMMENT: usize = 65_536;
/// The most lines that the console may take where nothing asks for every detail.
const LINES: usize = 700;

fn departing(n: usize, observed: impl Fn(usize) -> String) -> Vec<CaseRecord> {
    let record = |index| {
        let mut record = accepted_pair(&format!("a-name-of-a-common-length-{index}"));
        record.divergences[0].observed = observed(index);
        record
    };
    (0..n).map(record).collect()
}

fn with_end(cases: Vec<CaseRecord>, change: impl FnOnce(&mut setpresence_core::event::RunEnd)) -> Vec<RunEvent> {
    let mut events = log_of(cases);
    if let Some(RunEvent::RunFinished(end)) = events.last_mut() {
        change(end);
    }
    events
}

fn reason(verdict: Verdict, n: usize, reason: impl Fn(usize) -> String) -> Vec<CaseRecord> {
    let record = |index| CaseRecord {
        reason: Some(reason(index)),
        ..case(&format!("body/{}/{index}", verdict.name()), verdict)
    };
    (0..n).map(record).collect()
}

fn stale(n: usize) -> Vec<StaleWaiver> {
    let one = |index| StaleWaiver {
        case: format!("x/{index}"),
        place: format!("a.json:{index}"),
        why: "departs no more".to_owned(),
    };
    (0..n).map(one).collect()
}

/// Runs that overwhelm: their name and their events.
fn overwhelming() -> Vec<(&'static str, Vec<RunEvent>)> {
    let waived = Waived { reason: "as in the baseline".to_owned(), place: "a.json:7".to_owned(), is_flaky: false };
    let accepted = |record: CaseRecord| CaseRecord { waived: Some(waived.clone()), ..record };
    let each_its_own = |(index, record): (usize, CaseRecord)| {
        let waived = Waived { reason: format!("reason {index}"), ..waived.clone() };
        CaseRecord { waived: Some(waived), ..record }
    };
    let letters = |index: usize| "abcdefghij".chars().cycle().skip(index).take(index / 10 + 1).collect::<String>();
    let change = |index: usize| SnapshotChange {
        case: format!("fade/{index}"),
        was: Some(vec!["x".repeat(90_000); 30]),
        is: index.is_multiple_of(2).then(|| vec!["\u{1b}y".repeat(900); 3]),
    };
    let mut long = departing(3, |_| "é".repeat(100_000));
    long.iter_mut().for_each(|record| record.reproduce = vec!["x".repeat(100_000)]);
    vec![
        ("one kind", with_end(departing(3000, |n| format!("status 200: {{\"column\":{n}, \"`{n}\"}}")), |_| {})),
        ("a thousand kinds", with_end(departing(1000, letters), |_| {})),
        ("long texts", with_end(long, |_| {})),
        ("one waiver", with_end(departing(2000, |_| "200".to_owned()).into_iter().map(accepted).collect(), |_| {})),
        (
            "a thousand waivers",
            with_end(departing(1000, |_| "200".to_owned()).into_iter().enumerate().map(each_its_own).collect(), |_| {}),
        ),
        ("stale waivers", with_end(vec![case("a/b", Verdict::Passed)], |end| end.stale = stale(1000))),
        ("inconclusive", with_end(reason(Verdict::Inconclusive, 2000, |_| "no answer".to_owned()), |_| {})),
        ("many reasons", with_end(reason(Verdict::Inconclusive, 2000, |n| format!("reason {n}")), |_| {})),
        ("skipped", with_end(reason(Verdict::Skipped, 2000, |n| format!("reason {n}")), |_| {})),
        (
            "a snapshot",
            with_end(vec![case("a/b", Verdict::Passed)], |end| {
                end.unlike_snapshot = Some("behaviour.txt".to_owned());
                end.snapshot_changes = (0..500).map(change).collect();
            }),
        ),
    ]
}

#[test]
fn a_comment_has_room_for_whatever_a_target_does() {
    for (name, events) in overwhelming() {
        let text = render(Format::Markdown, &events, &Options::default()).unwrap();
        assert!(text.chars().count() < COMMENT, "{name}: {}", text.chars().count());
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count(), "{name}");
        assert_eq!(text.matches("```").count() % 2, 0, "{name}");
    }
}

#[test]
fn the_first_and_the_last_screen_say_how_it_went() {
    for (name, events) in overwhelming() {
        let text = render(Format::Console, &events, &Options::default()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() < LINES, "{name}: {} lines", lines.len());
        assert!(lines[..8].iter().any(|line| line.starts_with("verdicts ")), "{name}: {text}");
        assert!(lines.last().is_some_and(|line| line.starts_with("exit status ")), "{name}: {text}");
        let verbose = Options { detail: Detail::Everything, ..Options::default() };
        assert!(render(Format::Console, &events, &verbose).unwrap().len() >= text.len(), "{name}");
    }
}

#[test]
fn a_step_shows_how_it_went_and_no_more_than_ten() {
    for (name, events) in overwhelming() {
        for most in [10, 5, 1] {
            let options = Options { annotations: most, ..Options::default() };
            let text = render(Format::Github, &events, &options).unwrap();
            let first = text.lines().next().unwrap_or_default();
            assert!(first.contains("title=setPresence on http%3A//127.0.0.1%3A4010/beta::"), "{name}: {first}");
            for command in ["::error ", "::warning "] {
                let n = text.lines().filter(|line| line.starts_with(command)).count();
                assert!(n <= most, "{name}: {n} of {command}");
            }
        }
    }
}

#[test]
fn what_repeats_the_request_is_one_kind() {
    let events =
        log_of(departing(100, |n| format!("status 200: {{\"message\":\"column {n}: `{}\"}}", "`".repeat(n % 3))));
    let text = render(Format::Console, &events, &Options::default()).unwrap();
    assert_eq!(text.matches("FAILED  ").count(), 5, "{text}");
    assert!(text.contains("and 95 more like this"), "{text}");
}

#[test]
fn every_report_for_people_names_the_likely_cause() {
    let cause = LikelyCause {
        mutant: "takes-all".to_owned(),
        about: "every pair is taken".to_owned(),
        requirement: "combinations.unsupported".to_owned(),
        explains: vec!["combinations/unsupported/a-name-of-a-common-length-0".to_owned()],
        would_show: 1,
        alternatives: Vec::new(),
    };
    let events = with_end(departing(2, |_| "200".to_owned()), |end| end.likely_causes = vec![cause]);
    for format in Format::ALL {
        let text = render(format, &events, &Options::default()).unwrap();
        let is_named = text.contains("takes-all");
        assert_eq!(is_named, !matches!(format, Format::Har | Format::Badge), "{}: {text}", format.name());
    }
}
