//! What is ruled of one call: every row of the refusal table, in both profiles, and what an accepted call does.

use std::collections::BTreeSet;
use std::time::Duration;

use super::presence;
use crate::model::{Effect, Expiry, Ruling, SetCall, rule_set};
use crate::spec::Level::{May, Must, Should};
use crate::spec::{Account, Caller, Head, Level, Limits, Presented, Profile, Reading, Unusable};

const APP: &str = "22553876-f5ab-4529-bffb-cfe50aa89f87";
const APP_IN_CAPITALS: &str = "22553876-F5AB-4529-BFFB-CFE50AA89F87";
const OTHER_APP: &str = "29e64b75-fd37-4beb-952d-176cb49974d6";
const USER: &str = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";
const USER_IN_CAPITALS: &str = "FA8BF3DC-ECA7-46B7-BAD1-DB199B62AFC3";
const OTHER_USER: &str = "0199b62a-eca7-46b7-bad1-db199b62afc3";

const PLAIN: &str = r#"{"sessionId": "22553876-f5ab-4529-bffb-cfe50aa89f87", "availability": "Busy",
    "activity": "InACall", "expirationDuration": "PT1H"}"#;

/// A call that differs from a plain valid one as its fields say.
#[derive(Clone)]
struct Call {
    presented: Presented,
    user: &'static str,
    is_known_user: bool,
    is_plain_path: bool,
    method: &'static str,
    content_type: &'static str,
    body: String,
}

impl Call {
    fn plain() -> Self {
        Self {
            presented: Presented::Good(application(true)),
            user: USER,
            is_known_user: true,
            is_plain_path: true,
            method: "POST",
            content_type: "application/json",
            body: PLAIN.to_owned(),
        }
    }

    fn by(presented: Presented) -> Self {
        Self { presented, ..Self::plain() }
    }

    fn of(body: &str) -> Self {
        Self { body: body.to_owned(), ..Self::plain() }
    }

    fn naming(session_id: &str) -> Self {
        Self::of(&PLAIN.replace(APP, session_id))
    }

    fn lasting(duration: &str) -> Self {
        Self::of(&PLAIN.replace("\"PT1H\"", duration))
    }

    fn ruled(&self, profile: &Profile) -> Ruling {
        let head = Head::of([("Content-Type", self.content_type.as_bytes())]);
        let reading = Reading::of(&head, self.body.as_bytes(), profile, Limits::default());
        rule_set(
            profile,
            &SetCall {
                presented: &self.presented,
                user: self.user,
                is_known_user: self.is_known_user,
                is_plain_path: self.is_plain_path,
                method: self.method,
                reading: &reading,
            },
        )
    }
}

fn application(role: bool) -> Caller {
    Caller::Application { id: APP.to_owned(), role }
}

fn delegated(account: Account, scope: bool, user: &str) -> Presented {
    Presented::Good(Caller::Delegated { id: APP.to_owned(), account, scope, user: user.to_owned() })
}

/// A reason as it is written down: its requirement, its level, its statuses.
type Row<'r> = (&'r str, Level, &'r [u16]);

