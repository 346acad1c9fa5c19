//! One case judged: each exchange against what its step expects and against what holds always.

use serde_json::Value;

use super::follow::Follower;
use super::{Class, Context, Divergence, Judgement, Verdict};
use crate::case::{Expectation, Wanted};
use crate::event::{Answer, Fault, Lost, Observation, Outcome};
use crate::model::Seen;
use crate::moment::Span;
use crate::plan::{Action, Plan, Role};
use crate::spec::{ErrorBody, Level, Operation, Presence, requirement};

/// How much of an answer's body is shown as what was observed, in characters.
const SHOWN_BODY: usize = 300;

/// Judges a case by what was seen of its actions, in their order; a shorter list is a case that was not finished.
#[must_use]
pub fn judge(plan: &Plan, context: &Context, observations: &[Observation]) -> Judgement {
    let follower = Follower::new(plan, context);
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
        judging.follower.follow(action, observation.span, seen_of(&observation.outcome));
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
        if answer.echoes_token && is_refusal(answer) {
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
        match presence_in(answer) {
            Ok(seen) if marks.iter().any(|mark| seen == mark.to_string()) => Next::Go,
            Ok(seen) => {
                let mark = list(marks);
                self.hinder(format!(
                    "the state that step {} must leave alone was set to {mark}, but a read shows {seen}",
                    action.step
                ));
                Next::Stop
            }
            Err(flaw) => {
                self.hinder(format!("the state before step {} could not be read: {flaw}", action.step));
                Next::Stop
            }
        }
    }

    fn judged(&mut self, index: usize, action: &Action, answer: &Answer, when: Span) -> Next {
        let Some(expect) = &action.expect else { return self.arranged(action, answer) };
        if let Wanted::Presences(presences) = &expect.wanted {
            return self.read(index, action, expect, presences, answer, when);
        }
        if answer.status >= 500 && answer.status < 600 {
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
        for name in expect.headers.iter().filter(|name| answer.header(name).is_none()) {
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
        if !is_refusal(answer) {
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
        if !statuses.is_empty() && !statuses.contains(&answer.status) {
            self.diverge(
                index,
                action,
                Found {
                    requirement: &action.covers,
                    level: status_level,
                    class: Class::WrongRefusalStatus,
                    expected: wanted_status(&expect.wanted),
                    observed: shown(answer),
                },
            );
        }
        if let Some(flaw) = envelope_flaw(action, answer) {
            self.diverge(
                index,
                action,
                Found {
                    requirement: requirement::ERROR_ENVELOPE,
                    level: Level::Should,
                    class: Class::MalformedError,
                    expected: "an error body {\"error\": {\"code\": …, \"message\": …}}".to_owned(),
                    observed: format!("{flaw}; {}", shown(answer)),
                },
            );
        }
        Next::Go
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
        match presence_in(answer) {
            Ok(seen) if wanted.iter().any(|presence| seen == presence.to_string()) => {
                if level_of(expect) == Level::May {
                    self.observed.push(format!("step {}: shows {seen}", action.step));
                }
            }
            Ok(seen) if level_of(expect) == Level::May => {
                self.observed.push(format!("step {}: shows {seen}", action.step));
            }
            Ok(seen) if self.is_permitted(action, &seen, when) => {
                let step = action.step;
                self.hinder(format!("step {step} was read too near to a change to tell: it shows {seen}, which was still or already permitted"));
            }
            Ok(seen) => self.diverge(
                index,
                action,
                Found {
                    requirement: &action.covers,
                    level: level_of(expect),
                    class: Class::WrongPresence,
                    expected: list(wanted),
                    observed: seen,
                },
            ),
            Err(flaw) => {
                self.unreadable(index, action, answer, &flaw);
                return Next::Stop;
            }
        }
        Next::Go
    }

    /// Whether the model permits what a read shows, at the time that it really took place.
    fn is_permitted(&self, action: &Action, seen: &str, when: Span) -> bool {
        seen.parse().is_ok_and(|seen| self.follower.permitted(action, when).contains(seen))
    }

    /// A read that shows no presence: its form is at most a *should*, and what it hides stays unjudged.
    fn unreadable(&mut self, index: usize, action: &Action, answer: &Answer, flaw: &str) {
        if is_success(answer) {
            self.diverge(
                index,
                action,
                Found {
                    requirement: &action.covers,
                    level: Level::Should,
                    class: Class::MalformedPresence,
                    expected: "an object with `availability` and `activity`".to_owned(),
                    observed: flaw.to_owned(),
                },
            );
        }
        self.hinder(format!("step {} could not be read: {flaw}", action.step));
    }

    fn after(&mut self, index: usize, action: &Action, answer: &Answer, all: &[Observation]) -> Next {
        let Some(expect) = &action.expect else { return Next::Go };
        let Wanted::Presences(marks) = &expect.wanted else { return Next::Go };
        let was_refused = index
            .checked_sub(1)
            .and_then(|before| all.get(before))
            .is_some_and(|before| matches!(&before.outcome, Outcome::Answer(answer) if is_refusal(answer)));
        match presence_in(answer) {
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
            Err(flaw) => self.unreadable(index, action, answer, &flaw),
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
        } else if self.obstacle.is_some() && !self.is_only_unanswered() {
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

    /// A hang is itself what was judged: it breaks a *should*, whatever stays unseen after it.
    fn is_only_unanswered(&self) -> bool {
        self.divergences.iter().any(|divergence| divergence.class == Class::NoAnswer)
    }
}

/// What the model makes of an outcome: a 5xx, like a lost answer, may have taken effect or not.
const fn seen_of(outcome: &Outcome) -> Seen {
    match outcome {
        Outcome::Answer(answer) if is_success(answer) => Seen::Accepted,
        Outcome::Answer(answer) if is_refusal(answer) => Seen::Refused,
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

const fn is_success(answer: &Answer) -> bool {
    answer.status >= 200 && answer.status < 300
}

const fn is_refusal(answer: &Answer) -> bool {
    answer.status >= 400 && answer.status < 500
}

fn list(presences: &[Presence]) -> String {
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

/// What is wrong with a refusal's body, as far as it can be seen: HEAD has none, and a coded or cut one is not judged.
fn envelope_flaw(action: &Action, answer: &Answer) -> Option<String> {
    let is_unseen = action.request.method == "HEAD" || answer.truncated || is_coded(answer);
    if is_unseen {
        return None;
    }
    ErrorBody::examine(answer.body.as_bytes()).err().map(|flaw| flaw.to_string())
}

fn is_coded(answer: &Answer) -> bool {
    answer.header("content-encoding").is_some_and(|coding| !coding.eq_ignore_ascii_case("identity"))
}

/// The presence that a read shows, or why it shows none.
fn presence_in(answer: &Answer) -> Result<String, String> {
    if !is_success(answer) {
        return Err(format!("the read was answered with {}", shown(answer)));
    }
    if is_coded(answer) {
        return Err("the answer has a content coding that was not asked for".to_owned());
    }
    let value: Value =
        serde_json::from_str(&answer.body).map_err(|error| format!("not JSON ({error}): {}", shown(answer)))?;
    let member = |name: &str| {
        value.get(name).and_then(Value::as_str).ok_or_else(|| format!("no text `{name}` in {}", shown(answer)))
    };
    Ok(format!("{}/{}", member("availability")?, member("activity")?))
}

/// An answer in one line.
fn shown(answer: &Answer) -> String {
    let body: String = answer.body.split_whitespace().collect::<Vec<_>>().join(" ");
    let more = if body.chars().count() > SHOWN_BODY { "…" } else { "" };
    let body: String = body.chars().take(SHOWN_BODY).collect();
    if body.is_empty() {
        format!("status {}", answer.status)
    } else {
        format!("status {}: {body}{more}", answer.status)
    }
}
