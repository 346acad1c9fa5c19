//! Calls that may not be visible yet: when a read may be judged.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use setpresence_core::event::{Observation, Outcome};
use setpresence_core::judge;
use setpresence_core::moment::Moment;
use setpresence_core::plan::{Action, UserSlot};
use setpresence_core::spec::{Operation, Presence};

use super::clean::{AFTER_PROPAGATION, visible_by};

/// How often a read is repeated at most while a call may not be visible yet.
const LOOKS: u32 = 10;

/// A user as a case gets it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given {
    /// Whether nothing stands on it.
    pub(super) is_clean: bool,
    /// When everything must be visible that was done to it before.
    pub(super) visible: Moment,
}

/// What a case knows of its calls that may not be visible yet.
///
/// A read is final when every call must be visible, or when it *settles*: it shows what it has to show, something else
/// than before, and only one call could have brought that about. Whatever a read shows that has to show no change, it
/// shows too early.
#[derive(Debug)]
pub(super) struct Settling {
    propagation: Duration,
    /// What was last shown of each user, as far as that is known.
    shown: BTreeMap<UserSlot, String>,
    /// Whose calls may not be visible yet.
    pending: Vec<UserSlot>,
    /// When all of them must be.
    visible: Moment,
    /// The same in real time, which a target's caches live in, on whatever clock its sessions do.
    visible_really: Option<Instant>,
    /// The moment of the clock that it was last seen at.
    now: Option<Moment>,
    /// Whether the same read was sent before.
    is_repeated: bool,
}

impl Settling {
    /// The case has called nothing yet; users that are clean show that they are Offline, once what made them so must be
    /// visible: until then it counts as one of the calls that may not be.
    pub(super) fn new(propagation: Duration, users: Vec<Given>, start: Moment) -> Self {
        // When they were cleaned in real time nobody noted: just now at the latest.
        let is_cleaned = !propagation.is_zero() && users.iter().any(|user| user.visible > Moment::START);
        let visible = users.iter().map(|user| user.visible).max().unwrap_or(Moment::START);
        let slots = || users.iter().enumerate().map(|(slot, user)| (UserSlot::Pool(slot), user));
        let offline = slots().filter(|(_, user)| user.is_clean && user.visible <= start);
        Self {
            propagation,
            shown: offline.map(|(slot, _)| (slot, Presence::OFFLINE.to_string())).collect(),
            pending: slots().filter(|(_, user)| user.visible > start).map(|(slot, _)| slot).collect(),
            visible,
            visible_really: is_cleaned.then(|| Instant::now() + propagation + AFTER_PROPAGATION),
            now: None,
            is_repeated: false,
        }
    }

    /// How long an action has to wait in real time where the clock is moved by hand: what a call or the clock changed
    /// may need real time until it is visible, and such a clock passes none.
    pub(super) fn pause(&mut self, action: &Action, now: Moment) -> Duration {
        if self.propagation.is_zero() {
            return Duration::ZERO;
        }
        let before = self.now.replace(now).unwrap_or(now);
        // What is added to look again is no more than may be overlooked anyway.
        if now.since(before) > self.propagation + AFTER_PROPAGATION {
            self.changed();
        } else if self.pending.len() == 1 && self.could_settle(action) {
            let step = if self.is_repeated { self.propagation / LOOKS } else { Duration::ZERO };
            return self.left(action).min(step);
        }
        self.left(action)
    }

    fn left(&self, action: &Action) -> Duration {
        let is_read = action.operation == Operation::GetPresence;
        let visible = self.visible_really.filter(|_| is_read);
        visible.map(|visible| visible.saturating_duration_since(Instant::now())).unwrap_or_default()
    }

    fn changed(&mut self) {
        self.visible_really = Some(Instant::now() + self.propagation + AFTER_PROPAGATION);
    }

    /// When an action is to be sent that is due then and could be sent from `ready` on.
    pub(super) fn due(&mut self, action: &Action, due: Moment, ready: Moment) -> Moment {
        if self.visible <= due.max(ready) {
            self.pending.clear();
        }
        let may_wait = action.operation == Operation::GetPresence && !self.pending.is_empty();
        if may_wait && !self.could_settle(action) { due.max(self.visible) } else { due }
    }

    /// Takes in what was seen; says when the same read is to be repeated, if it is.
    pub(super) fn saw(&mut self, action: &Action, seen: &Observation) -> Option<Moment> {
        if action.operation != Operation::GetPresence {
            if !self.propagation.is_zero() {
                self.changed();
                self.is_repeated = false;
                self.pending.push(action.user);
                self.visible = self.visible.max(visible_by(self.propagation, seen.span.to));
            }
            return None;
        }
        let Outcome::Answer(answer) = &seen.outcome else { return None };
        let shown = judge::presence_shown(answer);
        let is_final = self.pending.is_empty()
            || seen.span.from >= self.visible
            || shown.as_ref().is_some_and(|shown| {
                judge::is_expected(action, shown) && self.shown.get(&action.user).is_some_and(|before| before != shown)
            });
        if !is_final {
            self.is_repeated = true;
            let step = self.propagation / LOOKS;
            return Some(seen.span.to.later(step).min(self.visible).max(seen.span.to));
        }
        match shown {
            Some(shown) => self.shown.insert(action.user, shown),
            None => self.shown.remove(&action.user),
        };
        self.pending.clear();
        None
    }

    /// Whether a read could be final before every call must be visible.
    fn could_settle(&self, action: &Action) -> bool {
        matches!(self.pending.as_slice(), [only] if *only == action.user)
            && self.shown.contains_key(&action.user)
            && action.expect.is_some()
    }
}
