//! `run`, `check` and `report` against the embedded reference, and against targets that are no targets.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use serde_json::Value;

use crate::support::{Done, Folder, command, run, snapshot};

/// Serves the same answer to everyone, on a thread that ends with the process.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/beta", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut request = [0; 16 * 1024];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

fn json(done: &Done) -> Value {
    serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {}", done.stdout))
}

#[test]
fn the_embedded_reference_conforms() {
    for profile in ["beta-2021-06", "v1.0"] {
        let done = run(&["run", "--profile", profile, "--report", "json=-"]);
        done.check(0, &[], &[]);
        let report = json(&done);
        assert_eq!(report["format"], 1);
        assert_eq!(report["profile"], profile);
        for verdict in ["failed", "warned", "inconclusive", "skipped"] {
            assert_eq!(report["summary"][verdict], 0, "{verdict}");
        }
        let head = done.stdout.split("\"cases\"").next().unwrap();
        snapshot(&format!("reference-{profile}-json-head"), head);
    }
}

#[test]
fn without_a_word_the_reference_is_judged() {
    let done = run(&[]);
    done.check(0, &["target   reference (embedded)", "exit status 0"], &[]);
    snapshot("reference-console", &done.stdout);
}

#[test]
fn the_readme_shows_a_real_report() {
    let readme = include_str!("../../../../README.md");
    let sample = readme.split("```\n").find(|block| block.starts_with("FAILED  ")).expect("a sample");
    let done = run(&["run", "fade/available-fades-in-two-stages", "--mutant", "first-timeout-early"]);
    done.check(1, &[sample], &[]);
}

#[test]
fn faulty_servers_are_told_from_good_ones() {
    for (mutant, named, case) in [
        ("expired-token-accepted", "permissions.token-expired", "permissions/unusable-token/expired"),
        ("role-unchecked", "permissions.role-required", "permissions/refusals-start-no-session/no-role"),
        ("fades-once", "fade.second-timeout", "fade/available-fades-in-two-stages"),
    ] {
        let done = run(&["run", "--mutant", mutant]);
        done.check(1, &["FAILED", named, "exit status 1"], &[]);
        snapshot(&format!("mutant-{mutant}-console"), &done.stdout);
        let done = run(&["run", case, "--mutant", mutant, "--report", "json=-"]);
        assert_eq!(json(&done)["format"], 1);
        snapshot(&format!("mutant-{mutant}-json"), &done.stdout);
    }
    run(&["run", "--mutant", "role-unchekced"]).check(2, &[], &["no mutant `role-unchekced`", "role-unchecked"]);
}

#[test]
fn two_runs_give_the_same_bytes() {
    let args = ["run", "fade", "permissions", "--report", "json=-"];
    assert_eq!(run(&args).stdout, run(&args).stdout);
}

#[test]
fn patterns_choose_and_unknown_ones_are_told() {
    let done = run(&["run", "fade/*", "--skip", "fade/a*", "--report", "json=-"]);
    done.check(0, &[], &[]);
    let report = json(&done);
    let ids: Vec<_> = report["cases"].as_array().unwrap().iter().map(|case| case["id"].as_str().unwrap()).collect();
    assert!(!ids.is_empty() && ids.iter().all(|id| id.starts_with("fade/") && !id.starts_with("fade/a")), "{ids:?}");
    run(&["run", "fades"]).check(2, &[], &["fades", "fade"]);
    run(&["run", "--skip", "no/such/case"]).check(2, &[], &["no/such/case"]);
    let dry = run(&["run", "fade", "--dry-run"]);
    dry.check(0, &["fade/"], &[]);
    assert!(!dry.stdout.contains("exit status"), "{}", dry.stdout);
}

#[test]
fn a_should_decides_only_when_strict() {
    run(&["run", "permissions", "--mutant", "no-challenge"]).check(0, &["WARNED", "exit status 0"], &[]);
    run(&["run", "permissions", "--mutant", "no-challenge", "--strict"]).check(
        1,
        &["WARNED", "exit status 1", "--strict"],
        &[],
    );
}

