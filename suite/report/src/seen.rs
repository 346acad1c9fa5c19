//! What an exchange says of presences.

use std::collections::BTreeSet;

use serde_json::Value;
use setpresence_core::event::{CaseRecord, Exchange, Measurement, Outcome};

/// The availability and the activity in a request's body.
pub(crate) fn pair(exchange: &Exchange) -> Option<(String, String)> {
    texts(&exchange.request.body)
}

/// The availability and the activity in a body.
fn texts(body: &str) -> Option<(String, String)> {
    let value: Value = serde_json::from_str(body).ok()?;
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    Some((text("availability")?, text("activity")?))
}

/// Whether a request was accepted; nothing where no answer came.
pub(crate) fn accepted(exchange: &Exchange) -> Option<bool> {
    match &exchange.observation.outcome {
        Outcome::Answer(answer) => Some((200..300).contains(&answer.status)),
        Outcome::Lost(_) => None,
    }
}

/// What a read shows.
pub(crate) fn seen(exchange: &Exchange) -> Option<String> {
    match &exchange.observation.outcome {
        Outcome::Answer(answer) if exchange.request.method == "GET" => {
            texts(&answer.body).map(|(availability, activity)| format!("{availability}/{activity}"))
        }
        _ => None,
    }
}

/// What was measured of the states that the case is about: an instant of another state, on another session, would read
/// as if the case had shown it.
pub(crate) fn measured(case: &CaseRecord) -> impl Iterator<Item = &Measurement> {
    let set =
        case.exchanges.iter().filter_map(pair).map(|(availability, activity)| format!("{availability}/{activity}"));
    let states: BTreeSet<String> = set.chain(case.exchanges.iter().filter_map(seen)).collect();
    case.measured.iter().filter(move |one| states.is_empty() || states.contains(&one.from))
}
