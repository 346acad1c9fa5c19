//! A finding of an earlier day, tried again.

use setpresence_core::explore::Sequence;
use setpresence_core::judge::Divergence;

use super::options::FuzzOptions;
use super::player::{Heard, Player};
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
    let mut player = Player::new(target, options);
    let Heard { divergences, is_whole, .. } = player.play(sequence).await;
    Replayed { divergences, is_whole: is_whole && player.answered() > 0 && player.lost().is_none() }
}
