//! One user: from the sessions and the preferred presence to what a read shows.

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::time::Duration;

use setpresence_core::model::{preferred_default, rank};
use setpresence_core::moment::Moment;
use setpresence_core::spec::{Activity, Availability, Presence};

use crate::faults::Fault;
use crate::rules::Rules;
use crate::session::{Call, Session, Timer};
use crate::state::Stored;
use crate::variants::Choice;

/// How often [`Fault::ReadsCachedThrice`] repeats a read.
const N_REPEATED: u8 = 3;
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long [`Fault::ReadsCachedForSeconds`] repeats a read.
const KEPT: Duration = Duration::from_secs(30);

/// A presence that the user chose.
#[derive(Clone, Copy, Debug)]
struct Preferred {
    presence: Presence,
    since: Moment,
    until: Moment,
}

/// Everything that decides what a read shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct User {
    sessions: Vec<Session>,
    preferred: Option<Preferred>,
    n_calls: u64,
    /// What was before each change of late; only kept where changes take time to be seen.
    earlier: VecDeque<(Moment, Vec<Session>, Option<Preferred>)>,
    /// What only faults keep: the highest presence so far, a cached read, a call that waits.
    highest: Option<Presence>,
    cached: Option<(Presence, u8)>,
    kept: Option<(Presence, Moment)>,
    waiting: Option<Call>,
    /// The timers that [`Fault::TimerSurvivesClear`] leaves of cleared sessions.
    timers: Vec<Timer>,
}

/// A session and what it shows at some moment.
struct Shown<'a> {
    session: &'a Session,
    presence: Presence,
}

impl User {
    pub(crate) fn set(&mut self, call: Call, rules: &Rules) -> Stored {
        let faults = &rules.faults;
        if faults.has(Fault::PreferredRefusesSet) && self.preferred(call.at, rules).is_some() {
            return Stored::Refused;
        }
        if faults.has(Fault::WrittenAtNextCall) {
            let Some(call) = self.waiting.replace(call) else { return Stored::Began };
            return self.apply(call, rules);
        }
        self.apply(call, rules)
    }

    fn apply(&mut self, mut call: Call, rules: &Rules) -> Stored {
        let faults = &rules.faults;
        let now = call.at;
        self.keep_earlier(now, rules);
        self.n_calls += 1;
        let order = self.n_calls;
        if faults.is_empty() {
            // What is gone is gone for good; without this a user's sessions would grow with the applications.
            self.sessions.retain(|session| !session.is_expired(now, rules));
        } else {
            self.before_call(&mut call, rules);
        }
        let found = self.sessions.iter_mut().find(|session| session.application == call.application);
        let stored = match found {
            Some(session) if session.is_expired(now, rules) => {
                if !faults.has(Fault::ExpiredStaysGone) {
                    *session = Session::begin(call, order);
                }
                Stored::Began
            }
            Some(session) => {
                session.set_again(call, order, rules);
                Stored::Replaced
            }
            None => {
                let mut begun = Session::begin(call, order);
                begun.timers = std::mem::take(&mut self.timers);
                self.sessions.push(begun);
                Stored::Began
            }
        };
        if faults.has(Fault::HighestEverWins) {
            let shown = self.aggregate(now, rules).unwrap_or(Presence::OFFLINE);
            self.highest = self.highest.filter(|old| rank(old.availability) > rank(shown.availability)).or(Some(shown));
        }
        stored
    }

    /// The faults in which a call disturbs more than its own session.
    fn before_call(&mut self, call: &mut Call, rules: &Rules) {
        let faults = &rules.faults;
        if faults.has(Fault::ReadsCachedUntilCall) {
            self.cached = None;
        }
        if faults.has(Fault::OneSessionPerUser) {
            call.application = "any".into();
        }
        if faults.has(Fault::OthersRestartFade) {
            for session in &mut self.sessions {
                session.set_at = call.at;
            }
        }
        if faults.has(Fault::SetEndsPreferred) {
            self.preferred = None;
        }
        self.expire_all(call.at, rules);
    }

