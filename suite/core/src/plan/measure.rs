//! When does the target change? Sessions of the run's own, watched until they show something else.
//!
//! A case only asks which side of a timeout a read is on; a measurement says where the timeout is. The search is pure:
//! it is told what a read showed and says when to look next. A clock that stands still is searched by bisection, to the
//! millisecond; one that passes by itself can be watched only once, so it is watched closely.

use std::time::Duration;

use super::{Abilities, Action, Plan, Request, Role, UserSlot};
use crate::spec::{Activity, Availability, Operation, Presence};

/// How near a clock that stands still can be searched: it moves by whole milliseconds.
const EXACT: Duration = Duration::from_millis(1);
/// How often a clock on the wall is looked at: two reads a second are a twenty-fifth of what Graph permits (source G).
const STEP: Duration = Duration::from_millis(500);
/// How often it is looked at near the documented instant.
const STEP_NEAR: Duration = Duration::from_millis(100);
/// How near is near.
const NEAR: Duration = Duration::from_secs(5);
/// The least time between two looks, in real time, however fast the target's clock is.
const STEP_REAL: Duration = Duration::from_millis(20);
/// How long after the documented instant a clock that passes by itself is still watched: as far as the cases' own
/// probes are from it.
const WATCHED_AFTER: Duration = Duration::from_secs(30);
/// How many sessions one search may need at most: twice what a bisection of a day by milliseconds takes.
const ROUNDS_MOST: u32 = 60;
/// How long the sessions last that are watched while they fade: past the latest look of any search.
const LASTS_WHILE_FADING: &str = "PT30M";

/// Something to find the instant of.
#[derive(Clone, Debug, PartialEq)]
pub struct Measuring {
    /// The requirement that documents the instant.
    pub requirement: String,
    /// What brings it about, in order of time. The instant counts from the last of these.
    pub actions: Vec<Action>,
    /// The read that looks for the change; its time is the search's business.
    pub look: Action,
    /// What is shown before the change.
    pub before: Vec<Presence>,
    /// What is documented to be shown after it.
    pub after: Presence,
    /// When it is documented to happen, counted from the last action; nothing where no document says.
    pub documented: Option<Duration>,
    /// How the clock can be searched.
    pub pace: Pace,
}

/// How a clock can be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// It stands still while it is looked at: to the millisecond, with as many sessions as that takes.
    Exact,
    /// It passes, and so many of its seconds in one of ours: with one session, at a rate that no service minds.
    Watched(u32),
}

/// What is measured, in the order of the requirements: the setting calls with their moments and durations, what is
/// shown before the change, and when that is documented to come.
struct Subject {
    requirement: &'static str,
    presence: Presence,
    expires: Option<&'static str>,
    /// When the same call is made again, if it is.
    again: Option<Duration>,
    preferred: Option<Presence>,
    before: &'static [Presence],
    after: Presence,
    documented: Option<Duration>,
}

const CALL: Presence = Presence::new(Availability::Busy, Activity::InACall);
const PREFERRED: Presence = Presence::new(Availability::DoNotDisturb, Activity::DoNotDisturb);
const MINUTE: Duration = Duration::from_secs(60);
/// Where a change is sought first that no document gives a time: where later documents have it (source V).
const UNSTATED_SOUGHT: Duration = MINUTE.saturating_mul(5);
/// How far such a change is sought on a clock that stands still: as long as any session may be set for (source V).
const UNSTATED_LATEST: Duration = MINUTE.saturating_mul(240);

const SUBJECTS: [Subject; 8] = [
    Subject { requirement: "fade.first-timeout", before: &[Presence::AVAILABLE], ..FADING },
    Subject {
        requirement: "fade.second-timeout",
        before: &[Presence::AVAILABLE, Presence::AVAILABLE_INACTIVE],
        after: Presence::AWAY,
        documented: Some(MINUTE.saturating_mul(10)),
        ..FADING
    },
    Subject {
        requirement: "fade.counts-from-last-call",
        again: Some(MINUTE.saturating_mul(3)),
        before: &[Presence::AVAILABLE],
        ..FADING
    },
    Subject { requirement: "fade.expiration", ..EXPIRING },
    Subject { requirement: "fade.expiration-moved", again: Some(MINUTE.saturating_mul(3)), ..EXPIRING },
    Subject { requirement: "fade.default-expiration", expires: None, ..EXPIRING },
    Subject { requirement: "fade.default-expiration-unstated", expires: None, documented: None, ..EXPIRING },
    Subject {
        requirement: "precedence.preferred-expires",
        preferred: Some(PREFERRED),
        expires: Some(LASTS_WHILE_FADING),
        before: &[PREFERRED],
        after: CALL,
        ..EXPIRING
    },
];

