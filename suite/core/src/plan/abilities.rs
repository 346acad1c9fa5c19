//! What a target can do, as far as it decides which cases can be run on it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::spec::{Operation, Profile};

/// What a target can do and what the run may.
#[derive(Clone, Debug)]
pub struct Abilities {
    /// The profile to judge by.
    pub profile: &'static Profile,
    /// The credentials that can be presented, by name (`app`, `no_role` …). `reader` is always among them.
    pub credentials: Arc<BTreeMap<String, Credential>>,
    /// The operations that the target has, and where. One that is missing here is absent on the target.
    pub operations: BTreeMap<Operation, Adapter>,
    /// How many users the pool has.
    pub users: usize,
    /// Whether an id of a user that does not exist is known.
    pub has_unknown_user: bool,
    /// The longest that a case may take on the target's clock; nothing where time costs nothing.
    pub longest: Option<Duration>,
    /// How many seconds of the target's clock pass in a real one.
    pub clock_factor: u32,
}

/// A credential as planning sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The id of the application that the token names, which is its `sessionId`.
    pub application: String,
    /// The user that the token belongs to, where it is delegated and cannot be made for another.
    pub user: Option<String>,
}

/// Where an operation is on the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// The method.
    pub method: String,
    /// The path below the base URL, with `${user}`.
    pub path: String,
}

impl Adapter {
    /// Every operation where it is documented to be.
    #[must_use]
    pub fn documented() -> BTreeMap<Operation, Self> {
        Operation::ALL
            .into_iter()
            .map(|operation| {
                (operation, Self { method: operation.method().to_owned(), path: operation.path().to_owned() })
            })
            .collect()
    }
}
