//! The users of a run, and what earlier cases may have left on them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use setpresence_core::moment::Moment;
use setpresence_core::plan::Plan;
use setpresence_core::plan::schedule::Room;
use setpresence_core::spec::Operation;

use super::stray::Stray;

/// What may stand on a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dirt {
    /// Sessions, by application id.
    pub(super) sessions: BTreeMap<String, Held>,
    /// Sessions that may stand beside these, of nobody knows which application.
    pub(super) strays: BTreeMap<Stray, Held>,
    /// A preferred presence.
    pub(super) preferred: Option<Preferred>,
    /// When everything that was done to the user must be visible: until then a read may show what was before.
    pub(super) visible: Moment,
    /// Whether the run has not seen to this user yet: then all of this is only feared.
    pub(super) is_unknown: bool,
}

/// A session that may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// When it is gone by itself at the latest; nothing where it may stand for ever.
    pub(super) until: Option<Moment>,
    /// Whether clearing it was tried in vain.
    pub(super) is_stuck: bool,
}

/// A preferred presence that may stand; the worse comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Preferred {
    /// It can be cleared, as far as we know.
    Clearable,
    /// Clearing it was tried in vain.
    Stuck,
}

impl Dirt {
    pub(super) fn is_clean(&self) -> bool {
        self.sessions.is_empty() && self.strays.is_empty() && self.preferred.is_none()
    }

    /// Forgets the sessions that are gone by themselves. Of strays nobody knows how long they were set for: at that time
    /// they are worth one look more.
    pub(super) fn settle(&mut self, now: Moment) {
        self.sessions.retain(|_, held| held.stands(now));
        for held in self.strays.values_mut().filter(|held| !held.stands(now)) {
            *held = Held { until: None, is_stuck: false };
        }
    }

    /// Adds what a case left.
    pub(super) fn add(&mut self, other: Self) {
        for (application, held) in other.sessions {
            self.sessions.entry(application).or_insert(held).extend(held);
        }
        for (stray, held) in other.strays {
            self.strays.entry(stray).or_insert(held).extend(held);
        }
        self.preferred = self.preferred.max(other.preferred);
        self.visible = self.visible.max(other.visible);
    }

    /// Whether a case that sets these applications' sessions first need not mind what is left.
    pub(super) fn is_absorbed_by(&self, applications: &BTreeSet<String>) -> bool {
        self.preferred.is_none()
            && self.strays.is_empty()
            && self.sessions.keys().all(|application| applications.contains(application))
    }

    fn held(&self) -> impl Iterator<Item = &Held> {
        self.sessions.values().chain(self.strays.values())
    }
}

impl Held {
    fn stands(self, now: Moment) -> bool {
        self.until.is_none_or(|until| until > now)
    }

    /// What lasts longer counts; nothing is for ever.
    fn extend(&mut self, other: Self) {
        self.until = self.until.zip(other.until).map(|(one, another)| one.max(another));
    }
}

/// What can be cleared on this target.
#[derive(Clone, Debug)]
pub(super) struct Clearing {
    /// The applications whose sessions can be cleared, by id; empty where clear-presence is absent or does not work.
    pub(super) applications: BTreeSet<String>,
    /// Whether a preferred presence can be cleared.
    pub(super) preferred: bool,
}

/// What a case asks of its users.
#[derive(Clone, Debug)]
pub(super) struct Need {
    /// How many.
    pub(super) users: usize,
    /// Who the first must be.
    pub(super) pinned: Option<String>,
    /// The ids of the applications whose sessions it overwrites before it reads.
    pub(super) absorbs: BTreeSet<String>,
    /// Whether anything it does would show what stood before: a case that only sets cannot be disturbed.
    pub(super) is_sensitive: bool,
}

impl Need {
    /// What a measurement asks for: one user without anything on it but a session of the application that it sets.
    pub(super) fn to_measure(application: Option<String>) -> Self {
        Self { users: 1, pinned: None, absorbs: application.into_iter().collect(), is_sensitive: true }
    }

    pub(super) fn of(plan: &Plan, application: impl Fn(&str) -> Option<String>) -> Self {
        let shows = |operation| matches!(operation, Operation::GetPresence | Operation::ClearPresence);
        Self {
            users: plan.users.max(1),
            pinned: plan.pinned.clone(),
            absorbs: plan.absorbs.iter().filter_map(|name| application(name)).collect(),
            is_sensitive: plan.actions.iter().any(|action| shows(action.operation)),
        }
    }
}

/// A user of the pool.
#[derive(Debug)]
struct User {
    id: String,
    dirt: Dirt,
    /// When it is free again at the soonest, if it is taken.
    taken_until: Option<Moment>,
    /// Whether the target file's pool has it; others are only there because a credential belongs to them.
    is_common: bool,
}

/// The users of a run.
#[derive(Debug)]
pub(super) struct Pool {
    users: Vec<User>,
}

