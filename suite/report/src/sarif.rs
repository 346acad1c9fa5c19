//! SARIF 2.1.0, for code-scanning alerts: a rule for each requirement, a result for each departure, at its case file.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use setpresence_core::event::{CaseRecord, RunEvent};
use setpresence_core::judge::Divergence;
use setpresence_core::spec::Level;
use setpresence_core::spec::source::{Named, named};

use crate::beside::{self, Beside, Kind};
use crate::run::Run;
use crate::summary::{Strictness, Summary};
use crate::text::{clean, pretty};
use crate::told::{departure, explanation, likely, path};

/// The results of a run. Only what fails it is a result: there is no alert for what passed or was not judged.
pub(crate) fn report(events: &[RunEvent], strictness: Strictness) -> Result<String, serde_json::Error> {
    let run = Run::of(events);
    let mut beside = beside::all(&run, &Summary::of(events), strictness);
    // Why a run ended early is told of the invocation: no file is to be mended.
    beside.retain(|one| one.kind != Kind::Run);
    let departing = || run.cases.iter().flat_map(|case| case.divergences.iter().map(move |found| (*case, found)));
    let mut rules: BTreeMap<&str, usize> = departing().map(|(_, found)| (found.requirement.as_str(), 0)).collect();
    for (index, place) in rules.values_mut().enumerate() {
        *place = index;
    }
    let mut shown: Vec<Value> = rules.keys().map(|id| rule(id, &run)).collect();
    let mut results: Vec<Value> = departing().map(|(case, found)| result(case, found, &rules, &run)).collect();
    let mut known = None;
    for one in &beside {
        if known != Some(one.kind) {
            known = Some(one.kind);
            shown.push(described(one.kind.name(), one.kind.name(), one.kind.rule(), one.kind.rule()));
        }
        results.push(result_beside(one, shown.len() - 1));
    }
    let causes: Vec<String> =
        run.likely_causes().iter().map(|cause| clean(&explanation(cause, &run)).into_owned()).collect();
    let mut invocation = json!({ "executionSuccessful": run.ended_early().is_none() });
    if let Some(reason) = run.ended_early() {
        invocation["exitCodeDescription"] = json!(clean(reason));
    }
    pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "setpresence", "semanticVersion": run.suite(), "rules": shown } },
            "invocations": [invocation],
            "properties": {
                "target": run.start.map(|start| clean(&start.target)),
                "profile": run.start.map(|start| clean(&start.profile)),
                "likelyCauses": causes,
            },
            "results": results,
        }],
    }))
}

fn rule(id: &str, run: &Run<'_>) -> Value {
    let (sentence, source) =
        run.requirement(id).map_or((id, ""), |known| (known.sentence.as_str(), known.source.as_str()));
    let documents = named(source);
    let told: Vec<String> = documents.iter().map(ToString::to_string).collect();
    let mut rule = described(id, &name(id), sentence, &format!("{sentence} Source: {}.", told.join("; ")));
    // Where the sentence can be read, as the first of its documents that is a page.
    let page = documents.iter().find_map(|one| match one {
        Named::Document(document, _) => document.url,
        Named::Other(_) => None,
    });
    if let Some(page) = page {
        rule["helpUri"] = json!(page);
    }
    rule
}

fn described(id: &str, name: &str, sentence: &str, help: &str) -> Value {
    json!({
        "id": clean(id),
        "name": clean(name),
        "shortDescription": { "text": clean(sentence) },
        "help": { "text": clean(help) },
    })
}

/// A requirement's id as SARIF wants the name of a rule, one word: `FadeFirstTimeout`.
fn name(id: &str) -> String {
    let upper = |part: &str| {
        let mut chars = part.chars();
        chars.next().map(|first| first.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
    };
    id.split(['.', '-']).map(upper).collect()
}

/// A result for what fails the run beside its cases, where it is written.
fn result_beside(one: &Beside, rule: usize) -> Value {
    let (file, line) = one.place.clone().unwrap_or_default();
    let scheme = if file.starts_with('/') { "file://" } else { "" };
    json!({
        "ruleId": one.kind.name(),
        "ruleIndex": rule,
        "level": "error",
        "message": { "text": one.details },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": format!("{scheme}{}", uri(&file)) },
                "region": { "startLine": line },
            },
        }],
        "partialFingerprints": { "setpresence/v1": one.id },
    })
}

fn result(case: &CaseRecord, found: &Divergence, rules: &BTreeMap<&str, usize>, run: &Run<'_>) -> Value {
    let level = match found.level {
        Level::Must => "error",
        Level::Should => "warning",
        Level::May => "note",
    };
    let cause = run.cause_of(&case.id).map(|cause| format!("; {}", likely(cause, run))).unwrap_or_default();
    let (id, title, step, what) = (&case.id, &case.title, found.step, departure(found));
    let mut result = json!({
        "ruleId": clean(&found.requirement),
        "ruleIndex": rules.get(found.requirement.as_str()),
        "level": level,
        "message": { "text": clean(&format!("{id}: {title} (step {step}): {what}{cause}")) },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&path(case)) },
                "region": { "startLine": case.line.max(1) },
            },
            "logicalLocations": [{ "fullyQualifiedName": clean(&case.id) }],
        }],
        "partialFingerprints": {
            "setpresence/v1": format!("{}:{}:{}:{}", clean(&case.id), found.requirement, found.class.name(), found.step),
        },
    });
    if let Some(waived) = &case.waived {
        result["suppressions"] = json!([{ "kind": "external", "justification": clean(&waived.reason) }]);
    }
    result
}

/// A path as a relative URI: what a URI cannot have is percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
