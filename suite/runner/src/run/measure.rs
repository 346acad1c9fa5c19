//! Finding the instant of a change, on a user of its own.

use std::time::Duration;

use setpresence_core::event::{Measurement, Observation, Outcome};
use setpresence_core::judge;
use setpresence_core::moment::{Moment, Span};
use setpresence_core::plan::{Action, Found, Measuring, Next, Search};

use super::clean;
use super::pool::{Clearing, Dirt, Held, Preferred};
use super::world::{Urgency, World};
use crate::target::{Call, On401};

/// Watches sessions until the instant is known as closely as the clock permits; nothing where the world got in the way
/// or the change had come before anybody could look.
pub(super) async fn measure(
    world: &World<'_>,
    clearing: &Clearing,
    measuring: &Measuring,
    user: &str,
    dirt: &mut Dirt,
) -> Option<Measurement> {
    let mut search = Search::of(measuring, world.target.settings().slack.propagation);
    let name = format!("measuring {}", measuring.requirement);
    loop {
        let begin = world.begin(measuring.lasts()).await;
        let set = arranged(world, measuring, user, begin, &name).await;
        leave(world, measuring, dirt);
        watch(world, measuring, &mut search, user, set?, &name).await?;
        if search.next(None) == Next::Over {
            break;
        }
        // Another session from its beginning, with nothing of this one left.
        *dirt = clean::make_ready(world, clearing, user, std::mem::take(dirt)).await;
    }
    search.found().map(|found| measurement(measuring, found))
}

/// Brings the state about that is watched; says when the last call took place.
async fn arranged(world: &World<'_>, measuring: &Measuring, user: &str, begin: Moment, name: &str) -> Option<Span> {
    let mut set = None;
    for action in &measuring.actions {
        world.until(begin.later(action.at), name).await;
        let seen = sent(world, action, user, name).await?;
        let Outcome::Answer(answer) = &seen.outcome else { return None };
        if answer.status != 200 {
            return None;
        }
        set = Some(seen.span);
    }
    set
}

/// Looks when the search wants it, until it wants another session or nothing more.
async fn watch(
    world: &World<'_>,
    measuring: &Measuring,
    search: &mut Search,
    user: &str,
    set: Span,
    name: &str,
) -> Option<()> {
    let mut looked = None;
    while let Next::Look(at) = search.next(looked) {
        world.until(set.to.later(at), name).await;
        let seen = sent(world, &measuring.look, user, name).await?;
        let Outcome::Answer(answer) = &seen.outcome else { return None };
        let shown = judge::presence_shown(answer)?;
        let is_before = measuring.before.iter().any(|presence| presence.to_string() == shown);
        search.saw(seen.span.from.since(set.to), seen.span.to.since(set.from), &shown, is_before);
        // What passed while the answer was on its way is not looked at again.
        looked = Some(at.max(world.clock.now().since(set.to)));
    }
    Some(())
}

async fn sent(world: &World<'_>, action: &Action, user: &str, purpose: &str) -> Option<Observation> {
    let call = Call {
        purpose,
        request: &action.request,
        operation: action.operation,
        actor: action.actor.as_deref(),
        user,
        owner: user,
        base: None,
        on_401: On401::Renew,
    };
    world.send(call, Urgency::Due).await.map(|(_, observation)| observation)
}

/// Takes note of what may stand on the user now, whatever the target makes of the durations.
fn leave(world: &World<'_>, measuring: &Measuring, dirt: &mut Dirt) {
    let held = Held { until: Some(clean::gone_by(world, world.clock.now())), is_stuck: false };
    dirt.add(Dirt {
        sessions: world.application("app").map(|application| (application, held)).into_iter().collect(),
        preferred: measuring.prefers().then_some(Preferred::Clearable),
        ..Dirt::default()
    });
}

fn measurement(measuring: &Measuring, found: Found) -> Measurement {
    let moment = |time: Duration| Moment::from_start(time);
    Measurement {
        requirement: measuring.requirement.clone(),
        from: found.from,
        to: found.to.unwrap_or_else(|| measuring.after.to_string()),
        documented: measuring.documented.map(moment),
        documented_to: Some(measuring.after.to_string()),
        no_earlier: moment(found.no_earlier),
        no_later: found.no_later.map_or(Moment::END, moment),
    }
}
