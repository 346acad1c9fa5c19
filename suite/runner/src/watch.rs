//! Whoever wants to see each exchange as it happens.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use setpresence_core::event::{Outcome, RequestRecord};

/// A request that was sent and what came of it, with every secret masked.
#[derive(Clone, Copy, Debug)]
pub struct Exchanged<'a> {
    /// What it was sent for: the id of a case, or our own purpose in words.
    pub purpose: &'a str,
    /// The request.
    pub request: &'a RequestRecord,
    /// The answer, or why there is none.
    pub outcome: &'a Outcome,
    /// Real time between sending and the end of the answer.
    pub took: Duration,
}

/// Is told of every exchange, while others are under way.
#[derive(Clone)]
pub struct Watcher(Arc<dyn Fn(&Exchanged<'_>) + Send + Sync>);

impl Watcher {
    /// Tells this function; it must not take long, as the run waits for it.
    #[must_use]
    pub fn new(told: impl Fn(&Exchanged<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(told))
    }

    pub(crate) fn tell(&self, exchanged: &Exchanged<'_>) {
        (self.0)(exchanged);
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watcher")
    }
}
