//! One case, from its first request to its last, on users of its own.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::future::join_all;
use serde::Deserialize;
use setpresence_core::case::Wanted;
use setpresence_core::event::{Fault, Measurement, Observation, Outcome, RequestRecord};
use setpresence_core::moment::Moment;
use setpresence_core::plan::{Action, Plan, UserSlot};
use setpresence_core::spec::{DurationText, Operation};
use tracing::debug;

use super::kept::OnlyKept;
use super::pool::{Clearing, Dirt, Held, Need, Preferred};
use super::settle::{Given, Settling};
use super::stray::Stray;
use super::world::{Urgency, World};
use super::{Job, clean, kept, measure, stray};
use crate::target::{Call, On401};

/// A body longer than this does not fit the buffers of a connection, and a target may answer before it has read it.
const BODY_LARGE: usize = 64 * 1024;

/// A case or a measurement that has its users.
#[derive(Debug)]
pub(super) struct Seated {
    pub(super) job: Job,
    pub(super) need: Arc<Need>,
    /// The place in the pool, the id and what may stand on each user.
    pub(super) users: Vec<(usize, String, Dirt)>,
}

/// A case or a measurement that is done with its users.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) job: Job,
    pub(super) need: Arc<Need>,
    pub(super) users: Vec<(usize, String, Dirt)>,
    pub(super) ran: Ran,
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Ran {
    /// Its users could not be brought into a known state.
    NotReady,
    Case(Seen),
    Measured(Option<Measurement>),
}

/// What was seen of a case.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// When it began.
    pub(super) began: Moment,
    pub(super) requests: Vec<RequestRecord>,
    pub(super) observations: Vec<Observation>,
    /// How late each request was.
    pub(super) late: Vec<Moment>,
    /// Why it ended before its plan did.
    pub(super) interrupted: Option<String>,
    /// The answer that a new connection does not give, if there is one.
    pub(super) only_kept: Option<OnlyKept>,
}

/// Brings the users into a known state and runs the case.
pub(super) async fn drive(world: &World<'_>, clearing: Arc<Clearing>, seated: Seated) -> Done {
    let Seated { job, need, mut users } = seated;
    let mut is_ready = true;
    for (_, id, dirt) in users.iter_mut().filter(|(_, _, dirt)| need.is_sensitive || dirt.is_unknown) {
        *dirt = clean::make_ready(world, &clearing, id, std::mem::take(dirt)).await;
        stray::clear(world, id, dirt).await;
        is_ready &= !need.is_sensitive || dirt.is_absorbed_by(&need.absorbs);
    }
    if !is_ready {
        debug!(purpose = job.name(), "its users are not in a known state: it waits for others");
        return Done { job, need, users, ran: Ran::NotReady };
    }
    debug!(purpose = job.name(), users = ?users.iter().map(|(_, id, _)| id).collect::<Vec<_>>(), "begins");
    let ran = match &job {
        Job::Measure(measuring) => {
            let mut measured = None;
            if let Some((_, id, dirt)) = users.first_mut() {
                measured = measure::measure(world, &clearing, measuring, id, dirt).await;
            }
            Ran::Measured(measured)
        }
        Job::Case(_, plan) => {
            let ids: Vec<&str> = users.iter().map(|(_, id, _)| id.as_str()).collect();
            let given = |dirt: &Dirt| Given { is_clean: need.is_sensitive && dirt.is_clean(), visible: dirt.visible };
            let mut seen = act(world, plan, &ids, users.iter().map(|(_, _, dirt)| given(dirt)).collect()).await;
            seen.only_kept = kept::look(world, plan, &ids, &seen).await;
            for (slot, (_, _, dirt)) in users.iter_mut().enumerate() {
                let strays = stray::left(world, &clearing, plan, &seen.observations, slot);
                dirt.add(left_on(world, plan, &seen.observations, slot, strays));
            }
            Ran::Case(seen)
        }
    };
    debug!(purpose = job.name(), "is over");
    Done { job, need, users, ran }
}

