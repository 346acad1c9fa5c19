//! Fading as pictures: the documented states as bands, what reads showed as marks, and instants that were measured.
//!
//! A band is only drawn where the documentation alone tells it: one session of one application, and nothing beside it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use setpresence_core::event::{CaseRecord, Exchange, Measurement};
use setpresence_core::judge::Verdict;
use setpresence_core::moment::{Moment, human};
use setpresence_core::spec::DurationText;

use super::{escaped, link};
use crate::run::Run;
use crate::seen::{accepted, pair, seen};

/// How many pictures there are at most: those of cases that depart come first.
const PICTURES: usize = 40;
const WIDTH: f64 = 720.0;
const LEFT: f64 = 8.0;
/// As wide as half a mark, which may stand at the very end.
const RIGHT: f64 = 16.0;
/// A state's name stands above its band, so that a narrow picture has the same room for time as a wide one.
const LANE: f64 = 46.0;
const BAND: f64 = 18.0;
/// How high a row of instants is, where each stands below the lanes, and how much room it takes.
const TICK_ROW: f64 = 20.0;
const TICKS: [f64; 2] = [15.0, 35.0];
const TICK: f64 = 110.0;
/// How many pictures a page has at most, those that are shown where their case is opened included.
const PICTURES_AT_ALL: usize = 500;
/// The timeouts of an Available session, from the documentation (source S).
const TIMEOUT_FIRST: Duration = Duration::from_secs(5 * 60);
const TIMEOUT_SECOND: Duration = Duration::from_secs(10 * 60);

/// The pictures of the cases that fade.
pub(super) fn put(page: &mut String, run: &Run<'_>) {
    let has_reads = |case: &&&CaseRecord| case.exchanges.iter().filter(|exchange| seen(exchange).is_some()).count() > 1;
    let mut cases: Vec<&CaseRecord> =
        run.cases.iter().filter(|case| case.family == "fade").filter(has_reads).copied().collect();
    if cases.is_empty() {
        return;
    }
    cases.sort_by_key(|case| !matches!(case.verdict, Verdict::Failed | Verdict::Warned));
    page.push_str(
        "<section aria-labelledby=\"fading\">\n<h2 id=\"fading\">Fading and expiry</h2>\n\
         <p class=\"legend\"><span class=\"band\"></span> documented <span class=\"dot good\">●</span> observed, permitted \
         <span class=\"dot bad\">✕</span> observed, not permitted <span class=\"slack\"></span> tolerance \
         <span class=\"measured\"></span> changed within, as measured <span class=\"measured off\"></span> the same, not as documented</p>\n\
         <p>Time runs from left to right and is drawn by its square root: the first minutes are wider than the last hour.</p>\n",
    );
    let slack = run.start.map_or(Duration::ZERO, |start| start.tolerance.since_start());
    let (shown, rest) = cases.split_at(cases.len().min(PICTURES));
    for case in shown {
        let verdict = case.verdict.name();
        let id = escaped(&case.id);
        page.push_str(&format!(
            "<figure class=\"{verdict}\" data-picture=\"{id}\"><figcaption><b>{verdict}</b> {} ",
            link(case)
        ));
        page.push_str(&format!("{}</figcaption>\n{}</figure>\n", escaped(&case.title), svg(case, slack)));
    }
    // A browser draws none of these before its case is opened.
    for case in rest.iter().take(PICTURES_AT_ALL - PICTURES) {
        page.push_str(&format!("<template data-picture=\"{}\">{}</template>\n", escaped(&case.id), svg(case, slack)));
    }
    if !rest.is_empty() {
        page.push_str(&format!(
            "<p>{} more cases of fading are in the list below, each with its picture.</p>\n",
            rest.len()
        ));
    }
    page.push_str("</section>\n");
}

/// A documented state and how long it holds, from the start of the case.
struct Band {
    presence: String,
    from: Duration,
    to: Duration,
}

