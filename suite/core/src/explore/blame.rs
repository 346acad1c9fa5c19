//! Which requirement an answer breaks, told from what is out of the ordinary about its request.

use serde_json::Value;

use crate::model::{PREFERRED_PAIRS, Permitted};
use crate::plan::Action;
use crate::spec::{Activity, Availability, DurationText, Level, Operation, Presence, Profile, requirement};

use super::examine::Notes;

/// The requirements that a request which must be accepted stands for: of each respect in which it is unusual, and last
/// of its pair.
pub(super) fn respects(action: &Action, profile: &Profile) -> Vec<&'static str> {
    let request = &action.request;
    let mut respects = Vec::new();
    match action.operation {
        Operation::ClearPresence => return vec![requirement::CLEARED],
        Operation::SetUserPreferredPresence => return vec![requirement::PREFERRED_PAIRS],
        Operation::ClearUserPreferredPresence => return vec![requirement::PREFERRED_CLEARED],
        Operation::GetPresence => return vec![requirement::READ_MEMBERS],
        Operation::SetPresence => {}
    }
    if action.actor.as_deref().is_some_and(|actor| actor.starts_with("delegated")) {
        respects.push(requirement::DELEGATED_OWN);
    }
    if request.is_chunked {
        respects.push(requirement::CHUNKED);
    }
    for (name, value) in &request.headers {
        if !name.eq_ignore_ascii_case("content-type") {
            respects.push(requirement::UNKNOWN_HEADERS);
        } else if value != "application/json" {
            respects.push(requirement::CONTENT_TYPE_JSON);
        }
    }
    let body = request.body.as_deref().unwrap_or_default();
    of_body(body, profile, &mut respects);
    respects
}

fn of_body(body: &[u8], profile: &Profile, respects: &mut Vec<&'static str>) {
    let text = String::from_utf8_lossy(body);
    let Ok(Value::Object(members)) = serde_json::from_str(&text) else {
        respects.push(requirement::BODY_VALID);
        return;
    };
    let documented = ["sessionId", "availability", "activity", "expirationDuration"];
    let places: Vec<Option<usize>> = documented.iter().map(|name| text.find(&format!("\"{name}\""))).collect();
    let found: Vec<usize> = places.into_iter().flatten().collect();
    if text.contains('\\') {
        respects.push(requirement::BODY_ESCAPES);
    } else if !found.is_sorted() {
        respects.push(requirement::BODY_ORDER);
    }
    if text.trim() != text || text.contains(['\n', '\t', '\r']) || text.contains("  ") {
        respects.push(requirement::BODY_WHITE_SPACE);
    }
    match members.get("expirationDuration") {
        None => respects.push(requirement::DEFAULT_EXISTS),
        Some(Value::Null) => respects.push(requirement::NULL_IS_ABSENT),
        Some(value) => {
            let spelling = value.as_str().unwrap_or_default();
            let lasts = DurationText::read(spelling).amount().and_then(|amount| amount.to_duration());
            if lasts.is_some_and(|lasts| lasts == profile.expiration.0 || lasts == profile.expiration.1) {
                respects.push(requirement::DURATION_RANGE_ENDS);
            } else if lasts.is_none_or(|lasts| DurationText::canonical(lasts) != spelling) {
                respects.push(requirement::DURATION_GRAMMAR);
            }
        }
    }
    let name = |member: &str| members.get(member).and_then(Value::as_str).unwrap_or_default();
    respects.push(match (name("availability"), name("activity")) {
        ("Available", "Available") => requirement::PAIR_AVAILABLE,
        ("Busy", "InACall") => requirement::PAIR_IN_A_CALL,
        ("Busy", "InAConferenceCall") => requirement::PAIR_IN_A_CONFERENCE_CALL,
        ("Away", "Away") => requirement::PAIR_AWAY,
        ("DoNotDisturb", "Presenting") => requirement::PAIR_PRESENTING,
        _ => requirement::BODY_VALID,
    });
}

/// The requirement that a wrong presence breaks, and its level.
///
/// What clearing and preferring leave behind is at most a *should*, but for the two statements of the page itself.
pub(super) fn presence(
    notes: &Notes,
    others_set: bool,
    permitted: &Permitted,
    seen: Option<Presence>,
) -> (&'static str, Level) {
    let only = (permitted.presences.len() == 1).then(|| permitted.presences.first().copied()).flatten();
    if notes.n_set == 0 {
        let requirement = if others_set { requirement::USERS_ISOLATED } else { requirement::NO_SESSION };
        let level = if notes.is_preferred { Level::Should } else { Level::Must };
        return (requirement, level);
    }
    if notes.is_preferred {
        let is_preferred = only.is_some_and(|only| PREFERRED_PAIRS.contains(&only) && !is_shown_by_sessions(only));
        return match is_preferred {
            true => (requirement::USER_CONFIGURED, Level::Must),
            false => (requirement::BENEATH_PREFERRED, Level::Should),
        };
    }
    if notes.is_contended {
        return (requirement::APPLICATIONS_ISOLATED, Level::Must);
    }
    if notes.is_cleared {
        return (requirement::CLEARED, Level::Should);
    }
    let shows = |activity| permitted.presences.iter().any(|presence| presence.activity == activity);
    let requirement = if only == Some(Presence::OFFLINE) {
        requirement::EXPIRATION
    } else if seen == Some(Presence::OFFLINE) {
        requirement::EXISTS_UNTIL_EXPIRATION
    } else if shows(Activity::AvailableInactive) || seen == Some(Presence::AVAILABLE_INACTIVE) {
        requirement::FIRST_TIMEOUT
    } else if only == Some(Presence::AWAY) && seen.is_none_or(|seen| seen.availability != Availability::Busy) {
        requirement::SECOND_TIMEOUT
    } else if notes.n_set == 1 {
        requirement::APPLICATION_ROLE
    } else {
        requirement::STATE
    };
    (requirement, Level::Must)
}

/// Whether sessions alone may show a presence, too.
fn is_shown_by_sessions(presence: Presence) -> bool {
    matches!(presence, Presence::AVAILABLE | Presence::AWAY)
}
