//! The model beside a plan: who a request presents, and where a plan and the model do not agree.

use super::*;
use crate::judge::disagreements;
use crate::judge::follow::Follower;
use crate::spec::Level::{May, Must, Should};

/// The requirements behind a plain request of that credential with these Authorization headers.
fn reasons(profile: &'static Profile, actor: &str, authorization: &[&str]) -> Vec<&'static str> {
    let mut context = context();
    let pinned = Credential { application: APP.to_owned(), user: Some("someone".to_owned()) };
    Arc::make_mut(&mut context.credentials).insert("delegated_no_scope".to_owned(), pinned);
    for name in
        ["no_role", "read_only", "delegated_personal", "expired", "not_yet_valid", "wrong_audience", "bad_signature"]
    {
        let credential = context.credentials["app"].clone();
        Arc::make_mut(&mut context.credentials).insert(name.to_owned(), credential);
    }
    let mut action = set(Role::Judged, "Busy/InACall", None);
    action.actor = (!actor.is_empty()).then(|| actor.to_owned());
    action.request.authorization = authorization.iter().map(ToString::to_string).collect();
    let plan = Plan { profile, ..plan(Must, vec![action.clone()]) };
    let ruling = Follower::new(plan.profile, &context).ruling(&action);
    ruling.reasons.iter().map(|reason| reason.requirement).collect()
}

#[test]
fn whom_a_request_presents() {
    const BEARER: &[&str] = &["Bearer ${token}"];
    let rows: &[(&str, &[&str], &[&str])] = &[
        ("app", BEARER, &[]),
        ("no_role", BEARER, &["permissions.role-required"]),
        ("read_only", BEARER, &["permissions.role-required"]),
        ("delegated_work", BEARER, &[]),
        ("delegated_no_scope", BEARER, &["permissions.delegated-scope", "permissions.delegated-other-user"]),
        ("delegated_personal", BEARER, &["permissions.delegated-personal"]),
        ("expired", BEARER, &["permissions.token-expired"]),
        ("not_yet_valid", BEARER, &["permissions.token-not-yet-valid"]),
        ("wrong_audience", BEARER, &["permissions.token-audience"]),
        ("bad_signature", BEARER, &["permissions.token-signature"]),
        ("", &[], &["permissions.token-required"]),
        ("app", &["Bearer ${token}", "Bearer ${token}"], &["permissions.one-authorization"]),
        ("app", &["bEARER ${token}"], &["permissions.scheme-case"]),
        ("app", &["Basic ${token}"], &["permissions.scheme"]),
        ("app", &["Bearer"], &["permissions.token-readable"]),
        ("app", &["Bearer x${token}"], &["permissions.token-readable"]),
        ("app", &[""], &["permissions.token-readable"]),
        ("app", &["${token}"], &["permissions.token-readable"]),
    ];
    for (actor, authorization, wanted) in rows {
        assert_eq!(reasons(Profile::V1_0, actor, authorization), *wanted, "{actor} {authorization:?}");
    }
    assert_eq!(reasons(Profile::BETA_2021_06, "delegated_work", BEARER), ["permissions.delegated-work-unsupported"]);
}

/// Plans whose expectations the model shares, and plans that it contradicts: a fixture that is wrong is told.
#[test]
fn where_a_fixture_and_the_model_do_not_agree() {
    let judged = |pair: &str, level, wanted| vec![set(Role::Judged, pair, at(level, wanted))];
    let read = |level, presence: &str| {
        vec![set(Role::Arrange, "Busy/InACall", None), get(Role::Judged, shows(level, presence))]
    };
    let either = |pair: &str| judged(pair, May, Wanted::Either);
    let two = at(Must, Wanted::Presences(vec!["Busy/InACall".parse().unwrap(), "Away/Away".parse().unwrap()]));
    let after_open = |shown: &[&str]| {
        let shown = shown.iter().map(|shown| shown.parse().unwrap()).collect();
        let body = Some(body("Busy/InACall", "+PT1H"));
        let open = action(Role::Judged, Operation::SetPresence, body, at(May, Wanted::Either));
        vec![open, get(Role::After, at(Must, Wanted::Presences(shown)))]
    };
    let rows: Vec<(&str, Vec<Action>, bool)> = vec![
        ("what must be accepted", judged("Busy/InACall", Must, Wanted::Accepted), true),
        ("accepted, but to be refused", judged("Busy/Busy", Must, Wanted::Accepted), false),
        ("accepted by a should, but to be refused", judged("Busy/Busy", Should, Wanted::Accepted), false),
        ("accepted, but open", judged("busy/InACall", Must, Wanted::Accepted), false),
        ("accepted by a should, where it is open", judged("busy/InACall", Should, Wanted::Accepted), true),
        ("refused", judged("Busy/Busy", Must, refused(&[400])), true),
        ("refused with any status", judged("Busy/Busy", Must, refused(&[])), true),
        ("refused with a status that is not documented", judged("Busy/Busy", Must, refused(&[409])), false),
        ("refused, but to be accepted", judged("Busy/InACall", Must, refused(&[400])), false),
        ("refused by a must that is a should", judged(" Busy/InACall", Must, refused(&[400])), false),
        ("refused by a should", judged(" Busy/InACall", Should, refused(&[400])), true),
        ("open", either("busy/InACall"), true),
        ("open, but to be accepted", either("Busy/InACall"), false),
        ("open, but to be refused", either("Busy/Busy"), false),
        ("a twin", vec![set(Role::Twin, "Busy/InACall", None)], true),
        ("a twin that may be refused", vec![set(Role::Twin, "busy/InACall", None)], true),
        ("a twin that must be refused", vec![set(Role::Twin, "Busy/Busy", None)], false),
        ("an arranging call that may be refused", vec![set(Role::Arrange, "busy/InACall", None)], false),
        ("a read", read(Must, "Busy/InACall"), true),
        ("a wrong read", read(Must, "Away/Away"), false),
        ("a wrong read on record", read(May, "Away/Away"), true),
        ("a read that permits too much", vec![set(Role::Arrange, "Busy/InACall", None), get(Role::Judged, two)], false),
        (
            "a refused call changes nothing",
            {
                let mut actions = judged("Busy/Busy", Must, refused(&[400]));
                actions.push(get(Role::After, shows(Must, "Offline/Offline")));
                actions
            },
            true,
        ),
        ("an open call was accepted or not", after_open(&["Offline/Offline", "Busy/InACall"]), true),
        ("an open call that surely was not", after_open(&["Offline/Offline"]), false),
        ("an open call that surely was", after_open(&["Busy/InACall"]), false),
    ];
    for (name, actions, agrees) in rows {
        let found = disagreements(&plan(Must, actions), &context());
        assert_eq!(found.is_empty(), agrees, "{name}: {found:?}");
        assert!(found.iter().all(|what| what.starts_with("a/b step 1 (")), "{name}: {found:?}");
    }
}
