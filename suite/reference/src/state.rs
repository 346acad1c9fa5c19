//! What is known of each user: the sessions, and the preferred presence.
//!
//! Each user has a lock of their own, so that a call costs the same however many others there are.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use setpresence_core::moment::Moment;
use setpresence_core::spec::Presence;

use crate::faults::Fault;
use crate::rules::Rules;
use crate::session::Call;
use crate::user::User;
use crate::variants::Choice;

/// Every how many accepted calls [`Fault::EverySeventhLost`] loses one.
const LOST_EVERY: u64 = 7;

/// A user that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UserKey(usize);

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    /// It began a session.
    Began,
    /// It replaced the state of one.
    Replaced,
    /// It was turned away because of the preferred presence, which only a fault does.
    Refused,
}

/// Every user's state.
#[derive(Debug)]
pub(crate) struct State {
    ids: Vec<String>,
    index: HashMap<Box<str>, usize>,
    users: Vec<Mutex<User>>,
    n_calls: AtomicU64,
    last_set: AtomicUsize,
}

impl State {
    pub(crate) fn new(ids: &[String]) -> Self {
        Self {
            ids: ids.to_vec(),
            index: ids.iter().enumerate().map(|(key, id)| (id.to_ascii_lowercase().into(), key)).collect(),
            users: ids.iter().map(|_| Mutex::default()).collect(),
            n_calls: AtomicU64::new(0),
            last_set: AtomicUsize::new(0),
        }
    }

    /// The user of that id. Letter case does not matter, unless the variant says so.
    pub(crate) fn find(&self, id: &str, rules: &Rules) -> Option<UserKey> {
        let key = match self.index.get(id) {
            Some(key) => Some(*key),
            None => self.index.get(id.to_ascii_lowercase().as_str()).copied(),
        };
        let key = key.filter(|key| !rules.variants.has(Choice::UserCaseSensitive) || self.ids[*key] == id);
        match key {
            None if rules.faults.has(Fault::UnknownUserAccepted) && !self.ids.is_empty() => {
                Some(UserKey(self.ids.len() - 1))
            }
            key => key.map(UserKey),
        }
    }

    /// The user's object id.
    pub(crate) fn id(&self, user: UserKey) -> &str {
        &self.ids[user.0]
    }

    /// Another user's object id.
    pub(crate) fn id_of_another(&self, user: UserKey) -> &str {
        &self.ids[(user.0 + 1) % self.ids.len()]
    }

    pub(crate) fn set(&self, user: UserKey, call: Call, rules: &Rules) -> Stored {
        let n = self.n_calls.fetch_add(1, Ordering::Relaxed) + 1;
        if rules.faults.is_empty() {
            return self.user(user, rules).set(call, rules);
        }
        if rules.faults.has(Fault::EverySeventhLost) && n.is_multiple_of(LOST_EVERY) {
            return Stored::Replaced;
        }
        if rules.faults.has(Fault::OneUserPerApplication) {
            for other in self.others(user) {
                self.user(other, rules).forget(&call.application);
            }
        }
        self.last_set.store(user.0, Ordering::Relaxed);
        self.user(user, rules).set(call, rules)
    }

    /// The presence that a read shows; `None` where there is no session and a fault takes that for no presence.
    pub(crate) fn read(&self, user: UserKey, now: Moment, rules: &Rules) -> Option<Presence> {
        let user = if rules.faults.has(Fault::ReadShowsLastUser) {
            UserKey(self.last_set.load(Ordering::Relaxed))
        } else {
            user
        };
        self.user(user, rules).read(now, rules)
    }

    /// Whether there was a session to end.
    pub(crate) fn clear(&self, user: UserKey, application: &str, now: Moment, rules: &Rules) -> bool {
        if rules.faults.has(Fault::ClearForAllUsers) {
            for other in self.others(user) {
                self.user(other, rules).clear(application, now, rules);
            }
        }
        self.user(user, rules).clear(application, now, rules)
    }

    pub(crate) fn prefer(
        &self,
        user: UserKey,
        presence: Presence,
        lasts: Option<Duration>,
        now: Moment,
        rules: &Rules,
    ) {
        if rules.faults.has(Fault::PreferredForAll) {
            for other in self.others(user) {
                self.user(other, rules).prefer(presence, lasts, now, rules);
            }
        }
        self.user(user, rules).prefer(presence, lasts, now, rules);
    }

    pub(crate) fn clear_preferred(&self, user: UserKey, now: Moment, rules: &Rules) {
        self.user(user, rules).clear_preferred(now, rules);
    }

    /// All that is known of a user, for the fault that reads, waits and writes back.
    pub(crate) fn snapshot(&self, user: UserKey, rules: &Rules) -> User {
        self.user(user, rules).clone()
    }

    /// Puts back what [`State::snapshot`] gave.
    pub(crate) fn put_back(&self, user: UserKey, state: User, rules: &Rules) {
        *self.user(user, rules) = state;
    }

    /// Renews or ends what a refused call should have left alone.
    pub(crate) fn disturb(&self, user: UserKey, application: &str, now: Moment, rules: &Rules, with: Disturbance) {
        let mut user = self.user(user, rules);
        match with {
            Disturbance::Renew => user.renew(application, now, rules),
            Disturbance::End => user.forget(application),
            Disturbance::Expire(lasts) => user.expire(application, now.later(lasts)),
        }
    }

    fn others(&self, user: UserKey) -> impl Iterator<Item = UserKey> + use<> {
        (0..self.users.len()).filter(move |key| *key != user.0).map(UserKey)
    }

    fn user(&self, UserKey(key): UserKey, rules: &Rules) -> MutexGuard<'_, User> {
        let key = if rules.faults.has(Fault::UsersShareState) {
            0
        } else if rules.faults.has(Fault::LaterUsersShareState) {
            key.min(1)
        } else {
            key
        };
        // Nothing panics while the lock is held; were it so, the state is still whole.
        self.users[key].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a refused call does to a session where a fault lets it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Disturbance {
    /// Counts its fade and expiry from now.
    Renew,
    /// Ends it.
    End,
    /// Moves its expiry to this long from now.
    Expire(Duration),
}
