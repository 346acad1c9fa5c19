//! The state of each user, as the set of worlds that all observations so far leave possible.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::session::{Age, Session, View};
use super::{Effect, Expiry, Permitted, Ruling, Slack, canonical, preferred_default, rank};
use crate::moment::{Moment, Span};
use crate::spec::{Presence, Profile};

/// Beyond this many worlds a user's state counts as not known.
const N_WORLDS_MAX: usize = 64;

/// What came of a call that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It was accepted.
    Accepted,
    /// It was refused, so it changed nothing.
    Refused,
    /// Its answer was lost, so it may have taken effect or not.
    Lost,
}

/// Whether a session may stand, and whether it may not; where only one is so, it is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// It may stand.
    pub may_stand: bool,
    /// It may be gone, or never have been there.
    pub may_be_gone: bool,
}

/// A presence that the user prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Preferred {
    presence: Presence,
    set: Span,
    lasts: Duration,
}

/// One possible state of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct World {
    /// Too much was possible to keep apart, so everything is.
    is_anything: bool,
    sessions: BTreeMap<String, Session>,
    preferred: Option<Preferred>,
}

type Worlds = BTreeSet<World>;

#[derive(Clone, Debug)]
struct User {
    worlds: Worlds,
    /// Worlds in which some call is not visible yet, by the moment until which that is permitted.
    stale_until: BTreeMap<Moment, Worlds>,
}

impl Default for User {
    fn default() -> Self {
        Self { worlds: Worlds::from([World::default()]), stale_until: BTreeMap::new() }
    }
}

/// The reference model of a target: which presences a read may show.
///
/// Users never touch one another, so neither does what is kept of them.
#[derive(Clone, Debug)]
pub struct Model {
    profile: &'static Profile,
    slack: Slack,
    users: BTreeMap<String, User>,
}

impl Model {
    /// A target whose users have no session and no preferred presence.
    #[must_use]
    pub const fn new(profile: &'static Profile, slack: Slack) -> Self {
        Self { profile, slack, users: BTreeMap::new() }
    }

    /// The profile that the model follows.
    #[must_use]
    pub const fn profile(&self) -> &'static Profile {
        self.profile
    }

    /// A setPresence call for that user took place.
    pub fn set(&mut self, call_user: &str, ruling: &Ruling, when: Span, seen: Seen) {
        match &ruling.effect {
            Effect::None => {}
            Effect::Session { application, shown, expiry } => {
                let session = Session { shown: *shown, set: when, expiry: *expiry };
                self.change(call_user, when, seen, |world| world.with_session(application, session));
            }
            Effect::Unknown { applications } => {
                // An unknown application has a name that no application has.
                let names = if applications.is_empty() { vec![String::new()] } else { applications.clone() };
                let session = Session { shown: None, set: when, expiry: Expiry::Anything };
                self.change(call_user, when, seen, |world| {
                    let mut after = vec![world.clone()];
                    after.extend(names.iter().flat_map(|name| world.with_session(name, session)));
                    after
                });
            }
        }
    }

    /// A clearPresence call for that application's session took place.
    pub fn clear(&mut self, user: &str, application: &str, when: Span, seen: Seen) {
        let application = canonical(application);
        self.change(user, when, seen, |world| {
            let mut after = world.clone();
            let old = after.sessions.remove(&application);
            world.or_before(old.map(|old| old.set), when, after)
        });
    }

    /// A setUserPreferredPresence call took place; without a duration it lasts as documented.
    pub fn prefer(&mut self, user: &str, presence: Presence, lasts: Option<Duration>, when: Span, seen: Seen) {
        let lasts = lasts.unwrap_or_else(|| preferred_default(presence.availability));
        self.change(user, when, seen, |world| {
            let preferred = Some(Preferred { presence, set: when, lasts });
            let after = World { preferred, ..world.clone() };
            world.or_before(world.preferred.map(|old| old.set), when, after)
        });
    }

    /// A clearUserPreferredPresence call took place.
    pub fn unprefer(&mut self, user: &str, when: Span, seen: Seen) {
        self.change(user, when, seen, |world| {
            let after = World { preferred: None, ..world.clone() };
            world.or_before(world.preferred.map(|old| old.set), when, after)
        });
    }

    /// What a read of that user's presence may show.
    #[must_use]
    pub fn permitted(&self, user: &str, when: Span) -> Permitted {
        let mut permitted = Permitted::default();
        match self.users.get(&canonical(user)) {
            None => World::default().permit(when, self.slack, &mut permitted),
            Some(user) => {
                for world in user.worlds.iter().chain(user.stale(when)) {
                    world.permit(when, self.slack, &mut permitted);
                }
            }
        }
        permitted
    }

    /// Takes note of what a read showed; `false` where no permitted state explains it.
    ///
    /// Worlds that do not explain it are dropped, unless none does: then the target is wrong, not the model.
    pub fn read(&mut self, user: &str, when: Span, shown: Presence) -> bool {
        let slack = self.slack;
        let Some(user) = self.users.get_mut(&canonical(user)) else {
            return shown == Presence::OFFLINE;
        };
        if user.stale(when).any(|world| world.permits(when, slack, shown)) {
            // It may have been an old state, so it says nothing of the present one.
            return true;
        }
        let explaining: Worlds =
            user.worlds.iter().filter(|world| world.permits(when, slack, shown)).cloned().collect();
        if explaining.is_empty() {
            return false;
        }
        user.worlds = explaining;
        true
    }

    /// Whether that application may have a session of the user's, and whether it may have none.
    #[must_use]
    pub fn standing(&self, user: &str, application: &str, when: Span) -> Standing {
        let Some(user) = self.users.get(&canonical(user)) else {
            return Standing { may_stand: false, may_be_gone: true };
        };
        let application = canonical(application);
        let mut standing = Standing { may_stand: false, may_be_gone: false };
        for world in user.worlds.iter().chain(user.stale(when)) {
            let view = world.sessions.get(&application).map(|session| session.view(when, self.slack));
            standing.may_stand |= world.is_anything || view.as_ref().is_some_and(|view| !view.phases.is_empty());
            standing.may_be_gone |= world.is_anything || view.is_none_or(|view| view.may_be_gone);
        }
        standing
    }

    /// Lets each user be in any state of the other model, too: it is not known which of the two holds.
    pub fn or(&mut self, mut other: Self) {
        for (id, user) in &mut self.users {
            user.or(other.users.remove(id).unwrap_or_default());
        }
        for (id, mut user) in other.users {
            user.or(User::default());
            self.users.insert(id, user);
        }
    }

    /// Takes note that the user has no session and no preferred presence, however that was brought about.
    pub fn forget(&mut self, user: &str) {
        self.users.remove(&canonical(user));
    }

    /// Takes note that nothing is known of the user any more: a call took place that no document speaks of.
    pub fn muddle(&mut self, user: &str) {
        let anything = World { is_anything: true, ..World::default() };
        self.users.insert(canonical(user), User { worlds: Worlds::from([anything]), stale_until: BTreeMap::new() });
    }

    /// Lets a call take effect in every world of one user.
    fn change(&mut self, user: &str, when: Span, seen: Seen, apply: impl Fn(&World) -> Vec<World>) {
        if seen == Seen::Refused {
            return;
        }
        let (slack, until) = (self.slack, when.to.later(self.slack.propagation));
        let user = self.users.entry(canonical(user)).or_default();
        user.stale_until.retain(|until, _| *until > when.from);
        for worlds in user.stale_until.values_mut() {
            // Two calls become visible in either order.
            let after: Vec<World> = worlds.iter().flat_map(&apply).collect();
            worlds.extend(after);
            bound(worlds);
        }
        let mut after: Worlds = user.worlds.iter().flat_map(&apply).collect();
        if seen == Seen::Lost {
            after.extend(user.worlds.iter().cloned());
        }
        // A session that is surely gone no longer tells two worlds apart.
        let mut after: Worlds = after.into_iter().map(|world| world.without_the_gone(when, slack)).collect();
        bound(&mut after);
        let before = std::mem::replace(&mut user.worlds, after);
        let stale = user.stale_until.entry(until).or_default();
        stale.extend(before);
        bound(stale);
    }
}

