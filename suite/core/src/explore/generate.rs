//! From bytes to a sequence, and from one sequence to another.

use std::time::Duration;

use super::body::{self, Draft};
use super::choices::Choices;
use super::ground::{Calls, Ground};
use super::overlap::OVERLAPPING_MOST;
use super::sequence::{Move, Sequence, action};
use super::words;
use crate::model::PREFERRED_PAIRS;
use crate::plan::{Action, UserSlot};
use crate::spec::Operation;

/// The most moves that a new sequence has: enough for three applications to set, fade and be read between.
const MOVES_MOST: usize = 9;
/// The most moves that a sequence grows to by mutation.
const MOVES_LONGEST: usize = 16;

impl Sequence {
    /// The sequence that these bytes make on this ground. Any bytes make one; none make an empty one.
    #[must_use]
    pub fn read(bytes: &[u8], ground: &Ground) -> Self {
        let mut maker = Maker { ground, choices: Choices::new(bytes) };
        let n = 1 + maker.choices.below(MOVES_MOST);
        let mut moves = Vec::with_capacity(n + 1);
        while moves.len() < n && !maker.choices.is_spent() {
            maker.push(&mut moves);
        }
        maker.bounded(moves)
    }

    /// Another sequence, made of this one by what the bytes choose.
    #[must_use]
    pub fn mutated(&self, bytes: &[u8], ground: &Ground) -> Self {
        let mut maker = Maker { ground, choices: Choices::new(bytes) };
        let mut moves = self.moves().to_vec();
        for _ in 0..=maker.choices.below(3) {
            maker.change(&mut moves);
        }
        moves.truncate(MOVES_LONGEST);
        maker.bounded(moves)
    }
}

struct Maker<'g, 'b> {
    ground: &'g Ground,
    choices: Choices<'b>,
}

impl Maker<'_, '_> {
    /// Adds one move, or a change and the read that shows it.
    fn push(&mut self, moves: &mut Vec<Move>) {
        let wait = self.wait();
        let user = self.user();
        let action = self.operation(user);
        let is_change = action.operation != Operation::GetPresence;
        let is_preference = action.operation == Operation::SetUserPreferredPresence;
        moves.push(Move { wait, action });
        self.push_overlapping(moves, user);
        if is_preference && self.ground.has(Operation::ClearUserPreferredPresence) && self.choices.odds(1, 2) {
            let wait = self.wait();
            moves.push(Move { wait, action: self.unprefer(user) });
        }
        if is_change && self.ground.has(Operation::GetPresence) && self.choices.odds(3, 5) {
            let wait = self.wait();
            moves.push(Move { wait, action: self.read(user) });
        }
    }

    /// Adds calls that are sent at once with the last one, where calls may overlap: mostly such as change something.
    fn push_overlapping(&mut self, moves: &mut Vec<Move>, user: UserSlot) {
        if self.ground.calls == Calls::InTurn || !self.choices.odds(3, 5) {
            return;
        }
        for _ in 0..=self.choices.below(OVERLAPPING_MOST - 1) {
            let mut action = self.operation(user);
            action.is_together = true;
            moves.push(Move { wait: Duration::ZERO, action });
        }
    }

    /// One change to a sequence.
    fn change(&mut self, moves: &mut Vec<Move>) {
        let place = self.choices.below(moves.len().max(1));
        let Some(one) = moves.get(place).cloned() else { return self.push(moves) };
        match self.choices.below(9) {
            0 if moves.len() > 1 => {
                moves.remove(place);
            }
            1 => moves.insert(place, one),
            2 => moves[place].wait = self.wait(),
            3 => moves[place].action = self.operation(one.action.user),
            4 => {
                let other = self.choices.below(moves.len());
                moves.swap(place, other);
            }
            5 => moves[place].action = self.spoiled(one.action),
            6 => moves[place].action = self.garbled(one.action),
            7 => {
                let mut new = Vec::new();
                self.push(&mut new);
                let at = self.choices.below(moves.len() + 1);
                moves.splice(at..at, new);
            }
            _ if self.ground.calls == Calls::Overlapping && self.choices.odds(1, 2) => {
                moves[place].action.is_together ^= true;
            }
            _ => self.push(moves),
        }
    }