    pub(crate) fn read(&mut self, now: Moment, rules: &Rules) -> Option<Presence> {
        if rules.faults.is_empty() {
            return self.aggregate(now, rules);
        }
        if let Some((presence, left)) = self.cached {
            self.cached = (left > 1).then(|| (presence, left - 1));
            return Some(presence);
        }
        let is_kept = |(_, at): &(Presence, Moment)| now.since(*at) < KEPT;
        if let Some((presence, _)) = self.kept.filter(is_kept) {
            return Some(presence);
        }
        self.expire_all(now, rules);
        let shown = self.aggregate(now, rules);
        if rules.faults.has(Fault::ReadsCachedForSeconds) {
            self.kept = shown.map(|presence| (presence, now));
        }
        if rules.faults.has(Fault::ReadsCachedUntilCall) {
            self.cached = shown.map(|presence| (presence, u8::MAX));
        }
        if rules.faults.has(Fault::ReadsCachedThrice) {
            self.cached = shown.map(|presence| (presence, N_REPEATED));
        }
        self.after_read(now, rules);
        shown
    }

    /// The faults in which a read changes something.
    fn after_read(&mut self, now: Moment, rules: &Rules) {
        let faults = &rules.faults;
        for session in &mut self.sessions {
            if session.is_expired(now, rules) {
                session.is_seen_expired = true;
                continue;
            }
            if faults.has(Fault::ReadRestartsFade) {
                session.set_at = now;
            }
            if faults.has(Fault::ExpiryMovedByRead) {
                let set_at = session.set_at;
                session.renew(now);
                session.set_at = set_at;
            }
            if session.seen_faded_at.is_none() && now.since(session.set_at) >= rules.timeouts.first {
                session.seen_faded_at = Some(now);
            }
        }
        if self.aggregate(now, rules).is_none_or(|shown| shown == Presence::OFFLINE) {
            self.highest = None;
        }
    }

    /// Whether there was a session to end.
    pub(crate) fn clear(&mut self, application: &str, now: Moment, rules: &Rules) -> bool {
        let faults = &rules.faults;
        self.keep_earlier(now, rules);
        let key = if faults.has(Fault::OneSessionPerUser) { "any" } else { application };
        let found = self.sessions.iter().position(|session| *session.application == *key);
        let Some(place) = found.filter(|place| !self.sessions[*place].is_expired(now, rules)) else {
            return faults.has(Fault::ClearOfNothing) || (found.is_some() && faults.has(Fault::ClearOfExpired));
        };
        if faults.has(Fault::ClearEndsPreferred) {
            self.preferred = None;
        }
        if faults.has(Fault::ClearTakesAll) {
            self.sessions.clear();
        } else if faults.has(Fault::ClearSetsAway) {
            self.sessions[place].set = Presence::AWAY;
        } else if !faults.has(Fault::ClearIgnored) {
            let cleared = self.sessions.remove(place);
            if faults.has(Fault::TimerSurvivesClear) {
                self.timers.extend(cleared.running());
            }
        }
        true
    }

    pub(crate) fn prefer(&mut self, presence: Presence, lasts: Option<Duration>, now: Moment, rules: &Rules) {
        let faults = &rules.faults;
        self.keep_earlier(now, rules);
        if faults.has(Fault::PreferredNotReplaced) && self.preferred(now, rules).is_some() {
            return;
        }
        let by_default = [
            (Fault::PreferredDefaultHour, HOUR),
            (Fault::PreferredDefaultDay, DAY),
            (Fault::PreferredDefaultWeek, 7 * DAY),
        ];
        let by_default = by_default.into_iter().find(|(fault, _)| faults.has(*fault));
        let by_default = by_default.map_or_else(|| preferred_default(presence.availability), |(_, lasts)| lasts);
        let lasts = lasts.filter(|_| !faults.has(Fault::PreferredDurationIgnored)).unwrap_or(by_default);
        self.preferred = Some(Preferred { presence, since: now, until: now.later(lasts) });
        if faults.has(Fault::PreferredRestartsFade) {
            for session in &mut self.sessions {
                session.set_at = now;
            }
        }
        if faults.has(Fault::PreferredEndsSessions) {
            self.sessions.clear();
        }
    }

