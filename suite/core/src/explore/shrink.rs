//! From a sequence that shows a fault to the least one that still shows the same.
//!
//! Every edit makes a sequence less by [`weight`], so shrinking ends. Whether the fault still shows is for whoever sends
//! the sequence to say.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use super::ground::Ground;
use super::sequence::{Move, Sequence, action};
use crate::plan::{Action, UserSlot};
use crate::spec::{Head, Level, Member, Operation, Rule};

/// A body beyond this is cut into halves before anything else is tried.
const BODY_SMALL: usize = 64;
/// Waits that people would choose, in seconds, the plainest of each length first.
const WAITS_PLAIN: [u64; 10] = [60, 120, 360, 450, 660, 720, 1200, 3660, 14_460, 90_000];

/// Tries less and less of a sequence.
#[derive(Clone, Debug)]
pub struct Shrinker {
    ground: Ground,
    best: Sequence,
    edits: Vec<Sequence>,
    next: usize,
    /// How many edits in a row did not show the fault; a whole round of them is the end.
    in_vain: usize,
}

impl Shrinker {
    /// A shrinker of a sequence whose last move shows the fault.
    #[must_use]
    pub fn new(ground: Ground, sequence: Sequence) -> Self {
        let mut shrinker = Self { ground, best: sequence, edits: Vec::new(), next: 0, in_vain: 0 };
        shrinker.edits = edits(&shrinker.best, &shrinker.ground);
        shrinker
    }

    /// The least sequence so far that shows the fault.
    #[must_use]
    pub const fn best(&self) -> &Sequence {
        &self.best
    }

    /// The next sequence to try; nothing when there is nothing left to try.
    pub fn candidate(&mut self) -> Option<Sequence> {
        if self.in_vain >= self.edits.len() {
            return None;
        }
        self.next %= self.edits.len();
        self.edits.get(self.next).cloned()
    }

    /// Takes in whether the candidate shows the fault.
    pub fn tell(&mut self, shows: bool) {
        if !shows {
            self.next += 1;
            self.in_vain += 1;
            return;
        }
        if let Some(edit) = self.edits.get(self.next) {
            self.best = edit.clone();
        }
        // The edits keep their order, so that what was tried in vain just now is tried last.
        self.edits = edits(&self.best, &self.ground);
        self.in_vain = 0;
    }
}

/// Fewer moves, fewer users and applications, less that is odd, less said, shorter waits: in this order.
pub(super) type Weight = (usize, usize, usize, usize, usize, u64);

/// How much a sequence is.
pub(super) fn weight(sequence: &Sequence) -> Weight {
    let moves = sequence.moves();
    let user = |one: &Move| match one.action.user {
        UserSlot::Pool(slot) => slot,
        UserSlot::Unknown => 4,
    };
    let odd = |one: &Move| {
        let request = &one.action.request;
        let type_is_odd = |(name, value): &&(String, String)| {
            name.eq_ignore_ascii_case("content-type") && value == "application/json"
        };
        let n_plain = request.headers.iter().filter(type_is_odd).count();
        usize::from(request.is_chunked)
            + usize::from(one.action.is_together)
            + 2 * usize::from(request.is_other_method)
            + 2 * usize::from(request.is_other_path)
            + 2 * request.headers.len()
            + usize::from(n_plain == 0 && request.body.is_some()) * 3
            - n_plain * 2
            + usize::from(request.authorization != ["Bearer ${token}"])
            + usize::from(one.action.actor.as_deref().is_some_and(|actor| actor != "app" && actor != "reader"))
    };
    let waits: Duration = moves.iter().fold(Duration::ZERO, |sum, one| sum.saturating_add(one.wait));
    let n_plain = moves.iter().filter(|one| is_plain_wait(one.wait)).count();
    (
        moves.len(),
        moves.iter().map(user).sum(),
        moves.iter().map(odd).sum(),
        moves.iter().map(|one| strangeness(&one.action)).sum(),
        moves.len() - n_plain,
        waits.as_secs() / 60,
    )
}

fn is_plain_wait(wait: Duration) -> bool {
    wait.is_zero() || WAITS_PLAIN.contains(&wait.as_secs())
}

/// How strange a body is: its length, and what is not as in the documentation's example.
fn strangeness(action: &Action) -> usize {
    let body = action.request.body.as_deref().unwrap_or_default();
    let plain = ["\"Available\"", "\"PT1H\"", "\"Away\""];
    let text = String::from_utf8_lossy(body);
    let n_plain: usize = plain.iter().map(|word| text.matches(word).count()).sum();
    2 * body.len() + usize::from(!body.is_ascii()) * 8 + 4 * (4_usize).saturating_sub(n_plain)
}

