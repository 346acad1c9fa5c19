//! Stories of calls and reads, each with what the documents permit written out.

mod aggregation;
mod fading;
mod identity;
mod intervals;
mod preferred;
mod ruling;
mod worlds;

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Effect, Expiry, Model, Ruling, Seen, Slack, Standing};
use crate::moment::{Moment, Span};
use crate::spec::{Presence, Profile};

/// The user of every story that names no other.
const USER: &str = "someone";

/// No tolerance and no propagation: only on a boundary itself are both sides permitted.
const EXACT: Slack = Slack { tolerance: Duration::ZERO, propagation: Duration::ZERO };

/// One thing that happens in a story. Presences are written as in the documents, durations in seconds.
#[derive(Clone, Copy, Debug)]
enum What {
    /// An application sets a pair for that long.
    Set(&'static str, &'static str, u64),
    /// The same with an expiry that is no plain duration; an empty pair may show anything.
    SetUntil(&'static str, &'static str, Expiry),
    /// A call of which nothing is known but the applications whose session it may have set.
    SetUnknown(&'static [&'static str]),
    /// A call that changes nothing, as its method is a safe one.
    SetNothing,
    /// An application's session is cleared.
    Clear(&'static str),
    /// The user prefers a pair, for that long or as long as is documented.
    Prefer(&'static str, Option<u64>),
    /// The user prefers nothing any more.
    Unprefer,
    /// Nothing is known of the user any more.
    Muddle,
    /// The user is known to have no session and no preference.
    Forget,
    /// Whether an application's session may stand, and whether it may be gone.
    Stands(&'static str, bool, bool),
    /// A read may show just these.
    Shows(&'static [&'static str]),
    /// A read may show these, and anything else as well.
    ShowsAnything(&'static [&'static str]),
    /// A read shows this, and a permitted state explains it.
    Explained(&'static str),
    /// A read shows this, which no permitted state explains.
    Unexplained(&'static str),
}

fn presence(text: &str) -> Presence {
    text.parse().expect("a presence")
}

fn presences(texts: &[&str]) -> BTreeSet<Presence> {
    texts.iter().map(|text| presence(text)).collect()
}

fn millis(from: u64, to: u64) -> Span {
    Span { from: Moment::from_start(Duration::from_millis(from)), to: Moment::from_start(Duration::from_millis(to)) }
}

/// Plays one thing into the model and holds a read against it.
fn play(model: &mut Model, when: Span, what: What, seen: Seen, story: &str) {
    let set = |application: &str, shown, expiry| Ruling {
        reasons: Vec::new(),
        effect: Effect::Session { application: application.to_owned(), shown, expiry },
    };
    match what {
        What::Set(application, pair, lasts) => {
            let expiry = Expiry::After(Duration::from_secs(lasts));
            model.set(USER, &set(application, Some(presence(pair)), expiry), when, seen);
        }
        What::SetUntil(application, pair, expiry) => {
            let shown = (!pair.is_empty()).then(|| presence(pair));
            model.set(USER, &set(application, shown, expiry), when, seen);
        }
        What::SetUnknown(applications) => {
            let applications = applications.iter().map(ToString::to_string).collect();
            let ruling = Ruling { reasons: Vec::new(), effect: Effect::Unknown { applications } };
            model.set(USER, &ruling, when, seen);
        }
        What::SetNothing => model.set(USER, &Ruling { reasons: Vec::new(), effect: Effect::None }, when, seen),
        What::Clear(application) => model.clear(USER, application, when, seen),
        What::Prefer(pair, lasts) => {
            model.prefer(USER, presence(pair), lasts.map(Duration::from_secs), when, seen);
        }
        What::Unprefer => model.unprefer(USER, when, seen),
        What::Muddle => model.muddle(USER),
        What::Forget => model.forget(USER),
        What::Stands(application, may_stand, may_be_gone) => {
            let standing = model.standing(USER, application, when);
            assert_eq!(standing, Standing { may_stand, may_be_gone }, "{story} at {when:?}: {application}");
        }
        What::Shows(wanted) | What::ShowsAnything(wanted) => {
            let permitted = model.permitted(USER, when);
            assert_eq!(permitted.presences, presences(wanted), "{story} at {when:?}");
            let wants_anything = matches!(what, What::ShowsAnything(_));
            assert_eq!(permitted.anything, wants_anything, "{story} at {when:?}: anything");
            assert!(wanted.iter().all(|shown| permitted.contains(presence(shown))), "{story} at {when:?}");
            let other = presence("PresenceUnknown/PresenceUnknown");
            assert_eq!(permitted.contains(other), wants_anything, "{story} at {when:?}: any other");
        }
        What::Explained(shown) => {
            assert!(model.read(USER, when, presence(shown)), "{story} at {when:?}: {shown}");
        }
        What::Unexplained(shown) => {
            assert!(!model.read(USER, when, presence(shown)), "{story} at {when:?}: {shown}");
        }
    }
}

/// Plays stories whose moments are instants, in seconds, on a target that keeps time exactly.
fn check(stories: &[(&str, &[(u64, What)])]) {
    for (story, happenings) in stories {
        let mut model = Model::new(Profile::V1_0, EXACT);
        for (at, what) in *happenings {
            play(&mut model, millis(at * 1000, at * 1000), *what, Seen::Accepted, story);
        }
    }
}

/// A story in milliseconds, with what came of each call: from, to, what came of it, and what happened.
type Spans = [(u64, u64, Seen, What)];

/// Plays stories whose calls and reads take a while, in milliseconds.
fn check_spans(slack: Slack, stories: &[(&str, &Spans)]) {
    for (story, happenings) in stories {
        let mut model = Model::new(Profile::V1_0, slack);
        for (from, to, seen, what) in *happenings {
            play(&mut model, millis(*from, *to), *what, *seen, story);
        }
    }
}
