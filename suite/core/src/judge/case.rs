//! One case judged: each exchange against what its step expects and against what holds always.

use super::answer::{Unread, envelope, is_breakdown, is_refused, is_success, is_unknown_method, read, shown};
use super::follow::Follower;
use super::{Class, Context, Divergence, Judgement, Verdict};
use crate::case::{Expectation, Wanted};
use crate::event::{Answer, Fault, Lost, Observation, Outcome};
use crate::model::{Seen, canonical, is_guid};
use crate::moment::Span;
use crate::plan::{Action, Plan, Role};
use crate::spec::{Level, Operation, Presence, requirement};

/// What only the body of a refusal shows: where that was not seen, none of these was judged.
const SHOWN_IN_BODY: [&str; 2] = [requirement::ERROR_ENVELOPE, requirement::NO_TOKEN_IN_ERROR];

/// Judges a case by what was seen of its actions, in their order; a shorter list is a case that was not finished.
#[must_use]
pub fn judge(plan: &Plan, context: &Context, observations: &[Observation]) -> Judgement {
    let follower = Follower::new(plan.profile, context);
    let mut judging = Judging { plan, follower, divergences: Vec::new(), observed: Vec::new(), obstacle: None };
    for (index, action) in plan.actions.iter().enumerate() {
        let Some(observation) = observations.get(index) else {
            let reason = context.interrupted.clone().unwrap_or_else(|| "the case was not finished".to_owned());
            judging.hinder(reason);
            break;
        };
        if judging.exchange(index, action, observation, observations) == Next::Stop {
            break;
        }
        judging.follower.follow(action, observation.span, seen_of(action, &observation.outcome));
    }
    let explained_by = super::profiles::explaining(plan, context, &judging.divergences);
    judging.conclude(explained_by)
}

/// Whether what comes after an exchange can still be judged.
#[derive(PartialEq, Eq)]
enum Next {
    Go,
    Stop,
}

struct Judging<'p> {
    plan: &'p Plan,
    /// The model, a second witness: what it permits is never a failure, whatever the fixture expects.
    follower: Follower<'p>,
    divergences: Vec<Divergence>,
    observed: Vec<String>,
    obstacle: Option<String>,
}

