//! The kill matrix as it is kept: which mutant shows in which cases, and how.
//!
//! It is made by `setpresence prove --write reports/kill-matrix.json` and embedded, so that a run's failures can be
//! held against it at once. It is laid out to be read and compared by people: the cases of a file stand together.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use setpresence_core::case::Library;
use setpresence_core::judge::Class;
use setpresence_core::spec::Profile;

use super::{Kill, Proof, Trial};

const EMBEDDED: &str = include_str!("../../../../reports/kill-matrix.json");

/// How a fault shows: the cases, and the class of what diverges in each.
pub type Signature = BTreeSet<(String, Class)>;

/// Which mutant shows in which cases, by profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KillMatrix(BTreeMap<String, BTreeMap<String, BTreeMap<Class, Shown>>>);

/// The cases that show one class of divergence, by file: a case without rows, or the names of its rows.
type Shown = BTreeMap<String, Rows>;

/// Which cases of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Rows {
    /// A text instead of names: each of them.
    All(All),
    /// The rows of these names.
    Some(Vec<String>),
}

/// The word for every case of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum All {
    #[serde(rename = "*")]
    Each,
}

impl KillMatrix {
    /// The matrix that comes with the suite.
    ///
    /// # Errors
    /// Where the file is not what [`KillMatrix::to_json`] writes, which the suite's own tests rule out.
    pub fn embedded() -> Result<Self, serde_json::Error> {
        serde_json::from_str(EMBEDDED)
    }

    /// The matrix that these proofs show.
    #[must_use]
    pub fn of(library: &Library, proofs: &[Proof]) -> Self {
        let of_proof = |proof: &Proof| {
            let files = files(library, proof.profile);
            let trials = proof.trials.iter().filter(|trial| !trial.kills.is_empty());
            trials.map(|trial| (trial.mutant.name.to_owned(), shown(&files, trial))).collect()
        };
        Self(proofs.iter().map(|proof| (proof.profile.name.to_owned(), of_proof(proof))).collect())
    }

    /// As JSON, a line for each file of cases.
    ///
    /// # Errors
    /// None that a matrix can cause; serde_json's own are passed on.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let mut lines = Vec::new();
        for (profile, mutants) in &self.0 {
            let mut of_profile = Vec::new();
            for (mutant, classes) in mutants {
                let mut of_mutant = Vec::new();
                for (class, files) in classes {
                    for (file, rows) in files {
                        of_mutant.push(((class, file), serde_json::to_string(rows)?));
                    }
                }
                of_profile.push((mutant, grouped(&of_mutant)));
            }
            let mutants: Vec<_> =
                of_profile.iter().map(|(name, text)| format!("  \"{name}\": {{\n{text}\n  }}")).collect();
            lines.push(format!(" \"{profile}\": {{\n{}\n }}", mutants.join(",\n")));
        }
        Ok(format!("{{\n{}\n}}\n", lines.join(",\n")))
    }

    /// How each mutant shows in a profile where these cases are judged.
    pub fn signatures<'m>(
        &'m self,
        profile: &str,
        judged: &'m BTreeSet<String>,
    ) -> impl Iterator<Item = (&'m str, Signature)> + 'm {
        let mutants = self.0.get(profile).into_iter().flatten();
        mutants.map(move |(name, classes)| (name.as_str(), signature(classes, judged)))
    }
}

fn grouped(entries: &[((&Class, &String), String)]) -> String {
    let mut classes: BTreeMap<&Class, Vec<String>> = BTreeMap::new();
    for ((class, file), rows) in entries {
        classes.entry(class).or_default().push(format!("    \"{file}\": {rows}"));
    }
    let one =
        |(class, files): (&Class, Vec<String>)| format!("   \"{}\": {{\n{}\n   }}", class.name(), files.join(",\n"));
    classes.into_iter().map(one).collect::<Vec<_>>().join(",\n")
}

/// The ids of the cases of each file in a profile, by the file's own id.
fn files<'l>(library: &'l Library, profile: &'static Profile) -> BTreeMap<&'l str, BTreeSet<&'l str>> {
    let mut files: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for case in library.cases.iter().filter(|case| case.profiles.contains(&profile)) {
        files.entry(file_of(&case.id)).or_default().insert(&case.id);
    }
    files
}