fn svg(case: &CaseRecord, slack: Duration) -> String {
    let end = case.lasts.since_start().max(Duration::from_secs(60));
    let bands = bands(&case.exchanges, end);
    let marks: Vec<(Duration, String, bool)> = case
        .exchanges
        .iter()
        .enumerate()
        .filter_map(|(at, exchange)| {
            let departs = case.divergences.iter().any(|found| found.exchange == at);
            Some((exchange.due.since_start(), seen(exchange)?, departs))
        })
        .collect();
    let mut lanes: Vec<&str> = Vec::new();
    for presence in bands.iter().map(|band| &band.presence).chain(marks.iter().map(|(_, presence, _)| presence)) {
        if !lanes.contains(&presence.as_str()) {
            lanes.push(presence);
        }
    }
    let scale = Scale { end };
    let foot = LANE * (f64::from(u32::try_from(lanes.len()).unwrap_or(0))) + 6.0;
    let height = foot + 2.0 * TICK_ROW;
    let label = escaped(&format!("{}: {}", case.title, sentence(&marks)));
    let mut out = format!("<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{label}\">");
    for (index, lane) in lanes.iter().enumerate() {
        let y = Scale::y(index);
        out.push_str(&format!("<text x=\"{LEFT}\" y=\"{:.1}\">{}</text>", y - BAND / 2.0 - 4.0, escaped(lane)));
        for band in bands.iter().filter(|band| band.presence == *lane) {
            let (from, to) = (scale.x(band.from), scale.x(band.to));
            out.push_str(&format!(
                "<rect class=\"band\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{BAND}\"/>",
                y - BAND / 2.0,
                to - from
            ));
        }
    }
    boundaries(&mut out, &bands, &scale, slack, foot);
    measured(&mut out, case, &lanes, &scale, slack, foot);
    for (at, presence, departs) in &marks {
        let y = lanes.iter().position(|lane| lane == presence).map_or(0.0, Scale::y);
        let (x, title) = (scale.x(*at), escaped(&format!("{} at {}", presence, human(*at))));
        let (class, sign) = if *departs { ("bad", "✕") } else { ("good", "●") };
        out.push_str(&format!(
            "<text class=\"dot {class}\" x=\"{x:.1}\" y=\"{:.1}\"><title>{title}</title>{sign}</text>",
            y + 5.0
        ));
    }
    out.push_str("</svg>");
    out
}

/// Where one documented state ends and another begins, with the tolerance about it.
fn boundaries(out: &mut String, bands: &[Band], scale: &Scale, slack: Duration, foot: f64) {
    let instants: BTreeSet<Duration> = bands.iter().map(|band| band.to).filter(|at| *at < scale.end).collect();
    // Two rows, as instants that stand close to each other are those that matter. The beginning and the end are told, too.
    let y = foot + TICKS[0];
    out.push_str(&format!("<text class=\"tick first\" x=\"{LEFT}\" y=\"{y:.1}\">0</text>"));
    let (x, end) = (WIDTH, human(scale.end));
    out.push_str(&format!("<text class=\"tick last\" x=\"{x}\" y=\"{y:.1}\">{end}</text>"));
    let mut free_from = [LEFT + TICK / 2.0, 0.0];
    for at in instants {
        let x = scale.x(at);
        let (from, to) = (scale.x(at.saturating_sub(slack)), scale.x(at + slack));
        out.push_str(&format!(
            "<rect class=\"slack\" x=\"{from:.1}\" y=\"0\" width=\"{:.1}\" height=\"{:.1}\"/>",
            (to - from).max(1.0),
            foot
        ));
        let row = free_from.iter().position(|free_from| x > *free_from);
        let row = row.map(|row| if x > WIDTH - TICK { row.max(1) } else { row });
        if let Some((row, y)) = row.zip(row.and_then(|row| TICKS.get(row))) {
            let y = foot + y;
            // One that stands at the end begins before it, as there is no room behind.
            let last = if x > WIDTH - TICK / 2.0 { " last" } else { "" };
            out.push_str(&format!("<text class=\"tick{last}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", human(at)));
            free_from[row] = x + TICK;
        }
    }
}

/// The span in which each change was seen, as far as it was measured; counted from the call that set the state. A change
/// that never came has none, and one of other states than the picture's was measured on another session.
fn measured(out: &mut String, case: &CaseRecord, lanes: &[&str], scale: &Scale, slack: Duration, foot: f64) {
    let set = case.exchanges.iter().find(|exchange| exchange.request.method != "GET");
    let begin = set.map_or(Moment::START, |exchange| exchange.due).since_start();
    let is_shown = |one: &&Measurement| {
        one.no_later != Moment::END && [&one.from, &one.to].iter().all(|shown| lanes.contains(&shown.as_str()))
    };
    for one in case.measured.iter().filter(is_shown) {
        let (from, to) = (begin + one.no_earlier.since_start(), begin + one.no_later.since_start());
        let (x, width) = (scale.x(from), (scale.x(to) - scale.x(from)).max(2.0));
        let off = if is_as_documented(one, slack) { "" } else { " off" };
        let documented =
            one.documented.map_or_else(|| "no time is documented".to_owned(), |at| format!("documented {at}"));
        let title = escaped(&format!(
            "{} to {}: between {} and {}, {documented}",
            one.from, one.to, one.no_earlier, one.no_later
        ));
        out.push_str(&format!(
            "<rect class=\"measured{off}\" x=\"{x:.1}\" y=\"2\" width=\"{width:.1}\" height=\"{:.1}\"><title>{title}</title></rect>",
            foot - 4.0
        ));
    }
}

