//! What a sequence may use of a target, worked out once.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::plan::{Abilities, Adapter};
use crate::spec::{Operation, Profile};

/// The users of a sequence: one to change, one beside it, and one more to tell "the other" from "all others".
pub const USERS: usize = 3;
/// The applications that may set a presence, by the names of their credentials.
pub(super) const APPLICATIONS: [&str; 3] = ["app", "app_b", "app_c"];

/// How the calls of a sequence follow one another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Calls {
    /// Each is sent when the one before it was answered.
    #[default]
    InTurn,
    /// Some are sent at once, so that they overlap in time.
    Overlapping,
}

/// What a sequence may use of a target.
#[derive(Clone, Debug)]
pub struct Ground {
    pub(super) profile: &'static Profile,
    /// Name and application id of `app`, `app_b` and `app_c`, as far as they are there.
    pub(super) applications: Vec<(String, String)>,
    /// Every other credential but the reader.
    pub(super) others: Vec<String>,
    pub(super) ids: BTreeMap<String, String>,
    pub(super) operations: BTreeMap<Operation, Adapter>,
    pub(super) users: usize,
    pub(super) has_unknown_user: bool,
    /// The longest that a sequence may wait in all.
    pub(super) longest: Duration,
    pub(super) calls: Calls,
}

impl Ground {
    /// What these abilities allow. Time costs nothing where they name no longest case.
    #[must_use]
    pub fn of(abilities: &Abilities) -> Self {
        let id = |name: &str| abilities.credentials.get(name).map(|known| known.application.clone());
        let is_other = |name: &&String| !APPLICATIONS.contains(&name.as_str()) && name.as_str() != "reader";
        Self {
            profile: abilities.profile,
            applications: APPLICATIONS.iter().filter_map(|name| Some(((*name).to_owned(), id(name)?))).collect(),
            others: abilities.credentials.keys().filter(is_other).cloned().collect(),
            ids: abilities.credentials.iter().map(|(name, known)| (name.clone(), known.application.clone())).collect(),
            operations: abilities.operations.clone(),
            users: abilities.users.clamp(1, USERS),
            has_unknown_user: abilities.has_unknown_user,
            longest: abilities.longest.unwrap_or(Duration::MAX),
            calls: Calls::InTurn,
        }
    }

    /// How many users a sequence may use.
    #[must_use]
    pub const fn users(&self) -> usize {
        self.users
    }

    /// The same with calls that follow one another like this.
    #[must_use]
    pub const fn with_calls(mut self, calls: Calls) -> Self {
        self.calls = calls;
        self
    }

    pub(super) fn has(&self, operation: Operation) -> bool {
        self.operations.contains_key(&operation)
    }

    /// The id of a credential's application.
    pub(super) fn id(&self, credential: &str) -> &str {
        self.ids.get(credential).map_or("", String::as_str)
    }
}
