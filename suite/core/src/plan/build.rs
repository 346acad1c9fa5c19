//! From a case and a target's abilities to a plan, or to the reason why there is none.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

use super::{Abilities, Action, Payload, Plan, Request, Role, Selection, UserSlot};
use crate::case::{Body, Case, Expectation, Library, Register, Step, UserName, Wanted, fill};
use crate::moment::human;
use crate::spec::{Level, Operation, Presence};

/// How long a session lasts whose case does not say: as long as in the documentation's own example, which a target
/// accepts whatever it takes the ends of the range to be.
const USUAL_EXPIRATION: &str = "PT1H";

/// What is to be done with a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Planned {
    /// It is run.
    Run(Plan),
    /// It is left out.
    Skipped(Skipped),
}

/// A case that is left out, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Skipped {
    /// The case's id.
    pub id: String,
    /// Its family.
    pub family: String,
    /// The case file.
    pub file: String,
    /// What is so when the case passes.
    pub title: String,
    /// Why it is tried this way.
    pub about: String,
    /// The highest level among its expectations.
    pub level: Level,
    /// The requirements that it would judge.
    pub requirements: Vec<String>,
    /// How long it would take on the target's clock.
    pub lasts: Duration,
    /// What the target lacks or the run may not.
    pub reason: String,
}

/// Plans every selected case of the profile, in the order of their ids.
#[must_use]
pub fn plan(library: &Library, abilities: &Abilities, selection: &Selection) -> Vec<Planned> {
    library
        .of_profile(abilities.profile)
        .filter(|case| selection.contains(&case.id))
        .map(|case| Builder { case, register: &library.requirements, abilities }.planned())
        .collect()
}

struct Builder<'b> {
    case: &'b Case,
    register: &'b Register,
    abilities: &'b Abilities,
}

