//! What the documents say of a call to one of the other four operations, in the same form as of setPresence.
//!
//! About these nothing is a *must* but what they make a read show.

use serde_json::Value;

use crate::judge::Follower;
use crate::model::{Effect, PREFERRED_PAIRS, Reason, Ruling};
use crate::moment::Span;
use crate::plan::{Action, UserSlot};
use crate::spec::{DurationText, Level, Operation, Presence, Presented, Unusable, requirement};

/// Why no document speaks of a call: either way is permitted, and what it does is not known.
const OPEN: Reason = Reason { requirement: requirement::PATH_SPELLING, level: Level::May, statuses: &[] };

/// Holds a call to another operation than setPresence against the documents.
pub(super) fn rule_other(follower: &Follower<'_>, action: &Action, when: Span) -> Ruling {
    let mut reasons = Vec::new();
    let should = |requirement, statuses| Reason { requirement, level: Level::Should, statuses };
    match follower.presented(action) {
        Presented::Good(_) => {}
        Presented::GoodInOddCase(_) => reasons.push(Reason { requirement: requirement::SCHEME_CASE, ..OPEN }),
        Presented::Unusable(Unusable::Several) => reasons.push(should(requirement::ONE_AUTHORIZATION, &[400, 401])),
        Presented::Unusable(_) if action.operation == Operation::GetPresence => {
            reasons.push(should(requirement::READ_TOKEN, &[401]));
        }
        Presented::Unusable(_) => reasons.push(should(requirement::OTHER_TOKEN, &[401])),
    }
    if action.user == UserSlot::Unknown {
        reasons.push(should(requirement::UNKNOWN_USER, &[404]));
    }
    if !is_documented(action) {
        reasons.push(OPEN);
    }
    if action.operation == Operation::ClearPresence {
        reasons.extend(clear_reason(follower, action, when));
    }
    Ruling { reasons, effect: Effect::None }
}

/// Whether what the call does where it is accepted can be told.
pub(super) fn is_documented(action: &Action) -> bool {
    let request = &action.request;
    let is_plain_type = match request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        Some((_, value)) => value == "application/json",
        None => request.body.is_none(),
    };
    let is_actor_known = action.actor.as_deref().is_some_and(|actor| {
        ["app", "app_b", "app_c"].contains(&actor)
            || (actor == "reader" && action.operation == Operation::GetPresence)
            // Credentials that are no use are refused, whatever they are asked for.
            || ["expired", "not_yet_valid", "wrong_audience", "bad_signature"].contains(&actor)
    });
    let is_anonymous = action.actor.is_none();
    !request.is_other_path
        && !request.is_other_method
        && is_plain_type
        && (is_actor_known || is_anonymous)
        && is_documented_body(action)
}

fn is_documented_body(action: &Action) -> bool {
    let body = action.request.body.as_deref();
    if action.operation == Operation::GetPresence {
        return body.is_none();
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(body.unwrap_or_default()) else { return false };
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    match action.operation {
        Operation::ClearPresence => members.len() == 1 && text("sessionId").is_some(),
        Operation::ClearUserPreferredPresence => members.is_empty(),
        Operation::SetUserPreferredPresence => {
            let presence = Presence::named(text("availability").unwrap_or(""), text("activity").unwrap_or("")).ok();
            let is_good = |read: DurationText<'_>| {
                let amount = read.amount().and_then(|amount| amount.to_duration());
                read.deviations().is_empty() && amount.is_some_and(|lasts| !lasts.is_zero())
            };
            let is_lasting = text("expirationDuration").is_none_or(|text| is_good(DurationText::read(text)));
            let n_known = 2 + usize::from(members.contains_key("expirationDuration"));
            presence.is_some_and(|presence| PREFERRED_PAIRS.contains(&presence))
                && is_lasting
                && members.len() == n_known
                && (n_known == 2 || text("expirationDuration").is_some())
        }
        _ => true,
    }
}

/// What the state says of clearing: one's own session, as far as there is one.
fn clear_reason(follower: &Follower<'_>, action: &Action, when: Span) -> Option<Reason> {
    let body: Value = serde_json::from_slice(action.request.body.as_deref().unwrap_or_default()).ok()?;
    let named = body.get("sessionId")?.as_str()?;
    let Presented::Good(caller) = follower.presented(action) else { return None };
    let own = caller.application();
    if named != own {
        let is_open = named.eq_ignore_ascii_case(own);
        let level = if is_open { Level::May } else { Level::Should };
        return Some(Reason { requirement: requirement::CLEAR_ANOTHERS, level, statuses: &[403, 404] });
    }
    let standing = follower.model().standing(follower.user(action.user), own, when);
    let absent = |level| Reason { requirement: requirement::CLEAR_ABSENT, level, statuses: &[404] };
    match (standing.may_stand, standing.may_be_gone) {
        (true, false) => None,
        (true, true) => Some(absent(Level::May)),
        (false, _) => Some(absent(Level::Should)),
    }
}
