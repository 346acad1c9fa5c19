//! Bringing users into a known state.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use setpresence_core::event::{Answer, Outcome};
use setpresence_core::judge;
use setpresence_core::moment::Moment;
use setpresence_core::plan::Request;
use setpresence_core::spec::Operation;
use tracing::debug;

use super::pool::{Clearing, Dirt, Held, Preferred};
use super::world::World;
use crate::request::plain;
use crate::target::Call;

/// The longest that a session may be set for (240 minutes), as far as any source says.
pub(super) const LONGEST_SESSION: std::time::Duration = std::time::Duration::from_secs(240 * 60);
/// What is added to be past a boundary and not on it.
const PAST_BOUNDARY: std::time::Duration = std::time::Duration::from_secs(1);

/// What is added to the propagation delay, so that a read comes after it and not with it.
pub(super) const AFTER_PROPAGATION: std::time::Duration = std::time::Duration::from_millis(1);

/// When a call must be visible that was answered then: at once, unless the target is said to need time for that.
pub(super) fn visible_by(propagation: std::time::Duration, answered: Moment) -> Moment {
    if propagation.is_zero() { Moment::START } else { answered.later(propagation).later(AFTER_PROPAGATION) }
}

/// When a session is gone by itself that was last set now.
pub(super) fn gone_by(world: &World<'_>, now: Moment) -> Moment {
    let slack = world.target.settings().slack;
    now.later(LONGEST_SESSION).later(slack.tolerance).later(slack.propagation).later(PAST_BOUNDARY)
}

/// What may stand on a user that the run has not seen to yet.
pub(super) fn unknown(world: &World<'_>) -> Dirt {
    let until = Some(gone_by(world, Moment::START));
    let applications = ["app", "app_b", "app_c"].into_iter().filter_map(|name| world.application(name));
    Dirt {
        sessions: applications.map(|application| (application, Held { until, is_stuck: false })).collect(),
        preferred: Some(Preferred::Clearable),
        visible: Moment::START,
        is_unknown: true,
        ..Dirt::default()
    }
}

/// What can be cleared, as far as the target's operations say.
pub(super) fn clearing(world: &World<'_>) -> Clearing {
    let has = |operation| world.abilities.operations.contains_key(&operation);
    let applications: BTreeSet<String> = if has(Operation::ClearPresence) {
        world.abilities.credentials.values().map(|credential| credential.application.clone()).collect()
    } else {
        BTreeSet::new()
    };
    Clearing { applications, preferred: has(Operation::ClearUserPreferredPresence) }
}

/// Finds out whether clear-presence works: after this, a 404 for a session may be believed.
///
/// A target without that path answers 404 as well, and every case would start from what the last one left.
/// Returns what may stand on the user, where the trial leaves it otherwise than unknown.
pub(super) async fn try_clearing(world: &World<'_>, clearing: &mut Clearing, user: &str) -> Option<Dirt> {
    let application = world.application("app").filter(|application| clearing.applications.contains(application))?;
    // Afterwards a read would only show the trial.
    let before = look_at_unknown(world, user, unknown(world)).await;
    let set = json!({
        "sessionId": application, "availability": "Away", "activity": "Away", "expirationDuration": "PT5M"
    });
    if !matches!(send(world, Operation::SetPresence, "app", user, Some(&set)).await, Ok(Answer { status: 200, .. })) {
        // Nothing follows for clearing; what is wrong with setting, the cases will tell.
        return None;
    }
    let clear = json!({ "sessionId": application });
    match send(world, Operation::ClearPresence, "app", user, Some(&clear)).await {
        Ok(answer) if (200..300).contains(&answer.status) => None,
        outcome => {
            world.note_clearing_failed(format!(
                "clear-presence does not work: {}, for a session that was just set",
                said(&outcome)
            ));
            clearing.applications.clear();
            let held = Held { until: Some(gone_by(world, world.clock.now())), is_stuck: true };
            let mut dirt = before;
            dirt.add(Dirt { sessions: [(application, held)].into(), ..Dirt::default() });
            Some(dirt)
        }
    }
}

