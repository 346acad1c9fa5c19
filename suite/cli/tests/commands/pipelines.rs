//! The workflow and the job in `suite/docs` that people copy: every shell step of them is run as it stands there, beside a
//! good endpoint, and what is uploaded afterwards has been written.
//!
//! `git` and `cargo` are stood in for, as a test neither clones nor builds; they want to be called as they really would.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use crate::serving::Served;
use crate::support::{Folder, command};

const WORKFLOW: &str = include_str!("../../../docs/github-actions.yml");
const JOB: &str = include_str!("../../../docs/gitlab-ci.yml");
/// Where the endpoint of the documents listens.
const ADDRESS: &str = "127.0.0.1:4010";

const GIT: &str = "#!/bin/sh -e
test \"$1 $2 $3\" = 'clone --depth 1'
mkdir \"$5\"
echo '[workspace]' > \"$5/Cargo.toml\"
";
const CARGO: &str = "#!/bin/sh -e
test \"$1 $2 $3 $5 $6\" = 'build --release --manifest-path -p setpresence'
test -f \"$4\"
mkdir -p \"${4%/*}/target/release\"
ln -sf \"$SETPRESENCE\" \"${4%/*}/target/release/setpresence\"
";

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The text of a key's value, and what stands below it: as it is after `|`, else as one line.
fn value(first: &str, below: &[&str]) -> String {
    let parts: Vec<&str> = below.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    match first {
        "|" => parts.join("\n"),
        ">" => parts.join(" "),
        first => {
            let all: Vec<&str> = [first].into_iter().chain(parts).collect();
            // In a plain value the comment is YAML's; in a shell's it would be the shell's.
            all.join(" ").split(" #").next().unwrap_or_default().trim_end().to_owned()
        }
    }
}

/// Every value of a key, or every item of a list where the key is `-`.
fn values(text: &str, key: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let mut found = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let bare = line.trim_start().trim_start_matches("- ");
        let first = if key == "-" { line.trim_start().strip_prefix("- ") } else { bare.strip_prefix(key) };
        let Some(first) = first else { continue };
        let n_below = lines[n + 1..].iter().take_while(|below| below.trim().is_empty() || indent(below) > indent(line));
        let below: Vec<&str> = n_below.copied().collect();
        // A list that follows is not part of the text.
        found.push(value(
            first.trim(),
            if below.iter().any(|line| line.trim().starts_with("- ")) { &[] } else { &below },
        ));
    }
    found
}

/// What stands between two lines.
fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let text = text.split_once(from).unwrap_or_else(|| panic!("there is no {from}")).1;
    text.split_once(to).map_or(text, |(inner, _)| inner)
}

/// Runs the steps, each in a shell of its own, and looks for what is uploaded.
fn check(name: &str, steps: &[String], uploaded: &[String]) {
    let folder = Folder::new();
    for (file, text) in [("bin/git", GIT), ("bin/cargo", CARGO), ("start-your-endpoint", "#!/bin/sh\necho up\n")] {
        let path = folder.file(file, text);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    // What the other checkout of the workflow brings.
    folder.file(".setpresence/Cargo.toml", "[workspace]\n");
    let served = Served::start(&["serve", "--clock", "manual", "--write-target", &folder.path("target.toml")]);
    let target = fs::read_to_string(folder.path("target.toml")).unwrap();
    let address = between(&target, "base_url = \"http://", "/").to_owned();
    let path = format!("{}:{}", folder.path("bin"), std::env::var("PATH").unwrap_or_default());
    for step in steps {
        let mut shell = Command::new("sh");
        for (variable, value) in command(&[]).get_envs() {
            match value {
                Some(value) => shell.env(variable, value),
                None => shell.env_remove(variable),
            };
        }
        let output = shell
            .args(["-e", "-c", &step.replace(ADDRESS, &address)])
            .current_dir(folder.path(""))
            .env("PATH", &path)
            .env("SETPRESENCE", env!("CARGO_BIN_EXE_setpresence"))
            .env("SETPRESENCE_REPOSITORY", "https://example.com/setpresence.git")
            .env("APP_TOKEN", "a-token-of-somebody")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{name}: {step}\n{}", String::from_utf8_lossy(&said));
    }
    served.stop("-TERM");
    assert!(uploaded.len() > 3, "{name}: {uploaded:?}");
    for file in uploaded {
        let length = fs::metadata(folder.path(file)).map(|found| found.len());
        assert!(length.is_ok_and(|length| length > 0), "{name}: {file} is uploaded, and nobody wrote it");
    }
}

#[test]
fn every_step_of_the_workflow_works() {
    let steps = values(WORKFLOW, "run:");
    assert_eq!(steps.len(), 3, "{steps:?}");
    let paths = between(WORKFLOW, "name: setpresence\n          path: |\n", "\0");
    let mut uploaded: Vec<String> = paths.lines().map(|line| line.trim().to_owned()).collect();
    uploaded.extend(values(WORKFLOW, "sarif_file:"));
    check("the workflow", &steps, &uploaded);
}

#[test]
fn every_step_of_the_job_works() {
    let steps = values(between(JOB, "script:\n", "  artifacts:"), "-");
    assert_eq!(steps.len(), 6, "{steps:?}");
    let listed = values(between(JOB, "artifacts:", "\0"), "paths:").concat();
    let mut uploaded: Vec<String> = listed.trim_matches(['[', ']']).split(", ").map(str::to_owned).collect();
    uploaded.extend(values(JOB, "junit:"));
    // One shell runs them all, one after the other.
    check("the job", &[steps.join("\n")], &uploaded);
}

#[test]
fn every_command_in_the_readme_is_one() {
    // Whatever stands for a place of the reader's own, and lines that need a target: only what is said is looked at.
    let readme = include_str!("../../../../README.md");
    let mut n_commands = 0;
    for line in readme.lines() {
        let Some(said) = line.strip_prefix("cargo run --release --").map(|said| said.split('#').next().unwrap_or(said))
        else {
            continue;
        };
        n_commands += 1;
        let args: Vec<&str> = said.split_whitespace().map(|word| word.trim_matches('"')).collect();
        // With a fault at its end the parser is asked about everything before it.
        let done = command(&[&args[..], &["--no-such-option"]].concat()).output().unwrap();
        let stderr = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(stderr.contains("unexpected argument '--no-such-option'"), "{line}\n{stderr}");
    }
    assert!(n_commands > 5, "{n_commands}");
}
