//! House rules that a program can check.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use setpresence_core::plan::Selection;
use setpresence_core::spec::requirement;
use setpresence_reference::Mutant;

/// What each room of `core` may import of the others.
const CORE_ROOMS: [(&str, &[&str]); 8] = [
    ("moment", &[]),
    ("spec", &[]),
    ("model", &["spec", "moment"]),
    ("case", &["spec", "moment"]),
    ("plan", &["spec", "case", "moment"]),
    ("judge", &["spec", "model", "plan", "case", "event", "moment"]),
    ("event", &["spec", "plan", "judge", "moment"]),
    ("explore", &["spec", "model", "case", "plan", "judge", "event", "moment"]),
];

/// What each member may depend on of the others.
const MEMBERS: [(&str, &[&str]); 6] = [
    ("core", &[]),
    ("reference", &["core"]),
    ("runner", &["core"]),
    ("report", &["core"]),
    ("cli", &["core", "reference", "runner", "report"]),
    ("example", &[]),
];

/// What of `core` a member may name, where that is not all of it.
const OF_CORE: [(&str, &[&str]); 2] =
    [("reference", &["spec", "model", "moment"]), ("report", &["spec", "judge", "event", "moment"])];

/// What the pure rooms must not touch.
const IMPURE: [&str; 8] =
    ["tokio", "std::fs", "std::net", "std::process", "Instant::now", "SystemTime", "println!", "HashMap"];

/// What every answer is checked for, whichever case it belongs to.
const JUDGED_ALWAYS: [&str; 5] = [
    requirement::SUCCESS_STATUS,
    requirement::NO_SERVER_ERROR,
    requirement::NO_HANG,
    requirement::ERROR_ENVELOPE,
    requirement::NO_TOKEN_IN_ERROR,
];

const LINES_LARGEST: usize = 500;
const FUNCTION_LINES_LARGEST: usize = 70;

fn root() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    path.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(directory) else { return found };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !path.ends_with("target") {
                found.extend(files(&path, extension));
            }
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn sources() -> Vec<(String, String)> {
    let root = root();
    let shown = |path: &PathBuf| path.strip_prefix(&root).unwrap_or(path).to_string_lossy().into_owned();
    files(&root.join("suite"), "rs").iter().map(|path| (shown(path), read(path))).collect()
}

/// The lines that are code and no test: without comments, and up to the tests at the end of a file.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn check(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

/// Every name that follows one of these prefixes in a line: `crate::plan::x` gives `plan`, also out of braces.
fn named_after(line: &str, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in line.match_indices(prefix) {
        let rest = &line[at + prefix.len()..];
        let list = match rest.strip_prefix('{') {
            Some(inner) => inner.split('}').next().unwrap_or_default().split(',').collect(),
            None => vec![rest],
        };
        for item in list {
            let name: String = item.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            names.push(name);
        }
    }
    names
}

#[test]
fn rooms_of_core_import_what_the_table_says() {
    let mut broken = Vec::new();
    let rooms: BTreeMap<&str, &[&str]> = CORE_ROOMS.into_iter().collect();
    for (path, text) in sources() {
        let Some(inside) = path.strip_prefix("suite/core/src/") else { continue };
        let room = inside.split(['/', '.']).next().unwrap_or_default();
        if room == "lib" {
            continue;
        }
        let Some(allowed) = rooms.get(room) else {
            broken.push(format!("{path}: the room `{room}` is not in the table"));
            continue;
        };
        for (number, line) in code(&text) {
            for name in named_after(line, "crate::") {
                if rooms.contains_key(name.as_str()) && name != room && !allowed.contains(&name.as_str()) {
                    broken.push(format!("{path}:{number}: `{room}` names `{name}`"));
                }
            }
        }
    }
    check("a room of core names only the rooms that the table in tidy.rs allows", &broken);
}

#[test]
fn members_depend_on_what_the_table_says() {
    let mut broken = Vec::new();
    for (member, allowed) in MEMBERS {
        let manifest = read(&root().join("suite").join(member).join("Cargo.toml"));
        let dependencies = manifest.split("[dev-dependencies]").next().unwrap_or_default();
        for (other, _) in MEMBERS {
            if dependencies.contains(&format!("\nsetpresence-{other}")) && !allowed.contains(&other) {
                broken.push(format!("suite/{member}/Cargo.toml depends on `{other}`"));
            }
        }
    }
    for (path, text) in sources() {
        let member = OF_CORE.iter().find(|(member, _)| path.starts_with(&format!("suite/{member}/src/")));
        let Some((_, allowed)) = member else { continue };
        for (number, line) in code(&text) {
            for name in named_after(line, "setpresence_core::") {
                if !allowed.contains(&name.as_str()) {
                    broken.push(format!("{path}:{number}: names core's `{name}`"));
                }
            }
        }
    }
    check("members depend only on the members that the table in tidy.rs allows", &broken);
}

#[test]
fn pure_rooms_touch_nothing() {
    let mut broken = Vec::new();
    for (path, text) in sources() {
        if !path.starts_with("suite/core/src/") && !path.starts_with("suite/report/src/") {
            continue;
        }
        for (number, line) in code(&text) {
            for word in IMPURE.into_iter().filter(|word| line.contains(word)) {
                broken.push(format!("{path}:{number}: {word}"));
            }
        }
    }
    check("core and report touch no files, sockets, clocks or unordered maps", &broken);
}