    pub(crate) fn clear_preferred(&mut self, now: Moment, rules: &Rules) {
        let faults = &rules.faults;
        self.keep_earlier(now, rules);
        if faults.has(Fault::ClearPreferredEndsSessions) {
            self.sessions.clear();
        }
        if let Some(preferred) = self.preferred.filter(|_| faults.has(Fault::PreferredStopsFade)) {
            for session in &mut self.sessions {
                session.set_at = session.set_at.later(now.since(preferred.since.max(session.set_at)));
            }
        }
        if !faults.has(Fault::ClearPreferredIgnored) {
            self.preferred = None;
        }
    }

    /// Drops an application's session, whatever it is.
    pub(crate) fn forget(&mut self, application: &str) {
        self.sessions.retain(|session| *session.application != *application);
    }

    pub(crate) fn renew(&mut self, application: &str, now: Moment, rules: &Rules) {
        for session in &mut self.sessions {
            if *session.application == *application && !session.is_expired(now, rules) {
                session.renew(now);
            }
        }
    }

    pub(crate) fn expire(&mut self, application: &str, at: Moment) {
        for session in &mut self.sessions {
            if *session.application == *application {
                session.expires = at;
            }
        }
    }

    fn expire_all(&mut self, now: Moment, rules: &Rules) {
        if rules.faults.has(Fault::ExpiryTakesAll) && self.sessions.iter().any(|session| session.is_expired(now, rules))
        {
            self.sessions.clear();
        }
    }

    fn keep_earlier(&mut self, now: Moment, rules: &Rules) {
        if rules.propagation.is_zero() {
            return;
        }
        self.earlier.retain(|(changed, ..)| now.since(*changed) < rules.propagation);
        self.earlier.push_back((now, self.sessions.clone(), self.preferred));
    }

    /// What a read shows, by the state as it was seen at `now`.
    fn aggregate(&self, now: Moment, rules: &Rules) -> Option<Presence> {
        let recent = self.earlier.iter().find(|(changed, ..)| now.since(*changed) < rules.propagation);
        let (sessions, preferred) = match recent {
            Some((_, sessions, preferred)) => (sessions, *preferred),
            None => (&self.sessions, self.preferred),
        };
        let now = if rules.variants.has(Choice::ReadsLag) { rules.lagging(now) } else { now };
        let is_set = |preferred: &Preferred| now < preferred.until || rules.faults.has(Fault::PreferredNeverExpires);
        let preferred = preferred.filter(is_set);
        let shown: Vec<Shown<'_>> = sessions
            .iter()
            .filter_map(|session| Some(Shown { session, presence: session.shown(now, rules)? }))
            .collect();
        if rules.faults.is_empty() {
            let best = winner(&shown, rules);
            return Some(match (best, preferred) {
                (None, _) => Presence::OFFLINE,
                (Some(_), Some(preferred)) => preferred.presence,
                (Some(best), None) => best.presence,
            });
        }
        self.aggregate_wrongly(&shown, preferred, now, rules)
    }

    fn preferred(&self, now: Moment, rules: &Rules) -> Option<Preferred> {
        self.preferred.filter(|preferred| now < preferred.until || rules.faults.has(Fault::PreferredNeverExpires))
    }

