//! The progress bar: on standard error, and only where that is a terminal.

use std::fmt::Write;
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use setpresence::{Outlook, RunEvent};
use setpresence_core::judge::Verdict;

use crate::output::{error_width, human, note_fitted};

/// How often the bar is drawn at most, in times a second: often enough to look alive.
const DRAWS: u8 = 10;
/// How often it is drawn where nothing happens: a case on a wall clock may take minutes, in which only the time moves.
const TICK: Duration = Duration::from_millis(500);
/// The characters of the bar, where the line has room for it beside the counts and the failures.
const BAR_SHOWN: usize = 30;
/// What is kept of a line for the counts and the failures.
const COUNTS: usize = 40;
/// What stands at most before the id of the next case: `next in 3 h 59 min 59 s: `, and the sign that the id is cut.
const BEFORE_ID: usize = 26;
/// The width where the terminal does not tell its own.
const WIDTH: usize = 80;

/// A bar that follows a run.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    outlook: Outlook,
    n_failed: usize,
}

impl Progress {
    /// A bar that is shown when the run begins.
    pub(crate) fn new(outlook: Outlook) -> Self {
        Self { bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()), outlook, n_failed: 0 }
    }

    /// The run of so many cases begins, or goes on after these events; nobody sees it where there is no terminal.
    pub(crate) fn begin(&mut self, n_cases: usize, before: &[RunEvent]) {
        if stderr().is_terminal() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(DRAWS));
            let width = error_width().unwrap_or(WIDTH);
            if let Ok(style) = ProgressStyle::with_template(&template(width)) {
                let (times, next) = (self.outlook.clone(), self.outlook.clone());
                // Where even that cannot be written there is no bar.
                let n_before = u64::try_from(before.len().saturating_sub(1)).unwrap_or(u64::MAX);
                let times = move |state: &ProgressState, text: &mut dyn Write| {
                    let done = state.pos().saturating_sub(n_before);
                    let all = state.len().unwrap_or_default().saturating_sub(n_before);
                    let ends_in = times.ends_in().filter(|left| !left.is_zero());
                    let ends_in = ends_in.or_else(|| at_pace(done, all, state.elapsed()));
                    let _ = text.write_str(&self::times(state.elapsed(), ends_in));
                };
                let next = move |_: &ProgressState, text: &mut dyn Write| {
                    let _ = text.write_str(&self::next(next.next(), width));
                };
                self.bar.set_style(style.with_key("times", times).with_key("next", next));
            }
            self.bar.enable_steady_tick(TICK);
        }
        self.bar.set_length(u64::try_from(n_cases).unwrap_or(u64::MAX));
        before.iter().for_each(|event| self.follow(event));
    }

    /// Takes notice of what happened.
    pub(crate) fn follow(&mut self, event: &RunEvent) {
        match event {
            RunEvent::RunStarted(_) => {}
            RunEvent::CaseFinished(case) => {
                if case.verdict == Verdict::Failed {
                    self.n_failed += 1;
                    self.bar.set_message(format!(", {} failed", self.n_failed));
                }
                self.bar.inc(1);
            }
            RunEvent::RunFinished(_) => self.bar.finish_and_clear(),
        }
    }
}

/// The lines of the bar: each fits into the width by itself.
fn template(width: usize) -> String {
    let n_bar = BAR_SHOWN.min(width.saturating_sub(COUNTS));
    let bar = if n_bar == 0 { String::new() } else { format!("{{bar:{n_bar}}} ") };
    format!("{bar}{{pos}}/{{len}} cases{{msg}}\n{{times}}\n{{next}}")
}

/// How often progress is told in lines: often enough on a terminal to look alive, seldom enough in a log to be read.
const TOLD_EVERY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));

/// Tells the progress of what has no cases to count, a line now and then.
#[derive(Debug)]
pub(crate) struct Telling {
    began: Instant,
    told: Instant,
    requests: Option<u64>,
    lasts: Option<Duration>,
}

impl Telling {
    /// Of something that sends so many requests at most, or goes on that long.
    pub(crate) fn new(requests: Option<u64>, lasts: Option<Duration>) -> Self {
        let now = Instant::now();
        Self { began: now, told: now, requests, lasts }
    }

    /// Says how far it is after so many requests, and when it ends, if it is time to.
    pub(crate) fn tell(&mut self, sent: u64, text: impl FnOnce() -> String) {
        let every = if stderr().is_terminal() { TOLD_EVERY.0 } else { TOLD_EVERY.1 };
        if self.told.elapsed() < every {
            return;
        }
        self.told = Instant::now();
        let elapsed = self.began.elapsed();
        let by_requests = self.requests.and_then(|requests| left(sent, requests, elapsed));
        let by_time = self.lasts.map(|lasts| lasts.saturating_sub(elapsed));
        let ends = by_requests.into_iter().chain(by_time).min();
        let ends = ends.map_or_else(String::new, |left| format!(", ends in {}", human(seconds(left))));
        note_fitted(&format!("{}{ends}", text()));
    }
}

