//! The model beside a plan: what it rules of each action, and the state that the answers leave.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::Value;

use super::Context;
use crate::case::Wanted;
use crate::model::{Model, Permitted, Ruling, Seen, SetCall, rule_set};
use crate::moment::{Moment, Span};
use crate::plan::{Action, Plan, Role, UserSlot};
use crate::spec::{
    Account, Caller, DurationText, Head, Level, Limits, Operation, Presence, Presented, Profile, Reading, Unusable,
};

/// The model, following one case.
#[derive(Clone)]
pub(crate) struct Follower<'f> {
    profile: &'static Profile,
    context: &'f Context,
    model: Model,
}

impl<'f> Follower<'f> {
    pub(crate) fn new(profile: &'static Profile, context: &'f Context) -> Self {
        Self { profile, context, model: Model::new(profile, context.slack) }
    }

    /// The state that the answers so far leave.
    pub(crate) const fn model(&self) -> &Model {
        &self.model
    }

    /// The state, taken out.
    pub(crate) fn into_model(self) -> Model {
        self.model
    }

    /// The state, for what is known of it by other means than answers.
    pub(crate) const fn model_mut(&mut self) -> &mut Model {
        &mut self.model
    }

    /// What the profile says of a setPresence request.
    pub(crate) fn ruling(&self, action: &Action) -> Ruling {
        let request = &action.request;
        let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let head = Head::of(headers);
        let reading = match &request.body {
            Some(body) => body.reading(&head, self.profile),
            None => Cow::Owned(Reading::of(&head, &[], self.profile, Limits::default())),
        };
        rule_set(
            self.profile,
            &SetCall {
                presented: &self.presented(action),
                user: self.user(action.user),
                is_known_user: action.user != UserSlot::Unknown,
                is_plain_path: !request.is_other_path,
                method: if request.is_other_method { &request.method } else { "POST" },
                reading: &reading,
            },
        )
    }

    /// Takes in that an action took place.
    pub(super) fn follow(&mut self, action: &Action, when: Span, seen: Seen) {
        if action.operation == Operation::SetPresence {
            let ruling = self.ruling(action);
            self.follow_set(action, &ruling, when, seen);
        } else {
            self.follow_other(action, when, seen);
        }
    }

    /// Takes in that a setPresence call took place of which this is the ruling.
    pub(crate) fn follow_set(&mut self, action: &Action, ruling: &Ruling, when: Span, seen: Seen) {
        let user = user(self.context, action.user);
        self.model.set(user, ruling, when, seen);
    }

    /// Takes in that one of the other operations took place.
    pub(crate) fn follow_other(&mut self, action: &Action, when: Span, seen: Seen) {
        let user = user(self.context, action.user);
        let body =
            || serde_json::from_slice::<Value>(action.request.body.as_deref().unwrap_or_default()).unwrap_or_default();
        match action.operation {
            Operation::GetPresence | Operation::SetPresence => {}
            Operation::ClearPresence => {
                if let Some(application) = body()["sessionId"].as_str() {
                    self.model.clear(user, application, when, seen);
                }
            }
            Operation::SetUserPreferredPresence => {
                let body = body();
                let text = |name: &str| body[name].as_str().unwrap_or_default();
                if let Ok(presence) = Presence::named(text("availability"), text("activity")) {
                    let lasts = DurationText::read(text("expirationDuration")).amount();
                    let lasts = lasts.and_then(|amount| amount.to_duration());
                    self.model.prefer(user, presence, lasts, when, seen);
                }
            }
            Operation::ClearUserPreferredPresence => self.model.unprefer(user, when, seen),
        }
    }

    /// What a read of the action's user may show.
    pub(crate) fn permitted(&self, action: &Action, when: Span) -> Permitted {
        self.model.permitted(self.user(action.user), when)
    }

