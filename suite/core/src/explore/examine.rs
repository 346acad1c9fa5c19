//! Each answer of a sequence held against the model, as it comes: the cost of one does not grow with their number.

use std::collections::BTreeSet;

use super::blame;
use super::notes::Notes;
use super::rulings::{is_documented, rule_other};
use crate::event::{Answer, Fault, Lost, Observation, Outcome};
use crate::judge::{Class, Context, Divergence, Follower};
use crate::judge::{envelope, is_breakdown, is_refusal, is_refused, is_success, is_unknown_method, list, read, shown};
use crate::model::{Effect, Ruling, Seen, UNUSABLE, is_guid};
use crate::moment::Span;
use crate::plan::{Action, UserSlot};
use crate::spec::{Level, Operation, Presence, Profile, requirement};

/// The requirements that speak of credentials which are good, but not good enough.
const FORBIDDEN: [&str; 5] = [
    requirement::ROLE_REQUIRED,
    requirement::DELEGATED_WORK_UNSUPPORTED,
    requirement::DELEGATED_SCOPE,
    requirement::DELEGATED_OTHER_USER,
    requirement::DELEGATED_PERSONAL,
];

/// The model beside a sequence of answers.
#[derive(Clone)]
pub struct Examiner<'c> {
    profile: &'static Profile,
    context: &'c Context,
    pub(super) follower: Follower<'c>,
    pub(super) users: Vec<Notes>,
    /// Whether the target has ever answered a read: one that has no reads is not wrong in each of them.
    pub(super) has_read: bool,
}

/// What may stand on a user after a sequence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Some application may have a session.
    pub sessions: bool,
    /// A preferred presence may be set.
    pub preferred: bool,
}

/// A divergence in the making.
pub(super) struct Found {
    pub(super) requirement: &'static str,
    pub(super) level: Level,
    pub(super) class: Class,
    pub(super) expected: String,
    pub(super) observed: String,
}

impl<'c> Examiner<'c> {
    /// An examiner of users without any session, whom the context names.
    #[must_use]
    pub fn new(profile: &'static Profile, context: &'c Context) -> Self {
        let users = vec![Notes::default(); context.users.len()];
        Self { profile, context, follower: Follower::new(profile, context), users, has_read: false }
    }

    /// Holds an answer against the model, and lets the model follow it.
    pub fn examine(&mut self, place: usize, action: &Action, seen: &Observation) -> Vec<Divergence> {
        let mut found = Vec::new();
        match &seen.outcome {
            Outcome::Lost(lost) => self.lost(action, lost, seen.span, &mut found),
            Outcome::Answer(answer) => self.answered(action, answer, seen.span, &mut found),
        }
        let divergence = |found: Found| Divergence {
            requirement: found.requirement.to_owned(),
            level: found.level,
            class: found.class,
            expected: found.expected,
            observed: found.observed,
            step: action.step,
            exchange: place,
        };
        found.into_iter().map(divergence).collect()
    }