impl User {
    fn or(&mut self, other: Self) {
        self.worlds.extend(other.worlds);
        bound(&mut self.worlds);
        for (until, worlds) in other.stale_until {
            let stale = self.stale_until.entry(until).or_default();
            stale.extend(worlds);
            bound(stale);
        }
    }

    fn stale(&self, when: Span) -> impl Iterator<Item = &World> {
        self.stale_until.iter().filter(move |(until, _)| **until > when.from).flat_map(|(_, worlds)| worlds)
    }
}

fn bound(worlds: &mut Worlds) {
    if worlds.len() > N_WORLDS_MAX {
        *worlds = Worlds::from([World { is_anything: true, ..World::default() }]);
    }
}

impl World {
    fn with_session(&self, application: &str, session: Session) -> Vec<Self> {
        let mut after = self.clone();
        let old = after.sessions.insert(application.to_owned(), session);
        self.or_before(old.map(|old| old.set), session.set, after)
    }

    /// The world after a change; and the one without it where an earlier change of the same thing was
    /// under way at the same time, as that may have come last.
    fn or_before(&self, earlier: Option<Span>, when: Span, after: Self) -> Vec<Self> {
        match earlier {
            Some(earlier) if earlier.to > when.from => vec![after, self.clone()],
            _ => vec![after],
        }
    }

    fn without_the_gone(mut self, when: Span, slack: Slack) -> Self {
        self.sessions.retain(|_, session| !session.view(when, slack).phases.is_empty());
        self.preferred =
            self.preferred.filter(|preferred| Age::of(preferred.set, when, slack).may_precede(preferred.lasts));
        self
    }

    fn permits(&self, when: Span, slack: Slack, shown: Presence) -> bool {
        let mut permitted = Permitted::default();
        self.permit(when, slack, &mut permitted);
        permitted.contains(shown)
    }

    /// Adds what a read in this world may show.
    fn permit(&self, when: Span, slack: Slack, permitted: &mut Permitted) {
        if self.is_anything {
            permitted.anything = true;
            return;
        }
        let views: Vec<View> = self.sessions.values().map(|session| session.view(when, slack)).collect();
        if views.iter().all(|view| view.may_be_gone) {
            permitted.presences.insert(Presence::OFFLINE);
        }
        let mut may_be_unpreferred = true;
        if let Some(preferred) = self.preferred {
            let age = Age::of(preferred.set, when, slack);
            may_be_unpreferred = age.may_follow(preferred.lasts);
            if age.may_precede(preferred.lasts) && views.iter().any(|view| !view.phases.is_empty()) {
                permitted.presences.insert(preferred.presence);
            }
        }
        if may_be_unpreferred {
            permit_highest(&views, permitted);
        }
    }
}

/// Adds each presence that some session may show while every other one may leave it the first place.
fn permit_highest(views: &[View], permitted: &mut Permitted) {
    for (place, view) in views.iter().enumerate() {
        for phase in &view.phases {
            let Some(presence) = *phase else {
                permitted.anything = true;
                continue;
            };
            let its_rank = rank(presence.availability);
            let mut others = views.iter().enumerate().filter(|(other, _)| *other != place);
            if others.all(|(_, other)| other.yields_to(its_rank)) {
                permitted.presences.insert(presence);
            }
        }
    }
}
