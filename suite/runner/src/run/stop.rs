//! Telling a run to end, from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Tells a run to end: nothing new begins, what it set is cleared, and it is over. Clones tell the same run.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Told>);

#[derive(Debug, Default)]
struct Told {
    is_told: AtomicBool,
    telling: Notify,
}

impl Stop {
    /// Tells it.
    pub fn tell(&self) {
        self.0.is_told.store(true, Ordering::SeqCst);
        self.0.telling.notify_waiters();
    }

    /// Whether it is told.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.0.is_told.load(Ordering::SeqCst)
    }

    /// Waits until it is told.
    pub(crate) async fn told(&self) {
        let telling = self.0.telling.notified();
        if !self.is_told() {
            telling.await;
        }
    }
}
