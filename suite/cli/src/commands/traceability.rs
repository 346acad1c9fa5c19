//! The traceability table: each requirement, the cases that judge it, the mutants that prove them, and what a run says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use setpresence::proof::KillMatrix;
use setpresence::{Library, RunEvent, Verdict};
use setpresence_core::case::Requirement;
use setpresence_core::spec::Profile;
use setpresence_reference::Mutant;
use setpresence_report::Standing;

/// The columns of [`entries`].
pub(super) const COLUMNS: &[&str] = &["id", "sentence", "levels", "source", "family", "cases", "mutants", "verdict"];

/// A row for each requirement that the profile states; the verdicts are those of the run's events, if there are any.
pub(super) fn entries(
    library: &Library,
    profile: Option<&'static Profile>,
    events: &[RunEvent],
) -> Result<Vec<Vec<Value>>, serde_json::Error> {
    let noticed = noticed(library)?;
    let standings = Standing::of(events);
    let is_stated = |requirement: &&Requirement| profile.is_none_or(|profile| requirement.level(profile).is_some());
    let entry = |requirement: &Requirement| {
        let levels: serde_json::Map<_, _> =
            requirement.levels.iter().map(|(profile, level)| ((*profile).to_owned(), json!(level.name()))).collect();
        let cases = library.cases.iter().filter(|case| case.requirements.contains(&requirement.id));
        let cases = cases.filter(|case| profile.is_none_or(|profile| case.profiles.contains(&profile)));
        let ids: BTreeSet<&str> = cases.map(|case| case.id.as_str()).collect();
        vec![
            json!(requirement.id),
            json!(requirement.sentence),
            Value::Object(levels),
            json!(requirement.source),
            json!(requirement.family),
            json!(ids.len()),
            json!(noticed.get(requirement.id.as_str()).cloned().unwrap_or_default()),
            json!(verdict(requirement, &standings)),
        ]
    };
    Ok(library.requirements.values().filter(is_stated).map(entry).collect())
}

/// The mutants that break each requirement and are noticed by the suite.
fn noticed(library: &Library) -> Result<BTreeMap<&'static str, Vec<&'static str>>, serde_json::Error> {
    let matrix = KillMatrix::embedded()?;
    let every: BTreeSet<String> = library.cases.iter().map(|case| case.id.clone()).collect();
    let mut names = BTreeSet::new();
    for profile in Profile::ALL {
        names.extend(matrix.signatures(profile.name, &every).map(|(name, _)| name));
    }
    let mut noticed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for mutant in Mutant::ALL.iter().filter(|mutant| names.contains(mutant.name)) {
        noticed.entry(mutant.requirement).or_default().push(mutant.name);
    }
    Ok(noticed)
}

/// What a run says of a requirement: whether it is broken, and by how many of the cases that judged it.
fn verdict(requirement: &Requirement, standings: &BTreeMap<&str, Standing>) -> String {
    if let Some(why) = &requirement.excluded {
        return format!("not judged: {why}");
    }
    let Some(Standing { verdict, broken, judged }) = standings.get(requirement.id.as_str()) else {
        return "not run".to_owned();
    };
    match verdict {
        Verdict::Failed | Verdict::Warned => format!("{} ({broken} of {judged})", verdict.name()),
        Verdict::Passed | Verdict::Observed => format!("{} ({judged})", verdict.name()),
        Verdict::Skipped | Verdict::Inconclusive => "not judged".to_owned(),
    }
}