impl Pool {
    /// The common users, and those that cases are pinned to.
    pub(super) fn new<'p>(common: &[String], pinned: impl Iterator<Item = &'p String>, dirt: &Dirt) -> Self {
        let user = |id: &String, is_common| User { id: id.clone(), dirt: dirt.clone(), taken_until: None, is_common };
        let mut users: Vec<User> = common.iter().map(|id| user(id, true)).collect();
        let known: BTreeSet<&String> = common.iter().collect();
        let others: BTreeSet<&String> = pinned.filter(|id| !known.contains(id)).collect();
        users.extend(others.into_iter().map(|id| user(id, false)));
        Self { users }
    }

    pub(super) fn id(&self, place: usize) -> &str {
        &self.users[place].id
    }

    pub(super) fn common(&self) -> impl Iterator<Item = &str> {
        self.users.iter().filter(|user| user.is_common).map(|user| user.id.as_str())
    }

    /// Forgets the sessions that are gone by themselves.
    pub(super) fn settle(&mut self, now: Moment) {
        for user in &mut self.users {
            user.dirt.settle(now);
        }
    }

    /// Takes users for a case, those that need no cleaning first, in the order of the pool. What is gone by itself is
    /// [settled](Self::settle) before.
    pub(super) fn take(
        &mut self,
        need: &Need,
        clearing: &Clearing,
        now: Moment,
        lasts: Duration,
    ) -> Option<Vec<(usize, Dirt)>> {
        let places = self.choose(need, clearing, now)?;
        Some(
            places
                .into_iter()
                .map(|place| {
                    let user = &mut self.users[place];
                    user.taken_until = Some(now.later(lasts));
                    (place, std::mem::take(&mut user.dirt))
                })
                .collect(),
        )
    }

    /// Whether, were nobody taken, users for a case could be found at that moment.
    pub(super) fn could_serve(&self, need: &Need, clearing: &Clearing, at: Moment) -> bool {
        self.choose(need, clearing, at).is_some()
    }

    fn choose(&self, need: &Need, clearing: &Clearing, at: Moment) -> Option<Vec<usize>> {
        let fits = |user: &User| user.taken_until.is_none() && user.fits(need, clearing, at);
        let mut places = Vec::with_capacity(need.users);
        if let Some(pinned) = &need.pinned {
            places.push(self.users.iter().position(|user| user.id == *pinned && fits(user))?);
        }
        let others = |wants_clean: bool| {
            self.users
                .iter()
                .enumerate()
                .filter(move |(_, user)| user.is_common && user.dirt.is_clean() == wants_clean && fits(user))
        };
        for (place, _) in others(true).chain(others(false)) {
            if places.len() >= need.users {
                break;
            }
            if !places.contains(&place) {
                places.push(place);
            }
        }
        (places.len() == need.users).then_some(places)
    }

    /// The room that there is for timelines now.
    pub(super) fn room(&self, now: Moment) -> Room {
        let common = || self.users.iter().filter(|user| user.is_common);
        let ends = common().filter_map(|user| user.taken_until);
        let n_free = common().filter(|user| user.taken_until.is_none()).count();
        Room::new(now.since_start(), n_free, ends.map(|end| end.max(now).since_start()))
    }

    /// Gives a user back with what is on it now.
    pub(super) fn give_back(&mut self, place: usize, dirt: Dirt) {
        let user = &mut self.users[place];
        user.taken_until = None;
        user.dirt = dirt;
    }

    /// Every moment at which a session is gone by itself.
    pub(super) fn ends(&self) -> BTreeSet<Moment> {
        self.users.iter().flat_map(|user| user.dirt.held().filter_map(|held| held.until)).collect()
    }

    /// Takes the users that a case left something on.
    pub(super) fn take_dirty(&mut self, now: Moment) -> Vec<(String, Dirt)> {
        self.users
            .iter_mut()
            .filter(|user| !user.dirt.is_unknown)
            .filter_map(|user| {
                user.dirt.settle(now);
                let dirt = std::mem::take(&mut user.dirt);
                (!dirt.is_clean()).then(|| (user.id.clone(), dirt))
            })
            .collect()
    }
}