/// A case's id without the name of its row: a family and the name of a file.
fn file_of(id: &str) -> &str {
    id.match_indices('/').nth(1).map_or(id, |(place, _)| &id[..place])
}

fn shown(files: &BTreeMap<&str, BTreeSet<&str>>, trial: &Trial) -> BTreeMap<Class, Shown> {
    let mut ids: BTreeMap<Class, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for Kill { case, trips, .. } in &trial.kills {
        for (_, class) in trips {
            ids.entry(*class).or_default().entry(file_of(case)).or_default().insert(case);
        }
    }
    let rows = |(file, ids): (&str, BTreeSet<&str>)| {
        let rows = if files.get(file) == Some(&ids) {
            Rows::All(All::Each)
        } else {
            let name = |id: &str| id[file.len()..].trim_start_matches('/').to_owned();
            Rows::Some(ids.into_iter().map(name).collect())
        };
        (file.to_owned(), rows)
    };
    ids.into_iter().map(|(class, files)| (class, files.into_iter().map(rows).collect())).collect()
}

fn signature(classes: &BTreeMap<Class, Shown>, judged: &BTreeSet<String>) -> Signature {
    let mut signature = Signature::new();
    for (class, files) in classes {
        for (file, rows) in files {
            let ids: Vec<String> = match rows {
                Rows::All(All::Each) => of_file(judged, file).cloned().collect(),
                Rows::Some(names) => {
                    let ids = names.iter().map(|name| format!("{file}/{name}"));
                    ids.filter(|id| judged.contains(id)).collect()
                }
            };
            signature.extend(ids.into_iter().map(|id| (id, *class)));
        }
    }
    signature
}

fn of_file<'j>(judged: &'j BTreeSet<String>, file: &'j str) -> impl Iterator<Item = &'j String> {
    judged.range(file.to_owned()..).take_while(move |id| id.starts_with(file)).filter(move |id| file_of(id) == file)
}

#[cfg(test)]
mod tests {
    use setpresence_core::judge::Verdict;
    use setpresence_reference::Mutant;

    use super::*;
    use crate::fixtures;

    #[test]
    fn what_is_kept_is_read_again() {
        let library = fixtures::embedded().unwrap();
        let is_of_file = |case: &&setpresence_core::case::Case| file_of(&case.id) == "combinations/unknown-values";
        let pairs: Vec<_> = library.cases.iter().filter(is_of_file).map(|case| case.id.clone()).collect();
        assert!(pairs.len() > 2, "the file is there: {pairs:?}");
        let kill = |case: &String, class| Kill {
            case: case.clone(),
            verdict: Verdict::Failed,
            trips: [("a.requirement".to_owned(), class)].into(),
        };
        let mut kills: Vec<_> = pairs.iter().map(|id| kill(id, Class::AcceptedInvalid)).collect();
        kills.extend(pairs.iter().take(2).map(|id| kill(id, Class::StateChanged)));
        let wanted: Signature =
            kills.iter().flat_map(|kill| kill.trips.iter().map(|(_, class)| (kill.case.clone(), *class))).collect();
        let trial = Trial { mutant: &Mutant::ALL[0], n_cases: pairs.len(), kills, inconclusive: Vec::new() };
        let proof = Proof { profile: Profile::V1_0, judging: BTreeSet::new(), trials: vec![trial] };

        let matrix = KillMatrix::of(&library, &[proof]);
        let text = matrix.to_json().unwrap();
        assert!(text.contains(r#""combinations/unknown-values": "*""#), "{text}");
        let read: KillMatrix = serde_json::from_str(&text).unwrap();
        assert_eq!(read, matrix);
        let judged: BTreeSet<String> = library.cases.iter().map(|case| case.id.clone()).collect();
        let signatures: Vec<_> = read.signatures("v1.0", &judged).collect();
        assert_eq!(signatures, [(Mutant::ALL[0].name, wanted)]);
        assert_eq!(read.signatures("beta-2021-06", &judged).count(), 0);
    }
}
