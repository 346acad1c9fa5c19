//! Two targets under the same sequence: what both can do, one sequence in the words of either, and where they part.
//!
//! Each is held against a model of its own, so that what one did at an earlier move, where either way is permitted, is
//! not held against it at a later one. Nothing is sent here: what was seen is handed in.

use super::examine::Examiner;
use super::ground::{APPLICATIONS, Ground};
use super::sequence::{Move, Sequence};
use crate::event::{Fault, Observation, Outcome};
use crate::judge::{Context, Divergence, presence_shown};
use crate::plan::Action;
use crate::spec::{Level, Operation, Profile};

/// A sequence that was played on a target, and what was seen.
#[derive(Clone, Copy, Debug)]
pub struct Play<'p> {
    /// The profile to judge by.
    pub profile: &'static Profile,
    /// What the runner filled in.
    pub context: &'p Context,
    /// What was sent.
    pub sequence: &'p Sequence,
    /// What was seen of each move, as far as it came.
    pub observations: &'p [Observation],
    /// Whether nothing stood on the users before it. If that is not sure, what reads show is not compared.
    pub is_known: bool,
}

/// What one target did where two part.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// What it did, in words.
    pub did: String,
    /// What of that no permitted behaviour explains.
    pub departs: Option<Divergence>,
}

/// The first move of a sequence at which two targets part.
#[derive(Clone, Debug, PartialEq)]
pub struct Parting {
    /// The place of the move in the sequence.
    pub place: usize,
    /// What the one did.
    pub left: Side,
    /// What the other did.
    pub right: Side,
    /// What leaves the move open, where something does: the ids of requirements.
    pub open: Vec<&'static str>,
    operation: Operation,
}

impl Parting {
    /// What makes two partings alike: who departs and from what; where nobody does, what leaves it open.
    #[must_use]
    pub fn kind(&self) -> (String, String, String) {
        let departs = |side: &Side| {
            let told = |found: &Divergence| format!("{} {}", found.class.name(), found.requirement);
            side.departs.as_ref().map(told).unwrap_or_default()
        };
        let (left, right) = (departs(&self.left), departs(&self.right));
        let open = match (left.as_str(), right.as_str(), self.operation) {
            ("", "", Operation::GetPresence) => self.operation.name().to_owned(),
            ("", "", _) => format!("{} {}", self.operation.name(), self.open.join(" ")),
            _ => String::new(),
        };
        (left, right, open)
    }
}

/// Where two targets part that were sent the same sequence, if they do.
#[must_use]
pub fn parting(left: &Play<'_>, right: &Play<'_>) -> Option<Parting> {
    let mut judges = [left, right].map(|play| {
        let mut examiner = Examiner::new(play.profile, play.context);
        if !play.is_known {
            examiner.muddle();
        }
        examiner
    });
    let n_moves = left.observations.len().min(right.observations.len());
    let moves = left.sequence.moves().iter().zip(right.sequence.moves()).take(n_moves);
    for (place, (one, other)) in moves.enumerate() {
        let seen = [&left.observations[place], &right.observations[place]];
        if seen.iter().any(|seen| is_chance(seen)) {
            return None;
        }
        let [on_left, on_right] = &mut judges;
        let open = on_left.leaves_open(&one.action, seen[0].span);
        let left_side = side(on_left, place, &one.action, seen[0]);
        let right_side = side(on_right, place, &other.action, seen[1]);
        let is_read = one.action.operation == Operation::GetPresence;
        if is_read && !(left.is_known && right.is_known) {
            continue;
        }
        if left_side.did != right_side.did || left_side.departs.is_some() != right_side.departs.is_some() {
            let operation = one.action.operation;
            return Some(Parting { place, left: left_side, right: right_side, open, operation });
        }
    }
    None
}

/// What the world did, and no target.
fn is_chance(seen: &Observation) -> bool {
    match &seen.outcome {
        Outcome::Answer(answer) => answer.status == 429,
        Outcome::Lost(lost) => matches!(lost.fault, Fault::Connect | Fault::Throttled | Fault::NotSent),
    }
}

