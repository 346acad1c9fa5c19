//! What other tools read has the structure that they need: the reports of the gallery, which are those that the command
//! writes, byte for byte.
//!
//! The schemas in `tests/structure` are ours: they ask for what readers need, not for all that a format permits.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::junit;

/// The targets of the gallery: a good one, and two with faults.
const TARGETS: [&str; 3] = ["reference", "fades-once", "faulty"];
const SARIF: &str = include_str!("../structure/sarif.schema.json");
const CTRF: &str = include_str!("../structure/ctrf.schema.json");
const HAR: &str = include_str!("../structure/har.schema.json");
const BADGE: &str = include_str!("../structure/badge.schema.json");

fn written(target: &str, format: &str, ending: &str) -> String {
    let gallery = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reports/gallery");
    std::fs::read_to_string(gallery.join(format!("{target}-{format}.snap.{ending}"))).unwrap()
}

fn document(target: &str, format: &str) -> Value {
    serde_json::from_str(&written(target, format, "json")).unwrap()
}

/// What is wrong with a document by a schema.
fn problems(schema: &str, document: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn items<'v>(document: &'v Value, pointer: &str) -> &'v [Value] {
    document.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("{pointer} is no array"))
}

fn texts<'v>(items: &'v [Value], member: &str) -> Vec<&'v str> {
    items.iter().map(|item| item[member].as_str().unwrap()).collect()
}

#[test]
fn what_is_written_keeps_to_the_schemas() {
    for (format, schema) in [("sarif", SARIF), ("ctrf", CTRF), ("har", HAR), ("badge", BADGE)] {
        for target in TARGETS {
            assert_eq!(problems(schema, &document(target, format)), Vec::<String>::new(), "{target} {format}");
        }
    }
}

#[test]
fn the_schemas_tell_what_readers_would_refuse() {
    // The format, its schema, what is changed, and to what; null takes it away.
    let rows = [
        ("sarif", SARIF, "/version", json!("2.0.0")),
        ("sarif", SARIF, "/runs/0/results/0/message/text", json!("")),
        ("sarif", SARIF, "/runs/0/results/0/level", json!("must")),
        ("sarif", SARIF, "/runs/0/results/0/locations", json!([])),
        (
            "sarif",
            SARIF,
            "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri",
            json!("/abs/case file.toml"),
        ),
        ("sarif", SARIF, "/runs/0/results/0/locations/0/physicalLocation/region/startLine", json!(0)),
        ("sarif", SARIF, "/runs/0/tool/driver/rules/0/help", json!("text")),
        ("ctrf", CTRF, "/results/summary/other", Value::Null),
        ("ctrf", CTRF, "/results/tests/0/status", json!("observed")),
        ("ctrf", CTRF, "/results/tests/0/duration", json!(0.5)),
        ("ctrf", CTRF, "/specVersion", json!("1")),
        ("har", HAR, "/log/version", json!("1.1")),
        ("har", HAR, "/log/entries/0/request/url", json!("$SETPRESENCE_TARGET/users")),
        ("har", HAR, "/log/entries/0/startedDateTime", json!("yesterday")),
        ("har", HAR, "/log/entries/0/timings/wait", json!(-1)),
        ("har", HAR, "/log/entries/0/response/content", Value::Null),
        ("badge", BADGE, "/message", json!("")),
        ("badge", BADGE, "/schemaVersion", json!("1")),
    ];
    for (format, schema, pointer, change) in rows {
        let mut changed = document("faulty", format);
        *changed.pointer_mut(pointer).unwrap_or_else(|| panic!("{format} has no {pointer}")) = change;
        assert!(!problems(schema, &changed).is_empty(), "{format} {pointer}");
    }
}

#[test]
fn what_refers_to_something_finds_it() {
    for target in TARGETS {
        let sarif = document(target, "sarif");
        let rules = texts(items(&sarif, "/runs/0/tool/driver/rules"), "id");
        for result in items(&sarif, "/runs/0/results") {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(Some(rules[index]), result["ruleId"].as_str(), "{result}");
            let uri = result.pointer("/locations/0/physicalLocation/artifactLocation/uri").and_then(Value::as_str);
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(uri.unwrap());
            assert!(file.is_file(), "an alert points at {}, which is not there", file.display());
        }
        let fingerprints: Vec<_> =
            items(&sarif, "/runs/0/results").iter().map(|result| result["partialFingerprints"].to_string()).collect();
        assert_eq!(fingerprints.iter().collect::<BTreeSet<_>>().len(), fingerprints.len(), "{target}: told apart");

        let har = document(target, "har");
        let pages: BTreeSet<_> = texts(items(&har, "/log/pages"), "id").into_iter().collect();
        assert_eq!(pages.len(), items(&har, "/log/pages").len(), "{target}: two pages have one id");
        let named: BTreeSet<_> = texts(items(&har, "/log/entries"), "pageref").into_iter().collect();
        assert_eq!(pages, named, "{target}: a page for each entry, and none without");
    }
}

