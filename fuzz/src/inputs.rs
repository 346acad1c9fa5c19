//! What each target starts from: inputs by hand, those that the fixtures hold, and those that fuzzing found and kept.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use setpresence_core::case::Library;
use setpresence_core::plan::{Planned, Selection, plan};
use setpresence_core::spec::Profile;

use crate::reference::endpoint;

/// Every target in which nothing must be found.
pub const TARGETS: [&str; 8] =
    ["duration", "request_body", "http_request", "case_file", "model", "reference_vs_model", "report", "handler"];

/// The inputs of a target, without duplicates, in a stable order.
///
/// `seeds/TARGET/` has those by hand, a file each; `corpus.d/TARGET.txt` those that were found and kept, in base64, a
/// line each.
///
/// # Errors
/// A file that cannot be read, or is not what it should be.
pub fn inputs(target: &str) -> io::Result<BTreeSet<Vec<u8>>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut inputs = of_fixtures(target, &root.join("../fixtures"))?;
    for entry in fs::read_dir(root.join("seeds").join(target)).into_iter().flatten() {
        inputs.insert(fs::read(entry?.path())?);
    }
    let kept = fs::read_to_string(root.join("corpus.d").join(format!("{target}.txt"))).unwrap_or_default();
    for line in kept.lines() {
        inputs.insert(STANDARD.decode(line).map_err(io::Error::other)?);
    }
    Ok(inputs)
}

/// What the fixtures hold of what a target reads: case files, bodies, durations.
fn of_fixtures(target: &str, fixtures: &Path) -> io::Result<BTreeSet<Vec<u8>>> {
    match target {
        "case_file" => {
            let mut files = BTreeSet::new();
            for family in fs::read_dir(fixtures.join("cases"))? {
                for file in fs::read_dir(family?.path())? {
                    files.insert(fs::read(file?.path())?);
                }
            }
            Ok(files)
        }
        "request_body" => {
            let tried = |body: Vec<u8>| (0..4_u8).map(move |choice| [&[choice][..], &body].concat());
            Ok(bodies()?.into_iter().flat_map(tried).collect())
        }
        // In turn: the profile, the method, no tail, the path of setPresence, a token, a content type, the body.
        "http_request" => Ok(bodies()?.into_iter().map(|body| [&[0; 6][..], &body].concat()).collect()),
        "duration" => {
            let text = |body: &Vec<u8>| {
                let body: Value = serde_json::from_slice(body).ok()?;
                Some(body.get("expirationDuration")?.as_str()?.as_bytes().to_vec())
            };
            Ok(bodies()?.iter().filter_map(text).collect())
        }
        _ => Ok(BTreeSet::new()),
    }
}

/// The bodies that the cases send to the reference; none that is there for its size alone.
fn bodies() -> io::Result<BTreeSet<Vec<u8>>> {
    const SIZE_MOST: usize = 4096;
    let library: Library = setpresence::fixtures::embedded().map_err(io::Error::other)?;
    let mut bodies = BTreeSet::new();
    for profile in Profile::ALL {
        let server = endpoint(profile, None);
        let abilities = setpresence::fuzzing::abilities(server.reference().settings());
        for planned in plan(&library, &abilities, &Selection::default()) {
            let Planned::Run(plan) = planned else { continue };
            let sent = plan.actions.iter().filter_map(|action| action.request.body.as_deref());
            bodies.extend(sent.filter(|body| body.len() <= SIZE_MOST).map(<[u8]>::to_vec));
        }
    }
    Ok(bodies)
}