/// Every sequence that is one edit away and less.
fn edits(best: &Sequence, ground: &Ground) -> Vec<Sequence> {
    let mut found = Vec::new();
    let moves = best.moves();
    let mut add = |moves: Vec<Move>| found.push(Sequence::of(moves));
    for size in [moves.len() / 2, moves.len() / 4, 1] {
        for from in (0..moves.len().saturating_sub(size)).step_by(size.max(1)).filter(|_| size > 0) {
            // The wait of what is left out stays, and is tried on its own.
            let mut less = moves.to_vec();
            let waited: Duration = less[from..from + size].iter().map(|one| one.wait).sum();
            less.drain(from..from + size);
            add(less.clone());
            if let Some(next) = less.get_mut(from).filter(|_| !waited.is_zero()) {
                next.wait = next.wait.saturating_add(waited);
                add(less);
            }
        }
    }
    for place in 0..moves.len() {
        for action in plainer(&moves[place].action, ground) {
            let mut less = moves.to_vec();
            less[place].action = action;
            add(less);
        }
        for wait in shorter(moves[place].wait) {
            let mut less = moves.to_vec();
            less[place].wait = wait;
            add(less);
        }
    }
    add(with_one_user(moves));
    add(with_one_application(moves, ground));
    let (whole, open) = (weight(best), open_choices(best, ground));
    found.retain(|less| !less.moves().is_empty() && weight(less) < whole);
    found.retain(|less| open_choices(less, ground).is_subset(&open));
    found
}

/// Why a target may refuse calls that it may accept as well: another target may choose otherwise, and would not show what
/// rests on that.
fn open_choices(sequence: &Sequence, ground: &Ground) -> BTreeSet<(Rule, Option<Member>)> {
    let sets = sequence.moves().iter().filter(|one| one.action.operation == Operation::SetPresence);
    let mut open = BTreeSet::new();
    for body in sets.filter_map(|one| one.action.request.body.as_ref()) {
        let reading = body.reading(&Head::json(), ground.profile);
        if reading.problems.iter().all(|problem| problem.level == Level::May) {
            open.extend(reading.problems.iter().map(|problem| (problem.rule, problem.member)));
        }
    }
    open
}

fn shorter(wait: Duration) -> Vec<Duration> {
    let mut shorter: Vec<Duration> = Vec::new();
    if !wait.is_zero() {
        shorter.push(Duration::ZERO);
        shorter.extend(WAITS_PLAIN.map(Duration::from_secs));
        shorter.push(Duration::from_secs(wait.as_secs() / 2));
    }
    shorter.retain(|less| *less != wait);
    shorter
}

fn with_one_user(moves: &[Move]) -> Vec<Move> {
    let mut less = moves.to_vec();
    for one in &mut less {
        one.action.user = UserSlot::Pool(0);
    }
    less
}

fn with_one_application(moves: &[Move], ground: &Ground) -> Vec<Move> {
    moves
        .iter()
        .map(|one| match by_app(&one.action, ground) {
            Some(action) => Move { action, ..one.clone() },
            None => one.clone(),
        })
        .collect()
}

/// The same by `app`, with its session.
fn by_app(one: &Action, ground: &Ground) -> Option<Action> {
    let actor = one.actor.as_deref().filter(|actor| *actor != "app" && *actor != "reader")?;
    let (own, app) = (ground.id(actor), ground.id("app"));
    let mut action = one.clone();
    action.actor = Some("app".to_owned());
    if let (Some(body), false) = (&one.request.body, own.is_empty())
        && let Ok(text) = std::str::from_utf8(body)
    {
        action.request.body = Some(text.replace(own, app).into_bytes().into());
    }
    Some(action)
}

/// The same with one respect of the request made plain.
fn plainer(one: &Action, ground: &Ground) -> Vec<Action> {
    let mut found = Vec::new();
    let usual =
        action(ground, one.operation, one.actor.as_deref(), one.user, one.request.body.as_deref().map(<[u8]>::to_vec));
    let with = |change: &dyn Fn(&mut Action)| {
        let mut action = one.clone();
        change(&mut action);
        action
    };
    found.push(usual.clone());
    found.extend(by_app(one, ground));
    found.push(with(&|action| action.user = UserSlot::Pool(0)));
    found.push(with(&|action| action.is_together = false));
    found.push(with(&|action| action.request.is_chunked = false));
    found.push(with(&|action| action.request.headers.clone_from(&usual.request.headers)));
    found.push(with(&|action| action.request.authorization.clone_from(&usual.request.authorization)));
    found.push(with(&|action| {
        action.request.method.clone_from(&usual.request.method);
        action.request.is_other_method = false;
    }));
    found.push(with(&|action| {
        action.request.path.clone_from(&usual.request.path);
        action.request.is_other_path = false;
    }));
    for place in 0..one.request.headers.len() {
        found.push(with(&|action| {
            action.request.headers.remove(place);
        }));
    }
    for body in bodies(one, ground) {
        let mut action = one.clone();
        action.request.body = Some(body.into());
        found.push(action);
    }
    found.retain(|action| action != one);
    found
}

