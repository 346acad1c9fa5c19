//! A finding of an earlier day, tried again.

use setpresence_core::explore::Sequence;
use setpresence_core::judge::Divergence;

use super::lane;
use super::options::FuzzOptions;
use super::stage::Stage;
use super::{abilities, together};
use crate::target::Target;

/// What came of a sequence that was played again.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// Everything that no permitted behaviour explains.
    pub divergences: Vec<Divergence>,
    /// Whether every request had an answer; without that, that nothing showed means nothing.
    pub is_whole: bool,
}

/// Plays a sequence once, on users in a known state as far as one can be had.
pub async fn replay(target: &Target, options: &FuzzOptions, sequence: &Sequence) -> Replayed {
    let stage = Stage::new(target, options);
    let one = FuzzOptions { jobs: 1, ..options.clone() };
    let mut lanes = lane::lanes(&stage, &abilities(target, options), &one);
    let Some(lane) = lanes.first_mut() else { return Replayed { divergences: Vec::new(), is_whole: false } };
    let played = together(&stage, vec![Box::pin(lane.play(&stage, sequence))]).await.pop().unwrap_or_default();
    Replayed {
        divergences: played.divergences,
        is_whole: played.is_whole && stage.judged() > 0 && stage.lost().is_none(),
    }
}
