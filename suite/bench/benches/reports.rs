//! Every report of a run of 5,000 cases, of which one in twenty departs.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use setpresence_bench::{CASES, events};
use setpresence_report::{Format, console, log, render};

fn reports(criterion: &mut Criterion) {
    let events = events();
    let mut group = criterion.benchmark_group("reports-of-5000");
    group.sample_size(10);
    group.throughput(Throughput::Elements(CASES as u64));
    let options = console::Options::default();
    for format in Format::ALL {
        group.bench_function(format.name(), |bencher| {
            bencher.iter(|| render(format, &events, &options).map(|text| text.len()));
        });
    }
    let lines = || events.iter().filter_map(|event| log::line(event).ok()).collect::<String>();
    group.bench_function("log, written", |bencher| bencher.iter(|| lines().len()));
    let text = lines();
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("log, read", |bencher| bencher.iter(|| log::read(&text).map(|events| events.len())));
    group.finish();
}

criterion_group!(benches, reports);
criterion_main!(benches);