fn side(examiner: &mut Examiner<'_>, place: usize, action: &Action, seen: &Observation) -> Side {
    let found = examiner.examine(place, action, seen);
    let departs = found.into_iter().find(|found| found.level >= Level::Should);
    let is_read = action.operation == Operation::GetPresence && !action.request.is_other_method;
    let did = match &seen.outcome {
        Outcome::Answer(answer) => match presence_shown(answer).filter(|_| is_read) {
            Some(presence) => format!("shows {presence}"),
            None => format!("answers {}", answer.status),
        },
        Outcome::Lost(_) => "gives no answer".to_owned(),
    };
    Side { did, departs }
}

impl Ground {
    /// What both can do, in the words of this one.
    #[must_use]
    pub fn shared_with(&self, other: &Self) -> Self {
        let mut shared = self.clone();
        shared.applications.retain(|(name, _)| other.applications.iter().any(|(known, _)| known == name));
        shared.others.retain(|name| other.others.contains(name));
        shared.ids.retain(|name, _| other.ids.contains_key(name));
        shared.operations.retain(|operation, _| other.operations.contains_key(operation));
        shared.users = self.users.min(other.users);
        shared.has_unknown_user = self.has_unknown_user && other.has_unknown_user;
        shared.longest = self.longest.min(other.longest);
        shared
    }
}

impl Sequence {
    /// The same sequence for another target: with its ids of applications, and its places of operations.
    #[must_use]
    pub fn in_words_of(&self, from: &Ground, to: &Ground) -> Self {
        // An id that several credentials share is that of an application first.
        let names = APPLICATIONS.into_iter().chain(from.ids.keys().map(String::as_str));
        let ids: Vec<(&str, &str)> = names
            .map(|name| (from.id(name), to.id(name)))
            .filter(|(one, other)| !one.is_empty() && !other.is_empty())
            .collect();
        let moves = self.moves().iter().map(|one| {
            let mut action = one.action.clone();
            let places = from.operations.get(&action.operation).zip(to.operations.get(&action.operation));
            if let Some((old, new)) = places {
                let request = &mut action.request;
                if request.path == old.path {
                    request.path.clone_from(&new.path);
                }
                if request.method == old.method && !request.is_other_method {
                    request.method.clone_from(&new.method);
                }
            }
            action.request.body = action.request.body.map(|body| renamed(&body, &ids).into());
            Move { wait: one.wait, action }
        });
        Self::of(moves.collect())
    }
}

