//! A sequence sent to something that answers at once: a function, or a service behind one.

use std::time::Duration;

use super::examine::Examiner;
use super::ground::Ground;
use super::sequence::Sequence;
use super::witness::Witness;
use crate::event::{Answer, Observation, Outcome};
use crate::judge::{Class, Context, Divergence, Slack};
use crate::moment::{Moment, Span};
use crate::plan::{Abilities, Action, UserSlot};
use crate::spec::Level;

/// A request as it goes over the wire, tokens filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// The method.
    pub method: String,
    /// The path below the base URL.
    pub path: String,
    /// Every header, in order.
    pub headers: Vec<(String, String)>,
    /// The body; empty where there is none.
    pub body: Vec<u8>,
}

/// Something that answers requests, and whose clock can be moved.
pub trait Endpoint {
    /// The answer to a request, or why there is none.
    fn call(&mut self, request: Wire) -> Outcome;
    /// Moves the clock ahead.
    fn advance(&mut self, by: Duration);
    /// The token of a credential, with this user signed in where one is; nothing where there is no such credential.
    fn token(&self, credential: &str, user: &str) -> Option<String>;
    /// The id of a user that does not exist.
    fn unknown_user(&self) -> &str;
}

/// What came of a sequence.
#[derive(Clone, Debug, Default)]
pub struct Driven {
    /// What no permitted behaviour explains.
    pub divergences: Vec<Divergence>,
    /// What was seen, in order.
    pub observations: Vec<Observation>,
}

/// Sends a sequence, from this moment on, and holds each answer against the model.
pub fn drive(
    sequence: &Sequence,
    users: &[String],
    endpoint: &mut impl Endpoint,
    examiner: &mut Examiner<'_>,
    now: &mut Moment,
) -> Driven {
    let mut driven = Driven::default();
    for (place, one) in sequence.moves().iter().enumerate() {
        if !one.wait.is_zero() {
            endpoint.advance(one.wait);
            *now = now.later(one.wait);
        }
        let outcome = match wire(&one.action, users, endpoint) {
            Some((request, token)) => masked(endpoint.call(request), token.as_deref()),
            None => continue,
        };
        let observation = Observation { span: Span::at(*now), outcome };
        driven.divergences.extend(examiner.examine(place, &one.action, &observation));
        driven.observations.push(observation);
    }
    driven
}

fn wire(action: &Action, users: &[String], endpoint: &impl Endpoint) -> Option<(Wire, Option<String>)> {
    let user = match action.user {
        UserSlot::Pool(slot) => users.get(slot)?.as_str(),
        UserSlot::Unknown => endpoint.unknown_user(),
    };
    let request = &action.request;
    let owner = users.first().map_or("", String::as_str);
    let is_needed = |text: &String| text.contains("${token}");
    let wants_token =
        request.authorization.iter().any(is_needed) || request.headers.iter().any(|(_, value)| is_needed(value));
    let token = match action.actor.as_deref().filter(|_| wants_token) {
        Some(actor) => Some(endpoint.token(actor, owner)?),
        None => None,
    };
    let fill = |text: &str| text.replace("${token}", token.as_deref().unwrap_or_default()).replace("${user}", user);
    let mut headers = Vec::with_capacity(request.headers.len() + 2);
    headers.extend(request.authorization.iter().map(|value| ("authorization".to_owned(), fill(value))));
    headers.extend(request.headers.iter().map(|(name, value)| (name.clone(), fill(value))));
    if request.is_chunked {
        headers.push(("transfer-encoding".to_owned(), "chunked".to_owned()));
    }
    let wire = Wire {
        method: request.method.clone(),
        path: request.path.replace("${user}", user),
        headers,
        body: request.body.as_deref().map_or_else(Vec::new, <[u8]>::to_vec),
    };
    Some((wire, token))
}

/// Says whether the answer holds the token, and takes it out.
fn masked(outcome: Outcome, token: Option<&str>) -> Outcome {
    let Outcome::Answer(mut answer) = outcome else { return outcome };
    let Some(token) = token.filter(|token| !token.is_empty()) else { return Outcome::Answer(answer) };
    let is_echoed =
        |answer: &Answer| answer.body.contains(token) || answer.headers.iter().any(|(_, value)| value.contains(token));
    if is_echoed(&answer) {
        answer.echoes_token = true;
        answer.body = answer.body.replace(token, "<token>");
        for (_, value) in &mut answer.headers {
            *value = value.replace(token, "<token>");
        }
    }
    Outcome::Answer(answer)
}

/// The kind of a finding: of all that show the same, one is enough.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// The class of the divergence.
    pub class: Class,
    /// The requirement that is broken.
    pub requirement: String,
    /// How strongly.
    pub level: Level,
}

impl Kind {
    /// The kind of a divergence.
    #[must_use]
    pub fn of(divergence: &Divergence) -> Self {
        Self { class: divergence.class, requirement: divergence.requirement.clone(), level: divergence.level }
    }

    /// Whether a divergence shows the same.
    ///
    /// What shows more strongly with less in the way is the same: a wrong read counts for less after a call was refused
    /// that may have brought it about. Which requirement the refusal of a valid request breaks is only known when nothing about the request is
    /// unusual but what matters, so of such the class is enough.
    #[must_use]
    pub fn is_shown_by(&self, divergence: &Divergence) -> bool {
        self.class == divergence.class
            && self.level <= divergence.level
            && (self.class == Class::RefusedValid || self.requirement == divergence.requirement)
    }
}

/// Sends the sequence that these bytes make and tells the first thing that is wrong, if anything is: an implementation
/// of one's own under libFuzzer. Hand in one that nobody used before.
///
/// ```no_run
/// # use setpresence_core::explore::{Endpoint, check_bytes};
/// # use setpresence_core::plan::Abilities;
/// # fn fuzz(bytes: &[u8], abilities: &Abilities, users: &[String], mut server: impl Endpoint) {
/// if let Some(finding) = check_bytes(bytes, abilities, users, &mut server) {
///     panic!("{finding}");
/// }
/// # }
/// ```
#[must_use]
pub fn check_bytes(
    bytes: &[u8],
    abilities: &Abilities,
    users: &[String],
    endpoint: &mut impl Endpoint,
) -> Option<String> {
    let sequence = Sequence::read(bytes, &Ground::of(abilities));
    let context = Context {
        users: users.to_vec(),
        credentials: abilities.credentials.clone(),
        slack: Slack::default(),
        interrupted: None,
    };
    let mut examiner = Examiner::new(abilities.profile, &context);
    let mut now = Moment::START;
    let driven = drive(&sequence, users, endpoint, &mut examiner, &mut now);
    let divergence = driven.divergences.into_iter().next()?;
    let target = "the implementation in this process";
    let profile = abilities.profile.name;
    let cut = Sequence::of(sequence.moves()[..=divergence.exchange].to_vec());
    let witness = Witness { sequence: &cut, divergence: &divergence, target, profile, commands: &[], rate: None };
    Some(format!("{}: {}\n{}", divergence.class.name(), divergence.requirement, witness.text(abilities)))
}