/// Whether a change went where it is documented to go, and may have come when it is documented to come.
fn is_as_documented(one: &Measurement, slack: Duration) -> bool {
    let goes_there = one.documented_to.as_ref().is_none_or(|wanted| *wanted == one.to);
    let comes_then =
        one.documented.is_none_or(|at| one.no_earlier <= at.later(slack) && one.no_later.later(slack) >= at);
    goes_there && comes_then
}

/// The horizontal scale; an hour of waiting must not hide five minutes of fading, so it is a square root.
struct Scale {
    end: Duration,
}

impl Scale {
    fn x(&self, at: Duration) -> f64 {
        let share = (at.as_secs_f64() / self.end.as_secs_f64()).clamp(0.0, 1.0);
        LEFT + share.sqrt() * (WIDTH - LEFT - RIGHT)
    }

    fn y(lane: usize) -> f64 {
        LANE * f64::from(u32::try_from(lane).unwrap_or(0)) + LANE - BAND / 2.0 - 2.0
    }
}

/// What is documented of one session that nothing else stands beside; nothing where more is going on.
fn bands(exchanges: &[Exchange], end: Duration) -> Vec<Band> {
    let calls: Vec<&Exchange> = exchanges.iter().filter(|exchange| exchange.request.method != "GET").collect();
    let Some(first) = calls.first() else { return Vec::new() };
    let is_one_session = calls.iter().all(|call| {
        call.request.url == first.request.url
            && call.request.url.ends_with("/setPresence")
            && session(call) == session(first)
            && accepted(call) == Some(true)
    });
    if !is_one_session {
        return Vec::new();
    }
    let mut bands = Vec::new();
    for (index, call) in calls.iter().enumerate() {
        let from = call.due.since_start();
        let to = calls.get(index + 1).map_or(end, |next| next.due.since_start());
        let (Some((availability, activity)), Some(lasts)) = (pair(call), lasts(call)) else { return Vec::new() };
        bands.extend(stages(&format!("{availability}/{activity}"), from, from + lasts, to));
    }
    bands
}

fn session(exchange: &Exchange) -> Option<String> {
    let value: Value = serde_json::from_str(&exchange.request.body).ok()?;
    Some(value.get("sessionId")?.as_str()?.to_owned())
}

fn lasts(exchange: &Exchange) -> Option<Duration> {
    let value: Value = serde_json::from_str(&exchange.request.body).ok()?;
    DurationText::read(value.get("expirationDuration")?.as_str()?).amount()?.to_duration()
}

fn stages(presence: &str, from: Duration, expiry: Duration, to: Duration) -> Vec<Band> {
    let fades = presence == "Available/Available";
    let mut stages = vec![(presence, from)];
    if fades {
        stages.push(("Available/AvailableInactive", from + TIMEOUT_FIRST));
        stages.push(("Away/Away", from + TIMEOUT_SECOND));
    }
    stages.retain(|(_, begin)| *begin < expiry);
    stages.push(("Offline/Offline", expiry));
    let ends: Vec<Duration> = stages.iter().skip(1).map(|(_, begin)| *begin).chain([Duration::MAX]).collect();
    let band = |((presence, from), end): ((&str, Duration), Duration)| Band {
        presence: presence.to_owned(),
        from,
        to: end.min(to),
    };
    stages.into_iter().zip(ends).map(band).filter(|band| band.from < band.to).collect()
}

/// What the picture shows, for those who cannot see it.
fn sentence(marks: &[(Duration, String, bool)]) -> String {
    let mark = |(at, presence, departs): &(Duration, String, bool)| {
        format!("{} at {}{}", presence, human(*at), if *departs { ", not permitted" } else { "" })
    };
    marks.iter().map(mark).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_its_documented_stages() {
        let minutes = |n: u64| Duration::from_secs(n * 60);
        let shown = |presence, expiry, to| -> Vec<(String, u64, u64)> {
            stages(presence, minutes(0), minutes(expiry), minutes(to))
                .into_iter()
                .map(|band| (band.presence, band.from.as_secs() / 60, band.to.as_secs() / 60))
                .collect()
        };
        let row = |presence: &str, from, to| (presence.to_owned(), from, to);
        let (fresh, inactive, away) = ("Available/Available", "Available/AvailableInactive", "Away/Away");
        assert_eq!(
            shown(fresh, 60, 90),
            [row(fresh, 0, 5), row(inactive, 5, 10), row(away, 10, 60), row("Offline/Offline", 60, 90)]
        );
        assert_eq!(shown(fresh, 5, 20), [row(fresh, 0, 5), row("Offline/Offline", 5, 20)]);
        assert_eq!(shown("Busy/InACall", 30, 20), [row("Busy/InACall", 0, 20)]);
    }
}
