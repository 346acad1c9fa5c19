//! Hand-made plans and a hand-made target for this crate's tests.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use serde_json::{Value, json};
use setpresence_core::case::{Expectation, Wanted};
use setpresence_core::plan::{Action, Adapter, Plan, Role, UserSlot};
use setpresence_core::spec::{Level, Operation, Profile};

use crate::request::plain;
use crate::settings::{Advance, ClockSettings, CredentialSettings, Plain, SecretSource, Settings, TokenSource};
use crate::{Body, Secret, Target};

/// A plan of these actions; it absorbs what it sets first.
pub(crate) fn plan(id: &str, actions: Vec<Action>) -> Plan {
    let setters = |action: &&Action| action.operation == Operation::SetPresence;
    let slot = |action: &Action| match action.user {
        UserSlot::Pool(slot) => slot + 1,
        UserSlot::Unknown => 1,
    };
    Plan {
        id: id.to_owned(),
        file: format!("cases/{id}.toml"),
        family: id.split('/').next().unwrap_or_default().to_owned(),
        title: String::new(),
        about: String::new(),
        profile: Profile::BETA_2021_06,
        level: Level::Must,
        requirements: vec!["x.y".to_owned()],
        users: actions.iter().map(slot).max().unwrap_or(1),
        pinned: None,
        absorbs: actions.iter().take(1).filter(setters).filter_map(|action| action.actor.clone()).collect(),
        leaves_sessions: actions.iter().filter(setters).filter_map(|action| action.actor.clone()).collect(),
        leaves_preferred: false,
        unread: None,
        actions,
    }
}

fn action(seconds: u64, actor: &str, operation: Operation, body: Option<&Value>) -> Action {
    let adapter = Adapter { method: operation.method().to_owned(), path: operation.path().to_owned() };
    Action {
        step: 1,
        role: Role::Arrange,
        at: Duration::from_secs(seconds),
        actor: Some(actor.to_owned()),
        user: UserSlot::Pool(0),
        operation,
        request: plain(&adapter, body),
        expect: None,
        covers: "x.y".to_owned(),
        is_together: false,
    }
}

/// Sets Busy for four hours.
pub(crate) fn set(seconds: u64, actor: &str) -> Action {
    set_with(seconds, actor, Some(&id_of(actor)))
}

/// The same with that sessionId, or with none.
pub(crate) fn set_with(seconds: u64, actor: &str, session: Option<&str>) -> Action {
    let mut body = json!({ "availability": "Busy", "activity": "InACall", "expirationDuration": "PT4H" });
    if let Some(session) = session {
        body["sessionId"] = json!(session);
    }
    let expect = Some(Expectation::of(Wanted::Accepted));
    Action { role: Role::Judged, expect, ..action(seconds, actor, Operation::SetPresence, Some(&body)) }
}

/// Reads.
pub(crate) fn get(seconds: u64) -> Action {
    action(seconds, "reader", Operation::GetPresence, None)
}

/// Clears the session of the same application.
pub(crate) fn clear(seconds: u64, actor: &str) -> Action {
    action(seconds, actor, Operation::ClearPresence, Some(&json!({ "sessionId": id_of(actor) })))
}

/// Prefers Busy.
pub(crate) fn prefer(seconds: u64) -> Action {
    let body = json!({ "availability": "Busy", "activity": "Busy" });
    action(seconds, "app", Operation::SetUserPreferredPresence, Some(&body))
}

/// The application id of a credential of [`settings`].
pub(crate) fn id_of(actor: &str) -> String {
    format!("id-of-{actor}")
}

/// Two applications and some users.
pub(crate) fn settings(base: &str, users: usize, clock: ClockSettings) -> Settings {
    let plain =
        Plain { url: base.to_owned(), users: (0..users).map(|user| format!("u{user}")).collect(), ..Plain::default() };
    let mut settings = Settings::plain(plain).unwrap();
    for name in ["app", "app_b"] {
        let token = TokenSource::Secret(SecretSource::Plain(Secret::new(format!("token-of-{name}"))));
        let credential = CredentialSettings { token, application: id_of(name), user: None };
        settings.credentials.insert(name.to_owned(), credential);
    }
    if clock.name() == "manual" {
        settings.slack.tolerance = Duration::ZERO;
    }
    Settings { clock, patience: Duration::ZERO, ..settings }
}

/// A manual clock that the fake target knows.
pub(crate) fn manual() -> ClockSettings {
    let json = "${ms}".to_owned();
    ClockSettings::Manual(Advance { method: "POST".to_owned(), path: "/clock".to_owned(), json })
}

/// How the fake target clears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clears {
    Well,
    /// An application's own session only; of any other it says that there is none.
    Own,
    NotFound,
    Fails,
}

