//! What each case did, as JSON inside of the page.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use setpresence_core::event::{CaseRecord, Exchange, Outcome};

use crate::text::clean;
use crate::told::path;

/// How much of a body is shown, in bytes: enough for anything that a person reads, where some bodies are megabytes.
const BODY: usize = 4096;

/// Texts that many exchanges share, each once: a page of thousands of cases is a third as large, and opens as much sooner.
#[derive(Default)]
struct Texts {
    places: BTreeMap<String, usize>,
    all: Vec<String>,
}

impl Texts {
    /// The place of a text.
    fn place(&mut self, text: String) -> usize {
        let next = self.all.len();
        *self.places.entry(text).or_insert_with_key(|text| {
            self.all.push(text.clone());
            next
        })
    }
}

/// The cases in their order, and the texts that they name by place. Angle brackets are escaped, so that no text can end
/// the element that it stands in.
pub(super) fn json(cases: &[&CaseRecord]) -> Result<String, serde_json::Error> {
    let mut texts = Texts::default();
    let mut out = String::from("{\"cases\":[");
    for (index, case) in cases.iter().enumerate() {
        if index > 0 {
            out.push_str(",\n");
        }
        out.push_str(&safe(&shown(case, &mut texts))?);
    }
    out.push_str("],\n\"texts\":[");
    for (index, text) in texts.all.iter().enumerate() {
        if index > 0 {
            out.push_str(",\n");
        }
        out.push_str(&safe(&Value::from(text.as_str()))?);
    }
    out.push_str("]}");
    Ok(out)
}

fn safe(value: &Value) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string(value)?.replace('<', "\\u003c").replace('>', "\\u003e"))
}

fn shown(case: &CaseRecord, texts: &mut Texts) -> Value {
    let divergences: Vec<Value> = case
        .divergences
        .iter()
        .map(|found| {
            json!({
                "exchange": found.exchange,
                "step": found.step,
                "what": found.class.name().replace('-', " "),
                "requirement": clean(&found.requirement),
                "level": found.level.name(),
                "expected": clean(&found.expected),
                "observed": clean(&found.observed),
            })
        })
        .collect();
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| {
        // What there is nothing of is left out.
        if !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()) {
            members.insert(name.to_owned(), value);
        }
    };
    let all = |texts: Vec<String>| Value::from(texts);
    put("file", texts.place(clean(&path(case)).into_owned()).into());
    put("line", case.line.into());
    put("exchanges", case.exchanges.iter().map(|one| exchange(one, texts)).collect::<Vec<_>>().into());
    if !case.about.is_empty() {
        put("about", texts.place(clean(&case.about).into_owned()).into());
    }
    put("reason", case.reason.as_deref().map(clean).into());
    put(
        "waived",
        case.waived.as_ref().map(|one| clean(&format!("{} ({})", one.reason, one.place)).into_owned()).into(),
    );
    put("observed", all(case.observed.iter().map(|seen| clean(seen).into_owned()).collect()));
    put("reproduce", all(case.reproduce.iter().map(|command| lines(command)).collect()));
    put("divergences", divergences.into());
    Value::Object(members)
}

/// Step, role, moment, request line, its headers, its body, the answer's head and its body; texts by place.
fn exchange(exchange: &Exchange, texts: &mut Texts) -> Value {
    let sent = &exchange.request;
    let (head, body) = match &exchange.observation.outcome {
        Outcome::Answer(answer) => (format!("HTTP {}{}", answer.status, headers(&answer.headers)), cut(&answer.body)),
        Outcome::Lost(lost) => ("no answer".to_owned(), clean(&lost.detail).into_owned()),
    };
    json!([
        exchange.step,
        texts.place(exchange.role.clone()),
        texts.place(exchange.due.to_string()),
        texts.place(format!("{} {}", clean(&sent.method), clean(&sent.url))),
        texts.place(headers(&sent.headers)),
        texts.place(cut(&sent.body)),
        texts.place(head),
        texts.place(body),
    ])
}

fn headers(given: &[(String, String)]) -> String {
    given.iter().map(|(name, value)| format!("\n{}: {}", clean(name), clean(value))).collect()
}

fn cut(body: &str) -> String {
    let end = body.char_indices().map(|(at, _)| at).find(|at| *at >= BODY).unwrap_or(body.len());
    let more = if end < body.len() { format!(" … and {} bytes more", body.len() - end) } else { String::new() };
    lines(&body[..end]) + &more
}

/// Several lines may stay several; within each, nothing steers.
fn lines(text: &str) -> String {
    text.split('\n').map(|line| clean(line).into_owned()).collect::<Vec<_>>().join("\n")
}
