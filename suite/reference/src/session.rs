//! One session: when it fades, when it is gone.

use std::time::Duration;

use setpresence_core::model::Timeouts;
use setpresence_core::moment::Moment;
use setpresence_core::spec::{Activity, Availability, Presence};

use crate::faults::Fault;
use crate::rules::Rules;

const MINUTE: Duration = Duration::from_secs(60);
/// How far off the expiry is with [`Fault::ExpiryLate`] and [`Fault::ExpiryEarly`]: less than a careless test would see.
const OFF_BY: Duration = Duration::from_secs(20);
/// How often expired sessions are swept away with [`Fault::ExpirySwept`].
const SWEEP: Duration = Duration::from_secs(25);

/// An accepted call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) application: Box<str>,
    pub(crate) presence: Presence,
    /// How long the session lasts, and whether the request said so.
    pub(crate) lasts: Duration,
    pub(crate) is_lasting_stated: bool,
    pub(crate) at: Moment,
}

/// What an application last set for a user.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) application: Box<str>,
    pub(crate) set: Presence,
    /// From here the fade is counted.
    pub(crate) set_at: Moment,
    pub(crate) expires: Moment,
    /// The number of the call that set it, among its user's: of two at one moment the greater was later.
    pub(crate) order: u64,
    /// The same of the call that began it.
    pub(crate) first_order: u64,
    /// When and for how long it was begun; only faults ask.
    first_at: Moment,
    first_lasts: Duration,
    lasts: Duration,
    /// When a read first showed it faded, and whether one has seen it expired; only faults ask.
    pub(crate) seen_faded_at: Option<Moment>,
    pub(crate) is_seen_expired: bool,
    /// Whether the call that set it said how long; only a fault asks.
    is_lasting_stated: bool,
    /// Of calls before it whose timers still run; only faults leave any.
    pub(crate) timers: Vec<Timer>,
}

/// The timers that one call has set going: for its fade from then on, and for its expiry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timer {
    set_at: Moment,
    expires: Moment,
}

impl Session {
    pub(crate) fn begin(call: Call, order: u64) -> Self {
        let expires = call.at.later(call.lasts);
        Self {
            application: call.application,
            set: call.presence,
            set_at: call.at,
            expires,
            order,
            first_order: order,
            first_at: call.at,
            first_lasts: call.lasts,
            lasts: call.lasts,
            seen_faded_at: None,
            is_seen_expired: false,
            is_lasting_stated: call.is_lasting_stated,
            timers: Vec::new(),
        }
    }

    /// What still runs of it where nobody stops it.
    pub(crate) fn running(&self) -> Vec<Timer> {
        let own = Timer { set_at: self.set_at, expires: self.expires };
        self.timers.iter().copied().chain([own]).collect()
    }

    /// Replaces all of it, as a call before the expiry does.
    pub(crate) fn set_again(&mut self, call: Call, order: u64, rules: &Rules) {
        if rules.faults.is_empty() {
            self.set = call.presence;
            self.set_at = call.at;
            self.expires = call.at.later(call.lasts);
            self.order = order;
            return;
        }
        self.set_again_wrongly(call, order, rules);
    }

    /// The same with whatever can go wrong.
    fn set_again_wrongly(&mut self, call: Call, order: u64, rules: &Rules) {
        let faults = &rules.faults;
        if faults.has(Fault::SamePairNotRenewed) && self.set == call.presence {
            return;
        }
        let is_repeated = self.set == call.presence && self.expires == self.set_at.later(call.lasts);
        if faults.has(Fault::RepeatedCallIgnored) && is_repeated && call.at.since(self.set_at) < MINUTE {
            return;
        }
        let shown = self.shown(call.at, rules).unwrap_or(Presence::OFFLINE);
        let before = self.clone();
        *self = Self {
            first_order: before.first_order,
            first_at: before.first_at,
            first_lasts: before.first_lasts,
            expires: before.next_expiry(&call, rules),
            timers: if faults.has(Fault::OldTimerFires) { before.running() } else { before.timers.clone() },
            ..Self::begin(call.clone(), order)
        };
        if faults.has(Fault::FadeFromFirstCall) {
            self.set_at = before.first_at;
        }
        if faults.has(Fault::SamePairKeepsFade) && before.set == self.set {
            self.set_at = before.set_at;
        }
        self.keep_pair(&before, shown, &call, rules);
    }

