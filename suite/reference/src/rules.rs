//! The rules that a server with these settings keeps to: its profile and its numbers, as its faults and
//! variants leave them. All of it is worked out once, so that a call only looks it up.

use std::time::Duration;

use setpresence_core::model::Timeouts;
use setpresence_core::moment::Moment;
use setpresence_core::spec::{Activity, Availability, Limits, Presence, Profile};

use crate::faults::{Fault, Faults};
use crate::settings::Settings;
use crate::variants::{Choice, Variants};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
/// How far off the timeouts are with [`Fault::TimeoutsLate`] and [`Fault::TimeoutsEarly`].
const OFF_BY: Duration = Duration::from_secs(20);
const NANO: Duration = Duration::from_nanos(1);
/// Longer than anything that is written in digits that people would write.
const ENDLESS: Duration = Duration::from_nanos(u64::MAX);
/// The most that [`Choice::Jitter`] is late, in nanoseconds.
const JITTER_MAX: u64 = 3_000_000;
/// What [`Fault::SmallLimit`] takes, in bytes: enough for the documented example and little more.
const SMALL: usize = 300;
/// What [`Choice::LargeBodiesAccepted`] takes, in bytes.
const LARGE: usize = 2 << 20;

const AVAILABLE_IDLE: Presence = pair(Availability::AvailableIdle, Activity::Available);
const BUSY_IDLE: Presence = pair(Availability::BusyIdle, Activity::Busy);

const FIVE: [Activity; 5] =
    [Activity::Available, Activity::InACall, Activity::InAConferenceCall, Activity::Away, Activity::Presenting];
const FOUR: [Activity; 4] = [FIVE[0], FIVE[1], FIVE[2], FIVE[3]];
const SETTABLE: [Availability; 4] =
    [Availability::Available, Availability::Busy, Availability::Away, Availability::DoNotDisturb];
const THREE: [Availability; 3] = [SETTABLE[0], SETTABLE[1], SETTABLE[2]];

static THREE_BY_ANY: [Presence; 48] = product(&THREE, Activity::ALL);
static FOUR_BY_ANY: [Presence; 64] = product(&SETTABLE, Activity::ALL);
static ANY_BY_FOUR: [Presence; 36] = product(Availability::ALL, &FOUR);
static ANY_BY_FIVE: [Presence; 45] = product(Availability::ALL, &FIVE);
static THREE_BY_FOUR: [Presence; 12] = product(&THREE, &FOUR);
static FOUR_BY_FIVE: [Presence; 20] = product(&SETTABLE, &FIVE);
static ANY_BY_ANY: [Presence; 144] = product(Availability::ALL, Activity::ALL);

/// The rules of one server.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) faults: Faults,
    pub(crate) variants: Variants,
    pub(crate) profile: Profile,
    pub(crate) timeouts: Timeouts,
    pub(crate) limits: Limits,
    pub(crate) propagation: Duration,
}

impl Rules {
    pub(crate) fn new(settings: &Settings) -> Self {
        let Settings { profile, faults, variants, propagation, .. } = settings;
        let bytes = if faults.has(Fault::SmallLimit) {
            SMALL
        } else if variants.has(Choice::LargeBodiesAccepted) {
            LARGE
        } else {
            Limits::BYTES
        };
        Self {
            faults: *faults,
            variants: *variants,
            profile: Profile { pairs: pairs(profile, faults), expiration: range(profile, faults), ..**profile },
            timeouts: timeouts(faults),
            limits: Limits { bytes, ..Limits::default() },
            propagation: *propagation,
        }
    }

    /// The moment that a read shows which lags behind by the whole propagation delay.
    pub(crate) fn lagging(&self, now: Moment) -> Moment {
        Moment::from_start(now.since_start().saturating_sub(self.propagation))
    }

    /// How late the timeouts and the expiry of a session come that was set at this moment.
    pub(crate) fn delay(&self, set_at: Moment) -> Duration {
        if self.variants.has(Choice::BoundariesClosed) {
            return NANO;
        }
        if self.variants.has(Choice::Jitter) {
            // Any spread will do, as long as a repeated run is late by the same.
            return Duration::from_nanos(set_at.as_nanos().wrapping_mul(0x9e37_79b9_7f4a_7c15) % JITTER_MAX);
        }
        Duration::ZERO
    }
}

