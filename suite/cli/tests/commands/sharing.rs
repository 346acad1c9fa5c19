//! A run that several machines share, and the logs of its parts as one.

use std::fs;

use crate::support::{Folder, run};

const WHOLE: [&str; 5] = ["run", "fade", "--mutant", "never-fades", "--log"];

#[test]
fn parts_together_report_what_the_whole_does() {
    let folder = Folder::new();
    let (whole, merged, log) = (folder.path("whole.json"), folder.path("merged.json"), folder.path("whole.jsonl"));
    run(&[&WHOLE[..], &[&log, "--report", &format!("json={whole}")]].concat()).check(1, &[], &[]);
    let logs: Vec<String> = (1..=3).map(|index| folder.path(&format!("{index}.jsonl"))).collect();
    for (index, log) in (1..).zip(&logs) {
        let shard = format!("{index}/3");
        run(&[&WHOLE[..], &[log, "--shard", &shard]].concat()).check(1, &[&format!("shard    {shard}")], &[]);
    }
    let to_json = format!("json={merged}");
    let report = run(&["report", &logs[2], &logs[0], &logs[1], "--report", &to_json]);
    report.check(1, &[], &[]);
    assert_eq!(fs::read_to_string(merged).unwrap(), fs::read_to_string(whole).unwrap());

    run(&["report", &logs[0], &logs[2]]).check(2, &[], &["shard 2/3 is missing"]);
    run(&["report", &logs[0], &log]).check(2, &[], &["log 2", "another number of shards"]);
    run(&[&WHOLE[..4], &["--shard", "2/3", "--resume", &logs[0]]].concat()).check(
        2,
        &[],
        &["another shard (1/3, now 2/3)"],
    );
}

#[test]
fn a_part_that_there_is_not_is_refused() {
    run(&["run", "--shard", "4/3"]).check(2, &[], &["write I/N, the part and how many there are, such as 2/4"]);
}
