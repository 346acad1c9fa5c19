//! What the formats of other tools have in common: they know passes, failures and what was left out, and one text for each.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use setpresence_core::event::{CaseRecord, LikelyCause, RunStart};
use setpresence_core::judge::{Divergence, Verdict};
use setpresence_core::moment::Moment;

use crate::run::Run;
use crate::seen::measured;
use crate::summary::Strictness;
use crate::text::{clean, counted};

/// Where the fixtures are in the repository of the suite; reports that point at a case file begin with it.
pub(crate) const FIXTURES: &str = "fixtures";

/// What a case is to a tool that knows only passes, failures and what was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Judged, and nothing that decides is broken.
    Passed,
    /// Something that decides is broken.
    Failed,
    /// The same, and the target's owner accepts it.
    Waived,
    /// Not judged, so that it is no pass.
    Left,
}

impl Standing {
    pub(crate) fn of(case: &CaseRecord, strictness: Strictness) -> Self {
        match case.verdict {
            Verdict::Skipped | Verdict::Inconclusive => Self::Left,
            verdict if !strictness.decides(verdict) => Self::Passed,
            _ if case.waived.is_some() => Self::Waived,
            _ => Self::Failed,
        }
    }
}

/// Why a case was left out or accepted, in one line.
pub(crate) fn because(case: &CaseRecord) -> String {
    let reason = case.reason.as_deref().unwrap_or("no reason is on record");
    match (&case.waived, case.verdict) {
        (Some(waived), Verdict::Failed | Verdict::Warned) => {
            let mark = if waived.is_flaky { "known to be flaky" } else { "waived" };
            clean(&format!("{mark}: {} ({})", waived.reason, waived.place)).into_owned()
        }
        (_, Verdict::Inconclusive) => clean(&format!("inconclusive: {reason}")).into_owned(),
        _ => clean(reason).into_owned(),
    }
}

/// A divergence in one line.
pub(crate) fn departure(found: &Divergence) -> String {
    let class = found.class.name().replace('-', " ");
    let text = format!("{class}: expected {}; observed {}", found.expected, found.observed);
    clean(&text).into_owned()
}

/// Everything that is known of a departure, a line for each thing.
pub(crate) fn details(case: &CaseRecord, run: &Run<'_>) -> String {
    let mut lines = vec![clean(&case.title).into_owned()];
    for found in &case.divergences {
        lines.push(format!("step {}: {}", found.step, departure(found)));
        if let Some(known) = run.requirement(&found.requirement) {
            let sentence =
                format!("  {} {}: {} (source: {})", found.level, found.requirement, known.sentence, known.source);
            lines.push(clean(&sentence).into_owned());
        }
    }
    lines.extend(measured(case).map(|one| clean(&format!("measured: {one}")).into_owned()));
    lines.extend(run.cause_of(&case.id).map(|cause| clean(&likely(cause, run)).into_owned()));
    if !case.reproduce.is_empty() {
        lines.push("to see it again:".to_owned());
        lines
            .extend(case.reproduce.iter().flat_map(|command| command.split('\n')).map(|line| clean(line).into_owned()));
    }
    lines.join("\n")
}

/// A likely cause in one line that says what it is.
pub(crate) fn likely(cause: &LikelyCause, run: &Run<'_>) -> String {
    format!("likely cause: {}", explanation(cause, run))
}

/// The same where a name beside it says what it is.
pub(crate) fn explanation(cause: &LikelyCause, run: &Run<'_>) -> String {
    let LikelyCause { mutant, about, requirement, explains, .. } = cause;
    let of = format!("explains {} of {}", explains.len(), counted(run.n_departing(), "departure"));
    format!("{about} ({requirement}); {of}; more: setpresence explain {mutant}")
}

/// The moment of a departure and its class: `at 12 min: wrong presence`.
pub(crate) fn what(case: &CaseRecord, found: &Divergence) -> String {
    let class = found.class.name().replace('-', " ");
    match case.exchanges.get(found.exchange) {
        Some(exchange) => format!("at {}: {class}", exchange.due),
        None => class,
    }
}

/// How long the case took in real time; nothing that waited for nobody took any.
pub(crate) fn took(case: &CaseRecord) -> Duration {
    case.real.map_or(Duration::ZERO, |real| real.to.since(real.from))
}

/// What was put on record, a line for each thing.
pub(crate) fn on_record(case: &CaseRecord) -> Option<String> {
    let lines: Vec<_> = case.observed.iter().map(|seen| clean(seen).into_owned()).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// When the run began; 1970 on a clock that is moved by hand, where the same run gives the same bytes.
pub(crate) fn began(start: Option<&RunStart>) -> DateTime<Utc> {
    let millis = start.and_then(|start| start.started_unix_ms).and_then(|millis| i64::try_from(millis).ok());
    millis.and_then(DateTime::from_timestamp_millis).unwrap_or_default()
}

/// The instant at that moment of the run, as JSON reports write it.
pub(crate) fn instant(start: Option<&RunStart>, moment: Moment) -> String {
    let since = TimeDelta::from_std(moment.since_start()).unwrap_or_default();
    let instant = began(start).checked_add_signed(since).unwrap_or_default();
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The path of a case file, from the top of the suite's repository.
pub(crate) fn path(case: &CaseRecord) -> String {
    format!("{FIXTURES}/{}", case.file)
}
