//! `run` with several target files: each judged over its own socket, and all of them side by side.

use std::fs;

use serde_json::Value;

use crate::serving::Served;
use crate::support::{Done, Folder, command, run};

const ROLE: &str = "permissions/application-without-the-role";

/// A reference and a mutant of it, each at its own port with its own target file.
fn two(folder: &Folder) -> ([Served; 2], [String; 2]) {
    let (good, bad) = (folder.path("good.toml"), folder.path("bad.toml"));
    let served = [
        Served::start(&["serve", "--clock", "manual", "--write-target", &good]),
        Served::start(&["serve", "--clock", "manual", "--mutant", "role-unchecked", "--write-target", &bad]),
    ];
    (served, [good, bad])
}

fn stop(served: [Served; 2]) {
    for one in served {
        one.stop("-INT").check(0, &[], &[]);
    }
}

#[test]
fn two_targets_stand_side_by_side() {
    let folder = Folder::new();
    let (served, [good, bad]) = two(&folder);
    let to = |format: &str, file: &str| format!("{format}={}", folder.path(file));
    let log = folder.path("run.jsonl");
    let reports = [to("html", "page.html"), to("json", "all.json"), to("markdown", "all.md"), to("junit", "x.xml")];
    let mut args = vec!["run", ROLE, "permissions/challenge", "--config", &good, "--config", &bad, "--log", &log];
    args.extend(reports.iter().flat_map(|report| ["--report", report]));
    let done = run(&args);
    let row = format!("passed        failed        2 cases of {ROLE}");
    let end = "exit status 1: the highest of good 0, bad 1";
    done.check(1, &[&row, "role-required", end], &["good (1 of 2)", "bad (2 of 2)"]);
    let own = |file: &str, ending: &str| ["bad", "good"].map(|name| format!("{file}.{name}.{ending}"));
    let mut wanted = vec!["bad.toml".to_owned(), "good.toml".to_owned()];
    wanted.extend(["all.json", "all.md", "page.html"].map(ToOwned::to_owned));
    for (file, ending) in [("all", "json"), ("all", "md"), ("page", "html"), ("run", "jsonl"), ("x", "xml")] {
        wanted.extend(own(file, ending));
    }
    wanted.sort();
    assert_eq!(folder.names(), wanted);

    let read = |file: &str| fs::read_to_string(folder.path(file)).unwrap();
    let all: Value = serde_json::from_str(&read("all.json")).unwrap();
    assert_eq!(all["targets"][1]["exit_status"], 1);
    assert!(read("all.md").contains("| passed | **failed** |"));
    assert!(read("page.html").contains(&format!("href=\"page.bad.html#{ROLE}/no-role\"")));
    assert!(read("page.bad.html").contains(&format!("id=\"{ROLE}/no-role\"")));
    run(&["report", &folder.path("run.bad.jsonl")]).check(1, &["permissions.role-required"], &[]);

    let first = ["run", ROLE, "--config", &good, "--config", &bad, "--baseline", &folder.path("all.json")];
    run(&first).check(0, &["waived"], &[]);
    stop(served);
}

#[test]
fn a_target_that_is_gone_takes_nothing_from_the_other() {
    let folder = Folder::new();
    let (served, [good, bad]) = two(&folder);
    stop(served);
    let again = folder.path("again.toml");
    let here = Served::start(&["serve", "--clock", "manual", "--write-target", &again]);
    let page = folder.path("page.html");
    let args = ["run", ROLE, "--config", &good, "--config", &again, "--report", &format!("html={page}")];
    run(&args).check(3, &["connect", "exit status 3: the highest of good 3, again 0"], &["good: "]);
    let text = fs::read_to_string(&page).unwrap();
    assert!(text.contains("page.again.html") && !text.contains("page.good.html"), "{text}");
    run(&["run", ROLE, "--config", &good, "--config", &bad]).check(3, &["good 3, bad 3"], &[]);
    here.stop("-INT").check(0, &[], &[]);
}

#[test]
fn mistakes_are_told_before_anything_is_judged() {
    let folder = Folder::new();
    let (served, [good, bad]) = two(&folder);
    let nowhere = "junit=/no/such/folder/x.xml".to_owned();
    let rows: [(&[&str], &str); 6] = [
        (&["run", "--config", &good, "--config", &good], "two files are called `"),
        (&["run", "--config", &good, "--config", "none.toml"], "none.toml"),
        (&["run", "--config", &good, "--config", &bad, "--report", "junit=-"], "junit=PATH"),
        (&["run", "--config", &good, "--config", &bad, "--report", &nowhere], "/no/such/folder/x.good.xml"),
        (&["check", "--config", &good, "--config", &bad], "this command takes one --config"),
        (&["fuzz", "--config", &good, "--config", &bad], "this command takes one --config"),
    ];
    for (args, wanted) in rows {
        let done = run(args);
        done.check(2, &[], &[wanted]);
        assert!(done.stdout.is_empty() && !done.stderr.contains("cases"), "{}", done.stderr);
    }
    let dry = run(&["run", ROLE, "--config", &good, "--config", &bad, "--dry-run"]);
    dry.check(0, &["# good\n", "# bad\n", &format!("{ROLE}/no-role")], &[]);
    stop(served);
}

#[test]
fn a_workflow_sees_all_targets_in_one_summary() {
    let folder = Folder::new();
    let (served, [good, bad]) = two(&folder);
    let summary = folder.file("summary.md", "");
    let mut command = command(&["run", ROLE, "--config", &good, "--config", &bad]);
    let done = Done::of(&command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary).output().unwrap());
    done.check(1, &[], &["::error file=fixtures/cases/permissions/"]);
    let text = fs::read_to_string(&summary).unwrap();
    assert!(text.contains("## setPresence: 2 targets side by side"), "{text}");
    // Each names its target, and together they have no more than a step shows.
    let errors: Vec<&str> = done.stderr.lines().filter(|line| line.starts_with("::error ")).collect();
    assert!(errors.len() <= 10 && errors.iter().all(|line| line.contains(" on http%3A//")), "{errors:?}");
    stop(served);
}
