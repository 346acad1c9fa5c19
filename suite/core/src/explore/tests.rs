//! Sequences written by hand, each with what is found in it: what, under which requirement, and how strongly.

use std::sync::Arc;
use std::time::Duration;

use super::examine::Examiner;
use super::ground::Ground;
use super::sequence::action;
use crate::event::{Answer, Fault, Lost, Observation, Outcome};
use crate::judge::{Class, Context, Slack};
use crate::moment::{Moment, Span};
use crate::plan::{Abilities, Action, Adapter, Credential, UserSlot};
use crate::spec::Level::{Must, Should};
use crate::spec::{Level, Operation, Profile};

const USER: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const ERROR: &str = r#"{"error": {"code": "No", "message": "no"}}"#;
const BETA: &Profile = Profile::BETA_2021_06;
const V1: &Profile = Profile::V1_0;

/// When a call is sent, in seconds; what it is; and its answer.
type Step<'s> = (u64, &'s str, &'s str);
/// What is found: its class, its requirement, its level.
type Wrong<'w> = (Class, &'w str, Level);
/// A sequence: its name, its steps, and all that is found in it.
type Row<'r> = (&'r str, &'r [Step<'r>], &'r [Wrong<'r>]);

fn abilities(profile: &'static Profile) -> Abilities {
    let credential = |name: &str| Credential { application: format!("id-of-{name}"), user: None };
    Abilities {
        profile,
        credentials: Arc::new(
            ["app", "app_b", "reader", "expired"].map(|name| (name.to_owned(), credential(name))).into(),
        ),
        operations: Adapter::documented(),
        users: 1,
        has_unknown_user: false,
        longest: None,
        clock_factor: 1,
    }
}

/// `actor verb pair duration`, of which only the verb has to be there: `set`, `foreign` for another's session, `untyped`
/// without a content type, the name of another method, `read`, `clear`, `prefer`, `unprefer`.
fn call(text: &str, profile: &'static Profile) -> Action {
    let mut words = text.split(' ');
    let mut word = || words.next().unwrap_or_default();
    let (actor, verb, pair, lasts) = (word(), word(), word(), word());
    let ground = Ground::of(&abilities(profile));
    let (availability, activity) = pair.split_once('/').unwrap_or_default();
    let lasts = if lasts.is_empty() { String::new() } else { format!(", \"expirationDuration\": \"{lasts}\"") };
    let state = format!("\"availability\": \"{availability}\", \"activity\": \"{activity}\"{lasts}");
    let owner = if verb == "foreign" { "app_b" } else { actor };
    let (operation, body) = match verb {
        "read" => (Operation::GetPresence, None),
        "clear" => (Operation::ClearPresence, Some(format!("{{\"sessionId\": \"id-of-{actor}\"}}"))),
        "prefer" => (Operation::SetUserPreferredPresence, Some(format!("{{{state}}}"))),
        "unprefer" => (Operation::ClearUserPreferredPresence, Some("{}".to_owned())),
        _ => (Operation::SetPresence, Some(format!("{{\"sessionId\": \"id-of-{owner}\", {state}}}"))),
    };
    let mut action = action(&ground, operation, Some(actor), UserSlot::Pool(0), body.map(String::into_bytes));
    if verb == "untyped" {
        action.request.headers.clear();
    }
    if verb.chars().all(char::is_uppercase) {
        verb.clone_into(&mut action.request.method);
        action.request.is_other_method = true;
    }
    action
}

/// A status, a presence with another status before it or none, or why there is no answer.
fn outcome(text: &str) -> Outcome {
    let fault = match text {
        "broken" => Some(Fault::Broken),
        "crashed" => Some(Fault::Crashed),
        _ => None,
    };
    if let Some(fault) = fault {
        return Outcome::Lost(Lost { fault, detail: text.to_owned() });
    }
    let (status, shown) = text.split_once(' ').unwrap_or(if text.contains('/') { ("200", text) } else { (text, "") });
    let body = match shown.split_once('/') {
        None => ERROR.to_owned(),
        Some((availability, activity)) => {
            format!(r#"{{"id": "{USER}", "availability": "{availability}", "activity": "{activity}"}}"#)
        }
    };
    let headers = ["allow", "www-authenticate"].map(|name| (name.to_owned(), "x".to_owned())).to_vec();
    let status = status.parse().expect("a status");
    Outcome::Answer(Answer { status, headers, body, truncated: false, echoes_token: false })
}

fn check(profile: &'static Profile, rows: &[Row<'_>]) {
    for (name, steps, wrong) in rows {
        let abilities = abilities(profile);
        let (users, slack) = (vec![USER.to_owned()], Slack::default());
        let context = Context { users, credentials: abilities.credentials, slack, interrupted: None };
        let mut examiner = Examiner::new(profile, &context);
        let mut found = Vec::new();
        for (place, (second, text, answer)) in steps.iter().enumerate() {
            let span = Span::at(Moment::from_start(Duration::from_secs(*second)));
            let seen = Observation { span, outcome: outcome(answer) };
            found.extend(examiner.examine(place, &call(text, profile), &seen));
        }
        let found: Vec<_> = found.iter().map(|one| (one.class, one.requirement.as_str(), one.level)).collect();
        assert_eq!(found, *wrong, "{profile}: {name}");
    }
}

