//! Calls that overlap in time: their answers are right where some order of the calls explains all of them.
//!
//! Each order that fits the spans is tried. Of what comes after, the state is then that of any order which explains the
//! answers, so that a later read tells the orders apart.

use super::examine::Examiner;
use crate::event::Observation;
use crate::judge::{Class, Divergence};
use crate::plan::{Action, UserSlot};
use crate::spec::Operation;

/// How many calls overlap at most: their orders are all tried, and of four there are 24.
pub const OVERLAPPING_MOST: usize = 4;

/// One order, tried to its end.
struct Tried<'c> {
    examiner: Examiner<'c>,
    divergences: Vec<Divergence>,
}

impl Examiner<'_> {
    /// Holds the answers to calls that were sent at once against every order of them, and lets the model follow.
    /// The calls are those from `place` on; beyond [`OVERLAPPING_MOST`] they count as sent in turn.
    ///
    /// Where no order explains every answer, what is wrong is what the order leaves that explains the most.
    pub fn examine_together(&mut self, place: usize, actions: &[&Action], seen: &[Observation]) -> Vec<Divergence> {
        let calls: Vec<(&Action, &Observation)> = actions.iter().copied().zip(seen).collect();
        let mut divergences = Vec::new();
        for (nth, calls) in calls.chunks(OVERLAPPING_MOST).enumerate() {
            divergences.extend(self.examine_overlapping(place + nth * OVERLAPPING_MOST, calls));
        }
        divergences
    }

    fn examine_overlapping(&mut self, place: usize, calls: &[(&Action, &Observation)]) -> Vec<Divergence> {
        if let [(action, seen)] = calls {
            return self.examine(place, action, seen);
        }
        let mut tried = Vec::new();
        let first = Tried { examiner: self.clone(), divergences: Vec::new() };
        try_orders(first, &mut Vec::with_capacity(calls.len()), place, calls, &mut tried);
        let fewest = tried.iter().map(|one| one.divergences.len()).min().unwrap_or_default();
        tried.retain(|one| one.divergences.len() == fewest);
        let mut tried = tried.into_iter();
        let Some(Tried { mut examiner, mut divergences }) = tried.next() else { return Vec::new() };
        for other in tried {
            divergences.iter_mut().for_each(|one| allow(one, &other.divergences));
            examiner.or(other.examiner);
        }
        examiner.note_contention(calls);
        *self = examiner;
        divergences.sort_by_key(|one| one.exchange);
        divergences
    }

    /// Lets the target be in any state of the other's, too.
    fn or(&mut self, other: Self) {
        self.follower.model_mut().or(other.follower.into_model());
        self.has_read |= other.has_read;
        for (notes, other) in self.users.iter_mut().zip(other.users) {
            notes.or(&other);
        }
    }

    fn note_contention(&mut self, calls: &[(&Action, &Observation)]) {
        for (slot, notes) in self.users.iter_mut().enumerate() {
            let is_set =
                |action: &Action| action.operation == Operation::SetPresence && action.user == UserSlot::Pool(slot);
            let mut setters = calls.iter().filter(|(action, _)| is_set(action)).map(|(action, _)| &action.actor);
            let first = setters.next();
            notes.is_contended |= first.is_some() && setters.any(|actor| Some(actor) != first);
        }
    }
}

/// Examines the calls that are left in every order that their spans permit.
fn try_orders<'c>(
    so_far: Tried<'c>,
    order: &mut Vec<usize>,
    place: usize,
    calls: &[(&Action, &Observation)],
    tried: &mut Vec<Tried<'c>>,
) {
    if order.len() == calls.len() {
        return tried.push(so_far);
    }
    let left: Vec<usize> = (0..calls.len()).filter(|call| !order.contains(call)).collect();
    for &next in &left {
        let (action, seen) = calls[next];
        // What was answered before this one was sent took effect before it.
        if left.iter().any(|other| calls[*other].1.span.to < seen.span.from) {
            continue;
        }
        let mut examiner = so_far.examiner.clone();
        let mut divergences = so_far.divergences.clone();
        divergences.extend(examiner.examine(place + next, action, seen));
        order.push(next);
        try_orders(Tried { examiner, divergences }, order, place, calls, tried);
        order.pop();
    }
}

