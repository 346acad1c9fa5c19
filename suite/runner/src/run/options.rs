//! What is to be run, and how.

use std::sync::Arc;
use std::time::Duration;

use setpresence_core::event::CaseRecord;
use setpresence_core::plan::{Measuring, Plan};

use super::outlook::Outlook;
use super::stop::Stop;

/// How many requests are in flight at once where nothing else is asked for: enough to hide a network's delay,
/// few enough for a small target.
pub const JOBS: usize = 16;

/// Something whose record belongs into a run.
#[derive(Clone, Debug)]
pub enum Work {
    /// A case to run.
    Judge(Arc<Plan>),
    /// A case that is not run, such as a skipped one.
    Recorded(Box<CaseRecord>),
    /// An instant to find. It goes into the record of every case that judges its requirement.
    Measure(Arc<Measuring>),
}

impl From<Plan> for Work {
    fn from(plan: Plan) -> Self {
        Self::Judge(Arc::new(plan))
    }
}

impl From<Measuring> for Work {
    fn from(measuring: Measuring) -> Self {
        Self::Measure(Arc::new(measuring))
    }
}

impl From<CaseRecord> for Work {
    fn from(record: CaseRecord) -> Self {
        Self::Recorded(Box::new(record))
    }
}

/// What is known of the users when a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Users {
    /// Nobody ever touched them, and nobody minds what is left on them.
    Fresh,
    /// They may have sessions; they are cleared before their first use and after their last.
    Unknown,
}

/// How a run is done.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many requests may be in flight at once.
    pub jobs: usize,
    /// What is known of the users.
    pub users: Users,
    /// How many users of the pool, from the first, are left aside, because earlier runs on the same target used them.
    pub skip_users: usize,
    /// How long, on the target's clock, the run may wait for leftover sessions to expire where they cannot be
    /// cleared. Nothing is as long as it takes; a manual clock always waits.
    pub longest_wait: Option<Duration>,
    /// What the base URL is called in records, for a target whose address is chance.
    pub display_base: Option<String>,
    /// Tells the run to end early.
    pub stop: Stop,
    /// Shows what the run waits for.
    pub outlook: Outlook,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            jobs: JOBS,
            users: Users::Unknown,
            skip_users: 0,
            longest_wait: Some(Duration::ZERO),
            display_base: None,
            stop: Stop::default(),
            outlook: Outlook::default(),
        }
    }
}
