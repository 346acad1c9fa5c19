//! `list`, `explain`, `init` and the command line itself.

use std::fs;

use serde_json::Value;

use crate::support::{Folder, run, snapshot};

#[test]
fn every_list_comes_in_every_format() {
    for what in ["cases", "requirements", "mutants", "variants", "profiles"] {
        let text = run(&["list", what]);
        text.check(0, &[], &[]);
        let n_entries = text.stdout.lines().count();
        assert!(n_entries >= 2, "{what}: {}", text.stdout);
        let json = run(&["list", what, "--format", "json"]);
        json.check(0, &[], &[]);
        let value: Value = serde_json::from_str(&json.stdout).unwrap();
        assert_eq!(value.as_array().unwrap().len(), n_entries, "{what}");
        let markdown = run(&["list", what, "--format", "markdown"]);
        markdown.check(0, &["|---|"], &[]);
        assert_eq!(markdown.stdout.lines().count(), n_entries + 2, "{what}");
    }
}

#[test]
fn lists_are_narrowed_by_patterns_and_profiles() {
    let fade = run(&["list", "cases", "fade"]);
    fade.check(0, &["fade/"], &[]);
    assert!(fade.stdout.lines().all(|line| line.starts_with("fade/")), "{}", fade.stdout);
    let requirements = run(&["list", "requirements", "body.*"]);
    requirements.check(0, &["body.valid"], &[]);
    assert!(requirements.stdout.lines().all(|line| line.starts_with("body.")), "{}", requirements.stdout);
    let every = run(&["list", "mutants"]);
    let beta = run(&["list", "mutants", "--profile", "beta-2021-06"]);
    assert!(beta.stdout.lines().count() < every.stdout.lines().count());
    snapshot("list-profiles", &run(&["list", "profiles"]).stdout);
}

#[test]
fn explanations() {
    for (id, wanted) in [
        ("permissions.token-expired", &["requirement permissions.token-expired", "level", "source", "judged by"][..]),
        ("expired-token-accepted", &["mutant expired-token-accepted", "breaks permissions.token-expired", "--mutant"]),
        ("boundaries-closed", &["variant boundaries-closed", "permitted by"]),
        ("v1.0", &["profile v1.0", "DoNotDisturb/Presenting"]),
        ("fade", &["fade/"]),
    ] {
        run(&["explain", id]).check(0, wanted, &[]);
    }
    let cases = run(&["list", "cases", "fade"]).stdout;
    let id = cases.split_whitespace().next().unwrap();
    run(&["explain", id]).check(0, &[&format!("case {id}"), "requirements", "steps", "run it:"], &[]);
    run(&["explain", "permissions.token-expird"]).check(
        2,
        &[],
        &["there is no case, requirement, mutant, variant or profile", "did you mean `permissions.token-expired`?"],
    );
}

#[test]
fn a_target_file_to_begin_with() {
    let folder = Folder::new();
    let path = folder.path("target.toml");
    run(&["init", &path]).check(0, &["wrote", "check --config"], &[]);
    let text = fs::read_to_string(&path).unwrap();
    run(&["init", &path]).check(2, &[], &["is there already", "--force"]);
    fs::write(&path, "mine").unwrap();
    run(&["init", &path, "--force"]).check(0, &["wrote"], &[]);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert_eq!(folder.names(), ["target.toml"]);
    run(&["init", &folder.path("no/such/folder.toml")]).check(2, &[], &["cannot write"]);
}

#[test]
fn the_command_line_is_checked() {
    for args in [
        &["run", "--report", "xml=x"][..],
        &["run", "--report", "jnuit=x"],
        &["run", "--report", "json"],
        &["run", "--jobs", "0"],
        &["run", "--max-wait", "soon"],
        &["run", "--profile", "v2"],
        &["run", "--target", "http://127.0.0.1:1", "--config", "x.toml"],
        &["run", "--target", "http://127.0.0.1:1", "--mutant", "role-unchecked"],
        &["list", "things"],
        &["serve", "--clock", "fast"],
        &["nonsense"],
    ] {
        let done = run(args);
        done.check(2, &[], &["error"]);
        assert!(done.stdout.is_empty(), "{args:?}: {}", done.stdout);
    }
    run(&["run", "--report", "jnuit=x"]).check(2, &[], &["did you mean `junit`?", "sarif"]);
    run(&["--version"]).check(0, &["setpresence 0."], &[]);
    run(&["--help"]).check(0, &["run", "serve", "list", "explain", "init", "check", "report", "Exit status"], &[]);
}

#[test]
fn completions_and_the_manual_page_know_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        run(&["completions", shell]).check(0, &["compare", "baseline"], &[]);
    }
    run(&["completions", "tcsh"]).check(2, &[], &["tcsh", "bash"]);
    run(&["man"]).check(0, &[".TH setpresence", "snapshot", "Exit status"], &[]);
}

#[test]
fn a_quiet_run_only_says_how_it_went() {
    let done = run(&["run", "permissions/challenge", "--quiet"]);
    done.check(0, &["exit status 0"], &[]);
    assert_eq!(done.stdout.trim().lines().count(), 2, "{}", done.stdout);
    run(&["run", "--quiet", "--verbose"]).check(2, &[], &["--verbose"]);
}

#[test]
fn a_word_that_is_not_known_is_told_with_the_nearest() {
    let rows: [(&[&str], &str); 9] = [
        (&["run", "fadee"], "did you mean `fade`?"),
        (&["run", "--skip", "permissions/chalenge"], "did you mean `permissions/challenge`?"),
        (&["run", "--mutant", "never-fade"], "did you mean `never-fades`?"),
        (&["run", "--report", "htm=x"], "did you mean `html`?"),
        (&["run", "--targt", "x"], "'--target'"),
        (&["list", "mutants", "nevr-fades"], "did you mean `never-fades`?"),
        (&["list", "requirements", "fade.first-timout"], "did you mean `fade.first-timeout`?"),
        (&["explain", "fade.first-timout"], "did you mean `fade.first-timeout`?"),
        (&["serve", "--variant", "unknown-membrs-refused"], "did you mean `unknown-members-refused`?"),
    ];
    for (args, wanted) in rows {
        run(args).check(2, &[], &[wanted]);
    }
}

#[test]
fn requirements_have_the_verdicts_of_a_run_in_every_format() {
    let folder = Folder::new();
    let log = folder.path("run.log");
    run(&["run", "fade", "--mutant", "never-fades", "--log", &log]).check(1, &[], &[]);
    let list = |format: &str| run(&["list", "requirements", "fade.first-timeout", "--log", &log, "--format", format]);
    for format in ["text", "markdown", "json"] {
        list(format).check(0, &["failed ("], &[]);
    }
}