impl Builder<'_> {
    fn planned(&self) -> Planned {
        match self.obstacle() {
            None => Planned::Run(self.plan()),
            Some(reason) => Planned::Skipped(Skipped {
                id: self.case.id.clone(),
                family: self.case.family.clone(),
                file: self.case.file.clone(),
                title: self.case.title.clone(),
                about: self.case.about.clone(),
                level: self.level(),
                requirements: self.case.requirements.clone(),
                lasts: self.lasts(),
                reason,
            }),
        }
    }

    fn has_reads(&self) -> bool {
        self.abilities.operations.contains_key(&Operation::GetPresence)
    }

    fn lasts(&self) -> Duration {
        self.case.steps.last().map_or(Duration::ZERO, |step| step.at)
    }

    fn users(&self) -> usize {
        let slot = |step: &Step| match step.user {
            UserName::Slot(slot) => slot + 1,
            UserName::Unknown => 1,
        };
        self.case.steps.iter().map(slot).max().unwrap_or(1)
    }

    /// What keeps the case from being run, as what would unlock it.
    fn obstacle(&self) -> Option<String> {
        let abilities = self.abilities;
        for step in self.case.steps.iter().chain(self.case.twin.as_deref()) {
            if step.operation != Operation::GetPresence && !abilities.operations.contains_key(&step.operation) {
                return Some(format!("the target has no {} ([operations] of the target file)", step.operation));
            }
            if let Some(actor) = &step.actor
                && !abilities.credentials.contains_key(actor)
            {
                let table = if actor.starts_with("app") { "applications" } else { "credentials" };
                return Some(format!("needs the credential `{actor}`; give it in [{table}] of the target file"));
            }
            if step.user == UserName::Unknown && !abilities.has_unknown_user {
                return Some("needs `unknown_user` in the target file".to_owned());
            }
        }
        if self.users() > abilities.users {
            return Some(format!("needs {} users; list more in `users` of the target file", self.users()));
        }
        if let Some(longest) = abilities.longest
            && self.lasts() > longest
        {
            return Some(self.too_long());
        }
        let is_all_reading = || {
            let mut judging = self.case.steps.iter().filter(|step| step.expect.is_some());
            judging.all(|step| step.operation == Operation::GetPresence)
        };
        if !self.has_reads() && is_all_reading() {
            return Some("the target has no get-presence ([operations] of the target file)".to_owned());
        }
        None
    }

    fn too_long(&self) -> String {
        let real = self.lasts() / self.abilities.clock_factor.max(1);
        format!("needs {}; run with --max-wait {}", human(real), max_wait(real))
    }

    fn covers(&self, step: &Step) -> String {
        step.covers.clone().or_else(|| self.case.requirements.first().cloned()).unwrap_or_default()
    }

    fn level_of(&self, step: &Step, expect: &Expectation) -> Level {
        if expect.wanted == Wanted::Either {
            return Level::May;
        }
        let of_requirement =
            || self.register.get(&self.covers(step)).and_then(|requirement| requirement.level(self.abilities.profile));
        expect.level.or_else(of_requirement).unwrap_or(Level::May)
    }

    fn level(&self) -> Level {
        let levels = self.case.steps.iter().filter_map(|step| Some(self.level_of(step, step.expect.as_ref()?)));
        levels.max().unwrap_or(Level::May)
    }

    fn plan(&self) -> Plan {
        let case = self.case;
        let mut actions: Vec<Action> = case.steps.iter().flat_map(|step| self.surrounded(step)).collect();
        let unread = (!self.has_reads()).then(|| "get-presence is absent, so the state was not seen".to_owned());
        let n_actions = actions.len();
        if unread.is_some() {
            actions.retain(|action| action.operation != Operation::GetPresence);
        }
        Plan {
            id: case.id.clone(),
            file: case.file.clone(),
            family: case.family.clone(),
            title: case.title.clone(),
            about: case.about.clone(),
            profile: self.abilities.profile,
            level: self.level(),
            requirements: case.requirements.clone(),
            users: self.users(),
            pinned: self.pinned(),
            absorbs: absorbed(&actions),
            leaves_sessions: sessions(&actions),
            leaves_preferred: leaves_preferred(&actions),
            unread: unread.filter(|_| actions.len() < n_actions),
            actions,
        }
    }

    fn pinned(&self) -> Option<String> {
        let credentials = &self.abilities.credentials;
        let mut actors = self.case.steps.iter().chain(self.case.twin.as_deref()).filter_map(|step| step.actor.as_ref());
        actors.find_map(|actor| credentials.get(actor)?.user.clone())
    }

    /// The step, and around a refusal its twin, its mark and the reads of it.
    fn surrounded(&self, step: &Step) -> Vec<Action> {
        let judged = self.action(step, Role::Judged);
        let Some(expect) = &step.expect else {
            return vec![Action { role: Role::Arrange, ..judged }];
        };
        if !expect.is_surrounded() || step.operation != Operation::SetPresence {
            return vec![judged];
        }
        let mut actions = Vec::new();
        if let Some(twin) = &self.case.twin {
            actions.push(self.action(twin, Role::Twin));
        }
        let slot = if let UserName::Slot(slot) = step.user { slot } else { 0 };
        let plain = |operation, body, role| {
            let actor = if operation == Operation::GetPresence { "reader" } else { "app" };
            let step = plain_step(step, operation, actor, body, slot);
            let mut action = self.action(&step, role);
            action.covers.clone_from(&judged.covers);
            action
        };
        let shows_mark = |level| {
            Some(Expectation { level: Some(level), ..Expectation::of(Wanted::Presences(vec![self.case.mark])) })
        };
        let level = judged.expect.as_ref().and_then(|expect| expect.level).unwrap_or(Level::May);
        actions.push(plain(Operation::SetPresence, Body::Pair(self.case.mark, None), Role::Mark));
        actions.push(Action { expect: shows_mark(level), ..plain(Operation::GetPresence, Body::Usual, Role::Before) });
        let after = Action { expect: shows_mark(level), ..plain(Operation::GetPresence, Body::Usual, Role::After) };
        actions.push(judged);
        actions.push(after);
        actions
    }

    fn action(&self, step: &Step, role: Role) -> Action {
        let expect = step
            .expect
            .as_ref()
            .map(|expect| Expectation { level: Some(self.level_of(step, expect)), ..expect.clone() });
        Action {
            step: step.number,
            role,
            at: step.at,
            actor: step.actor.clone(),
            user: match step.user {
                UserName::Slot(slot) => UserSlot::Pool(slot),
                UserName::Unknown => UserSlot::Unknown,
            },
            operation: step.operation,
            request: self.request(step),
            expect,
            covers: self.covers(step),
            is_together: step.is_together,
        }
    }

    fn request(&self, step: &Step) -> Request {
        let adapter = self.abilities.operations.get(&step.operation);
        let body = self.body(step);
        let mut headers = Vec::new();
        let is_given = |name: &str| {
            step.without
                .iter()
                .chain(step.headers.iter().map(|(name, _)| name))
                .any(|given| given.eq_ignore_ascii_case(name))
        };
        if body.is_some() && !is_given("content-type") {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        headers.extend(step.headers.iter().cloned());
        let bearer = || step.actor.iter().map(|_| "Bearer ${token}".to_owned()).collect();
        let documented = step.operation;
        Request {
            method: step.method.clone().unwrap_or_else(|| {
                adapter.map_or_else(|| documented.method().to_owned(), |adapter| adapter.method.clone())
            }),
            is_other_method: step.method.is_some(),
            path: step.path.clone().unwrap_or_else(|| {
                adapter.map_or_else(|| documented.path().to_owned(), |adapter| adapter.path.clone())
            }),
            is_other_path: step.path.is_some(),
            authorization: step.authorization.clone().unwrap_or_else(bearer),
            headers,
            body,
            is_chunked: step.is_chunked,
        }
    }

    /// The id of a credential's application, as a JSON string.
    fn session(&self, actor: &str) -> String {
        let id = self.abilities.credentials.get(actor).map_or("", |credential| credential.application.as_str());
        serde_json::Value::from(id).to_string()
    }

    fn body(&self, step: &Step) -> Option<Payload> {
        let own = self.session(step.actor.as_deref().unwrap_or("app"));
        let usual = match (&step.body, step.operation) {
            (Body::Bytes(bytes), _) => return Some(bytes.as_slice().into()),
            (Body::Text(text), _) => {
                let filled = fill(text, |name| {
                    Ok(match name.strip_prefix("session") {
                        Some("") => Cow::Owned(own.clone()),
                        Some(of) => Cow::Owned(self.session(of.trim_start_matches('.'))),
                        None => Cow::Owned(format!("${{{name}}}")),
                    })
                });
                return Some(filled.map_or_else(|_| text.as_bytes().into(), |filled| filled.as_bytes().into()));
            }
            (Body::Pair(presence, expires), operation) => pair_body(operation, *presence, expires.as_ref(), &own),
            (Body::Usual, Operation::GetPresence) => return None,
            (Body::Usual, Operation::ClearPresence) => format!("{{\"sessionId\": {own}}}"),
            (Body::Usual, Operation::SetPresence) => pair_body(step.operation, Presence::AVAILABLE, None, &own),
            (Body::Usual, _) => "{}".to_owned(),
        };
        Some(usual.into_bytes().into())
    }
}

