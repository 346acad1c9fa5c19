//! Availability, activity, and the pair of them that makes a presence.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

macro_rules! names {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $name:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $type { $($(#[$variant_doc])* $name),+ }

        impl $type {
            /// Every documented value.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The value as it stands on the wire.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }

            /// The value written exactly so; letter case counts.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name { $(stringify!($name) => Some(Self::$name),)+ _ => None }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

names! {
    /// The base presence information, as the presence resource lists it.
    Availability {
        /// Reachable.
        Available,
        /// Reachable, but idle; read only.
        AvailableIdle,
        /// Away.
        Away,
        /// Away for a short while; read only.
        BeRightBack,
        /// Busy.
        Busy,
        /// Busy, but idle; read only.
        BusyIdle,
        /// Not to be disturbed.
        DoNotDisturb,
        /// No session; read only.
        Offline,
        /// Not known; read only.
        PresenceUnknown,
    }
}

names! {
    /// The supplement to an [`Availability`].
    Activity {
        /// Reachable.
        Available,
        /// An Available session after its first timeout; read only.
        AvailableInactive,
        /// Away.
        Away,
        /// Away for a short while; read only.
        BeRightBack,
        /// Busy, by the user's preference; read only.
        Busy,
        /// Not to be disturbed, by the user's preference; read only.
        DoNotDisturb,
        /// In a call.
        InACall,
        /// In a call of many.
        InAConferenceCall,
        /// In a meeting; read only.
        InAMeeting,
        /// Not active; read only.
        Inactive,
        /// No session; read only.
        Offline,
        /// Off work, by the user's preference; read only.
        OffWork,
        /// Out of the office; read only.
        OutOfOffice,
        /// Not known; read only.
        PresenceUnknown,
        /// Presenting.
        Presenting,
        /// Only urgent interruptions; read only.
        UrgentInterruptionsOnly,
    }
}

/// A presence: what a set asks for and what a read shows, written `Busy/InACall`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Presence {
    /// The base presence information.
    pub availability: Availability,
    /// Its supplement.
    pub activity: Activity,
}

impl Presence {
    /// What a user without any session shows.
    pub const OFFLINE: Self = Self::new(Availability::Offline, Activity::Offline);
    /// What a fresh Available session shows.
    pub const AVAILABLE: Self = Self::new(Availability::Available, Activity::Available);
    /// What an Available session shows after its first timeout.
    pub const AVAILABLE_INACTIVE: Self = Self::new(Availability::Available, Activity::AvailableInactive);
    /// What an Available session shows after its second timeout.
    pub const AWAY: Self = Self::new(Availability::Away, Activity::Away);

    /// The presence of these two.
    #[must_use]
    pub const fn new(availability: Availability, activity: Activity) -> Self {
        Self { availability, activity }
    }

    /// The presence of these two names, if both are documented.
    ///
    /// # Errors
    /// [`UnknownName`] with the first name that is not a documented value.
    pub fn named(availability: &str, activity: &str) -> Result<Self, UnknownName> {
        let unknown = |kind, name: &str| UnknownName { kind, name: name.to_owned() };
        Ok(Self {
            availability: Availability::named(availability).ok_or_else(|| unknown("availability", availability))?,
            activity: Activity::named(activity).ok_or_else(|| unknown("activity", activity))?,
        })
    }
}

impl fmt::Display for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.availability, self.activity)
    }
}

impl FromStr for Presence {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (availability, activity) =
            text.split_once('/').ok_or_else(|| UnknownName { kind: "presence", name: text.to_owned() })?;
        Self::named(availability, activity)
    }
}

impl Serialize for Presence {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Presence {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A name that is not among the documented values.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{name}` is not a documented {kind}")]
pub struct UnknownName {
    /// `availability`, `activity` or `presence`.
    pub kind: &'static str,
    /// The name as it was written.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for availability in Availability::ALL {
            for activity in Activity::ALL {
                let presence = Presence::new(*availability, *activity);
                assert_eq!(presence.to_string().parse(), Ok(presence));
            }
        }
    }

    #[test]
    fn names_are_compared_exactly() {
        for text in ["available/Available", "Available/ Available", "Available", "Available/", "/", ""] {
            assert!(text.parse::<Presence>().is_err(), "{text}");
        }
    }
}
