//! A target that answers with attacks: no format lets any of them through.

use serde_json::Value;
use setpresence_core::event::{
    Answer, CaseRecord, Exchange, Observation, Outcome, RequestRecord, RunEvent, StaleWaiver, Waived,
};
use setpresence_core::judge::Verdict;
use setpresence_core::moment::{Moment, Span};
use setpresence_report::console::{Detail, Options};
use setpresence_report::{Column, Format, Matrix, Strictness, render};

use crate::runs::{accepted_pair, case, log_of};

/// HTML, XML, terminal, Markdown, spreadsheet, workflow, TAP and YAML attacks, in one text.
const EVIL: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&]]>--><!-- </details>\u{1b}[31m\u{7}\u{0}\u{9b}2J\
    \u{fffe}\u{202e}\u{2028}\u{200b} ```\n[x](javascript:alert(3)) ![y](http://192.0.2.1/z.png) @everyone | a | \n\
    =cmd|' /C calc'!A0\n::error::owned\r\n  ::stop-commands::owned\n##[error]owned\n##vso[task.complete result=Failed]owned\n##teamcity[x]\n  ...\nok 1 - forged\nBail out! forged\n\
    # SKIP forged\n::add-mask::x ${{ secrets.X }}";

fn evil(id: &str, verdict: Verdict) -> CaseRecord {
    let text = || EVIL.to_owned();
    let answer = Answer {
        status: 400,
        headers: vec![("content-type".to_owned(), text()), ("x-evil".to_owned(), text())],
        body: text(),
        truncated: false,
        echoes_token: false,
    };
    let mut record = CaseRecord {
        id: id.to_owned(),
        title: text(),
        about: text(),
        reason: Some(text()),
        observed: vec![text()],
        verdict,
        ..accepted_pair("evil")
    };
    record.divergences[0].expected = text();
    record.divergences[0].observed = text();
    record.exchanges = vec![Exchange {
        step: 1,
        role: "judged".to_owned(),
        due: Moment::START,
        late: Moment::START,
        request: RequestRecord {
            method: "POST".to_owned(),
            url: format!("http://127.0.0.1:1/{EVIL}?q={EVIL}"),
            headers: vec![("X-Evil".to_owned(), text())],
            body: text(),
        },
        observation: Observation { span: Span::default(), outcome: Outcome::Answer(answer) },
    }];
    if !matches!(verdict, Verdict::Failed | Verdict::Warned) {
        record.divergences.clear();
    }
    record
}

fn events() -> Vec<RunEvent> {
    let mut cases: Vec<CaseRecord> =
        Verdict::ALL.into_iter().map(|verdict| evil(&format!("body/{}", verdict.name()), verdict)).collect();
    let waived = Waived { reason: EVIL.to_owned(), place: EVIL.to_owned(), is_flaky: true };
    cases.push(CaseRecord { waived: Some(waived), ..evil("body/waived", Verdict::Failed) });
    cases.push(case("body/plain", Verdict::Passed));
    let mut events = log_of(cases);
    for event in &mut events {
        match event {
            RunEvent::RunStarted(start) => start.target = EVIL.to_owned(),
            RunEvent::RunFinished(end) => {
                end.ended_early = Some(EVIL.to_owned());
                let (case, place, why) = (EVIL.to_owned(), EVIL.to_owned(), EVIL.to_owned());
                end.stale = vec![StaleWaiver { case, place, why }];
            }
            RunEvent::CaseFinished(_) => {}
        }
    }
    events
}

/// What may not be there in any format.
fn check(format: Format, text: &str) {
    let name = format.name();
    let steering = ['\u{1b}', '\u{7}', '\u{0}', '\u{9b}', '\r', '\u{fffe}', '\u{202e}', '\u{2028}', '\u{200b}'];
    assert!(!text.contains(steering), "{name}: {text:?}");
    for command in ["##[", "##vso[", "##teamcity["] {
        assert!(!text.contains(command), "{name}: {text}");
    }
    for line in text.lines().map(str::trim_start) {
        let is_ours = format == Format::Github
            && ["::error title=", "::error file=", "::warning file=", "::notice title="]
                .iter()
                .any(|own| line.starts_with(own));
        assert!(is_ours || !line.starts_with("::"), "{name}: {line}");
        for forged in ["=cmd", "ok 1 - forged", "Bail out! forged", "# SKIP", "...forged", "@everyone"] {
            assert!(!line.starts_with(forged), "{name}: {line}");
        }
    }
}

#[test]
fn no_format_lets_an_attack_through() {
    let events = events();
    for format in Format::ALL {
        for detail in [Detail::Grouped, Detail::Everything] {
            let options = Options { detail, ..Options::default() };
            let text = render(format, &events, &options).unwrap();
            assert!(text.ends_with('\n'), "{}", format.name());
            check(format, &text);
        }
    }
}

#[test]
fn no_matrix_lets_an_attack_through() {
    let events = events();
    let column = |page| Column { name: EVIL, events: &events, unjudged: Some(EVIL), page };
    let matrix = Matrix::of(&[column(Some(EVIL)), column(None)], Strictness::Must);
    for format in Matrix::FORMATS {
        let options = Options { detail: Detail::Everything, ..Options::default() };
        let text = matrix.render(format, &options).unwrap().unwrap();
        check(format, &text);
        match format {
            Format::Json => assert!(serde_json::from_str::<Value>(&text).is_ok()),
            Format::Html => {
                assert!(
                    !text.contains("<script>alert") && !text.contains("<img") && !text.contains("href=\"javascript:")
                );
            }
            Format::Markdown => {
                let outside = outside_of_code(&text);
                for attack in ["<script", "<img", "](", "@everyone", "192.0.2.1"] {
                    assert!(!outside.contains(attack), "{attack} stands outside of code: {outside}");
                }
            }
            _ => {}
        }
    }
}

#[test]
fn documents_stay_whole() {
    let events = events();
    let made = |format| render(format, &events, &Options::default()).unwrap();
    for format in [Format::Json, Format::Har, Format::Sarif, Format::Ctrf, Format::Badge] {
        let value: Value =
            serde_json::from_str(&made(format)).unwrap_or_else(|error| panic!("{}: {error}", format.name()));
        if format == Format::Har {
            assert_eq!(value["log"]["entries"][0]["response"]["content"]["text"], EVIL);
        }
        if format == Format::Json {
            assert_eq!(value["cases"][0]["divergences"][0]["observed"], EVIL);
        }
    }
    let html = made(Format::Html);
    for attack in ["<script>alert", "<img", "-->"] {
        assert!(!html.contains(attack), "{attack} stands in the page");
    }
    assert_eq!(html.matches("</script>").count(), 2, "the data and the script");
    for request in ["src=", "url(", "@import", "<link", "fetch(", "http-equiv=\"refresh"] {
        assert!(!html.replace("onerror", "").replace("src=x", "").contains(request), "{request} asks somebody else");
    }
    let junit = made(Format::Junit);
    assert!(!junit.contains("<script") && !junit.contains("<img"), "{junit}");
    let tap = made(Format::Tap);
    assert_eq!(tap.lines().filter(|line| line.starts_with("ok ") || line.starts_with("not ok ")).count(), 9, "{tap}");
    assert_eq!(tap.lines().filter(|line| *line == "  ...").count(), 8, "{tap}");
    let markdown = made(Format::Markdown);
    let outside = outside_of_code(&markdown);
    for attack in ["<script", "<img", "](", "@everyone", "192.0.2.1"] {
        assert!(!outside.contains(attack), "{attack} stands outside of code: {outside}");
    }
}

/// The text without its code blocks and spans, as CommonMark finds them.
fn outside_of_code(markdown: &str) -> String {
    let mut rest = String::new();
    let mut fence: Option<String> = None;
    for line in markdown.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if *open == line => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 && !line[ticks.len()..].contains('`') => fence = Some(ticks),
            None => rest.push_str(&without_spans(line)),
        }
    }
    rest
}

fn without_spans(line: &str) -> String {
    let mut outside = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let (before, from) = rest.split_at(at);
        outside.push_str(before);
        let n_ticks = from.chars().take_while(|c| *c == '`').count();
        let mut after = &from[n_ticks..];
        loop {
            let Some(at) = after.find('`') else { panic!("a span is not closed: {line}") };
            let n_close = after[at..].chars().take_while(|c| *c == '`').count();
            after = &after[at + n_close..];
            if n_close == n_ticks {
                break;
            }
        }
        rest = after;
    }
    outside + rest
}