const fn pair(availability: Availability, activity: Activity) -> Presence {
    Presence::new(availability, activity)
}

const AVAILABLE: Presence = Presence::AVAILABLE;
const IN_A_CALL: Presence = pair(Availability::Busy, Activity::InACall);
const IN_A_CONFERENCE_CALL: Presence = pair(Availability::Busy, Activity::InAConferenceCall);
const AWAY: Presence = Presence::AWAY;
const PRESENTING: Presence = pair(Availability::DoNotDisturb, Activity::Presenting);

/// These pairs, and the fifth where the profile has it.
macro_rules! list {
    ($has_fifth:expr, $($pair:expr),+) => {
        if $has_fifth { &const { [PRESENTING, $($pair),+] } } else { &const { [$($pair),+] } }
    };
}

/// The profile's pairs and these.
macro_rules! more {
    ($has_fifth:expr, $($pair:expr),+) => {
        list!($has_fifth, AVAILABLE, IN_A_CALL, IN_A_CONFERENCE_CALL, AWAY, $($pair),+)
    };
}

/// The pairs that are accepted, as one fault leaves them.
fn pairs(profile: &Profile, faults: &Faults) -> &'static [Presence] {
    let fifth = profile.accepts(PRESENTING);
    let altered: [(Fault, &'static [Presence]); 18] = [
        (Fault::InACallRefused, list!(fifth, AVAILABLE, IN_A_CONFERENCE_CALL, AWAY)),
        (Fault::InAConferenceCallRefused, list!(fifth, AVAILABLE, IN_A_CALL, AWAY)),
        (Fault::AwayRefused, list!(fifth, AVAILABLE, IN_A_CALL, IN_A_CONFERENCE_CALL)),
        (Fault::PresentingRefused, list!(false, AVAILABLE, IN_A_CALL, IN_A_CONFERENCE_CALL, AWAY)),
        (Fault::PresentingAccepted, list!(true, AVAILABLE, IN_A_CALL, IN_A_CONFERENCE_CALL, AWAY)),
        (Fault::DoNotDisturbAccepted, more!(fifth, pair(Availability::DoNotDisturb, Activity::DoNotDisturb))),
        (Fault::BusyBusyAccepted, more!(fifth, pair(Availability::Busy, Activity::Busy))),
        (Fault::InAMeetingAccepted, more!(fifth, pair(Availability::Busy, Activity::InAMeeting))),
        (Fault::OfflineAccepted, more!(fifth, Presence::OFFLINE)),
        (Fault::OffWorkAccepted, more!(fifth, pair(Availability::Offline, Activity::OffWork))),
        (Fault::BeRightBackAccepted, more!(fifth, pair(Availability::BeRightBack, Activity::BeRightBack))),
        (Fault::InactiveAccepted, more!(fifth, Presence::AVAILABLE_INACTIVE)),
        (Fault::IdleAccepted, more!(fifth, AVAILABLE_IDLE, BUSY_IDLE)),
        (Fault::PresenceUnknownAccepted, more!(fifth, pair(Availability::PresenceUnknown, Activity::PresenceUnknown))),
        (Fault::AvailabilityAlone, if fifth { &FOUR_BY_ANY } else { &THREE_BY_ANY }),
        (Fault::ActivityAlone, if fifth { &ANY_BY_FIVE } else { &ANY_BY_FOUR }),
        (Fault::PairsCrossed, if fifth { &FOUR_BY_FIVE } else { &THREE_BY_FOUR }),
        (Fault::AnyPair, &ANY_BY_ANY),
    ];
    let found = altered.into_iter().find(|(fault, _)| faults.has(*fault));
    match found {
        Some((_, pairs)) => pairs,
        None if faults.has(Fault::UnknownNames) => {
            more!(fifth, pair(Availability::PresenceUnknown, Activity::PresenceUnknown))
        }
        None => profile.pairs,
    }
}