#[test]
fn reports_go_where_they_are_told() {
    let folder = Folder::new();
    let (json_path, console_path, log) = (folder.path("r.json"), folder.path("r.txt"), folder.path("r.log"));
    let (to_json, to_console) = (format!("json={json_path}"), format!("console={console_path}"));
    let done = run(&["run", "fade", "--report", &to_json, "--report", &to_console, "--log", &log]);
    done.check(0, &["exit status 0"], &[]);
    assert_eq!(fs::read_to_string(&console_path).unwrap(), done.stdout);
    let report: Value = serde_json::from_str(&fs::read_to_string(&json_path).unwrap()).unwrap();
    assert_eq!(report["summary"]["failed"], 0);
    assert_eq!(folder.names(), ["r.json", "r.log", "r.txt"]);
    let again = run(&["report", "--log", &log]);
    again.check(0, &[], &[]);
    assert_eq!(again.stdout, done.stdout);
    let again = run(&["report", "--log", &log, "--report", "json=-"]);
    assert_eq!(again.stdout, fs::read_to_string(&json_path).unwrap());

    let stored = fs::read_to_string(&log).unwrap();
    assert!(!stored.contains("eyJ"), "a token is in the log");
    let cut: String = stored.lines().take(3).map(|line| format!("{line}\n")).collect();
    run(&["report", "--log", &folder.file("cut.log", &cut)]).check(3, &["exit status 3"], &[]);
    run(&["report", "--log", &folder.file("bad.log", "{}")]).check(2, &[], &["line 1"]);
    run(&["report", "--log", &folder.path("none.log")]).check(2, &[], &["cannot read"]);
    run(&["report"]).check(2, &[], &["LOG"]);
    run(&["run", "fade", "--report", "json=/no/such/folder/r.json"]).check(2, &[], &["cannot write"]);
    run(&["run", "fade", "--report", &to_json, "--report", &format!("console={json_path}")]).check(
        2,
        &[],
        &["two reports"],
    );
}

#[test]
fn a_workflow_is_told_in_its_own_way() {
    let folder = Folder::new();
    let summary = folder.file("summary.md", "before\n");
    let args = ["run", "permissions/challenge", "--mutant", "no-challenge", "--strict"];
    let told = |args: &[&str]| {
        let mut command = command(args);
        Done::of(&command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary).output().unwrap())
    };
    let plain = run(&args);
    let done = told(&args);
    let place = "::error file=fixtures/cases/permissions/challenge.toml,line=";
    done.check(1, &[], &[place, "permissions.www-authenticate"]);
    assert_eq!(done.stdout, plain.stdout);
    assert!(!plain.stderr.contains("::"), "{}", plain.stderr);
    let text = fs::read_to_string(&summary).unwrap();
    assert!(text.starts_with("before\n## ❌ setPresence"), "{text}");
    let asked = format!("github={}", folder.path("annotations.txt"));
    let done = told(&[&args[..], &["--report", &asked]].concat());
    assert!(!done.stderr.contains("::"), "{}", done.stderr);
    // How it went comes first: whatever is behind the tenth is shown nowhere.
    let annotations = fs::read_to_string(folder.path("annotations.txt")).unwrap();
    assert!(annotations.starts_with("::error title=setPresence on reference"), "{annotations}");
    assert!(annotations.lines().nth(1).is_some_and(|line| line.starts_with(place)), "{annotations}");
}