    /// The faults that keep something of the pair that was there, or of how far it had faded.
    fn keep_pair(&mut self, before: &Self, shown: Presence, call: &Call, rules: &Rules) {
        let faults = &rules.faults;
        let inactive_since = Moment::from_nanos(
            call.at.as_nanos().saturating_sub(u64::try_from(rules.timeouts.first.as_nanos()).unwrap_or(0)),
        );
        let is_available = call.presence == Presence::AVAILABLE && before.set == Presence::AVAILABLE;
        if is_available && shown == Presence::AVAILABLE_INACTIVE && faults.has(Fault::FadedStaysInactive) {
            self.set_at = inactive_since;
        }
        if is_available && shown == Presence::AWAY {
            if faults.has(Fault::FadedStaysAway) {
                self.set_at = before.set_at;
            }
            if faults.has(Fault::FadeOnlyRestarts) {
                self.set_at = inactive_since;
            }
        }
        if faults.has(Fault::ActivityNotReplaced) && before.set.availability == self.set.availability {
            self.set.activity = before.set.activity;
        }
        if faults.has(Fault::AvailabilityNotReplaced) {
            self.set = before.set;
        }
        let was_busy = before.set.availability == Availability::Busy;
        if faults.has(Fault::BusyNotReplaced) && was_busy && self.set.availability != Availability::DoNotDisturb {
            self.set = before.set;
        }
    }

    fn next_expiry(&self, call: &Call, rules: &Rules) -> Moment {
        let faults = &rules.faults;
        let expires = call.at.later(call.lasts);
        if faults.has(Fault::ExpiryFromFirstCall) {
            return self.first_at.later(call.lasts);
        }
        if faults.has(Fault::ExpiryOfFirstCall) {
            return call.at.later(self.first_lasts);
        }
        if faults.has(Fault::ExpiryNotLengthened) {
            return expires.min(self.expires);
        }
        if faults.has(Fault::ExpiryNotShortened) {
            return expires.max(self.expires);
        }
        if faults.has(Fault::ExpiryAdded) {
            return self.expires.later(call.lasts);
        }
        if faults.has(Fault::AbsentKeepsExpiry) && !call.is_lasting_stated {
            return self.expires;
        }
        expires
    }

    /// What it was set for, counted from now on; for the faults in which something else than a call renews it.
    pub(crate) fn renew(&mut self, now: Moment) {
        self.set_at = now;
        self.expires = now.later(self.lasts);
    }

    /// What it shows, or nothing once it is gone.
    pub(crate) fn shown(&self, now: Moment, rules: &Rules) -> Option<Presence> {
        if self.is_expired(now, rules) {
            return if rules.faults.is_empty() { None } else { self.shown_expired(rules) };
        }
        let age = now.since(self.set_at).saturating_sub(rules.delay(self.set_at));
        if rules.faults.is_empty() {
            return Some(rules.timeouts.shown(self.set, age));
        }
        Some(self.shown_wrongly(now, age, rules))
    }

    /// Whether its time is over.
    pub(crate) fn is_expired(&self, now: Moment, rules: &Rules) -> bool {
        let faults = &rules.faults;
        if faults.is_empty() {
            return now >= self.expires.later(rules.delay(self.set_at));
        }
        let availability = self.set.availability;
        if faults.has(Fault::NeverExpires)
            || (faults.has(Fault::BusyNeverExpires) && availability == Availability::Busy)
            || (faults.has(Fault::AwayNeverExpires) && availability == Availability::Away)
        {
            return false;
        }
        let age = now.since(self.set_at);
        if self.set == Presence::AVAILABLE {
            if faults.has(Fault::ExpiresAtFirstTimeout) && age >= rules.timeouts.first {
                return true;
            }
            if faults.has(Fault::ExpiresAtSecondTimeout) && age >= rules.timeouts.second {
                return true;
            }
            if faults.has(Fault::ExpiryWaitsForFade) && age < rules.timeouts.second {
                return false;
            }
        }
        if faults.has(Fault::AwayExpiresEarly) && availability == Availability::Away && age >= 5 * MINUTE {
            return true;
        }
        if self.timers.iter().any(|timer| self.has_fired(timer.expires, now)) {
            return true;
        }
        now >= self.noticed_expired(rules)
    }

    /// When its expiry takes effect.
    fn noticed_expired(&self, rules: &Rules) -> Moment {
        let faults = &rules.faults;
        if faults.has(Fault::ExpiryLate) {
            return self.expires.later(OFF_BY);
        }
        if faults.has(Fault::ExpiryEarly) {
            let lasts = self.expires.since(self.set_at);
            return self.set_at.later(lasts.saturating_sub(OFF_BY));
        }
        if faults.has(Fault::ExpirySwept) {
            let sweep = u64::try_from(SWEEP.as_nanos()).unwrap_or(u64::MAX);
            return Moment::from_nanos(self.expires.as_nanos().div_ceil(sweep).saturating_mul(sweep));
        }
        self.expires
    }

