//! The exact rules of a presence: fading by age, and which session wins. Both are data, so that
//! a server built on them can be given other numbers.

use std::time::Duration;

use crate::spec::{Activity, Availability, Presence};

/// When an Available session fades, counted from its last accepted call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From here on it shows Available/AvailableInactive.
    pub first: Duration,
    /// From here on it shows Away/Away.
    pub second: Duration,
}

impl Timeouts {
    /// The documented timeouts: five minutes each.
    pub const DOCUMENTED: Self = Self { first: Duration::from_secs(5 * 60), second: Duration::from_secs(10 * 60) };

    /// What a session that was set to `set` shows at `age`; it is for the caller to know that it has not expired.
    #[must_use]
    pub fn shown(&self, set: Presence, age: Duration) -> Presence {
        if set != Presence::AVAILABLE || age < self.first {
            set
        } else if age < self.second {
            Presence::AVAILABLE_INACTIVE
        } else {
            Presence::AWAY
        }
    }
}

/// How an availability ranks among a user's sessions: the greatest is shown.
///
/// Availabilities that no session can show rank below all that one can.
#[must_use]
pub const fn rank(availability: Availability) -> u8 {
    match availability {
        Availability::DoNotDisturb => 4,
        Availability::Busy => 3,
        Availability::Available => 2,
        Availability::Away => 1,
        Availability::AvailableIdle
        | Availability::BeRightBack
        | Availability::BusyIdle
        | Availability::Offline
        | Availability::PresenceUnknown => 0,
    }
}

/// How long a preferred presence lasts whose request gave no duration (U).
#[must_use]
pub const fn preferred_default(availability: Availability) -> Duration {
    const DAY: u64 = 24 * 60 * 60;
    match availability {
        Availability::Busy | Availability::DoNotDisturb => Duration::from_secs(DAY),
        _ => Duration::from_secs(7 * DAY),
    }
}

/// The pairs that a user may prefer (U).
pub const PREFERRED_PAIRS: [Presence; 6] = [
    Presence::AVAILABLE,
    Presence::new(Availability::Busy, Activity::Busy),
    Presence::new(Availability::DoNotDisturb, Activity::DoNotDisturb),
    Presence::new(Availability::BeRightBack, Activity::BeRightBack),
    Presence::AWAY,
    Presence::new(Availability::Offline, Activity::OffWork),
];