/// A job that reads only reports sees no good ones of an earlier run, and a workflow sees why it is red.
#[test]
fn a_target_that_is_none_leaves_reports_that_say_so() {
    let folder = Folder::new();
    let (summary, badge) = (folder.file("summary.md", ""), folder.file("badge.json", "{\"color\":\"brightgreen\"}\n"));
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (url, xml) = (format!("http://{unused}/beta"), folder.path("run.xml"));
    let (to_xml, to_badge) = (format!("junit={xml}"), format!("badge={badge}"));
    let mut command = command(&["run", "--target", &url, "--token", "t", "--report", &to_xml, "--report", &to_badge]);
    let done = Done::of(&command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary).output().unwrap());
    done.check(3, &[], &["::error title=setPresence on http%3A//127.0.0.1", "connect"]);
    assert!(done.stdout.is_empty(), "{}", done.stdout);
    let read = |path: &str| fs::read_to_string(path).unwrap();
    assert!(read(&xml).contains("errors=\"1\"") && read(&xml).contains("connect"), "{}", read(&xml));
    assert!(read(&badge).contains("lightgrey") && read(&badge).contains("not judged"), "{}", read(&badge));
    assert!(read(&summary).starts_with("## ❔ setPresence: "), "{}", read(&summary));
}

#[test]
fn a_target_that_is_none_gets_one_sentence() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let closed = format!("http://{unused}/beta");
    let not_found = answering("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let unauthorized = answering("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    for (url, wanted) in [(&closed, "connect"), (&not_found, "404"), (&unauthorized, "401")] {
        let done = run(&["run", "--target", url, "--token", "secret-token"]);
        done.check(3, &[], &[wanted]);
        assert_eq!(done.stderr.trim_end().lines().count(), 1, "{}", done.stderr);
        assert!(!done.stderr.contains("secret-token") && done.stdout.is_empty());
        run(&["check", "--target", url, "--token", "secret-token"]).check(3, &[], &[wanted]);
    }
    run(&["run", "--target", "nonsense"]).check(2, &[], &["nonsense"]);
}

#[test]
fn mistakes_in_files_have_their_places() {
    let folder = Folder::new();
    folder.file(
        "fixtures/requirements.toml",
        "[[requirement]]\nid = \"fade.x\"\nfamily = \"fade\"\nsentence = \"S.\"\nsource = \"S\"\nlevel = \"must\"\n",
    );
    let case =
        "titel = \"x\"\nrequirements = [\"fade.x\"]\n[[step]]\ndo = \"get-presence\"\nexpect.presence = \"Away\"\n";
    folder.file("fixtures/cases/fade/x.toml", case);
    let done = run(&["run", "--fixtures", &folder.path("fixtures")]);
    done.check(2, &[], &["cases/fade/x.toml:1:1", "titel", "title", "x.toml:5:", "Away"]);
    assert!(done.stdout.is_empty());
    run(&["list", "--fixtures", &folder.path("nothing")]).check(2, &[], &["cannot read", "requirements.toml"]);

    let target = folder.file("target.toml", "base_url = \"http://127.0.0.1:1\"\nuser = [\"x\"]\n");
    run(&["run", "--config", &target]).check(2, &[], &["target.toml:2:1", "user", "users"]);
    run(&["run", "--config", &folder.path("none.toml")]).check(2, &[], &["none.toml"]);
}

#[test]
fn an_own_fixture_directory_is_judged() {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");
    let from_directory = run(&["run", "fade", "--fixtures", fixtures, "--report", "json=-"]);
    let embedded = run(&["run", "fade", "--report", "json=-"]);
    assert_eq!(from_directory.stdout, embedded.stdout);
}

#[test]
fn the_environment_names_a_target() {
    let url = answering("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let output = command(&["run"]).env("SETPRESENCE_TARGET", &url).env("SETPRESENCE_TOKEN", "x").output().unwrap();
    Done::of(&output).check(3, &[], &["404"]);
    let output = command(&["run", "fade"]).env("SETPRESENCE_PROFILE", "v1.0").output().unwrap();
    Done::of(&output).check(0, &["v1.0"], &[]);
    let output = command(&["run"]).env("SETPRESENCE_PROFILE", "v3").output().unwrap();
    Done::of(&output).check(2, &[], &["SETPRESENCE_PROFILE", "v3"]);
}