    /// What leaves it open whether a request is accepted: requirements that only some may hold it to.
    pub(super) fn leaves_open(&self, action: &Action, when: Span) -> Vec<&'static str> {
        let ruling = self.ruling(action, when);
        ruling.reasons.iter().filter(|reason| reason.level == Level::May).map(|reason| reason.requirement).collect()
    }

    /// What may stand on the users by now: the applications that set a session, by user, and who has a preference.
    #[must_use]
    pub fn touched(&self) -> Vec<Touched> {
        let touched = |notes: &Notes| Touched { sessions: notes.n_set > 0, preferred: notes.is_preferred };
        self.users.iter().map(touched).collect()
    }

    /// Takes note that nothing is known of the users any more, so that any presence is permitted.
    pub fn muddle(&mut self) {
        for user in &self.context.users {
            self.follower.model_mut().muddle(user);
        }
    }

    /// Takes note that the users have neither sessions nor preferences any more.
    pub fn forget(&mut self) {
        for (user, notes) in self.context.users.iter().zip(&mut self.users) {
            self.follower.model_mut().forget(user);
            *notes = Notes::default();
        }
    }

    fn lost(&mut self, action: &Action, lost: &Lost, when: Span, found: &mut Vec<Found>) {
        // A connection may break for reasons that are nobody's fault, such as one that was kept for too long.
        if matches!(lost.fault, Fault::Timeout | Fault::Crashed) {
            found.push(Found {
                requirement: requirement::NO_HANG,
                level: Level::Should,
                class: Class::NoAnswer,
                expected: "an answer".to_owned(),
                observed: lost.detail.clone(),
            });
        }
        if !matches!(lost.fault, Fault::NotSent | Fault::Connect) {
            let ruling = self.ruling(action, when);
            self.follow(action, &ruling, when, Seen::Lost);
        }
    }

    fn answered(&mut self, action: &Action, answer: &Answer, when: Span, found: &mut Vec<Found>) {
        if answer.echoes_token && is_refusal(answer) {
            found.push(Found {
                requirement: requirement::NO_TOKEN_IN_ERROR,
                level: Level::Must,
                class: Class::TokenLeak,
                expected: "an error without the bearer token".to_owned(),
                observed: shown(answer),
            });
        }
        let ruling = self.ruling(action, when);
        let binds = binds(action);
        if is_breakdown(&action.request, answer) {
            found.push(Found {
                requirement: requirement::NO_SERVER_ERROR,
                level: binds,
                class: Class::ServerError,
                expected: "no 5xx, whatever the request".to_owned(),
                observed: shown(answer),
            });
            self.follow(action, &ruling, when, Seen::Lost);
            return;
        }
        let is_read = action.operation == Operation::GetPresence;
        match ruling.level().map(|level| if is_elsewhere(action) { Level::May } else { level }) {
            None if is_read => self.read(action, answer, when, found),
            None => self.wanted(action, answer, binds, found),
            Some(Level::May) => Self::open(&ruling, binds, answer, found),
            Some(level) => Self::unwanted(&ruling, level, action, answer, found),
        }
        let seen = if is_success(answer) {
            Seen::Accepted
        } else if is_refused(&action.request, answer) {
            Seen::Refused
        } else {
            Seen::Lost
        };
        self.follow(action, &ruling, when, seen);
    }

    fn ruling(&self, action: &Action, when: Span) -> Ruling {
        if action.operation == Operation::SetPresence {
            self.follower.ruling(action)
        } else {
            rule_other(&self.follower, action, when)
        }
    }

    /// An answer to what must be accepted.
    fn wanted(&self, action: &Action, answer: &Answer, binds: Level, found: &mut Vec<Found>) {
        let (class, requirement) = match answer.status {
            200 => return,
            201..300 => (Class::WrongSuccessStatus, requirement::SUCCESS_STATUS),
            status => {
                let respects = blame::respects(action, self.profile);
                let class = if is_refusal(answer) { Class::RefusedValid } else { Class::UnexpectedStatus };
                let requirement = respects.first().copied().unwrap_or(requirement::APPLICATION_ROLE);
                // Another than this reader may not have the right to clear or to prefer.
                if binds < Level::Must && matches!(status, 401 | 403) {
                    return;
                }
                (class, requirement)
            }
        };
        let expected = "accepted: status 200".to_owned();
        found.push(Found { requirement, level: binds, class, expected, observed: shown(answer) });
    }

    /// An answer where either way is permitted: two such statements still say which of its ways it should be.
    fn open(ruling: &Ruling, binds: Level, answer: &Answer, found: &mut Vec<Found>) {
        let [only] = ruling.reasons.as_slice() else { return };
        if !is_refusal(answer) || binds < Level::Must {
            return;
        }
        if only.requirement == requirement::SCHEME_CASE {
            found.push(Found {
                requirement: requirement::SCHEME_CASE,
                level: Level::Should,
                class: Class::RefusedValid,
                expected: "accepted: status 200".to_owned(),
                observed: shown(answer),
            });
        }
        if only.requirement == requirement::TOO_LARGE && !only.statuses.contains(&answer.status) {
            found.push(Found {
                requirement: requirement::TOO_LARGE,
                level: Level::Should,
                class: Class::WrongRefusalStatus,
                expected: "if refused: status 413 or 400".to_owned(),
                observed: shown(answer),
            });
        }
    }

    /// An answer to what must or should be refused.
    fn unwanted(ruling: &Ruling, level: Level, action: &Action, answer: &Answer, found: &mut Vec<Found>) {
        let binding = ruling.reasons.iter().find(|reason| reason.level == level);
        let requirement = binding.map_or(requirement::APPLICATION_ROLE, |reason| reason.requirement);
        let is_open = ruling.reasons.iter().any(|reason| reason.level == Level::May);
        let expected = |statuses: &BTreeSet<u16>| {
            let statuses: Vec<String> = statuses.iter().map(ToString::to_string).collect();
            if statuses.is_empty() {
                "refused: a 4xx status".to_owned()
            } else {
                format!("refused: status {}", statuses.join(" or "))
            }
        };
        if !is_refused(&action.request, answer) {
            let class = if is_success(answer) { Class::AcceptedInvalid } else { Class::UnexpectedStatus };
            let statuses = if is_open { BTreeSet::new() } else { ruling.statuses() };
            found.push(Found { requirement, level, class, expected: expected(&statuses), observed: shown(answer) });
            return;
        }
        if is_open {
            // A refusal for what may be refused has the form and the status of that, which nothing states.
            return;
        }
        let statuses = ruling.statuses();
        if !statuses.is_empty() && !statuses.contains(&answer.status) {
            let (requirement, level) = if is_unknown_method(&action.request, answer) {
                (requirement::METHOD, Level::Should)
            } else {
                wrong_status(ruling, answer.status, requirement)
            };
            let class = Class::WrongRefusalStatus;
            found.push(Found { requirement, level, class, expected: expected(&statuses), observed: shown(answer) });
        }
        if let Ok(Some(flaw)) = envelope(&action.request.method, answer) {
            found.push(Found {
                requirement: requirement::ERROR_ENVELOPE,
                level: Level::Should,
                class: Class::MalformedError,
                expected: "an error body {\"error\": {\"code\": …, \"message\": …}}".to_owned(),
                observed: format!("{flaw}; {}", shown(answer)),
            });
        }
        let header = match answer.status {
            401 => Some(("www-authenticate", requirement::WWW_AUTHENTICATE)),
            405 => Some(("allow", requirement::METHOD)),
            _ => None,
        };
        if let Some((name, requirement)) = header.filter(|(name, _)| answer.header(name).is_none()) {
            found.push(Found {
                requirement,
                level: Level::Should,
                class: Class::MissingHeader,
                expected: format!("the header `{name}`"),
                observed: format!("status {} without it", answer.status),
            });
        }
    }

    /// An answer to a plain read.
    fn read(&mut self, action: &Action, answer: &Answer, when: Span, found: &mut Vec<Found>) {
        match read(answer) {
            Ok(seen) => {
                self.has_read = true;
                if answer.status != 200 {
                    found.push(malformed(Class::WrongSuccessStatus, shown(answer)));
                }
                if let Some(flaw) = id_flaw(seen.id.as_deref(), self.follower.user(action.user)) {
                    found.push(malformed(Class::MalformedPresence, flaw));
                }
                self.shows(action, &seen.presence, when, found);
            }
            // Where reads are not served at all, nothing is wrong with any one of them.
            Err(unread) if is_success(answer) || self.has_read => {
                found.extend(unread.class().map(|class| malformed(class, unread.to_string())));
            }
            Err(_) => {}
        }
    }

    fn shows(&mut self, action: &Action, text: &str, when: Span, found: &mut Vec<Found>) {
        let permitted = self.follower.permitted(action, when);
        let presence: Option<Presence> = text.parse().ok();
        let is_permitted = permitted.anything || presence.is_some_and(|seen| permitted.contains(seen));
        if let (true, Some(seen)) = (is_permitted, presence) {
            let user = self.follower.user(action.user);
            self.follower.model_mut().read(user, when, seen);
        }
        let UserSlot::Pool(slot) = action.user else { return };
        let others_set = self.users.iter().enumerate().any(|(other, notes)| other != slot && notes.n_set > 0);
        let Some(notes) = self.users.get_mut(slot) else { return };
        if is_permitted {
            notes.read(permitted, when);
            return;
        }
        let presences: Vec<Presence> = permitted.presences.iter().copied().collect();
        let (class, requirement, level) = match notes.changed_by_refusal(&permitted, when) {
            Some(level) => (Class::StateChanged, requirement::REFUSAL_CHANGES_NOTHING, level),
            None => {
                let (requirement, level) = blame::presence(notes, others_set, &permitted, presence);
                (Class::WrongPresence, requirement, notes.refused.map_or(level, |refused| refused.min(level)))
            }
        };
        found.push(Found { requirement, level, class, expected: list(&presences), observed: text.to_owned() });
    }

    fn follow(&mut self, action: &Action, ruling: &Ruling, when: Span, seen: Seen) {
        if action.operation == Operation::GetPresence {
            return;
        }
        if let UserSlot::Pool(slot) = action.user
            && let Some(notes) = self.users.get_mut(slot)
        {
            match seen {
                Seen::Refused if is_safe(action, ruling) => {}
                Seen::Refused => notes.refuse(held_against(action, ruling)),
                Seen::Accepted | Seen::Lost => notes.accept(action, seen),
            }
        }
        if action.operation == Operation::SetPresence {
            self.follower.follow_set(action, ruling, when, seen);
        } else if seen != Seen::Refused && !is_documented(action) {
            let user = self.follower.user(action.user);
            self.follower.model_mut().muddle(user);
        } else {
            self.follower.follow_other(action, when, seen);
        }
    }
}