/// Adds to a wrong read what the same one may show in another order.
fn allow(wrong: &mut Divergence, others: &[Divergence]) {
    let is_presence = |class| matches!(class, Class::WrongPresence | Class::StateChanged);
    let same = others.iter().filter(|other| other.exchange == wrong.exchange && is_presence(other.class));
    for other in same.filter(|_| is_presence(wrong.class)) {
        for presence in other.expected.split(" or ") {
            if !wrong.expected.split(" or ").any(|known| known == presence) {
                wrong.expected.push_str(" or ");
                wrong.expected.push_str(presence);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::ground::Ground;
    use super::super::sequence::action;
    use super::*;
    use crate::event::{Answer, Outcome};
    use crate::judge::{Context, Slack};
    use crate::moment::{Moment, Span};
    use crate::plan::{Abilities, Adapter, Credential};
    use crate::spec::{Profile, requirement};

    const USER: &str = "aaaaaaaa-0000-4000-8000-000000000001";
    /// When a call was under way, in seconds.
    type During = (u64, u64);
    const AT_ONCE: During = (0, 0);

    fn abilities() -> Abilities {
        let credential = |name: &str| Credential { application: format!("id-of-{name}"), user: None };
        Abilities {
            profile: Profile::V1_0,
            credentials: Arc::new(["app", "app_b", "reader"].map(|name| (name.to_owned(), credential(name))).into()),
            operations: Adapter::documented(),
            users: 1,
            has_unknown_user: false,
            longest: None,
            clock_factor: 1,
        }
    }

    /// `app Busy/InACall` sets, `app clear` clears, `read` reads.
    fn call(text: &str) -> Action {
        let ground = Ground::of(&abilities());
        let user = UserSlot::Pool(0);
        match text.split_once(' ') {
            None => action(&ground, Operation::GetPresence, Some("reader"), user, None),
            Some((actor, "clear")) => {
                let body = format!("{{\"sessionId\": \"id-of-{actor}\"}}").into_bytes();
                action(&ground, Operation::ClearPresence, Some(actor), user, Some(body))
            }
            Some((actor, pair)) => {
                let (availability, activity) = pair.split_once('/').unwrap();
                let body = format!(
                    "{{\"sessionId\": \"id-of-{actor}\", \"availability\": \"{availability}\", \
                     \"activity\": \"{activity}\", \"expirationDuration\": \"PT1H\"}}"
                );
                action(&ground, Operation::SetPresence, Some(actor), user, Some(body.into_bytes()))
            }
        }
    }

    /// `200`, `404`, or the presence that a read shows.
    fn answer(text: &str, (from, to): During) -> Observation {
        let (status, body) = match (text.parse(), text.split_once('/')) {
            (Ok(status), _) => (status, r#"{"error": {"code": "NotFound", "message": "none"}}"#.to_owned()),
            (Err(_), pair) => {
                let (availability, activity) = pair.unwrap();
                let body = format!(r#"{{"id": "{USER}", "availability": "{availability}", "activity": "{activity}"}}"#);
                (200, body)
            }
        };
        let moment = |seconds| Moment::from_start(Duration::from_secs(seconds));
        let outcome =
            Outcome::Answer(Answer { status, headers: Vec::new(), body, truncated: false, echoes_token: false });
        Observation { span: Span::between(moment(from), moment(to)), outcome }
    }

    /// Calls at once, then a read; what of it is wrong: the requirement and what was expected.
    fn check(calls: &[(&str, &str, During)], shown: &str, wrong: Option<(&str, &str)>) {
        let context = Context {
            users: vec![USER.to_owned()],
            credentials: abilities().credentials,
            slack: Slack::default(),
            interrupted: None,
        };
        let mut examiner = Examiner::new(Profile::V1_0, &context);
        let actions: Vec<Action> = calls.iter().map(|(text, ..)| call(text)).collect();
        let seen: Vec<Observation> = calls.iter().map(|(_, text, during)| answer(text, *during)).collect();
        let mut found = examiner.examine_together(0, &actions.iter().collect::<Vec<_>>(), &seen);
        found.extend(examiner.examine(calls.len(), &call("read"), &answer(shown, (60, 60))));
        let found: Vec<_> = found.iter().map(|one| (one.requirement.as_str(), one.expected.as_str())).collect();
        assert_eq!(found, wrong.into_iter().collect::<Vec<_>>(), "{calls:?}, then {shown}");
    }

    #[test]
    fn answers_are_right_that_some_order_explains() {
        let (busy, away, offline) = ("Busy/InACall", "Away/Away", "Offline/Offline");
        let isolated = requirement::APPLICATIONS_ISOLATED;
        // Two applications: both sessions stand.
        let two = [("app Busy/InACall", "200", AT_ONCE), ("app_b Away/Away", "200", AT_ONCE)];
        check(&two, busy, None);
        check(&two, away, Some((isolated, busy)));
        // One application twice: either of its calls was the later one.
        let one = [("app Busy/InACall", "200", AT_ONCE), ("app Away/Away", "200", AT_ONCE)];
        check(&one, busy, None);
        check(&one, away, None);
        check(&one, offline, Some((requirement::EXISTS_UNTIL_EXPIRATION, "Away/Away or Busy/InACall")));
        // The answer to a call tells the order, and so what may be read.
        let cleared = |status| [("app Busy/InACall", "200", AT_ONCE), ("app clear", status, AT_ONCE)];
        check(&cleared("200"), offline, None);
        check(&cleared("404"), busy, None);
        check(&cleared("200"), busy, Some((requirement::CLEARED, offline)));
        check(&cleared("404"), offline, Some((requirement::EXISTS_UNTIL_EXPIRATION, busy)));
        // A read among them sees what some order leaves.
        let read = |shown| [("app Busy/InACall", "200", AT_ONCE), ("read", shown, AT_ONCE), ("read", busy, AT_ONCE)];
        check(&read(offline), busy, None);
        check(&read(busy), busy, None);
        check(&read(away), busy, Some((requirement::ONLY_AVAILABLE, "Busy/InACall or Offline/Offline")));
    }

    #[test]
    fn an_order_keeps_to_what_was_answered_before_it_was_sent() {
        let read = |during| [("read", "Busy/InACall", during), ("app Busy/InACall", "200", (2, 4))];
        check(&read((3, 5)), "Busy/InACall", None);
        check(&read((0, 1)), "Busy/InACall", Some((requirement::NO_SESSION, "Offline/Offline")));
    }

    #[test]
    fn what_is_more_than_can_be_at_once_is_in_turn() {
        let calls = [("app Busy/InACall", "200", AT_ONCE); OVERLAPPING_MOST + 1];
        check(&calls, "Busy/InACall", None);
        let moves = calls.map(|(text, ..)| {
            let mut action = call(text);
            action.is_together = true;
            super::super::Move { wait: Duration::ZERO, action }
        });
        let sequence = super::super::Sequence::of(moves.to_vec());
        let together: Vec<bool> = sequence.moves().iter().map(|one| one.action.is_together).collect();
        assert_eq!(together, [false, true, true, true, false]);
        assert!(sequence.in_turn().is_some_and(|in_turn| in_turn.in_turn().is_none()));
    }
}
