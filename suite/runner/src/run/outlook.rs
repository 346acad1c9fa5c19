//! What a run is waiting for, for whoever watches it from outside.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a run on a clock that passes by itself waits for. Clones look at the same run.
#[derive(Clone, Debug, Default)]
pub struct Outlook(Arc<Mutex<Ahead>>);

#[derive(Debug, Default)]
struct Ahead {
    /// By moment, then in the order of asking: the case that waits.
    waiting: BTreeMap<(Instant, u64), String>,
    asked: u64,
    ends: Option<Instant>,
}

/// Takes its entry away when the waiting is over, however it ended.
#[derive(Debug)]
pub(super) struct Entry<'o> {
    outlook: &'o Outlook,
    key: (Instant, u64),
}

impl Outlook {
    /// The case that is looked at next, and in how long.
    #[must_use]
    pub fn next(&self) -> Option<(Duration, String)> {
        let ahead = self.lock();
        let ((at, _), id) = ahead.waiting.first_key_value()?;
        Some((at.saturating_duration_since(Instant::now()), id.clone()))
    }

    /// In how long the run ends, as far as can be told.
    #[must_use]
    pub fn ends_in(&self) -> Option<Duration> {
        self.lock().ends.map(|ends| ends.saturating_duration_since(Instant::now()))
    }

    pub(super) fn set_end(&self, after: Duration) {
        self.lock().ends = Instant::now().checked_add(after);
    }

    /// Somebody begins to wait.
    pub(super) fn enter(&self, after: Duration, id: &str) -> Option<Entry<'_>> {
        let at = Instant::now().checked_add(after)?;
        let mut ahead = self.lock();
        ahead.asked += 1;
        let key = (at, ahead.asked);
        ahead.waiting.insert(key, id.to_owned());
        Some(Entry { outlook: self, key })
    }

    fn lock(&self) -> MutexGuard<'_, Ahead> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.outlook.lock().waiting.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_comes_first() {
        let outlook = Outlook::default();
        assert_eq!((outlook.next(), outlook.ends_in()), (None, None));
        let far = outlook.enter(Duration::from_secs(7200), "far");
        let near = outlook.enter(Duration::from_secs(3600), "near");
        outlook.set_end(Duration::from_secs(7200));
        let next = || outlook.next().map(|(_, id)| id);
        assert_eq!(next().as_deref(), Some("near"));
        assert!(outlook.ends_in() <= Some(Duration::from_secs(7200)));
        drop(near);
        assert_eq!(next().as_deref(), Some("far"));
        drop(far);
        assert_eq!(next(), None);
    }
}