#[test]
fn counts_are_those_of_what_is_counted() {
    for target in TARGETS {
        let ctrf = document(target, "ctrf");
        let statuses = texts(items(&ctrf, "/results/tests"), "status");
        let summary = &ctrf["results"]["summary"];
        assert_eq!(summary["tests"], statuses.len());
        for status in ["passed", "failed", "skipped", "pending", "other"] {
            let n = statuses.iter().filter(|known| **known == status).count();
            assert_eq!(summary[status], n, "{target} {status}");
        }
        assert!(summary["stop"].as_u64() >= summary["start"].as_u64());

        let xml = written(target, "junit", "xml");
        junit::check(&xml);
        for (element, attribute) in [("<testcase ", "tests"), ("<failure", "failures"), ("<skipped", "skipped")] {
            let told: usize = numbers(&xml, "<testsuite ", attribute).iter().sum();
            assert_eq!(told, xml.matches(element).count(), "{target} {attribute}");
        }
        let n_failed = statuses.iter().filter(|status| **status == "failed").count();
        assert_eq!(numbers(&xml, "<testsuites ", "failures"), [n_failed], "{target}: both say how many failed");
    }
}

/// The numbers that an attribute has on each such element.
fn numbers(xml: &str, element: &str, attribute: &str) -> Vec<usize> {
    let opening = xml.match_indices(element).map(|(at, _)| xml[at..].split('>').next().unwrap());
    let value = |tag: &str| tag.split_once(&format!(" {attribute}=\""))?.1.split('"').next()?.parse().ok();
    opening.filter_map(value).collect()
}

/// Why a text is no TAP 14.
fn not_tap(text: &str) -> Option<String> {
    let mut lines = text.lines();
    if lines.next() != Some("TAP version 14") {
        return Some("no version".to_owned());
    }
    let Some(plan) = lines.next().and_then(|line| line.strip_prefix("1..")?.parse::<usize>().ok()) else {
        return Some("no plan".to_owned());
    };
    let (mut n_tests, mut is_in_block) = (0, false);
    for line in lines {
        match line {
            "  ---" if !is_in_block && n_tests > 0 => is_in_block = true,
            "  ..." if is_in_block => is_in_block = false,
            _ if is_in_block && line.starts_with("  ") => {}
            _ if is_in_block => return Some(format!("in a block: {line}")),
            _ if line.starts_with('#') => {}
            _ => {
                let point = line.strip_prefix("not ok ").or_else(|| line.strip_prefix("ok "));
                let number = point.and_then(|point| point.split_once(" - ")?.0.parse::<usize>().ok());
                if number != Some(n_tests + 1) {
                    return Some(format!("no test point {}: {line}", n_tests + 1));
                }
                n_tests += 1;
            }
        }
    }
    if is_in_block {
        return Some("a block has no end".to_owned());
    }
    (n_tests != plan).then(|| format!("{n_tests} of {plan} test points"))
}

#[test]
fn test_points_are_as_planned() {
    for target in TARGETS {
        let tap = written(target, "tap", "txt");
        assert_eq!(not_tap(&tap), None, "{target}");
        let n_failed = tap.lines().filter(|line| line.starts_with("not ok ") && !line.contains("# TODO")).count();
        assert_eq!(document(target, "ctrf")["results"]["summary"]["failed"], n_failed, "{target}");
    }
    let tap = written("faulty", "tap", "txt");
    let broken = [
        tap.replacen("14", "13", 1),
        tap.replacen("1..", "2..", 1),
        tap.replacen("ok 2 ", "ok 3 ", 1),
        tap.replacen("  ...\n", "", 1),
        format!("{tap}ok 99 - one too many\n"),
        format!("{tap}anything else\n"),
    ];
    for text in broken {
        assert_ne!(not_tap(&text), None, "{}", &text[..40]);
    }
}
