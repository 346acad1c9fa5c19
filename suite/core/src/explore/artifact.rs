//! What the fuzz targets read off bytes that is no sequence of requests, as requests all the same: so that what libFuzzer
//! left of them is tried on any target, and both read the bytes with the same code.

use std::time::Duration;

use super::body::Draft;
use super::choices::Choices;
use super::ground::{APPLICATIONS, Ground};
use super::sequence::{Move, Sequence, action};
use crate::plan::{Action, UserSlot};
use crate::spec::{DurationText, Operation, Presence, Profile};

const METHODS: [&str; 7] = ["POST", "GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
/// How many bytes of a path are chosen one by one at most.
const TAIL_MOST: usize = 64;

/// Where a request of `http_request` goes, below the version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A user's setPresence.
    SetPresence,
    /// A user's presence.
    Presence,
    /// The setPresence of whoever this percent-encoded text names.
    SetPresenceOf(String),
    /// This percent-encoded text.
    Elsewhere(String),
}

impl Place {
    /// The path, with this for the user.
    #[must_use]
    pub fn path(&self, user: &str) -> String {
        match self {
            Self::SetPresence => format!("/users/{user}/presence/setPresence"),
            Self::Presence => format!("/users/{user}/presence"),
            Self::SetPresenceOf(tail) => format!("/users/{tail}/presence/setPresence"),
            Self::Elsewhere(tail) => format!("/{tail}"),
        }
    }
}

/// A request as the fuzz target `http_request` reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneRequest<'b> {
    /// The profile of the server that it goes to.
    pub profile: &'static Profile,
    /// The method.
    pub method: &'static str,
    /// Where it goes.
    pub place: Place,
    /// Whether the token of `app` is presented.
    pub has_token: bool,
    /// Whether a content type is named, which is JSON.
    pub has_type: bool,
    /// The body.
    pub body: &'b [u8],
}

impl<'b> OneRequest<'b> {
    /// The request that these bytes choose.
    #[must_use]
    pub fn read(bytes: &'b [u8]) -> Self {
        let mut choices = Choices::new(bytes);
        let profile = Profile::ALL[usize::from(choices.byte()) % Profile::ALL.len()];
        let method = choices.text(&METHODS);
        let n = choices.below(TAIL_MOST);
        let tail: String = choices.bytes(n).iter().map(|byte| format!("%{byte:02x}")).collect();
        let place = match choices.below(4) {
            0 => Place::SetPresence,
            1 => Place::Presence,
            2 => Place::SetPresenceOf(tail),
            _ => Place::Elsewhere(tail),
        };
        let (has_token, has_type) = (choices.odds(3, 4), choices.odds(3, 4));
        Self { profile, method, place, has_token, has_type, body: choices.bytes(usize::MAX) }
    }
}

/// Three applications and the reads after their calls, as the fuzz target `model` reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// What each application sets, and for how long: `app`, `app_b` and `app_c`.
    pub sets: [(Presence, Duration); 3],
    /// The other order in which they may call: that of their calls must not show.
    pub order: [usize; 3],
    /// When is read, each later than the one before.
    pub reads: Vec<Duration>,
}

impl Story {
    /// The profile whose pairs are set.
    pub const PROFILE: &'static Profile = Profile::V1_0;

    /// The story that these bytes choose.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let mut choices = Choices::new(bytes);
        let sets = [(); 3].map(|()| {
            let presence = choices.pick(Self::PROFILE.pairs).copied().unwrap_or(Presence::AVAILABLE);
            (presence, Duration::from_secs(300 + 60 * choices.below(236) as u64))
        });
        let order = if choices.odds(1, 2) { [0, 1, 2] } else { [2, 0, 1] };
        let (mut seconds, mut reads) = (1, Vec::new());
        while !choices.is_spent() {
            seconds += 1 + choices.below(2000) as u64;
            reads.push(Duration::from_secs(seconds));
        }
        Self { sets, order, reads }
    }
}

impl Sequence {
    /// What the fuzz target `http_request` sends, to a user of the target's own.
    #[must_use]
    pub fn of_request(bytes: &[u8], ground: &Ground) -> Self {
        let OneRequest { method, place, has_token, has_type, body, .. } = OneRequest::read(bytes);
        let operation = if place == Place::Presence { Operation::GetPresence } else { Operation::SetPresence };
        let body = (!body.is_empty()).then(|| body.to_vec());
        let mut made = action(ground, operation, has_token.then_some("app"), UserSlot::Pool(0), body);
        let request = &mut made.request;
        request.is_other_method = method != request.method;
        method.clone_into(&mut request.method);
        if matches!(place, Place::SetPresenceOf(_) | Place::Elsewhere(_)) {
            request.path = place.path("${user}");
            request.is_other_path = true;
        }
        request.headers.clear();
        if has_type {
            request.headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        Self::of(vec![at_once(made)])
    }

    /// A call that is plain but for its expirationDuration, the text that the fuzz target `duration` reads, and a read.
    #[must_use]
    pub fn of_duration(bytes: &[u8], ground: &Ground) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut moves = vec![at_once(set(ground, APPLICATIONS[0], Presence::AVAILABLE, &text))];
        moves.extend(ground.has(Operation::GetPresence).then(|| at_once(read(ground))));
        Self::of(moves)
    }

