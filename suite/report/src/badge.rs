//! The endpoint of a shields.io badge.

use serde_json::json;
use setpresence_core::event::RunEvent;

use crate::run::Run;
use crate::summary::{Status, Strictness, Summary};
use crate::text::{clean, pretty};

/// The badge of a run: how many cases of those judged are as documented.
pub(crate) fn report(events: &[RunEvent], strictness: Strictness) -> Result<String, serde_json::Error> {
    let run = Run::of(events);
    let summary = Summary::of(events);
    let profile = run.start.map_or("", |start| &start.profile);
    let status = summary.status(strictness);
    let n_broken = summary.broken(strictness);
    let message = match status {
        Status::Unjudged => "not judged".to_owned(),
        Status::Interrupted => "interrupted".to_owned(),
        Status::Conforms if n_broken > 0 => format!("{} cases, {n_broken} waived", summary.judged()),
        Status::Conforms => format!("{} cases", summary.judged()),
        Status::Departs if n_broken == 0 => "a waiver is stale".to_owned(),
        Status::Departs => format!("{n_broken} of {} cases fail", summary.judged()),
    };
    let color = match status {
        Status::Unjudged | Status::Interrupted => "lightgrey",
        Status::Conforms if n_broken > 0 => "yellow",
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
