//! Waivers, baselines, snapshots and comparisons: what a run remembers of those before it.

use std::fs;

use serde_json::Value;

use crate::serving::Served;
use crate::support::{Folder, run};

const CHALLENGE: &str = "permissions/challenge";
const ROLE: &str = "permissions/application-without-the-role";

/// A served mutant, and its target file with these lines at the end.
fn served(folder: &Folder, mutant: &str, lines: &str) -> (Served, String, usize) {
    let target = folder.path("target.toml");
    let served = Served::start(&["serve", "--clock", "manual", "--mutant", mutant, "--write-target", &target]);
    let text = fs::read_to_string(&target).unwrap();
    let line = text.lines().count() + 1;
    fs::write(&target, format!("{text}{lines}")).unwrap();
    (served, target, line)
}

#[test]
fn a_waiver_accepts_until_its_last_day_and_while_there_is_something_to_accept() {
    let role = format!("{ROLE}/**");
    let rows: [(&str, &str, i32, &[&str]); 7] = [
        (
            "role-unchecked",
            &format!("case = \"{role}\"\nreason = \"in spring\"\n"),
            0,
            &["WAIVED", "in spring", "2 waived"],
        ),
        ("role-unchecked", &format!("case = \"{role}\"\nreason = \"r\"\nuntil = \"2999-12-31\"\n"), 0, &["WAIVED"]),
        (
            "role-unchecked",
            &format!("case = \"{role}\"\nreason = \"r\"\nuntil = \"2020-01-31\"\n"),
            1,
            &["FAILED", "STALE", "its last day was 2020-01-31", "delete it from line {line}"],
        ),
        (
            "no-challenge",
            &format!("case = \"{role}\"\nreason = \"r\"\n"),
            1,
            &["STALE", "nothing that it names departs any more", "delete it from line {line}"],
        ),
        ("no-challenge", &format!("case = \"{role}\"\nreason = \"r\"\nflaky = true\n"), 0, &["exit status 0"]),
        ("no-challenge", "case = \"permissions/nothing-like-this\"\nreason = \"r\"\n", 1, &["no case of this profile"]),
        // What was not judged in this run may still depart.
        ("no-challenge", "case = \"fade/**\"\nreason = \"r\"\n", 0, &["exit status 0"]),
    ];
    for (mutant, waiver, status, wanted) in rows {
        let folder = Folder::new();
        let (served, target, line) = served(&folder, mutant, &format!("[[waiver]]\n{waiver}"));
        let wanted: Vec<String> = wanted.iter().map(|text| text.replace("{line}", &line.to_string())).collect();
        let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
        run(&["run", ROLE, CHALLENGE, "--config", &target]).check(status, &wanted, &[]);
        served.stop("-INT").check(0, &[], &[]);
    }
}

/// Its name was mistyped: the run fails for it, and says so before it takes its time.
#[test]
fn a_waiver_that_names_nothing_is_told_before_the_run() {
    let folder = Folder::new();
    let (served, target, line) =
        served(&folder, "no-challenge", "[[waiver]]\ncase = \"permissions/chalenge/none\"\nreason = \"r\"\n");
    let told = run(&["run", CHALLENGE, "--config", &target]);
    told.check(
        1,
        &["STALE", "no case of this profile"],
        &["warning: the waiver at", "did you mean", &format!("line {line}")],
    );
    let told = run(&["run", CHALLENGE, "--config", &target, "--quiet"]);
    told.check(1, &["1 waiver is stale"], &[]);
    assert_eq!(told.stderr, "");
    served.stop("-INT").check(0, &[], &[]);
}

/// Whatever was judged before the run broke off counts for its waivers.
#[test]
fn a_resumed_run_remembers_what_was_accepted() {
    let waiver = format!("[[waiver]]\ncase = \"{ROLE}/**\"\nreason = \"in spring\"\n");
    for (mutant, status, wanted) in [("role-unchecked", 0, "2 waived"), ("no-challenge", 1, "STALE")] {
        let folder = Folder::new();
        let (served, target, _) = served(&folder, mutant, &waiver);
        let log = folder.path("run.log");
        let whole = run(&["run", ROLE, CHALLENGE, "--config", &target, "--log", &log]);
        whole.check(status, &[wanted], &[]);
        let stored = fs::read_to_string(&log).unwrap();
        let lines: Vec<&str> = stored.split_inclusive('\n').collect();
        for n_kept in 1..lines.len() {
            let cut = folder.file("cut.log", &lines[..n_kept].concat());
            let resumed = run(&["run", ROLE, CHALLENGE, "--config", &target, "--resume", &cut]);
            resumed.check(status, &[], &[]);
            assert_eq!(resumed.stdout, whole.stdout, "{mutant}, after {n_kept} lines");
        }
        served.stop("-INT").check(0, &[], &[]);
    }
}

#[test]
fn a_baseline_lets_known_departures_pass_and_no_other() {
    let folder = Folder::new();
    let (report, json) = (folder.path("before.json"), format!("json={}", folder.path("before.json")));
    let role = ["run", ROLE, CHALLENGE, "--mutant", "role-unchecked"];
    run(&[&role[..], &["--report", &json]].concat()).check(1, &[], &[]);
    let again = [&role[..], &["--baseline", &report]].concat();
    run(&again).check(0, &["WAIVED", "as in the baseline", "before.json:"], &[]);
    let more = [&again[..], &["--mutant", "expired-token-accepted"]].concat();
    run(&more).check(0, &["WARNED"], &[]);
    run(&[&more[..], &["--strict"]].concat()).check(1, &["WARNED"], &[]);
    run(&["run", ROLE, "--baseline", &report]).check(1, &["STALE", "departs no more", "anew"], &[]);
    run(&["run", ROLE, "--baseline", &folder.file("x.json", "[]")]).check(2, &[], &["x.json", "no JSON report"]);
}

