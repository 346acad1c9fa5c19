//! One sequence, played once: what a fuzzer of someone else's calls for each input that it makes up.

use std::cmp::Reverse;

use setpresence_core::explore::Sequence;
use setpresence_core::judge::Divergence;

use super::options::FuzzOptions;
use super::stage::Stage;
use super::{Found, Fuzzer, together};
use crate::target::Target;

/// The first thing in a sequence that is wrong and wanted, made as small as can be.
pub async fn first_of(
    target: &Target,
    options: &FuzzOptions,
    sequence: &Sequence,
    is_wanted: &(dyn Fn(&Divergence) -> bool + Sync),
) -> Option<Found> {
    let stage = Stage::new(target, options);
    let mut fuzzer = Fuzzer::new(&stage, options);
    let lane = fuzzer.lanes.first_mut()?;
    let played = together(&stage, vec![Box::pin(lane.play(&stage, sequence))]).await.pop()?;
    let wanted = played.divergences.into_iter().filter(|divergence| is_wanted(divergence));
    let first = wanted.min_by_key(|divergence| (divergence.exchange, Reverse(divergence.level)))?;
    fuzzer.look_into(sequence, first, 0).await;
    fuzzer.found.pop()
}
