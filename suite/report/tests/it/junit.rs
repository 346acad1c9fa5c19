//! The JUnit report keeps to what the schema of Jenkins' reader permits, which GitLab's reader takes as well.

use setpresence_core::event::RunEvent;
use setpresence_report::console::Options;
use setpresence_report::{Format, Strictness, render};

use crate::runs::mixed;

/// An element: its name, the attributes that it must have, those that it may have, and its children in their order.
type Rule = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const RULES: [Rule; 9] = [
    ("testsuites", &[], &["name", "time", "tests", "failures", "disabled", "errors"], &["testsuite"]),
    (
        "testsuite",
        &["name", "tests"],
        &["failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id", "package"],
        &["properties", "testcase", "system-out", "system-err"],
    ),
    ("properties", &[], &[], &["property"]),
    ("property", &["name", "value"], &[], &[]),
    (
        "testcase",
        &["name"],
        &["assertions", "time", "classname", "status"],
        &["skipped", "error", "failure", "system-out", "system-err"],
    ),
    ("skipped", &[], &["message"], &[]),
    ("error", &[], &["type", "message"], &[]),
    ("failure", &[], &["type", "message"], &[]),
    ("system-out", &[], &[], &[]),
];

/// The tags of a document: an opening one with its attributes, or the end of one.
enum Tag<'x> {
    Open { name: &'x str, attributes: Vec<&'x str>, is_empty: bool },
    Close,
}

fn tags(xml: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = xml;
    while let Some(at) = rest.find('<') {
        let end = rest[at..].find('>').map(|end| at + end).unwrap_or_else(|| panic!("a tag has no end: {rest}"));
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if tag.starts_with('?') {
            continue;
        }
        if tag.starts_with('/') {
            tags.push(Tag::Close);
            continue;
        }
        let is_empty = tag.ends_with('/');
        let tag = tag.trim_end_matches('/');
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        // Between the quotes of the values are the names.
        let names = attributes.split('"').step_by(2).map(|name| name.trim().trim_end_matches('='));
        tags.push(Tag::Open { name, attributes: names.filter(|name| !name.is_empty()).collect(), is_empty });
    }
    tags
}

pub(crate) fn check(xml: &str) {
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "), "{xml}");
    // The element that is open, and how far its children have come in their order.
    let mut open: Vec<(&str, usize)> = Vec::new();
    for tag in tags(xml) {
        let Tag::Open { name, attributes, is_empty } = tag else {
            assert!(open.pop().is_some(), "more ends than beginnings");
            continue;
        };
        let Some((_, needed, permitted, _)) = RULES.iter().find(|(known, ..)| *known == name) else {
            panic!("there is no element `{name}`")
        };
        for attribute in &attributes {
            assert!(needed.contains(attribute) || permitted.contains(attribute), "`{name}` has no `{attribute}`");
        }
        assert!(needed.iter().all(|needed| attributes.contains(needed)), "`{name}` lacks one of {needed:?}");
        if let Some((parent, place)) = open.last_mut() {
            let order = RULES.iter().find(|(known, ..)| known == parent).map(|(.., children)| *children).unwrap();
            let at = order.iter().position(|child| *child == name);
            let at = at.unwrap_or_else(|| panic!("`{parent}` has no child `{name}`"));
            assert!(at >= *place, "`{name}` comes too late in `{parent}`");
            *place = at;
        }
        if !is_empty {
            open.push((name, 0));
        }
    }
    assert!(open.is_empty(), "not all elements end");
}

fn made(events: &[RunEvent], strictness: Strictness) -> String {
    render(Format::Junit, events, &Options { strictness, ..Options::default() }).unwrap()
}

#[test]
fn the_readers_know_every_element() {
    let mut events = mixed();
    check(&made(&events, Strictness::Must));
    if let Some(RunEvent::RunStarted(start)) = events.first_mut() {
        start.started_unix_ms = Some(1_790_000_000_000);
    }
    let timed = made(&events, Strictness::Must);
    check(&timed);
    assert!(timed.contains("timestamp=\"2026-09-21T14:13:20.000+00:00\""), "{timed}");
}

#[test]
fn counts_follow_the_verdicts() {
    let lenient = made(&mixed(), Strictness::Must);
    assert!(
        lenient.contains("<testsuites name=\"setpresence\" tests=\"15\" failures=\"8\" errors=\"0\">"),
        "{lenient}"
    );
    assert_eq!(lenient.matches("<skipped").count(), 4, "three skipped and one inconclusive: {lenient}");
    let strict = made(&mixed(), Strictness::Should);
    assert!(strict.contains("<testsuites name=\"setpresence\" tests=\"15\" failures=\"9\" errors=\"0\">"), "{strict}");
}
