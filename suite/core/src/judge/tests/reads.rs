//! Reads: what they show, what the model permits all the same, and what is no presence at all.

use super::*;
use crate::judge::{is_expected, presence_shown};
use crate::spec::Level::{May, Must, Should};

/// A read: its name, what is expected, what it is answered with, and what comes of it.
type Reading<'r> = (&'r str, Option<Expectation>, Answer, Verdict, Vec<Row<'r>>);

fn after_a_set(expect: Option<Expectation>) -> Plan {
    let level = expect.as_ref().and_then(|expect| expect.level).expect("a level");
    plan(level, vec![set(Role::Arrange, "Busy/InACall", None), get(Role::Judged, expect)])
}

fn judged(expect: Option<Expectation>, read: Answer) -> Judgement {
    judge(&after_a_set(expect), &context(), &seen(vec![answer(200, ""), read]))
}

#[test]
fn what_a_read_shows() {
    let wrong = |level| (Class::WrongPresence, COVERED, level);
    let malformed = (Class::MalformedPresence, "precedence.read-members", Should);
    let status = |class| (class, "precedence.read-members", Should);
    let other = status(Class::WrongSuccessStatus);
    let odd = |status, shown: &str| Answer { status, ..presence(shown) };
    let busy = |level| shows(level, "Busy/InACall");
    let rows: Vec<Reading<'_>> = vec![
        ("as it must be", busy(Must), presence("Busy/InACall"), Verdict::Passed, vec![]),
        ("wrong", busy(Must), presence("Away/Away"), Verdict::Failed, vec![wrong(Must)]),
        ("not documented", busy(Must), presence("Busy/Reading"), Verdict::Failed, vec![wrong(Must)]),
        ("wrong by a should", busy(Should), presence("Away/Away"), Verdict::Warned, vec![wrong(Should)]),
        ("on record", busy(May), presence("Away/Away"), Verdict::Observed, vec![]),
        ("on record, as it is", busy(May), presence("Busy/InACall"), Verdict::Observed, vec![]),
        ("another success", busy(Must), odd(299, "Busy/InACall"), Verdict::Warned, vec![other]),
        ("said not to be the target's own", busy(Must), odd(203, "Busy/InACall"), Verdict::Warned, vec![other]),
        ("wrong, and another success", busy(Must), odd(203, "Away/Away"), Verdict::Failed, vec![other, wrong(Must)]),
        ("another success, on record", busy(May), odd(203, "Busy/InACall"), Verdict::Observed, vec![]),
        ("no JSON", busy(Must), answer(200, "no"), Verdict::Inconclusive, vec![malformed]),
        ("no body", busy(Must), answer(200, ""), Verdict::Inconclusive, vec![malformed]),
        ("no object", busy(Must), answer(200, "[]"), Verdict::Inconclusive, vec![malformed]),
        ("no activity", busy(Must), answer(200, r#"{"availability": "Busy"}"#), Verdict::Inconclusive, vec![malformed]),
        (
            "not a text",
            busy(Must),
            answer(200, r#"{"availability": 1, "activity": "InACall"}"#),
            Verdict::Inconclusive,
            vec![malformed],
        ),
        ("malformed, on record", busy(May), answer(200, "no"), Verdict::Inconclusive, vec![]),
        ("not found", busy(Must), answer(404, ERROR), Verdict::Inconclusive, vec![status(Class::UnexpectedStatus)]),
        ("sent elsewhere", busy(Must), answer(302, ""), Verdict::Inconclusive, vec![status(Class::UnexpectedStatus)]),
        ("crashed", busy(Must), answer(500, ""), Verdict::Inconclusive, vec![status(Class::ServerError)]),
        ("crashed, 599", busy(Must), answer(599, ""), Verdict::Inconclusive, vec![status(Class::ServerError)]),
        (
            "no status of HTTP",
            busy(Must),
            answer(600, ""),
            Verdict::Inconclusive,
            vec![status(Class::UnexpectedStatus)],
        ),
        ("not allowed to read", busy(Must), answer(403, ERROR), Verdict::Inconclusive, vec![]),
        ("a bad token", busy(Must), answer(401, ERROR), Verdict::Inconclusive, vec![]),
        ("not now", busy(Must), answer(429, ERROR), Verdict::Inconclusive, vec![]),
    ];
    for (name, expect, answer, verdict, divergences) in rows {
        check(name, &judged(expect, answer), verdict, &divergences);
    }
}

/// What a read hides is not judged, whatever level it has; only where its form is what the case is about, that is.
#[test]
fn what_cannot_be_read_is_judged_where_the_form_of_reads_is() {
    let malformed = |class| (class, "precedence.read-members", Should);
    for level in [Must, Should] {
        for (status, class) in [(404, Class::UnexpectedStatus), (503, Class::ServerError)] {
            let unread = || seen(vec![answer(200, ""), answer(status, ERROR)]);
            let mut plan = after_a_set(shows(level, "Busy/InACall"));
            let judgement = judge(&plan, &context(), &unread());
            check("the state", &judgement, Verdict::Inconclusive, &[malformed(class)]);
            // Without what the target chose to say, so that cases are told together.
            let why = format!("the read was answered with status {status}");
            let reason = format!("step 1 could not be read, so what it has to show was not judged: {why}");
            assert_eq!(judgement.reason, Some(reason));
            "precedence.read-members".clone_into(&mut plan.actions[1].covers);
            check("the form", &judge(&plan, &context(), &unread()), Verdict::Warned, &[malformed(class)]);
        }
    }
}

#[test]
fn why_a_case_without_a_presence_is_not_judged() {
    let rows = [
        (answer(200, "[1]"), "the read was answered with no presence"),
        (answer(200, "{}"), "the read was answered with no presence"),
        (answer(302, "over there"), "the read was answered with status 302"),
        (answer(403, "{}"), "the read was answered with status 403"),
    ];
    for (answer, why) in rows {
        let judgement = judged(shows(Must, "Busy/InACall"), answer);
        assert!(judgement.reason.as_deref().is_some_and(|reason| reason.contains(why)), "{:?}", judgement.reason);
    }
}

#[test]
fn any_of_several_presences() {
    let several = Wanted::Presences(vec!["Away/Away".parse().unwrap(), "Busy/InACall".parse().unwrap()]);
    check("one of them", &judged(at(Must, several.clone()), presence("Busy/InACall")), Verdict::Passed, &[]);
    let judgement = judged(at(Must, several), presence("Offline/Offline"));
    check("none", &judgement, Verdict::Failed, &[(Class::WrongPresence, COVERED, Must)]);
    assert_eq!(judgement.divergences[0].expected, "Away/Away or Busy/InACall");
}

/// What is asked while a read is repeated until it settles.
#[test]
fn whether_a_read_shows_what_it_has_to() {
    assert_eq!(presence_shown(&presence("Busy/InACall")).as_deref(), Some("Busy/InACall"));
    assert_eq!(
        presence_shown(&presence("Busy/Reading")).as_deref(),
        Some("Busy/Reading"),
        "as it is, documented or not"
    );
    assert_eq!(presence_shown(&answer(404, ERROR)), None);
    let read = get(Role::Judged, shows(Must, "Busy/InACall"));
    assert!(is_expected(&read, "Busy/InACall"));
    assert!(!is_expected(&read, "Away/Away"));
    assert!(!is_expected(&get(Role::Judged, at(Must, refused(&[400]))), "Busy/InACall"));
    assert!(!is_expected(&get(Role::Judged, None), "Busy/InACall"));
}

#[test]
fn the_id_is_the_users() {
    let flaw: &[Row<'_>] = &[(Class::MalformedPresence, COVERED, Should)];
    let rows: &[(&str, UserSlot, &str, Verdict, &[Row<'_>])] = &[
        ("the user's", UserSlot::Pool(0), "\"fa8bf3dc-eca7-46b7-bad1-db199b62afc3\"", Verdict::Passed, &[]),
        ("in capitals", UserSlot::Pool(0), "\"FA8BF3DC-ECA7-46B7-BAD1-DB199B62AFC3\"", Verdict::Passed, &[]),
        ("another's", UserSlot::Pool(0), "\"00000000-0000-4000-8000-000000000000\"", Verdict::Warned, flaw),
        ("an empty one", UserSlot::Pool(0), "\"\"", Verdict::Warned, flaw),
        ("a number", UserSlot::Pool(0), "1", Verdict::Warned, flaw),
        ("none", UserSlot::Pool(0), "null", Verdict::Warned, flaw),
        ("of a user with a principal name", UserSlot::Pool(1), "\"anything\"", Verdict::Passed, &[]),
        ("none of a user with a principal name", UserSlot::Pool(1), "null", Verdict::Warned, flaw),
        ("an empty one of such a user", UserSlot::Pool(1), "\"\"", Verdict::Warned, flaw),
    ];
    for (name, user, id, verdict, divergences) in rows {
        let expect = shows(Must, "Offline/Offline").map(|expect| Expectation { has_id: true, ..expect });
        let plan = plan(Must, vec![Action { user: *user, ..get(Role::Judged, expect) }]);
        let body = format!(r#"{{"id": {id}, "availability": "Offline", "activity": "Offline"}}"#);
        check(name, &judge(&plan, &context(), &seen(vec![answer(200, &body)])), *verdict, divergences);
    }
    // Whoever expects no id is told of none.
    let body = r#"{"availability": "Busy", "activity": "InACall"}"#;
    check("no id wanted", &judged(shows(Must, "Busy/InACall"), answer(200, body)), Verdict::Passed, &[]);
}

/// A read that came late, on a boundary or before a call was visible: what the model permits at its real time is no
/// failure, whatever the fixture expects, and nothing was proved by it either.
#[test]
fn a_read_that_came_at_another_time() {
    let plan = || {
        let set = set(Role::Arrange, "Available/Available", None);
        plan(Must, vec![set, get(Role::Judged, shows(Must, "Available/AvailableInactive"))])
    };
    let read = |second, shown: &str| {
        let observations =
            [seen_at(0, Outcome::Answer(answer(200, ""))), seen_at(second, Outcome::Answer(presence(shown)))];
        judge(&plan(), &context(), &observations)
    };
    let wrong: &[Row<'_>] = &[(Class::WrongPresence, COVERED, Must)];
    check("in time", &read(450, "Available/AvailableInactive"), Verdict::Passed, &[]);
    check("in time, and wrong", &read(450, "Available/Available"), Verdict::Failed, wrong);
    check("early", &read(200, "Available/Available"), Verdict::Inconclusive, &[]);
    check("late", &read(700, "Away/Away"), Verdict::Inconclusive, &[]);
    check("too late, and gone", &read(4000, "Offline/Offline"), Verdict::Inconclusive, &[]);
    check("late, and wrong all the same", &read(700, "Busy/InACall"), Verdict::Failed, wrong);
}

/// The model follows what came of each call before the read.
#[test]
fn what_came_before_counts() {
    let clear = |body: &str| action(Role::Arrange, Operation::ClearPresence, Some(body.to_owned()), None);
    let own = format!(r#"{{"sessionId": "{APP}"}}"#);
    let prefer = |body: &str| action(Role::Arrange, Operation::SetUserPreferredPresence, Some(body.to_owned()), None);
    let unprefer = || action(Role::Arrange, Operation::ClearUserPreferredPresence, Some("{}".to_owned()), None);
    let short = r#"{"availability": "Busy", "activity": "Busy", "expirationDuration": "PT2S"}"#;
    let lasting = r#"{"availability": "Busy", "activity": "Busy"}"#;
    let away = || set(Role::Arrange, "Away/Away", None);
    // What the read shows is wrong by the fixture; only where the model permits it is it no failure.
    let rows: Vec<(&str, Vec<Action>, &str, bool)> = vec![
        ("set", vec![away()], "Away/Away", true),
        ("set", vec![away()], "Offline/Offline", false),
        ("cleared", vec![away(), clear(&own)], "Offline/Offline", true),
        ("cleared", vec![away(), clear(&own)], "Away/Away", false),
        ("nothing cleared", vec![away(), clear("{}")], "Away/Away", true),
        ("preferred", vec![away(), prefer(lasting)], "Busy/Busy", true),
        ("preferred", vec![away(), prefer(lasting)], "Away/Away", false),
        ("preferred, not to be read", vec![away(), prefer("{}")], "Away/Away", true),
        ("preferred for a while", vec![away(), prefer(short), away(), away(), away()], "Away/Away", true),
        ("preferred no more", vec![away(), prefer(lasting), unprefer()], "Away/Away", true),
        ("preferred no more", vec![away(), prefer(lasting), unprefer()], "Busy/Busy", false),
    ];
    for (name, mut actions, shown, is_permitted) in rows {
        actions.push(get(Role::Judged, shows(Must, "PresenceUnknown/PresenceUnknown")));
        let mut answers: Vec<Answer> = actions.iter().map(|_| answer(200, "")).collect();
        let last = answers.len() - 1;
        answers[last] = presence(shown);
        let verdict = judge(&plan(Must, actions), &context(), &seen(answers)).verdict;
        let wanted = if is_permitted { Verdict::Inconclusive } else { Verdict::Failed };
        assert_eq!(verdict, wanted, "{name}: {shown}");
    }
}

/// A read that must be refused shows nothing.
#[test]
fn a_read_without_a_token() {
    let expect = || at(Should, refused(&[401]));
    let rows: &[(&str, Answer, Verdict, &[Row<'_>])] = &[
        ("refused", answer(401, ERROR), Verdict::Passed, &[]),
        ("shown", presence("Busy/InACall"), Verdict::Warned, &[(Class::AcceptedInvalid, COVERED, Should)]),
        ("refused otherwise", answer(404, ERROR), Verdict::Warned, &[(Class::WrongRefusalStatus, COVERED, Should)]),
        ("crashed", answer(500, ERROR), Verdict::Warned, &[(Class::ServerError, "http.no-server-error", Should)]),
    ];
    for (name, answer, verdict, divergences) in rows {
        check(name, &judged(expect(), answer.clone()), *verdict, divergences);
    }
}