async fn act(world: &World<'_>, plan: &Plan, users: &[&str], given: Vec<Given>) -> Seen {
    let urgency = Urgency::of(plan.lasts());
    let start = world.begin(plan.lasts()).await;
    let mut seen = Seen { began: start, ..Seen::default() };
    let mut settling = Settling::new(world.target.settings().slack.propagation, given, start);
    let owner = users.first().copied().unwrap_or_default();
    // A request cannot be sent before the one before it is answered, and that is not lateness.
    let mut ready = start;
    let mut may_be_closed = false;
    'plan: for group in plan.actions.chunk_by(|_, next| next.is_together) {
        let calls: Option<Vec<Call<'_>>> =
            group.iter().map(|action| Some(call(action, &plan.id, user_of(world, action, users)?, owner))).collect();
        let Some(calls) = calls else {
            seen.interrupted = Some("the target file names no user that does not exist (unknown_user)".to_owned());
            break;
        };
        let mut due = group.first().map_or(start, |action| start.later(action.at));
        let sent = loop {
            due = group.iter().fold(due, |due, action| settling.due(action, due, ready));
            world.until(due, &plan.id).await;
            if world.clock.is_manual() {
                let now = world.clock.now();
                let pause = group.iter().map(|action| settling.pause(action, now)).max();
                // Even a sleep of no time lasts until the timer's next tick.
                if let Some(pause) = pause.filter(|pause| !pause.is_zero()) {
                    tokio::time::sleep(pause).await;
                }
            }
            let sent = join_all(calls.iter().map(|call| world.send(*call, urgency))).await;
            let Some(sent) = sent.into_iter().collect::<Option<Vec<_>>>() else {
                seen.interrupted = world.ended().map(ToOwned::to_owned);
                break 'plan;
            };
            let is_broken = |outcome: &_| matches!(outcome, Outcome::Lost(lost) if lost.fault == Fault::Broken);
            if std::mem::take(&mut may_be_closed)
                && group.iter().all(|action| action.operation == Operation::GetPresence)
                && sent.iter().any(|(_, seen)| is_broken(&seen.outcome))
            {
                continue;
            }
            let late: Vec<_> = sent
                .iter()
                .map(|(_, observation)| world.note_lateness(due.max(ready), observation.span.from, urgency))
                .collect();
            ready = sent.iter().map(|(_, observation)| observation.span.to).max().unwrap_or(ready);
            let again = group.iter().zip(&sent).filter_map(|(action, (_, seen))| settling.saw(action, seen)).max();
            match again {
                Some(again) => due = again,
                None => break sent.into_iter().zip(late),
            }
        };
        may_be_closed = group.iter().any(is_large);
        let mut is_lost = false;
        for ((request, observation), late) in sent {
            is_lost |= matches!(observation.outcome, Outcome::Lost(_));
            seen.requests.push(request);
            seen.observations.push(observation);
            seen.late.push(late);
        }
        if is_lost {
            // Whether it took effect cannot be known, so nothing after it could be judged.
            break;
        }
    }
    seen
}

pub(super) fn call<'a>(action: &'a Action, purpose: &'a str, user: &'a str, owner: &'a str) -> Call<'a> {
    Call {
        purpose,
        request: &action.request,
        operation: action.operation,
        actor: action.actor.as_deref(),
        user,
        owner,
        base: None,
        on_401: on_401(action),
    }
}

/// Whether a target may close the connection after it (RFC 9110, 15.5.14), also without a word, so that the next request,
/// which has nothing to do with it, breaks: a read may then be sent once more.
fn is_large(action: &Action) -> bool {
    action.request.body.as_deref().is_some_and(|body| body.len() > BODY_LARGE)
}

