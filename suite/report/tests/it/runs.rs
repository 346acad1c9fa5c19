//! Hand-made runs.

use std::collections::BTreeMap;

use setpresence_core::event::{CaseRecord, FORMAT, RequirementRecord, RunEnd, RunEvent, RunStart};
use setpresence_core::judge::{Class, Divergence, Verdict};
use setpresence_core::moment::Moment;
use setpresence_core::spec::Level;

pub(crate) fn start(n_cases: usize) -> RunEvent {
    let requirement = |sentence: &str, source: &str| RequirementRecord {
        sentence: sentence.to_owned(),
        source: source.to_owned(),
        level: Some(Level::Must),
    };
    RunEvent::RunStarted(RunStart {
        started_unix_ms: None,
        format: FORMAT,
        suite: "0.1.0".to_owned(),
        profile: "beta-2021-06".to_owned(),
        profile_about: "the beta reference page of setPresence, June 2021".to_owned(),
        target: "http://127.0.0.1:4010/beta".to_owned(),
        clock: "manual".to_owned(),
        tolerance: Moment::START,
        shard: None,
        warnings: Vec::new(),
        cases: n_cases,
        requirements: BTreeMap::from([
            (
                "fade.first-timeout".to_owned(),
                requirement(
                    "Five minutes after it was set, an Available session shows Available/AvailableInactive.",
                    "S P",
                ),
            ),
            ("combinations.unsupported".to_owned(), requirement("Any pair outside the table is refused.", "S")),
            ("http.error-envelope".to_owned(), requirement("A refusal's body is an OData error.", "E")),
        ]),
    })
}

pub(crate) fn case(id: &str, verdict: Verdict) -> CaseRecord {
    CaseRecord {
        id: id.to_owned(),
        family: id.split('/').next().unwrap_or_default().to_owned(),
        file: format!("cases/{id}.toml"),
        line: 1,
        title: "What is so when the case passes".to_owned(),
        about: String::new(),
        level: Level::Must,
        requirements: vec!["combinations.unsupported".to_owned()],
        verdict,
        reason: None,
        waived: None,
        divergences: Vec::new(),
        observed: Vec::new(),
        explained_by: Vec::new(),
        reproduce: Vec::new(),
        lasts: Moment::START,
        began: Moment::START,
        measured: Vec::new(),
        late: Moment::START,
        real: None,
        exchanges: Vec::new(),
    }
}

pub(crate) fn divergence(requirement: &str, level: Level, class: Class, expected: &str, observed: &str) -> Divergence {
    Divergence {
        requirement: requirement.to_owned(),
        level,
        class,
        expected: expected.to_owned(),
        observed: observed.to_owned(),
        step: 1,
        exchange: 0,
    }
}

pub(crate) fn accepted_pair(name: &str) -> CaseRecord {
    CaseRecord {
        title: format!("{name} is refused"),
        divergences: vec![divergence(
            "combinations.unsupported",
            Level::Must,
            Class::AcceptedInvalid,
            "a 4xx status",
            "200",
        )],
        reproduce: vec![
            "curl -sS -X POST \"$SETPRESENCE_TARGET/users/u1/presence/setPresence\" \\\n  -H \"Authorization: Bearer $SETPRESENCE_TOKEN\" -d '{}'"
                .to_owned(),
        ],
        ..case(&format!("combinations/unsupported/{name}"), Verdict::Failed)
    }
}

pub(crate) fn end() -> RunEvent {
    RunEvent::RunFinished(RunEnd { requests: 321, elapsed_ms: 17, ..RunEnd::default() })
}

pub(crate) fn log_of(cases: Vec<CaseRecord>) -> Vec<RunEvent> {
    let mut events = vec![start(cases.len())];
    events.extend(cases.into_iter().map(|case| RunEvent::CaseFinished(Box::new(case))));
    events.push(end());
    events
}

/// A run with every verdict, a grid of failures that are alike, and two reasons to skip.
pub(crate) fn mixed() -> Vec<RunEvent> {
    let mut cases: Vec<CaseRecord> =
        ["available-busy", "away-busy", "busy-away", "busy-busy", "busy-offline", "offline-away", "offline-offline"]
            .into_iter()
            .map(accepted_pair)
            .collect();
    cases.push(CaseRecord {
        title: "An Available session fades to AvailableInactive, then to Away".to_owned(),
        divergences: vec![divergence(
            "fade.first-timeout",
            Level::Must,
            Class::WrongPresence,
            "Available/AvailableInactive",
            "Available/Available",
        )],
        ..case("fade/in-two-stages", Verdict::Failed)
    });
    cases.push(CaseRecord {
        divergences: vec![divergence(
            "http.error-envelope",
            Level::Should,
            Class::MalformedError,
            "an error body with `error.code` and `error.message`",
            "`oops`",
        )],
        ..case("body/not-json/text", Verdict::Warned)
    });
    let observed = vec!["accepted with 200, then the read shows Busy/InACall".to_owned()];
    cases.push(CaseRecord { observed, ..case("body/duration/weeks", Verdict::Observed) });
    for (id, reason) in [
        ("permissions/expired", "give [credentials] expired or a [mint] in the target file"),
        ("permissions/not-yet", "give [credentials] expired or a [mint] in the target file"),
        ("fade/four-hours", "takes 4 h of real time: run with --max-wait 4h"),
    ] {
        cases.push(CaseRecord { reason: Some(reason.to_owned()), ..case(id, Verdict::Skipped) });
    }
    let reason = Some("no answer within 10 s".to_owned());
    cases.push(CaseRecord { reason, ..case("body/slow", Verdict::Inconclusive) });
    cases.push(case("body/valid", Verdict::Passed));
    log_of(cases)
}

/// Compares with a golden file under `reports/`.
pub(crate) fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../reports"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
