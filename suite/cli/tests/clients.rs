//! What published clients put on the wire, and the cases that say they send just that: both are held together, byte for
//! byte, so that a case cannot drift from the client whose name it has.

#![expect(clippy::expect_used, reason = "a capture that cannot be read is a failure")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use setpresence::fuzzing::abilities;
use setpresence_core::plan::{Action, Plan, Planned, Role, Selection, plan};
use setpresence_core::spec::Profile;
use setpresence_reference::Settings;

/// What each connection and each caller has of its own.
const OF_THE_CONNECTION: [&str; 4] = ["authorization", "connection", "content-length", "host"];
/// Below the version segment that the capture server was given.
const VERSION: &str = "/v1.0";
/// A read of `/me` is documented in no profile, and only setPresence can be put on record there.
const UNUSED: &str = "GET /me/presence";
/// Headers one at a time, beside a plain request: no client sends it so.
const NO_CAPTURE: &str = "clients/headers";

/// A request that a client sent to a capture server.
#[derive(Deserialize)]
struct Capture {
    label: String,
    request_line: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// A request, as far as a client decides it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sent {
    line: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Sent {
    fn captured(capture: &Capture) -> Self {
        let line = capture.request_line.trim_end_matches(" HTTP/1.1").replacen(VERSION, "", 1);
        let is_own = |(name, _): &&(String, String)| !OF_THE_CONNECTION.contains(&name.to_ascii_lowercase().as_str());
        Self {
            line: with_any_user(&line),
            headers: capture.headers.iter().filter(is_own).cloned().collect(),
            body: capture.body.clone(),
        }
    }

    fn planned(action: &Action) -> Self {
        let request = &action.request;
        let body = request.body.as_deref().unwrap_or_default();
        Self {
            line: format!("{} {}", request.method, request.path),
            headers: request.headers.clone(),
            body: String::from_utf8(body.to_vec()).expect("text"),
        }
    }
}

/// The user whom the capture was made for is nobody's.
fn with_any_user(line: &str) -> String {
    let Some((before, rest)) = line.split_once("/users/") else { return line.to_owned() };
    let (_, after) = rest.split_once('/').unwrap_or((rest, ""));
    format!("{before}/users/${{user}}/{after}")
}

/// Every capture, by the name of the client.
fn captures() -> Vec<(String, Capture)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/clients");
    let mut paths: Vec<_> = fs::read_dir(directory).expect("captures").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let of_file = |path: &Path| {
        let client = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let captures: Vec<Capture> = serde_json::from_slice(&fs::read(path).expect("a file")).expect("captures");
        captures.into_iter().map(move |capture| (client.clone(), capture)).collect::<Vec<_>>()
    };
    paths.iter().flat_map(|path| of_file(path)).collect()
}

/// What the cases of the family send in any profile on behalf of a client.
fn plans() -> Vec<Plan> {
    let library = setpresence::fixtures::embedded().expect("fixtures");
    let chosen = Selection::new(&["clients/**".to_owned()], &[format!("{NO_CAPTURE}/*")]);
    let of_profile = |profile| plan(&library, &abilities(&Settings::for_profile(profile)), &chosen);
    let planned = Profile::ALL.into_iter().flat_map(of_profile);
    planned.filter_map(|one| if let Planned::Run(plan) = one { Some(plan) } else { None }).collect()
}

/// What a case sends as a client: its judged request, or of a story the one that has headers of its own.
fn as_client(plan: &Plan) -> impl Iterator<Item = &Action> {
    plan.actions.iter().filter(|action| {
        let is_plain = action.request.headers.iter().all(|(name, _)| name == "Content-Type");
        action.role == Role::Judged && !is_plain
    })
}

#[test]
fn cases_send_what_their_client_sent() {
    let (captures, plans) = (captures(), plans());
    let is_of = |plan: &Plan, client: &str| {
        plan.id.starts_with(&format!("clients/{client}-")) || { plan.id.starts_with(&format!("clients/{client}/")) }
    };
    let mut broken = BTreeSet::new();
    for (client, capture) in &captures {
        let sent = Sent::captured(capture);
        let mut actions = plans.iter().filter(|plan| is_of(plan, client)).flat_map(as_client);
        if sent.line != UNUSED && !actions.any(|action| Sent::planned(action) == sent) {
            broken.insert(format!("no case sends what {client} sent as `{}`: {sent:?}", capture.label));
        }
    }
    for plan in &plans {
        let of_client = || captures.iter().filter(|(client, _)| is_of(plan, client));
        for planned in as_client(plan).map(Sent::planned) {
            if !of_client().any(|(_, capture)| Sent::captured(capture) == planned) {
                broken.insert(format!("{} sends what its client did not: {planned:?}", plan.id));
            }
        }
        if as_client(plan).next().is_none() {
            broken.insert(format!("{} sends nothing as its client does", plan.id));
        }
    }
    let lines: Vec<String> = broken.into_iter().collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
    assert!(captures.len() > 40 && plans.len() > 60, "{} captures, {} plans", captures.len(), plans.len());
}