const FADING: Subject = Subject {
    requirement: "",
    presence: Presence::AVAILABLE,
    expires: Some(LASTS_WHILE_FADING),
    again: None,
    preferred: None,
    before: &[],
    after: Presence::AVAILABLE_INACTIVE,
    documented: Some(MINUTE.saturating_mul(5)),
};

const EXPIRING: Subject =
    Subject { presence: CALL, expires: Some("PT5M"), before: &[CALL], after: Presence::OFFLINE, ..FADING };

/// What can be measured beside these plans: the instants that one of them judges, as far as the target has what it
/// takes and the run has the time.
#[must_use]
pub fn measurings<'p>(
    plans: impl Iterator<Item = &'p Plan> + Clone,
    abilities: &Abilities,
    pace: Pace,
) -> Vec<Measuring> {
    let is_judged = |id: &str| plans.clone().any(|plan| plan.requirements.iter().any(|known| known == id));
    SUBJECTS
        .iter()
        .filter(|subject| is_judged(subject.requirement))
        .filter_map(|subject| subject.measuring(abilities, pace))
        .filter(|measuring| abilities.longest.is_none_or(|longest| measuring.lasts() <= longest))
        .collect()
}

impl Subject {
    fn measuring(&self, abilities: &Abilities, pace: Pace) -> Option<Measuring> {
        let application = &abilities.credentials.get("app")?.application;
        let action = |operation, actor: &str, at, body: Option<String>| {
            let body = body.map(String::into_bytes);
            Some(Action {
                step: 0,
                role: Role::Arrange,
                at,
                actor: Some(actor.to_owned()),
                user: UserSlot::Pool(0),
                operation,
                request: Request::plain(abilities.operations.get(&operation)?, body),
                expect: None,
                covers: self.requirement.to_owned(),
                is_together: false,
            })
        };
        let set = |at| {
            let body = body(Some(application), self.presence, self.expires);
            action(Operation::SetPresence, "app", at, Some(body))
        };
        let mut actions = vec![set(Duration::ZERO)?];
        if let Some(again) = self.again {
            actions.push(set(again)?);
        }
        if let Some(preferred) = self.preferred {
            let body = body(None, preferred, Some("PT5M"));
            actions.push(action(Operation::SetUserPreferredPresence, "app", Duration::ZERO, Some(body))?);
            // Whoever cannot clear it would leave it on somebody.
            abilities.operations.get(&Operation::ClearUserPreferredPresence)?;
        }
        Some(Measuring {
            requirement: self.requirement.to_owned(),
            look: action(Operation::GetPresence, "reader", Duration::ZERO, None)?,
            actions,
            before: self.before.to_vec(),
            after: self.after,
            documented: self.documented,
            pace,
        })
    }
}

fn body(application: Option<&String>, presence: Presence, expires: Option<&str>) -> String {
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let mut members = Vec::new();
    if let Some(application) = application {
        members.push(format!("\"sessionId\": {}", text(application)));
    }
    let (availability, activity) = (presence.availability.name(), presence.activity.name());
    members.push(format!("\"availability\": {}, \"activity\": {}", text(availability), text(activity)));
    if let Some(expires) = expires {
        members.push(format!("\"expirationDuration\": {}", text(expires)));
    }
    format!("{{ {} }}", members.join(", "))
}

impl Measuring {
    /// From the first action to the latest look, on the target's clock, where one session is enough.
    #[must_use]
    pub fn lasts(&self) -> Duration {
        self.actions.last().map_or(Duration::ZERO, |action| action.at) + self.latest()
    }

    /// Whether it sets a preferred presence, which somebody has to clear.
    #[must_use]
    pub fn prefers(&self) -> bool {
        self.actions.iter().any(|action| action.operation == Operation::SetUserPreferredPresence)
    }

    /// About how many requests it takes on a target that keeps to the documentation.
    #[must_use]
    pub fn requests(&self) -> usize {
        let (mut search, mut looked, mut n_looks) = (Search::of(self, Duration::ZERO), None, 0);
        while let Next::Look(at) = search.next(looked) {
            search.saw(at, at, "", at < self.sought());
            looked = Some(at);
            n_looks += 1;
        }
        self.actions.len() + n_looks
    }

    /// The latest look, counted from the last action.
    fn latest(&self) -> Duration {
        match self.pace {
            Pace::Exact => self.documented.map_or(UNSTATED_LATEST, |at| at.saturating_mul(2)),
            Pace::Watched(_) => self.sought().saturating_add(WATCHED_AFTER),
        }
    }

    /// Where the change is sought first.
    fn sought(&self) -> Duration {
        self.documented.unwrap_or(UNSTATED_SOUGHT)
    }
}

