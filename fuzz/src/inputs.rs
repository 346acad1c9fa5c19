//! What each target starts from: inputs by hand, those that the fixtures hold, and those that fuzzing found and kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use setpresence_core::case::text::Source;
use setpresence_core::case::{CREDENTIALS, Library};
use setpresence_core::plan::{Abilities, Adapter, Credential, Planned, Selection, plan};
use setpresence_core::spec::Profile;

/// Every target in which nothing must be found.
pub const TARGETS: [&str; 8] =
    ["duration", "request_body", "http_request", "case_file", "model", "reference_vs_model", "report", "handler"];

/// The inputs of a target, without duplicates, in a stable order: its [`seeds`], and those that were found and kept, in
/// `corpus.d/TARGET.txt` in base64, a line each.
///
/// # Errors
/// A file that cannot be read, or is not what it should be.
pub fn inputs(target: &str) -> io::Result<BTreeSet<Vec<u8>>> {
    let mut inputs = seeds(target)?;
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus.d").join(format!("{target}.txt"));
    if kept.exists() {
        for line in fs::read_to_string(kept)?.lines() {
            inputs.insert(STANDARD.decode(line).map_err(io::Error::other)?);
        }
    }
    Ok(inputs)
}

/// The inputs by hand, a file each in `seeds/TARGET/`, and what the fixtures hold.
///
/// # Errors
/// As [`inputs`].
pub fn seeds(target: &str) -> io::Result<BTreeSet<Vec<u8>>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = of_fixtures(target, &root.join("../fixtures"))?;
    for entry in fs::read_dir(root.join("seeds").join(target)).into_iter().flatten() {
        seeds.insert(fs::read(entry?.path())?);
    }
    Ok(seeds)
}

/// What the fixtures hold of what a target reads: case files, bodies, durations.
fn of_fixtures(target: &str, fixtures: &Path) -> io::Result<BTreeSet<Vec<u8>>> {
    match target {
        "case_file" => case_files(fixtures)?.into_iter().map(fs::read).collect(),
        "request_body" => {
            // Each choice of the first byte, and not with every other.
            let tried = |body: Vec<u8>| (0..16_u8).step_by(5).map(move |choice| [&[choice][..], &body].concat());
            Ok(bodies(fixtures)?.into_iter().flat_map(tried).collect())
        }
        // In turn: the profile, the method, no tail, the path of setPresence, a token, a content type, the body.
        "http_request" => Ok(bodies(fixtures)?.into_iter().map(|body| [&[0; 6][..], &body].concat()).collect()),
        "duration" => {
            let text = |body: &Vec<u8>| {
                let body: Value = serde_json::from_slice(body).ok()?;
                Some(body.get("expirationDuration")?.as_str()?.as_bytes().to_vec())
            };
            Ok(bodies(fixtures)?.iter().filter_map(text).collect())
        }
        _ => Ok(BTreeSet::new()),
    }
}

fn case_files(fixtures: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for family in fs::read_dir(fixtures.join("cases"))? {
        for file in fs::read_dir(family?.path())? {
            files.push(file?.path());
        }
    }
    Ok(files)
}

/// The bodies that the cases send to a target that can do everything; none that is there for its size alone.
fn bodies(fixtures: &Path) -> io::Result<BTreeSet<Vec<u8>>> {
    const SIZE_MOST: usize = 4096;
    let register = fixtures.join("requirements.toml");
    let source = |path: PathBuf| {
        let name = path.strip_prefix(fixtures).unwrap_or(&path).to_string_lossy().into_owned();
        Ok(Source { name, text: fs::read_to_string(&path)? })
    };
    let sources = [register].into_iter().chain(case_files(fixtures)?).map(source).collect::<io::Result<_>>()?;
    let library = Library::load(sources)
        .map_err(|mistakes| io::Error::other(mistakes.first().map_or_else(String::new, ToString::to_string)))?;
    let mut bodies = BTreeSet::new();
    for profile in Profile::ALL {
        for planned in plan(&library, &abilities(profile), &Selection::default()) {
            let Planned::Run(plan) = planned else { continue };
            let sent = plan.actions.iter().filter_map(|action| action.request.body.as_deref());
            bodies.extend(sent.filter(|body| body.len() <= SIZE_MOST).map(<[u8]>::to_vec));
        }
    }
    Ok(bodies)
}

/// All that a target can be able to do, where time costs nothing.
fn abilities(profile: &'static Profile) -> Abilities {
    let credential = |name: &str| {
        let number = ["app_b", "app_c"].iter().position(|other| *other == name).map_or(0, |place| place + 1);
        let application = format!("22553876-f5ab-4529-bffb-{number:012}");
        (name.to_owned(), Credential { application, user: None })
    };
    Abilities {
        profile,
        credentials: Arc::new(CREDENTIALS.iter().map(|name| credential(name)).collect::<BTreeMap<_, _>>()),
        operations: Adapter::documented(),
        users: 3,
        has_unknown_user: true,
        longest: None,
        clock_factor: 1,
    }
}
