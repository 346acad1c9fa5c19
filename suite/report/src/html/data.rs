//! What each case did, as JSON inside of the page.

use serde_json::{Value, json};
use setpresence_core::event::{CaseRecord, Exchange, Outcome};

use crate::text::clean;

/// How much of a body is shown, in bytes: enough for anything that a person reads, where some bodies are megabytes.
const BODY: usize = 4096;

/// The cases in their order. Angle brackets are escaped, so that no text can end the element that it stands in.
pub(super) fn json(cases: &[&CaseRecord]) -> Result<String, serde_json::Error> {
    let mut out = String::from("[");
    for (index, case) in cases.iter().enumerate() {
        if index > 0 {
            out.push_str(",\n");
        }
        out.push_str(&serde_json::to_string(&shown(case))?.replace('<', "\\u003c").replace('>', "\\u003e"));
    }
    out.push(']');
    Ok(out)
}

fn shown(case: &CaseRecord) -> Value {
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
    json!({
        "about": clean(&case.about),
        "file": clean(&case.file),
        "line": case.line,
        "reason": case.reason.as_deref().map(clean),
        "waived": case.waived.as_ref().map(|waived| clean(&format!("{} ({})", waived.reason, waived.place)).into_owned()),
        "requirements": case.requirements,
        "observed": case.observed.iter().map(|seen| clean(seen)).collect::<Vec<_>>(),
        "reproduce": case.reproduce.iter().map(|command| lines(command)).collect::<Vec<_>>(),
        "divergences": divergences,
        "exchanges": case.exchanges.iter().map(exchange).collect::<Vec<_>>(),
    })
}

fn exchange(exchange: &Exchange) -> Value {
    let sent = &exchange.request;
    let (head, body) = match &exchange.observation.outcome {
        Outcome::Answer(answer) => (format!("HTTP {}{}", answer.status, headers(&answer.headers)), cut(&answer.body)),
        Outcome::Lost(lost) => ("no answer".to_owned(), clean(&lost.detail).into_owned()),
    };
    json!({
        "step": exchange.step,
        "role": exchange.role,
        "at": exchange.due.to_string(),
        "request": format!("{} {}{}", clean(&sent.method), clean(&sent.url), headers(&sent.headers)),
        "body": cut(&sent.body),
        "answer": head,
        "answered": body,
    })
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
