//! What must, should or may happen to one setPresence call, and what it does where it is accepted.

use std::collections::BTreeSet;

use super::{Expiry, canonical};
use crate::spec::{
    AbsentExpiry, Account, Caller, Expiration, Level, Presence, Presented, Problem, Profile, Reading, Rule,
    SetPresence, Unusable, requirement,
};

/// One reason to refuse a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The requirement behind it.
    pub requirement: &'static str,
    /// How strongly the call is to be refused for it; with [`Level::May`] either is permitted.
    pub level: Level,
    /// The statuses that fit it.
    pub statuses: &'static [u16],
}

/// What an accepted call does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It sets the whole session of one application.
    Session {
        /// The application.
        application: String,
        /// What a fresh session shows; `None` where that may be anything.
        shown: Option<Presence>,
        /// When it ends.
        expiry: Expiry,
    },
    /// It changes nothing, as its method is a safe one.
    None,
    /// No document says: it may have done nothing, or anything to the session of one of these.
    Unknown {
        /// The applications whose session it may have set; if none is given, that of an unknown one.
        applications: Vec<String>,
    },
}

/// Every reason to refuse a call, and what it does where it is accepted all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// The reasons: of the credentials, of the path and method, of the request, of the sessionId.
    pub reasons: Vec<Reason>,
    /// What it does where it is accepted.
    pub effect: Effect,
}

impl Ruling {
    /// The level of the strongest reason; `None` where the call must be accepted.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.reasons.iter().map(|reason| reason.level).max()
    }

    /// The statuses with which a refusal should be answered; empty where none is documented.
    ///
    /// Checks come in any order, but for credentials that cannot be used: those come before the body, so nothing that is
    /// wrong with that counts beside them.
    #[must_use]
    pub fn statuses(&self) -> BTreeSet<u16> {
        let binding = || self.reasons.iter().filter(|reason| reason.level >= Level::Should);
        let is_unusable = binding().any(|reason| UNUSABLE.contains(&reason.requirement));
        let counts =
            |requirement| !is_unusable || UNUSABLE.contains(&requirement) || BEFORE_THE_BODY.contains(&requirement);
        binding().filter(|reason| counts(reason.requirement)).flat_map(|reason| reason.statuses).copied().collect()
    }
}

/// The requirements that speak of what is seen without the body: these may be checked before the credentials.
const BEFORE_THE_BODY: [&str; 3] = [requirement::UNKNOWN_USER, requirement::METHOD, requirement::CONTENT_TYPE];

/// The requirements that speak of credentials which are no use at all.
pub(crate) const UNUSABLE: [&str; 8] = [
    requirement::TOKEN_REQUIRED,
    requirement::TOKEN_READABLE,
    requirement::TOKEN_EXPIRED,
    requirement::TOKEN_NOT_YET_VALID,
    requirement::TOKEN_AUDIENCE,
    requirement::TOKEN_SIGNATURE,
    requirement::SCHEME,
    requirement::ONE_AUTHORIZATION,
];

const UNAUTHORIZED: &[u16] = &[401];
const FORBIDDEN: &[u16] = &[401, 403];

/// One setPresence call, as far as it decides anything.
#[derive(Clone, Debug)]
pub struct SetCall<'c> {
    /// The credentials.
    pub presented: &'c Presented,
    /// The user whom the path names.
    pub user: &'c str,
    /// Whether the target knows that user.
    pub is_known_user: bool,
    /// Whether the path is spelled as documented.
    pub is_plain_path: bool,
    /// The method; only `POST` is documented.
    pub method: &'c str,
    /// What the profile says of headers and body.
    pub reading: &'c Reading<'c>,
}

/// Holds a call against a profile.
#[must_use]
pub fn rule_set(profile: &Profile, call: &SetCall<'_>) -> Ruling {
    let mut reasons = credential_reasons(profile, call);
    if !call.is_known_user {
        reasons.push(Reason { requirement: requirement::UNKNOWN_USER, level: Level::Should, statuses: &[404] });
    }
    if call.method != "POST" {
        let is_common = matches!(call.method, "HEAD" | "OPTIONS");
        let level = if is_common { Level::May } else { Level::Should };
        reasons.push(Reason { requirement: requirement::METHOD, level, statuses: &[405] });
    }
    if !call.is_plain_path {
        reasons.push(Reason { requirement: requirement::PATH_SPELLING, level: Level::May, statuses: &[400, 404, 405] });
    }
    let reading = call.reading;
    reasons.extend(reading.problems.iter().map(reason_of));
    let caller = match call.presented {
        Presented::Good(caller) | Presented::GoodInOddCase(caller) => Some(caller),
        Presented::Unusable(_) => None,
    };
    let is_blank = reading.problems.iter().any(|problem| problem.rule == Rule::SessionIdBlank);
    if let (Some(caller), Some(request), false) = (caller, &reading.request, is_blank) {
        reasons.extend(session_reason(caller, request));
    }
    Ruling { reasons, effect: effect(profile, call, caller, reading.request.as_ref()) }
}