#[test]
fn a_snapshot_is_written_once_and_kept() {
    let folder = Folder::new();
    let path = folder.path("behaviour.txt");
    let good = ["run", ROLE, "body/duration-as-a-clock-time", "--snapshot", &path];
    run(&good).check(0, &[], &["wrote the snapshot"]);
    let first = fs::read_to_string(&path).unwrap();
    assert!(first.contains(&format!("\n{ROLE}/no-role\n  passed\n")), "{first}");
    let same = run(&good);
    same.check(0, &[], &[]);
    assert!(!same.stderr.contains("snapshot"), "{}", same.stderr);
    let faulty = [&good[..], &["--mutant", "role-unchecked"]].concat();
    run(&faulty).check(
        1,
        &["SNAPSHOT", "changed ", "- passed", "+ failed", "accepted-invalid"],
        &["in 2 cases; --update"],
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), first);
    // A part of the cases is held against its part of the snapshot; --update leaves the rest alone.
    let less = [&good[..2], &good[3..]].concat();
    run(&less).check(0, &[], &[]);
    run(&[&less[..], &["--update"]].concat()).check(0, &[], &["wrote the snapshot"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), first);
    // What was asked for and is not there any more is gone, and every report of the run says so.
    fs::write(&path, format!("{first}\n{ROLE}/zz-of-old\n  passed\n")).unwrap();
    let (log, json) = (folder.path("run.log"), format!("json={}", folder.path("run.json")));
    let told = "exit status 1: the target does something else than the snapshot says\n";
    let more = [&less[..], &["--log", &log, "--report", &json]].concat();
    run(&more).check(1, &["gone ", "zz-of-old", told], &["in 1 case; --update"]);
    run(&["report", &log]).check(1, &["gone ", told], &[]);
    let value: Value = serde_json::from_str(&fs::read_to_string(folder.path("run.json")).unwrap()).unwrap();
    assert_eq!(value["unlike_snapshot"]["changes"][0]["change"], "gone");
    fs::write(&path, &first).unwrap();
    // Another profile's snapshot says nothing of this run; that is known before anything is judged.
    let other = [&less[..], &["--profile", "v1.0"]].concat();
    run(&other).check(2, &[], &["is of the profile beta-2021-06, this run of v1.0"]);
    run(&["run", ROLE, "--snapshot", &folder.file("x.txt", "else\n")]).check(2, &[], &["x.txt", "is no snapshot"]);
    run(&[&faulty[..], &["--update"]].concat()).check(1, &[], &["wrote the snapshot", "+ failed"]);
    run(&[&good[..], &["--update"]].concat()).check(0, &[], &["- failed"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), first);
    run(&["run", ROLE, "--update"]).check(2, &[], &["--snapshot"]);
}

#[test]
fn two_reports_are_compared() {
    let folder = Folder::new();
    let (good, bad) = (folder.path("good.json"), folder.path("bad.json"));
    run(&["run", ROLE, "--report", &format!("json={good}")]).check(0, &[], &[]);
    let args = ["run", ROLE, CHALLENGE, "--mutant", "role-unchecked", "--report", &format!("json={bad}")];
    run(&args).check(1, &[], &[]);
    run(&["compare", &good, &good]).check(0, &["0 changes; "], &[]);
    run(&["compare", &good, &bad]).check(1, &["broke ", "passed → failed", "appeared ", CHALLENGE], &[]);
    // What was judged and is not any more is no improvement, whatever else was mended.
    let wanted =
        ["fixed ", "failed → passed", "no longer judged ", "→ absent", "\nbefore  reference", "\nafter   reference"];
    let wanted = wanted.map(|text| text.trim_start_matches('\n'));
    run(&["compare", &bad, &good]).check(1, &wanted, &[]);
    run(&["compare", &bad, &good, "--format", "markdown"]).check(1, &["| fixed | `", "| no longer judged | `"], &[]);
    let fixed = folder.path("fixed.json");
    run(&["run", ROLE, CHALLENGE, "--report", &format!("json={fixed}")]).check(0, &[], &[]);
    run(&["compare", &bad, &fixed]).check(0, &["fixed; ", "failed → passed"], &[]);
    let json = run(&["compare", &good, &bad, "--format", "json"]);
    json.check(1, &[], &[]);
    let value: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(value["changes"][0]["change"], "broke");
    run(&["compare", &good, &folder.path("none.json")]).check(2, &[], &["none.json"]);
    run(&["compare", &folder.file("x.json", "{}"), &good]).check(2, &[], &["x.json", "no JSON report"]);
}

#[test]
fn two_targets_are_compared() {
    let folder = Folder::new();
    let (good, left, _) = served(&folder, "no-challenge", "");
    let (left_text, right) = (fs::read_to_string(&left).unwrap(), folder.path("right.toml"));
    let args = ["serve", "--clock", "manual", "--mutant", "role-unchecked", "--write-target", &right];
    let bad = Served::start(&args);
    let left = folder.file("left.toml", &left_text);
    let wanted =
        ["right departs  permissions/application-without-the-role/no-role", "answers 403", "answers 200", "alike"];
    let cases = ["--requests", "0"];
    let diff = |left: &str, right: &str| run(&[&["diff", left, right, ROLE][..], &cases].concat());
    diff(&left, &right).check(1, &wanted, &[]);
    diff(&right, &left).check(1, &["left departs"], &[]);
    diff(&left, &left).check(0, &["0 differences", "no random sequences"], &[]);
    run(&["diff", &left, &folder.path("none.toml")]).check(2, &[], &["none.toml"]);
    good.stop("-INT").check(0, &[], &[]);
    bad.stop("-INT").check(0, &[], &[]);
}