    /// Takes time off where the run may not wait as long.
    fn bounded(&self, mut moves: Vec<Move>) -> Sequence {
        let mut left = self.ground.longest;
        for one in &mut moves {
            one.wait = one.wait.min(left);
            left -= one.wait;
        }
        Sequence::of(moves)
    }

    fn wait(&mut self) -> Duration {
        if !self.choices.odds(2, 5) {
            return Duration::ZERO;
        }
        let waits = words::WAITS;
        let n_short = waits.iter().filter(|seconds| Duration::from_secs(u64::from(**seconds)) <= self.ground.longest);
        let n_short = n_short.count();
        // The long ones cost the others' time on a clock that all share, and show little.
        let n = if self.choices.odds(1, 4) { n_short } else { n_short.min(20) };
        waits.get(self.choices.below(n)).map_or(Duration::ZERO, |seconds| Duration::from_secs(u64::from(*seconds)))
    }

    fn user(&mut self) -> UserSlot {
        if self.ground.has_unknown_user && self.choices.odds(1, 40) {
            return UserSlot::Unknown;
        }
        if !self.choices.odds(1, 5) {
            return UserSlot::Pool(0);
        }
        UserSlot::Pool(self.choices.below(self.ground.users))
    }

    fn operation(&mut self, user: UserSlot) -> Action {
        let has = |operation| self.ground.has(operation);
        let (clears, prefers, unprefers) = (
            has(Operation::ClearPresence),
            has(Operation::SetUserPreferredPresence),
            has(Operation::ClearUserPreferredPresence),
        );
        match self.choices.below(32) {
            0..=2 if clears => self.clear(user),
            3..=5 if prefers => self.prefer(user),
            6 if unprefers => self.unprefer(user),
            7..=10 if has(Operation::GetPresence) => self.read(user),
            _ => self.set(user),
        }
    }

    fn read(&mut self, user: UserSlot) -> Action {
        let mut read = action(self.ground, Operation::GetPresence, Some("reader"), user, None);
        if self.choices.odds(1, 48) {
            read.request.authorization = self.authorization();
        }
        read
    }

    fn application(&mut self) -> (String, String) {
        let place = if self.choices.odds(1, 2) { 0 } else { self.choices.below(self.ground.applications.len()) };
        self.ground.applications.get(place).cloned().unwrap_or_default()
    }

    fn clear(&mut self, user: UserSlot) -> Action {
        let (actor, own) = self.application();
        let id = if self.choices.odds(1, 6) { self.application().1 } else { own };
        let body = format!("{{\"sessionId\": \"{id}\"}}").into_bytes();
        action(self.ground, Operation::ClearPresence, Some(&actor), user, Some(body))
    }

    fn prefer(&mut self, user: UserSlot) -> Action {
        let presence = self.choices.pick(&PREFERRED_PAIRS).copied().unwrap_or(PREFERRED_PAIRS[0]);
        let expires = if self.choices.odds(1, 2) {
            format!(", \"expirationDuration\": \"{}\"", self.choices.text(words::PREFERRED_FOR))
        } else {
            String::new()
        };
        let (availability, activity) = (presence.availability, presence.activity);
        let body = format!("{{\"availability\": \"{availability}\", \"activity\": \"{activity}\"{expires}}}");
        action(self.ground, Operation::SetUserPreferredPresence, Some("app"), user, Some(body.into_bytes()))
    }

    fn unprefer(&self, user: UserSlot) -> Action {
        action(self.ground, Operation::ClearUserPreferredPresence, Some("app"), user, Some(b"{}".to_vec()))
    }

    fn draft(&mut self, own: &str) -> Draft {
        let presence = self.choices.pick(self.ground.profile.pairs).copied();
        let presence = presence.unwrap_or(crate::spec::Presence::AVAILABLE);
        let draft = Draft::new(own, presence.availability.name(), presence.activity.name(), Some("PT1H"));
        if self.choices.odds(3, 5) { draft.with_duration(self.choices.text(words::DURATIONS_GOOD)) } else { draft }
    }

