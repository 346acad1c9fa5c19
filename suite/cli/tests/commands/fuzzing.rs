//! `fuzz` and `replay`: what is found is written, loads again, and is told from what is gone.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;

use serde_json::Value;

use crate::serving::Served;
use crate::support::{Done, Folder, run};

fn json(done: &Done) -> Value {
    serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {}", done.stdout))
}

#[test]
fn nothing_is_found_of_the_reference() {
    for profile in ["beta-2021-06", "v1.0"] {
        let done = run(&["fuzz", "--profile", profile, "--requests", "1500", "--report", "json=-"]);
        done.check(0, &[], &[]);
        let report = json(&done);
        assert_eq!(report["format"], 1);
        assert_eq!(report["profile"], profile);
        assert_eq!(report["summary"]["requests"], 1500);
        assert_eq!(report["findings"], Value::Array(Vec::new()));
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let report = |seed| {
        let args = [
            "fuzz",
            "--seed",
            seed,
            "--jobs",
            "4",
            "--requests",
            "800",
            "--mutant",
            "lowest-wins",
            "--report",
            "json=-",
        ];
        run(&args).stdout
    };
    assert_eq!(report("5"), report("5"));
    assert_ne!(report("5"), report("6"));
}

#[test]
fn a_witness_is_reproduced_where_the_fault_is_and_gone_where_it_is_not() {
    let folder = Folder::new();
    let witnesses = folder.path("witnesses");
    let args = ["fuzz", "--requests", "2500", "--mutant", "never-fades", "--witnesses", witnesses.as_str()];
    run(&args).check(1, &["must  wrong-presence", "2 steps", "witness"], &[]);
    let names: Vec<String> = fs::read_dir(&witnesses)
        .expect("the witnesses are there")
        .flatten()
        .map(|entry| entry.path().to_string_lossy().into_owned())
        .collect();
    assert!(!names.is_empty());
    for name in &names {
        run(&["replay", name]).check(0, &[&format!("gone  {name}\n")], &[]);
        run(&["replay", name, "--mutant", "never-fades"]).check(1, &[&format!("reproduced  {name}: ")], &[]);
    }
    let renamed = folder.path("renamed.toml");
    fs::copy(&names[0], &renamed).expect("a copy");
    run(&["replay", &renamed]).check(0, &["gone  "], &[]);
}

/// Any bytes are a sequence of requests to somebody, and any case passes somewhere: only what names a finding is gone, and
/// only what libFuzzer left is taken for that.
#[test]
fn what_names_no_finding_is_not_gone() {
    let folder = Folder::new();
    folder.file("own/Cargo.toml", "[package]\nname = \"my-fuzz\"\n");
    folder.file("ours/Cargo.toml", "[package]\nname = \"setpresence-fuzz\"\n");
    let case = include_str!("../../../../fixtures/cases/fade/available-fades-in-two-stages.toml");
    let rows = [
        ("crash-1", "gone  ", ", as a sequence of requests\n"),
        ("duration/crash-1", "gone  ", ", as a sequence of requests\n"),
        ("artifacts/duration/minimized-from-1", "gone  ", ", as the fuzz target duration reads it\n"),
        ("own/artifacts/duration/crash-1", "gone  ", ", as a sequence of requests\n"),
        ("ours/artifacts/duration/crash-1", "gone  ", ", as the fuzz target duration reads it\n"),
        ("slow-unit-1", "passed  ", ", as a sequence of requests\n"),
        ("corpus/mine/0a1b2c", "passed  ", ", as a sequence of requests\n"),
        ("corpus/request_body/0a1b2c", "passed  ", ", as the fuzz target request_body reads it\n"),
        ("cases/fade/any.toml", "passed  ", "any.toml\n"),
    ];
    for (name, outcome, rest) in rows {
        let path = folder.file(name, if name.ends_with(".toml") { case } else { "PT1H" });
        run(&["replay", &path]).check(0, &[&format!("{outcome}{path}"), rest], &[]);
    }
    for name in ["README.md", "app.token", "artifacts.json", "duration/seed", "crash"] {
        let path = folder.file(name, "PT1H");
        let said = ["holds no case: its name does not end in .toml", "artifacts/TARGET/"];
        run(&["replay", &path]).check(2, &[], &said);
    }
    let path = folder.file("target.toml", "base_url = \"http://h\"\n");
    run(&["replay", &path]).check(2, &[], &["holds no case", "target.toml:1:1", "unknown key `base_url`"]);
}

/// The folder says which fuzz target left a file: each is sent as what that target reads, and what is no request is not
/// taken for one.
#[test]
fn an_artifact_is_what_its_fuzz_target_reads() {
    let folder = Folder::new();
    let body = "\u{4}{\"sessionId\": \"22553876-f5ab-4529-bffb-cfe50aa89f87\", \"availability\": \"Busy\", \"activity\": \"Busy\"}";
    let artifact = folder.file("artifacts/request_body/crash-1", body);
    run(&["replay", &artifact]).check(0, &["gone  ", "crash-1, as the fuzz target request_body reads it"], &[]);
    run(&["replay", &artifact, "--mutant", "any-pair"]).check(1, &["reproduced", "combinations.unsupported"], &[]);
    let case = r#"
title = "The higher one shows"
requirements = ["precedence.highest-wins"]

[[step]]
do = "set-presence"
presence = "Busy/InACall"

[[step]]
do = "set-presence"
as = "app_b"
presence = "Away/Away"

[[step]]
do = "get-presence"
expect.presence = "Busy/InACall"
"#;
    let rows: [(&str, &str, &str, &str); 7] = [
        ("duration", "forever", "unreadable-is-absent", "body.duration-unreadable"),
        ("duration", "P0DT1H", "days-refused", "body.duration-grammar"),
        // In turn: the profile, the method, no tail, the path of setPresence, a token, a content type, the body.
        ("http_request", "\0\0\0\0\0\0{", "bad-json-crashes", "http.no-server-error"),
        ("http_request", "\0\0\0\0\u{3}\0{}", "anonymous-crashes", "http.no-server-error"),
        ("http_request", "\0\0\0\0\0\u{3}{}", "no-content-type-crashes", "http.no-server-error"),
        ("case_file", case, "lowest-wins", "observed Away/Away"),
        // Available, Busy and Away for a while, called for in turn and read after seven seconds.
        ("model", "\0\u{40}\u{1}\u{40}\u{3}\u{40}\0\0\u{5}", "lowest-wins", "observed Away/Away"),
    ];
    for (target, bytes, mutant, told) in rows {
        let artifact = folder.file(&format!("artifacts/{target}/crash-1"), bytes);
        run(&["replay", &artifact]).check(0, &["gone  "], &[]);
        run(&["replay", &artifact, "--mutant", mutant]).check(1, &["reproduced  ", told], &[]);
    }
    for (target, why) in [("report", "nothing in it can be sent"), ("case_file", "crash-2:1:")] {
        let artifact = folder.file(&format!("artifacts/{target}/crash-2"), "no case");
        let again = format!("cargo fuzz run {target}");
        run(&["replay", &artifact]).check(2, &[], &["holds no case", why, &again]);
    }
}

/// What a target cannot do, or a wait that is too long, is told; it is not taken for a fault that is gone.
#[test]
fn what_an_artifact_needs_is_told() {
    let folder = Folder::new();
    let story = folder.file("artifacts/model/crash-1", "\0\u{40}\u{1}\u{40}\u{3}\u{40}\0\u{7}\0");
    run(&["replay", &story, "--target", &breaking(), "--token", "t"]).check(
        3,
        &["inconclusive", "it needs a target with the applications app, app_b and app_c"],
        &[],
    );
    let target = folder.path("target.toml");
    let served = Served::start(&["serve", "--write-target", &target]);
    run(&["replay", &story, "--config", &target]).check(
        3,
        &["inconclusive", "needs PT29M54S on the target's clock"],
        &[],
    );
    served.stop("-INT").check(0, &[], &[]);
}

/// How soon two calls race over a socket is chance: `serving.rs` finds it in many tries, `tests/fuzzing.rs` in one.
#[test]
fn calls_overlap_and_steps_are_sent_together() {
    run(&["fuzz", "--concurrent", "--requests", "1500"]).check(0, &["0 findings"], &[]);
    let folder = Folder::new();
    let case = r#"
title = "Both sessions stand"
requirements = ["precedence.applications-isolated"]

[[step]]
do = "set-presence"
presence = "Busy/InACall"

[[step]]
do = "set-presence"
as = "app_b"
together = true
presence = "Away/Away"

[[step]]
do = "get-presence"
together = true

[[step]]
do = "get-presence"
expect.presence = "Busy/InACall"
"#;
    let witness = folder.file("wrong-presence-precedence-applications-isolated.toml", case);
    run(&["replay", &witness]).check(0, &["gone"], &[]);
    run(&["replay", &witness, "--mutant", "lowest-wins"]).check(1, &["reproduced"], &[]);
}

#[test]
fn a_witness_among_the_fixtures_is_run_with_them() {
    let folder = Folder::new();
    let witnesses = folder.path("witnesses");
    let args = ["fuzz", "--requests", "2500", "--mutant", "never-fades", "--witnesses", witnesses.as_str()];
    run(&args).check(1, &[], &[]);
    folder.file("requirements.toml", include_str!("../../../../fixtures/requirements.toml"));
    let fixtures = folder.path("");
    run(&["run", "--fixtures", &fixtures]).check(0, &["passed"], &[]);
    run(&["run", "--fixtures", &fixtures, "--mutant", "never-fades"]).check(1, &["FAILED  witnesses/"], &[]);
}

/// A target that shows Offline, whatever is asked, and breaks the connection of a request with the header `X-Break`.
fn breaking() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(&stream);
            let lines = reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            let head: String = lines.map(|line| line.to_ascii_lowercase() + "\n").collect();
            if head.contains("\nx-break:") {
                continue;
            }
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            // Who is gone need not be read, nor told.
            let _ = reader.take(length.unwrap_or(0)).read_to_end(&mut Vec::new());
            let body =
                r#"{"id": "fa8bf3dc-eca7-46b7-bad1-db199b62afc3", "availability": "Offline", "activity": "Offline"}"#;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all((head + body).as_bytes());
        }
    });
    format!("http://{address}/beta")
}

