//! From a request's head and body to what it asks for, or to the reason why it is refused.

use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use setpresence_core::model::PREFERRED_PAIRS;
use setpresence_core::spec::{
    AbsentExpiry, Activity, Availability, DurationText, Expiration, Head, Level, Presence, Problem, Reading, Rule,
};

use crate::faults::{Fault, Faults};
use crate::lenient;
use crate::members::Members;
use crate::misread::has_huge_number;
use crate::refusal::Refusal;
use crate::rules::Rules;
use crate::variants::Choice;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
/// What a session lasts where neither request nor profile says: what the later documentation says.
const UNSTATED: Duration = Duration::from_secs(5 * 60);
/// What careless readers look for in a Content-Type.
const JSON_TYPE: &[u8] = b"application/json";
const FOREVER: Duration = Duration::from_nanos(u64::MAX);

/// What a setPresence request asks for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The sessionId, unless the caller's own was left to be understood.
    pub(crate) session_id: Option<String>,
    pub(crate) presence: Presence,
    pub(crate) lasts: Duration,
    pub(crate) is_lasting_stated: bool,
}

/// Reads a setPresence request of this application.
pub(crate) fn set(headers: &HeaderMap, body: &[u8], application: &str, rules: &Rules) -> Result<Asked, Refusal> {
    refuse_head(headers, rules)?;
    let text = lenient::taken(body, application, rules);
    let reading = Reading::of(&head(headers, rules), &text, &rules.profile, rules.limits);
    if let Some(problem) = reading.problems.iter().find(|problem| !tolerates(problem, &reading.problems, rules)) {
        return Err(refused(problem, &text, rules));
    }
    if !rules.faults.is_empty() && stumbles(&text, rules) {
        return Err(Refusal::crash());
    }
    if rules.variants.has(Choice::LoneSurrogatesRefused) && Members::read(&text).is_none() {
        return Err(Refusal::undecodable());
    }
    let Some(request) = reading.request else { return Err(Refusal::unclear()) };
    let Some(presence) = request.presence else { return Err(Refusal::unclear()) };
    let stated = match request.expiration {
        Expiration::Absent => None,
        Expiration::After(lasts) => Some(lasts),
        Expiration::Unclear => Some(raw_duration(&text).ok_or_else(Refusal::unclear)?),
    };
    Ok(Asked {
        session_id: request.session_id.map(std::borrow::Cow::into_owned),
        presence: kept(presence, rules),
        lasts: lasting(stated, rules),
        is_lasting_stated: stated.is_some(),
    })
}

/// Checks the content type alone.
pub(crate) fn check_head(headers: &HeaderMap, rules: &Rules) -> Result<(), Refusal> {
    refuse_head(headers, rules)?;
    let problems = Reading::of(&head(headers, rules), b"{}", &rules.profile, rules.limits).problems;
    let is_of_head =
        |problem: &&Problem| problem.rule.statuses().contains(&415) && !tolerates(problem, &problems, rules);
    problems.iter().find(is_of_head).map_or(Ok(()), |problem| Err(refused(problem, b"{}", rules)))
}

/// The head as far as it bears on the body, with what faults make of it.
fn head<'h>(headers: &'h HeaderMap, rules: &Rules) -> Head<'h> {
    let faults = &rules.faults;
    let first = headers.get(CONTENT_TYPE).map(|value| value.as_bytes());
    let is_taken_for_json = !faults.is_empty()
        && (faults.has(Fault::ContentTypeUnchecked)
            || (faults.has(Fault::ContentTypeOptional) && first.is_none())
            || (faults.has(Fault::ContentTypeByPrefix)
                && first.is_some_and(|value| value.starts_with(b"application/")))
            || (faults.has(Fault::ContentTypeStartsWithJson)
                && first.is_some_and(|value| value.starts_with(JSON_TYPE)))
            || (faults.has(Fault::ContentTypeBySubstring)
                && first.is_some_and(|value| value.windows(JSON_TYPE.len()).any(|part| part == JSON_TYPE))));
    if is_taken_for_json {
        return Head::json();
    }
    let named = |name| headers.get_all(name).iter().map(|value| value.as_bytes());
    let types = named(&CONTENT_TYPE).map(|value| ("content-type", value));
    Head::of(types.chain(named(&CONTENT_ENCODING).map(|value| ("content-encoding", value))))
}

