//! One request, or a refusal with all that surrounds it.

use super::*;
use crate::judge::answer::shown;
use crate::spec::Level::{May, Must, Should};

/// A request: its name, what is expected, the status that it is answered with, and what comes of it.
type Answered<'r> = (&'r str, Option<Expectation>, u16, Verdict, &'r [Row<'r>]);

/// A request of some method: its name, the method, what is expected, the status that it is answered with, and what comes of
/// it.
type ByMethod<'r> = (&'r str, &'r str, Option<Expectation>, u16, Verdict, &'r [Row<'r>]);

/// A refusal: its name, all answers, what comes of it, and what its reason says.
type Surrounded<'r> = (&'r str, Vec<Answer>, Verdict, &'r [Row<'r>], &'r str);

/// A case: its name, its profile, its actions, the status of the last, and the profiles that explain it.
type Explained<'r> = (&'r str, &'static Profile, Vec<Action>, u16, &'r [&'r str]);

#[test]
fn statuses_of_one_request() {
    let accepted = || at(Must, Wanted::Accepted);
    let refused = || at(Must, refused(&[400, 403]));
    let either = || at(May, Wanted::Either);
    let rows: &[Answered<'_>] = &[
        ("200", accepted(), 200, Verdict::Passed, &[]),
        ("201", accepted(), 201, Verdict::Failed, &[(Class::WrongSuccessStatus, "http.success-status", Must)]),
        ("299", accepted(), 299, Verdict::Failed, &[(Class::WrongSuccessStatus, "http.success-status", Must)]),
        ("300", accepted(), 300, Verdict::Failed, &[(Class::UnexpectedStatus, COVERED, Must)]),
        ("399", accepted(), 399, Verdict::Failed, &[(Class::UnexpectedStatus, COVERED, Must)]),
        ("400", accepted(), 400, Verdict::Failed, &[(Class::RefusedValid, COVERED, Must)]),
        ("499", accepted(), 499, Verdict::Failed, &[(Class::RefusedValid, COVERED, Must)]),
        ("500", accepted(), 500, Verdict::Failed, &[(Class::ServerError, "http.no-server-error", Must)]),
        ("599", accepted(), 599, Verdict::Failed, &[(Class::ServerError, "http.no-server-error", Must)]),
        ("600", accepted(), 600, Verdict::Failed, &[(Class::UnexpectedStatus, COVERED, Must)]),
        ("a should", at(Should, Wanted::Accepted), 400, Verdict::Warned, &[(Class::RefusedValid, COVERED, Should)]),
        ("refused as it should be", refused(), 400, Verdict::Passed, &[]),
        ("refused with its other status", refused(), 403, Verdict::Passed, &[]),
        ("refused otherwise", refused(), 422, Verdict::Warned, &[(Class::WrongRefusalStatus, COVERED, Should)]),
        ("any refusal", at(Must, super::refused(&[])), 499, Verdict::Passed, &[]),
        ("not refused", refused(), 200, Verdict::Failed, &[(Class::AcceptedInvalid, COVERED, Must)]),
        ("not refused, 299", refused(), 299, Verdict::Failed, &[(Class::AcceptedInvalid, COVERED, Must)]),
        ("sent elsewhere", refused(), 302, Verdict::Failed, &[(Class::UnexpectedStatus, COVERED, Must)]),
        ("crashed", refused(), 500, Verdict::Failed, &[(Class::ServerError, "http.no-server-error", Must)]),
        ("either: accepted", either(), 200, Verdict::Observed, &[]),
        ("either: refused", either(), 418, Verdict::Observed, &[]),
        ("either: crashed", either(), 500, Verdict::Failed, &[(Class::ServerError, "http.no-server-error", Must)]),
    ];
    for (name, expect, status, verdict, divergences) in rows {
        let level = expect.as_ref().and_then(|expect| expect.level).expect("a level");
        let plan = plan(level, vec![set(Role::Judged, "Busy/InACall", expect.clone())]);
        let judgement = judge(&plan, &context(), &seen(vec![answer(*status, ERROR)]));
        check(name, &judgement, *verdict, divergences);
    }
}

/// RFC 9110 has 501 for methods that a server does not know, so that is an answer to another method, if not the one that
/// it should be, and a breakdown anywhere else.
#[test]
fn a_method_that_is_not_known() {
    const OTHER: &[Row<'_>] = &[(Class::WrongRefusalStatus, "http.method", Should)];
    const CRASH: &[Row<'_>] = &[(Class::ServerError, "http.no-server-error", Must)];
    let credentials = || at(Must, Wanted::Refused { statuses: vec![401], status_level: Must, is_plain: true });
    let rows: Vec<ByMethod<'_>> = vec![
        ("another method", "PUT", at(Should, refused(&[405])), 501, Verdict::Warned, OTHER),
        ("whatever refuses it", "PUT", at(Should, refused(&[])), 501, Verdict::Warned, OTHER),
        ("and bad credentials", "PUT", credentials(), 501, Verdict::Warned, OTHER),
        ("either way", "OPTIONS", at(May, Wanted::Either), 501, Verdict::Observed, &[]),
        ("another 5xx", "PUT", at(Should, refused(&[405])), 500, Verdict::Failed, CRASH),
        ("the documented method", "POST", at(Must, refused(&[400])), 501, Verdict::Failed, CRASH),
        ("the documented method, either way", "POST", at(May, Wanted::Either), 501, Verdict::Failed, CRASH),
    ];
    for (name, method, expect, status, verdict, divergences) in rows {
        let level = expect.as_ref().and_then(|expect| expect.level).expect("a level");
        let headers = vec!["allow".to_owned()];
        let expect = expect.map(|expect| if status == 501 { Expectation { headers, ..expect } } else { expect });
        let mut action = set(Role::Judged, "Busy/InACall", expect);
        method.clone_into(&mut action.request.method);
        action.request.is_other_method = method != "POST";
        let judgement = judge(&plan(level, vec![action]), &context(), &seen(vec![answer(status, ERROR)]));
        check(name, &judgement, verdict, divergences);
    }
}

/// What was answered with it changed nothing, which is judged as after any refusal.
#[test]
fn a_method_that_is_not_known_changes_nothing() {
    let after = |shown: &str| {
        let mut put = set(Role::Judged, "Busy/InACall", at(Should, refused(&[405])));
        "PUT".clone_into(&mut put.request.method);
        put.request.is_other_method = true;
        let plan = plan(Should, vec![put, get(Role::After, shows(Should, "Offline/Offline"))]);
        judge(&plan, &context(), &seen(vec![answer(501, ERROR), presence(shown)]))
    };
    let other = (Class::WrongRefusalStatus, "http.method", Should);
    check("nothing", &after("Offline/Offline"), Verdict::Warned, &[other]);
    let changed = (Class::StateChanged, COVERED, Should);
    check("something", &after("Busy/InACall"), Verdict::Warned, &[other, changed]);
}

#[test]
fn of_another_operation_a_crash_is_a_should() {
    let mut clear = set(Role::Judged, "Busy/InACall", at(Should, Wanted::Accepted));
    clear.operation = Operation::ClearPresence;
    let judgement = judge(&plan(Should, vec![clear]), &context(), &seen(vec![answer(500, ERROR)]));
    check("a crash", &judgement, Verdict::Warned, &[(Class::ServerError, "http.no-server-error", Should)]);
}

#[test]
fn what_the_body_of_a_refusal_has_to_be() {
    const MALFORMED: &[Row<'_>] = &[(Class::MalformedError, "http.error-envelope", Should)];
    let rows: &[(&str, &str, &str, Verdict, &[Row<'_>])] = &[
        ("an envelope", "POST", ERROR, Verdict::Passed, &[]),
        ("nothing", "POST", "", Verdict::Warned, MALFORMED),
        ("HTML", "POST", "<html>", Verdict::Warned, MALFORMED),
        ("no code", "POST", r#"{"error": {"message": "no"}}"#, Verdict::Warned, MALFORMED),
        ("HEAD has none", "HEAD", "", Verdict::Passed, &[]),
    ];
    for (name, method, body, verdict, divergences) in rows {
        let mut action = set(Role::Judged, "Busy/InACall", at(Must, refused(&[400])));
        action.request.method = (*method).to_owned();
        let judgement = judge(&plan(Must, vec![action]), &context(), &seen(vec![answer(400, body)]));
        check(name, &judgement, *verdict, divergences);
    }
}

#[test]
fn a_refusal_keeps_the_token() {
    const LEAK: &[Row<'_>] = &[(Class::TokenLeak, "http.no-token-in-error", Must)];
    let rows: &[(&str, Wanted, u16, Verdict, &[Row<'_>])] = &[
        ("in a refusal", refused(&[]), 400, Verdict::Failed, LEAK),
        ("in a refusal on record", Wanted::Either, 400, Verdict::Failed, LEAK),
        ("a success may repeat what it likes", Wanted::Accepted, 200, Verdict::Passed, &[]),
        (
            "in a crash",
            refused(&[]),
            500,
            Verdict::Failed,
            &[LEAK[0], (Class::ServerError, "http.no-server-error", Must)],
        ),
    ];
    for (name, wanted, status, verdict, divergences) in rows {
        let leak = Answer { echoes_token: true, ..answer(*status, ERROR) };
        let plan = plan(Must, vec![set(Role::Judged, "Busy/InACall", at(Must, wanted.clone()))]);
        check(name, &judge(&plan, &context(), &seen(vec![leak])), *verdict, divergences);
    }
}

#[test]
fn a_header_that_should_be_there() {
    let expect = |level| {
        let wanted = at(level, refused(&[401])).expect("an expectation");
        Some(Expectation { headers: vec!["www-authenticate".to_owned()], ..wanted })
    };
    let with = Answer { headers: vec![("www-authenticate".to_owned(), "Bearer".to_owned())], ..answer(401, ERROR) };
    let rows: &[(&str, Level, Answer, Verdict, &[Row<'_>])] = &[
        ("there", Must, with, Verdict::Passed, &[]),
        ("not there", Must, answer(401, ERROR), Verdict::Warned, &[(Class::MissingHeader, COVERED, Should)]),
        ("on record", May, answer(401, ERROR), Verdict::Observed, &[(Class::MissingHeader, COVERED, May)]),
    ];
    for (name, level, answer, verdict, divergences) in rows {
        let plan = plan(*level, vec![set(Role::Judged, "Busy/InACall", expect(*level))]);
        check(name, &judge(&plan, &context(), &seen(vec![answer.clone()])), *verdict, divergences);
    }
}

/// A refusal as it is planned: twin, mark, the mark read, the request, the mark read again.
fn surrounded() -> Plan {
    plan(
        Must,
        vec![
            set(Role::Twin, "Busy/InACall", None),
            set(Role::Mark, "Away/Away", None),
            get(Role::Before, shows(Must, "Away/Away")),
            set(Role::Judged, "Busy/Busy", at(Must, refused(&[400]))),
            get(Role::After, shows(Must, "Away/Away")),
        ],
    )
}

#[test]
fn a_refusal_with_its_twin_and_its_mark() {
    let (yes, no) = (|| answer(200, ""), || answer(400, ERROR));
    let (away, busy) = (|| presence("Away/Away"), || presence("Busy/Busy"));
    let accepted = (Class::AcceptedInvalid, COVERED, Must);
    let changed = (Class::StateChanged, COVERED, Must);
    let malformed = (Class::MalformedPresence, "precedence.read-members", Should);
    let rows: &[Surrounded<'_>] = &[
        ("as documented", vec![yes(), yes(), away(), no(), away()], Verdict::Passed, &[], ""),
        ("accepted", vec![yes(), yes(), away(), yes(), busy()], Verdict::Failed, &[accepted], ""),
        ("the state changed", vec![yes(), yes(), away(), no(), busy()], Verdict::Failed, &[changed], ""),
        ("the twin was refused", vec![no()], Verdict::Inconclusive, &[], "the twin of step 1"),
        ("the twin was sent elsewhere", vec![answer(300, "")], Verdict::Inconclusive, &[], "the twin of step 1"),
        ("the mark was refused", vec![yes(), no()], Verdict::Inconclusive, &[], "the state that step 1"),
        ("the mark does not show", vec![yes(), yes(), busy()], Verdict::Inconclusive, &[], "shows Busy/Busy"),
        ("the mark cannot be read", vec![yes(), yes(), no()], Verdict::Inconclusive, &[], "could not be read"),
        ("the case ended early", vec![yes(), yes(), away()], Verdict::Inconclusive, &[], "was not finished"),
        (
            "the last read failed",
            vec![yes(), yes(), away(), no(), yes()],
            Verdict::Inconclusive,
            &[malformed],
            "not judged",
        ),
        ("it was forbidden", vec![yes(), yes(), away(), no(), answer(403, "")], Verdict::Inconclusive, &[], "403"),
    ];
    for (name, answers, verdict, divergences, reason) in rows {
        let judgement = judge(&surrounded(), &context(), &seen(answers.clone()));
        check(name, &judgement, *verdict, divergences);
        assert!(judgement.reason.unwrap_or_default().contains(reason), "{name}");
    }
}

#[test]
fn a_divergence_says_where_and_what() {
    let judgement = judge(&surrounded(), &context(), &{
        let (yes, away) = (answer(200, ""), presence("Away/Away"));
        seen(vec![yes.clone(), yes, away, answer(400, ERROR), presence("Busy/Busy")])
    });
    let found = &judgement.divergences[0];
    assert_eq!((found.step, found.exchange), (1, 4));
    assert_eq!(found.expected, "Away/Away, as before the refused request");
    assert_eq!(found.observed, "Busy/Busy");
    let any = plan(Must, vec![set(Role::Judged, "Busy/Busy", at(Must, refused(&[])))]);
    let judgement = judge(&any, &context(), &seen(vec![answer(200, "")]));
    assert_eq!(judgement.divergences[0].expected, "refused: a 4xx status");
    let long = "x".repeat(301);
    let plan = plan(Must, vec![set(Role::Judged, "Busy/Busy", at(Must, refused(&[400, 403])))]);
    let judgement = judge(&plan, &context(), &seen(vec![answer(200, &format!("a \n b{long}"))]));
    assert_eq!(judgement.divergences[0].expected, "refused: status 400 or 403");
    assert_eq!(judgement.divergences[0].observed, format!("status 200: a b{}…", "x".repeat(297)));
    let judgement = judge(&plan, &context(), &seen(vec![answer(200, &"x".repeat(300))]));
    assert_eq!(judgement.divergences[0].observed, format!("status 200: {}", "x".repeat(300)));
}

/// Where an answer sends the request elsewhere, the report says where to; only statuses of that kind do.
#[test]
fn an_answer_in_one_line() {
    let to = |status| {
        let headers = vec![("location".to_owned(), "https://elsewhere.test/".to_owned())];
        Answer { headers, ..answer(status, "gone  there") }
    };
    let redirect =
        |status| format!("status {status} to https://elsewhere.test/ (redirects are not followed): gone there");
    let rows = [
        (to(299), "status 299: gone there".to_owned()),
        (to(300), redirect(300)),
        (to(399), redirect(399)),
        (to(400), "status 400: gone there".to_owned()),
        (answer(302, ""), "status 302".to_owned()),
    ];
    for (answer, line) in rows {
        assert_eq!(shown(&answer), line);
    }
}

/// What a target does where either way is permitted is on record, with what a read shows then.
#[test]
fn either_way_is_on_record() {
    let plan = || {
        plan(
            May,
            vec![set(Role::Judged, "Busy/Busy", at(May, Wanted::Either)), get(Role::After, shows(May, "Away/Away"))],
        )
    };
    let rows = [
        (vec![answer(200, ""), presence("Busy/Busy")], "step 1: accepted (200); then a read shows Busy/Busy"),
        (vec![answer(400, ERROR), presence("Away/Away")], "step 1: not accepted (400); then a read shows Away/Away"),
    ];
    for (answers, reason) in rows {
        let judgement = judge(&plan(), &context(), &seen(answers));
        check(reason, &judgement, Verdict::Observed, &[]);
        assert_eq!(judgement.reason.as_deref(), Some(reason));
    }
}

/// Whether what another profile has of a request explains all of a case's divergences.
#[test]
fn another_profile_may_explain_it() {
    let presenting = |expect| set(Role::Judged, "DoNotDisturb/Presenting", at(Must, expect));
    let busy = |expect| set(Role::Judged, "Busy/Busy", at(Must, expect));
    let delegated =
        Action { actor: Some("delegated_work".to_owned()), ..set(Role::Judged, "Away/Away", at(Must, refused(&[]))) };
    let lasting = |expires, expect| {
        action(Role::Judged, Operation::SetPresence, Some(body("Away/Away", expires)), at(Must, expect))
    };
    let valid = || set(Role::Judged, "Away/Away", at(Must, Wanted::Accepted));
    let other_path = |mut action: Action| {
        action.request.is_other_path = true;
        action
    };
    let rows: Vec<Explained<'_>> = vec![
        ("a pair of the newer", Profile::BETA_2021_06, vec![presenting(refused(&[]))], 200, &["v1.0"]),
        ("a pair of none", Profile::BETA_2021_06, vec![busy(refused(&[]))], 200, &[]),
        ("a pair that the older has not", Profile::V1_0, vec![presenting(Wanted::Accepted)], 400, &["beta-2021-06"]),
        ("a signed-in user", Profile::BETA_2021_06, vec![delegated], 200, &["v1.0"]),
        ("a duration", Profile::V1_0, vec![lasting("PT1M", refused(&[]))], 200, &["beta-2021-06"]),
        ("a negative duration", Profile::BETA_2021_06, vec![lasting("-PT1H", refused(&[]))], 200, &[]),
        ("a valid call", Profile::V1_0, vec![valid()], 400, &[]),
        ("what neither has", Profile::BETA_2021_06, vec![busy(Wanted::Accepted)], 400, &[]),
        ("one of two", Profile::BETA_2021_06, vec![valid(), presenting(refused(&[]))], 200, &[]),
        ("on another path", Profile::BETA_2021_06, vec![other_path(presenting(refused(&[])))], 200, &[]),
        ("a crash", Profile::BETA_2021_06, vec![presenting(refused(&[]))], 500, &[]),
        ("nothing to explain", Profile::BETA_2021_06, vec![presenting(refused(&[]))], 400, &[]),
    ];
    for (name, profile, actions, status, explained_by) in rows {
        // Of two, the first is answered with a status that no profile has, and that stops nothing.
        let is_one = actions.len() == 1;
        let plan = Plan { profile, ..plan(Must, actions) };
        let answers = if is_one { vec![answer(status, ERROR)] } else { vec![answer(201, ""), answer(status, ERROR)] };
        let judgement = judge(&plan, &context(), &seen(answers));
        assert_eq!(judgement.explained_by, explained_by, "{name}: {judgement:?}");
    }
}
