//! What a run will take, said before it begins.

use std::collections::BTreeMap;
use std::time::Duration;

use super::schedule::{Timeline, schedule};
use super::{Abilities, Measuring, Pace, Plan, Planned};

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
    }
}