/// Whether a read asks for the very type that it gets, which only a fault insists on.
pub(crate) fn check_accept(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get("accept") {
        Some(value) if value.as_bytes() != JSON_TYPE => Err(Refusal::not_acceptable()),
        _ => Ok(()),
    }
}

/// Good heads that a fault takes offence at.
fn refuse_head(headers: &HeaderMap, rules: &Rules) -> Result<(), Refusal> {
    let faults = &rules.faults;
    if faults.is_empty() {
        return Ok(());
    }
    let content_type = headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let content_type = content_type.unwrap_or_default();
    let (essence, parameters) = content_type.split_once(';').unwrap_or((&content_type, ""));
    let has_charset = parameters.to_ascii_lowercase().contains("charset");
    let is_refused = (faults.has(Fault::CharsetRefused) && has_charset)
        || (faults.has(Fault::MediaTypeParameterRefused) && !parameters.trim().is_empty() && !has_charset)
        || (faults.has(Fault::MediaTypeCaseSensitive) && essence.bytes().any(|byte| byte.is_ascii_uppercase()));
    if is_refused {
        return Err(Refusal::content_type());
    }
    if faults.has(Fault::ChunkedRefused) && headers.contains_key("transfer-encoding") {
        return Err(Refusal::length_required());
    }
    let speaks_english = |value: &axum::http::HeaderValue| value.as_bytes().starts_with(b"en") || value == "*";
    if faults.has(Fault::AcceptLanguageRefused)
        && headers.get("accept-language").is_some_and(|value| !speaks_english(value))
    {
        return Err(Refusal::header(406, "Accept-Language"));
    }
    const KNOWN: [&str; 9] = [
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
        "user-agent",
    ];
    let unknown = headers.keys().find(|name| !KNOWN.contains(&name.as_str()) && !name.as_str().starts_with("content-"));
    match unknown.filter(|_| faults.has(Fault::UnknownHeaderRefused)) {
        Some(name) => Err(Refusal::header(400, name.as_str())),
        None => Ok(()),
    }
}

/// Whether a problem is one that this server overlooks; the documents must leave it the choice.
fn tolerates(problem: &Problem, all: &[Problem], rules: &Rules) -> bool {
    if problem.level > Level::May {
        return false;
    }
    let has = |choice| rules.variants.has(choice);
    match problem.rule {
        Rule::ContentTypeUncommon => has(Choice::UncommonTypesAccepted),
        Rule::ContentEncoded => has(Choice::ContentEncodingIgnored),
        Rule::LoneSurrogate => has(Choice::LoneSurrogatesAccepted),
        Rule::ByteOrderMark => !has(Choice::ByteOrderMarkRefused),
        Rule::Nesting => has(Choice::NestingAccepted),
        Rule::UnknownMember => {
            let is_annotation = problem.detail.contains('@');
            !(has(Choice::UnknownMembersRefused) || (is_annotation && has(Choice::AnnotationsRefused)))
        }
        Rule::SessionIdMissing => has(Choice::NullSessionAccepted),
        Rule::PairCase => has(Choice::PairCaseAccepted),
        Rule::DurationIso => has(Choice::IsoSpellingsAccepted),
        Rule::DurationCalendar => has(Choice::CalendarUnitsAccepted),
        Rule::DurationPlus => has(Choice::PlusSignAccepted),
        Rule::DurationClock => has(Choice::ClockTimeAccepted),
        Rule::DurationRange => {
            // Calendar units are out of the range by nature: who accepts them accepts that too.
            let is_calendar = all.iter().any(|other| other.rule == Rule::DurationCalendar);
            has(Choice::OutOfRangeAccepted) || (is_calendar && has(Choice::CalendarUnitsAccepted))
        }
        _ => false,
    }
}

