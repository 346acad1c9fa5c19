//! The endpoint of a shields.io badge.

use serde_json::json;
use setpresence_core::event::RunEvent;

use crate::run::Run;
use crate::summary::{Status, Strictness, Summary, are};
use crate::text::{clean, counted, pretty};

/// The badge of a run: how many cases of those judged are as documented.
pub(crate) fn report(events: &[RunEvent], strictness: Strictness) -> Result<String, serde_json::Error> {
    let run = Run::of(events);
    let summary = Summary::of(events);
    let profile = run.start.map_or("", |start| &start.profile);
    let status = summary.status(strictness);
    let n_broken = summary.broken(strictness);
    let n_failing = summary.unaccepted(strictness);
    let n_shoulds = if strictness == Strictness::Must { summary.unaccepted_shoulds() } else { 0 };
    let message = match status {
        Status::Unjudged => "not judged".to_owned(),
        Status::Interrupted => "interrupted".to_owned(),
        Status::Conforms if n_broken > 0 => format!("{}, {n_broken} waived", counted(summary.judged(), "case")),
        Status::Conforms if n_shoulds > 0 => {
            format!("{}, {n_shoulds} against a should", counted(summary.judged(), "case"))
        }
        Status::Conforms => counted(summary.judged(), "case"),
        Status::Departs if n_failing > 0 => format!("{n_failing} of {} cases fail", summary.judged()),
        Status::Departs if summary.stale > 0 => format!("{} stale", are(summary.stale, "waiver")),
        Status::Departs => "differs from its snapshot".to_owned(),
    };
    let color = match status {
        Status::Unjudged | Status::Interrupted => "lightgrey",
        Status::Conforms if n_broken > 0 => "yellow",
        Status::Conforms if n_shoulds > 0 => "yellowgreen",
        Status::Conforms => "brightgreen",
        Status::Departs => "red",
    };
    pretty(&json!({
        "schemaVersion": 1,
        "label": clean(&format!("setPresence {profile}")),
        "message": message,
        "color": color,
    }))
}