impl Judging<'_> {
    fn exchange(&mut self, index: usize, action: &Action, seen: &Observation, all: &[Observation]) -> Next {
        let answer = match &seen.outcome {
            Outcome::Answer(answer) => answer,
            Outcome::Lost(lost) => return self.lost(index, action, lost),
        };
        if answer.echoes_token && answer.status >= 400 {
            self.diverge(
                index,
                action,
                Found {
                    requirement: requirement::NO_TOKEN_IN_ERROR,
                    level: Level::Must,
                    class: Class::TokenLeak,
                    expected: "an error without the bearer token".to_owned(),
                    observed: shown(answer),
                },
            );
        }
        match action.role {
            Role::Arrange | Role::Twin | Role::Mark => self.arranged(action, answer),
            Role::Before => self.before(action, answer),
            Role::Judged => self.judged(index, action, answer, seen.span),
            Role::After => self.after(index, action, answer, all),
        }
    }

    fn lost(&mut self, index: usize, action: &Action, lost: &Lost) -> Next {
        if action.role == Role::Judged && lost.fault == Fault::Timeout {
            self.diverge(
                index,
                action,
                Found {
                    requirement: requirement::NO_HANG,
                    level: Level::Should,
                    class: Class::NoAnswer,
                    expected: "an answer".to_owned(),
                    observed: lost.detail.clone(),
                },
            );
        }
        self.hinder(format!("step {} ({}) has no answer: {}", action.step, action.role.name(), lost.detail));
        Next::Stop
    }

    /// What only arranges has to succeed, or nothing after it means anything.
    fn arranged(&mut self, action: &Action, answer: &Answer) -> Next {
        if is_success(answer) {
            return Next::Go;
        }
        let (step, what) = (action.step, shown(answer));
        self.hinder(match action.role {
            Role::Twin => format!(
                "the twin of step {step}, the same request with its one fault put right, was not accepted ({what}), so a refusal would prove nothing"
            ),
            Role::Mark => format!("the state that step {step} must leave alone could not be set ({what})"),
            _ => format!("step {step}, which only arranges, did not succeed: {} answered {what}", action.operation),
        });
        Next::Stop
    }

    fn before(&mut self, action: &Action, answer: &Answer) -> Next {
        let Some(Wanted::Presences(marks)) = action.expect.as_ref().map(|expect| &expect.wanted) else {
            return Next::Go;
        };
        let (step, mark) = (action.step, list(marks));
        self.hinder(match read(answer) {
            Ok(seen) if marks.iter().any(|mark| seen.presence == mark.to_string()) => return Next::Go,
            Ok(seen) => format!(
                "the state that step {step} must leave alone was set to {mark}, but a read shows {}",
                seen.presence
            ),
            Err(unread) => format!("the state before step {step} could not be read: {unread}"),
        });
        Next::Stop
    }

    fn judged(&mut self, index: usize, action: &Action, answer: &Answer, when: Span) -> Next {
        let Some(expect) = &action.expect else { return self.arranged(action, answer) };
        if let Wanted::Presences(presences) = &expect.wanted {
            return self.read(index, action, expect, presences, answer, when);
        }
        if is_breakdown(&action.request, answer) {
            self.diverge(
                index,
                action,
                Found {
                    requirement: requirement::NO_SERVER_ERROR,
                    level: if action.operation == Operation::SetPresence { Level::Must } else { Level::Should },
                    class: Class::ServerError,
                    expected: wanted_status(&expect.wanted),
                    observed: shown(answer),
                },
            );
            return Next::Stop;
        }
        let next = match &expect.wanted {
            Wanted::Accepted => self.accepted(index, action, expect, answer),
            Wanted::Refused { statuses, status_level, .. } => {
                self.refused(index, action, expect, answer, statuses, *status_level)
            }
            Wanted::Either | Wanted::Presences(_) => {
                let what = if is_success(answer) { "accepted" } else { "not accepted" };
                self.observed.push(format!("step {}: {what} ({})", action.step, answer.status));
                Next::Go
            }
        };
        // What goes with the documented status is not asked of one that is reported as another already.
        let headers = expect.headers.iter().filter(|_| !is_unknown_method(&action.request, answer));
        for name in headers.filter(|name| answer.header(name).is_none()) {
            self.diverge(
                index,
                action,
                Found {
                    requirement: &action.covers,
                    level: level_of(expect).min(Level::Should),
                    class: Class::MissingHeader,
                    expected: format!("the header `{name}`"),
                    observed: format!("status {} without it", answer.status),
                },
            );
        }
        next
    }

    fn accepted(&mut self, index: usize, action: &Action, expect: &Expectation, answer: &Answer) -> Next {
        let level = level_of(expect);
        let (requirement, level, class) = match answer.status {
            200 => return Next::Go,
            201..300 => (requirement::SUCCESS_STATUS, level, Class::WrongSuccessStatus),
            400..500 => (action.covers.as_str(), level, Class::RefusedValid),
            _ => (action.covers.as_str(), level, Class::UnexpectedStatus),
        };
        let next = if class == Class::WrongSuccessStatus { Next::Go } else { Next::Stop };
        let expected = "accepted: status 200".to_owned();
        self.diverge(index, action, Found { requirement, level, class, expected, observed: shown(answer) });
        next
    }

    fn refused(
        &mut self,
        index: usize,
        action: &Action,
        expect: &Expectation,
        answer: &Answer,
        statuses: &[u16],
        status_level: Level,
    ) -> Next {
        if !is_refused(&action.request, answer) {
            let class = if is_success(answer) { Class::AcceptedInvalid } else { Class::UnexpectedStatus };
            self.diverge(
                index,
                action,
                Found {
                    requirement: &action.covers,
                    level: level_of(expect),
                    class,
                    expected: wanted_status(&expect.wanted),
                    observed: shown(answer),
                },
            );
            return Next::Stop;
        }
        let is_unknown = is_unknown_method(&action.request, answer);
        if is_unknown || !statuses.is_empty() && !statuses.contains(&answer.status) {
            // Whatever else is wrong with the request: its method may be looked at first.
            let of_method = (requirement::METHOD, level_of(expect).min(Level::Should));
            let (requirement, level) = if is_unknown { of_method } else { (&*action.covers, status_level) };
            self.diverge(
                index,
                action,
                Found {
                    requirement,
                    level,
                    class: Class::WrongRefusalStatus,
                    expected: wanted_status(&expect.wanted),
                    observed: shown(answer),
                },
            );
        }
        self.envelope(index, action, answer);
        Next::Go
    }

    /// The body of a refusal. A coded or cut one is no fault, but neither is what was not seen of it in order.
    fn envelope(&mut self, index: usize, action: &Action, answer: &Answer) {
        match envelope(&action.request.method, answer) {
            Ok(None) => {}
            Ok(Some(flaw)) => self.diverge(
                index,
                action,
                Found {
                    requirement: requirement::ERROR_ENVELOPE,
                    level: Level::Should,
                    class: Class::MalformedError,
                    expected: "an error body {\"error\": {\"code\": …, \"message\": …}}".to_owned(),
                    observed: format!("{flaw}; {}", shown(answer)),
                },
            ),
            Err(unseen) if SHOWN_IN_BODY.contains(&action.covers.as_str()) => {
                self.hinder(format!("the body of step {} was not judged: {unseen}", action.step));
            }
            Err(unseen) => self.observed.push(format!("step {}: its body was not judged: {unseen}", action.step)),
        }
    }

    fn read(
        &mut self,
        index: usize,
        action: &Action,
        expect: &Expectation,
        wanted: &[Presence],
        answer: &Answer,
        when: Span,
    ) -> Next {
        let seen = match read(answer) {
            Ok(seen) => seen,
            Err(unread) => return self.unread(index, action, expect, &unread),
        };
        self.read_status(index, action, expect, answer);
        if level_of(expect) == Level::May {
            self.observed.push(format!("step {}: shows {}", action.step, seen.presence));
        } else if wanted.iter().any(|presence| seen.presence == presence.to_string()) {
            // As it must be.
        } else if self.is_permitted(action, &seen.presence, when) {
            let (step, seen) = (action.step, &seen.presence);
            self.hinder(format!("step {step} was read too near to a change to tell: it shows {seen}, which was still or already permitted"));
        } else {
            self.diverge(
                index,
                action,
                Found {
                    requirement: &action.covers,
                    level: level_of(expect),
                    class: Class::WrongPresence,
                    expected: list(wanted),
                    observed: seen.presence,
                },
            );
        }
        if expect.has_id {
            self.id(index, action, expect, seen.id.as_deref());
        }
        Next::Go
    }

    /// The status of an answer that shows a presence: what it shows is judged, whatever the status.
    fn read_status(&mut self, index: usize, action: &Action, expect: &Expectation, answer: &Answer) {
        if answer.status == 200 || level_of(expect) == Level::May {
            return;
        }
        self.diverge(
            index,
            action,
            Found {
                requirement: requirement::READ_MEMBERS,
                level: Level::Should,
                class: Class::WrongSuccessStatus,
                expected: "status 200".to_owned(),
                observed: shown(answer),
            },
        );
    }

    /// The id beside a presence. A user who is known by a principal name has an id that nobody here knows.
    fn id(&mut self, index: usize, action: &Action, expect: &Expectation, id: Option<&str>) {
        let user = self.follower.user(action.user);
        let is_good = id.is_some_and(|id| !id.is_empty() && (!is_guid(user) || canonical(id) == canonical(user)));
        if is_good {
            return;
        }
        let expected = if is_guid(user) { format!("the user's `id`: {user}") } else { "the user's `id`".to_owned() };
        self.diverge(
            index,
            action,
            Found {
                requirement: &action.covers,
                level: level_of(expect).min(Level::Should),
                class: Class::MalformedPresence,
                expected,
                observed: id.map_or_else(|| "no text `id`".to_owned(), |id| format!("the `id` {id:?}")),
            },
        );
    }

    /// Whether the model permits what a read shows, at the time that it really took place.
    fn is_permitted(&self, action: &Action, seen: &str, when: Span) -> bool {
        seen.parse().is_ok_and(|seen| self.follower.permitted(action, when).contains(seen))
    }

    /// A read that shows no presence: what it hides stays unjudged, and its form is at most a *should*.
    fn unread(&mut self, index: usize, action: &Action, expect: &Expectation, unread: &Unread) -> Next {
        let is_fault = unread.class().filter(|_| level_of(expect) > Level::May);
        if let Some(class) = is_fault {
            self.diverge(
                index,
                action,
                Found {
                    requirement: requirement::READ_MEMBERS,
                    level: Level::Should,
                    class,
                    expected: "status 200 and an object with `availability` and `activity`".to_owned(),
                    observed: unread.to_string(),
                },
            );
        }
        // A divergence says the rest.
        let why = if is_fault.is_some() { unread.brief() } else { unread.to_string() };
        self.hinder(format!("step {} could not be read, so what it has to show was not judged: {why}", action.step));
        Next::Stop
    }

    fn after(&mut self, index: usize, action: &Action, answer: &Answer, all: &[Observation]) -> Next {
        let Some(expect) = &action.expect else { return Next::Go };
        let Wanted::Presences(marks) = &expect.wanted else { return Next::Go };
        let was_refused = index
            .checked_sub(1)
            .and_then(|before| Some((self.plan.actions.get(before)?, all.get(before)?)))
            .is_some_and(|(before, seen)| seen_of(before, &seen.outcome) == Seen::Refused);
        match read(answer).map(|seen| seen.presence) {
            Ok(seen) if level_of(expect) == Level::May => self.observed.push(format!("then a read shows {seen}")),
            Ok(seen) if was_refused && !marks.iter().any(|mark| seen == mark.to_string()) => {
                self.diverge(
                    index,
                    action,
                    Found {
                        requirement: &action.covers,
                        level: level_of(expect),
                        class: Class::StateChanged,
                        expected: format!("{}, as before the refused request", list(marks)),
                        observed: seen,
                    },
                );
            }
            Ok(_) => {}
            Err(unread) => return self.unread(index, action, expect, &unread),
        }
        Next::Go
    }

    fn diverge(&mut self, exchange: usize, action: &Action, found: Found<'_>) {
        let Found { requirement, level, class, expected, observed } = found;
        let requirement = requirement.to_owned();
        self.divergences.push(Divergence {
            requirement,
            level,
            class,
            expected,
            observed,
            step: action.step,
            exchange,
        });
    }

    fn hinder(&mut self, reason: String) {
        self.obstacle.get_or_insert(reason);
    }

    fn conclude(mut self, explained_by: Vec<String>) -> Judgement {
        if let Some(unread) = &self.plan.unread {
            let unread = unread.clone();
            self.hinder(unread);
        }
        let breaks = |level| self.divergences.iter().any(|divergence| divergence.level == level);
        let verdict = if breaks(Level::Must) {
            Verdict::Failed
        } else if self.obstacle.is_some() && !self.is_itself_a_flaw() {
            Verdict::Inconclusive
        } else if breaks(Level::Should) {
            Verdict::Warned
        } else if self.plan.level == Level::May {
            Verdict::Observed
        } else {
            Verdict::Passed
        };
        let reason = match verdict {
            Verdict::Inconclusive => self.obstacle,
            Verdict::Observed => Some(self.observed.join("; ")),
            _ => None,
        };
        Judgement { verdict, reason, divergences: self.divergences, observed: self.observed, explained_by }
    }

    /// Whether what stands in the way is itself what the case is about, whatever stays unseen behind it: a hang, or a
    /// read that shows no presence where the form of reads is judged. Anywhere else, such a read leaves the state behind
    /// it unjudged, and that a *should* is broken on the way makes no verdict on it.
    fn is_itself_a_flaw(&self) -> bool {
        let covers = |exchange: usize| self.plan.actions.get(exchange).map(|read| read.covers.as_str());
        self.divergences.iter().any(|divergence| {
            divergence.class == Class::NoAnswer
                || divergence.requirement == requirement::READ_MEMBERS
                    && covers(divergence.exchange) == Some(requirement::READ_MEMBERS)
        })
    }
}