#[test]
fn a_replay_without_an_answer_is_inconclusive() {
    let folder = Folder::new();
    let case = r#"
title = "What was set shows"
requirements = ["precedence.highest-wins"]

[[step]]
do = "set-presence"
presence = "Away/Away"
headers = [["Content-Type", "application/json"], ["X-Break", "here"]]

[[step]]
do = "get-presence"
expect.presence = "Away/Away"
"#;
    let witness = folder.file("wrong-presence-precedence-highest-wins.toml", case);
    let target = breaking();
    run(&["replay", &witness, "--target", &target, "--token", "t"]).check(
        3,
        &["inconclusive", "not every request"],
        &[],
    );
}

#[test]
fn what_cannot_be_is_refused_with_what_can() {
    let rows: [(&[&str], &str); 6] = [
        (&["fuzz", "--report", "junit=x.xml"], "give console=PATH or json=PATH"),
        (&["fuzz", "--shard", "3/2"], "such as 2/4"),
        (&["fuzz", "--for", "soon"], "such as 90s"),
        (&["fuzz", "--mutant", "nver-fades"], "did you mean `never-fades`?"),
        (&["replay"], "<FILE>"),
        (&["replay", "no-such-file.toml"], "cannot read"),
    ];
    for (args, text) in rows {
        run(args).check(2, &[], &[text]);
    }
    run(&["fuzz", "--target", "http://127.0.0.1:9/beta", "--requests", "10"]).check(3, &[], &[]);
}
