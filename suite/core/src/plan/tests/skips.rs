//! What keeps a case from being run, and what would unlock it.

use super::*;
use crate::spec::Level;

const SET: &str = "\n[[step]]\ndo = \"set-presence\"\nexpect.outcome = \"accepted\"\n";
const READ: &str = "\n[[step]]\ndo = \"get-presence\"\nat = \"PT10M\"\nexpect.presence = \"Away/Away\"\n";

fn reason(steps: &str, abilities: &Abilities) -> Option<String> {
    match planned(steps, abilities) {
        Planned::Run(_) => None,
        Planned::Skipped(skipped) => Some(skipped.reason),
    }
}

fn without(operation: Operation) -> Abilities {
    let mut abilities = able();
    abilities.operations.remove(&operation);
    abilities
}

fn at_most(seconds: u64, clock_factor: u32) -> Abilities {
    Abilities { longest: Some(Duration::from_secs(seconds)), clock_factor, ..able() }
}

fn steps(text: &str) -> String {
    format!("\n[[step]]\ndo = \"set-presence\"\n{text}\nexpect.outcome = \"accepted\"\n")
}

/// A first look finds out what no target file says.
#[test]
fn what_is_found_to_be_absent() {
    let absent = [(Operation::SetPresence, "it answered 404".to_owned())].into();
    let whole = planned(SET, &able());
    let Planned::Run(plan) = whole.clone() else { panic!("{whole:?}") };
    let Planned::Skipped(skipped) = whole.unless_absent(&absent) else { panic!("it is run") };
    assert_eq!((skipped.reason.as_str(), &skipped.id, skipped.level), ("it answered 404", &plan.id, plan.level));
    assert_eq!((skipped.requirements, skipped.lasts), (plan.requirements.clone(), plan.lasts()));
    let left_out = planned(SET, &without(Operation::SetPresence));
    assert_eq!(left_out.clone().unless_absent(&absent), left_out, "why it was left out before stands");
    let read = planned(READ, &able());
    assert_eq!(read.clone().unless_absent(&absent), read, "nothing of it is absent");
}

#[test]
fn what_a_target_lacks() {
    let twin = format!("twin = {{ as = \"app_c\" }}{}", steps("").replace("\"accepted\"", "\"refused\""));
    let rows: Vec<(&str, String, Abilities, Option<&str>)> = vec![
        ("nothing", SET.to_owned(), able(), None),
        (
            "the operation",
            SET.to_owned(),
            without(Operation::SetPresence),
            Some("the target has no set-presence ([operations] of the target file)"),
        ),
        ("another operation", SET.to_owned(), without(Operation::ClearPresence), None),
        (
            "an application",
            steps("as = \"app_c\""),
            able(),
            Some("needs the credential `app_c`; give it in [applications] of the target file"),
        ),
        (
            "a credential",
            steps("as = \"expired\""),
            able(),
            Some("needs the credential `expired`; give it in [credentials] of the target file"),
        ),
        ("nobody's credential", steps("as = \"anonymous\""), able(), None),
        (
            "the twin's credential",
            twin,
            able(),
            Some("needs the credential `app_c`; give it in [applications] of the target file"),
        ),
        ("a third user", steps("user = \"c\""), able(), None),
        (
            "a third user of two",
            steps("user = \"c\""),
            Abilities { users: 2, ..able() },
            Some("needs 3 users; list more in `users` of the target file"),
        ),
        ("an unknown user", steps("user = \"unknown\""), able(), None),
        (
            "an unknown user who is not known",
            steps("user = \"unknown\""),
            Abilities { has_unknown_user: false, ..able() },
            Some("needs `unknown_user` in the target file"),
        ),
        (
            "reads alone",
            READ.to_owned(),
            without(Operation::GetPresence),
            Some("the target has no get-presence ([operations] of the target file)"),
        ),
        ("reads beside something else", format!("{SET}{READ}"), without(Operation::GetPresence), None),
        ("time, just enough", READ.to_owned(), at_most(600, 1), None),
        ("time", READ.to_owned(), at_most(599, 1), Some("needs 10 min; run with --max-wait 10m")),
        ("time on a faster clock", READ.to_owned(), at_most(599, 60), Some("needs 10 s; run with --max-wait 1m")),
        (
            "time on a clock that stands",
            READ.to_owned(),
            at_most(599, 0),
            Some("needs 10 min; run with --max-wait 10m"),
        ),
    ];
    for (name, steps, abilities, wanted) in rows {
        assert_eq!(reason(&steps, &abilities).as_deref(), wanted, "{name}");
    }
}

#[test]
fn a_skipped_case_is_told_whole() {
    let Planned::Skipped(skipped) = planned(READ, &at_most(1, 1)) else { panic!("it is left out") };
    assert_eq!((&*skipped.id, &*skipped.family, &*skipped.file), ("body/case", "body", "cases/body/case.toml"));
    assert_eq!((&*skipped.title, &*skipped.about, skipped.level), ("A case", "Why.", Level::Should));
    assert_eq!(skipped.requirements, ["body.first", "body.second"]);
    assert_eq!(skipped.lasts, Duration::from_secs(600));
}
