//! Which requirement an answer breaks, told from what is out of the ordinary about its request, or about the state behind it.

use serde_json::Value;

use crate::model::{Permitted, rank};
use crate::plan::Action;
use crate::spec::{Activity, Availability, DurationText, Level, Operation, Presence, Profile, requirement};

use super::notes::Notes;

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
    respects.push(of_pair(name("availability"), name("activity")).unwrap_or(requirement::BODY_VALID));
}

/// The requirement that a pair can be set and is shown then.
fn of_pair(availability: &str, activity: &str) -> Option<&'static str> {
    match (availability, activity) {
        ("Available", "Available") => Some(requirement::PAIR_AVAILABLE),
        ("Busy", "InACall") => Some(requirement::PAIR_IN_A_CALL),
        ("Busy", "InAConferenceCall") => Some(requirement::PAIR_IN_A_CONFERENCE_CALL),
        ("Away", "Away") => Some(requirement::PAIR_AWAY),
        ("DoNotDisturb", "Presenting") => Some(requirement::PAIR_PRESENTING),
        _ => None,
    }
}

/// The requirement that a wrong presence breaks, and its level.
///
/// What clearing and preferring leave behind is at most a *should*, but for the two statements of the page itself.
/// Where a session may be gone, or not be seen yet, Offline is permitted beside what it has to show while it stands;
/// who shows something else breaks what is said of that.
pub(super) fn presence(
    notes: &Notes,
    others_set: bool,
    permitted: &Permitted,
    seen: Option<Presence>,
) -> (&'static str, Level) {
    let only = only(permitted);
    if notes.n_set == 0 {
        let requirement = if others_set { requirement::USERS_ISOLATED } else { requirement::NO_SESSION };
        let level = if notes.is_preferred { Level::Should } else { Level::Must };
        return (requirement, level);
    }
    if notes.is_preferred {
        return of_preference(notes, only, seen);
    }
    if notes.is_contended {
        return (requirement::APPLICATIONS_ISOLATED, Level::Must);
    }
    if notes.is_cleared {
        return (requirement::CLEARED, Level::Should);
    }
    let shows = |activity| permitted.presences.iter().any(|presence| presence.activity == activity);
    let has_faded = matches!(seen, Some(Presence::AVAILABLE_INACTIVE | Presence::AWAY));
    let requirement = if only == Some(Presence::OFFLINE) {
        requirement::EXPIRATION
    } else if seen == Some(Presence::OFFLINE) {
        requirement::EXISTS_UNTIL_EXPIRATION
    } else if has_faded
        && notes.n_set == 1
        && only.is_some_and(|only| rank(only.availability) > rank(Availability::Available))
    {
        requirement::ONLY_AVAILABLE
    } else if shows(Activity::AvailableInactive) || seen == Some(Presence::AVAILABLE_INACTIVE) {
        requirement::FIRST_TIMEOUT
    } else if only == Some(Presence::AWAY) && seen.is_none_or(|seen| seen.availability != Availability::Busy) {
        requirement::SECOND_TIMEOUT
    } else {
        let set = only.filter(|_| notes.n_set == 1);
        set.and_then(|set| of_pair(set.availability.name(), set.activity.name())).unwrap_or(requirement::STATE)
    };
    (requirement, Level::Must)
}

/// What has to show, where that is one presence. Offline counts only where nothing else may show.
fn only(permitted: &Permitted) -> Option<Presence> {
    let mut standing = permitted.presences.iter().filter(|presence| **presence != Presence::OFFLINE);
    match (standing.next(), standing.next()) {
        (Some(only), None) => Some(*only),
        (None, _) => permitted.presences.first().copied(),
        (Some(_), Some(_)) => None,
    }
}

/// The same of a user who preferred something. The page of setPresence itself has it that what is preferred wins, and no
/// more: how long that is so where the request does not say, what becomes of an earlier one, and when it ends, others say.
fn of_preference(notes: &Notes, only: Option<Presence>, seen: Option<Presence>) -> (&'static str, Level) {
    let Some(preferred) = &notes.preferred else { return (requirement::BENEATH_PREFERRED, Level::Should) };
    let presence = preferred.presence;
    let has_to_show = !preferred.is_cleared && only == Some(presence) && !is_shown_by_sessions(presence);
    let default = match presence.availability {
        Availability::Busy | Availability::DoNotDisturb => requirement::PREFERRED_DEFAULT_DAY,
        _ => requirement::PREFERRED_DEFAULT_WEEK,
    };
    match (has_to_show, preferred.is_replacement, preferred.has_duration) {
        (true, true, _) => (requirement::PREFERRED_REPLACED, Level::Should),
        (true, false, true) => (requirement::USER_CONFIGURED, Level::Must),
        (true, false, false) => (default, Level::Should),
        (false, ..) if seen != Some(presence) => (requirement::BENEATH_PREFERRED, Level::Should),
        (false, ..) if preferred.is_cleared => (requirement::PREFERRED_CLEARED, Level::Should),
        (false, _, true) => (requirement::PREFERRED_EXPIRES, Level::Should),
        (false, _, false) => (default, Level::Should),
    }
}

/// Whether sessions alone may show a presence, too.
fn is_shown_by_sessions(presence: Presence) -> bool {
    matches!(presence, Presence::AVAILABLE | Presence::AWAY)
}
