//! A finding tried again and again: first as it was found, then with less and less of it.

use setpresence_core::explore::{Ground, Kind, Sequence, Shrinker};
use setpresence_core::judge::Divergence;
use tracing::debug;

use super::lane::Lane;
use super::stage::Stage;
use super::{Found, together};

/// How often a finding is tried to see whether it always shows.
const CONFIRMED: u32 = 3;
/// How often each edit of one that does not always show is tried: one that shows every other time shows in four of them
/// with more than nine in ten.
const CHANCES: u32 = 4;
/// How often one that does not always show is tried for its rate.
const RATED: u32 = 10;

/// The least sequence that shows a finding, and how often it does.
pub(super) async fn least(
    stage: &Stage<'_>,
    lane: &mut Lane,
    ground: Ground,
    kind: &Kind,
    found: Found,
    tries: u32,
) -> Found {
    let first = rate(stage, lane, &found.sequence, kind, CONFIRMED).await;
    let is_flaky = first.0 < first.1;
    // That it was found is a time that it showed.
    let mut found = Found { rate: if is_flaky { (first.0 + 1, first.1 + 1) } else { first }, ..found };
    // What may not always show is given several chances, so that an edit is not refused by chance alone.
    let is_race = is_flaky || found.sequence.in_turn().is_some();
    let (chances, mut left) = if is_race { (CHANCES, 2 * tries) } else { (1, tries) };
    let mut shrinker = Shrinker::new(ground, found.sequence.clone());
    while let (Some(candidate), false, 1..) = (shrinker.candidate(), stage.is_over(), left) {
        let mut shown = None;
        for _ in 0..chances.min(left) {
            left -= 1;
            shown = show(stage, lane, &candidate, kind).await;
            if shown.is_some() {
                break;
            }
        }
        debug!(moves = candidate.moves().len(), shows = shown.is_some(), left, "tried with less");
        shrinker.tell(shown.is_some());
        if let Some(shown) = shown {
            found.divergence = shown;
            found.sequence = candidate;
        }
    }
    if !stage.is_over() {
        let (shown, tried) = rate(stage, lane, &found.sequence, kind, if is_race { RATED } else { CONFIRMED }).await;
        found.rate = if shown < tried { (shown + 1, tried + 1) } else { (shown, tried) };
    }
    found
}

async fn rate(stage: &Stage<'_>, lane: &mut Lane, sequence: &Sequence, kind: &Kind, times: u32) -> (u32, u32) {
    let (mut shown, mut tried) = (0, 0);
    for _ in 0..times {
        if stage.is_over() {
            break;
        }
        tried += 1;
        shown += u32::from(show(stage, lane, sequence, kind).await.is_some());
    }
    // Where time is up it was found, and that is all that is known.
    if tried == 0 { (1, 1) } else { (shown, tried) }
}

/// Plays a sequence; what its last move shows, if that is of the kind.
pub(super) async fn show(stage: &Stage<'_>, lane: &mut Lane, sequence: &Sequence, kind: &Kind) -> Option<Divergence> {
    let last = sequence.moves().len().checked_sub(1)?;
    let played = together(stage, vec![Box::pin(lane.play(stage, sequence))]).await.pop()?;
    played.divergences.into_iter().find(|shown| shown.exchange == last && kind.is_shown_by(shown))
}
