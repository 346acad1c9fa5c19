//! Whether another profile permits what this one does not: a target may follow another reading of the documentation.

use super::{Class, Context, Divergence};
use crate::plan::{Action, Plan};
use crate::spec::{Head, Level, Limits, Operation, Profile, Reading};

/// The names of the other profiles under which every divergence is permitted.
///
/// Only what a request itself decides is weighed: its credential and its body. A divergence of time or of
/// precedence, which no profile reads differently, is explained by none.
pub(super) fn explaining(plan: &Plan, context: &Context, divergences: &[Divergence]) -> Vec<String> {
    if divergences.is_empty() {
        return Vec::new();
    }
    let permits = |profile: &'static Profile| {
        divergences.iter().all(|divergence| {
            plan.actions
                .get(divergence.exchange)
                .is_some_and(|action| permits(profile, plan, action, context, divergence))
        })
    };
    let others = Profile::ALL.into_iter().filter(|profile| *profile != plan.profile);
    others.filter(|profile| permits(profile)).map(|profile| profile.name.to_owned()).collect()
}

fn permits(
    profile: &'static Profile,
    plan: &Plan,
    action: &Action,
    context: &Context,
    divergence: &Divergence,
) -> bool {
    // Where this profile and the other read a request alike, the other explains nothing.
    let (Some(here), Some(there)) = (refusal(plan.profile, action, context), refusal(profile, action, context)) else {
        return false;
    };
    let is_open = there.0 == Some(Level::May);
    match divergence.class {
        Class::AcceptedInvalid => here != there && (there.0.is_none() || is_open),
        Class::RefusedValid => here != there && there.0.is_some(),
        _ => false,
    }
}

/// How strongly a request is to be refused (nothing: it is to be accepted), where that lies in its credential and body.
fn refusal(profile: &Profile, action: &Action, context: &Context) -> Option<Refusal> {
    let request = &action.request;
    let is_plain = action.operation == Operation::SetPresence
        && !request.is_other_method
        && !request.is_other_path
        && request.authorization == ["Bearer ${token}"];
    let actor = action.actor.as_deref()?;
    if !is_plain || !context.credentials.contains_key(actor) {
        return None;
    }
    let of_credential = match actor {
        "app" | "app_b" | "app_c" => None,
        "delegated_work" if profile.delegated_work => None,
        _ => Some(Level::Must),
    };
    let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let body = request.body.as_deref().unwrap_or_default();
    let of_body = Reading::of(&Head::of(headers), body, profile, Limits::default()).level();
    Some(Refusal(of_credential.max(of_body)))
}

/// The strongest level at which a request is to be refused.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Refusal(Option<Level>);
