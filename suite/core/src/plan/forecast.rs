//! What a run will take, said before it begins.

use std::collections::BTreeMap;
use std::time::Duration;

use super::schedule::{Timeline, schedule};
use super::{Abilities, Measuring, Pace, Plan, Planned};

/// Up to which multiple of its longest case a run is short.
const LITTLE_MORE: (u32, u32) = (5, 4);
/// Numbers of users are told in tens: nobody has exactly 87.
const USERS_ROUND: usize = 10;
/// More users than that nobody names.
const USERS_MOST: usize = 1000;

/// What a run will take on a target that keeps to the documentation and answers at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forecast {
    /// How many cases are run.
    pub cases: usize,
    /// How many are left out.
    pub left_out: usize,
    /// About how many requests they and the measurements send; cleaning comes on top.
    pub requests: usize,
    /// How many users are taken at once at most.
    pub users: usize,
    /// How long it takes in real time; nothing where the clock is moved by hand.
    pub lasts: Option<Duration>,
    /// The cases that wait, in real time, the longest first.
    pub waits: Vec<Wait>,
    /// How many users would make it about as short as its longest case, and how long it would take then, where there are
    /// fewer and it takes much longer.
    pub enough: Option<(usize, Duration)>,
}

/// Cases that wait equally long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// How long, in real time.
    pub lasts: Duration,
    /// The ids of the cases, in order.
    pub ids: Vec<String>,
}

/// Looks ahead at what was planned, with the same packing as the run itself.
#[must_use]
pub fn forecast(planned: &[Planned], measurings: &[Measuring], abilities: &Abilities, pace: Pace) -> Forecast {
    let plans: Vec<&Plan> = planned
        .iter()
        .filter_map(|one| match one {
            Planned::Run(plan) => Some(plan),
            Planned::Skipped(_) => None,
        })
        .collect();
    let measured = measurings.iter().map(|measuring| Timeline { lasts: measuring.lasts(), users: 1 });
    let timelines: Vec<Timeline> = plans.iter().map(|plan| plan.timeline()).chain(measured).collect();
    let packed = schedule(&timelines, abilities.users);
    let real = |time: Duration| time / abilities.clock_factor.max(1);
    let enough = if pace == Pace::Exact { None } else { enough(&timelines, abilities.users, packed.makespan) };
    let mut waits: BTreeMap<Duration, Vec<String>> = BTreeMap::new();
    if pace != Pace::Exact {
        for plan in plans.iter().filter(|plan| !plan.lasts().is_zero()) {
            waits.entry(real(plan.lasts())).or_default().push(plan.id.clone());
        }
    }
    Forecast {
        cases: plans.len(),
        left_out: planned.len() - plans.len(),
        requests: plans.iter().map(|plan| plan.actions.len()).sum::<usize>()
            + measurings.iter().map(Measuring::requests).sum::<usize>(),
        users: packed.users,
        lasts: (pace != Pace::Exact).then(|| real(packed.makespan)),
        waits: waits.into_iter().rev().map(|(lasts, ids)| Wait { lasts, ids }).collect(),
        enough: enough.map(|(users, lasts)| (users, real(lasts))),
    }
}

/// The least users, in round numbers, with whom it takes little more than its longest case; nothing where it does so anyway.
fn enough(timelines: &[Timeline], users: usize, lasts: Duration) -> Option<(usize, Duration)> {
    let longest = timelines.iter().map(|timeline| timeline.lasts).max().unwrap_or_default();
    let is_short = |lasts: Duration| lasts <= longest * LITTLE_MORE.0 / LITTLE_MORE.1;
    if is_short(lasts) {
        return None;
    }
    let round =
        (1..=USERS_MOST / USERS_ROUND).map(|tens| tens * USERS_ROUND).filter(|n| *n > users).collect::<Vec<_>>();
    let at = round.partition_point(|n| !is_short(schedule(timelines, *n).makespan));
    round.get(at).map(|n| (*n, schedule(timelines, *n).makespan))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_of_more_users_than_anybody_has() {
        let minute = Duration::from_secs(60);
        let told = |n_cases: usize| {
            let timelines = vec![Timeline { lasts: minute, users: 1 }; n_cases];
            enough(&timelines, 1, minute * u32::try_from(n_cases).unwrap())
        };
        assert_eq!(told(1), None);
        assert_eq!(told(USERS_MOST), Some((USERS_MOST, minute)));
        assert_eq!(told(USERS_MOST + 1), None);
    }
}
