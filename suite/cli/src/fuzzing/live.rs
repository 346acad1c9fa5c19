//! Fuzzing whatever a subject is.

use std::time::Duration;

use setpresence_core::explore::{Calls, Sequence};
use setpresence_core::plan::Pace;
use setpresence_runner::{FuzzEnd, FuzzOptions, FuzzProgress, Replayed, Users, fuzz, replay};

use crate::error::SetupError;
use crate::subject::Subject;

/// How a campaign against a subject is done; what is not said here is the subject's own.
#[derive(Clone, Debug, Default)]
pub struct Campaigning {
    /// The runner's options, but for the users, the jobs, the longest wait and the name of the base URL.
    pub options: FuzzOptions,
    /// How many sequences run at once.
    pub jobs: Option<usize>,
}

impl Subject {
    /// Fuzzes the subject until the budget is used up.
    ///
    /// # Errors
    /// [`SetupError::OutOfReach`] where a first look shows that nothing can be judged.
    pub async fn fuzz(
        &self,
        campaigning: &Campaigning,
        on_progress: &mut (dyn FnMut(FuzzProgress) + Send),
    ) -> Result<FuzzEnd, SetupError> {
        if let Some(sentence) = self.why_not().await {
            return Err(SetupError::OutOfReach(sentence));
        }
        Ok(fuzz(self.target(), &self.fuzz_options(campaigning), on_progress).await)
    }

    /// Plays a sequence once.
    ///
    /// # Errors
    /// As [`Subject::fuzz`].
    pub async fn replay(&self, sequence: &Sequence) -> Result<Replayed, SetupError> {
        if let Some(sentence) = self.why_not().await {
            return Err(SetupError::OutOfReach(sentence));
        }
        Ok(replay(self.target(), &self.fuzz_options(&Campaigning::default()), sequence).await)
    }

    pub(super) fn fuzz_options(&self, campaigning: &Campaigning) -> FuzzOptions {
        let own = self.options();
        FuzzOptions {
            jobs: campaigning.jobs.unwrap_or(own.jobs),
            users: if own.users == Users::Fresh { Users::Fresh } else { Users::Unknown },
            longest_wait: self.longest_wait(campaigning.options.calls),
            display_base: own.display_base.clone(),
            ..campaigning.options.clone()
        }
    }

    /// How long a sequence may wait. Calls that overlap show what they show at once: on a clock that passes by itself they
    /// would spend the whole budget waiting.
    fn longest_wait(&self, calls: Calls) -> Duration {
        match calls {
            Calls::Overlapping if self.pace() != Pace::Exact => Duration::ZERO,
            _ => self.abilities().longest.unwrap_or_default(),
        }
    }
}
