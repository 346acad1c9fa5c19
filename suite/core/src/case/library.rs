//! Everything the fixtures say: the register and the cases.

use super::register::{self, Register};
use super::step::Step;
use super::text::{Problem, Sink, Source};
use crate::spec::{Presence, Profile};

/// The register and every case, rows expanded, in the order of their ids.
#[derive(Clone, Debug, Default)]
pub struct Library {
    /// Every requirement.
    pub requirements: Register,
    /// Every case.
    pub cases: Vec<Case>,
}

/// One case; a row of a case file is a case of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The id: the path of the file, and the row's name.
    pub id: String,
    /// The file's name.
    pub file: String,
    /// The line of its row in the file, from 1; the first where it has no row.
    pub line: usize,
    /// The first part of the id.
    pub family: String,
    /// What is so when the case passes.
    pub title: String,
    /// Why it is tried this way.
    pub about: String,
    /// The profiles that it belongs to.
    pub profiles: Vec<&'static Profile>,
    /// The requirements that it judges.
    pub requirements: Vec<String>,
    /// The state that must outlive a refusal.
    pub mark: Presence,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// The accepted counterpart of the last step, where that must be refused; it expects nothing itself.
    pub twin: Option<Box<Step>>,
    /// The mutants of the reference that its file names: each case that judges must notice at least one of them.
    pub mutants: Vec<String>,
    /// How often what it shows was seen, and of how many times; nothing where it always is.
    pub shown: Option<(u32, u32)>,
}

impl Library {
    /// Reads `requirements.toml`, `cases/<family>/<name>.toml` and `witnesses/<name>.toml`, told apart by name.
    ///
    /// # Errors
    /// Every mistake of every file, in the order of files and places.
    pub fn load(mut sources: Vec<Source>) -> Result<Self, Vec<Problem>> {
        sources.sort_by(|one, other| one.name.cmp(&other.name));
        let mut problems = Vec::new();
        let mut library = Self::default();
        for source in sources.iter().filter(|source| source.name.ends_with("requirements.toml")) {
            let sink = Sink::new(source);
            register::read(&sink, &mut library.requirements);
            problems.extend(sink.into_problems());
        }
        for source in &sources {
            let Some(id) = id_of(&source.name) else { continue };
            let sink = Sink::new(source);
            library.cases.extend(super::read::read(&sink, &id, &library.requirements));
            problems.extend(sink.into_problems());
        }
        library.cases.sort_by(|one, other| one.id.cmp(&other.id));
        if problems.is_empty() { Ok(library) } else { Err(problems) }
    }

    /// The cases of a profile, in the order of their ids.
    pub fn of_profile<'l>(&'l self, profile: &'static Profile) -> impl Iterator<Item = &'l Case> + use<'l> {
        self.cases.iter().filter(move |case| case.profiles.contains(&profile))
    }
}

/// The id of the case in that file: `cases/fade/x.toml` is `fade/x`; nothing where the file holds no case.
fn id_of(name: &str) -> Option<String> {
    let stem = name.strip_suffix(".toml")?;
    let stem = stem.replace('\\', "/");
    if let Some((_, id)) = format!("/{stem}").rsplit_once("/cases/") {
        return Some(id.to_owned());
    }
    format!("/{stem}").rsplit_once("/witnesses/").map(|(_, id)| format!("witnesses/{id}"))
}
