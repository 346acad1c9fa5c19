//! Two cases on a target that does harm, and what must come of them.

use std::alloc::System;
use std::net::SocketAddr;
use std::time::Duration;

use cap::Cap;
use futures_util::{StreamExt as _, stream};
use setpresence_core::case::Library;
use setpresence_core::case::text::Source;
use setpresence_core::event::{CaseRecord, RunEnd, RunEvent};
use setpresence_core::judge::Verdict;
use setpresence_core::plan::{Planned, Selection, plan};
use setpresence_runner::{Options, Settings, Target, Users, Work, run};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::faults::{Fault, table};
use crate::server::Server;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// The most that all targets together, the servers included, may make us allocate: each gets its few megabytes.
const MEMORY_MOST: usize = 256 * 1024 * 1024;
/// The number of faults that must be told at least.
const FAULTS_LEAST: usize = 60;
/// How long a target may take with one request in these tests, far above any answer of a healthy one.
const TIMEOUT: &str = "6s";
/// What is said of an answer that did not come.
const LATE: &str = "no whole answer within";
/// How many targets are tried at once: few enough that none is late on a busy machine.
const AT_ONCE: usize = 8;
/// What no run here may exceed: a bound on hanging, not a measure of speed.
const HANGING: Duration = Duration::from_secs(60);
/// How many requests at once: those that hang are waited for together.
const JOBS: usize = 64;
const TOKEN: &str = "hostile-token-0123456789";

const REGISTER: &str = r#"
[[requirement]]
id = "fade.any"
family = "fade"
sentence = "What is set is shown."
level = "must"
source = "S"
"#;

const BYSTANDER: &str = r#"
title = "A case that the target treats well"
requirements = ["fade.any"]

[[step]]
do = "set-presence"
presence = "Away/Away"
expect.outcome = "accepted"

[[step]]
do = "get-presence"
expect.presence = "Away/Away"
"#;

const VICTIM: &str = r#"
title = "A case that the target does its worst with"
requirements = ["fade.any"]

[[step]]
do = "set-presence"
presence = "Away/Away"
headers = [["Content-Type", "application/json"], ["X-Fault", "here"]]
expect.outcome = "accepted"

[[step]]
do = "get-presence"
headers = [["X-Fault", "here"]]
expect.presence = "Away/Away"
"#;

/// A run that is over: the records in the order of their ids, and its end.
pub(crate) struct Ran {
    pub(crate) records: Vec<CaseRecord>,
    pub(crate) end: RunEnd,
}

/// Runs `n_bystanders` well-treated cases and the marked one on the target that the text describes.
pub(crate) async fn run_on(target_file: &str, n_bystanders: usize) -> Ran {
    let users: Vec<String> = (0..=n_bystanders).map(|user| format!("\"u{user}\"")).collect();
    let text = format!(
        "{target_file}\ntimeout = \"{TIMEOUT}\"\nusers = [{}]\napplications.app = {{ id = \"a\", token = \"{TOKEN}\" }}",
        users.join(", ")
    );
    let settings = Settings::parse(&Source { name: "target.toml".to_owned(), text })
        .unwrap_or_else(|problems| panic!("{problems:?}"));
    let settings = Settings { patience: Duration::ZERO, ..settings };
    let mut sources = vec![source("requirements.toml", REGISTER), source("cases/fade/victim.toml", VICTIM)];
    sources.extend((0..n_bystanders).map(|n| source(&format!("cases/fade/bystander-{n}.toml"), BYSTANDER)));
    let library = Library::load(sources).unwrap_or_else(|problems| panic!("{problems:?}"));
    let works =
        plan(&library, &settings.abilities(None), &Selection::default()).into_iter().map(|planned| match planned {
            Planned::Run(plan) => Work::from(plan),
            Planned::Skipped(skipped) => panic!("{skipped:?}"),
        });
    let target = Target::connect(settings, &|_| None).await.unwrap();
    let options = Options { users: Users::Fresh, jobs: JOBS, ..Options::default() };
    let mut records = Vec::new();
    let mut keep = |event| {
        if let RunEvent::CaseFinished(record) = event {
            records.push(*record);
        }
    };
    let end =
        tokio::time::timeout(HANGING, run(works.collect(), &target, &options, &mut keep)).await.expect("the run hangs");
    // On a clock that passes by itself records come as they are known.
    records.sort_by(|one, other| one.id.cmp(&other.id));
    Ran { records, end }
}

fn source(name: &str, text: &str) -> Source {
    Source { name: name.to_owned(), text: text.to_owned() }
}

/// Everything that a record says of what went wrong.
pub(crate) fn said(record: &CaseRecord) -> String {
    let observed = record.divergences.iter().map(|divergence| divergence.observed.as_str());
    record.reason.as_deref().into_iter().chain(observed).collect::<Vec<_>>().join("\n")
}

async fn check(fault: Fault) -> Vec<String> {
    let Fault { name, on, act, verdict, says } = fault;
    let server = Server::start(on, act).await;
    let ran = run_on(&base_of(server.address), 1).await;
    let mut wrong = Vec::new();
    let [bystander, victim] = &ran.records[..] else { return vec![format!("{name}: {} records", ran.records.len())] };
    if bystander.verdict != Verdict::Passed {
        wrong.push(format!("{name}: the other case is {}: {}", bystander.verdict.name(), said(bystander)));
    }
    let found = said(victim);
    if victim.verdict != verdict || !found.contains(says) {
        let (wanted, verdict) = (verdict.name(), victim.verdict.name());
        wrong.push(format!("{name}: {verdict} ({found}), not {wanted} ({says})"));
    }
    if server.n_faults() != 1 {
        wrong.push(format!("{name}: the same request was sent {} times", server.n_faults()));
    }
    if ran.end.ended_early.is_some() {
        wrong.push(format!("{name}: the run ended early: {:?}", ran.end.ended_early));
    }
    if serde_json::to_string(&ran.records).unwrap().contains(TOKEN) {
        wrong.push(format!("{name}: the token is in a record"));
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_ends_in_its_verdict() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let table = table(elsewhere.local_addr().unwrap());
    assert!(table.len() >= FAULTS_LEAST, "{} faults", table.len());
    // Those that make us wait cost nothing, so all wait together; the others work, so only some do at once.
    let (waiting, working): (Vec<_>, Vec<_>) = table.into_iter().partition(|fault| fault.says.starts_with(LATE));
    let mut wrong: Vec<String> = stream::iter(working.into_iter().map(|fault| tokio::spawn(check(fault))))
        .buffer_unordered(AT_ONCE)
        .flat_map(|checked| stream::iter(checked.unwrap()))
        .collect()
        .await;
    let mut checks = JoinSet::new();
    waiting.into_iter().for_each(|fault| drop(checks.spawn(check(fault))));
    wrong.extend(checks.join_all().await.into_iter().flatten());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(!has_caller(&elsewhere).await, "a redirect was followed");
    let most = ALLOCATOR.max_allocated();
    assert!(most < MEMORY_MOST, "{most} bytes were allocated at once");
}

/// Whether somebody has connected.
async fn has_caller(listener: &TcpListener) -> bool {
    std::future::poll_fn(|context| std::task::Poll::Ready(listener.poll_accept(context).is_ready())).await
}

pub(crate) fn base_of(address: SocketAddr) -> String {
    format!("base_url = \"http://{address}/beta\"")
}