/// The refusal for a problem, unless a fault stumbles over it.
fn refused(problem: &Problem, text: &[u8], rules: &Rules) -> Refusal {
    let (faults, variants) = (&rules.faults, &rules.variants);
    let refusal = Refusal::problem(problem);
    if !faults.is_empty() && (crash(problem, text).is_some_and(|fault| faults.has(fault)) || stumbles(text, rules)) {
        return Refusal::crash();
    }
    match refusal.status {
        _ if faults.has(Fault::RefusalIsSuccess) => refusal.with_status(200),
        _ if faults.has(Fault::RefusalIsUnprocessable) => refusal.with_status(422),
        _ if faults.has(Fault::RefusalIsNotFound) && problem.rule == Rule::PairUnsupported => refusal.with_status(404),
        415 if variants.has(Choice::ContentTypeBadRequest) => refusal.with_status(400),
        400 if variants.has(Choice::BlankSessionForbidden) && problem.rule == Rule::SessionIdBlank => {
            refusal.with_status(403)
        }
        _ => refusal,
    }
}

/// The fault that turns this problem into a crash.
fn crash(problem: &Problem, text: &[u8]) -> Option<Fault> {
    Some(match problem.rule {
        Rule::Empty => Fault::EmptyBodyCrashes,
        Rule::NotJson => Fault::BadJsonCrashes,
        Rule::NotUtf8 => Fault::BadTextCrashes,
        Rule::NotObject => Fault::NotAnObjectCrashes,
        Rule::Nesting => Fault::NestingCrashes,
        Rule::ContentTypeAbsent => Fault::NoContentTypeCrashes,
        Rule::AvailabilityMissing | Rule::ActivityMissing if problem.position.is_none() => Fault::AbsentMemberCrashes,
        Rule::SessionIdType | Rule::AvailabilityType | Rule::ActivityType | Rule::DurationType => {
            Fault::WrongTypeCrashes
        }
        Rule::PairUnsupported => {
            let members = Members::read(text)?;
            let (availability, activity) = (members.text("availability")?, members.text("activity")?);
            return Presence::named(availability, activity).is_err().then_some(Fault::UnknownNameCrashes);
        }
        Rule::DurationUnreadable => Fault::BadDurationCrashes,
        _ => return None,
    })
}

/// Whether a faulty server falls over something that this body has, be it good or bad.
fn stumbles(text: &[u8], rules: &Rules) -> bool {
    let faults = &rules.faults;
    if !faults.has_any(&[Fault::NullCrashes, Fault::HugeDurationCrashes, Fault::AbsentDurationCrashes]) {
        return false;
    }
    let Some(members) = Members::read(text) else { return false };
    let is_null = |name: &str| members.get(name).is_some_and(serde_json::Value::is_null);
    (faults.has(Fault::NullCrashes) && members.names().any(is_null))
        || (faults.has(Fault::HugeDurationCrashes) && members.text("expirationDuration").is_some_and(has_huge_number))
        || (faults.has(Fault::AbsentDurationCrashes) && members.get("expirationDuration").is_none())
}

/// The amount of a duration that only a lenient reader accepts.
fn raw_duration(text: &[u8]) -> Option<Duration> {
    let members = Members::read(text)?;
    DurationText::read(members.text("expirationDuration")?).amount()?.to_duration()
}

/// The pair that is kept of the pair that was given.
fn kept(presence: Presence, rules: &Rules) -> Presence {
    let faults = &rules.faults;
    if faults.has(Fault::ConferenceCallShownAsCall) && presence.activity == Activity::InAConferenceCall {
        return Presence::new(Availability::Busy, Activity::InACall);
    }
    if faults.has(Fault::ActivityNotKept) {
        let activity = Activity::named(presence.availability.name()).unwrap_or(presence.activity);
        return Presence::new(presence.availability, activity);
    }
    presence
}

