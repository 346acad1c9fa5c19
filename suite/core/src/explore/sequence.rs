//! A sequence: what is done in turn, and how long is waited before each.

use std::collections::BTreeSet;
use std::time::Duration;

use super::ground::Ground;
use super::overlap::OVERLAPPING_MOST;
use crate::plan::{Action, Plan, Request, Role, UserSlot};
use crate::spec::{Level, Operation, Profile};

/// One move: a wait on the target's clock, then one operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// How long is waited before it.
    pub wait: Duration,
    /// What is done. Its step and moment are those of its place in the sequence.
    pub action: Action,
}

/// What is done in turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequence {
    moves: Vec<Move>,
}

impl Sequence {
    /// The sequence of these moves. What cannot be sent at once with the move before it is sent in turn: what waits, and
    /// what would be too many.
    #[must_use]
    pub fn of(mut moves: Vec<Move>) -> Self {
        let mut at = Duration::ZERO;
        let mut n_at_once = 0;
        for (index, one) in moves.iter_mut().enumerate() {
            at = at.saturating_add(one.wait);
            let action = &mut one.action;
            action.at = at;
            action.step = index + 1;
            action.is_together &= index > 0 && one.wait.is_zero() && n_at_once < OVERLAPPING_MOST;
            n_at_once = if action.is_together { n_at_once + 1 } else { 1 };
        }
        Self { moves }
    }

    /// The same with each call sent when the one before it was answered; nothing where that is so already.
    #[must_use]
    pub fn in_turn(&self) -> Option<Self> {
        if !self.moves.iter().any(|one| one.action.is_together) {
            return None;
        }
        let mut moves = self.moves.clone();
        moves.iter_mut().for_each(|one| one.action.is_together = false);
        Some(Self { moves })
    }

    /// The sequence of a plan's actions.
    #[must_use]
    pub fn of_plan(plan: &Plan) -> Self {
        let mut before = Duration::ZERO;
        let moves = plan.actions.iter().map(|action| {
            let wait = action.at.saturating_sub(before);
            before = action.at;
            let mut action = Action { role: Role::Judged, expect: None, covers: String::new(), ..action.clone() };
            let request = &mut action.request;
            request.is_other_method &= request.method != action.operation.method();
            Move { wait, action }
        });
        Self::of(moves.collect())
    }

    /// The moves.
    #[must_use]
    pub fn moves(&self) -> &[Move] {
        &self.moves
    }

    /// How long it takes on the target's clock.
    #[must_use]
    pub fn lasts(&self) -> Duration {
        self.moves.last().map_or(Duration::ZERO, |last| last.action.at)
    }

    /// How many users of a pool it needs, at least one.
    #[must_use]
    pub fn users(&self) -> usize {
        let slots = self.moves.iter().filter_map(|one| match one.action.user {
            UserSlot::Pool(slot) => Some(slot + 1),
            UserSlot::Unknown => None,
        });
        slots.max().unwrap_or(1)
    }

    /// As a plan, so that whatever shows or repeats a plan can show or repeat it.
    #[must_use]
    pub fn plan(&self, id: &str, profile: &'static Profile) -> Plan {
        let actions: Vec<Action> = self.moves.iter().map(|one| one.action.clone()).collect();
        let sets = actions.iter().filter(|action| action.operation == Operation::SetPresence);
        Plan {
            id: id.to_owned(),
            file: String::new(),
            family: "witnesses".to_owned(),
            title: String::new(),
            about: String::new(),
            profile,
            level: Level::Must,
            requirements: Vec::new(),
            users: self.users(),
            pinned: None,
            absorbs: BTreeSet::new(),
            leaves_sessions: sets.filter_map(|action| action.actor.clone()).collect(),
            leaves_preferred: actions.iter().any(|action| action.operation == Operation::SetUserPreferredPresence),
            unread: None,
            actions,
        }
    }
}

/// An operation as it is documented, by an actor, for a user, with a body.
pub(super) fn action(
    ground: &Ground,
    operation: Operation,
    actor: Option<&str>,
    user: UserSlot,
    body: Option<Vec<u8>>,
) -> Action {
    let adapter = ground.operations.get(&operation);
    let content_type = body.iter().map(|_| ("Content-Type".to_owned(), "application/json".to_owned())).collect();
    Action {
        step: 0,
        is_together: false,
        role: Role::Judged,
        at: Duration::ZERO,
        actor: actor.map(str::to_owned),
        user,
        operation,
        request: Request {
            method: adapter.map_or_else(|| operation.method().to_owned(), |adapter| adapter.method.clone()),
            is_other_method: false,
            path: adapter.map_or_else(|| operation.path().to_owned(), |adapter| adapter.path.clone()),
            is_other_path: false,
            authorization: actor.iter().map(|_| "Bearer ${token}".to_owned()).collect(),
            headers: content_type,
            body: body.map(Into::into),
            is_chunked: false,
        },
        expect: None,
        covers: String::new(),
    }
}