    /// What the fuzz target `model` asks of the model: the calls of three applications in its other order, and its reads.
    /// Nothing where the target has no three applications, or no reads.
    #[must_use]
    pub fn of_story(bytes: &[u8], ground: &Ground) -> Option<Self> {
        if ground.applications.len() < APPLICATIONS.len() || !ground.has(Operation::GetPresence) {
            return None;
        }
        let Story { sets, order, reads } = Story::read(bytes);
        let mut moves: Vec<Move> = order
            .iter()
            .map(|place| {
                let (presence, lasts) = sets[*place];
                at_once(set(ground, APPLICATIONS[*place], presence, &DurationText::canonical(lasts)))
            })
            .collect();
        let mut before = Duration::ZERO;
        for at in reads {
            moves.push(Move { wait: at - before, action: read(ground) });
            before = at;
        }
        Some(Self::of(moves))
    }
}

const fn at_once(action: Action) -> Move {
    Move { wait: Duration::ZERO, action }
}

fn set(ground: &Ground, application: &str, presence: Presence, lasts: &str) -> Action {
    let (availability, activity) = (presence.availability.name(), presence.activity.name());
    let body = Draft::new(ground.id(application), availability, activity, Some(lasts)).write();
    action(ground, Operation::SetPresence, Some(application), UserSlot::Pool(0), Some(body))
}

fn read(ground: &Ground) -> Action {
    action(ground, Operation::GetPresence, Some("reader"), UserSlot::Pool(0), None)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;
    use crate::plan::{Abilities, Adapter, Credential};

    fn ground(names: &[&str]) -> Ground {
        let credential =
            |name: &&str| ((*name).to_owned(), Credential { application: format!("id of {name}"), user: None });
        Ground::of(&Abilities {
            profile: Profile::V1_0,
            credentials: Arc::new(names.iter().map(credential).collect::<BTreeMap<_, _>>()),
            operations: Adapter::documented(),
            users: 1,
            has_unknown_user: false,
            longest: None,
            clock_factor: 1,
        })
    }

    /// The only move that the bytes make: its method, its path, its headers with the credential, and its body.
    #[track_caller]
    fn check(bytes: &[u8], operation: Operation, line: &str, headers: &[&str], body: Option<&[u8]>) {
        let sequence = Sequence::of_request(bytes, &ground(&["app"]));
        let [one] = sequence.moves() else { panic!("{sequence:?}") };
        let request = &one.action.request;
        assert_eq!(one.action.operation, operation, "{bytes:?}");
        assert_eq!(format!("{} {}", request.method, request.path), line, "{bytes:?}");
        let names: Vec<&str> = request
            .authorization
            .iter()
            .map(String::as_str)
            .chain(request.headers.iter().map(|(name, _)| name.as_str()))
            .collect();
        assert_eq!(names, headers, "{bytes:?}");
        assert_eq!(request.body.as_deref(), body, "{bytes:?}");
        assert_eq!(request.is_other_method, request.method != operation.method(), "{bytes:?}");
        assert_eq!(request.is_other_path, request.path != operation.path(), "{bytes:?}");
    }

    #[test]
    fn a_request_is_sent_as_it_was_read() {
        use Operation::{GetPresence, SetPresence};
        const BOTH: &[&str] = &["Bearer ${token}", "Content-Type"];
        const SET: &str = "/users/${user}/presence/setPresence";
        check(b"\0\0\0\0\0\0{}", SetPresence, &format!("POST {SET}"), BOTH, Some(b"{}"));
        check(b"\x01\x02\0\0\x03\0{", SetPresence, &format!("PUT {SET}"), &["Content-Type"], Some(b"{"));
        check(b"\0\x01\0\x01\0\x03", GetPresence, "GET /users/${user}/presence", &["Bearer ${token}"], None);
        check(b"\0\x01\0\x01\0\x03x", GetPresence, "GET /users/${user}/presence", &["Bearer ${token}"], Some(b"x"));
        check(b"\0\0\x02a/\x02\0\0{}", SetPresence, "POST /users/%61%2f/presence/setPresence", BOTH, Some(b"{}"));
        check(b"\0\x05\x02a/\x03\0\0{}", SetPresence, "HEAD /%61%2f", BOTH, Some(b"{}"));
    }

    #[test]
    fn a_duration_is_sent_in_a_body_that_is_plain_otherwise() {
        let sequence = Sequence::of_duration(b"PT1\"\xff", &ground(&["app"]));
        let body = sequence.moves()[0].action.request.body.as_deref().unwrap_or_default();
        let body: serde_json::Value = serde_json::from_slice(body).unwrap();
        let wanted = ["id of app", "Available", "Available", "PT1\"\u{fffd}"];
        assert_eq!(["sessionId", "availability", "activity", "expirationDuration"].map(|name| &body[name]), wanted);
        assert_eq!(sequence.moves()[1].action.operation, Operation::GetPresence);
    }

    #[test]
    fn a_story_is_told_in_its_other_order() {
        let bytes = b"\0\0\x01\x01\x03\xeb\x01\0\x05\x07\xcf";
        let story = Story::read(bytes);
        assert_eq!(story.sets.map(|(_, lasts)| lasts.as_secs() / 60), [5, 6, 240]);
        assert_eq!((story.order, story.reads.as_slice()), ([2, 0, 1], [7, 2007].map(Duration::from_secs).as_slice()));
        let sequence = Sequence::of_story(bytes, &ground(&["app", "app_b", "app_c"])).unwrap();
        let told = sequence.moves().iter().map(|one| (one.action.at.as_secs(), one.action.actor.as_deref().unwrap()));
        let wanted = [(0, "app_c"), (0, "app"), (0, "app_b"), (7, "reader"), (2007, "reader")];
        assert_eq!(told.collect::<Vec<_>>(), wanted);
        assert_eq!(Sequence::of_story(bytes, &ground(&["app", "app_b"])), None, "two applications are not three");
    }
}
