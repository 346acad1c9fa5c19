//! What the benchmarks share: the fixtures, plans of all of them, and answers that a conforming target would give.
//!
//! `cargo bench` in this folder runs them; `reports/performance.md` has what they showed, and how it was taken.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use setpresence_core::case::text::Source;
use setpresence_core::case::{CREDENTIALS, Library, Requirement, Wanted};
use setpresence_core::event::{
    Answer, CaseRecord, Exchange, Observation, Outcome, RequestRecord, RequirementRecord, RunEnd, RunEvent, RunStart,
};
use setpresence_core::judge::{Context, Slack, judge};
use setpresence_core::moment::{Moment, Span};
use setpresence_core::plan::{Abilities, Action, Adapter, Credential, Plan, Planned, Selection, plan};
use setpresence_core::spec::Profile;

/// The text of every fixture.
pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut paths = vec![root.join("requirements.toml")];
    collect(&root.join("cases"), &mut paths);
    let read = |path: &PathBuf| Source {
        name: path.strip_prefix(&root).unwrap_or(path).to_string_lossy().into_owned(),
        text: fs::read_to_string(path).unwrap_or_default(),
    };
    paths.iter().map(read).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
}

/// A target that can do everything.
pub fn abilities() -> Abilities {
    let credential = |name: &str| Credential { application: format!("id-of-{name}"), user: None };
    Abilities {
        profile: Profile::V1_0,
        credentials: Arc::new(CREDENTIALS.into_iter().map(|name| (name.to_owned(), credential(name))).collect()),
        operations: Adapter::documented(),
        users: 8,
        has_unknown_user: true,
        longest: None,
        clock_factor: 1,
    }
}

/// The plan of every case.
pub fn plans(library: &Library) -> Vec<Plan> {
    let planned = plan(library, &abilities(), &Selection::default());
    let plans = planned.into_iter().filter_map(|planned| match planned {
        Planned::Run(plan) => Some(plan),
        Planned::Skipped(_) => None,
    });
    plans.collect()
}

/// What judging a plan needs to know beside it.
pub fn context() -> Context {
    let slack = Slack { tolerance: std::time::Duration::ZERO, propagation: std::time::Duration::ZERO };
    let users = (0..3).map(|user| format!("user-{user}")).collect();
    Context { users, credentials: Arc::default(), slack, interrupted: None }
}

/// What a conforming target would answer, as the fixture has it.
pub fn observations(plan: &Plan) -> Vec<Observation> {
    plan.actions.iter().map(observation).collect()
}

fn observation(action: &Action) -> Observation {
    let (status, body) = match action.expect.as_ref().map(|expect| &expect.wanted) {
        Some(Wanted::Presences(presences)) => {
            let shown = presences.first().map(ToString::to_string).unwrap_or_default();
            let (availability, activity) = shown.split_once('/').unwrap_or_default();
            let body = format!("{{\"id\":\"u\",\"availability\":\"{availability}\",\"activity\":\"{activity}\"}}");
            (200, body)
        }
        Some(Wanted::Refused { statuses, .. }) => {
            let body = "{\"error\":{\"code\":\"InvalidArgument\",\"message\":\"It is refused.\"}}";
            (statuses.first().copied().unwrap_or(400), body.to_owned())
        }
        _ => (200, String::new()),
    };
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let answer = Answer { status, headers, body, truncated: false, echoes_token: false };
    Observation { span: Span::at(Moment::START.later(action.at)), outcome: Outcome::Answer(answer) }
}

/// The record of a case whose reads all show something else, so that there is something to report.
pub fn failing(plan: &Plan) -> CaseRecord {
    let mut seen = observations(plan);
    for observation in &mut seen {
        if let Outcome::Answer(answer) = &mut observation.outcome {
            answer.body = answer.body.replace("Away", "Busy");
            answer.status = if answer.status == 200 { 200 } else { 500 };
        }
    }
    record(plan, seen)
}

/// The record of a case, with its exchanges.
pub fn record(plan: &Plan, seen: Vec<Observation>) -> CaseRecord {
    let judgement = judge(plan, &context(), &seen);
    let exchanges = plan.actions.iter().zip(seen).map(|(action, observation)| Exchange {
        step: action.step,
        role: action.role.name().to_owned(),
        due: Moment::from_start(action.at),
        late: Moment::START,
        request: RequestRecord {
            method: action.request.method.clone(),
            url: format!("http://127.0.0.1:4010/v1.0{}", action.request.path),
            headers: action.request.headers.clone(),
            body: String::from_utf8_lossy(action.request.body.as_deref().unwrap_or_default())
                .chars()
                .take(500)
                .collect(),
        },
        observation,
    });
    CaseRecord {
        id: plan.id.clone(),
        family: plan.family.clone(),
        file: plan.file.clone(),
        line: 0,
        title: plan.title.clone(),
        about: plan.about.clone(),
        level: plan.level,
        requirements: plan.requirements.clone(),
        verdict: judgement.verdict,
        reason: judgement.reason,
        divergences: judgement.divergences,
        observed: judgement.observed,
        explained_by: judgement.explained_by,
        reproduce: vec!["curl -sS -i http://127.0.0.1:4010/v1.0/users/u/presence".to_owned()],
        lasts: Moment::from_start(plan.lasts()),
        began: Moment::START,
        measured: Vec::new(),
        waived: None,
        late: Moment::START,
        real: None,
        exchanges: exchanges.collect(),
    }
}

/// How many cases the run has that reports are timed with.
pub const CASES: usize = 5_000;
/// Every how many cases one departs.
const DEPARTING: usize = 20;

/// A run of so many cases, as reports are made of it.
pub fn events() -> Vec<RunEvent> {
    let library = Library::load(sources()).unwrap_or_default();
    let plans = plans(&library);
    let mut events = vec![RunEvent::RunStarted(start(&library))];
    for (n, plan) in plans.iter().cycle().take(CASES).enumerate() {
        let mut case = if n % DEPARTING == 0 { failing(plan) } else { record(plan, observations(plan)) };
        case.id = format!("{}/{n}", case.id);
        events.push(RunEvent::CaseFinished(Box::new(case)));
    }
    events.push(RunEvent::RunFinished(RunEnd { requests: 20_000, elapsed_ms: 1_000, ..RunEnd::default() }));
    events
}

fn start(library: &Library) -> RunStart {
    let record = |requirement: &Requirement| RequirementRecord {
        sentence: requirement.sentence.clone(),
        source: requirement.source.clone(),
        level: requirement.level(&Profile::V1_0),
    };
    RunStart {
        started_unix_ms: None,
        tolerance: Moment::START,
        format: setpresence_core::event::FORMAT,
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
