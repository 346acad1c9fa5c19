//! Reading requests and durations, the model, loading, planning and judging.

use std::borrow::Cow;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use serde::Deserialize;
use setpresence_bench::{context, observations, plans, sources};
use setpresence_core::case::Library;
use setpresence_core::judge::{Slack, judge};
use setpresence_core::model::{Effect, Expiry, Model, Ruling, Seen};
use setpresence_core::moment::{Moment, Span};
use setpresence_core::spec::{DurationText, Head, Presence, Profile, SetPresence};

/// Valid bodies: as the documentation has it, as SDKs write it, and with escapes.
const BODIES: [(&str, &str); 3] = [
    (
        "documented",
        r#"{ "sessionId": "22553876-f5ab-4529-bffb-cfe50aa89f87", "availability": "Available", "activity": "Available", "expirationDuration": "PT1H" }"#,
    ),
    (
        "compact",
        r#"{"activity":"InACall","availability":"Busy","expirationDuration":"PT1H30M","sessionId":"22553876-f5ab-4529-bffb-cfe50aa89f87"}"#,
    ),
    (
        "escaped",
        r#"{"sessionId":"22553876\u002Df5ab\u002D4529\u002Dbffb\u002Dcfe50aa89f87","availability":"\u0042usy","activity":"InACall","expirationDuration":"PT1H"}"#,
    ),
];

/// What a service would read the body into, with texts of its own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only reading is measured")]
struct Owned {
    session_id: String,
    availability: String,
    activity: String,
    expiration_duration: Option<String>,
}

/// The same without copies where there is no escape.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only reading is measured")]
struct Borrowed<'b> {
    #[serde(borrow)]
    session_id: Cow<'b, str>,
    #[serde(borrow)]
    availability: Cow<'b, str>,
    #[serde(borrow)]
    activity: Cow<'b, str>,
    #[serde(borrow)]
    expiration_duration: Option<Cow<'b, str>>,
}

fn request(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("request");
    let head = Head::json();
    for (name, body) in BODIES {
        let body = body.as_bytes();
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_with_input(BenchmarkId::new("setpresence", name), body, |bencher, body| {
            assert!(SetPresence::parse(&head, body, Profile::V1_0).is_ok());
            bencher.iter(|| SetPresence::parse(&head, black_box(body), Profile::V1_0));
        });
        group.bench_with_input(BenchmarkId::new("serde_json-owned", name), body, |bencher, body| {
            bencher.iter(|| serde_json::from_slice::<Owned>(black_box(body)));
        });
        group.bench_with_input(BenchmarkId::new("serde_json-borrowed", name), body, |bencher, body| {
            bencher.iter(|| serde_json::from_slice::<Borrowed<'_>>(black_box(body)));
        });
    }
    group.finish();
}

fn duration(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("duration");
    for text in ["PT1H", "P1DT2H3M4.567S", "1:00:00", "not a duration"] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(text), text, |bencher, text| {
            bencher.iter(|| DurationText::read(black_box(text)));
        });
    }
    group.finish();
}

fn ruling(application: &str) -> Ruling {
    let expiry = Expiry::After(Duration::from_secs(3600));
    let shown = Some(Presence::AWAY);
    Ruling { reasons: Vec::new(), effect: Effect::Session { application: application.to_owned(), shown, expiry } }
}

fn model(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("model");
    let slack = Slack { tolerance: Duration::from_secs(2), propagation: Duration::ZERO };
    let ruling = ruling("22553876-f5ab-4529-bffb-cfe50aa89f87");
    for n in [1_usize, 1_000, 1_000_000] {
        let mut model = Model::new(Profile::V1_0, slack);
        let user = |n: usize| format!("{n:08x}-0000-4000-8000-000000000000");
        let at = |seconds| Span::at(Moment::from_start(Duration::from_secs(seconds)));
        (0..n).for_each(|each| model.set(&user(each), &ruling, at(0), Seen::Accepted));
        let one = user(n / 2);
        group.bench_function(BenchmarkId::new("set", n), |bencher| {
            bencher.iter(|| model.set(black_box(&one), &ruling, at(60), Seen::Accepted));
        });
        group.bench_function(BenchmarkId::new("permitted", n), |bencher| {
            bencher.iter(|| model.permitted(black_box(&one), at(120)));
        });
    }
    group.finish();
}

fn suite(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("suite");
    group.sample_size(20);
    let sources = sources();
    let Ok(library) = Library::load(sources.clone()) else { return };
    group.throughput(Throughput::Elements(library.cases.len() as u64));
    group.bench_function("load", |bencher| bencher.iter(|| Library::load(sources.clone())));
    group.bench_function("plan", |bencher| bencher.iter(|| plans(&library)));
    let judged = || -> Vec<_> { plans(&library).into_iter().map(|plan| (observations(&plan), plan)).collect() };
    let n_requests: usize = judged().iter().map(|(seen, _)| seen.len()).sum();
    let context = context();
    group.throughput(Throughput::Elements(n_requests as u64));
    let all = |judged: &Vec<(Vec<_>, _)>| -> usize {
        judged.iter().map(|(seen, plan)| judge(plan, &context, seen).divergences.len()).sum()
    };
    // A plan keeps what was read in its bodies: a run judges each once, `prove` hundreds of times.
    group.bench_function("judge", |bencher| {
        bencher.iter_batched_ref(judged, |judged| all(judged), BatchSize::LargeInput);
    });
    let known = judged();
    group.bench_function("judge again", |bencher| bencher.iter(|| all(&known)));
    group.finish();
}

criterion_group!(benches, request, duration, model, suite);
criterion_main!(benches);
