//! The register of requirements: every normative statement, with its level in each profile.

use std::collections::BTreeMap;

use super::text::{Item, Sink, Table};
use crate::spec::{Level, Profile};

/// The families of requirements and cases.
pub(super) const FAMILIES: [&str; 6] = ["permissions", "body", "combinations", "fade", "precedence", "clients"];

/// Every requirement, by id.
pub type Register = BTreeMap<String, Requirement>;

/// One documented statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The id, such as `fade.first-timeout`.
    pub id: String,
    /// The family whose cases judge it.
    pub family: String,
    /// The statement in our words.
    pub sentence: String,
    /// The tags of its sources.
    pub source: String,
    /// Its level by profile name; a profile that does not state it is not there.
    pub levels: BTreeMap<&'static str, Level>,
    /// Why it cannot be seen from outside, if so.
    pub excluded: Option<String>,
}

impl Requirement {
    /// Its level in a profile, if the profile has it.
    #[must_use]
    pub fn level(&self, profile: &Profile) -> Option<Level> {
        self.levels.get(profile.name).copied()
    }
}

/// Reads `requirements.toml`; mistakes go to the sink.
pub(super) fn read(sink: &Sink<'_>, register: &mut Register) {
    let Some(document) = sink.document() else { return };
    let table = Table::of(sink, &document);
    for item in table.required("requirement").and_then(|item| item.list()).unwrap_or_default() {
        let Some(requirement) = item.table().and_then(requirement) else { continue };
        if let Some(twice) = register.insert(requirement.id.clone(), requirement) {
            item.problem(format!("`{}` is registered twice", twice.id));
        }
    }
    table.finish();
}

fn requirement(table: Table<'_>) -> Option<Requirement> {
    let text = |key| table.required(key).and_then(|item| item.text()).map(str::to_owned);
    let (id, sentence, source) = (text("id"), text("sentence"), text("source"));
    let family = table
        .required("family")
        .and_then(|item| item.one_of("family", &FAMILIES, |name| FAMILIES.into_iter().find(|family| *family == name)));
    let levels = table.required("level").and_then(levels);
    let excluded = table.get("excluded").and_then(|item| item.text()).map(str::to_owned);
    table.finish();
    Some(Requirement {
        id: id?,
        family: family?.to_owned(),
        sentence: sentence?,
        source: source?,
        levels: levels?,
        excluded,
    })
}

fn levels(item: Item<'_>) -> Option<BTreeMap<&'static str, Level>> {
    let level = |item: Item<'_>| item.one_of("level", &["may", "should", "must"], Level::named);
    if item.is_text() {
        let level = level(item)?;
        return Some(Profile::ALL.into_iter().map(|profile| (profile.name, level)).collect());
    }
    let table = item.table()?;
    let levels = Profile::ALL
        .into_iter()
        .filter_map(|profile| Some((profile.name, table.get(profile.name).and_then(level)?)))
        .collect();
    table.finish();
    Some(levels)
}
