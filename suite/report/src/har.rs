//! An HTTP archive (HAR 1.2): every exchange, a page for each case. Tokens are masked in the log already.

use serde::Serialize;
use setpresence_core::event::{CaseRecord, Exchange, Outcome, RunEvent, RunStart};
use setpresence_core::moment::Span;

use crate::run::Run;
use crate::text::pretty;
use crate::told::{instant, path};

/// What the base URL of the reference in this process is called in a log, and what stands for it in an archive, where
/// every URL has to be a whole one.
const NO_URL: (&str, &str) = ("$SETPRESENCE_TARGET", "http://setpresence-target.invalid");

// The members of all that follows stand in the order of the alphabet, as in the other reports. They borrow from the log:
// an archive has every exchange, and values of their own for each member took several times as long.

#[derive(Serialize)]
struct Archive<'e> {
    log: Log<'e>,
}

#[derive(Serialize)]
struct Log<'e> {
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'static str>,
    creator: Creator<'e>,
    entries: Vec<Entry<'e>>,
    pages: Vec<Page<'e>>,
    version: &'static str,
}

#[derive(Serialize)]
struct Creator<'e> {
    name: &'static str,
    version: &'e str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'e> {
    comment: String,
    id: &'e str,
    page_timings: Nothing,
    started_date_time: String,
    title: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'e> {
    cache: Nothing,
    comment: String,
    pageref: &'e str,
    request: Request<'e>,
    response: Response<'e>,
    started_date_time: String,
    time: f64,
    timings: Timings,
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct Timings {
    receive: u8,
    send: u8,
    wait: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'e> {
    body_size: usize,
    cookies: [Nothing; 0],
    headers: Vec<Pair<'e>>,
    headers_size: i8,
    http_version: &'static str,
    method: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<PostData<'e>>,
    query_string: Vec<Pair<'e>>,
    url: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData<'e> {
    mime_type: &'e str,
    params: [Nothing; 0],
    text: &'e str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'e> {
    body_size: usize,
    comment: &'e str,
    content: Content<'e>,
    cookies: [Nothing; 0],
    headers: Vec<Pair<'e>>,
    headers_size: i8,
    http_version: &'static str,
    #[serde(rename = "redirectURL")]
    redirect_url: &'e str,
    status: u16,
    status_text: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'e> {
    mime_type: &'e str,
    size: usize,
    text: &'e str,
}

#[derive(Serialize)]
struct Pair<'e> {
    name: &'e str,
    value: &'e str,
}

/// The archive of a run.
pub(crate) fn report(events: &[RunEvent]) -> Result<String, serde_json::Error> {
    let run = Run::of(events);
    let with_exchanges = || run.cases.iter().filter(|case| !case.exchanges.is_empty());
    let is_by_hand = run.start.is_some_and(|start| start.started_unix_ms.is_none());
    pretty(&Archive {
        log: Log {
            comment: is_by_hand.then_some("the target's clock was moved by hand: times are offsets from 1970"),
            creator: Creator { name: "setpresence", version: run.suite() },
            entries: with_exchanges()
                .flat_map(|case| case.exchanges.iter().map(|exchange| entry(case, exchange, run.start)))
                .collect(),
            pages: with_exchanges().map(|case| page(case, run.start)).collect(),
            version: "1.2",
        },
    })
}

fn page<'e>(case: &'e CaseRecord, start: Option<&RunStart>) -> Page<'e> {
    Page {
        comment: path(case),
        id: &case.id,
        page_timings: Nothing {},
        started_date_time: instant(start, case.began),
        title: format!("{}: {}", case.verdict.name(), case.title),
    }
}

fn entry<'e>(case: &'e CaseRecord, exchange: &'e Exchange, start: Option<&RunStart>) -> Entry<'e> {
    let Span { from, to } = exchange.observation.span;
    let millis = to.since(from).as_secs_f64() * 1000.0;
    Entry {
        cache: Nothing {},
        comment: format!("step {} ({})", exchange.step, exchange.role),
        pageref: &case.id,
        request: request(exchange),
        response: response(&exchange.observation.outcome),
        started_date_time: instant(start, from),
        time: millis,
        timings: Timings { receive: 0, send: 0, wait: millis },
    }
}

fn request(exchange: &Exchange) -> Request<'_> {
    let sent = &exchange.request;
    let query = sent.url.split_once('?').map(|(_, query)| query.split('&'));
    let post_data = || PostData { mime_type: media_type(&sent.headers), params: [], text: &sent.body };
    Request {
        body_size: sent.body.len(),
        cookies: [],
        headers: headers(&sent.headers),
        headers_size: -1,
        http_version: "HTTP/1.1",
        method: &sent.method,
        post_data: (!sent.body.is_empty()).then(post_data),
        query_string: query
            .into_iter()
            .flatten()
            .map(|text| text.split_once('=').unwrap_or((text, "")))
            .map(|(name, value)| Pair { name, value })
            .collect(),
        url: sent.url.replacen(NO_URL.0, NO_URL.1, 1),
    }
}

/// An answer that never came has the status 0, as browsers write it.
fn response(outcome: &Outcome) -> Response<'_> {
    let (status, given, body, comment) = match outcome {
        Outcome::Answer(answer) => {
            let cut = if answer.truncated { "the body is cut" } else { "" };
            (answer.status, answer.headers.as_slice(), answer.body.as_str(), cut)
        }
        Outcome::Lost(lost) => (0, [].as_slice(), "", lost.detail.as_str()),
    };
    Response {
        body_size: body.len(),
        comment,
        content: Content { mime_type: media_type(given), size: body.len(), text: body },
        cookies: [],
        headers: headers(given),
        headers_size: -1,
        http_version: "HTTP/1.1",
        redirect_url: given.iter().find(|(name, _)| name == "location").map_or("", |(_, value)| value),
        status,
        status_text: "",
    }
}

fn headers(given: &[(String, String)]) -> Vec<Pair<'_>> {
    given.iter().map(|(name, value)| Pair { name, value }).collect()
}

fn media_type(given: &[(String, String)]) -> &str {
    let found = given.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    found.map_or("x-unknown", |(_, value)| value)
}