fn reason_of(problem: &Problem) -> Reason {
    Reason { requirement: problem.rule.requirement(), level: problem.level, statuses: problem.rule.statuses() }
}

fn credential_reasons(profile: &Profile, call: &SetCall<'_>) -> Vec<Reason> {
    match call.presented {
        Presented::Good(caller) => caller_reasons(profile, caller, call.user),
        Presented::GoodInOddCase(caller) => {
            // That it is accepted is only a should, so a refusal breaks no must.
            let odd = Reason { requirement: requirement::SCHEME_CASE, level: Level::May, statuses: UNAUTHORIZED };
            let mut reasons = vec![odd];
            reasons.extend(caller_reasons(profile, caller, call.user));
            reasons
        }
        Presented::Unusable(unusable) => vec![unusable_reason(*unusable)],
    }
}

fn unusable_reason(unusable: Unusable) -> Reason {
    let requirement = match unusable {
        Unusable::Several => {
            let statuses = &[400, 401];
            return Reason { requirement: requirement::ONE_AUTHORIZATION, level: Level::Should, statuses };
        }
        Unusable::Absent => requirement::TOKEN_REQUIRED,
        Unusable::Unreadable => requirement::TOKEN_READABLE,
        Unusable::Expired => requirement::TOKEN_EXPIRED,
        Unusable::NotYetValid => requirement::TOKEN_NOT_YET_VALID,
        Unusable::WrongAudience => requirement::TOKEN_AUDIENCE,
        Unusable::BadSignature => requirement::TOKEN_SIGNATURE,
        Unusable::OtherScheme => requirement::SCHEME,
    };
    Reason { requirement, level: Level::Must, statuses: UNAUTHORIZED }
}

fn caller_reasons(profile: &Profile, caller: &Caller, callee: &str) -> Vec<Reason> {
    let must = |requirement| Reason { requirement, level: Level::Must, statuses: FORBIDDEN };
    match caller {
        Caller::Application { role: true, .. } => Vec::new(),
        Caller::Application { role: false, .. } => vec![must(requirement::ROLE_REQUIRED)],
        Caller::Delegated { account: Account::Personal, .. } => vec![must(requirement::DELEGATED_PERSONAL)],
        Caller::Delegated { .. } if !profile.delegated_work => vec![must(requirement::DELEGATED_WORK_UNSUPPORTED)],
        Caller::Delegated { scope, user, .. } => {
            let mut reasons = Vec::new();
            if !scope {
                reasons.push(must(requirement::DELEGATED_SCOPE));
            }
            if user != callee {
                // Whether letter case tells two GUIDs apart is not stated.
                let level = if canonical(user) == canonical(callee) { Level::May } else { Level::Must };
                reasons.push(Reason { level, ..must(requirement::DELEGATED_OTHER_USER) });
            }
            reasons
        }
    }
}

fn session_reason(caller: &Caller, request: &SetPresence<'_>) -> Option<Reason> {
    let id = request.session_id.as_deref().filter(|id| *id != caller.application())?;
    // Of an ambiguous request another reader may see another sessionId.
    let is_open = request.is_ambiguous || canonical(id) == canonical(caller.application());
    let level = if is_open { Level::May } else { Level::Should };
    Some(Reason { requirement: requirement::SESSION_ID_OWN, level, statuses: &[400, 403] })
}

fn effect(profile: &Profile, call: &SetCall<'_>, caller: Option<&Caller>, request: Option<&SetPresence<'_>>) -> Effect {
    if matches!(call.method, "GET" | "HEAD" | "OPTIONS") {
        return Effect::None;
    }
    let own = caller.map(Caller::application);
    let named = request.and_then(|request| request.session_id.as_deref());
    if let (Some(own), Some(request)) = (own, request)
        && call.method == "POST"
        && call.is_plain_path
        && named == Some(own)
        && !request.is_ambiguous
    {
        let (shortest, longest) = profile.expiration;
        let expiry = match (request.expiration, profile.absent_expiry) {
            // Whoever accepts what is out of range may keep to it, to the nearest end of the range, or to nothing.
            (Expiration::After(lasts), _) if lasts < shortest || lasts > longest => Expiry::Anything,
            (Expiration::After(lasts), _) | (Expiration::Absent, AbsentExpiry::After(lasts)) => Expiry::After(lasts),
            (Expiration::Absent, AbsentExpiry::Unstated) => Expiry::Unstated,
            (Expiration::Unclear, _) => Expiry::Anything,
        };
        // A pair that should never have been accepted is ambiguous: nothing says what it shows, or how it ranks.
        return Effect::Session { application: canonical(own), shown: request.presence, expiry };
    }
    let applications: BTreeSet<_> = own.into_iter().chain(named).map(canonical).collect();
    Effect::Unknown { applications: applications.into_iter().collect() }
}
