//! Refused calls that change something all the same, as they do where checks come after the work.

use std::time::Duration;

use axum::http::HeaderMap;
use setpresence_core::moment::Moment;
use setpresence_core::spec::{Activity, Availability, DurationText, Presence, Rule, Unusable};

use crate::credentials::Gate;
use crate::faults::Fault;
use crate::members::Members;
use crate::refusal::Cause;
use crate::rules::Rules;
use crate::session::Call;
use crate::state::{Disturbance, State, UserKey};

/// How long a session lasts whose duration was not read.
const LASTS: Duration = Duration::from_secs(60 * 60);

/// A refused setPresence call, as far as its parts were looked at.
#[derive(Debug)]
pub(crate) struct Refused<'r> {
    pub(crate) cause: Cause,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) body: &'r [u8],
    /// The caller's application, if there is a caller.
    pub(crate) application: Option<&'r str>,
    pub(crate) user: Option<UserKey>,
    pub(crate) now: Moment,
}

/// Does what a refused call must not do, if a fault says so.
pub(crate) fn happen(refused: &Refused<'_>, state: &State, rules: &Rules) {
    let Some(user) = refused.user else { return };
    let claimed = Gate::claimed_application(refused.headers);
    let Some(application) = refused.application.or(claimed.as_deref()) else { return };
    if let Some(disturbance) = disturbance(refused, rules) {
        state.disturb(user, application, refused.now, rules, disturbance);
    }
    if let Some(call) = stored(refused, application, rules) {
        state.set(user, call, rules);
    }
}

fn disturbance(refused: &Refused<'_>, rules: &Rules) -> Option<Disturbance> {
    let faults = &rules.faults;
    let Cause::Request(rule) = refused.cause else { return None };
    if faults.has(Fault::RefusedRenews) {
        return Some(Disturbance::Renew);
    }
    if faults.has(Fault::RefusedEndsSession) {
        return Some(Disturbance::End);
    }
    if faults.has(Fault::RefusedDurationApplied) && rule == Rule::PairUnsupported {
        return duration(&Members::read(refused.body)?).map(Disturbance::Expire);
    }
    None
}

/// What a refused call stores.
fn stored(refused: &Refused<'_>, application: &str, rules: &Rules) -> Option<Call> {
    let faults = &rules.faults;
    let members = Members::read(refused.body)?;
    let given = || Presence::named(members.text("availability")?, members.text("activity")?).ok();
    let supported = || given().filter(|pair| rules.profile.accepts(*pair));
    let session_id = members.text("sessionId");
    let (presence, application) = match refused.cause {
        Cause::Request(rule) if is_about_duration(rule) && faults.has(Fault::StoresBeforeDuration) => {
            (supported()?, application)
        }
        Cause::Request(Rule::PairUnsupported) if faults.has(Fault::StoresBeforePair) => (given()?, application),
        Cause::Request(Rule::PairUnsupported) if faults.has(Fault::StoresAvailability) => {
            (of_availability(Availability::named(members.text("availability")?)?, rules)?, application)
        }
        Cause::Request(Rule::ContentTypeAbsent | Rule::ContentTypeForeign)
            if faults.has(Fault::StoresBeforeContentType) =>
        {
            (supported()?, application)
        }
        Cause::Session if faults.has(Fault::StoresBeforeSession) => (supported()?, session_id?),
        Cause::Permission(_) if faults.has(Fault::StoresBeforeRole) => (supported()?, application),
        Cause::Credentials(
            Unusable::Expired | Unusable::NotYetValid | Unusable::WrongAudience | Unusable::BadSignature,
        ) if faults.has(Fault::StoresBeforeToken) => (supported()?, application),
        _ => return None,
    };
    Some(Call {
        application: application.into(),
        presence,
        lasts: duration(&members).unwrap_or(LASTS),
        is_lasting_stated: true,
        at: refused.now,
    })
}

const fn is_about_duration(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::DurationType
            | Rule::DurationUnreadable
            | Rule::DurationSloppy
            | Rule::DurationIso
            | Rule::DurationCalendar
            | Rule::DurationPositive
            | Rule::DurationRange
    )
}

/// An availability with the first activity that goes with it.
fn of_availability(availability: Availability, rules: &Rules) -> Option<Presence> {
    rules
        .profile
        .pairs
        .iter()
        .copied()
        .find(|pair| pair.availability == availability)
        // A careless service stores it with whatever activity has the same name.
        .or_else(|| Activity::named(availability.name()).map(|activity| Presence::new(availability, activity)))
}

fn duration(members: &Members) -> Option<Duration> {
    DurationText::read(members.text("expirationDuration")?).amount()?.to_duration()
}