/// How strongly an operation binds at all: only setPresence is what the documents of a profile are about.
fn binds(action: &Action) -> Level {
    if action.operation == Operation::SetPresence { Level::Must } else { Level::Should }
}

/// Whether a call was one that nobody expects to change anything.
fn is_safe(action: &Action, ruling: &Ruling) -> bool {
    action.operation == Operation::SetPresence && ruling.effect == Effect::None
}

/// How strongly a change of state is held against a call that was refused: as strongly as it was to be refused. Where
/// either way is permitted, a target that says that it refused has still said that nothing changed.
fn held_against(action: &Action, ruling: &Ruling) -> Level {
    ruling.level().unwrap_or_else(|| binds(action)).max(Level::Should)
}

/// Whether no document says what is there at all: HEAD and OPTIONS, and paths that are spelled otherwise.
fn is_elsewhere(action: &Action) -> bool {
    let request = &action.request;
    request.is_other_path || (request.is_other_method && ["HEAD", "OPTIONS"].contains(&request.method.as_str()))
}

fn malformed(class: Class, observed: String) -> Found {
    let expected = "status 200 and an object with the user's `id`, `availability` and `activity`".to_owned();
    Found { requirement: requirement::READ_MEMBERS, level: Level::Should, class, expected, observed }
}

/// What is wrong with the id in a presence; a user who was named otherwise than by id has another.
fn id_flaw(found: Option<&str>, id: &str) -> Option<String> {
    match found {
        None => Some("no text `id`".to_owned()),
        Some(found) if found.eq_ignore_ascii_case(id) || !is_guid(id) => None,
        Some(found) => Some(format!("the id is {found}, not {id}")),
    }
}

/// The requirement that a wrong status breaks. That a status is a *must* is only said of credentials alone.
fn wrong_status(ruling: &Ruling, status: u16, strongest: &'static str) -> (&'static str, Level) {
    let is_of_credentials = |requirement: &str| UNUSABLE.contains(&requirement) || FORBIDDEN.contains(&requirement);
    let others = || ruling.reasons.iter().filter(|reason| !is_of_credentials(reason.requirement));
    if others().next().is_none() {
        return (strongest, ruling.level().unwrap_or(Level::Should));
    }
    let is_unusable = ruling.reasons.iter().any(|reason| UNUSABLE.contains(&reason.requirement));
    let is_of_body = others().any(|reason| reason.statuses.contains(&status));
    let requirement = if is_unusable && is_of_body { requirement::CREDENTIALS_FIRST } else { strongest };
    (requirement, Level::Should)
}