/// Every availability with every activity.
const fn product<const N: usize>(availabilities: &[Availability], activities: &[Activity]) -> [Presence; N] {
    let mut pairs = [AVAILABLE; N];
    let mut i = 0;
    while i < N {
        pairs[i] = pair(availabilities[i / activities.len()], activities[i % activities.len()]);
        i += 1;
    }
    pairs
}

/// The range that an expirationDuration must lie in, its ends included.
fn range(profile: &Profile, faults: &Faults) -> (Duration, Duration) {
    let (lo, hi) = profile.expiration;
    let altered = [
        (Fault::RangeUnchecked, (NANO, ENDLESS)),
        (Fault::MinimumUnchecked, (NANO, hi)),
        (Fault::MaximumUnchecked, (lo, ENDLESS)),
        (Fault::MinimumExclusive, (lo + NANO, hi)),
        (Fault::MaximumExclusive, (lo, hi - NANO)),
        (Fault::MinimumTen, (2 * lo, hi)),
        (Fault::MaximumHour, (lo, hi / 4)),
        (Fault::MaximumDay, (lo, 6 * hi)),
        (Fault::MinimumRounded, (lo - MINUTE / 2, hi)),
        (Fault::MaximumTruncated, (lo, hi + 60 * MINUTE - NANO)),
        (Fault::FractionTruncated, (lo, hi + SECOND - NANO)),
    ];
    altered.into_iter().find(|(fault, _)| faults.has(*fault)).map_or((lo, hi), |(_, range)| range)
}

/// The timeouts of a reference with these faults.
fn timeouts(faults: &Faults) -> Timeouts {
    let Timeouts { mut first, mut second } = Timeouts::DOCUMENTED;
    if faults.has(Fault::FirstTimeoutEarly) {
        first = 2 * MINUTE;
    }
    if faults.has(Fault::FirstTimeoutLate) {
        first = 9 * MINUTE;
    }
    if faults.has(Fault::SecondTimeoutEarly) {
        second = 6 * MINUTE;
    }
    if faults.has(Fault::SecondTimeoutLate) {
        second = 15 * MINUTE;
    }
    if faults.has(Fault::TimeoutsLate) {
        (first, second) = (first + OFF_BY, second + OFF_BY);
    }
    if faults.has(Fault::TimeoutsEarly) {
        (first, second) = (first - OFF_BY, second - OFF_BY);
    }
    if faults.has(Fault::TimeoutsInSeconds) {
        (first, second) = (5 * SECOND, 10 * SECOND);
    }
    Timeouts { first, second }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Mutant;

    fn rules(profile: &'static Profile, mutant: &str) -> Rules {
        let faults = Faults::of(Mutant::named(mutant).unwrap());
        Rules::new(&Settings::for_profile(profile).with_faults(faults))
    }

    #[test]
    fn a_faultless_server_keeps_to_its_profile() {
        for profile in Profile::ALL {
            let rules = Rules::new(&Settings::for_profile(profile));
            assert_eq!(rules.profile, *profile);
            assert_eq!(rules.timeouts, Timeouts::DOCUMENTED);
        }
    }

    #[test]
    fn each_fault_of_the_table_changes_its_list() {
        for (mutant, n_beta, n_v1) in [
            ("in-a-call-refused", 3, 4),
            ("in-a-conference-call-refused", 3, 4),
            ("away-refused", 3, 4),
            ("presenting-refused", 4, 4),
            ("presenting-accepted", 5, 5),
            ("busy-busy-accepted", 5, 6),
            ("idle-accepted", 6, 7),
            ("availability-alone", 48, 64),
            ("activity-alone", 36, 45),
            ("pairs-crossed", 12, 20),
            ("any-pair", 144, 144),
        ] {
            assert_eq!(rules(Profile::BETA_2021_06, mutant).profile.pairs.len(), n_beta, "{mutant}");
            assert_eq!(rules(Profile::V1_0, mutant).profile.pairs.len(), n_v1, "{mutant}");
        }
    }
}