fn pair_body(operation: Operation, presence: Presence, expires: Option<&Option<String>>, own: &str) -> String {
    let is_session = operation == Operation::SetPresence;
    let session = if is_session { format!("\"sessionId\": {own}, ") } else { String::new() };
    let expires = match expires {
        None => is_session.then(|| USUAL_EXPIRATION.to_owned()),
        Some(expires) => expires.clone(),
    };
    let expires =
        expires.map_or_else(String::new, |text| format!(", \"expirationDuration\": {}", serde_json::Value::from(text)));
    format!(
        "{{{session}\"availability\": \"{}\", \"activity\": \"{}\"{expires}}}",
        presence.availability, presence.activity
    )
}

fn plain_step(beside: &Step, operation: Operation, actor: &str, body: Body, slot: usize) -> Step {
    Step {
        number: beside.number,
        operation,
        actor: Some(actor.to_owned()),
        user: UserName::Slot(slot),
        at: beside.at,
        body,
        headers: Vec::new(),
        without: Vec::new(),
        authorization: None,
        method: None,
        path: None,
        is_chunked: false,
        is_together: false,
        covers: None,
        expect: None,
    }
}

fn wants_acceptance(action: &Action) -> bool {
    match &action.expect {
        None => true,
        Some(expect) => expect.wanted == Wanted::Accepted,
    }
}

/// The applications that set the first user's session before anything is read, refused or left open.
fn absorbed(actions: &[Action]) -> BTreeSet<String> {
    actions
        .iter()
        .take_while(|action| action.operation == Operation::SetPresence && wants_acceptance(action))
        .filter(|action| action.user == UserSlot::Pool(0))
        .filter_map(|action| action.actor.clone())
        .collect()
}

/// The least `--max-wait` in whole minutes that is enough.
fn max_wait(real: Duration) -> String {
    let minutes = real.as_millis().div_ceil(60_000);
    match (minutes / 60, minutes % 60) {
        (0 | 1, _) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h{minutes}m"),
    }
}

/// Whoever may have made a session: a refused request, too, on a target that is wrong.
fn sessions(actions: &[Action]) -> BTreeSet<String> {
    let sets = actions.iter().filter(|action| action.operation == Operation::SetPresence);
    sets.filter_map(|action| action.actor.clone()).collect()
}

fn leaves_preferred(actions: &[Action]) -> bool {
    let last = actions.iter().rev().find(|action| {
        matches!(action.operation, Operation::SetUserPreferredPresence | Operation::ClearUserPreferredPresence)
    });
    last.is_some_and(|action| action.operation == Operation::SetUserPreferredPresence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_that_is_enough() {
        let rows = [
            (630, "11m"),
            (600, "10m"),
            (30, "1m"),
            (61 * 60, "61m"),
            (4 * 3600, "4h"),
            (4 * 3600 + 1, "4h1m"),
            (169 * 3600, "169h"),
        ];
        for (seconds, text) in rows {
            assert_eq!(max_wait(Duration::from_secs(seconds)), text);
        }
    }
}