/// "A case must check both; both have the level of the refusal."
#[test]
fn what_a_refusal_changes_has_the_level_of_the_refusal() {
    let changed = |level| (Class::StateChanged, "http.refusal-changes-nothing", level);
    let (must, should) = ([changed(Must)], [changed(Should)]);
    let later = [(Class::WrongPresence, "fade.only-available", Should)];
    let at_once = [(Class::WrongPresence, "combinations.busy-in-a-call", Should)];
    let in_time = [(Class::WrongPresence, "fade.exists-until-expiration", Should)];
    let set = (0, "app set Busy/InACall PT4H", "200");
    let read = (0, "reader read", "Busy/InACall");
    let rows: &[Row<'_>] = &[
        ("a must", &[set, read, (1, "app set Away/Busy PT1H", "400"), (2, "reader read", "Away/Busy")], &must),
        ("a should", &[set, read, (1, "app foreign Away/Away PT1H", "403"), (2, "reader read", "Away/Away")], &should),
        (
            "another should",
            &[set, read, (1, "app untyped Away/Away PT1H", "415"), (2, "reader read", "Away/Away")],
            &should,
        ),
        ("either way", &[set, read, (1, "app set away/Away PT1H", "400"), (2, "reader read", "Away/Away")], &should),
        ("a clear", &[set, read, (1, "app_b clear", "404"), (2, "reader read", "Offline/Offline")], &should),
        (
            "of two the weaker",
            &[
                set,
                read,
                (1, "app set Busy/Busy PT1H", "400"),
                (1, "app foreign Away/Away PT1H", "403"),
                (2, "reader read", "Away/Away"),
            ],
            &should,
        ),
        (
            "a safe method",
            &[
                set,
                read,
                (1, "app set Away/Busy PT1H", "400"),
                (1, "app GET Away/Away PT1H", "405"),
                (2, "reader read", "Away/Busy"),
            ],
            &must,
        ),
        ("not read before", &[set, (1, "app foreign Away/Away PT1H", "403"), (2, "reader read", "Away/Away")], &later),
        (
            "hidden by what was set later",
            &[(0, "app foreign Busy/InAConferenceCall PT1H", "403"), set, (2, "reader read", "Busy/InAConferenceCall")],
            &at_once,
        ),
        // Time alone may have brought that about, too.
        (
            "long after",
            &[
                set,
                (360, "reader read", "Busy/InACall"),
                (720, "app_b clear", "404"),
                (1080, "reader read", "Offline/Offline"),
            ],
            &in_time,
        ),
    ];
    check(V1, rows);
    check(BETA, rows);
}

/// Only that what is preferred wins is on the page of setPresence.
#[test]
fn what_is_said_of_preferences_elsewhere_is_a_should() {
    let wrong = |requirement, level| [(Class::WrongPresence, requirement, level)];
    let set = (0, "app set Busy/InACall PT4H", "200");
    let (busy, preferred) = ("Busy/InACall", "BeRightBack/BeRightBack");
    let rows: &[Row<'_>] = &[
        (
            "never shown",
            &[set, (1, "app prefer BeRightBack/BeRightBack PT1H", "200"), (2, "reader read", busy)],
            &wrong("precedence.user-configured-wins", Must),
        ),
        (
            "ends too early by a default",
            &[set, (1, "app prefer BeRightBack/BeRightBack", "200"), (660, "reader read", busy)],
            &wrong("precedence.preferred-default-week", Should),
        ),
        (
            "a day",
            &[set, (1, "app prefer DoNotDisturb/DoNotDisturb", "200"), (660, "reader read", busy)],
            &wrong("precedence.preferred-default-day", Should),
        ),
        (
            "not replaced",
            &[
                set,
                (1, "app prefer Busy/Busy PT1H", "200"),
                (2, "app prefer BeRightBack/BeRightBack PT1H", "200"),
                (3, "reader read", "Busy/Busy"),
            ],
            &wrong("precedence.preferred-replaced", Should),
        ),
        (
            "beyond its end",
            &[set, (1, "app prefer BeRightBack/BeRightBack PT1H", "200"), (3700, "reader read", preferred)],
            &wrong("precedence.preferred-expires", Should),
        ),
        (
            "though cleared",
            &[
                set,
                (1, "app prefer BeRightBack/BeRightBack PT1H", "200"),
                (2, "app unprefer", "200"),
                (3, "reader read", preferred),
            ],
            &wrong("precedence.preferred-cleared", Should),
        ),
        (
            "what is beneath",
            &[
                set,
                (1, "app prefer BeRightBack/BeRightBack PT1H", "200"),
                (2, "app unprefer", "200"),
                (3, "reader read", "Away/Away"),
            ],
            &wrong("fade.goes-on-beneath-preferred", Should),
        ),
    ];
    check(V1, rows);
    check(BETA, rows);
}