/// A search for the instant of a change. Times are counted from the last action.
#[derive(Clone, Debug)]
pub struct Search {
    pace: Pace,
    sought: Duration,
    earliest: Duration,
    latest: Duration,
    no_earlier: Option<Duration>,
    no_later: Option<Duration>,
    from: String,
    to: Option<String>,
    is_over: bool,
    n_rounds: u32,
}

/// What a search wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// A look at this time after the last action.
    Look(Duration),
    /// The actions once more, because the time to look at has passed for this session.
    Again,
    /// Nothing more.
    Over,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What was shown before.
    pub from: String,
    /// What was shown after; nothing where it did not change for as long as it was watched.
    pub to: Option<String>,
    /// The change came no earlier than this.
    pub no_earlier: Duration,
    /// The change came no later than this, if it came.
    pub no_later: Option<Duration>,
}

impl Search {
    /// The search for what is to be measured, on a target whose calls may stay invisible for that long.
    #[must_use]
    pub fn of(measuring: &Measuring, propagation: Duration) -> Self {
        let earliest = if propagation.is_zero() { Duration::ZERO } else { propagation.saturating_add(EXACT) };
        Self {
            pace: measuring.pace,
            sought: measuring.sought(),
            earliest,
            latest: measuring.latest(),
            no_earlier: None,
            no_later: None,
            from: String::new(),
            to: None,
            is_over: false,
            n_rounds: 0,
        }
    }

    /// What to do next, when the last look at the present session was so long after the last action.
    pub fn next(&mut self, looked: Option<Duration>) -> Next {
        if self.is_over {
            return Next::Over;
        }
        let at = match (self.pace, self.no_earlier) {
            (_, None) => self.earliest,
            (Pace::Watched(factor), Some(_)) => self.next_watched(looked.unwrap_or_default(), factor),
            (Pace::Exact, Some(least)) => self.next_exact(least),
        };
        if at > self.latest || at < self.earliest {
            self.is_over = true;
            return Next::Over;
        }
        match looked {
            Some(looked) if looked >= at => {
                self.n_rounds += 1;
                self.is_over = self.n_rounds > ROUNDS_MOST;
                if self.is_over { Next::Over } else { Next::Again }
            }
            _ => Next::Look(at),
        }
    }

    fn next_watched(&self, looked: Duration, factor: u32) -> Duration {
        if looked >= self.latest {
            return Duration::MAX;
        }
        let is_near = looked + STEP + NEAR >= self.sought && looked <= self.sought + NEAR;
        let step = if is_near { STEP_NEAR } else { STEP };
        looked.saturating_add(step.max(STEP_REAL.saturating_mul(factor))).min(self.latest)
    }

    /// Around the instant first where the change ought to be; then by halves.
    fn next_exact(&self, least: Duration) -> Duration {
        let Some(most) = self.no_later else {
            let first = [self.sought.saturating_sub(EXACT), self.sought, self.sought + EXACT, self.latest];
            return first.into_iter().find(|at| *at > least).unwrap_or(Duration::MAX);
        };
        let between = most.saturating_sub(least).as_millis() / 2;
        if between == 0 {
            return Duration::MAX;
        }
        least + Duration::from_millis(u64::try_from(between).unwrap_or(u64::MAX))
    }

    /// Takes in what a look showed that took place so long after the last action, at least and at most.
    pub fn saw(&mut self, least: Duration, most: Duration, shown: &str, is_before: bool) {
        if is_before {
            if self.no_earlier.is_none_or(|known| least >= known) {
                self.no_earlier = Some(least);
                shown.clone_into(&mut self.from);
            }
        } else {
            // A change that was there before the first look is not one that can be timed.
            self.is_over |= self.no_earlier.is_none() || matches!(self.pace, Pace::Watched(_));
            if self.no_later.is_none_or(|known| most <= known) {
                self.no_later = Some(most);
                self.to = Some(shown.to_owned());
            }
        }
    }

