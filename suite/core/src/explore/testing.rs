//! What the tests of this room have in common: targets that have everything where it is documented.

use std::sync::Arc;

use super::Ground;
use crate::plan::{Abilities, Adapter, Credential};
use crate::spec::Profile;

/// What a target can do that has these credentials, each of an application of its own: `id-of-app` is that of `app`.
pub(super) fn abilities(profile: &'static Profile, credentials: &[&str], users: usize) -> Abilities {
    let credential =
        |name: &&str| ((*name).to_owned(), Credential { application: format!("id-of-{name}"), user: None });
    Abilities {
        profile,
        credentials: Arc::new(credentials.iter().map(credential).collect()),
        operations: Adapter::documented(),
        users,
        has_unknown_user: true,
        longest: None,
        clock_factor: 1,
    }
}

/// The ground of three applications and three users.
pub(super) fn ground() -> Ground {
    Ground::of(&abilities(Profile::ALL[0], &["app", "app_b", "app_c", "no_role", "reader"], 3))
}
