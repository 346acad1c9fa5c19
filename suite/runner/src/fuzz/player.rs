//! One sequence after another on a target, for whoever holds the answers against something else than the model alone.

use setpresence_core::event::Observation;
use setpresence_core::explore::{Play, Sequence};
use setpresence_core::judge::{Context, Divergence};
use setpresence_core::spec::Profile;

use super::lane::{self, Lane};
use super::options::FuzzOptions;
use super::stage::Stage;
use super::{abilities, together};
use crate::target::Target;

/// Plays one sequence after another, each from a known state as far as one can be had.
pub struct Player<'t> {
    stage: Stage<'t>,
    profile: &'static Profile,
    lane: Option<Lane>,
}

/// What was seen of a sequence.
#[derive(Debug)]
pub struct Heard {
    /// What came back of each move, as far as it came.
    pub observations: Vec<Observation>,
    /// Everything that no permitted behaviour explains.
    pub divergences: Vec<Divergence>,
    /// What the answers showed, for a campaign to learn from.
    pub features: Vec<u64>,
    /// Whether it came to its end.
    pub is_whole: bool,
    is_known: bool,
    context: Option<Context>,
    profile: &'static Profile,
}

impl Heard {
    /// It, to be held against what another target did with the same; nothing where nothing was sent.
    #[must_use]
    pub fn play<'p>(&'p self, sequence: &'p Sequence) -> Option<Play<'p>> {
        let Self { observations, is_known, profile, .. } = self;
        self.context.as_ref().map(|context| Play { profile, context, sequence, observations, is_known: *is_known })
    }
}

impl<'t> Player<'t> {
    /// A player on users of its own. Nothing is sent yet.
    #[must_use]
    pub fn new(target: &'t Target, options: &FuzzOptions) -> Self {
        let stage = Stage::new(target, options);
        let abilities = abilities(target, options);
        let one = FuzzOptions { jobs: 1, ..options.clone() };
        let lane = lane::lanes(&stage, &abilities, &one).into_iter().next();
        Self { stage, profile: abilities.profile, lane }
    }

    /// Plays a sequence, and tells what was seen.
    pub async fn play(&mut self, sequence: &Sequence) -> Heard {
        let played = match &mut self.lane {
            Some(lane) => together(&self.stage, vec![Box::pin(lane.play(&self.stage, sequence))]).await.pop(),
            None => None,
        };
        let lane::Played { divergences, features, is_whole, observations, is_known, .. } = played.unwrap_or_default();
        let context = self.lane.as_ref().map(Lane::context).cloned();
        Heard { observations, divergences, features, is_whole, is_known, context, profile: self.profile }
    }

    /// Takes note that somebody else may have changed the users.
    pub fn doubt(&mut self) {
        self.lane.iter_mut().for_each(Lane::doubt);
    }

    /// Leaves the users as nobody would want to find them otherwise: without what was set. Best effort.
    pub async fn leave(&mut self) {
        if let Some(lane) = &mut self.lane {
            together(&self.stage, vec![Box::pin(lane.leave(&self.stage))]).await;
        }
    }

    /// How many requests were sent, those that clear the users among them.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.stage.sent()
    }

    /// How many of them had an answer.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.stage.judged()
    }

    /// Why the target counts as lost, if it does.
    #[must_use]
    pub fn lost(&self) -> Option<String> {
        self.stage.lost()
    }
}
