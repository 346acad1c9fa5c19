//! One exchange as a terminal shows it, in the manner of `curl -v`: for those who follow a run.

use std::fmt::Write as _;
use std::time::Duration;

use setpresence_core::event::{Outcome, RequestRecord};

use crate::text::clean;

/// How many characters of a body are shown: any presence or error whole, and of a bomb no more than a screen.
const BODY_SHOWN: usize = 2000;
/// How many characters of a header's value are shown.
const VALUE_SHOWN: usize = 300;

/// The request and what came of it, in lines that nothing else is mixed with if they are written at once.
#[must_use]
pub fn exchange(purpose: &str, request: &RequestRecord, outcome: &Outcome, took: Duration) -> String {
    let RequestRecord { method, url, headers, body } = request;
    let mut text = String::new();
    line(&mut text, "*", purpose);
    line(&mut text, ">", &format!("{method} {url}"));
    message(&mut text, ">", headers, body);
    let millis = took.as_secs_f64() * 1000.0;
    match outcome {
        Outcome::Answer(answer) => {
            line(&mut text, "<", &format!("{} after {millis:.1} ms", answer.status));
            message(&mut text, "<", &answer.headers, &answer.body);
        }
        Outcome::Lost(lost) => line(&mut text, "!", &format!("no answer after {millis:.1} ms: {}", lost.detail)),
    }
    text
}

fn message(text: &mut String, sign: &str, headers: &[(String, String)], body: &str) {
    for (name, value) in headers {
        line(text, sign, &format!("{name}: {}", shown(value, VALUE_SHOWN)));
    }
    if !body.is_empty() {
        line(text, sign, "");
        let body = shown(body, BODY_SHOWN);
        body.lines().for_each(|part| line(text, sign, part));
    }
}

/// The beginning of a text, and how much of what is kept of it follows.
fn shown(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}… ({} bytes more)", &text[..end], text.len() - end),
        None => text.to_owned(),
    }
}

fn line(text: &mut String, sign: &str, shown: &str) {
    let at = text.len();
    // Text cannot fail to be written into.
    let _ = write!(text, "{sign} {}", clean(shown));
    text.truncate(text[at..].trim_end().len() + at);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use setpresence_core::event::{Answer, Fault, Lost};

    use super::*;

    fn headers(given: &[(&str, &str)]) -> Vec<(String, String)> {
        given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn request(body: &str) -> RequestRecord {
        RequestRecord {
            method: "POST".to_owned(),
            url: "http://a/b".to_owned(),
            headers: headers(&[("Authorization", "Bearer <app>")]),
            body: body.to_owned(),
        }
    }

    fn answer(given: &[(&str, &str)], body: &str) -> Outcome {
        let (headers, body) = (headers(given), body.to_owned());
        Outcome::Answer(Answer { status: 400, headers, body, truncated: false, echoes_token: false })
    }

    #[test]
    fn both_sides_line_by_line() {
        let head = "* fade/a\n> POST http://a/b\n> Authorization: Bearer <app>\n";
        let lost = Outcome::Lost(Lost { fault: Fault::Timeout, detail: "no whole answer within 10 s".to_owned() });
        let long = "é".repeat(BODY_SHOWN + 3);
        let rows = [
            ("", answer(&[], ""), "< 400 after 1.5 ms\n".to_owned()),
            (
                "{}",
                answer(&[("x", "y")], "{\n  1\r\n}"),
                ">\n> {}\n< 400 after 1.5 ms\n< x: y\n<\n< {\n<   1\n< }\n".to_owned(),
            ),
            ("", lost, "! no answer after 1.5 ms: no whole answer within 10 s\n".to_owned()),
            // What a target sends steers neither a terminal nor a workflow, and ends no line.
            (
                "",
                answer(&[("x", "\u{1b}[2J\r\n> forged")], "::error::x\n\u{202e}"),
                "< 400 after 1.5 ms\n< x: \\u{1b}[2J\\r\\n> forged\n<\n< \\u{3a}:error::x\n< \\u{202e}\n".to_owned(),
            ),
            ("", answer(&[], &long), format!("< 400 after 1.5 ms\n<\n< {}… (6 bytes more)\n", "é".repeat(BODY_SHOWN))),
            (
                "",
                answer(&[("x", &long)], ""),
                format!("< 400 after 1.5 ms\n< x: {}… (3406 bytes more)\n", "é".repeat(VALUE_SHOWN)),
            ),
        ];
        for (body, outcome, wanted) in rows {
            let found = exchange("fade/a", &request(body), &outcome, Duration::from_micros(1500));
            assert_eq!(found, format!("{head}{wanted}"));
        }
    }
}
