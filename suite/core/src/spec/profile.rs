//! Profiles: dated readings of the documentation, as data.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use super::presence::{Activity, Availability, Presence};

const FIVE_MINUTES: Duration = Duration::from_secs(5 * 60);
const FOUR_HOURS: Duration = Duration::from_secs(240 * 60);

/// When a session expires whose request gave no expirationDuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbsentExpiry {
    /// The documentation does not say: any time is permitted.
    Unstated,
    /// This long after it was set.
    After(Duration),
}

/// A dated reading of the documentation. A further profile is a further value of this type.
#[derive(Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name that commands and target files use.
    pub name: &'static str,
    /// What the profile reads, in one line.
    pub about: &'static str,
    /// The pairs of availability and activity that setPresence accepts.
    pub pairs: &'static [Presence],
    /// Whether a delegated token of a work or school account may set its own user's presence.
    pub delegated_work: bool,
    /// The shortest and the longest expirationDuration that must be accepted.
    pub expiration: (Duration, Duration),
    /// Whether a duration outside that range must be refused; where not, either is permitted.
    pub range_is_stated: bool,
    /// What an absent or null expirationDuration means.
    pub absent_expiry: AbsentExpiry,
    /// Whether a request without a sessionId should be refused; where not, either is permitted.
    pub session_id_required: bool,
    /// Whether spellings beyond `Edm.Duration` that ISO 8601 knows should be refused.
    pub strict_duration: bool,
    /// Whether `/me/presence/setPresence` is documented.
    pub me_path: bool,
}

const FOUR_PAIRS: [Presence; 4] = [
    Presence::AVAILABLE,
    Presence::new(Availability::Busy, Activity::InACall),
    Presence::new(Availability::Busy, Activity::InAConferenceCall),
    Presence::AWAY,
];

const FIVE_PAIRS: [Presence; 5] = [
    FOUR_PAIRS[0],
    FOUR_PAIRS[1],
    FOUR_PAIRS[2],
    FOUR_PAIRS[3],
    Presence::new(Availability::DoNotDisturb, Activity::Presenting),
];

impl Profile {
    /// The beta reference page of June 2021, the page that the suite began with.
    pub const BETA_2021_06: &'static Self = &Self {
        name: "beta-2021-06",
        about: "the beta reference page of setPresence, June 2021",
        pairs: &FOUR_PAIRS,
        delegated_work: false,
        expiration: (FIVE_MINUTES, FOUR_HOURS),
        range_is_stated: false,
        absent_expiry: AbsentExpiry::Unstated,
        session_id_required: true,
        strict_duration: false,
        me_path: false,
    };

    /// The v1.0 reference and concept pages as they stand since October 2022 and September 2025.
    pub const V1_0: &'static Self = &Self {
        name: "v1.0",
        about: "the v1.0 reference pages of setPresence and the concept page, as they stand since September 2025",
        pairs: &FIVE_PAIRS,
        delegated_work: true,
        expiration: (FIVE_MINUTES, FOUR_HOURS),
        range_is_stated: true,
        absent_expiry: AbsentExpiry::After(FIVE_MINUTES),
        session_id_required: false,
        strict_duration: true,
        me_path: true,
    };

    /// Every profile; the first is the default.
    pub const ALL: [&'static Self; 2] = [Self::BETA_2021_06, Self::V1_0];

    /// Whether setPresence accepts this pair.
    #[must_use]
    pub fn accepts(&self, presence: Presence) -> bool {
        self.pairs.contains(&presence)
    }

    /// The profile of that name.
    ///
    /// # Errors
    /// [`UnknownProfile`], which names those there are.
    pub fn named(name: &str) -> Result<&'static Self, UnknownProfile> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.name == name)
            .ok_or_else(|| UnknownProfile { name: name.to_owned() })
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl FromStr for &'static Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Profile::named(name)
    }
}

/// A name that no profile has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no profile `{name}`; there are {}", names())]
pub struct UnknownProfile {
    /// The name as it was written.
    pub name: String,
}

fn names() -> String {
    Profile::ALL.map(|profile| format!("`{}`", profile.name)).join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_found_by_its_name() {
        for profile in Profile::ALL {
            assert_eq!(Profile::named(profile.name), Ok(profile));
        }
        let error = Profile::named("v2.0").unwrap_err();
        assert_eq!(error.to_string(), "there is no profile `v2.0`; there are `beta-2021-06` and `v1.0`");
    }

    #[test]
    fn presenting_is_a_pair_of_the_newer_profile_alone() {
        let presenting = Presence::new(Availability::DoNotDisturb, Activity::Presenting);
        let away = Presence::new(Availability::Away, Activity::Away);
        let accepted = Profile::ALL.map(|profile| (profile.accepts(away), profile.accepts(presenting)));
        assert_eq!(accepted, [(true, false), (true, true)]);
    }
}
