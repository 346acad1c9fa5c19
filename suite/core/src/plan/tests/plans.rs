//! What is sent, as whom, and what is looked for.

use super::*;
use crate::case::Wanted;
use crate::plan::{Role, UserSlot};
use crate::spec::Level;

#[test]
fn bodies_as_they_are_sent() {
    let rows: &[(&str, &str)] = &[
        (
            "do = \"set-presence\"",
            r#"{"sessionId": "id of app", "availability": "Available", "activity": "Available", "expirationDuration": "PT1H"}"#,
        ),
        (
            "do = \"set-presence\"\nas = \"app_b\"\npresence = \"Busy/InACall\"",
            r#"{"sessionId": "id of app_b", "availability": "Busy", "activity": "InACall", "expirationDuration": "PT1H"}"#,
        ),
        (
            "do = \"set-presence\"\npresence = \"Busy/InACall\"\nexpires = \"PT5M\"",
            r#"{"sessionId": "id of app", "availability": "Busy", "activity": "InACall", "expirationDuration": "PT5M"}"#,
        ),
        (
            "do = \"set-presence\"\npresence = \"Busy/InACall\"\nexpires = \"\"",
            r#"{"sessionId": "id of app", "availability": "Busy", "activity": "InACall"}"#,
        ),
        (
            "do = \"set-user-preferred-presence\"\npresence = \"Busy/Busy\"",
            r#"{"availability": "Busy", "activity": "Busy"}"#,
        ),
        (
            "do = \"set-user-preferred-presence\"\npresence = \"Busy/Busy\"\nexpires = \"PT1H\"",
            r#"{"availability": "Busy", "activity": "Busy", "expirationDuration": "PT1H"}"#,
        ),
        ("do = \"set-user-preferred-presence\"", "{}"),
        ("do = \"clear-user-preferred-presence\"", "{}"),
        ("do = \"clear-presence\"\nas = \"app_b\"", r#"{"sessionId": "id of app_b"}"#),
        (
            "do = \"set-presence\"\nas = \"anonymous\"\njson = '[${session}, ${session.app_b}]'",
            r#"["id of app", "id of app_b"]"#,
        ),
        ("do = \"set-presence\"\njson = '${session.app_c}'", "\"\""),
        ("do = \"set-presence\"\ntext = 'plain'", "plain"),
        ("do = \"set-presence\"\nbase64 = \"AGE=\"", "\0a"),
    ];
    for (step, body) in rows {
        let plan = run(&format!("\n[[step]]\n{step}\nexpect.outcome = \"accepted\"\n"), &able());
        assert_eq!(bodies(&plan), [*body], "{step}");
    }
    let read = run("\n[[step]]\ndo = \"get-presence\"\nexpect.presence = \"Away/Away\"\n", &able());
    assert_eq!(bodies(&read), ["nothing"]);
    assert_eq!(read.actions[0].request.headers, []);
}

#[test]
fn requests_as_they_are_sent() {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let json = || header("Content-Type", "application/json");
    let request = |step: &str, abilities: &Abilities| {
        let steps = format!("\n[[step]]\ndo = \"set-presence\"\n{step}\nexpect.outcome = \"accepted\"\n");
        run(&steps, abilities).actions.remove(0).request
    };
    let plain = request("", &able());
    assert_eq!((&*plain.method, &*plain.path), ("POST", "/users/${user}/presence/setPresence"));
    assert_eq!((plain.is_other_method, plain.is_other_path, plain.is_chunked), (false, false, false));
    assert_eq!((plain.authorization, plain.headers), (vec!["Bearer ${token}".to_owned()], vec![json()]));
    let odd = request("method = \"PUT\"\npath = \"/x\"\nchunked = true\nauthorization = [\"a\", \"b\"]", &able());
    assert_eq!((&*odd.method, &*odd.path), ("PUT", "/x"));
    assert_eq!((odd.is_other_method, odd.is_other_path, odd.is_chunked), (true, true, true));
    assert_eq!(odd.authorization, ["a", "b"]);
    assert_eq!(request("as = \"anonymous\"", &able()).authorization, [""; 0]);
    assert_eq!(request("without = [\"content-type\"]", &able()).headers, []);
    let other = request("headers = [[\"CONTENT-TYPE\", \"text/plain\"], [\"X\", \"1\"]]", &able());
    assert_eq!(other.headers, [header("CONTENT-TYPE", "text/plain"), header("X", "1")]);
    assert_eq!(request("headers = [[\"X\", \"1\"]]", &able()).headers, [json(), header("X", "1")]);
    let mut elsewhere = able();
    let adapter = Adapter { method: "PATCH".to_owned(), path: "/p".to_owned() };
    elsewhere.operations.insert(Operation::SetPresence, adapter);
    let moved = request("", &elsewhere);
    assert_eq!(
        (&*moved.method, &*moved.path, moved.is_other_method, moved.is_other_path),
        ("PATCH", "/p", false, false)
    );
}

const REFUSAL: &str = r#"
mark = "Busy/InACall"
twin = { presence = "Away/Away" }
[[step]]
do = "set-presence"
user = "b"
presence = "Busy/Busy"
covers = "body.second"
expect = { outcome = "refused", status = 400 }
"#;

#[test]
fn a_refusal_is_surrounded() {
    let plan = run(REFUSAL, &able());
    let roles: Vec<Role> = plan.actions.iter().map(|action| action.role).collect();
    assert_eq!(roles, [Role::Twin, Role::Mark, Role::Before, Role::Judged, Role::After]);
    let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
    assert_eq!(names, ["twin", "mark", "before", "judged", "after"]);
    assert_eq!(Role::Arrange.name(), "arrange");
    let actors: Vec<_> = plan.actions.iter().map(|action| action.actor.as_deref().unwrap_or_default()).collect();
    assert_eq!(actors, ["app", "app", "reader", "app", "reader"]);
    let bodies = bodies(&plan);
    for (index, state) in
        [(0, "\"activity\": \"Away\""), (1, "\"activity\": \"InACall\""), (3, "\"activity\": \"Busy\"")]
    {
        assert!(bodies[index].contains(state), "{bodies:?}");
    }
    for action in &plan.actions {
        assert_eq!((action.user, &*action.covers, action.step), (UserSlot::Pool(1), "body.second", 1));
    }
    let level = |index: usize| plan.actions[index].expect.as_ref().map(|expect| (expect.level, expect.wanted.clone()));
    let mark = Wanted::Presences(vec!["Busy/InACall".parse().unwrap()]);
    assert_eq!((level(0), level(1)), (None, None));
    assert_eq!(level(2), Some((Some(Level::Must), mark.clone())));
    assert_eq!(level(4), Some((Some(Level::Must), mark)));
    assert_eq!((plan.users, plan.unread.as_deref()), (2, None));
}

#[test]
fn what_is_open_has_no_twin_and_what_is_plain_nothing() {
    let roles = |steps: &str| -> Vec<Role> { run(steps, &able()).actions.iter().map(|action| action.role).collect() };
    let either = "\n[[step]]\ndo = \"set-presence\"\nexpect.outcome = \"either\"\n";
    assert_eq!(roles(either), [Role::Mark, Role::Before, Role::Judged, Role::After]);
    assert_eq!(run(either, &able()).level, Level::May);
    let plain = "\n[[step]]\ndo = \"set-presence\"\nexpect = { outcome = \"refused\", plain = true }\n";
    assert_eq!(roles(plain), [Role::Judged]);
    let clear = "\n[[step]]\ndo = \"clear-presence\"\nexpect.outcome = \"either\"\n";
    assert_eq!(roles(clear), [Role::Judged]);
    let arranging = format!("\n[[step]]\ndo = \"set-presence\"\n{plain}");
    assert_eq!(roles(&arranging), [Role::Arrange, Role::Judged]);
}

#[test]
fn levels_come_from_the_expectation_or_the_requirement() {
    let level = |step: &str, profile| {
        let steps = format!("\n[[step]]\ndo = \"set-presence\"\n{step}\n");
        run(&steps, &Abilities { profile, ..able() }).level
    };
    let (beta, v1_0) = (Profile::BETA_2021_06, Profile::V1_0);
    let rows = [
        ("expect.outcome = \"accepted\"", beta, Level::Should),
        ("expect.outcome = \"accepted\"", v1_0, Level::Must),
        ("expect = { outcome = \"accepted\", level = \"may\" }", v1_0, Level::May),
        ("covers = \"body.second\"\nexpect.outcome = \"accepted\"", beta, Level::Must),
        ("expect.outcome = \"either\"", v1_0, Level::May),
    ];
    for (step, profile, wanted) in rows {
        assert_eq!(level(step, profile), wanted, "{step} in {profile}");
    }
}

#[test]
fn without_reads_the_rest_is_done_and_the_lack_is_told() {
    let mut blind = able();
    blind.operations.remove(&Operation::GetPresence);
    let plan = run(REFUSAL, &blind);
    let roles: Vec<Role> = plan.actions.iter().map(|action| action.role).collect();
    assert_eq!(roles, [Role::Twin, Role::Mark, Role::Judged]);
    assert!(plan.unread.is_some_and(|reason| reason.contains("get-presence is absent")));
    let plain = "\n[[step]]\ndo = \"set-presence\"\nexpect.outcome = \"accepted\"\n";
    assert_eq!(run(plain, &blind).unread, None, "it has no reads that could be missed");
}

#[test]
fn what_a_case_finds_and_leaves() {
    let names = |names: &std::collections::BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(" ");
    let step = |text: &str| format!("\n[[step]]\n{text}\n");
    let set = |who: &str| step(&format!("do = \"set-presence\"\nas = \"{who}\""));
    let read = step("do = \"get-presence\"\nexpect.presence = \"Away/Away\"");
    let prefer = step("do = \"set-user-preferred-presence\"\npresence = \"Busy/Busy\"");
    let unprefer = step("do = \"clear-user-preferred-presence\"");
    let other_user = step("do = \"set-presence\"\nas = \"app_b\"\nuser = \"b\"");
    let rows = [
        (format!("{}{read}", set("app")), "app", "app", false),
        (format!("{}{}{read}", set("app"), set("app_b")), "app app_b", "app app_b", false),
        (format!("{read}{}", set("app")), "", "app", false),
        (format!("{other_user}{read}"), "", "app_b", false),
        (format!("{prefer}{}{read}", set("app")), "", "app", true),
        (format!("{prefer}{unprefer}{read}"), "", "", false),
        (format!("{unprefer}{prefer}{read}"), "", "", true),
        (step("do = \"set-presence\"\nexpect.outcome = \"accepted\""), "app", "app", false),
        (step("do = \"set-presence\"\nexpect = { outcome = \"refused\", plain = true }"), "", "app", false),
    ];
    for (steps, absorbs, leaves, is_preferred) in rows {
        let plan = run(&steps, &able());
        assert_eq!((&*names(&plan.absorbs), &*names(&plan.leaves_sessions)), (absorbs, leaves), "{steps}");
        assert_eq!(plan.leaves_preferred, is_preferred, "{steps}");
        assert_eq!(plan.pinned, None);
    }
}

#[test]
fn a_credential_may_pin_the_user() {
    let mut abilities = able();
    Arc::make_mut(&mut abilities.credentials).insert("delegated_work".to_owned(), credential("id", Some("someone")));
    let twin = REFUSAL.replace("{ presence = \"Away/Away\" }", "{ as = \"delegated_work\" }");
    assert_eq!(run(&twin, &abilities).pinned.as_deref(), Some("someone"));
    assert_eq!(run(REFUSAL, &abilities).pinned, None);
}
