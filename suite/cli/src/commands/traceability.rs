//! The traceability table: each requirement, the cases that judge it, the mutants that prove them, and what a run says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use setpresence::proof::KillMatrix;
use setpresence::{CaseRecord, Library, RunEvent, Verdict};
use setpresence_core::case::Requirement;
use setpresence_core::spec::Profile;
use setpresence_reference::Mutant;

/// The columns of [`entries`].
pub(super) const COLUMNS: &[&str] = &["id", "sentence", "levels", "source", "family", "cases", "mutants", "verdict"];

/// A row for each requirement that the profile states; the verdicts are those of the run's events, if there are any.
pub(super) fn entries(
    library: &Library,
    profile: Option<&'static Profile>,
    events: &[RunEvent],
) -> Result<Vec<Vec<Value>>, serde_json::Error> {
    let noticed = noticed(library)?;
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
            json!(verdict(requirement, events)),
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
fn verdict(requirement: &Requirement, events: &[RunEvent]) -> String {
    if let Some(why) = &requirement.excluded {
        return format!("not judged: {why}");
    }
    if events.is_empty() {
        return "not run".to_owned();
    }
    let judging: Vec<&CaseRecord> = events
        .iter()
        .filter_map(|event| match event {
            RunEvent::CaseFinished(case) => Some(&**case),
            RunEvent::RunStarted(_) | RunEvent::RunFinished(_) => None,
        })
        .filter(|case| case.requirements.contains(&requirement.id))
        .collect();
    let breaks = |case: &&&CaseRecord, verdict| {
        case.verdict == verdict && case.divergences.iter().any(|found| found.requirement == requirement.id)
    };
    let n_judged = judging.iter().filter(|case| case.verdict.is_judged()).count();
    for verdict in [Verdict::Failed, Verdict::Warned] {
        let n_broken = judging.iter().filter(|case| breaks(case, verdict)).count();
        if n_broken > 0 {
            return format!("{} ({n_broken} of {n_judged})", verdict.name());
        }
    }
    match judging.len() {
        0 => "not run".to_owned(),
        _ if n_judged == 0 => "not judged".to_owned(),
        _ if judging.iter().all(|case| !case.verdict.is_judged() || case.verdict == Verdict::Observed) => {
            format!("observed ({n_judged})")
        }
        _ => format!("passed ({n_judged})"),
    }
}