impl User {
    fn fits(&self, need: &Need, clearing: &Clearing, at: Moment) -> bool {
        if !need.is_sensitive || self.dirt.is_unknown {
            return true;
        }
        let sessions = self.dirt.sessions.iter().all(|(application, held)| {
            !held.stands(at)
                || need.absorbs.contains(application)
                || !held.is_stuck && clearing.applications.contains(application)
        });
        let can_clear = !clearing.applications.is_empty();
        let is_worth_a_look = |held: &Held| !held.stands(at) || !held.is_stuck && (can_clear || held.until.is_none());
        let strays = self.dirt.strays.values().all(is_worth_a_look);
        let preferred = match self.dirt.preferred {
            None => true,
            Some(Preferred::Clearable) => clearing.preferred,
            Some(Preferred::Stuck) => false,
        };
        sessions && strays && preferred
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(users: usize, absorbs: &[&str]) -> Need {
        let absorbs = absorbs.iter().map(|&id| id.to_owned()).collect();
        Need { users, pinned: None, absorbs, is_sensitive: true }
    }

    fn clearing(applications: &[&str]) -> Clearing {
        Clearing { applications: applications.iter().map(|&id| id.to_owned()).collect(), preferred: true }
    }

    fn session(application: &str, hours: Option<u64>) -> Dirt {
        let until = hours.map(|hours| Moment::from_start(Duration::from_secs(hours * 3600)));
        Dirt { sessions: [(application.to_owned(), Held { until, is_stuck: false })].into(), ..Dirt::default() }
    }

    fn places(taken: Option<Vec<(usize, Dirt)>>) -> Option<Vec<usize>> {
        taken.map(|taken| taken.into_iter().map(|(place, _)| place).collect())
    }

    #[test]
    fn clean_users_come_first_and_dirty_ones_only_where_they_do_no_harm() {
        let ids = ["u0", "u1", "u2"].map(ToOwned::to_owned);
        let mut pool = Pool::new(&ids, std::iter::empty(), &Dirt::default());
        let (none, all) = (clearing(&[]), clearing(&["a", "b"]));
        assert_eq!(places(pool.take(&need(2, &[]), &none, Moment::START, Duration::ZERO)), Some(vec![0, 1]));
        pool.give_back(0, session("a", Some(4)));
        pool.give_back(1, session("b", None));
        assert_eq!(places(pool.take(&need(1, &["a"]), &none, Moment::START, Duration::ZERO)), Some(vec![2]));
        assert_eq!(places(pool.take(&need(1, &[]), &none, Moment::START, Duration::ZERO)), None);
        assert!(pool.could_serve(&need(1, &[]), &none, Moment::from_start(Duration::from_secs(4 * 3600))));
        assert_eq!(places(pool.take(&need(1, &["b"]), &none, Moment::START, Duration::ZERO)), Some(vec![1]));
        pool.give_back(1, session("b", None));
        assert_eq!(places(pool.take(&need(2, &[]), &all, Moment::START, Duration::ZERO)), Some(vec![0, 1]));
        assert_eq!(pool.ends().len(), 0);
    }

    #[test]
    fn a_pinned_user_is_taken_first_and_by_nobody_else() {
        let ids = ["u0".to_owned()];
        let owner = "owner".to_owned();
        let mut pool = Pool::new(&ids, std::iter::once(&owner), &Dirt::default());
        assert_eq!(places(pool.take(&need(2, &[]), &clearing(&[]), Moment::START, Duration::ZERO)), None);
        let pinned = Need { pinned: Some(owner), ..need(2, &[]) };
        assert_eq!(places(pool.take(&pinned, &clearing(&[]), Moment::START, Duration::ZERO)), Some(vec![1, 0]));
    }

    #[test]
    fn a_stray_is_worth_one_look_more_when_it_should_be_gone() {
        let hours = |hours: u64| Moment::from_start(Duration::from_secs(hours * 3600));
        let stray = Stray { actor: "app".to_owned(), session: None };
        let dirt = |held| Dirt { strays: [(stray.clone(), held)].into(), ..Dirt::default() };
        let mut pool = Pool::new(&["u0".to_owned()], std::iter::empty(), &Dirt::default());
        let stuck = Held { until: Some(hours(4)), is_stuck: true };
        for clears in [clearing(&[]), clearing(&["a"])] {
            pool.give_back(0, dirt(stuck));
            assert_eq!(pool.ends().into_iter().collect::<Vec<_>>(), [hours(4)]);
            assert!(!pool.could_serve(&need(1, &["a"]), &clears, hours(3)), "it overwrites nothing");
            assert!(pool.could_serve(&need(1, &[]), &clears, hours(4)));
            pool.settle(hours(4));
            let taken = pool.take(&need(1, &[]), &clears, hours(4), Duration::ZERO).unwrap();
            assert_eq!(taken, [(0, dirt(Held { until: None, is_stuck: false }))]);
            // Who looks in vain does not look again.
            pool.give_back(0, dirt(Held { until: None, is_stuck: true }));
            pool.settle(hours(9));
            assert!(!pool.could_serve(&need(1, &[]), &clears, hours(9)) && pool.ends().is_empty());
        }
    }

    #[test]
    fn what_lasts_longer_counts() {
        let mut dirt = session("a", Some(1));
        dirt.add(session("a", Some(4)));
        assert_eq!(dirt, session("a", Some(4)));
        dirt.add(session("a", None));
        assert_eq!(dirt, session("a", None));
        dirt.preferred = Some(Preferred::Stuck);
        dirt.add(Dirt { preferred: Some(Preferred::Clearable), ..Dirt::default() });
        assert_eq!(dirt.preferred, Some(Preferred::Stuck));
        assert!(!dirt.is_absorbed_by(&["a".to_owned()].into()));
    }
}
