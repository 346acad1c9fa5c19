//! What happens in a run, as owned, serializable and versioned data: the only thing that reports read.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::judge::{Divergence, Verdict};
use crate::moment::{Moment, Span, human};
pub use crate::plan::Shard;
use crate::plan::Skipped;
use crate::spec::Level;

/// The version of the run log's and the JSON report's shape.
pub const FORMAT: u32 = 1;

/// One thing that happened in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum RunEvent {
    /// The run begins.
    RunStarted(RunStart),
    /// A case was judged, or left out.
    CaseFinished(Box<CaseRecord>),
    /// The run is over.
    RunFinished(RunEnd),
}

/// What a run is about to judge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunStart {
    /// [`FORMAT`].
    pub format: u32,
    /// The suite's version.
    pub suite: String,
    /// The profile's name.
    pub profile: String,
    /// What the profile reads, in one line.
    pub profile_about: String,
    /// The target's base URL, or a name for an embedded one.
    pub target: String,
    /// The target's clock: `wall`, `scaled` or `manual`.
    pub clock: String,
    /// When the run began, in milliseconds since 1970 (UTC). Nothing on a clock that is moved by hand, where the same
    /// run gives the same log.
    #[serde(default)]
    pub started_unix_ms: Option<u64>,
    /// How far an instant may be off and still be as documented, on the target's clock.
    #[serde(default)]
    pub tolerance: Moment,
    /// Which part of a run this is that several machines share; nothing where it is the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// What a first look at the target found unusable, and what to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// How many cases there are, whether judged or not.
    pub cases: usize,
    /// Each requirement's sentence, source and level, by id.
    pub requirements: BTreeMap<String, RequirementRecord>,
}

/// A requirement, as reports show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementRecord {
    /// The documented statement in our words.
    pub sentence: String,
    /// The tags of its sources.
    pub source: String,
    /// Its level in the profile of the run; none where that profile does not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
}

/// A case and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseRecord {
    /// The case's id, a path.
    pub id: String,
    /// The family, the first part of the id.
    pub family: String,
    /// The case file, relative to the fixtures.
    pub file: String,
    /// The line of the case or its row in that file, from 1; 0 where it is not known.
    #[serde(default)]
    pub line: usize,
    /// What is so when the case passes.
    pub title: String,
    /// Why it is tried this way.
    pub about: String,
    /// The highest level that the case judges at.
    pub level: Level,
    /// The requirements that the case judges.
    pub requirements: Vec<String>,
    /// What became of it.
    pub verdict: Verdict,
    /// Why it was skipped, inconclusive or observed; nothing for a plain pass.
    pub reason: Option<String>,
    /// Why its departure is accepted, where the target's owner accepts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<Waived>,
    /// What no permitted behaviour explains.
    pub divergences: Vec<Divergence>,
    /// What the target did where either way is permitted.
    pub observed: Vec<String>,
    /// A verdict that would change to a pass under these other profiles.
    pub explained_by: Vec<String>,
    /// Commands that show the divergence again.
    pub reproduce: Vec<String>,
    /// How long the case takes on the target's clock.
    pub lasts: Moment,
    /// When the case began, on the target's clock, from the start of the run.
    #[serde(default)]
    pub began: Moment,
    /// When the target changed, as far as that was measured.
    #[serde(default)]
    pub measured: Vec<Measurement>,
    /// How much later than it was due the latest request of the case was sent, on the target's clock. It widened the
    /// interval that the request is judged by. Zero on a clock that is moved by hand.
    #[serde(default)]
    pub late: Moment,
    /// When in real time, from the start of the run, its first request was sent and its last answer had come; nothing
    /// where nothing was sent, and on a clock that is moved by hand, where the same run gives the same log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub real: Option<Span>,
    /// Every exchange, in order.
    pub exchanges: Vec<Exchange>,
}

/// When the target went from one presence to another, and when it should have.
///
/// All times are on the target's clock, counted from the call that set the presence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measurement {
    /// The requirement that documents the instant.
    pub requirement: String,
    /// What was shown before.
    pub from: String,
    /// What was shown after.
    pub to: String,
    /// When it is documented to happen; nothing where no document says.
    #[serde(default)]
    pub documented: Option<Moment>,
    /// What is documented to be shown after; nothing in logs of a version that did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documented_to: Option<String>,
    /// It happened no earlier than this.
    pub no_earlier: Moment,
    /// It happened no later than this; [`Moment::END`] where it did not happen for as long as it was watched, and then
    /// nothing else was shown after.
    pub no_later: Moment,
}

