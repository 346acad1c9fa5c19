//! One case, from its first request to its last, on users of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use setpresence_core::event::{Observation, Outcome, RequestRecord};
use setpresence_core::moment::Moment;
use setpresence_core::plan::{Action, Plan, UserSlot};
use setpresence_core::spec::{DurationText, Operation};

use super::clean;
use super::pool::{Clearing, Dirt, Held, Need, Preferred};
use super::world::World;
use crate::target::Call;

/// What is added to the propagation delay, so that a read comes after it and not with it.
const AFTER_PROPAGATION: Duration = Duration::from_millis(1);

/// A case that has its users.
#[derive(Debug)]
pub(super) struct Seated {
    pub(super) index: usize,
    pub(super) plan: Arc<Plan>,
    pub(super) need: Arc<Need>,
    /// The place in the pool, the id and what may stand on each user.
    pub(super) users: Vec<(usize, String, Dirt)>,
}

/// A case that is done with its users.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) index: usize,
    pub(super) plan: Arc<Plan>,
    pub(super) need: Arc<Need>,
    pub(super) users: Vec<(usize, String, Dirt)>,
    /// What was seen; nothing where its users could not be brought into a known state.
    pub(super) ran: Option<Ran>,
}

/// What was seen of a case.
#[derive(Debug, Default)]
pub(super) struct Ran {
    /// When it began.
    pub(super) began: Moment,
    pub(super) requests: Vec<RequestRecord>,
    pub(super) observations: Vec<Observation>,
    /// Why it ended before its plan did.
    pub(super) interrupted: Option<String>,
}

/// Brings the users into a known state and runs the case.
pub(super) async fn drive(world: &World<'_>, clearing: Arc<Clearing>, seated: Seated) -> Done {
    let Seated { index, plan, need, mut users } = seated;
    let mut is_ready = true;
    for (_, id, dirt) in users.iter_mut().filter(|(_, _, dirt)| need.is_sensitive || dirt.is_unknown) {
        *dirt = clean::make_ready(world, &clearing, id, std::mem::take(dirt)).await;
        is_ready &= !need.is_sensitive || dirt.is_absorbed_by(&need.absorbs);
    }
    if !is_ready {
        return Done { index, plan, need, users, ran: None };
    }
    let ids: Vec<&str> = users.iter().map(|(_, id, _)| id.as_str()).collect();
    let ran = act(world, &plan, &ids).await;
    for (slot, (_, _, dirt)) in users.iter_mut().enumerate() {
        dirt.add(left_on(world, &plan, &ran.observations, slot));
    }
    Done { index, plan, need, users, ran: Some(ran) }
}

async fn act(world: &World<'_>, plan: &Plan, users: &[&str]) -> Ran {
    let start = world.clock.now();
    let mut ran = Ran { began: start, ..Ran::default() };
    let propagation = world.target.settings().slack.propagation;
    let owner = users.first().copied().unwrap_or_default();
    let mut written: Option<Moment> = None;
    for action in &plan.actions {
        let mut due = start.later(action.at);
        if let (Operation::GetPresence, Some(written), false) = (action.operation, written, propagation.is_zero()) {
            due = due.max(written.later(propagation).later(AFTER_PROPAGATION));
        }
        world.until(due).await;
        let Some(user) = user_of(world, action, users) else {
            ran.interrupted = Some("the target file names no user that does not exist (unknown_user)".to_owned());
            break;
        };
        let call = Call { request: &action.request, actor: action.actor.as_deref(), user, owner, base: None };
        let Some((request, observation)) = world.send(call).await else {
            ran.interrupted = world.ended().map(ToOwned::to_owned);
            break;
        };
        if action.operation != Operation::GetPresence {
            written = Some(observation.span.to);
        }
        let is_lost = matches!(observation.outcome, Outcome::Lost(_));
        ran.requests.push(request);
        ran.observations.push(observation);
        if is_lost {
            // Whether it took effect cannot be known, so nothing after it could be judged.
            break;
        }
    }
    ran
}

fn user_of<'u>(world: &'u World<'_>, action: &Action, users: &[&'u str]) -> Option<&'u str> {
    match action.user {
        UserSlot::Pool(slot) => users.get(slot).copied(),
        UserSlot::Unknown => world.target.settings().unknown_user.as_deref(),
    }
}

/// What may stand on a user after a case: what the plan says, and what was really done if that is more.
fn left_on(world: &World<'_>, plan: &Plan, observations: &[Observation], slot: usize) -> Dirt {
    let now = world.clock.now();
    let mut sessions: BTreeMap<String, Held> = BTreeMap::new();
    let mut preferred = false;
    let mut longest = Some(clean::gone_by(world, now));
    let mut was_set = false;
    for (action, observation) in plan.actions.iter().zip(observations) {
        if action.user != UserSlot::Pool(slot) {
            continue;
        }
        let status = match &observation.outcome {
            Outcome::Answer(answer) => Some(answer.status),
            Outcome::Lost(_) => None,
        };
        let is_refused = status.is_some_and(|status| (400..500).contains(&status));
        let is_done = status.is_some_and(|status| (200..300).contains(&status));
        let application = action.actor.as_deref().and_then(|actor| world.application(actor));
        match action.operation {
            Operation::SetPresence => {
                was_set = true;
                if !is_refused {
                    longest = longest.filter(|_| is_bounded(action));
                    sessions.extend(application.map(|id| (id, Held { until: None, is_stuck: false })));
                }
            }
            Operation::ClearPresence if is_done => {
                application.map(|id| sessions.remove(&id));
            }
            Operation::SetUserPreferredPresence => preferred |= !is_refused || plan.leaves_preferred,
            Operation::ClearUserPreferredPresence if is_done => preferred = plan.leaves_preferred,
            _ => {}
        }
    }
    if was_set {
        // A refused request may have been applied all the same; the plan knows which may.
        let left = plan.leaves_sessions.iter().filter_map(|name| world.application(name));
        sessions.extend(left.map(|id| (id, Held { until: None, is_stuck: false })));
    }
    for held in sessions.values_mut() {
        held.until = longest;
    }
    Dirt { sessions, preferred: preferred.then_some(Preferred::Clearable), is_unknown: false }
}

/// Whether the session that a request asks for is gone after four hours by every reading.
fn is_bounded(action: &Action) -> bool {
    let body: Value =
        action.request.body.as_deref().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
    let text = body.get("expirationDuration").and_then(Value::as_str).unwrap_or_default();
    let duration = DurationText::read(text);
    duration.deviations().is_empty() && duration.amount().is_some_and(|amount| !amount.exceeds(clean::LONGEST_SESSION))
}
