//! Case files, planned for targets that can do more or less.

mod ahead;
mod plans;
mod skips;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{Abilities, Adapter, Credential, Plan, Planned, Selection, plan};
use crate::case::Library;
use crate::case::text::Source;
use crate::spec::{Operation, Profile};

const REGISTER: &str = r#"
[[requirement]]
id = "body.first"
family = "body"
sentence = "First."
level = { "beta-2021-06" = "should", "v1.0" = "must" }
source = "S"

[[requirement]]
id = "body.second"
family = "body"
sentence = "Second."
level = "must"
source = "S"
"#;

fn credential(application: &str, user: Option<&str>) -> Credential {
    Credential { application: application.to_owned(), user: user.map(str::to_owned) }
}

/// A target that can do everything there is, at any length.
fn able() -> Abilities {
    let names = ["app", "app_b", "reader", "no_role"];
    let credentials: BTreeMap<_, _> =
        names.into_iter().map(|name| (name.to_owned(), credential(&format!("id of {name}"), None))).collect();
    Abilities {
        profile: Profile::BETA_2021_06,
        credentials: Arc::new(credentials),
        operations: Adapter::documented(),
        users: 3,
        has_unknown_user: true,
        longest: None,
        clock_factor: 1,
    }
}

/// A case file `body/case` with these steps, planned.
fn planned(steps: &str, abilities: &Abilities) -> Planned {
    let head = "title = \"A case\"\nabout = \"Why.\"\nrequirements = [\"body.first\", \"body.second\"]\n";
    let sources = [("requirements.toml", REGISTER.to_owned()), ("cases/body/case.toml", format!("{head}{steps}"))];
    let sources = sources.map(|(name, text)| Source { name: name.to_owned(), text });
    let library = Library::load(sources.to_vec()).unwrap_or_else(|problems| panic!("{problems:?}"));
    let mut planned = plan(&library, abilities, &Selection::default());
    assert_eq!(planned.len(), 1);
    planned.remove(0)
}

fn run(steps: &str, abilities: &Abilities) -> Plan {
    match planned(steps, abilities) {
        Planned::Run(plan) => plan,
        Planned::Skipped(skipped) => panic!("{skipped:?}"),
    }
}

fn bodies(plan: &Plan) -> Vec<String> {
    let text = |body: &[u8]| String::from_utf8_lossy(body).into_owned();
    plan.actions.iter().map(|action| action.request.body.as_deref().map_or("nothing".to_owned(), text)).collect()
}

#[test]
fn every_operation_has_its_documented_place() {
    let documented = Adapter::documented();
    let found: Vec<_> =
        documented.iter().map(|(operation, adapter)| (*operation, &*adapter.method, &*adapter.path)).collect();
    assert_eq!(
        found,
        [
            (Operation::SetPresence, "POST", "/users/${user}/presence/setPresence"),
            (Operation::GetPresence, "GET", "/users/${user}/presence"),
            (Operation::ClearPresence, "POST", "/users/${user}/presence/clearPresence"),
            (Operation::SetUserPreferredPresence, "POST", "/users/${user}/presence/setUserPreferredPresence"),
            (Operation::ClearUserPreferredPresence, "POST", "/users/${user}/presence/clearUserPreferredPresence"),
        ]
    );
}

#[test]
fn only_what_is_selected_and_of_the_profile_is_planned() {
    let case = |extra: &str| {
        let text = format!(
            "title = \"A\"\nrequirements = [\"body.second\"]\n{extra}\n[[step]]\ndo = \"set-presence\"\nexpect.outcome = \"accepted\"\n"
        );
        text
    };
    let sources = [
        ("requirements.toml", REGISTER.to_owned()),
        ("cases/body/a.toml", case("")),
        ("cases/body/b.toml", case("profiles = [\"v1.0\"]")),
        ("cases/body/c.toml", case("")),
    ];
    let sources = sources.map(|(name, text)| Source { name: name.to_owned(), text });
    let library = Library::load(sources.to_vec()).unwrap_or_else(|problems| panic!("{problems:?}"));
    let ids = |selection: &Selection| -> Vec<String> {
        let planned = plan(&library, &able(), selection).into_iter();
        planned
            .map(|planned| match planned {
                Planned::Run(plan) => plan.id,
                Planned::Skipped(skipped) => skipped.id,
            })
            .collect()
    };
    assert_eq!(ids(&Selection::default()), ["body/a", "body/c"]);
    assert_eq!(ids(&Selection::new(&["body/c".to_owned()], &[])), ["body/c"]);
    assert_eq!(ids(&Selection::new(&["body".to_owned()], &["body/c".to_owned()])), ["body/a"]);
}

#[test]
fn a_plan_lasts_until_its_last_action() {
    let steps = r#"
[[step]]
do = "set-presence"
[[step]]
do = "get-presence"
at = "PT7M30S"
expect.presence = "Away/Away"
"#;
    assert_eq!(run(steps, &able()).lasts(), Duration::from_secs(450));
}
