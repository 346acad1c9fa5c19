//! What a reference is set up with.

use std::fmt;
use std::time::Duration;

use setpresence_core::spec::Profile;

use crate::clock::ClockKind;
use crate::faults::Faults;
use crate::variants::{Choice, Variants};

/// The user of the documentation's example.
const FIRST_USER: &str = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";
/// The application of the documentation's example.
const FIRST_APPLICATION: &str = "22553876-f5ab-4529-bffb-cfe50aa89f87";
/// A well-formed id that [`Settings::with_users`] never gives to anyone.
const UNKNOWN_USER: &str = "00000000-0000-4000-8000-000000000000";
/// As many as the suite's credentials name: `app`, `app_b` and `app_c`.
const N_APPLICATIONS: usize = 3;
/// How late a call is visible with the variants that show it late. A runner waits as long in real time as well, where the
/// clock is moved by hand: a service that copies takes longer, and shows no more.
const PROPAGATION: Duration = Duration::from_millis(2);
/// Enough for a case of three users; a runner that wants more at once asks for more.
const N_USERS: usize = 8;
/// Public on purpose: whoever knows it can mint, and that is what a test double's secret is for.
const SECRET: &str = "a test double's secret: not secret, and never to be used for anything real";

/// Everything that decides how a reference behaves.
#[derive(Clone)]
pub struct Settings {
    /// The reading of the documentation that it keeps to.
    pub profile: &'static Profile,
    /// How its time passes.
    pub clock: ClockKind,
    /// The object ids of the users there are. Any other is answered with 404.
    pub users: Vec<String>,
    /// An id that is none of theirs, for tests to use.
    pub unknown_user: String,
    /// The ids of the applications that it hands out tokens for: `app`, `app_b` and `app_c`.
    ///
    /// A token that names another application is as good, if it is signed with [`Settings::secret`].
    pub applications: Vec<String>,
    /// What tokens are signed with (HS256).
    pub secret: String,
    /// For how long, on its own clock, a read still shows what was before a call. Zero shows calls at once.
    pub propagation: Duration,
    /// The deliberate faults.
    pub faults: Faults,
    /// The choices where the documentation leaves one.
    pub variants: Variants,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { profile, clock, users, unknown_user, applications, secret: _, propagation, faults, variants } = self;
        f.debug_struct("Settings")
            .field("profile", profile)
            .field("clock", clock)
            .field("users", users)
            .field("unknown_user", unknown_user)
            .field("applications", applications)
            .field("propagation", propagation)
            .field("faults", faults)
            .field("variants", variants)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// A faultless reference of this profile: wall clock, eight users, three applications.
    #[must_use]
    pub fn for_profile(profile: &'static Profile) -> Self {
        Self {
            profile,
            clock: ClockKind::Wall,
            users: guids(FIRST_USER, 0x7573_6572, N_USERS),
            unknown_user: UNKNOWN_USER.to_owned(),
            applications: guids(FIRST_APPLICATION, 0x6170_7073, N_APPLICATIONS),
            secret: SECRET.to_owned(),
            propagation: Duration::ZERO,
            faults: Faults::none(),
            variants: Variants::none(),
        }
    }

    /// The same with `count` users, whose ids are the same each time; the first is the documentation's.
    #[must_use]
    pub fn with_users(self, count: usize) -> Self {
        Self { users: guids(FIRST_USER, 0x7573_6572, count), ..self }
    }

    /// The same with this clock.
    #[must_use]
    pub fn with_clock(self, clock: ClockKind) -> Self {
        Self { clock, ..self }
    }

    /// The same with these faults.
    #[must_use]
    pub fn with_faults(self, faults: Faults) -> Self {
        Self { faults, ..self }
    }

    /// The same with these variants. Those that show a call late need a propagation delay, and bring one with them.
    #[must_use]
    pub fn with_variants(self, variants: Variants) -> Self {
        let is_late = variants.has(Choice::VisibleLate) || variants.has(Choice::ReadsLag);
        let propagation = if is_late { self.propagation.max(PROPAGATION) } else { self.propagation };
        Self { variants, propagation, ..self }
    }
}

/// `count` ids, the first given, the rest drawn from `seed`: version 4 in form, the same on every machine.
fn guids(first: &str, seed: u64, count: usize) -> Vec<String> {
    let mut state = seed;
    let drawn = std::iter::repeat_with(|| {
        let (high, low) = (mix(&mut state), mix(&mut state));
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 48 & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        )
    });
    std::iter::once(first.to_owned()).chain(drawn).take(count).collect()
}

/// One step of SplitMix64: distinct states give distinct numbers, which is all that ids need.
fn mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_guids_and_differ() {
        let settings = Settings::for_profile(Profile::BETA_2021_06).with_users(1000);
        let ids: BTreeSet<_> = settings.users.iter().chain(&settings.applications).collect();
        assert_eq!(ids.len(), 1003);
        assert!(!ids.contains(&settings.unknown_user));
        for id in ids {
            let groups: Vec<_> = id.split('-').map(str::len).collect();
            assert_eq!(groups, [8, 4, 4, 4, 12], "{id}");
            assert!(id.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)));
        }
    }

    #[test]
    fn ids_are_the_same_each_time() {
        let few = Settings::for_profile(Profile::V1_0).with_users(2);
        let many = Settings::for_profile(Profile::V1_0).with_users(20);
        assert_eq!(few.users, many.users[..2]);
        assert_eq!(few.users[0], FIRST_USER);
        assert_eq!(few.applications[0], FIRST_APPLICATION);
    }
}