/// The bytes with every id in the place of another; all at once, as two ids may have changed places.
fn renamed(body: &[u8], ids: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let [first, after @ ..] = rest {
        match ids.iter().find(|(old, _)| rest.starts_with(old.as_bytes())) {
            Some((old, new)) => {
                out.extend_from_slice(new.as_bytes());
                rest = &rest[old.len()..];
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::sequence::action;
    use super::*;
    use crate::event::Answer;
    use crate::judge::Slack;
    use crate::moment::Span;
    use crate::plan::{Abilities, Adapter, Credential, UserSlot};

    const USER: &str = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";

    /// Abilities whose applications have ids that end in these.
    fn abilities(ends: [char; 3]) -> Abilities {
        let credential =
            |end: char| Credential { application: format!("22553876-f5ab-4529-bffb-cfe50aa8000{end}"), user: None };
        let names = ["app", "app_b", "app_c", "no_role", "reader"];
        let ends = [ends[0], ends[1], ends[2], ends[0], ends[0]];
        let mut operations = Adapter::documented();
        if let Some(set) = operations.get_mut(&Operation::SetPresence) {
            set.path = format!("/{}/${{user}}", ends[0]);
        }
        Abilities {
            profile: Profile::BETA_2021_06,
            credentials: Arc::new(
                names.iter().zip(ends).map(|(name, end)| ((*name).to_owned(), credential(end))).collect(),
            ),
            operations,
            users: 3,
            has_unknown_user: true,
            longest: None,
            clock_factor: 1,
        }
    }

    #[test]
    fn the_same_bytes_make_the_same_sequence_in_the_words_of_either() {
        let (from, to) = (Ground::of(&abilities(['1', '2', '3'])), Ground::of(&abilities(['3', '5', '1'])));
        let mut n_told = 0;
        for seed in 0..400_u32 {
            let bytes: Vec<u8> =
                (0..200_u32).map(|at| (seed.wrapping_mul(31).wrapping_add(at * at * 7) >> 1) as u8).collect();
            let (here, there) = (Sequence::read(&bytes, &from), Sequence::read(&bytes, &to));
            // Where bytes of a body or a path were garbled there may be no id left to rename.
            let has_id =
                |body: &[u8]| from.ids.values().any(|id| body.windows(id.len()).any(|part| part == id.as_bytes()));
            let is_plain = |one: &Move| {
                let request = &one.action.request;
                !request.is_other_path && request.body.as_ref().is_none_or(|body| has_id(body))
            };
            if here.moves().iter().all(is_plain) {
                assert_eq!(here.in_words_of(&from, &to), there, "{seed}");
                n_told += usize::from(here != there);
            }
        }
        assert!(n_told > 20, "{n_told}");
    }

    #[test]
    fn ids_that_change_places_are_renamed_at_once() {
        let ids = [("aa", "bbb"), ("bbb", "aa")];
        for (body, wanted) in [("aa-bbb", "bbb-aa"), ("xaay", "xbbby"), ("", ""), ("abbbb", "aaab")] {
            assert_eq!(renamed(body.as_bytes(), &ids), wanted.as_bytes(), "{body}");
        }
    }

    fn answer(status: u16, body: &str) -> Observation {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let answer = Answer { status, headers, body: body.to_owned(), truncated: false, echoes_token: false };
        Observation { span: Span::default(), outcome: Outcome::Answer(answer) }
    }

    fn shows(presence: &str) -> Observation {
        let (availability, activity) = presence.split_once('/').unwrap();
        answer(200, &format!(r#"{{"id":"{USER}","availability":"{availability}","activity":"{activity}"}}"#))
    }

    #[test]
    fn who_departs_is_told_from_each_ones_own_model() {
        let abilities = abilities(['1', '2', '3']);
        let ground = Ground::of(&abilities);
        let context = Context {
            users: vec![USER.to_owned()],
            credentials: abilities.credentials.clone(),
            slack: Slack::default(),
            interrupted: None,
        };
        let body = |duration: &str| {
            let id = ground.id("app");
            let text = format!(
                r#"{{"sessionId":"{id}","availability":"Busy","activity":"InACall","expirationDuration":"{duration}"}}"#
            );
            Some(text.into_bytes())
        };
        let set = |duration| action(&ground, Operation::SetPresence, Some("app"), UserSlot::Pool(0), body(duration));
        let read = action(&ground, Operation::GetPresence, Some("reader"), UserSlot::Pool(0), None);
        let moves = |duration| {
            Sequence::of([set(duration), read.clone()].map(|action| Move { wait: Duration::ZERO, action }).to_vec())
        };
        let (busy, offline) = (|| shows("Busy/InACall"), || shows("Offline/Offline"));
        let error = || answer(400, r#"{"error":{"code":"x","message":"y"}}"#);
        // The duration, what each target answers, and the place, who departs and whether something leaves it open.
        type Row = (&'static str, [Observation; 2], [Observation; 2], Option<(usize, bool, bool, bool)>);
        let rows: [Row; 7] = [
            ("PT1H", [answer(200, ""), busy()], [answer(200, ""), busy()], None),
            ("PT1H", [answer(200, ""), offline()], [answer(200, ""), busy()], Some((1, true, false, false))),
            ("PT1H", [answer(200, ""), busy()], [error(), offline()], Some((0, false, true, false))),
            ("PT1H", [answer(204, ""), busy()], [error(), offline()], Some((0, true, true, false))),
            // Longer than four hours may be accepted or refused, and a read shows what came of it.
            ("PT5H", [answer(200, ""), busy()], [error(), offline()], Some((0, false, false, true))),
            ("PT5H", [error(), busy()], [error(), offline()], Some((1, true, false, false))),
            ("PT1H", [answer(429, ""), offline()], [answer(200, ""), busy()], None),
        ];
        for (duration, left, right, wanted) in rows {
            let sequence = moves(duration);
            let play = |observations| Play {
                profile: abilities.profile,
                context: &context,
                sequence: &sequence,
                observations,
                is_known: true,
            };
            let found = parting(&play(&left), &play(&right));
            let told = found.map(|found| {
                (found.place, found.left.departs.is_some(), found.right.departs.is_some(), !found.open.is_empty())
            });
            assert_eq!(told, wanted, "{duration} {left:?} {right:?}");
            let unsure = |observations| Play { is_known: false, ..play(observations) };
            let unread = wanted.filter(|(place, ..)| *place == 0);
            assert_eq!(
                parting(&unsure(&left), &play(&right)).map(|found| found.place),
                unread.map(|(place, ..)| place)
            );
        }
    }
}