/// Clears what can be cleared; returns what is left.
pub(super) async fn make_ready(world: &World<'_>, clearing: &Clearing, user: &str, mut dirt: Dirt) -> Dirt {
    dirt.settle(world.clock.now());
    let before = dirt.clone();
    let applications: Vec<String> = dirt.sessions.keys().cloned().collect();
    for application in applications {
        if !clearing.applications.contains(&application) || dirt.sessions[&application].is_stuck {
            continue;
        }
        let Some(clearer) = world.clearer(&application) else { continue };
        let body = json!({ "sessionId": application });
        let outcome = send(world, Operation::ClearPresence, clearer, user, Some(&body)).await;
        if matches!(&outcome, Ok(answer) if is_cleared(answer)) {
            dirt.sessions.remove(&application);
        } else {
            world.note_clearing_failed(format!("clear-presence does not work: {}", said(&outcome)));
            dirt.sessions.entry(application).and_modify(|held| held.is_stuck = true);
        }
    }
    if dirt.preferred == Some(Preferred::Clearable) && clearing.preferred {
        let outcome = send(world, Operation::ClearUserPreferredPresence, "app", user, Some(&json!({}))).await;
        // Where a preferred presence was set, a 404 can only mean that the path is not there.
        let is_cleared = match &outcome {
            Ok(answer) => is_cleared(answer) && (dirt.is_unknown || answer.status != 404),
            Err(_) => false,
        };
        dirt.preferred = (!is_cleared).then_some(Preferred::Stuck);
        if !is_cleared && !dirt.is_unknown {
            world.note_clearing_failed(format!("clear-user-preferred-presence does not work: {}", said(&outcome)));
        }
    }
    if dirt != before {
        dirt.visible = visible_by(world.target.settings().slack.propagation, world.clock.now());
    }
    if dirt.is_unknown {
        dirt = look_at_unknown(world, user, dirt).await;
    }
    dirt
}

/// What cannot be cleared on a user that the run has not touched yet may be seen not to be there.
async fn look_at_unknown(world: &World<'_>, user: &str, mut dirt: Dirt) -> Dirt {
    if !dirt.sessions.is_empty() && shows_offline(world, user).await {
        dirt.sessions.clear();
    }
    // No read can show that none is set. That a user nobody touched has one is not worth giving up the run for.
    dirt.preferred = None;
    dirt.is_unknown = false;
    for held in dirt.sessions.values_mut() {
        held.is_stuck = true;
    }
    dirt
}

/// Clears one session, whatever comes of it.
pub(super) async fn clear_session(world: &World<'_>, actor: &str, user: &str, session: &str) {
    let body = json!({ "sessionId": session });
    if let Err(why) = send(world, Operation::ClearPresence, actor, user, Some(&body)).await {
        debug!("{why}");
    }
}

/// Whether a user is seen to be Offline, and so to have no session.
pub(super) async fn shows_offline(world: &World<'_>, user: &str) -> bool {
    let Ok(answer) = send(world, Operation::GetPresence, "reader", user, None).await else { return false };
    judge::presence_shown(&answer).is_some_and(|shown| shown.starts_with("Offline/"))
}

fn is_cleared(answer: &Answer) -> bool {
    (200..300).contains(&answer.status) || answer.status == 404
}

/// Sends one of our own requests; why there is no answer is the error.
async fn send(
    world: &World<'_>,
    operation: Operation,
    actor: &str,
    user: &str,
    body: Option<&Value>,
) -> Result<Answer, String> {
    let Some(adapter) = world.abilities.operations.get(&operation) else {
        return Err(format!("the target has no {operation}"));
    };
    let request: Request = plain(adapter, body);
    let call = Call::to_clear(&request, operation, actor, user);
    let sent = world.send_to_clean(call).await;
    match sent.map(|(_, observation)| observation.outcome) {
        Some(Outcome::Answer(answer)) => Ok(answer),
        Some(Outcome::Lost(lost)) => Err(lost.detail),
        None => Err("the run has ended".to_owned()),
    }
}

fn said(outcome: &Result<Answer, String>) -> String {
    match outcome {
        Ok(answer) => format!("it answered {}", answer.status),
        Err(why) => why.clone(),
    }
}
