//! How long a run takes on pools of several sizes, beside the time that no packing can beat, and what packing costs.
//!
//! The clock is only imagined. The table is printed before the timings.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use setpresence_bench::{plans, sources};
use setpresence_core::case::Library;
use setpresence_core::moment::human;
use setpresence_core::plan::schedule::{Timeline, lower_bound, schedule};

/// The pools that are compared.
const POOLS: [usize; 5] = [1, 2, 5, 10, 50];
/// What `--max-wait` lets in, in minutes.
const WAITS: [(&str, u64); 3] = [("--max-wait 11m", 11), ("--max-wait 61m", 61), ("the whole suite", u64::MAX / 60)];

fn makespans(criterion: &mut Criterion) {
    let Ok(library) = Library::load(sources()) else { return };
    let all: Vec<Timeline> = plans(&library).iter().map(|plan| plan.timeline()).collect();
    for (name, minutes) in WAITS {
        let longest = Duration::from_secs(60 * minutes);
        let timelines: Vec<Timeline> = all.iter().copied().filter(|timeline| timeline.lasts <= longest).collect();
        for users in POOLS {
            let (found, bound) = (schedule(&timelines, users), lower_bound(&timelines, users));
            let n_fit = found.begins.iter().flatten().count();
            let over = 100.0 * (found.makespan.as_secs_f64() / bound.as_secs_f64() - 1.0);
            println!(
                "{name:15}  {users:2} users  {n_fit:4} of {} cases  makespan {:>20}  lower bound {:>24}  {over:+.2} %",
                timelines.len(),
                human(found.makespan),
                human(bound),
            );
            criterion.bench_function(&format!("makespan/{name}/{users} users"), |bencher| {
                bencher.iter(|| schedule(black_box(&timelines), users));
            });
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300));
    targets = makespans
}
criterion_main!(benches);