    /// What was found, if anything was.
    #[must_use]
    pub fn found(self) -> Option<Found> {
        let no_earlier = self.no_earlier?;
        Some(Found { from: self.from, to: self.to, no_earlier, no_later: self.no_later })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Adapter;
    use super::*;

    fn search(pace: Pace, documented: Option<Duration>) -> Search {
        let look = Action {
            step: 0,
            role: Role::Arrange,
            at: Duration::ZERO,
            actor: None,
            user: UserSlot::Pool(0),
            operation: Operation::GetPresence,
            request: Request::plain(&Adapter { method: "GET".to_owned(), path: "/".to_owned() }, None),
            expect: None,
            covers: String::new(),
            is_together: false,
        };
        let measuring = Measuring {
            requirement: "fade.first-timeout".to_owned(),
            actions: Vec::new(),
            look,
            before: vec![Presence::AVAILABLE],
            after: Presence::AVAILABLE_INACTIVE,
            documented,
            pace,
        };
        Search::of(&measuring, Duration::ZERO)
    }

    /// Plays a target that changes at `change`, and counts looks and sessions.
    fn play(pace: Pace, change: Duration) -> (Option<Found>, usize, usize) {
        play_with(search(pace, Some(5 * MINUTE)), change)
    }

    fn play_with(mut search: Search, change: Duration) -> (Option<Found>, usize, usize) {
        let (mut looked, mut n_looks, mut n_sessions) = (None, 0, 1);
        loop {
            match search.next(looked) {
                Next::Look(at) => {
                    assert!(looked.is_none_or(|before| at > before), "a session's time does not go back");
                    let is_before = at < change;
                    search.saw(at, at, if is_before { "old" } else { "new" }, is_before);
                    looked = Some(at);
                    n_looks += 1;
                }
                Next::Again => {
                    looked = None;
                    n_sessions += 1;
                }
                Next::Over => return (search.found(), n_looks, n_sessions),
            }
            assert!(n_looks < 5000);
        }
    }

    #[test]
    fn a_clock_that_stands_still_is_searched_to_the_millisecond() {
        let ms = Duration::from_millis;
        // When it changes, what is found, in how many looks and sessions at most.
        let rows = [
            (ms(300_000), Some((299_999, Some(300_000))), 3, 1),
            // A boundary that belongs to the side before it.
            (Duration::from_nanos(300_000_000_001), Some((300_000, Some(300_001))), 4, 1),
            (ms(240_200), Some((240_199, Some(240_200))), 30, 30),
            (ms(1), Some((0, Some(1))), 30, 30),
            (ms(599_999), Some((599_998, Some(599_999))), 30, 30),
            (ms(0), None, 1, 1),
            (Duration::MAX, Some((600_000, None)), 5, 1),
        ];
        for (change, wanted, n_looks_most, n_sessions_most) in rows {
            let (found, n_looks, n_sessions) = play(Pace::Exact, change);
            let shown = found.map(|found| (found.no_earlier.as_millis(), found.no_later.map(|most| most.as_millis())));
            assert_eq!(shown, wanted, "{change:?}");
            assert!(n_looks <= n_looks_most && n_sessions <= n_sessions_most, "{change:?}: {n_looks} in {n_sessions}");
        }
    }

    #[test]
    fn a_search_that_comes_to_nothing_ends() {
        let mut search = search(Pace::Exact, Some(5 * MINUTE));
        let (mut looked, mut n_sessions) = (None, 1);
        loop {
            match search.next(looked) {
                // However late it is looked, what is shown may be from the very beginning.
                Next::Look(at) => {
                    search.saw(Duration::ZERO, at, "old", true);
                    looked = Some(at);
                }
                Next::Again => {
                    looked = None;
                    n_sessions += 1;
                }
                Next::Over => break,
            }
        }
        assert_eq!(n_sessions, 1 + ROUNDS_MOST);
    }

    #[test]
    fn a_change_without_a_documented_time_is_sought_far_and_wide() {
        for (minutes, wanted, n_looks_most) in [(5, Some(5), 3), (60, Some(60), 40), (1440, None, 5)] {
            let (found, n_looks, _) = play_with(search(Pace::Exact, None), minutes * MINUTE);
            assert_eq!(found.unwrap().no_later, wanted.map(|minutes| minutes * MINUTE));
            assert!(n_looks <= n_looks_most, "{minutes}: {n_looks}");
        }
        let (found, _, _) = play_with(search(Pace::Watched(1), None), 60 * MINUTE);
        assert_eq!(found.unwrap().no_earlier, UNSTATED_SOUGHT + WATCHED_AFTER, "nobody waits an hour for it");
    }

    #[test]
    fn a_clock_that_passes_is_watched_politely() {
        for (factor, change, width) in
            [(1, 240_200, 500), (1, 300_050, 100), (60, 240_200, 1200), (1200, 240_200, 24_000)]
        {
            let change = Duration::from_millis(change);
            let (found, n_looks, n_sessions) = play(Pace::Watched(factor), change);
            let found = found.unwrap();
            let most = found.no_later.unwrap();
            assert!(found.no_earlier < change && change <= most, "{found:?}");
            assert!((most - found.no_earlier).as_millis() <= width, "{found:?}");
            assert_eq!(n_sessions, 1);
            assert!(n_looks <= 2 * 330 + 100, "{n_looks}");
        }
        let (found, _, _) = play(Pace::Watched(1), Duration::MAX);
        assert_eq!(found.unwrap().no_later, None);
    }
}