/// A target that knows sessions and a manual clock, and keeps a log.
#[derive(Clone, Debug)]
pub(crate) struct Fake {
    state: Arc<Mutex<State>>,
    clears: Clears,
    /// How late it shows what was done, in milliseconds.
    lag: u64,
}

#[derive(Debug, Default)]
struct State {
    log: Vec<String>,
    sessions: BTreeMap<(String, String), u64>,
    /// Whether each user was Busy, from when on.
    history: BTreeMap<String, Vec<(u64, bool)>>,
    preferred: BTreeSet<String>,
    now: u64,
    /// Makes answers overtake each other, the same way in no two runs of the same process.
    n_requests: usize,
}

impl Fake {
    pub(crate) fn new(clears: Clears) -> Self {
        Self { state: Arc::default(), clears, lag: 0 }
    }

    /// The same, with nothing shown before so many milliseconds have passed.
    pub(crate) fn lagging(self, lag: u64) -> Self {
        Self { lag, ..self }
    }

    pub(crate) async fn target(&self, settings: Settings) -> Target {
        let fake = self.clone();
        let service = tower::service_fn(move |request: http::Request<Body>| {
            let fake = fake.clone();
            async move {
                let (head, body) = request.into_parts();
                let body = body.collect().await?.to_bytes();
                let n_requests = {
                    let mut state = fake.state.lock().unwrap();
                    state.n_requests += 1;
                    state.n_requests
                };
                for _ in 0..n_requests * 7 % 5 {
                    tokio::task::yield_now().await;
                }
                let token = head.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
                let (status, body) = fake.answer(head.uri.path(), token.trim_start_matches("Bearer token-of-"), &body);
                let response = http::Response::builder().status(status).header("date", n_requests.to_string());
                Ok::<_, Infallible>(response.body(Full::new(Bytes::from(body))).unwrap())
            }
        });
        Target::in_process(settings, service, &|_| None).await.unwrap()
    }

    fn answer(&self, path: &str, actor: &str, body: &[u8]) -> (u16, String) {
        let mut state = self.state.lock().unwrap();
        let state = &mut *state;
        if path == "/clock" {
            let millis: u64 = std::str::from_utf8(body).unwrap().parse().unwrap();
            state.now += millis;
            state.log.push(format!("advance {millis}"));
            return (200, String::new());
        }
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let session = body["sessionId"].as_str().unwrap_or_default().to_owned();
        let mut parts = path.trim_start_matches("/users/").split('/');
        let user = parts.next().unwrap_or_default().to_owned();
        let operation = parts.next_back().unwrap_or_default();
        let what = session.trim_start_matches("id-of-");
        state.log.push(format!("{operation} {user} {what}").trim_end().to_owned());
        let now = state.now;
        state.sessions.retain(|_, ends| *ends > now);
        let who = user.clone();
        let answer = match (operation, self.clears) {
            ("presence", _) if self.lag > 0 => {
                let known = state.history.get(&user).into_iter().flatten();
                let is_busy =
                    known.take_while(|(from, _)| from + self.lag <= now).last().is_some_and(|(_, busy)| *busy);
                let availability = if is_busy { "Busy" } else { "Offline" };
                (200, json!({ "id": user, "availability": availability, "activity": availability }).to_string())
            }
            ("presence", _) => {
                let is_busy = state.sessions.keys().any(|(of, _)| *of == user);
                let availability = if is_busy { "Busy" } else { "Offline" };
                (200, json!({ "id": user, "availability": availability, "activity": availability }).to_string())
            }
            ("setPresence", _) => {
                let ends = now + 4 * 3600 * 1000;
                state.sessions.insert((user, session), ends);
                (200, String::new())
            }
            ("setUserPreferredPresence", _) => {
                state.preferred.insert(user);
                (200, String::new())
            }
            (_, Clears::NotFound) => (404, String::new()),
            (_, Clears::Fails) => (500, String::new()),
            ("clearUserPreferredPresence", Clears::Well | Clears::Own) => {
                state.preferred.remove(&user);
                (200, String::new())
            }
            (_, Clears::Own) if session != id_of(actor) => (404, String::new()),
            (_, Clears::Well | Clears::Own) => match state.sessions.remove(&(user, session)) {
                Some(_) => (200, String::new()),
                None => (404, String::new()),
            },
        };
        let is_busy = state.sessions.keys().any(|(of, _)| *of == who);
        state.history.entry(who).or_default().push((now, is_busy));
        answer
    }

    /// What was asked of it, in order.
    pub(crate) fn log(&self) -> Vec<String> {
        self.state.lock().unwrap().log.clone()
    }

    /// How many sessions and preferred presences stand.
    pub(crate) fn left(&self) -> usize {
        let state = self.state.lock().unwrap();
        state.sessions.len() + state.preferred.len()
    }
}
