//! SARIF 2.1.0, for code-scanning alerts: a rule for each requirement, a result for each departure, at its case file.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use setpresence_core::event::{CaseRecord, RunEvent};
use setpresence_core::judge::Divergence;
use setpresence_core::spec::Level;

use crate::run::Run;
use crate::text::{clean, pretty};
use crate::told::{departure, path};

/// The results of a run. Only departures are results: there is no alert for what passed or was not judged.
pub(crate) fn report(events: &[RunEvent]) -> Result<String, serde_json::Error> {
    let run = Run::of(events);
    let departing = || run.cases.iter().flat_map(|case| case.divergences.iter().map(move |found| (*case, found)));
    let mut rules: BTreeMap<&str, usize> = departing().map(|(_, found)| (found.requirement.as_str(), 0)).collect();
    for (index, place) in rules.values_mut().enumerate() {
        *place = index;
    }
    let shown: Vec<Value> = rules.keys().map(|id| rule(id, &run)).collect();
    let results: Vec<Value> = departing().map(|(case, found)| result(case, found, &rules)).collect();
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
            },
            "results": results,
        }],
    }))
}

fn rule(id: &str, run: &Run<'_>) -> Value {
    let (sentence, source) =
        run.requirement(id).map_or((id, ""), |known| (known.sentence.as_str(), known.source.as_str()));
    json!({
        "id": clean(id),
        "shortDescription": { "text": clean(sentence) },
        "help": { "text": clean(&format!("{sentence} (source: {source})")) },
    })
}

fn result(case: &CaseRecord, found: &Divergence, rules: &BTreeMap<&str, usize>) -> Value {
    let level = match found.level {
        Level::Must => "error",
        Level::Should => "warning",
        Level::May => "note",
    };
    let message = format!("{}: {}", case.id, case.title);
    let mut result = json!({
        "ruleId": clean(&found.requirement),
        "ruleIndex": rules.get(found.requirement.as_str()),
        "level": level,
        "message": { "text": format!("{} (step {}) {}", clean(&message), found.step, departure(found)) },
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
