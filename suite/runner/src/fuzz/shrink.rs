//! A finding tried again and again: first as it was found, then with less and less of it.

use setpresence_core::explore::{Ground, Kind, Sequence, Shrinker};
use setpresence_core::judge::Divergence;

use super::lane::Lane;
use super::stage::Stage;
use super::{Found, together};

/// How often a finding is tried to see whether it always shows.
pub(super) const CONFIRMED: u32 = 3;

/// The least sequence that shows a finding, and how often it does.
pub(super) async fn least(
    stage: &Stage<'_>,
    lane: &mut Lane,
    ground: Ground,
    kind: &Kind,
    found: Found,
    tries: u32,
) -> Found {
    let first = rate(stage, lane, &found.sequence, kind).await;
    if first.0 < first.1 || stage.is_over() {
        // Of what does not always show, every edit would seem to help.
        return Found { rate: (first.0 + 1, first.1 + 1), ..found };
    }
    let mut found = found;
    let mut shrinker = Shrinker::new(ground, found.sequence.clone());
    for _ in 0..tries {
        let Some(candidate) = shrinker.candidate() else { break };
        if stage.is_over() {
            break;
        }
        let shown = show(stage, lane, &candidate, kind).await;
        shrinker.tell(shown.is_some());
        if let Some(shown) = shown {
            found.divergence = shown;
            found.sequence = candidate;
        }
    }
    if !stage.is_over() {
        found.rate = rate(stage, lane, &found.sequence, kind).await;
    }
    found
}

async fn rate(stage: &Stage<'_>, lane: &mut Lane, sequence: &Sequence, kind: &Kind) -> (u32, u32) {
    let (mut shown, mut tried) = (0, 0);
    for _ in 0..CONFIRMED {
        if stage.is_over() {
            break;
        }
        tried += 1;
        shown += u32::from(show(stage, lane, sequence, kind).await.is_some());
    }
    (shown, tried.max(shown))
}

/// Plays a sequence; what its last move shows, if that is of the kind.
pub(super) async fn show(stage: &Stage<'_>, lane: &mut Lane, sequence: &Sequence, kind: &Kind) -> Option<Divergence> {
    let last = sequence.moves().len().checked_sub(1)?;
    let played = together(stage, vec![Box::pin(lane.play(stage, sequence))]).await.pop()?;
    played.divergences.into_iter().find(|shown| shown.exchange == last && kind.is_shown_by(shown))
}