/// How long the session lasts.
fn lasting(stated: Option<Duration>, rules: &Rules) -> Duration {
    let (faults, variants) = (&rules.faults, &rules.variants);
    if faults.has(Fault::ExpiryAlwaysFiveMinutes) {
        return 5 * MINUTE;
    }
    if faults.has(Fault::ExpiryAlwaysAnHour) {
        return HOUR;
    }
    if let Some(stated) = stated {
        return misjudged(stated, faults);
    }
    if faults.has(Fault::AbsentIsAnHour) {
        return HOUR;
    }
    if faults.has(Fault::AbsentIsForever) || faults.has(Fault::AbsentNeverFades) {
        return FOREVER;
    }
    if faults.has(Fault::AbsentIsGone) {
        return Duration::ZERO;
    }
    match rules.profile.absent_expiry {
        AbsentExpiry::After(lasts) => lasts,
        AbsentExpiry::Unstated if variants.has(Choice::AbsentIsAnHour) => HOUR,
        AbsentExpiry::Unstated if variants.has(Choice::AbsentIsFourHours) => 4 * HOUR,
        AbsentExpiry::Unstated if variants.has(Choice::AbsentIsAMinute) => MINUTE,
        AbsentExpiry::Unstated if variants.has(Choice::AbsentIsForever) => FOREVER,
        AbsentExpiry::Unstated => UNSTATED,
    }
}

/// A stated duration, as faults get it wrong.
fn misjudged(stated: Duration, faults: &Faults) -> Duration {
    if faults.has(Fault::ExpiryInMilliseconds) {
        return stated / 1000;
    }
    if faults.has(Fault::ExpiryRoundedToMinutes) {
        return MINUTE.saturating_mul(u32::try_from((stated + MINUTE / 2).as_secs() / 60).unwrap_or(u32::MAX));
    }
    stated
}

/// A request of another operation than setPresence: a JSON object, of a content type that is not foreign.
fn other(headers: &HeaderMap, body: &[u8], rules: &Rules) -> Result<Members, Refusal> {
    let reading = Reading::of(&head(headers, rules), b"{}", &rules.profile, rules.limits);
    if let Some(problem) = reading.problems.iter().find(|problem| problem.rule == Rule::ContentTypeForeign) {
        return Err(Refusal::problem(problem));
    }
    Members::read(body).ok_or_else(|| Refusal::other("the body is not a JSON object"))
}

/// The sessionId of a clearPresence request.
pub(crate) fn clear(headers: &HeaderMap, body: &[u8], rules: &Rules) -> Result<String, Refusal> {
    let members = other(headers, body, rules)?;
    let id = members.text("sessionId").ok_or_else(|| Refusal::other("`sessionId` is not a string"))?;
    Ok(id.to_owned())
}

/// The presence and the duration of a setUserPreferredPresence request.
pub(crate) fn prefer(headers: &HeaderMap, body: &[u8], rules: &Rules) -> Result<(Presence, Option<Duration>), Refusal> {
    use serde_json::Value;
    let members = other(headers, body, rules)?;
    let texts = members.text("availability").zip(members.text("activity"));
    let (availability, activity) = texts.ok_or_else(|| Refusal::other("`availability` and `activity` are strings"))?;
    let known: &[Presence] =
        if rules.faults.has(Fault::PreferredPairsOfSet) { rules.profile.pairs } else { &PREFERRED_PAIRS };
    let presence = Presence::named(availability, activity).ok().filter(|pair| known.contains(pair));
    let presence = presence.ok_or_else(|| Refusal::other("no user can prefer this availability with this activity"))?;
    let lasts = match members.get("expirationDuration") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(positive(text)?),
        Some(_) => return Err(Refusal::other("`expirationDuration` is not a string")),
    };
    if rules.faults.has(Fault::PreferredRangeChecked) && lasts > Some(rules.profile.expiration.1) {
        return Err(Refusal::other("`expirationDuration` is out of range"));
    }
    Ok((presence, lasts))
}

fn positive(text: &str) -> Result<Duration, Refusal> {
    let duration = DurationText::read(text);
    let amount = duration.amount().filter(|_| duration.deviations().is_empty());
    // What is positive but beyond all counting lasts as long as can be counted.
    let lasts = amount.filter(|amount| amount.is_positive()).map(|amount| amount.to_duration().unwrap_or(FOREVER));
    lasts.ok_or_else(|| Refusal::other("`expirationDuration` is not a positive duration"))
}

/// Whether the body of clearUserPreferredPresence will do: an object, or nothing at all.
pub(crate) fn clear_preferred(headers: &HeaderMap, body: &[u8], rules: &Rules) -> Result<(), Refusal> {
    if body.trim_ascii().is_empty() {
        return Ok(());
    }
    other(headers, body, rules).map(|_| ())
}