/// A pace that is younger than this tells nothing: what is skipped is done at once, and connections are made first.
const PACE_LEAST: Duration = Duration::from_secs(5);

/// How long the rest of the cases takes where none of them waits for anything but its answers.
fn at_pace(done: u64, all: u64, elapsed: Duration) -> Option<Duration> {
    if elapsed < PACE_LEAST { None } else { left(done, all, elapsed) }
}

/// How long the rest takes at the pace so far.
fn left(sent: u64, requests: u64, elapsed: Duration) -> Option<Duration> {
    let rest = requests.saturating_sub(sent);
    let nanos = elapsed.as_nanos().checked_mul(u128::from(rest))?.checked_div(u128::from(sent))?;
    u64::try_from(nanos).ok().map(Duration::from_nanos)
}

/// How long the run has taken, and when it ends as far as that can be told.
fn times(elapsed: Duration, ends_in: Option<Duration>) -> String {
    let ends = ends_in.map(seconds).filter(|left| !left.is_zero());
    let ends = ends.map_or_else(String::new, |left| format!(", ends in {}", human(left)));
    format!("{} so far{ends}", human(seconds(elapsed)))
}

/// The case that is looked at next, and when, unless it is at once.
fn next(next: Option<(Duration, String)>, width: usize) -> String {
    let Some((wait, id)) = next else { return String::new() };
    let shown = match id.char_indices().nth(width.saturating_sub(BEFORE_ID)) {
        Some((end, _)) => format!("{}…", &id[..end]),
        None => id,
    };
    match seconds(wait) {
        Duration::ZERO => format!("next: {shown}"),
        wait => format!("next in {}: {shown}", human(wait)),
    }
}

fn seconds(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs())
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ahead_fits_into_a_line() {
        let ms = Duration::from_millis;
        assert_eq!(times(ms(75_900), Some(ms(5_000_000))), "1 min 15 s so far, ends in 1 h 23 min 20 s");
        assert_eq!(times(ms(0), Some(ms(900))), "0 s so far", "what ends now needs no telling");
        assert_eq!(times(ms(1000), None), "1 s so far");
        let long = "x".repeat(200);
        let rows = [
            (None, String::new()),
            (Some((ms(999), "fade/a".to_owned())), "next: fade/a".to_owned()),
            (Some((ms(61_999), "fade/a".to_owned())), "next in 1 min 1 s: fade/a".to_owned()),
            (Some((ms(9000), long.clone())), format!("next in 9 s: {}…", &long[..80 - BEFORE_ID])),
        ];
        for (ahead, wanted) in rows {
            assert_eq!(next(ahead, 80), wanted);
        }
        let wait = Duration::from_secs(3 * 3600 + 59 * 60 + 59);
        for width in [40, 60, 80, 200] {
            let longest = next(Some((wait, "x".repeat(400))), width);
            assert!(longest.chars().count() <= width, "{longest}");
        }
    }

    #[test]
    fn the_rest_takes_as_long_as_it_did_so_far() {
        let rows = [
            ((50, 100), Some(10_000)),
            ((100, 100), Some(0)),
            ((1, 1001), Some(10_000_000)),
            ((101, 100), Some(0)),
            ((0, 5), None),
        ];
        for ((sent, requests), millis) in rows {
            assert_eq!(left(sent, requests, Duration::from_secs(10)), millis.map(Duration::from_millis), "{sent}");
        }
    }

    #[test]
    fn a_run_that_waits_for_nothing_ends_at_its_pace() {
        let rows = [((50, 100), 10, Some(10)), ((50, 100), 4, None), ((0, 100), 60, None), ((100, 100), 60, Some(0))];
        for ((done, all), seconds, wanted) in rows {
            assert_eq!(
                at_pace(done, all, Duration::from_secs(seconds)),
                wanted.map(Duration::from_secs),
                "{done}/{all}"
            );
        }
    }

    #[test]
    fn the_bar_gives_way_to_the_counts() {
        let rows = [(200, "{bar:30} "), (70, "{bar:30} "), (60, "{bar:20} "), (40, "")];
        for (width, bar) in rows {
            assert_eq!(template(width), format!("{bar}{{pos}}/{{len}} cases{{msg}}\n{{times}}\n{{next}}"));
        }
    }
}
