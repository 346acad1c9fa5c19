//! What libFuzzer left in a file, told from its name and its folder.
//!
//! Any bytes are a sequence of requests to somebody: what is no artifact must not be taken for one.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use setpresence_core::explore::{Ground, Sequence};

use super::Claim;
use crate::commands::earlier_text;

/// What libFuzzer's files begin with outside its corpus.
const PREFIXES: [&str; 5] = ["crash-", "timeout-", "oom-", "leak-", "slow-unit-"];
/// Those that say that an answer was wrong: what was slow, or took too much memory, was the process. The second is what
/// `cargo fuzz tmin` writes.
const CRASHES: [&str; 2] = ["crash-", "minimized-from-"];
/// The folders in which `cargo fuzz` keeps a folder for each target.
const FOLDERS: [&str; 2] = ["artifacts", "corpus"];
/// How the manifests begin that our own fuzz targets stand in.
const OURS: &str = "name = \"setpresence-fuzz";

/// Why a file is none that libFuzzer left.
pub(super) const NOT_LEFT: &str = "its name does not end in .toml, and libFuzzer did not leave it: that is a file called \
    crash-…, timeout-…, oom-…, leak-… or slow-unit-…, or any file in artifacts/TARGET/ or corpus/TARGET/";

/// A file that libFuzzer left.
pub(super) struct Left {
    path: PathBuf,
    name: String,
    /// The fuzz target of ours whose input it is; another's is a sequence.
    target: Option<String>,
}

/// What there is to send.
pub(super) enum Artifact {
    /// What `handler` and `reference_vs_model` start from, and every target of a user's own.
    Sequence(Sequence),
    /// What another of our targets starts from, as requests; where it makes none on this target, why.
    Requests(&'static str, Result<Sequence, String>),
    /// What `request_body` and `case_file` start from, as a case file.
    Case(String),
    /// Nothing that could be sent, and why.
    NoRequest(String),
}

impl Left {
    /// Nothing where the file is something else.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().into_owned();
        // A folder that is named nowhere in the path may still be known.
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut folders = whole.ancestors().skip(1);
        let (target, kept) = (folders.next().and_then(Path::file_name), folders.next());
        let is_kept = kept.and_then(Path::file_name).is_some_and(|name| FOLDERS.iter().any(|known| name == *known));
        if !is_kept && !PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
            return None;
        }
        let is_ours = is_kept && folders.next().is_none_or(may_be_ours);
        let target = target.filter(|_| is_ours).map(|target| target.to_string_lossy().into_owned());
        Some(Self { path: path.to_owned(), name, target })
    }

    /// What it says of itself.
    pub(super) fn claim(&self) -> Claim {
        let is_crash = CRASHES.iter().any(|prefix| self.name.starts_with(prefix));
        if is_crash { Claim::Something } else { Claim::Nothing }
    }

    /// The fuzz target of ours that reads it.
    pub(super) fn reader(&self) -> Option<&str> {
        self.target.as_deref()
    }

    /// Why it is none where it is to be a case file.
    pub(super) fn as_case_file(&self) -> Option<String> {
        (self.reader() == Some("case_file")).then(|| self.by_cargo_fuzz("case_file"))
    }

    /// What these bytes of it are.
    pub(super) fn read(&self, bytes: &[u8], ground: &Ground) -> Artifact {
        match (self.reader(), bytes) {
            // The first byte chooses how the body is read; its lowest bit, whether there is a content type.
            (Some("request_body"), [choice, body @ ..]) => Artifact::Case(format!(
                "title = \"What libFuzzer left is judged\"\nrequirements = [\"body.json\"]\n\n[[step]]\n\
                 do = \"set-presence\"\n{}base64 = \"{}\"\nexpect.outcome = \"either\"\n",
                if choice & 1 == 0 { "" } else { "without = [\"Content-Type\"]\n" },
                STANDARD.encode(body)
            )),
            (Some("case_file"), _) => Artifact::Case(String::from_utf8_lossy(bytes).into_owned()),
            (Some("duration"), _) => Artifact::Requests("duration", Ok(Sequence::of_duration(bytes, ground))),
            (Some("http_request"), _) => Artifact::Requests("http_request", Ok(Sequence::of_request(bytes, ground))),
            (Some("model"), _) => {
                let why = "it needs a target with the applications app, app_b and app_c, and with reads";
                Artifact::Requests("model", Sequence::of_story(bytes, ground).ok_or_else(|| why.to_owned()))
            }
            (Some("report"), _) => Artifact::NoRequest(self.by_cargo_fuzz("report")),
            _ => Artifact::Sequence(Sequence::read(bytes, ground)),
        }
    }

    fn by_cargo_fuzz(&self, target: &str) -> String {
        let path = self.path.display();
        format!(
            "as the fuzz target `{target}` reads it, nothing in it can be sent; try it by `cargo fuzz run {target} {path}`"
        )
    }
}

/// Whether the fuzz targets of this folder may be ours: unless its manifest is another's.
fn may_be_ours(folder: &Path) -> bool {
    earlier_text(&folder.join("Cargo.toml"))
        .map_or(true, |manifest| manifest.lines().any(|line| line.trim_start().starts_with(OURS)))
}