    /// Whether a timer of an earlier call has gone off since the last one, which it has nothing to do with.
    fn has_fired(&self, at: Moment, now: Moment) -> bool {
        at > self.set_at && at <= now
    }

    fn shown_expired(&self, rules: &Rules) -> Option<Presence> {
        let faults = &rules.faults;
        if faults.has(Fault::ExpiryNeedsARead) && !self.is_seen_expired {
            return Some(rules.timeouts.shown(self.set, self.expires.since(self.set_at)));
        }
        if faults.has(Fault::ExpiryShowsAway) {
            return Some(Presence::AWAY);
        }
        if faults.has(Fault::ExpiryShowsUnknown) {
            return Some(Presence::new(Availability::PresenceUnknown, Activity::PresenceUnknown));
        }
        if faults.has(Fault::ExpiryShowsOffWork) {
            return Some(Presence::new(Availability::Offline, Activity::OffWork));
        }
        if faults.has(Fault::ExpiryKeepsActivity) {
            return Some(Presence::new(Availability::Offline, self.set.activity));
        }
        None
    }

    /// Fading with whatever can go wrong.
    fn shown_wrongly(&self, now: Moment, age: Duration, rules: &Rules) -> Presence {
        let faults = &rules.faults;
        let timeouts = self.timeouts(rules);
        match self.set.availability {
            Availability::Busy if faults.has(Fault::BusyFades) && age >= timeouts.second => return Presence::AWAY,
            Availability::Busy if faults.has(Fault::BusyFadesToInactive) && age >= timeouts.first => {
                return Presence::new(Availability::Busy, Activity::Inactive);
            }
            Availability::Away if faults.has(Fault::AwayFades) && age >= timeouts.second => return Presence::OFFLINE,
            Availability::DoNotDisturb if faults.has(Fault::DoNotDisturbFades) && age >= timeouts.second => {
                return Presence::AWAY;
            }
            _ => {}
        }
        if self.set != Presence::AVAILABLE || faults.has(Fault::NeverFades) {
            return self.set;
        }
        if faults.has(Fault::FadeComesBack) && age >= 15 * MINUTE {
            return self.set;
        }
        if faults.has(Fault::AbsentNeverFades) && !self.is_lasting_stated {
            return self.set;
        }
        // A timer that goes off fades whatever is there.
        let fired = self.timers.iter().filter_map(|timer| {
            let stages = [timeouts.second, timeouts.first].into_iter();
            stages.filter(|stage| self.has_fired(timer.set_at.later(*stage), now)).max()
        });
        let mut shown = timeouts.shown(self.set, fired.fold(age, Duration::max));
        if faults.has(Fault::FadeNeedsARead) && shown == Presence::AWAY {
            let is_due = self.seen_faded_at.is_some_and(|seen| now.since(seen) >= timeouts.second - timeouts.first);
            shown = if is_due { Presence::AWAY } else { Presence::AVAILABLE_INACTIVE };
        }
        stage(shown, rules)
    }

    fn timeouts(&self, rules: &Rules) -> Timeouts {
        if rules.faults.has(Fault::FadesByShareOfExpiry) {
            return Timeouts { first: self.lasts / 3, second: self.lasts * 2 / 3 };
        }
        rules.timeouts
    }
}

/// The stages of the fade, under other names.
fn stage(shown: Presence, rules: &Rules) -> Presence {
    let faults = &rules.faults;
    if shown == Presence::AVAILABLE_INACTIVE {
        if faults.has(Fault::SkipsInactive) {
            return Presence::AWAY;
        }
        if faults.has(Fault::AvailabilityFadesFirst) {
            return Presence::new(Availability::Away, Activity::AvailableInactive);
        }
        if faults.has(Fault::InactiveMisnamed) {
            return Presence::new(Availability::Available, Activity::Inactive);
        }
        if faults.has(Fault::IdleMisnamed) {
            return Presence::new(Availability::AvailableIdle, Activity::AvailableInactive);
        }
    }
    if shown == Presence::AWAY {
        if faults.has(Fault::FadesOnce) {
            return Presence::AVAILABLE_INACTIVE;
        }
        if faults.has(Fault::FadesToOffline) {
            return Presence::OFFLINE;
        }
        if faults.has(Fault::FadesToBeRightBack) {
            return Presence::new(Availability::BeRightBack, Activity::BeRightBack);
        }
        if faults.has(Fault::AwayKeepsInactive) {
            return Presence::new(Availability::Away, Activity::AvailableInactive);
        }
    }
    shown
}
