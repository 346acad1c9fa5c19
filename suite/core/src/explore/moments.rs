//! Moments that sequences have in common: a clock that stands still while any of them has something to do is moved once
//! for all that wait for the same moment.

use std::collections::BTreeSet;
use std::time::Duration;

use super::sequence::{Move, Sequence};

/// One sequence in so many keeps its own moments. Fewer, and what is explored of time is what few of them wait for; more,
/// and the clock is moved nearly as often as each of them alone would want it.
const LEADS_ONE_OF: usize = 16;

/// Moves whatever sequences do to moments that some of them have: one of every sixteen keeps its own, and each of the others
/// does everything at the moment of those that is nearest. The first one always keeps its own.
pub fn share_moments(sequences: &mut [Sequence]) {
    let leading = sequences.iter().step_by(LEADS_ONE_OF);
    let mut common: BTreeSet<Duration> =
        leading.flat_map(|sequence| sequence.moves().iter().map(|one| one.action.at)).collect();
    common.insert(Duration::ZERO);
    for (place, sequence) in sequences.iter_mut().enumerate() {
        if place % LEADS_ONE_OF != 0 {
            *sequence = at_nearest(sequence, &common);
        }
    }
}

/// The same with everything at the nearest of these moments. What was in order stays in order.
fn at_nearest(sequence: &Sequence, moments: &BTreeSet<Duration>) -> Sequence {
    let mut before = Duration::ZERO;
    let moves = sequence.moves().iter().map(|one| {
        let at = nearest(one.action.at, moments);
        let wait = at.saturating_sub(before);
        before = at;
        Move { wait, action: one.action.clone() }
    });
    Sequence::of(moves.collect())
}

fn nearest(wanted: Duration, moments: &BTreeSet<Duration>) -> Duration {
    let before = moments.range(..=wanted).next_back().copied();
    let after = moments.range(wanted..).next().copied();
    match (before, after) {
        (Some(before), Some(after)) if wanted - before <= after - wanted => before,
        (_, Some(after)) => after,
        (before, None) => before.unwrap_or(wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::sequence::action;
    use crate::explore::testing::ground;
    use crate::plan::UserSlot;
    use crate::spec::Operation;

    fn sequence(waits: &[u64]) -> Sequence {
        let read = action(&ground(), Operation::GetPresence, Some("reader"), UserSlot::Pool(0), None);
        let moves = waits.iter().map(|wait| Move { wait: Duration::from_secs(*wait), action: read.clone() });
        Sequence::of(moves.collect())
    }

    fn moments(sequence: &Sequence) -> Vec<u64> {
        sequence.moves().iter().map(|one| one.action.at.as_secs()).collect()
    }

    #[test]
    fn what_follows_does_everything_when_what_leads_does_something() {
        let rows: [(&[u64], &[u64]); 7] = [
            (&[0, 0], &[0, 0]),
            (&[49], &[0]),
            (&[50], &[0]),
            (&[51], &[100]),
            (&[3, 250, 9, 60], &[0, 300, 300, 300]),
            (&[100, 200, 9000], &[100, 300, 300]),
            (&[], &[]),
        ];
        for (waits, wanted) in rows {
            let mut both = [sequence(&[100, 0, 200]), sequence(waits)];
            share_moments(&mut both);
            assert_eq!(moments(&both[0]), [100, 100, 300], "who leads keeps its own");
            assert_eq!(moments(&both[1]), wanted, "{waits:?}");
            let again = both[1].clone();
            share_moments(&mut both);
            assert_eq!(both[1], again, "what is in common stays so");
        }
    }

    #[test]
    fn one_of_sixteen_leads() {
        let mut many: Vec<Sequence> = (1..=33).map(|minutes| sequence(&[60 * minutes])).collect();
        share_moments(&mut many);
        let all: Vec<u64> = many.iter().flat_map(moments).collect();
        // The first, the seventeenth and the last keep theirs.
        assert_eq!(all, [[60; 9].as_slice(), &[17 * 60; 16], &[33 * 60; 8]].concat());
    }
}