fn check(profile: &Profile, name: &str, call: &Call, reasons: &[Row<'_>]) {
    let ruling = call.ruled(profile);
    let found: Vec<Row<'_>> =
        ruling.reasons.iter().map(|reason| (reason.requirement, reason.level, reason.statuses)).collect();
    assert_eq!(found, reasons, "{name} in {profile}");
    let strongest = reasons.iter().map(|(_, level, _)| *level).max();
    assert_eq!(ruling.level(), strongest, "{name} in {profile}");
}

/// Rows of calls with what the older and the newer profile have against them.
fn check_all(rows: &[(&str, Call, &[Row<'_>], &[Row<'_>])]) {
    for (name, call, beta, v1_0) in rows {
        check(Profile::BETA_2021_06, name, call, beta);
        check(Profile::V1_0, name, call, v1_0);
    }
}

#[test]
fn credentials_that_are_no_use() {
    let rows: [(Unusable, Row<'_>); 8] = [
        (Unusable::Absent, ("permissions.token-required", Must, &[401])),
        (Unusable::Unreadable, ("permissions.token-readable", Must, &[401])),
        (Unusable::Expired, ("permissions.token-expired", Must, &[401])),
        (Unusable::NotYetValid, ("permissions.token-not-yet-valid", Must, &[401])),
        (Unusable::WrongAudience, ("permissions.token-audience", Must, &[401])),
        (Unusable::BadSignature, ("permissions.token-signature", Must, &[401])),
        (Unusable::OtherScheme, ("permissions.scheme", Must, &[401])),
        (Unusable::Several, ("permissions.one-authorization", Should, &[400, 401])),
    ];
    for (unusable, reason) in rows {
        let call = Call::by(Presented::Unusable(unusable));
        check_all(&[("alone", call, &[reason], &[reason])]);
    }
}

#[test]
fn callers_without_the_permission() {
    let must = |requirement| -> Row<'_> { (requirement, Must, &[401, 403]) };
    let unsupported = must("permissions.delegated-work-unsupported");
    let personal = must("permissions.delegated-personal");
    let scope = must("permissions.delegated-scope");
    let other_user = must("permissions.delegated-other-user");
    let role = must("permissions.role-required");
    let odd: Row<'_> = ("permissions.scheme-case", May, &[401]);
    check_all(&[
        ("an application with the role", Call::plain(), &[], &[]),
        ("without the role", Call::by(Presented::Good(application(false))), &[role], &[role]),
        ("an odd letter case of the scheme", Call::by(Presented::GoodInOddCase(application(true))), &[odd], &[odd]),
        (
            "an odd letter case without the role",
            Call::by(Presented::GoodInOddCase(application(false))),
            &[odd, role],
            &[odd, role],
        ),
        ("the user", Call::by(delegated(Account::Work, true, USER)), &[unsupported], &[]),
        ("without the scope", Call::by(delegated(Account::Work, false, USER)), &[unsupported], &[scope]),
        ("another user", Call::by(delegated(Account::Work, true, OTHER_USER)), &[unsupported], &[other_user]),
        (
            "another user, without the scope",
            Call::by(delegated(Account::Work, false, OTHER_USER)),
            &[unsupported],
            &[scope, other_user],
        ),
        (
            "the user in another letter case",
            Call::by(delegated(Account::Work, true, USER_IN_CAPITALS)),
            &[unsupported],
            &[("permissions.delegated-other-user", May, &[401, 403])],
        ),
        ("a personal account", Call::by(delegated(Account::Personal, true, USER)), &[personal], &[personal]),
        (
            "a personal account for another user",
            Call::by(delegated(Account::Personal, false, OTHER_USER)),
            &[personal],
            &[personal],
        ),
    ]);
}

#[test]
fn paths_methods_and_users() {
    let unknown: Row<'_> = ("http.unknown-user", Should, &[404]);
    let other_method: Row<'_> = ("http.method", Should, &[405]);
    let common_method: Row<'_> = ("http.method", May, &[405]);
    let path: Row<'_> = ("http.path-spelling", May, &[400, 404, 405]);
    let foreign: Row<'_> = ("http.content-type", Should, &[415, 400]);
    let method = |method| Call { method, ..Call::plain() };
    let stray = Call { is_plain_path: false, ..Call::plain() };
    let text = Call { content_type: "text/plain", ..Call::plain() };
    check_all(&[
        ("an unknown user", Call { is_known_user: false, ..Call::plain() }, &[unknown], &[unknown]),
        ("PUT", method("PUT"), &[other_method], &[other_method]),
        ("GET", method("GET"), &[other_method], &[other_method]),
        ("HEAD", method("HEAD"), &[common_method], &[common_method]),
        ("OPTIONS", method("OPTIONS"), &[common_method], &[common_method]),
        ("post", method("post"), &[other_method], &[other_method]),
        ("another spelling of the path", stray, &[path], &[path]),
        ("another content type", text, &[foreign], &[foreign]),
    ]);
}

#[test]
fn whose_session_it_is() {
    let own: Row<'_> = ("permissions.session-id-own", Should, &[400, 403]);
    let own_open: Row<'_> = ("permissions.session-id-own", May, &[400, 403]);
    let blank: Row<'_> = ("body.session-id-blank", Should, &[400, 403]);
    let twice: Row<'_> = ("body.duplicate-members", May, &[400]);
    let doubled = PLAIN.replace("\"availability\"", "\"sessionId\": \"x\", \"availability\"");
    let role: Row<'_> = ("permissions.role-required", Must, &[401, 403]);
    check_all(&[
        ("another's", Call::naming(OTHER_APP), &[own], &[own]),
        ("the own one in another letter case", Call::naming(APP_IN_CAPITALS), &[own_open], &[own_open]),
        ("an empty one has one reason, not two", Call::naming(""), &[blank], &[blank]),
        ("a padded one as well", Call::naming(" 22553876-f5ab-4529-bffb-cfe50aa89f87"), &[blank], &[blank]),
        ("of two the other may count", Call::of(&doubled), &[twice], &[twice]),
        (
            "another's without the role",
            Call { presented: Presented::Good(application(false)), ..Call::naming(OTHER_APP) },
            &[role, own],
            &[role, own],
        ),
        (
            "another's where nobody is known",
            Call { presented: Presented::Unusable(Unusable::Expired), ..Call::naming(OTHER_APP) },
            &[("permissions.token-expired", Must, &[401])],
            &[("permissions.token-expired", Must, &[401])],
        ),
        (
            "another's in a request that is open in another way",
            Call::of(&PLAIN.replace(APP, OTHER_APP).replace("InACall", "inacall")),
            &[("combinations.letter-case", May, &[400]), own_open],
            &[("combinations.letter-case", May, &[400]), own_open],
        ),
    ]);
}

#[test]
fn bodies() {
    let pair: Row<'_> = ("combinations.unsupported", Must, &[400]);
    let range = |level| -> Row<'_> { ("body.duration-range", level, &[400]) };
    let missing = |level| -> Row<'_> { ("body.session-id-required", level, &[400]) };
    let presenting = PLAIN.replace("Busy", "DoNotDisturb").replace("InACall", "Presenting");
    let no_session = PLAIN.replace(&format!("\"sessionId\": \"{APP}\","), "");
    let json: Row<'_> = ("body.json", Must, &[400]);
    check_all(&[
        ("a pair of the newer profile", Call::of(&presenting), &[pair], &[]),
        ("a pair of none", Call::of(&PLAIN.replace("InACall", "Busy")), &[pair], &[pair]),
        ("too short a duration", Call::lasting("\"PT1M\""), &[range(May)], &[range(Must)]),
        ("no duration", Call::lasting("null"), &[], &[]),
        ("no sessionId", Call::of(&no_session), &[missing(Should)], &[missing(May)]),
        ("no JSON", Call::of("{"), &[json], &[json]),
    ]);
}

/// Every reason of a call, in order: of the credentials, of the path and method, of the request, of the sessionId.
#[test]
fn all_reasons_at_once() {
    let call = Call {
        presented: Presented::Good(application(false)),
        is_known_user: false,
        is_plain_path: false,
        method: "PATCH",
        content_type: "text/plain",
        body: PLAIN.replace(APP, OTHER_APP).replace("\"PT1H\"", "\"soon\""),
        ..Call::plain()
    };
    let reasons: &[Row<'_>] = &[
        ("permissions.role-required", Must, &[401, 403]),
        ("http.unknown-user", Should, &[404]),
        ("http.method", Should, &[405]),
        ("http.path-spelling", May, &[400, 404, 405]),
        ("http.content-type", Should, &[415, 400]),
        ("body.duration-unreadable", Must, &[400]),
        ("permissions.session-id-own", Should, &[400, 403]),
    ];
    check(Profile::BETA_2021_06, "all", &call, reasons);
    let statuses = call.ruled(Profile::BETA_2021_06).statuses();
    assert_eq!(statuses, BTreeSet::from([400, 401, 403, 404, 405, 415]), "what only may be refused does not count");
}

#[test]
fn credentials_come_before_the_body() {
    let bad_body = PLAIN.replace("InACall", "Busy");
    let by = |presented| Call { presented, ..Call::of(&bad_body) };
    let rows = [
        ("nothing against it", Call::plain(), vec![]),
        ("the body alone", Call::of(&bad_body), vec![400]),
        ("no token", by(Presented::Unusable(Unusable::Absent)), vec![401]),
        ("an unreadable one", by(Presented::Unusable(Unusable::Unreadable)), vec![401]),
        ("an expired one", by(Presented::Unusable(Unusable::Expired)), vec![401]),
        ("one of the future", by(Presented::Unusable(Unusable::NotYetValid)), vec![401]),
        ("one for another", by(Presented::Unusable(Unusable::WrongAudience)), vec![401]),
        ("one of nobody", by(Presented::Unusable(Unusable::BadSignature)), vec![401]),
        ("another scheme", by(Presented::Unusable(Unusable::OtherScheme)), vec![401]),
        ("two headers", by(Presented::Unusable(Unusable::Several)), vec![400, 401]),
        (
            "what is seen without the body: in any order",
            Call {
                content_type: "text/plain",
                method: "PUT",
                is_known_user: false,
                ..by(Presented::Unusable(Unusable::Expired))
            },
            vec![400, 401, 404, 405, 415],
        ),
        ("no role: in any order with the body", by(Presented::Good(application(false))), vec![400, 401, 403]),
        ("an odd scheme binds nothing", by(Presented::GoodInOddCase(application(true))), vec![400]),
        ("what only may be refused", Call::lasting("\"PT1M\""), vec![]),
    ];
    for (name, call, statuses) in rows {
        let found = call.ruled(Profile::BETA_2021_06).statuses();
        assert_eq!(found, BTreeSet::from_iter(statuses), "{name}");
    }
}

fn session(application: &str, shown: Option<&str>, expiry: Expiry) -> Effect {
    Effect::Session { application: application.to_owned(), shown: shown.map(presence), expiry }
}

fn unknown(applications: &[&str]) -> Effect {
    Effect::Unknown { applications: applications.iter().map(ToString::to_string).collect() }
}

#[test]
fn what_an_accepted_call_does() {
    let hour = Expiry::After(Duration::from_secs(3600));
    let five_minutes = Expiry::After(Duration::from_secs(300));
    let busy = Some("Busy/InACall");
    let absent = PLAIN.replace("\"InACall\", \"expirationDuration\": \"PT1H\"", "\"InACall\"");
    assert_ne!(absent, PLAIN);
    let capitals = Caller::Application { id: APP_IN_CAPITALS.to_owned(), role: true };
    let of_capitals = Call { presented: Presented::Good(capitals), ..Call::naming(APP_IN_CAPITALS) };
    let both = |effect: Effect| (effect.clone(), effect);
    let rows = [
        ("a plain one", Call::plain(), both(session(APP, busy, hour))),
        ("by an odd scheme", Call::by(Presented::GoodInOddCase(application(true))), both(session(APP, busy, hour))),
        ("by the user", Call::by(delegated(Account::Work, true, USER)), both(session(APP, busy, hour))),
        ("an id in capitals", of_capitals, both(session(APP, busy, hour))),
        (
            "a null duration",
            Call::lasting("null"),
            (session(APP, busy, Expiry::Unstated), session(APP, busy, five_minutes)),
        ),
        ("no duration", Call::of(&absent), (session(APP, busy, Expiry::Unstated), session(APP, busy, five_minutes))),
        ("out of range", Call::lasting("\"PT1M\""), both(session(APP, busy, Expiry::Anything))),
        ("a duration not to be told", Call::lasting("\"1:00:00\""), both(session(APP, busy, Expiry::Anything))),
        (
            "a pair of one profile",
            Call::of(&PLAIN.replace("Busy", "DoNotDisturb").replace("InACall", "Presenting")),
            (unknown(&[APP]), session(APP, Some("DoNotDisturb/Presenting"), hour)),
        ),
        // It names values that a read may show, but nothing says what a session of it would.
        ("a pair of no profile", Call::of(&PLAIN.replace("InACall", "Busy")), both(unknown(&[APP]))),
        ("another method", Call { method: "PUT", ..Call::plain() }, both(unknown(&[APP]))),
        ("GET", Call { method: "GET", ..Call::plain() }, both(Effect::None)),
        ("HEAD", Call { method: "HEAD", ..Call::plain() }, both(Effect::None)),
        ("OPTIONS", Call { method: "OPTIONS", ..Call::plain() }, both(Effect::None)),
        ("another path", Call { is_plain_path: false, ..Call::plain() }, both(unknown(&[APP]))),
        ("another's session", Call::naming(OTHER_APP), both(unknown(&[APP, OTHER_APP]))),
        ("the own one in capitals", Call::naming(APP_IN_CAPITALS), both(unknown(&[APP]))),
        ("no sessionId", Call::of("{}"), both(unknown(&[APP]))),
        ("no JSON", Call::of("no"), both(unknown(&[APP]))),
        ("nobody knows whose", Call::by(Presented::Unusable(Unusable::Absent)), both(unknown(&[APP]))),
        (
            "nobody knows anything",
            Call { presented: Presented::Unusable(Unusable::Absent), ..Call::of("no") },
            both(unknown(&[])),
        ),
        ("an open one", Call::of(&PLAIN.replace("InACall", "inacall")), both(unknown(&[APP]))),
    ];
    for (name, call, (beta, v1_0)) in rows {
        assert_eq!(call.ruled(Profile::BETA_2021_06).effect, beta, "{name}");
        assert_eq!(call.ruled(Profile::V1_0).effect, v1_0, "{name}");
    }
}
