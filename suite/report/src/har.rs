//! An HTTP archive (HAR 1.2): every exchange, a page for each case. Tokens are masked in the log already.

use serde_json::{Value, json};
use setpresence_core::event::{CaseRecord, Exchange, Outcome, RunEvent, RunStart};
use setpresence_core::moment::Span;

use crate::run::Run;
use crate::text::pretty;
use crate::told::{instant, path};

/// The archive of a run.
pub(crate) fn report(events: &[RunEvent]) -> Result<String, serde_json::Error> {
    let run = Run::of(events);
    let with_exchanges = || run.cases.iter().filter(|case| !case.exchanges.is_empty());
    let pages: Vec<Value> = with_exchanges().map(|case| page(case, run.start)).collect();
    let entries: Vec<Value> = with_exchanges()
        .flat_map(|case| case.exchanges.iter().map(|exchange| entry(case, exchange, run.start)))
        .collect();
    let mut log = json!({
        "version": "1.2",
        "creator": { "name": "setpresence", "version": run.suite() },
        "pages": pages,
        "entries": entries,
    });
    if run.start.is_some_and(|start| start.started_unix_ms.is_none()) {
        log["comment"] = json!("the target's clock was moved by hand: times are offsets from 1970");
    }
    pretty(&json!({ "log": log }))
}

fn page(case: &CaseRecord, start: Option<&RunStart>) -> Value {
    json!({
        "id": case.id,
        "title": format!("{}: {}", case.verdict.name(), case.title),
        "startedDateTime": instant(start, case.began),
        "pageTimings": {},
        "comment": path(case),
    })
}

fn entry(case: &CaseRecord, exchange: &Exchange, start: Option<&RunStart>) -> Value {
    let Span { from, to } = exchange.observation.span;
    let millis = to.since(from).as_secs_f64() * 1000.0;
    json!({
        "pageref": case.id,
        "startedDateTime": instant(start, from),
        "time": millis,
        "request": request(exchange),
        "response": response(&exchange.observation.outcome),
        "cache": {},
        "timings": { "send": 0, "wait": millis, "receive": 0 },
        "comment": format!("step {} ({})", exchange.step, exchange.role),
    })
}

fn request(exchange: &Exchange) -> Value {
    let sent = &exchange.request;
    let query: Vec<Value> = sent
        .url
        .split_once('?')
        .map(|(_, query)| query.split('&').collect::<Vec<_>>())
        .unwrap_or_default()
        .into_iter()
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    let mut request = json!({
        "method": sent.method,
        "url": sent.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(&sent.headers),
        "queryString": query,
        "headersSize": -1,
        "bodySize": sent.body.len(),
    });
    if !sent.body.is_empty() {
        request["postData"] = json!({ "mimeType": media_type(&sent.headers), "params": [], "text": sent.body });
    }
    request
}

/// An answer that never came has the status 0, as browsers write it.
fn response(outcome: &Outcome) -> Value {
    let (status, given, body, comment) = match outcome {
        Outcome::Answer(answer) => {
            let cut = if answer.truncated { "the body is cut" } else { "" };
            (answer.status, answer.headers.as_slice(), answer.body.as_str(), cut)
        }
        Outcome::Lost(lost) => (0, [].as_slice(), "", lost.detail.as_str()),
    };
    let location = given.iter().find(|(name, _)| name == "location").map_or("", |(_, value)| value);
    json!({
        "status": status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(given),
        "content": { "size": body.len(), "mimeType": media_type(given), "text": body },
        "redirectURL": location,
        "headersSize": -1,
        "bodySize": body.len(),
        "comment": comment,
    })
}

fn headers(given: &[(String, String)]) -> Vec<Value> {
    given.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn media_type(given: &[(String, String)]) -> &str {
    let found = given.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    found.map_or("x-unknown", |(_, value)| value)
}