/// What the model makes of an outcome: a breakdown, like a lost answer, may have taken effect or not.
fn seen_of(action: &Action, outcome: &Outcome) -> Seen {
    match outcome {
        Outcome::Answer(answer) if is_success(answer) => Seen::Accepted,
        Outcome::Answer(answer) if is_refused(&action.request, answer) => Seen::Refused,
        Outcome::Answer(_) | Outcome::Lost(_) => Seen::Lost,
    }
}

struct Found<'f> {
    requirement: &'f str,
    level: Level,
    class: Class,
    expected: String,
    observed: String,
}

fn level_of(expect: &Expectation) -> Level {
    expect.level.unwrap_or(Level::May)
}

pub(crate) fn list(presences: &[Presence]) -> String {
    presences.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

fn wanted_status(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Accepted => "accepted: status 200".to_owned(),
        Wanted::Refused { statuses, .. } if statuses.is_empty() => "refused: a 4xx status".to_owned(),
        Wanted::Refused { statuses, .. } => {
            let statuses: Vec<String> = statuses.iter().map(ToString::to_string).collect();
            format!("refused: status {}", statuses.join(" or "))
        }
        Wanted::Either => "accepted or refused, never a 5xx".to_owned(),
        Wanted::Presences(presences) => list(presences),
    }
}
