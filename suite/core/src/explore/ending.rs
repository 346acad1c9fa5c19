//! What is done after a sequence so that nothing of it stands any more: moves like any others, whose answers are judged.

use std::time::Duration;

use super::ground::{APPLICATIONS, Ground};
use super::sequence::{Move, Sequence, action};
use crate::plan::{Action, UserSlot};
use crate::spec::Operation;

/// What may stand on one user after a sequence, whatever came of its requests.
#[derive(Clone, Copy, Debug, Default)]
struct Standing {
    /// Whether anything was sent that may have changed something.
    is_touched: bool,
    /// By which of [`APPLICATIONS`] a session may have been set.
    sets: [bool; APPLICATIONS.len()],
    prefers: bool,
}

impl Sequence {
    /// The same; and then everything is taken off that may have been set, and each user that may have been changed is
    /// read. Nothing where the target lacks what that takes.
    #[must_use]
    pub fn with_ending(&self, ground: &Ground) -> Option<Self> {
        let ending = self.ending(ground)?;
        Some(Self::of([self.moves(), ending.moves()].concat()))
    }

    /// That alone.
    #[must_use]
    pub fn ending(&self, ground: &Ground) -> Option<Self> {
        let mut standing = vec![Standing::default(); ground.users];
        self.moves().iter().for_each(|one| note(&mut standing, &one.action));
        let mut moves = Vec::new();
        for (slot, standing) in standing.into_iter().enumerate().filter(|(_, standing)| standing.is_touched) {
            moves.extend(ending(UserSlot::Pool(slot), standing, ground)?);
        }
        Some(Self::of(moves))
    }
}

fn note(standing: &mut [Standing], action: &Action) {
    let UserSlot::Pool(slot) = action.user else { return };
    let Some(standing) = standing.get_mut(slot).filter(|_| action.operation != Operation::GetPresence) else { return };
    standing.is_touched = true;
    standing.prefers |= action.operation == Operation::SetUserPreferredPresence;
    if action.operation == Operation::SetPresence {
        match APPLICATIONS.iter().position(|name| Some(*name) == action.actor.as_deref()) {
            Some(place) => standing.sets[place] = true,
            // For whom it counts, if it does, is not known.
            None => standing.sets = [true; APPLICATIONS.len()],
        }
    }
}

fn ending(user: UserSlot, standing: Standing, ground: &Ground) -> Option<Vec<Move>> {
    let mut actions = Vec::new();
    for (name, id) in &ground.applications {
        let has_set = APPLICATIONS.iter().zip(standing.sets).any(|(known, has_set)| known == name && has_set);
        if has_set {
            let body = format!("{{\"sessionId\": \"{id}\"}}").into_bytes();
            actions.push((Operation::ClearPresence, name.as_str(), Some(body)));
        }
    }
    if standing.prefers {
        actions.push((Operation::ClearUserPreferredPresence, "app", Some(b"{}".to_vec())));
    }
    actions.push((Operation::GetPresence, "reader", None));
    let moves = actions.into_iter().map(|(operation, actor, body)| {
        let action = ground.has(operation).then(|| action(ground, operation, Some(actor), user, body))?;
        Some(Move { wait: Duration::ZERO, action })
    });
    moves.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::testing::ground;

    fn one(operation: Operation, actor: &str, slot: usize) -> Move {
        Move { wait: Duration::ZERO, action: action(&ground(), operation, Some(actor), UserSlot::Pool(slot), None) }
    }

    fn told(sequence: &Sequence) -> Vec<String> {
        let told = |one: &Move| {
            let Action { operation, actor, user, .. } = &one.action;
            format!("{} {} {user:?}", operation.name(), actor.as_deref().unwrap_or_default())
        };
        sequence.moves().iter().map(told).collect()
    }

    #[test]
    fn whatever_may_stand_is_taken_off() {
        let (set, prefer, clear, unprefer, read) = (
            Operation::SetPresence,
            Operation::SetUserPreferredPresence,
            Operation::ClearPresence,
            Operation::ClearUserPreferredPresence,
            Operation::GetPresence,
        );
        let rows: [(&[Move], &[Move]); 5] = [
            (&[one(read, "reader", 0)], &[]),
            (&[one(clear, "app", 0)], &[one(read, "reader", 0)]),
            (&[one(set, "app_b", 1)], &[one(clear, "app_b", 1), one(read, "reader", 1)]),
            (
                &[one(prefer, "app", 0), one(set, "app", 0), one(set, "app", 0)],
                &[one(clear, "app", 0), one(unprefer, "app", 0), one(read, "reader", 0)],
            ),
            (
                &[one(set, "no_role", 0)],
                &[one(clear, "app", 0), one(clear, "app_b", 0), one(clear, "app_c", 0), one(read, "reader", 0)],
            ),
        ];
        for (moves, wanted) in rows {
            let whole = Sequence::of(moves.to_vec()).with_ending(&ground()).unwrap();
            let wanted = Sequence::of([moves, wanted].concat());
            assert_eq!(told(&whole), told(&wanted));
        }
    }

    #[test]
    fn what_cannot_be_taken_off_has_no_ending() {
        let mut without = ground();
        without.operations.remove(&Operation::ClearPresence);
        let set = Sequence::of(vec![one(Operation::SetPresence, "app", 0)]);
        assert!(set.with_ending(&without).is_none());
        let read = Sequence::of(vec![one(Operation::GetPresence, "reader", 0)]);
        assert_eq!(read.with_ending(&without), Some(read));
    }
}