    /// Aggregation with whatever can go wrong.
    fn aggregate_wrongly(
        &self,
        shown: &[Shown<'_>],
        preferred: Option<Preferred>,
        now: Moment,
        rules: &Rules,
    ) -> Option<Presence> {
        let faults = &rules.faults;
        let shown = if faults.has(Fault::ThirdSessionIgnored) { &shown[..shown.len().min(2)] } else { shown };
        let Some(best) = winner(shown, rules) else {
            return match preferred {
                Some(preferred) if faults.has(Fault::PreferredAlone) => Some(preferred.presence),
                _ if faults.has(Fault::NoSessionUnknown) => {
                    Some(Presence::new(Availability::PresenceUnknown, Activity::PresenceUnknown))
                }
                _ if faults.has(Fault::NoSessionAway) => Some(Presence::AWAY),
                _ if faults.has(Fault::NoSessionNotFound) => None,
                _ => Some(Presence::OFFLINE),
            };
        };
        let mut presence = self.hidden(best.presence, now, rules);
        let is_equal = |shown: &&Shown<'_>| rank(shown.presence.availability) == rank(best.presence.availability);
        if faults.has(Fault::EqualsHidden) && shown.iter().filter(is_equal).count() > 1 {
            presence = Presence::OFFLINE;
        }
        if faults.has(Fault::MixedActivity) {
            let last = shown.iter().max_by_key(|shown| shown.session.order);
            presence.activity = last.map_or(presence.activity, |last| last.presence.activity);
        }
        let Some(preferred) = preferred else { return Some(presence) };
        if faults.has(Fault::PreferredIgnored) {
            return Some(presence);
        }
        if faults.has(Fault::PreferredLosesToBusy) {
            let is_lower = rank(preferred.presence.availability) < rank(presence.availability);
            return Some(if is_lower { presence } else { preferred.presence });
        }
        if faults.has(Fault::PreferredOnlyAvailability) {
            return Some(Presence::new(preferred.presence.availability, presence.activity));
        }
        if faults.has(Fault::PreferredFades) {
            return Some(rules.timeouts.shown(preferred.presence, now.since(preferred.since)));
        }
        Some(preferred.presence)
    }

    /// What hides the highest presence, where something that is over still does.
    fn hidden(&self, presence: Presence, now: Moment, rules: &Rules) -> Presence {
        if let Some(highest) = self.highest.filter(|_| rules.faults.has(Fault::HighestEverWins)) {
            return highest;
        }
        let hides = |session: &Session| {
            session.is_expired(now, rules) && rank(session.set.availability) > rank(presence.availability)
        };
        if rules.faults.has(Fault::ExpiredStillRanks) && self.sessions.iter().any(hides) {
            return Presence::OFFLINE;
        }
        presence
    }
}

/// The session that is shown: the highest, and of equals the one that the variant prefers.
fn winner<'a, 's>(shown: &'a [Shown<'s>], rules: &Rules) -> Option<&'a Shown<'s>> {
    let faults = &rules.faults;
    if faults.has(Fault::LastCallWins) {
        return shown.iter().max_by_key(|shown| shown.session.order);
    }
    if faults.has(Fault::FirstCallWins) {
        return shown.iter().min_by_key(|shown| shown.session.first_order);
    }
    if faults.has(Fault::LowestWins) {
        return shown.iter().min_by_key(|shown| rank(shown.presence.availability));
    }
    if faults.has(Fault::RankedBySetPair) {
        return shown.iter().max_by_key(|shown| (rank(shown.session.set.availability), Reverse(shown.session.order)));
    }
    shown.iter().max_by(|one, other| {
        let ranks = |shown: &Shown<'_>| ranked(shown.presence, rules);
        ranks(one).cmp(&ranks(other)).then_with(|| preference(one, rules).cmp(&preference(other, rules)))
    })
}

/// How a presence ranks, with whatever can go wrong.
fn ranked(presence: Presence, rules: &Rules) -> u8 {
    let right = 2 * rank(presence.availability);
    let faults = &rules.faults;
    if faults.is_empty() {
        return right;
    }
    match presence.availability {
        Availability::Available if faults.has(Fault::AvailableAboveBusy) => 7,
        Availability::Away if faults.has(Fault::AwayAboveAvailable) => 5,
        Availability::Away if faults.has(Fault::AwayAboveBusy) => 9,
        Availability::Busy if faults.has(Fault::BusyAboveDoNotDisturb) => 9,
        Availability::DoNotDisturb if faults.has(Fault::DoNotDisturbUnranked) => 0,
        _ if faults.has(Fault::InactiveBelowAway) && presence == Presence::AVAILABLE_INACTIVE => 1,
        _ => right,
    }
}

/// Which of two sessions of one rank is shown: the greater.
fn preference<'s>(shown: &Shown<'s>, rules: &Rules) -> (bool, Reverse<&'s str>, i128) {
    let variants = &rules.variants;
    let activity = shown.presence.activity;
    let is_preferred = (variants.has(Choice::TieInACall) && activity == Activity::InACall)
        || (variants.has(Choice::TieInAConferenceCall) && activity == Activity::InAConferenceCall)
        || (variants.has(Choice::TieInactive) && activity == Activity::AvailableInactive);
    let id = if variants.has(Choice::TieSmallestId) { &*shown.session.application } else { "" };
    let order = i128::from(shown.session.order);
    (is_preferred, Reverse(id), if variants.has(Choice::TieFirstSet) { -order } else { order })
}
