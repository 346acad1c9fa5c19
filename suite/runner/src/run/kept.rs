//! Answers that belong to the connection and not to the request: a target that leaves a part of a request unread on a
//! connection that it keeps takes the rest for the next request, whoever sends it. A command of curl shows nothing of that.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use setpresence_core::event::{Answer, Outcome};
use setpresence_core::plan::Plan;

use super::timeline::{self, Seen};
use super::world::World;

/// How many answers in a run are asked for again: a target may have a page of its own for every error.
const TRIES_MOST: u32 = 8;

/// How many answers may still be asked for again in a run.
#[derive(Debug)]
pub(super) struct Tries(AtomicU32);

impl Default for Tries {
    fn default() -> Self {
        Self(AtomicU32::new(TRIES_MOST))
    }
}

impl Tries {
    fn take(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

/// An answer that a new connection does not give.
#[derive(Debug)]
pub(super) struct OnlyKept {
    /// Its place among the case's exchanges.
    pub(super) exchange: usize,
    /// What is to be said of it.
    pub(super) note: String,
}

/// Asks again on a connection of its own for the first answer of a case that looks like one to another request.
pub(super) async fn look(world: &World<'_>, plan: &Plan, users: &[&str], seen: &Seen) -> Option<OnlyKept> {
    let (exchange, status) = seen.observations.iter().enumerate().find_map(|(place, seen)| match &seen.outcome {
        Outcome::Answer(answer) if is_odd(answer) => Some((place, answer.status)),
        _ => None,
    })?;
    if !world.kept.take() {
        return None;
    }
    let action = plan.actions.get(exchange)?;
    let owner = users.first().copied().unwrap_or_default();
    let call = timeline::call(action, &plan.id, timeline::user_of(world, action, users)?, owner);
    let anew = world.target.status_anew(call).await.filter(|anew| *anew != status)?;
    let note = format!(
        ", only on a connection that was used before (a new one gives {anew}: the target seems to leave a part of an \
         earlier request unread, and to take it for the next)"
    );
    Some(OnlyKept { exchange, note })
}

/// Whether an answer may be one to the rest of another request: such bytes are refused by whatever reads HTTP, before the
/// service with its error bodies.
fn is_odd(answer: &Answer) -> bool {
    let is_json = serde_json::from_str::<Value>(&answer.body).is_ok_and(|body| body.is_object());
    matches!(answer.status, 400 | 405 | 408 | 414 | 431 | 501 | 505) && !is_json
}
