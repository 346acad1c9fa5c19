//! Files that others wrote, and that mean no good: each ends in one clear error, soon, and in little memory.

use std::fs;

use crate::support::{Folder, run};

const REGISTER: &str =
    "[[requirement]]\nid = \"fade.x\"\nfamily = \"fade\"\nsentence = \"S.\"\nsource = \"S\"\nlevel = \"must\"\n";
const HEAD: &str = "title = \"x\"\nrequirements = [\"fade.x\"]\n";
const STEP: &str = "[[step]]\ndo = \"set-presence\"\nexpect.outcome = \"either\"\n";

/// What is more than any file may hold.
fn large() -> String {
    "#".repeat(5 * 1024 * 1024)
}

#[test]
fn hostile_fixtures_are_refused() {
    let rows = (0..1001).map(|n| format!("[[row]]\nname = \"r{n}\"\n")).collect::<String>();
    let bodies = "[[step]]\ndo = \"set-presence\"\njson = \"${repeat:4000000:x}\"\nexpect.outcome = \"either\"\nexpect.plain = true\n".repeat(20);
    let cases = [
        (large(), "it is larger than 4 MiB"),
        (format!("{HEAD}x = {}", "[".repeat(100_000)), "cannot recurse further"),
        (format!("{HEAD}x{} = 1", ".x".repeat(100_000)), "recursion limit"),
        (format!("{HEAD}{STEP}{rows}"), "a file has at most 1000 rows"),
        (format!("{HEAD}{bodies}"), "larger than 64 MiB together"),
        (format!("{HEAD}{STEP}json = \"{}\"", "${repeat:4000000:x}".repeat(1000)), "larger than 8 MiB"),
        (format!("{HEAD}{STEP}json = \"${{repeat:18446744073709551615:xx}}\""), "at most 4 MiB"),
        // Nothing in a fixture names a file or a program.
        (format!("{HEAD}include = \"../../../../etc/passwd\"\n{STEP}"), "unknown key `include`"),
        (format!("{HEAD}{STEP}file = \"/etc/passwd\""), "unknown key `file`"),
        (format!("{HEAD}{STEP}as = {{ command = [\"touch\", \"/tmp/x\"] }}"), "a string is wanted here"),
        (format!("{HEAD}{STEP}json = \"${{env:HOME}}\""), "unknown placeholder `${env:HOME}`"),
    ];
    for (case, wanted) in cases {
        let folder = Folder::new();
        folder.file("f/requirements.toml", REGISTER);
        folder.file("f/cases/fade/x.toml", &case);
        let done = run(&["list", "--fixtures", &folder.path("f")]);
        done.check(2, &[], &[wanted]);
        assert!(done.stderr.len() < 64 * 1024, "{wanted}: {} bytes of error", done.stderr.len());
    }
}

#[test]
fn hostile_target_files_are_refused() {
    let files = [
        (large().into_bytes(), "it is larger than 4 MiB"),
        (format!("base_url = \"http://h\"\nx = {}", "[".repeat(100_000)).into_bytes(), "target.toml:2:"),
        (format!("x = \"{}", "y".repeat(4_000_000)).into_bytes(), "target.toml:1:"),
        (b"base_url = \"\xff\"".to_vec(), "stream did not contain valid UTF-8"),
    ];
    for (file, wanted) in files {
        let folder = Folder::new();
        let path = folder.path("target.toml");
        fs::write(&path, file).unwrap();
        let done = run(&["run", "--config", &path]);
        done.check(2, &[], &[wanted]);
        assert!(done.stderr.len() < 64 * 1024, "{wanted}: {} bytes of error", done.stderr.len());
    }
}

#[cfg(unix)]
#[test]
fn endless_files_and_folders_have_an_end() {
    run(&["run", "--config", "/dev/zero"]).check(2, &[], &["it is larger than 4 MiB"]);
    run(&["report", "--log", "/dev/zero"]).check(2, &[], &["it is larger than 256 MiB"]);
    let folder = Folder::new();
    folder.file("f/requirements.toml", REGISTER);
    folder.file("f/cases/fade/x.toml", HEAD);
    // Each link doubles what is seen on every level.
    for link in ["a", "b", "c", "d"] {
        std::os::unix::fs::symlink(folder.path("f/cases"), folder.path(&format!("f/cases/{link}"))).unwrap();
    }
    run(&["list", "--fixtures", &folder.path("f")]).check(2, &[], &["there are more than 10000 files"]);
}