/// RFC 9110 has 501 for methods that a server does not know.
#[test]
fn a_method_that_is_not_known() {
    let rows: &[Row<'_>] = &[
        ("HEAD", &[(0, "app HEAD Busy/InACall PT1H", "501")], &[]),
        ("OPTIONS", &[(0, "app OPTIONS Busy/InACall PT1H", "501")], &[]),
        ("PUT", &[(0, "app PUT Busy/InACall PT1H", "501")], &[(Class::WrongRefusalStatus, "http.method", Should)]),
        (
            "PUT with a bad token",
            &[(0, "expired PUT Busy/InACall PT1H", "501")],
            &[(Class::WrongRefusalStatus, "http.method", Should)],
        ),
        (
            "PUT and another 5xx",
            &[(0, "app PUT Busy/InACall PT1H", "500")],
            &[(Class::ServerError, "http.no-server-error", Must)],
        ),
        ("POST", &[(0, "app set Busy/InACall PT1H", "501")], &[(Class::ServerError, "http.no-server-error", Must)]),
        (
            "and nothing was set",
            &[(0, "app PUT Busy/InACall PT1H", "501"), (1, "reader read", "Busy/InACall")],
            &[
                (Class::WrongRefusalStatus, "http.method", Should),
                (Class::WrongPresence, "precedence.no-session-offline", Should),
            ],
        ),
    ];
    check(V1, rows);
}

#[test]
fn what_else_is_permitted_and_what_is_not() {
    let hang = [(Class::NoAnswer, "http.no-hang", Should)];
    let first = [(Class::WrongRefusalStatus, "permissions.token-expired", Should)];
    let status = [(Class::WrongSuccessStatus, "precedence.read-members", Should)];
    let set = (0, "app set Busy/InACall PT1H", "200");
    let rows: &[Row<'_>] = &[
        ("the content type before the credentials", &[(0, "expired untyped Busy/InACall PT1H", "415")], &[]),
        ("neither of both", &[(0, "expired untyped Busy/InACall PT1H", "409")], &first),
        ("a connection that broke", &[(0, "app set Busy/InACall PT1H", "broken")], &[]),
        ("again and again", &[(0, "app set Busy/InACall PT1H", "crashed")], &hang),
        ("a read with another status", &[set, (1, "reader read", "203 Busy/InACall")], &status),
        ("a part of a read", &[set, (1, "reader read", "206 Busy/InACall")], &status),
    ];
    check(V1, rows);
    check(BETA, rows);
}

/// Whoever accepts what is out of range may keep to it or to the nearest end of the range.
#[test]
fn what_is_out_of_range_may_end_at_any_time() {
    let rows: &[Row<'_>] = &[
        ("kept to", &[(0, "app set Busy/InACall PT1S", "200"), (60, "reader read", "Offline/Offline")], &[]),
        ("raised", &[(0, "app set Busy/InACall PT1S", "200"), (60, "reader read", "Busy/InACall")], &[]),
        ("lowered", &[(0, "app set Busy/InACall P1D", "200"), (15_000, "reader read", "Offline/Offline")], &[]),
        (
            "in range",
            &[(0, "app set Busy/InACall PT5M", "200"), (360, "reader read", "Busy/InACall")],
            &[(Class::WrongPresence, "fade.expiration", Must)],
        ),
    ];
    check(BETA, rows);
}

/// Where no document says when a session ends, it still fades while it stands.
#[test]
fn a_session_without_an_end_fades_all_the_same() {
    let set = (0, "app set Available/Available", "200");
    let wrong = |requirement| [(Class::WrongPresence, requirement, Must)];
    let rows: &[Row<'_>] = &[
        ("gone", &[set, (720, "reader read", "Offline/Offline")], &[]),
        ("faded", &[set, (720, "reader read", "Away/Away")], &[]),
        ("not faded once", &[set, (450, "reader read", "Available/Available")], &wrong("fade.first-timeout")),
        ("not faded twice", &[set, (720, "reader read", "Available/Available")], &wrong("fade.second-timeout")),
        (
            "faded where nothing fades",
            &[(0, "app set Busy/InACall", "200"), (720, "reader read", "Away/Away")],
            &wrong("fade.only-available"),
        ),
        (
            "something else",
            &[(0, "app set Busy/InACall", "200"), (10, "reader read", "Busy/InAConferenceCall")],
            &wrong("combinations.busy-in-a-call"),
        ),
    ];
    check(BETA, rows);
}