impl CaseRecord {
    /// Whether it departs, and its departure is accepted.
    #[must_use]
    pub const fn is_waived(&self) -> bool {
        self.waived.is_some() && matches!(self.verdict, Verdict::Failed | Verdict::Warned)
    }
}

/// Known more closely than this, an instant is told as it is, and else with how far it may be off.
const TOLD_EXACTLY: Duration = Duration::from_millis(5);
/// The places that an instant is told to where it is not known exactly: tenths of a second.
const TOLD_TO: u128 = 100;

impl fmt::Display for Measurement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, documented, documented_to, no_earlier, no_later, .. } = self;
        let unstated = || "no time is documented".to_owned();
        if *no_later == Moment::END {
            let documented = documented.map_or_else(unstated, |at| format!("documented: {to} after {at}"));
            return write!(f, "still {from} after {no_earlier} ({documented})");
        }
        // A change to something else is no less wrong for coming in time.
        let documented = match (documented, documented_to.as_ref().filter(|wanted| *wanted != to)) {
            (Some(at), Some(wanted)) => format!("documented: {wanted} after {at}"),
            (Some(at), None) => format!("documented: {at}"),
            (None, Some(wanted)) => format!("documented: {wanted}, no time"),
            (None, None) => unstated(),
        };
        let half = no_later.since(*no_earlier) / 2;
        if half < TOLD_EXACTLY {
            return write!(f, "{from} → {to} after {no_later} ({documented})");
        }
        let tenths =
            |millis: u128| human(Duration::from_millis(u64::try_from(millis / TOLD_TO * TOLD_TO).unwrap_or(u64::MAX)));
        let middle = tenths(no_earlier.later(half).since_start().as_millis() + TOLD_TO / 2);
        // Rounded up, so that the instant is surely within.
        let off = tenths(half.as_millis() + TOLD_TO - 1);
        write!(f, "{from} → {to} after {middle} ± {off} ({documented})")
    }
}

impl From<Skipped> for CaseRecord {
    fn from(skipped: Skipped) -> Self {
        Self {
            id: skipped.id,
            family: skipped.family,
            file: skipped.file,
            line: 0,
            title: skipped.title,
            about: skipped.about,
            level: skipped.level,
            requirements: skipped.requirements,
            verdict: Verdict::Skipped,
            reason: Some(skipped.reason),
            waived: None,
            divergences: Vec::new(),
            observed: Vec::new(),
            explained_by: Vec::new(),
            reproduce: Vec::new(),
            lasts: Moment::from_start(skipped.lasts),
            began: Moment::START,
            measured: Vec::new(),
            late: Moment::START,
            real: None,
            exchanges: Vec::new(),
        }
    }
}

/// Why a departure is accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waived {
    /// The reason that the target's owner gives.
    pub reason: String,
    /// Where it is written: `target.toml:12`, or the path of a baseline.
    pub place: String,
    /// Whether the case is known to fail only now and then.
    #[serde(default)]
    pub is_flaky: bool,
}

/// A waiver that has nothing to accept any more, or is past its date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaleWaiver {
    /// The id or pattern of cases that it names.
    pub case: String,
    /// Where it is written: `target.toml:12`, or the path of a baseline.
    pub place: String,
    /// What is wrong with it and what to do, in a sentence.
    pub why: String,
}

/// The end of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunEnd {
    /// How many requests the cases took, arranging included. Looking at the target first, measuring, cleaning and
    /// moving its clock come on top, so that a run that was resumed counts as one that was not.
    pub requests: u64,
    /// Real time that the run took, in milliseconds; nothing that is compared between runs.
    pub elapsed_ms: u64,
    /// Why the run ended early, if it did.
    pub ended_early: Option<String>,
    /// Waivers that are stale: they fail a run, so that they are not forgotten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<StaleWaiver>,
    /// Whether somebody told it to end.
    #[serde(default)]
    pub was_interrupted: bool,
    /// How late the requests of cases that wait were sent; nothing where none waits, or the clock is moved by hand.
    #[serde(default)]
    pub lateness: Option<Lateness>,
    /// Faults that would explain what failed, the one that explains most first; nothing where none fits.
    #[serde(default)]
    pub likely_causes: Vec<LikelyCause>,
    /// The snapshot that says otherwise of what the target does, where one was kept: that fails a run, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlike_snapshot: Option<String>,
    /// What that snapshot says otherwise, in the order of the cases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snapshot_changes: Vec<SnapshotChange>,
}

/// A case of which a snapshot says something else than the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotChange {
    /// The case's id.
    pub case: String,
    /// The lines of the snapshot that are so no more; nothing where it does not know the case.
    pub was: Option<Vec<String>>,
    /// The lines that are so now; nothing where the case is not there any more.
    pub is: Option<Vec<String>>,
}

