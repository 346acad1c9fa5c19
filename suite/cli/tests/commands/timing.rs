//! Time as a user meets it: what a run says before it begins, how it is told to end, how it goes on after it was killed.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::serving::Served;
use crate::support::{Done, Folder, command, run};

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// Starts a run and waits until that many lines are in its log.
fn begun(args: &[&str], log: &str, n_lines: usize) -> Child {
    // One of an earlier run has lines enough.
    let _ = fs::remove_file(log);
    let mut child = command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = || fs::read_to_string(log).unwrap_or_default().matches('\n').count();
    while lines() < n_lines && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    child
}

#[test]
fn a_run_that_was_killed_goes_on() {
    let folder = Folder::new();
    let select = ["run", "fade", "permissions", "--mutant", "fades-once", "--report", "json=-"];
    let args =
        |more: &[&'static str]| -> Vec<String> { select.iter().chain(more).map(|&arg| arg.to_owned()).collect() };
    let started = |more: &[&'static str], log: &str| {
        let mut all = args(more);
        all.push(log.to_owned());
        all
    };
    let whole_log = folder.path("whole.log");
    let all = started(&["--log"], &whole_log);
    let whole = run(&all.iter().map(String::as_str).collect::<Vec<_>>());
    whole.check(1, &["fade.second-timeout"], &[]);

    let killed_log = folder.path("killed.log");
    let all = started(&["--log"], &killed_log);
    let mut child = begun(&all.iter().map(String::as_str).collect::<Vec<_>>(), &killed_log, 3);
    signal(&child, "-KILL");
    child.wait().unwrap();

    // The process may be killed at any byte; each of these stands for some.
    let stored = fs::read_to_string(&whole_log).unwrap();
    let first = stored.find('\n').unwrap() + 1;
    let mut logs = vec![killed_log];
    for (name, cut) in [("start", first), ("torn", first + 100), ("middle", stored.len() / 2), ("end", stored.len())] {
        logs.push(folder.file(&format!("{name}.log"), &String::from_utf8_lossy(&stored.as_bytes()[..cut])));
    }
    for log in logs {
        let all = started(&["--resume"], &log);
        let resumed = run(&all.iter().map(String::as_str).collect::<Vec<_>>());
        resumed.check(1, &[], &[]);
        assert_eq!(resumed.stdout, whole.stdout, "{log}");
        let again = run(&["report", "--log", &log, "--report", "json=-"]);
        assert_eq!(again.stdout, whole.stdout, "the log is whole again: {log}");
    }
    for (args, what) in [
        (vec!["run", "fade", "--resume", &whole_log], "selection"),
        (vec!["run", "fade", "permissions", "--profile", "v1.0", "--resume", &whole_log], "profile"),
    ] {
        run(&args).check(2, &[], &[what, "--log"]);
    }
}

#[test]
fn an_interrupted_run_cleans_up_and_reports() {
    let folder = Folder::new();
    let (target, log, report) = (folder.path("target.toml"), folder.path("run.log"), folder.path("r.json"));
    let served = Served::start(&["serve", "--clock", "60", "--users", "40", "--write-target", &target]);
    let to = format!("json={report}");
    let args = ["run", "fade", "permissions", "--config", &target, "--max-wait", "1h", "--log", &log, "--report", &to];
    for name in ["-INT", "-TERM"] {
        let child = begun(&args, &log, 20);
        signal(&child, name);
        let done = Done::of(&child.wait_with_output().unwrap());
        done.check(130, &["exit status 130", "it was interrupted"], &["interrupted: clearing"]);
        let report: Value = serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
        let n_judged = report["cases"].as_array().unwrap().len();
        assert!(n_judged >= 19, "{n_judged}");
        assert_eq!(report["summary"]["inconclusive"], 0, "what was broken off is not spoken of");
    }

    // A target that does not answer any more keeps nobody from leaving.
    let mut child = begun(&args, &log, 20);
    signal(&served.child, "-STOP");
    signal(&child, "-INT");
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("interrupted") {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0);
    }
    signal(&child, "-INT");
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    assert_eq!((child.wait().unwrap().code(), stdout.as_str()), (Some(130), ""));
    signal(&served.child, "-CONT");
    served.stop("-INT").check(0, &[], &[]);
}

#[test]
fn a_run_says_first_what_it_takes() {
    let options = ["run", "fade", "--target", "http://127.0.0.1:9/beta", "--token", "x", "--dry-run"];
    run(&options).check(
        0,
        &["skipped: needs 10 min 30 s; run with --max-wait 11m", "requests on 1 user; it takes 30 s"],
        &[],
    );
    let longer = [&options[..], &["--max-wait", "11m"]].concat();
    run(&longer).check(0, &["it takes ", "\n        11 min  "], &[]);
    run(&["run", "permissions"]).check(0, &[], &["0 left out: about", "the clock is moved by hand"]);
}

#[test]
fn nobody_is_touched_on_another_host_who_was_not_named() {
    let far = ["run", "--target", "http://203.0.113.1/beta", "--token", "x"];
    run(&far).check(2, &[], &["nobody said whose presence may be changed on 203.0.113.1", "--user"]);
    run(&["check", "--target", "http://203.0.113.1/beta", "--token", "x"]).check(2, &[], &["nobody said"]);
    run(&[&far[..], &["--user", "u", "--dry-run"]].concat()).check(0, &[], &[]);
}

/// The wall clock, only faster: the complete fade family over a socket, with every wait really waited.
#[test]
fn the_fade_family_holds_on_a_clock_that_passes() {
    let folder = Folder::new();
    let target = folder.path("target.toml");
    let rows = [
        (None, "2000", "fade"),
        (Some("fades-once"), "2000", "fade/each-stage-holds-to-its-end"),
        (None, "500000", "fade"),
    ];
    for (mutant, clock, pattern) in rows {
        let mut args = vec!["serve", "--clock", clock, "--users", "600", "--write-target", &target];
        args.extend(mutant.iter().flat_map(|name| ["--mutant", name]));
        let served = Served::start(&args);
        let done = run(&["run", pattern, "--config", &target, "--max-wait", "1m", "--report", "json=-"]);
        let report: Value = serde_json::from_str(&done.stdout).unwrap();
        let summary = &report["summary"];
        assert_eq!((&summary["skipped"], &summary["warned"]), (&Value::from(0), &Value::from(0)), "{summary}");
        assert_eq!(summary["failed"].as_u64() > Some(0), mutant.is_some(), "{summary}");
        // On a busy machine, and where it is too fast for any, probes are late; then they say so and never cry wolf.
        assert!(clock != "2000" || summary["passed"].as_u64() > Some(0), "{summary}");
        assert!(report["lateness"]["requests"].as_u64() > Some(0), "{}", report["lateness"]);
        served.stop("-INT").check(0, &[], &[]);
    }
}
