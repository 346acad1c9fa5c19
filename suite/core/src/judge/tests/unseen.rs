//! What was not seen: it is never a fault of the target, and never passes where it was what was judged.

use super::*;
use crate::spec::Level::{May, Must, Should};

/// A case: its name, its plan, what it was judged with and by, its verdict, and what its reason says.
type Unfinished<'r> = (&'r str, Plan, Context, Vec<Observation>, Verdict, &'r str);

fn coded(coding: &str, answer: Answer) -> Answer {
    Answer { headers: vec![("content-encoding".to_owned(), coding.to_owned())], ..answer }
}

/// The client's rows ask for gzip as the SDKs do, and a server may answer so whoever asks.
#[test]
fn bodies_that_are_coded_or_cut() {
    let cut = |answer: Answer| Answer { truncated: true, body: answer.body[..1].to_owned(), ..answer };
    let refusal = || at(Must, refused(&[400]));
    let read = || shows(Must, "Offline/Offline");
    let offline = || presence("Offline/Offline");
    let refuse = |covers: &str| Action { covers: covers.to_owned(), ..set(Role::Judged, "Busy/Busy", refusal()) };
    let malformed: &[Row<'_>] = &[(Class::MalformedError, "http.error-envelope", Should)];
    let accept = || set(Role::Judged, "Busy/InACall", at(Must, Wanted::Accepted));
    let rows: Vec<(&str, Action, Answer, Verdict, &[Row<'_>])> = vec![
        ("an accepted call", accept(), coded("gzip", answer(200, "\u{1f}")), Verdict::Passed, &[]),
        ("an accepted call, cut", accept(), cut(answer(200, "xx")), Verdict::Passed, &[]),
        ("a coded read", get(Role::Judged, read()), coded("gzip", answer(200, "\u{1f}")), Verdict::Inconclusive, &[]),
        ("a cut read", get(Role::Judged, read()), cut(offline()), Verdict::Inconclusive, &[]),
        ("a read as it is", get(Role::Judged, read()), coded("identity", offline()), Verdict::Passed, &[]),
        ("in another letter case", get(Role::Judged, read()), coded(" Identity ", offline()), Verdict::Passed, &[]),
        ("a refusal by its status", refuse(COVERED), coded("gzip", answer(400, "\u{1f}")), Verdict::Passed, &[]),
        ("a refusal by its status, cut", refuse(COVERED), cut(answer(400, ERROR)), Verdict::Passed, &[]),
        ("as it is", refuse(COVERED), coded("identity", answer(400, "x")), Verdict::Warned, malformed),
        ("its body", refuse("http.error-envelope"), coded("br", answer(400, "x")), Verdict::Inconclusive, &[]),
        ("its body, cut", refuse("http.error-envelope"), cut(answer(400, ERROR)), Verdict::Inconclusive, &[]),
        ("its secrets", refuse("http.no-token-in-error"), coded("gzip", answer(400, "x")), Verdict::Inconclusive, &[]),
    ];
    for (name, action, answer, verdict, divergences) in rows {
        check(name, &judge(&plan(Must, vec![action]), &context(), &seen(vec![answer])), verdict, divergences);
    }
}

#[test]
fn an_unjudged_body_is_on_record() {
    let plan = plan(Must, vec![set(Role::Judged, "Busy/Busy", at(Must, refused(&[400])))]);
    let judgement = judge(&plan, &context(), &seen(vec![coded("gzip", answer(400, "x"))]));
    assert_eq!(judgement.observed.len(), 1, "{judgement:?}");
    assert!(judgement.observed[0].contains("was not judged"), "{judgement:?}");
}

#[test]
fn lost_answers() {
    let judged = |level| set(Role::Judged, "Busy/InACall", at(level, Wanted::Accepted));
    let hang: &[Row<'_>] = &[(Class::NoAnswer, "http.no-hang", Should)];
    let rows: Vec<(&str, Action, Fault, Verdict, &[Row<'_>])> = vec![
        ("a hang", judged(Must), Fault::Timeout, Verdict::Warned, hang),
        ("a hang on record", judged(May), Fault::Timeout, Verdict::Warned, hang),
        (
            "a hang of what arranges",
            set(Role::Arrange, "Busy/InACall", None),
            Fault::Timeout,
            Verdict::Inconclusive,
            &[],
        ),
        ("a hang of the twin", set(Role::Twin, "Busy/InACall", None), Fault::Timeout, Verdict::Inconclusive, &[]),
        ("nobody there", judged(Must), Fault::Connect, Verdict::Inconclusive, &[]),
        ("a broken connection", judged(Must), Fault::Broken, Verdict::Inconclusive, &[]),
        ("throttled to the end", judged(Must), Fault::Throttled, Verdict::Inconclusive, &[]),
        ("never sent", judged(Must), Fault::NotSent, Verdict::Inconclusive, &[]),
    ];
    for (name, action, fault, verdict, divergences) in rows {
        let level = action.expect.as_ref().and_then(|expect| expect.level).unwrap_or(Must);
        let judgement = judge(&plan(level, vec![action]), &context(), &[seen_at(1, lost(fault))]);
        check(name, &judgement, verdict, divergences);
    }
}

#[test]
fn what_must_be_broken_outweighs_what_was_not_seen() {
    let actions = vec![
        set(Role::Judged, "Busy/InACall", at(Must, Wanted::Accepted)),
        get(Role::Judged, shows(Must, "Busy/InACall")),
    ];
    let observations = [seen_at(1, Outcome::Answer(answer(201, ""))), seen_at(2, lost(Fault::Broken))];
    let judgement = judge(&plan(Must, actions.clone()), &context(), &observations);
    check("a must", &judgement, Verdict::Failed, &[(Class::WrongSuccessStatus, "http.success-status", Must)]);
    let mut actions = actions;
    actions[0].expect = at(Should, Wanted::Accepted);
    let judgement = judge(&plan(Must, actions), &context(), &observations);
    let should = (Class::WrongSuccessStatus, "http.success-status", Should);
    check("a should does not", &judgement, Verdict::Inconclusive, &[should]);
}

#[test]
fn a_case_that_was_not_finished() {
    let actions = || vec![set(Role::Arrange, "Busy/InACall", None), get(Role::Judged, shows(Must, "Busy/InACall"))];
    let whole = || seen(vec![answer(200, ""), presence("Busy/InACall")]);
    let interrupted = Context { interrupted: Some("the run was stopped".to_owned()), ..context() };
    let rows: Vec<Unfinished<'_>> = vec![
        ("whole", plan(Must, actions()), context(), whole(), Verdict::Passed, ""),
        (
            "stopped",
            plan(Must, actions()),
            interrupted.clone(),
            whole()[..1].to_vec(),
            Verdict::Inconclusive,
            "stopped",
        ),
        ("stopped after its end", plan(Must, actions()), interrupted, whole(), Verdict::Passed, ""),
        ("cut off", plan(Must, actions()), context(), whole()[..1].to_vec(), Verdict::Inconclusive, "not finished"),
        (
            "its reads were left out",
            Plan { unread: Some("there is no read".to_owned()), ..plan(Must, actions()) },
            context(),
            whole(),
            Verdict::Inconclusive,
            "there is no read",
        ),
        (
            "what arranges was refused",
            plan(Must, actions()),
            context(),
            seen(vec![answer(400, ERROR)]),
            Verdict::Inconclusive,
            "only arranges",
        ),
    ];
    for (name, plan, context, observations, verdict, reason) in rows {
        let judgement = judge(&plan, &context, &observations);
        check(name, &judgement, verdict, &[]);
        assert!(judgement.reason.unwrap_or_default().contains(reason), "{name}");
    }
}

/// A set that was neither accepted nor refused may have taken effect: a later read that shows either is no failure.
#[test]
fn the_model_follows_an_odd_answer_both_ways() {
    let odd = |shown: &str| {
        let judged = set(Role::Judged, "Busy/InACall", at(Must, Wanted::Either));
        let plan = plan(Must, vec![judged, get(Role::Judged, shows(Must, "Away/Away"))]);
        judge(&plan, &context(), &seen(vec![answer(302, ""), presence(shown)])).verdict
    };
    assert_eq!(odd("Busy/InACall"), Verdict::Inconclusive);
    assert_eq!(odd("Offline/Offline"), Verdict::Inconclusive);
    assert_eq!(odd("Available/Available"), Verdict::Failed);
}

/// A set that was refused did not take effect, so that a later read that shows it is a failure.
#[test]
fn the_model_takes_a_refusal_at_its_word() {
    let judged = set(Role::Judged, "Busy/InACall", at(Must, Wanted::Either));
    let plan = plan(Must, vec![judged, get(Role::Judged, shows(Must, "Offline/Offline"))]);
    let judgement = judge(&plan, &context(), &seen(vec![answer(400, ERROR), presence("Busy/InACall")]));
    check("what was refused shows", &judgement, Verdict::Failed, &[(Class::WrongPresence, COVERED, Must)]);
}
