//! The `[clock]` table of a target file.

use std::time::Duration;

use setpresence_core::case::text::{Item, Table};
use setpresence_core::judge::Slack;

use super::source::filled;
use super::{Advance, ClockSettings, TOLERANCE, duration};

const KINDS: [&str; 3] = ["wall", "scaled", "manual"];

/// The clock and how far it may stray. The default tolerance of a scaled clock is that of the wall clock, on the
/// target's own time: it is not multiplied, because the delay of a request is measured and needs no tolerance.
pub(super) fn read(table: Table<'_>) -> Option<(ClockSettings, Slack)> {
    let kind = table
        .required("kind")
        .and_then(|item| item.one_of("kind of clock", &KINDS, |name| KINDS.into_iter().find(|kind| *kind == name)));
    let tolerance = table.get("tolerance").map(span);
    let propagation = table.get("propagation").map_or(Some(Duration::ZERO), span);
    let factor = table.get("factor");
    let advance = table.get("advance");
    for (key, item, owner) in [("factor", factor, "scaled"), ("advance", advance, "manual")] {
        if let (Some(item), Some(kind)) = (item, kind)
            && kind != owner
        {
            item.problem(format!("`{key}` belongs to a {owner} clock; this one is {kind}"));
        }
    }
    let clock = kind.and_then(|kind| match kind {
        "wall" => Some(ClockSettings::Wall),
        "scaled" => read_factor(&table, factor).map(ClockSettings::Scaled),
        _ => read_advance(&table, advance).map(ClockSettings::Manual),
    });
    table.finish();
    let clock = clock?;
    let usual = if matches!(clock, ClockSettings::Manual(_)) { Duration::ZERO } else { TOLERANCE };
    let tolerance = tolerance.unwrap_or(Some(usual))?;
    Some((clock, Slack { tolerance, propagation: propagation? }))
}

/// A duration, or a mistake.
pub(super) fn span(item: Item<'_>) -> Option<Duration> {
    let found = duration::read(item.text()?);
    if found.is_none() {
        item.problem(duration::WANTED);
    }
    found
}

fn read_factor(table: &Table<'_>, item: Option<Item<'_>>) -> Option<u32> {
    let Some(item) = item else {
        table.problem("`factor` is missing; say how many of the target's seconds pass in one of ours");
        return None;
    };
    let factor = u32::try_from(item.count()?).ok().filter(|factor| *factor > 0);
    if factor.is_none() {
        item.problem("a whole number of 1 or more is wanted here: the target's seconds in one of ours");
    }
    factor
}

fn read_advance(table: &Table<'_>, item: Option<Item<'_>>) -> Option<Advance> {
    let Some(item) = item else {
        table.problem("`advance` is missing; give the request that moves the clock: { method, path, json }");
        return None;
    };
    let request = item.table()?;
    let method = request.get("method").map_or_else(|| Some("POST".to_owned()), method);
    let path = request.required("path").and_then(|item| filled(item, "a path or a URL is wanted here"));
    let json = request.get("json").map_or_else(|| Some(String::new()), |item| item.text().map(ToOwned::to_owned));
    if let (Some(path), Some(json)) = (&path, &json)
        && !path.contains("${ms}")
        && !json.contains("${ms}")
    {
        request.problem("`${ms}` is missing; put it into `json` or `path`, where the milliseconds belong");
    }
    request.finish();
    Some(Advance { method: method?, path: path?, json: json? })
}

/// An HTTP method, or a mistake.
pub(super) fn method(item: Item<'_>) -> Option<String> {
    let text = item.text()?;
    if http::Method::from_bytes(text.as_bytes()).is_err() {
        item.problem("an HTTP method is wanted here, such as \"POST\"");
        return None;
    }
    Some(text.to_owned())
}
