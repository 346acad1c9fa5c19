//! A run that is killed at any moment: what is on disk can be read, and the run goes on as if nothing had been.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use setpresence_core::event::RunEvent;
use setpresence_report::log;

use crate::serving::Served;
use crate::support::{Done, Folder, command, run};

/// How often a run is killed where [`KILLS`] does not say: enough to see that it works.
const N_KILLS: u32 = 6;
/// The variable that asks for more of them: `SETPRESENCE_KILLS=200 cargo test -p setpresence --test commands killing`.
const KILLS: &str = "SETPRESENCE_KILLS";
/// The share of kills that come when a run ought to be over, while its reports are written: one in so many.
const LATE: u32 = 8;

const CASES: [&str; 3] = ["run", "permissions", "fade"];

/// The verdict of each case by a JSON report.
fn verdicts(report: &str) -> BTreeMap<String, String> {
    let report: Value = serde_json::from_str(report).unwrap();
    let text = |case: &Value, name: &str| case[name].as_str().unwrap().to_owned();
    report["cases"].as_array().unwrap().iter().map(|case| (text(case, "id"), text(case, "verdict"))).collect()
}

/// Starts a run and kills it when that much time has passed; says what its log had in it then.
fn kill(args: &[&str], log: &str, after: Duration) -> Vec<u8> {
    let mut child = command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    while started.elapsed() < after && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    // One that is over cannot be killed any more, and needs it not.
    let _ = child.kill();
    child.wait().unwrap();
    fs::read(log).unwrap_or_default()
}

/// The moment of a kill, as a share of how long a whole run takes; the same numbers for every test.
fn moment(number: u32, whole: Duration) -> Duration {
    let share = number.wrapping_mul(2_654_435_769) >> 22;
    let thousandths = if number.is_multiple_of(LATE) { 900 + share % 200 } else { share };
    whole * thousandths / 1000
}

/// Kills runs of these cases, with what is given besides, and resumes each.
fn check(more: &[&str], status: i32, compare: fn(&str, &str)) {
    let folder = Folder::new();
    let [log, report, junit] = ["run.log", "r.json", "junit.xml"].map(|name| folder.path(name));
    let reports = [format!("json={report}"), format!("junit={junit}")];
    let args = |log_option: &'static str| -> Vec<String> {
        let options = ["--report", &reports[0], "--report", &reports[1], log_option, &log];
        CASES.iter().chain(more).chain(&options).map(|&arg| arg.to_owned()).collect()
    };
    let started = Instant::now();
    let done = |args: &[String]| run(&args.iter().map(String::as_str).collect::<Vec<_>>());
    done(&args("--log")).check(status, &[], &[]);
    let took = started.elapsed();
    let whole = fs::read_to_string(&report).unwrap();
    let n_cases = verdicts(&whole).len();
    let n_kills = std::env::var(KILLS).ok().and_then(|n| n.parse().ok()).unwrap_or(N_KILLS);
    let mut n_cut = 0;
    for number in 0..n_kills {
        for path in [&log, &report, &junit] {
            let _ = fs::remove_file(path);
        }
        let begin = args("--log");
        let begin: Vec<&str> = begin.iter().map(String::as_str).collect();
        let stored = kill(&begin, &log, moment(number, took));
        let read = log::read_bytes(&stored);
        let is_none = matches!(read, Err(log::LogError::NotBegun));
        let judged = read.unwrap_or_else(|error| if is_none { Vec::new() } else { panic!("{number}: {error}") });
        n_cut += u32::from(!judged.iter().any(|event| matches!(event, RunEvent::RunFinished(_))));
        // A report is whole or is not there.
        let _ = fs::read_to_string(&report).map(|report| verdicts(&report));
        if !fs::exists(&log).unwrap() {
            // It was killed before it did anything, and there is nothing to go on with.
            continue;
        }
        done(&args("--resume")).check(status, &[], &[]);
        compare(&fs::read_to_string(&report).unwrap(), &whole);
        let mut ids: Vec<String> = log::read_bytes(&fs::read(&log).unwrap())
            .unwrap()
            .into_iter()
            .filter_map(|event| match event {
                RunEvent::CaseFinished(record) => Some(record.id),
                RunEvent::RunStarted(_) | RunEvent::RunFinished(_) => None,
            })
            .collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), n_cases, "{number}: a case is lost");
        let stored_now = fs::read_to_string(&log).unwrap();
        assert_eq!(stored_now.lines().count(), n_cases + 2, "{number}: a case was judged twice");
        assert!(stored_now.as_bytes().starts_with(whole_lines(&stored)), "{number}: what was stored is not kept");
    }
    assert!(n_cut > 0, "no kill came in time");
    // What a killed process had begun to write stays beside its place, and nowhere else.
    let is_known = |name: &String| ["run.log", "r.json", "junit.xml"].iter().any(|known| name.starts_with(known));
    assert!(folder.names().iter().all(is_known), "{:?}", folder.names());
}

/// The stored lines that were written to their end, but for the last event of a run that was over.
fn whole_lines(stored: &[u8]) -> &[u8] {
    let end = stored.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let whole = &stored[..end];
    let last = whole[..end.saturating_sub(1)].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    if whole[last..].starts_with(b"{\"event\":\"run-finished\"") { &whole[..last] } else { whole }
}

#[test]
fn a_run_may_be_killed_at_any_moment() {
    check(&["--mutant", "fades-once"], 1, |resumed, whole| assert_eq!(resumed, whole));
}

#[test]
fn a_run_on_a_target_may_be_killed_at_any_moment() {
    let folder = Folder::new();
    let target = folder.path("target.toml");
    let served = Served::start(&["serve", "--clock", "manual", "--mutant", "fades-once", "--write-target", &target]);
    // What was killed left sessions and a clock that had been moved, so instants differ and verdicts must not.
    check(&["--config", &target], 1, |resumed, whole| assert_eq!(verdicts(resumed), verdicts(whole)));
    let stopped: Done = served.stop("-INT");
    stopped.check(0, &[], &[]);
}
