//! Bodies as faulty or lenient readers take them: rewritten into what the one real reader then reads.
//!
//! So there is one reader only, and each fault is a line that says what the body is taken for.

use std::borrow::Cow;

use serde_json::Value;
use setpresence_core::spec::{Activity, Availability, Member};

use crate::faults::{Fault, Faults};
use crate::jsonish;
use crate::members::{Members, Which};
use crate::misread::{Taken, misread};
use crate::rules::Rules;
use crate::variants::Choice;

const SESSION: &str = Member::SessionId.name();
const AVAILABILITY: &str = Member::Availability.name();
const ACTIVITY: &str = Member::Activity.name();
const DURATION: &str = Member::ExpirationDuration.name();

/// What this body, sent by this application, is taken for.
pub(crate) fn taken<'b>(body: &'b [u8], application: &str, rules: &Rules) -> Cow<'b, [u8]> {
    if rules.faults.is_empty() && rules.variants.is_empty() {
        return Cow::Borrowed(body);
    }
    let text = jsonish::tidied(body, application, &rules.faults);
    let Some(before) = Members::read(&text) else { return text };
    let mut members = before.clone();
    named(&mut members, rules);
    session(&mut members, application, &rules.faults);
    pair(&mut members, rules);
    duration(&mut members, rules);
    if members == before { text } else { Cow::Owned(members.write()) }
}

/// Names: letter case, duplicates, order.
fn named(members: &mut Members, rules: &Rules) {
    let documented =
        |name: &str| Member::ALL.into_iter().map(Member::name).find(|known| known.eq_ignore_ascii_case(name));
    if rules.variants.has(Choice::MemberCaseAccepted) {
        members.rename(|name| Some(documented(name).unwrap_or(name).to_owned()));
    } else if rules.variants.has(Choice::MemberCaseIgnored) {
        members.rename(|name| documented(name).is_none_or(|known| known == name).then(|| name.to_owned()));
    }
    if rules.variants.has(Choice::DuplicatesFirst) {
        members.keep_one(Which::First);
    } else if rules.variants.has(Choice::DuplicatesLast) {
        members.keep_one(Which::Last);
    }
    if rules.faults.has(Fault::MemberOrderMatters) {
        let place = |name: &str| Member::ALL.iter().position(|member| member.name() == name);
        let places: Vec<_> = members.names().filter_map(place).collect();
        if !places.is_sorted() {
            members.remove(SESSION);
        }
    }
}

/// The sessionId: what is taken for the caller's own.
fn session(members: &mut Members, application: &str, faults: &Faults) {
    let is_own = match members.get(SESSION) {
        None => faults.has(Fault::SessionIdAbsentAccepted),
        Some(Value::Null) => faults.has(Fault::SessionIdNullAccepted),
        Some(Value::String(id)) => {
            faults.has(Fault::SessionIdUnchecked)
                || (faults.has(Fault::SessionIdTrimmed) && id.trim().eq_ignore_ascii_case(application))
                || (faults.has(Fault::SessionIdByPrefix) && id.starts_with(application))
                || (faults.has(Fault::SessionIdEmptyAccepted) && id.is_empty())
        }
        Some(_) => faults.has(Fault::SessionIdTypeUnchecked),
    };
    if is_own {
        members.set(SESSION, application);
    }
}