    /// A setPresence call: as often a plain one as one with something about it.
    fn set(&mut self, user: UserSlot) -> Action {
        let (actor, own) = self.application();
        let mut draft = self.draft(&own);
        let is_plain = !self.choices.odds(1, 2);
        if is_plain {
            if self.choices.odds(1, 6) {
                draft.respell(&mut self.choices);
            }
            return action(self.ground, Operation::SetPresence, Some(&actor), user, Some(draft.write()));
        }
        let mut made = action(self.ground, Operation::SetPresence, Some(&actor), user, None);
        made.request.headers = vec![json_type()];
        match self.choices.below(16) {
            0..=6 => {
                let other = self.application().1;
                draft.spoil(&mut self.choices, &other);
                if self.choices.odds(1, 4) {
                    draft.respell(&mut self.choices);
                }
                made.request.body = Some(draft.write().into());
            }
            7 => made.request.body = Some(body::padded(&draft.write(), &mut self.choices).into()),
            8 | 9 => made.request.body = Some(body::wrapped(&draft.write(), &mut self.choices).into()),
            10 if self.choices.odds(1, 4) => made.request.body = Some(draft.as_form().into()),
            10 => made.request.body = self.choices.pick(words::BODIES).map(|bytes| (*bytes).into()),
            11 => {
                made.request.body = Some(draft.write().into());
                made = self.garbled(made);
            }
            _ => {
                made.request.body = Some(draft.write().into());
                made = self.spoiled(made);
            }
        }
        made
    }

    /// The same with another credential, head, method or path.
    fn spoiled(&mut self, mut made: Action) -> Action {
        let is_set = made.operation == Operation::SetPresence;
        match self.choices.below(10) {
            0 | 1 if is_set && !self.ground.others.is_empty() => self.present_other(&mut made),
            2 | 3 => made.request.authorization = self.authorization(),
            4 if is_set => {
                let value = self.choices.text(words::TYPES_GOOD).to_owned();
                replace_type(&mut made, Some(value));
            }
            5 if is_set => {
                let value = (!self.choices.odds(1, 4)).then(|| self.choices.text(words::TYPES_ODD).to_owned());
                replace_type(&mut made, value);
            }
            6 if is_set => {
                made.request.method = self.choices.text(words::METHODS).to_owned();
                made.request.is_other_method = made.request.method != "POST";
            }
            7 if is_set && self.choices.odds(1, 2) => {
                made.request.path = self.choices.text(words::PATHS).to_owned();
                made.request.is_other_path = true;
            }
            8 if made.request.body.is_some() => made.request.is_chunked = true,
            _ => {
                let (name, value) = self.choices.pick(words::HEADERS).copied().unwrap_or_default();
                made.request.headers.push((name.to_owned(), value.to_owned()));
            }
        }
        made
    }

    /// Another credential, with its own application's session, as far as it has one.
    fn present_other(&mut self, made: &mut Action) {
        let Some(other) = self.choices.pick(&self.ground.others).cloned() else { return };
        let own = self.ground.id(&other).to_owned();
        let before = made.actor.as_deref().map_or("", |actor| self.ground.id(actor)).to_owned();
        if let Some(body) = &made.request.body
            && let Ok(text) = std::str::from_utf8(body)
            && !before.is_empty()
        {
            made.request.body = Some(text.replace(&before, &own).into_bytes().into());
        }
        made.actor = Some(other);
    }

    fn authorization(&mut self) -> Vec<String> {
        let values = self.choices.pick(words::AUTHORIZATIONS).copied().unwrap_or_default();
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    /// The same with raw bytes in its body.
    fn garbled(&mut self, mut made: Action) -> Action {
        let Some(body) = made.request.body.as_deref().filter(|_| made.operation == Operation::SetPresence) else {
            return made;
        };
        let body = match self.choices.below(4) {
            0 | 1 => {
                let piece = self.choices.pick(words::PIECES).copied().unwrap_or_default();
                body::with_piece(body, piece, &mut self.choices)
            }
            2 => {
                let n = 1 + self.choices.below(4);
                let piece = self.choices.bytes(n);
                body::with_piece(body, piece, &mut self.choices)
            }
            _ => {
                let from = self.choices.below(body.len() + 1);
                let to = (from + 1 + self.choices.below(8)).min(body.len());
                [&body[..from], &body[to.max(from)..]].concat()
            }
        };
        made.request.body = Some(body.into());
        made
    }
}

fn json_type() -> (String, String) {
    ("Content-Type".to_owned(), "application/json".to_owned())
}

fn replace_type(made: &mut Action, value: Option<String>) {
    made.request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
    made.request.headers.extend(value.map(|value| ("Content-Type".to_owned(), value)));
}