    /// The user that a slot of the plan became.
    pub(crate) fn user(&self, slot: UserSlot) -> &'f str {
        user(self.context, slot)
    }

    /// What the request presents, by meaning.
    pub(crate) fn presented(&self, action: &Action) -> Presented {
        let [header] = action.request.authorization.as_slice() else {
            let is_absent = action.request.authorization.is_empty();
            return Presented::Unusable(if is_absent { Unusable::Absent } else { Unusable::Several });
        };
        let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            let is_nothing = header.trim().is_empty() || header.trim() == "${token}";
            return Presented::Unusable(if is_nothing { Unusable::Unreadable } else { Unusable::OtherScheme });
        }
        if token.trim() != "${token}" {
            return Presented::Unusable(Unusable::Unreadable);
        }
        match self.caller(action.actor.as_deref().unwrap_or_default()) {
            Ok(caller) if scheme == "Bearer" => Presented::Good(caller),
            Ok(caller) => Presented::GoodInOddCase(caller),
            Err(unusable) => Presented::Unusable(unusable),
        }
    }

    /// Who a credential of that name is; the names are those of the fixtures.
    fn caller(&self, name: &str) -> Result<Caller, Unusable> {
        let credential = self.context.credentials.get(name);
        let id = credential.map(|credential| credential.application.clone()).unwrap_or_default();
        let delegated = |account, scope| {
            let user = credential.and_then(|credential| credential.user.clone());
            let user = user.or_else(|| self.context.users.first().cloned()).unwrap_or_default();
            Ok(Caller::Delegated { id: id.clone(), account, scope, user })
        };
        match name {
            "no_role" | "read_only" => Ok(Caller::Application { id, role: false }),
            "delegated_work" => delegated(Account::Work, true),
            "delegated_no_scope" => delegated(Account::Work, false),
            "delegated_personal" => delegated(Account::Personal, true),
            "expired" => Err(Unusable::Expired),
            "not_yet_valid" => Err(Unusable::NotYetValid),
            "wrong_audience" => Err(Unusable::WrongAudience),
            "bad_signature" => Err(Unusable::BadSignature),
            _ => Ok(Caller::Application { id, role: true }),
        }
    }
}

fn user(context: &Context, slot: UserSlot) -> &str {
    match slot {
        UserSlot::Pool(slot) => context.users.get(slot).map_or("", String::as_str),
        UserSlot::Unknown => "unknown",
    }
}

/// Where a plan's expectations and the model alone do not agree: the first of the suite's arms, without any target.
///
/// A fixture states what must be seen in its own words; so does the model. Either may be wrong, and then this says so.
#[must_use]
pub fn disagreements(plan: &Plan, context: &Context) -> Vec<String> {
    let mut follower = Follower::new(plan.profile, context);
    let mut found = Vec::new();
    for action in &plan.actions {
        let when = Span::at(Moment::START.later(action.at + Duration::from_secs(1)));
        let wanted = action.expect.as_ref().map(|expect| (&expect.wanted, expect.level.unwrap_or(Level::May)));
        let mut say =
            |what: String| found.push(format!("{} step {} ({}): {what}", plan.id, action.step, action.role.name()));
        if action.operation == Operation::GetPresence {
            if let Some((Wanted::Presences(wanted), level)) = wanted {
                let permitted = follower.permitted(action, when);
                let is_same = wanted.len() == permitted.presences.len()
                    && wanted.iter().all(|presence| permitted.presences.contains(presence));
                if level > Level::May && (permitted.anything || !is_same) {
                    say(format!("expects {wanted:?}, the model permits {permitted:?}"));
                }
            }
            continue;
        }
        if action.operation == Operation::SetPresence
            && let Some(problem) = disagreement(action.role, &follower.ruling(action), wanted)
        {
            say(problem);
        }
        let seen = match wanted {
            Some((Wanted::Refused { .. }, _)) => Seen::Refused,
            Some((Wanted::Either, _)) => Seen::Lost,
            _ => Seen::Accepted,
        };
        follower.follow(action, when, seen);
    }
    found
}

fn disagreement(role: Role, ruling: &Ruling, wanted: Option<(&Wanted, Level)>) -> Option<String> {
    let ruled = ruling.level();
    let agrees = match wanted {
        // A twin that may be refused makes its case inconclusive at worst, never a false alarm.
        None if role == Role::Twin => ruled <= Some(Level::May),
        None => ruled.is_none(),
        Some((Wanted::Accepted, Level::Must)) => ruled.is_none(),
        Some((Wanted::Accepted, _)) => ruled.is_none() || ruled == Some(Level::May),
        Some((Wanted::Refused { statuses, .. }, level)) => {
            let documented = ruling.statuses();
            ruled >= Some(level) && (statuses.is_empty() || statuses.iter().any(|status| documented.contains(status)))
        }
        Some((Wanted::Either, _)) => ruled == Some(Level::May),
        Some((Wanted::Presences(_), _)) => true,
    };
    (!agrees).then(|| format!("expects {wanted:?}, the model rules {ruling:?}"))
}
