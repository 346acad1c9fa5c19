//! Logs of parts, made into one run.

use setpresence_core::event::RunEvent;
use setpresence_core::judge::Verdict;
use setpresence_report::{MergeError, Summary, merge};

use crate::runs::{case, end, start};

fn part(shard: Option<&str>, ids: &[&str]) -> Vec<RunEvent> {
    let mut events = vec![start(ids.len())];
    if let RunEvent::RunStarted(start) = &mut events[0] {
        start.shard = shard.map(|shard| shard.parse().unwrap());
    }
    events.extend(ids.iter().map(|id| RunEvent::CaseFinished(Box::new(case(id, Verdict::Passed)))));
    events.push(end());
    events
}

#[test]
fn parts_in_any_order_are_one_run() {
    let (first, second) = (part(Some("1/2"), &["a/1", "a/3"]), part(Some("2/2"), &["a/2"]));
    let merged = merge(vec![second, first]).unwrap();
    let ids: Vec<_> = merged
        .iter()
        .filter_map(|event| match event {
            RunEvent::CaseFinished(case) => Some(case.id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(ids, ["a/1", "a/2", "a/3"]);
    let RunEvent::RunStarted(start) = &merged[0] else { panic!("{merged:?}") };
    assert_eq!((start.cases, start.shard), (3, None));
    assert_eq!(start.target, "http://127.0.0.1:4010/beta", "the same target is named once");
    assert_eq!(Summary::of(&merged).total(), 3);
    assert!(matches!(merged.last(), Some(RunEvent::RunFinished(_))));
}

#[test]
fn a_part_that_was_stopped_leaves_the_whole_without_an_end() {
    let mut stopped = part(None, &["a/2"]);
    stopped.pop();
    let merged = merge(vec![part(None, &["a/1"]), stopped]).unwrap();
    assert!(matches!(merged.last(), Some(RunEvent::CaseFinished(_))));
}

#[test]
fn what_is_no_part_of_the_same_run_is_refused() {
    let other_profile = {
        let mut events = part(None, &["a/2"]);
        if let RunEvent::RunStarted(start) = &mut events[0] {
            start.profile = "v1.0".to_owned();
        }
        events
    };
    let twice = MergeError::Twice { log: 2, first: 1, case: "a/1".to_owned() };
    let rows = [
        (part(None, &["a/1"]), part(None, &["a/1"]), twice.to_string()),
        (part(None, &["a/1"]), other_profile, "log 2 is of a run with another profile: v1.0".to_owned()),
        (part(Some("1/3"), &["a/1"]), part(Some("3/3"), &["a/2"]), "shard 2/3 is missing".to_owned()),
        (part(Some("1/2"), &["a/1"]), part(Some("2/3"), &["a/2"]), "another number of shards".to_owned()),
        (part(Some("1/2"), &["a/1"]), part(None, &["a/2"]), "no shards, log 1 has 2 shards".to_owned()),
    ];
    for (one, other, told) in rows {
        let error = merge(vec![one, other]).unwrap_err().to_string();
        assert!(error.contains(&told), "{error}");
    }
}
