//! Requests that are made up, answered by the reference in this process, and judged: one campaign a thread.

use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use setpresence::fuzzing::Hunt;
use setpresence_core::spec::Profile;
use setpresence_reference::Settings;

// As in the command, whose `prove --fuzz` this is.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many requests a campaign sends between two looks at the clock.
const REQUESTS: u64 = 20_000;

/// How long so many campaigns side by side take until each has sent its requests.
fn campaigns(n_threads: u64, seed: u64) -> Duration {
    let mut hunts: Vec<Hunt> =
        (0..n_threads).filter_map(|n| Hunt::new(Settings::for_profile(Profile::V1_0), seed + n).ok()).collect();
    let begins = Instant::now();
    thread::scope(|scope| {
        for hunt in &mut hunts {
            scope.spawn(|| {
                let caught = hunt.first(REQUESTS);
                assert!(matches!(caught, Ok(None)), "the reference departs: {caught:?}");
            });
        }
    });
    begins.elapsed()
}

fn judged(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("judged requests");
    for n_threads in [1, 2] {
        group.throughput(Throughput::Elements(n_threads * REQUESTS));
        group.bench_function(BenchmarkId::new("threads", n_threads), |bencher| {
            bencher.iter_custom(|n| (0..n).map(|round| campaigns(n_threads, round * n_threads)).sum());
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2));
    targets = judged
}
criterion_main!(benches);