/// A 401 is what it says where the request presents its credential badly, or presents one that is to be refused.
fn on_401(action: &Action) -> On401 {
    let is_bad = |name: &str| matches!(name, "expired" | "not_yet_valid" | "wrong_audience" | "bad_signature");
    let is_plain = matches!(action.request.authorization.as_slice(), [only] if only == "Bearer ${token}");
    let expects_401 = action.expect.as_ref().is_some_and(|expect| match &expect.wanted {
        Wanted::Refused { statuses, .. } => statuses.contains(&401),
        Wanted::Accepted | Wanted::Either | Wanted::Presences(_) => false,
    });
    if is_plain && !expects_401 && !action.actor.as_deref().is_some_and(is_bad) { On401::Renew } else { On401::Answer }
}

pub(super) fn user_of<'u>(world: &'u World<'_>, action: &Action, users: &[&'u str]) -> Option<&'u str> {
    match action.user {
        UserSlot::Pool(slot) => users.get(slot).copied(),
        UserSlot::Unknown => world.target.settings().unknown_user.as_deref(),
    }
}

/// What may stand on a user after a case: what the plan says, and what was really done if that is more.
fn left_on(world: &World<'_>, plan: &Plan, observations: &[Observation], slot: usize, strays: BTreeSet<Stray>) -> Dirt {
    let now = world.clock.now();
    let mut sessions: BTreeMap<String, Held> = BTreeMap::new();
    let mut preferred = false;
    let mut longest = Some(clean::gone_by(world, now));
    let mut was_set = false;
    let mut visible = Moment::START;
    for (action, observation) in plan.actions.iter().zip(observations) {
        if action.user != UserSlot::Pool(slot) {
            continue;
        }
        let status = match &observation.outcome {
            Outcome::Answer(answer) => Some(answer.status),
            Outcome::Lost(_) => None,
        };
        if action.operation != Operation::GetPresence {
            visible = clean::visible_by(world.target.settings().slack.propagation, observation.span.to);
        }
        let is_refused = status.is_some_and(|status| (400..500).contains(&status));
        // Nobody is there who could have applied it.
        let is_absent = matches!(status, Some(404 | 405 | 501));
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
            Operation::SetUserPreferredPresence => {
                preferred |= !is_absent && (!is_refused || plan.leaves_preferred);
            }
            Operation::ClearUserPreferredPresence if is_done => preferred = plan.leaves_preferred,
            _ => {}
        }
    }
    if was_set {
        // A refused request may have been applied all the same; the plan knows which may.
        let left = plan.leaves_sessions.iter().filter_map(|name| world.application(name));
        sessions.extend(left.map(|id| (id, Held { until: None, is_stuck: false })));
    }
    // Where the target takes the id for what it says, the session is that application's.
    let others = strays.iter().filter_map(|stray| stray.session.clone()).filter(|id| world.clearer(id).is_some());
    sessions.extend(others.map(|id| (id, Held { until: None, is_stuck: false })));
    for held in sessions.values_mut() {
        held.until = longest;
    }
    let strays = strays
        .into_iter()
        .map(|stray| (stray, Held { until: Some(clean::gone_by(world, now)), is_stuck: false }))
        .collect();
    Dirt { sessions, strays, preferred: preferred.then_some(Preferred::Clearable), visible, is_unknown: false }
}

/// What of a body says how long its session lasts; bodies of megabytes are passed over without being kept.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lasting<'b> {
    #[serde(borrow, default)]
    expiration_duration: Option<Cow<'b, str>>,
}

/// Whether the session that a request asks for is gone after four hours by every reading.
fn is_bounded(action: &Action) -> bool {
    let body: Lasting<'_> =
        action.request.body.as_deref().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
    let duration = DurationText::read(body.expiration_duration.as_deref().unwrap_or_default());
    duration.deviations().is_empty() && duration.amount().is_some_and(|amount| !amount.exceeds(clean::LONGEST_SESSION))
}
