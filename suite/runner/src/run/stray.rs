//! Sessions that a target may keep where nobody looks for them: those that were set with another id than the calling
//! application's own. A target that takes such a call may keep the session under either id, and may let nobody clear it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Deserialize;
use setpresence_core::event::{Observation, Outcome};
use setpresence_core::judge;
use setpresence_core::plan::{Action, Plan, UserSlot};
use setpresence_core::spec::Operation;

use super::clean::{self, AFTER_PROPAGATION};
use super::pool::{Clearing, Dirt};
use super::world::World;

/// How often a user is looked at while the clearing may not be visible yet.
const LOOKS: u32 = 10;

/// Who set a session, and the id that was sent with it, where one can be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stray {
    /// The credential that set it.
    pub(super) actor: String,
    /// What was sent as its id.
    pub(super) session: Option<String>,
}

/// What of a body says whose session it is.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named<'b> {
    #[serde(borrow, default)]
    session_id: Option<Cow<'b, str>>,
}

impl Stray {
    /// What a target that takes this call may keep apart; nothing where the id is the application's own.
    fn of(world: &World<'_>, action: &Action) -> Option<Self> {
        let actor = action.actor.clone()?;
        let own = world.application(&actor)?;
        let body = action.request.body.as_deref().unwrap_or_default();
        let Named { session_id } = serde_json::from_slice(body).unwrap_or_default();
        if session_id.as_deref() == Some(own.as_str()) {
            return None;
        }
        Some(Self { actor, session: session_id.map(Cow::into_owned).filter(|id| !id.is_empty()) })
    }
}

/// What a case may have left of these on one of its users: of what was accepted, and of what was refused where the next
/// read shows another presence than the one before it.
///
/// A call without an id is the application's own by the only reading that there is; that a target keeps it apart is only
/// feared, and on a target where nothing can be cleared no case would be run any more for fear.
pub(super) fn left(
    world: &World<'_>,
    clearing: &Clearing,
    plan: &Plan,
    observations: &[Observation],
    slot: usize,
) -> BTreeSet<Stray> {
    let (mut left, mut suspects) = (BTreeSet::new(), Vec::new());
    let mut before: Option<String> = None;
    for (action, observation) in plan.actions.iter().zip(observations) {
        if action.user != UserSlot::Pool(slot) {
            continue;
        }
        let answer = match &observation.outcome {
            Outcome::Answer(answer) => Some(answer),
            Outcome::Lost(_) => None,
        };
        match action.operation {
            Operation::SetPresence => {
                let is_refused = answer.is_some_and(|answer| (400..500).contains(&answer.status));
                let stray = Stray::of(world, action);
                if is_refused { suspects.extend(stray) } else { left.extend(stray) }
            }
            Operation::GetPresence => {
                let Some(shown) = answer.and_then(judge::presence_shown) else { continue };
                if before.is_some_and(|before| before != shown) {
                    left.append(&mut suspects.drain(..).collect());
                }
                suspects.clear();
                before = Some(shown);
            }
            _ => {}
        }
    }
    left.retain(|stray| stray.session.is_some() || !clearing.applications.is_empty());
    left
}

/// Clears what can be cleared under the id that was sent. Whether it was, a user's presence tells better than the answer.
pub(super) async fn clear_unseen(world: &World<'_>, user: &str, dirt: &Dirt) {
    for Stray { actor, session } in dirt.strays.keys() {
        if let Some(session) = session {
            clean::clear_session(world, actor, user, session).await;
        }
    }
}

/// Clears what can be cleared under the id that was sent, and believes that it is gone once the user is Offline.
pub(super) async fn clear(world: &World<'_>, user: &str, dirt: &mut Dirt) {
    dirt.settle(world.clock.now());
    if dirt.strays.is_empty() {
        return;
    }
    clear_unseen(world, user, dirt).await;
    let propagation = world.target.settings().slack.propagation;
    let visible = world.clock.now().later(propagation).later(AFTER_PROPAGATION);
    loop {
        if clean::shows_offline(world, user).await {
            dirt.strays.clear();
            return;
        }
        let now = world.clock.now();
        if propagation.is_zero() || now >= visible || world.ended().is_some() {
            break;
        }
        world.until(now.later(propagation / LOOKS).min(visible), "clearing users").await;
    }
    world.note_clearing_failed(
        "a session that was accepted with another id than the calling application's cannot be cleared".to_owned(),
    );
    for held in dirt.strays.values_mut() {
        held.is_stuck = true;
    }
}
