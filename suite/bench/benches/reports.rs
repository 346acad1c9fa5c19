//! Every report of a run of 5,000 cases, of which one in twenty departs.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use setpresence_bench::{failing, observations, plans, record, sources};
use setpresence_core::case::Library;
use setpresence_core::event::{RunEnd, RunEvent, RunStart};
use setpresence_report::{Format, console, log, render};

const CASES: usize = 5_000;
/// Every how many cases one departs.
const DEPARTING: usize = 20;

fn events() -> Vec<RunEvent> {
    let library = Library::load(sources()).unwrap_or_default();
    let plans = plans(&library);
    let mut events = vec![RunEvent::RunStarted(start(&library))];
    for (n, plan) in plans.iter().cycle().take(CASES).enumerate() {
        let mut case = if n % DEPARTING == 0 { failing(plan) } else { record(plan, observations(plan)) };
        case.id = format!("{}/{n}", case.id);
        events.push(RunEvent::CaseFinished(Box::new(case)));
    }
    events.push(RunEvent::RunFinished(RunEnd {
        requests: 20_000,
        elapsed_ms: 1_000,
        ended_early: None,
        stale: Vec::new(),
        was_interrupted: false,
        unlike_snapshot: None,
        snapshot_changes: Vec::new(),
        lateness: None,
        likely_causes: Vec::new(),
    }));
    events
}

fn start(library: &Library) -> RunStart {
    use setpresence_core::event::{FORMAT, RequirementRecord};
    let record = |requirement: &setpresence_core::case::Requirement| RequirementRecord {
        sentence: requirement.sentence.clone(),
        source: requirement.source.clone(),
    };
    RunStart {
        started_unix_ms: None,
        tolerance: setpresence_core::moment::Moment::START,
        format: FORMAT,
        suite: "0.1.0".to_owned(),
        profile: "v1.0".to_owned(),
        profile_about: String::new(),
        target: "http://127.0.0.1:4010/v1.0".to_owned(),
        clock: "manual".to_owned(),
        shard: None,
        warnings: Vec::new(),
        cases: CASES,
        requirements: library.requirements.iter().map(|(id, known)| (id.clone(), record(known))).collect(),
    }
}

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
