//! How fast requests may follow each other: what the target's owner permits, and what the target asks for.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use setpresence_core::spec::Operation;
use tokio::time::Instant;

use crate::settings::Rate;

/// Spaces requests out evenly, so that no second ever holds more of them than it may.
#[derive(Debug, Default)]
pub(super) struct Pacing {
    rate: Rate,
    next: Mutex<Slots>,
}

/// When the next request may be sent.
#[derive(Debug, Default)]
struct Slots {
    any: Option<Instant>,
    of: BTreeMap<Operation, Instant>,
}

impl Pacing {
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, next: Mutex::default() }
    }

    /// The least time between two requests.
    pub(super) fn least(&self) -> Duration {
        self.rate.overall.unwrap_or_default()
    }

    /// Waits until a request may be sent.
    pub(super) async fn turn(&self, operation: Operation) {
        if let Some(slot) = self.slot(operation, Instant::now()) {
            tokio::time::sleep_until(slot).await;
        }
    }

    /// Keeps every request back for a while: the target said "not now", and means all of us.
    pub(super) fn hold(&self, until: Instant) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.any = Some(next.any.map_or(until, |any| any.max(until)));
    }

    fn slot(&self, operation: Operation, now: Instant) -> Option<Instant> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let after = next.of.get(&operation).copied();
        let slot = [next.any, after].into_iter().flatten().fold(now, Instant::max);
        if let Some(overall) = self.rate.overall {
            next.any = Some(slot + overall);
        }
        if let Some(pause) = self.rate.of.get(&operation) {
            next.of.insert(operation, slot + *pause);
        }
        (slot > now).then_some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_holds_more_than_it_may() {
        let ms = Duration::from_millis;
        let (set, get) = (Operation::SetPresence, Operation::GetPresence);
        let rate = Rate { overall: Some(ms(100)), of: [(set, ms(500))].into() };
        let (pacing, start) = (Pacing::new(rate), Instant::now());
        let at = |pacing: &Pacing, operation, now| {
            pacing.slot(operation, now).map_or(Duration::ZERO, |slot| slot - start).as_millis()
        };
        let found: Vec<_> = [get, set, get, set, get].map(|operation| at(&pacing, operation, start)).into();
        assert_eq!(found, [0, 100, 200, 600, 700]);
        pacing.hold(start + ms(3700));
        assert_eq!(at(&pacing, get, start), 3700);
        assert_eq!(at(&pacing, get, start + ms(5000)), 0, "nothing waits for what has passed");

        let free = Pacing::default();
        assert_eq!((at(&free, set, start), at(&free, set, start)), (0, 0));
    }
}