impl SnapshotChange {
    /// `new`, `gone` or `changed`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match (&self.was, &self.is) {
            (None, _) => "new",
            (Some(_), None) => "gone",
            (Some(_), Some(_)) => "changed",
        }
    }
}

/// How much later than they were due requests were sent, in microseconds of real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lateness {
    /// How many requests that is of.
    pub requests: u64,
    /// Half of them were no later than this.
    pub median_us: u64,
    /// 99 of 100 were no later than this.
    pub p99_us: u64,
    /// The latest.
    pub most_us: u64,
}

/// A known fault whose pattern of failures is that of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LikelyCause {
    /// The name of the mutant that has the fault, for `setpresence explain`.
    pub mutant: String,
    /// The fault in words, as a part of a sentence.
    pub about: String,
    /// The requirement that it breaks.
    pub requirement: String,
    /// The ids of the cases that it explains.
    pub explains: Vec<String>,
    /// How many of the cases that were judged would show this fault.
    pub would_show: usize,
    /// The names of other mutants that explain the same cases as well.
    #[serde(default)]
    pub alternatives: Vec<String>,
}

/// A request and its answer, or the absence of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// The step of the case file, from 1.
    pub step: usize,
    /// What the exchange is for.
    pub role: String,
    /// When it was due, from the start of the case.
    pub due: Moment,
    /// How much later than it could have been sent it was sent, on the target's clock: after it was due, and after the
    /// answer to the request before it.
    #[serde(default)]
    pub late: Moment,
    /// The request, with the bearer token masked.
    pub request: RequestRecord,
    /// What came back.
    pub observation: Observation,
}

/// A request as it was sent; credentials are masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRecord {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// Headers in order; Authorization shows the scheme and the credential's name only.
    pub headers: Vec<(String, String)>,
    /// The body; bytes that are not UTF-8 are replaced.
    pub body: String,
}

/// What was seen of one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// Between sending and the end of the answer, on the target's clock, from the start of the run.
    pub span: Span,
    /// What came back.
    pub outcome: Outcome,
}

/// An answer, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A whole answer.
    Answer(Answer),
    /// No whole answer came.
    Lost(Lost),
}

/// A whole answer. The bearer token is masked wherever the target echoed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as far as it is kept, bytes that are not UTF-8 replaced.
    pub body: String,
    /// Whether the body was longer than what is kept.
    pub truncated: bool,
    /// Whether the answer contained the bearer token of the request.
    pub echoes_token: bool,
}

impl Answer {
    /// The first header of that (lower-case) name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Why no whole answer came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// The kind of fault.
    pub fault: Fault,
    /// What happened, in words.
    pub detail: String,
}

/// Kinds of lost answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// No connection could be made.
    Connect,
    /// The deadline passed without a whole answer.
    Timeout,
    /// The connection broke, or what came was not HTTP.
    Broken,
    /// It broke again on a connection that only the same request had; or a service in this process failed, where there
    /// is no connection that could break.
    Crashed,
    /// The target asked to come back later until our patience ended (429).
    Throttled,
    /// The request could not be made at all (a token source failed, or a bad adapter).
    NotSent,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_read_as_people_say_them() {
        // Milliseconds: no earlier, no later, documented; what is documented to be shown.
        let five = Some(300_000);
        let rows = [
            (299_999, Some(300_000), five, "B", "A → B after 5 min (documented: 5 min)"),
            (299_999, Some(300_000), five, "C", "A → B after 5 min (documented: C after 5 min)"),
            (299_999, Some(300_000), None, "C", "A → B after 5 min (documented: C, no time)"),
            (240_000, Some(240_400), five, "B", "A → B after 4 min 0.2 s ± 200 ms (documented: 5 min)"),
            (240_150, Some(240_250), five, "B", "A → B after 4 min 0.2 s ± 100 ms (documented: 5 min)"),
            (330_000, None, five, "B", "still A after 5 min 30 s (documented: B after 5 min)"),
            (299_999, Some(300_000), None, "B", "A → B after 5 min (no time is documented)"),
            (330_000, None, None, "B", "still A after 5 min 30 s (no time is documented)"),
        ];
        for (least, most, documented, to, wanted) in rows {
            let moment = |millis| Moment::from_start(Duration::from_millis(millis));
            let measurement = Measurement {
                requirement: "x.y".to_owned(),
                from: "A".to_owned(),
                to: "B".to_owned(),
                documented: documented.map(moment),
                documented_to: Some(to.to_owned()),
                no_earlier: moment(least),
                no_later: most.map_or(Moment::END, moment),
            };
            assert_eq!(measurement.to_string(), wanted);
        }
    }
}
