//! Plans and answers made by hand, each with the verdict that they must get.

mod follow;
mod reads;
mod requests;
mod unseen;

use std::sync::Arc;
use std::time::Duration;

use super::{Class, Context, Judgement, Slack, Verdict, judge};
use crate::case::{Expectation, Wanted};
use crate::event::{Answer, Fault, Lost, Observation, Outcome};
use crate::moment::{Moment, Span};
use crate::plan::{Action, Credential, Plan, Request, Role, UserSlot};
use crate::spec::{Level, Operation, Profile};

const APP: &str = "22553876-f5ab-4529-bffb-cfe50aa89f87";
const USER: &str = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";
/// The requirement that every expectation here covers, unless a test says otherwise.
const COVERED: &str = "body.valid";
/// A refusal's body as it should be.
const ERROR: &str = r#"{"error": {"code": "InvalidArgument", "message": "no"}}"#;

fn context() -> Context {
    let app = Credential { application: APP.to_owned(), user: None };
    Context {
        users: vec![USER.to_owned(), "second".to_owned()],
        credentials: Arc::new([("app".to_owned(), app.clone()), ("delegated_work".to_owned(), app)].into()),
        slack: Slack::default(),
        interrupted: None,
    }
}

/// The body of a set-presence call.
fn body(pair: &str, expires: &str) -> String {
    let (availability, activity) = pair.split_once('/').expect("a pair");
    format!(
        r#"{{"sessionId": "{APP}", "availability": "{availability}", "activity": "{activity}", "expirationDuration": "{expires}"}}"#
    )
}

fn action(role: Role, operation: Operation, body: Option<String>, expect: Option<Expectation>) -> Action {
    Action {
        is_together: false,
        step: 1,
        role,
        at: Duration::ZERO,
        actor: Some("app".to_owned()),
        user: UserSlot::Pool(0),
        operation,
        request: Request {
            method: operation.method().to_owned(),
            is_other_method: false,
            path: operation.path().to_owned(),
            is_other_path: false,
            authorization: vec!["Bearer ${token}".to_owned()],
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: body.map(|body| body.into_bytes().into()),
            is_chunked: false,
        },
        expect,
        covers: COVERED.to_owned(),
    }
}

fn set(role: Role, pair: &str, expect: Option<Expectation>) -> Action {
    action(role, Operation::SetPresence, Some(body(pair, "PT1H")), expect)
}

fn get(role: Role, expect: Option<Expectation>) -> Action {
    action(role, Operation::GetPresence, None, expect)
}

fn at(level: Level, wanted: Wanted) -> Option<Expectation> {
    Some(Expectation { level: Some(level), ..Expectation::of(wanted) })
}

fn shows(level: Level, presence: &str) -> Option<Expectation> {
    at(level, Wanted::Presences(vec![presence.parse().expect("a presence")]))
}

fn refused(statuses: &[u16]) -> Wanted {
    Wanted::Refused { statuses: statuses.to_vec(), status_level: Level::Should, is_plain: true }
}

fn plan(level: Level, actions: Vec<Action>) -> Plan {
    Plan {
        id: "a/b".to_owned(),
        file: "a/b.toml".to_owned(),
        family: "a".to_owned(),
        title: String::new(),
        about: String::new(),
        profile: Profile::BETA_2021_06,
        level,
        requirements: vec![COVERED.to_owned()],
        actions,
        users: 1,
        pinned: None,
        absorbs: Default::default(),
        leaves_sessions: Default::default(),
        leaves_preferred: false,
        unread: None,
    }
}

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, headers: Vec::new(), body: body.to_owned(), truncated: false, echoes_token: false }
}

fn presence(shown: &str) -> Answer {
    let (availability, activity) = shown.split_once('/').expect("a pair");
    answer(200, &format!(r#"{{"id": "{USER}", "availability": "{availability}", "activity": "{activity}"}}"#))
}

/// Seen at that second.
fn seen_at(second: u64, outcome: Outcome) -> Observation {
    Observation { span: Span::at(Moment::from_start(Duration::from_secs(second))), outcome }
}

/// One second after another, from the first on.
fn seen(answers: Vec<Answer>) -> Vec<Observation> {
    (1..).zip(answers).map(|(second, answer)| seen_at(second, Outcome::Answer(answer))).collect()
}

fn lost(fault: Fault) -> Outcome {
    Outcome::Lost(Lost { fault, detail: "gone".to_owned() })
}

/// A divergence as it is written down: its class, its requirement, its level.
type Row<'r> = (Class, &'r str, Level);

fn check(name: &str, judgement: &Judgement, verdict: Verdict, divergences: &[Row<'_>]) {
    let found: Vec<Row<'_>> =
        judgement.divergences.iter().map(|found| (found.class, found.requirement.as_str(), found.level)).collect();
    assert_eq!(found, divergences, "{name}: {judgement:?}");
    assert_eq!(judgement.verdict, verdict, "{name}: {judgement:?}");
    let has_reason = matches!(verdict, Verdict::Inconclusive | Verdict::Observed);
    assert_eq!(judgement.reason.is_some(), has_reason, "{name}: {judgement:?}");
}

#[test]
fn verdicts_and_classes_have_their_words() {
    let rows = [
        (Verdict::Passed, "passed", true),
        (Verdict::Failed, "failed", true),
        (Verdict::Warned, "warned", true),
        (Verdict::Observed, "observed", true),
        (Verdict::Skipped, "skipped", false),
        (Verdict::Inconclusive, "inconclusive", false),
    ];
    assert_eq!(rows.map(|(verdict, ..)| verdict), Verdict::ALL);
    for (verdict, name, is_judged) in rows {
        assert_eq!((verdict.name(), verdict.is_judged()), (name, is_judged));
        assert_eq!(serde_json::to_value(verdict).expect("a word"), name);
    }
    let rows = [
        (Class::RefusedValid, "refused-valid"),
        (Class::AcceptedInvalid, "accepted-invalid"),
        (Class::WrongSuccessStatus, "wrong-success-status"),
        (Class::WrongRefusalStatus, "wrong-refusal-status"),
        (Class::UnexpectedStatus, "unexpected-status"),
        (Class::ServerError, "server-error"),
        (Class::NoAnswer, "no-answer"),
        (Class::WrongPresence, "wrong-presence"),
        (Class::StateChanged, "state-changed"),
        (Class::MalformedPresence, "malformed-presence"),
        (Class::MalformedError, "malformed-error"),
        (Class::TokenLeak, "token-leak"),
        (Class::MissingHeader, "missing-header"),
    ];
    for (class, name) in rows {
        assert_eq!(class.name(), name);
        assert_eq!(serde_json::to_value(class).expect("a word"), name);
    }
}