/// Availability and activity: what is filled in, converted, trimmed or swapped.
fn pair(members: &mut Members, rules: &Rules) {
    let faults = &rules.faults;
    for (name, absent, null, kind) in [
        (
            AVAILABILITY,
            Fault::AvailabilityAbsentAccepted,
            Fault::AvailabilityNullAccepted,
            Fault::AvailabilityTypeUnchecked,
        ),
        (ACTIVITY, Fault::ActivityAbsentAccepted, Fault::ActivityNullAccepted, Fault::ActivityTypeUnchecked),
    ] {
        if let Some(text) = members.get(name).and_then(|value| converted(name, value, faults)) {
            members.set(name, text);
        }
        let is_filled_in = match members.get(name) {
            None => faults.has(absent),
            Some(Value::Null) => faults.has(null),
            Some(Value::String(_)) => false,
            Some(_) => faults.has(kind),
        };
        if is_filled_in {
            members.set(name, counterpart(name, members, rules));
        }
    }
    let (Some(availability), Some(activity)) = (members.text(AVAILABILITY), members.text(ACTIVITY)) else { return };
    let (availability, activity) = (availability.to_owned(), activity.to_owned());
    if faults.has(Fault::ValueAsActivity) && is_pair(&activity, &availability, rules) {
        members.set(AVAILABILITY, activity.as_str());
        members.set(ACTIVITY, availability.as_str());
    }
    let is_known = Availability::named(&availability).is_some() && Activity::named(&activity).is_some();
    if faults.has(Fault::UnknownNames) && !is_known {
        members.set(AVAILABILITY, Availability::PresenceUnknown.name());
        members.set(ACTIVITY, Activity::PresenceUnknown.name());
    }
}

fn is_pair(availability: &str, activity: &str, rules: &Rules) -> bool {
    rules.profile.pairs.iter().any(|pair| pair.availability.name() == availability && pair.activity.name() == activity)
}

/// What a value of another kind or form is taken for.
fn converted(name: &str, value: &Value, faults: &Faults) -> Option<String> {
    match value {
        Value::String(text) if faults.has(Fault::ValuesTrimmed) => Some(text.trim().to_owned()),
        Value::Number(number) if faults.has(Fault::NumbersAsNames) => {
            let place = usize::try_from(number.as_u64()?).ok()?;
            // Where the number is no place of the table, a careless table starts over.
            let (availability, activity) =
                ([Availability::Available, Availability::Busy], [Activity::Available, Activity::InACall]);
            let one = if name == AVAILABILITY { availability[place % 2].name() } else { activity[place % 2].name() };
            Some(one.to_owned())
        }
        Value::Array(items) if faults.has(Fault::ArrayOfOneUnwrapped) => match items.as_slice() {
            [Value::String(text)] => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// The name that goes with the other member's.
fn counterpart(name: &str, members: &Members, rules: &Rules) -> &'static str {
    let pairs = rules.profile.pairs;
    let found = if name == AVAILABILITY {
        pairs
            .iter()
            .find(|pair| members.text(ACTIVITY) == Some(pair.activity.name()))
            .map(|pair| pair.availability.name())
    } else {
        pairs
            .iter()
            .find(|pair| members.text(AVAILABILITY) == Some(pair.availability.name()))
            .map(|pair| pair.activity.name())
    };
    found.unwrap_or("Available")
}

/// The expirationDuration: what a text or another value is taken for.
fn duration(members: &mut Members, rules: &Rules) {
    let faults = &rules.faults;
    let seconds = |value: &Value, unit: u64| value.as_u64().map(|number| format!("PT{}S", number.saturating_mul(unit)));
    let taken = match members.get(DURATION) {
        None if faults.has(Fault::AbsentRefused) => Some(Taken::As("?".into())),
        Some(Value::Null) if faults.has(Fault::NullRefused) => Some(Taken::As("?".into())),
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => match misread(text, rules) {
            Taken::Absent => Some(Taken::Absent),
            Taken::As(other) => Some(Taken::As(other.into_owned().into())),
        },
        Some(value @ Value::Number(_)) if faults.has(Fault::DurationNumberAsSeconds) => {
            seconds(value, 1).map(|text| Taken::As(text.into()))
        }
        Some(value @ Value::Number(_)) if faults.has(Fault::DurationNumberAsMinutes) => {
            seconds(value, 60).map(|text| Taken::As(text.into()))
        }
        Some(_) if faults.has(Fault::DurationTypeIgnored) => Some(Taken::Absent),
        Some(_) if faults.has(Fault::DurationIgnored) => Some(Taken::As("PT1H".into())),
        Some(_) => None,
    };
    match taken {
        Some(Taken::As(text)) => members.set(DURATION, text.into_owned()),
        Some(Taken::Absent) => members.remove(DURATION),
        None => {}
    }
}