#[test]
fn files_and_functions_have_an_end() {
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let n_lines = text.lines().count();
        if n_lines > LINES_LARGEST {
            broken.push(format!("{path}: {n_lines} lines"));
        }
        for (line, n_lines) in functions(&text).into_iter().filter(|(_, n_lines)| *n_lines > FUNCTION_LINES_LARGEST) {
            broken.push(format!("{path}:{line}: a function of {n_lines} lines"));
        }
    }
    check("a file has at most 500 lines, a function 70", &broken);
}

/// The first line of each function and how many it has, told by the indentation that rustfmt gives.
fn functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let words: Vec<&str> = trimmed.split_whitespace().take(5).collect();
        let is_function = words.iter().take_while(|word| !word.contains('(')).any(|word| *word == "fn")
            && words.first().is_some_and(|first| first.starts_with("pub") || ["fn", "const", "async"].contains(first));
        if !is_function {
            continue;
        }
        let end = format!("{}}}", &line[..line.len() - trimmed.len()]);
        if let Some(n_lines) = lines[index..].iter().position(|line| *line == end) {
            found.push((index + 1, n_lines + 1));
        }
    }
    found
}

#[test]
fn lints_are_expected_and_never_allowed() {
    let mut broken = Vec::new();
    let (allow, allow_all, ignored) = (concat!("#[", "allow"), concat!("#![", "allow"), concat!("#[", "ignore"));
    for (path, text) in sources() {
        for (index, line) in text.lines().enumerate() {
            if line.contains(allow) || line.contains(allow_all) || line.contains(ignored) {
                broken.push(format!("{path}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    check("write `#[expect(…, reason = \"…\")]`, and ignore no test", &broken);
}

#[test]
fn no_test_sleeps() {
    let mut broken = Vec::new();
    let sleep = concat!("thread::", "sleep");
    for (path, text) in sources() {
        for (index, line) in text.lines().enumerate().filter(|(_, line)| line.contains(sleep)) {
            broken.push(format!("{path}:{}: {}", index + 1, line.trim()));
        }
    }
    check("tests wait for events, never for time", &broken);
}

#[test]
fn the_register_and_the_cases_agree() {
    let library = setpresence::fixtures::embedded().unwrap_or_else(|error| panic!("{error}"));
    let mut broken = Vec::new();
    let judged: BTreeSet<&str> =
        library.cases.iter().flat_map(|case| case.requirements.iter().map(String::as_str)).collect();
    for id in requirement::ALL.iter().filter(|id| !library.requirements.contains_key(**id)) {
        broken.push(format!("`{id}` is named by code and not in the register"));
    }
    for requirement in library.requirements.values() {
        let id = requirement.id.as_str();
        let is_judged = judged.contains(id) || JUDGED_ALWAYS.contains(&id);
        if !is_judged && requirement.excluded.is_none() {
            broken.push(format!("`{}` has neither a case nor a reason to have none", requirement.id));
        }
        if is_judged && requirement.excluded.is_some() {
            broken.push(format!("`{}` is excluded, but has a case", requirement.id));
        }
    }
    for mutant in Mutant::ALL.iter().filter(|mutant| !library.requirements.contains_key(mutant.requirement)) {
        broken.push(format!(
            "the mutant `{}` breaks `{}`, which is not in the register",
            mutant.name, mutant.requirement
        ));
    }
    check("every requirement is registered and judged", &broken);
}

/// What the documents call a case that somebody else is to write.
const PLACEHOLDERS: [&str; 1] = ["fade/my-case"];

#[test]
fn documents_name_cases_that_there_are() {
    let library = setpresence::fixtures::embedded().unwrap_or_else(|error| panic!("{error}"));
    let families: BTreeSet<&str> = library.cases.iter().map(|case| case.family.as_str()).collect();
    let mut broken = Vec::new();
    for name in
        ["README.md", "suite/ARCHITECTURE.md", "fixtures/README.md", "fuzz/README.md", ".github/CONTRIBUTING.md"]
    {
        let text = read(&root().join(name));
        let is_of_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-./*".contains(c);
        for (index, line) in text.lines().enumerate() {
            let words = line.split(|c| !is_of_id(c)).map(|word| word.trim_end_matches('.'));
            let is_id = |word: &&str| {
                let family = word.split_once('/').filter(|(_, rest)| !rest.is_empty()).map(|(family, _)| family);
                family.is_some_and(|family| families.contains(family)) && !word.ends_with(".json")
            };
            for id in words.filter(is_id).filter(|id| !PLACEHOLDERS.contains(id)) {
                let selection = Selection::new(&[id.to_owned()], &[]);
                if selection.check(library.cases.iter().map(|case| case.id.as_str())).is_err() {
                    broken.push(format!("{name}:{}: {id}", index + 1));
                }
            }
        }
    }
    check("every case that a document names is one", &broken);
}

#[test]
fn no_fixture_is_an_orphan() {
    let library = setpresence::fixtures::embedded().unwrap_or_else(|error| panic!("{error}"));
    let known: BTreeSet<&str> = library.cases.iter().map(|case| case.file.as_str()).collect();
    let fixtures = root().join("fixtures");
    let mut broken = Vec::new();
    for path in files(&fixtures, "toml") {
        let name = path.strip_prefix(&fixtures).unwrap_or(&path).to_string_lossy().into_owned();
        let is_used = name == "requirements.toml" || name.starts_with("targets/") || known.contains(name.as_str());
        if !is_used {
            broken.push(name);
        }
    }
    check("every fixture gives at least one case", &broken);
}