/// Bodies that say less or say it more plainly.
fn bodies(one: &Action, ground: &Ground) -> Vec<Vec<u8>> {
    let Some(body) = one.request.body.as_deref() else { return Vec::new() };
    let own = ground.id(one.actor.as_deref().unwrap_or("app"));
    let plain = |availability: &str, activity: &str, duration: &str| {
        format!(
            "{{\"sessionId\": \"{own}\", \"availability\": \"{availability}\", \"activity\": \"{activity}\", \
             \"expirationDuration\": \"{duration}\"}}"
        )
        .into_bytes()
    };
    let mut found: Vec<Vec<u8>> = Vec::new();
    if one.operation == Operation::SetPresence {
        found.push(plain("Available", "Available", "PT1H"));
        found.push(plain("Away", "Away", "PT1H"));
        found.push(plain("Available", "Available", "PT5M"));
        found.push(plain("Busy", "InACall", "PT1H"));
    }
    found.extend(json_edits(body, own));
    let n = body.len();
    if n > BODY_SMALL {
        found.push(body[..n / 2].to_vec());
        found.push(body[n / 2..].to_vec());
        found.push([&body[..n / 4], &body[n - n / 4..]].concat());
    } else {
        found.extend((0..n).map(|at| [&body[..at], &body[at + 1..]].concat()));
    }
    found.push(Vec::new());
    found.push(b"{}".to_vec());
    found
}

/// The body's members, one left out or made plain each time.
fn json_edits(body: &[u8], own: &str) -> Vec<Vec<u8>> {
    let Ok(Value::Object(members)) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    let plain =
        [("sessionId", own), ("availability", "Available"), ("activity", "Available"), ("expirationDuration", "PT1H")];
    let known = |name: &str| plain.iter().position(|(known, _)| *known == name).unwrap_or(plain.len());
    let mut members: Vec<(String, Value)> = members.into_iter().collect();
    members.sort_by_key(|(name, _)| known(name));
    let written = |members: &[(String, Value)]| {
        let text: Vec<String> =
            members.iter().map(|(name, value)| format!("{}: {value}", Value::from(name.as_str()))).collect();
        format!("{{{}}}", text.join(", ")).into_bytes()
    };
    let mut found = vec![written(&members)];
    for place in 0..members.len() {
        let mut less = members.clone();
        less.remove(place);
        found.push(written(&less));
        let Some((_, usual)) = plain.get(known(&members[place].0)) else { continue };
        let mut less = members.clone();
        less[place].1 = Value::from(*usual);
        found.push(written(&less));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use crate::spec::Profile;

    /// In v1.0 a target may ask for the sessionId: where it does, what was found without one would not show.
    #[test]
    fn nothing_is_left_out_that_another_target_may_ask_for() {
        let ground = Ground::of(&testing::abilities(Profile::V1_0, &["app"], 1));
        let shrunk = |body: &str| {
            let body = Some(body.as_bytes().to_vec());
            let set = action(&ground, Operation::SetPresence, Some("app"), UserSlot::Pool(0), body);
            let sequence = Sequence::of(vec![Move { action: set, wait: Duration::ZERO }]);
            let mut shrinker = Shrinker::new(ground.clone(), sequence);
            while let Some(candidate) = shrinker.candidate() {
                // Whatever sets Busy on a target that does not ask for the sessionId.
                let body = candidate.moves()[0].action.request.body.as_deref().unwrap_or_default();
                let body: Value = serde_json::from_slice(body).unwrap_or_default();
                let is_own = body["sessionId"].is_null() || body["sessionId"] == "id-of-app";
                shrinker.tell(is_own && body["availability"] == "Busy" && body["activity"] == "InACall");
            }
            let body = shrinker.best().moves()[0].action.request.body.clone().unwrap_or_else(|| Vec::new().into());
            let members: std::collections::BTreeMap<String, Value> = serde_json::from_slice(&body).unwrap_or_default();
            members.into_keys().collect::<Vec<_>>()
        };
        let plain = r#"{"sessionId": "id-of-app", "availability": "Busy", "activity": "InACall", "x": 1}"#;
        assert_eq!(shrunk(plain), ["activity", "availability", "sessionId"]);
        // What rested on it from the first does so to the end.
        let without = r#"{"x": 1, "availability": "Busy", "activity": "InACall"}"#;
        assert_eq!(shrunk(without), ["activity", "availability"]);
    }
}
