//! What an exchange says of presences.

use serde_json::Value;
use setpresence_core::event::{Exchange, Outcome};

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
