//! The progress bar: on standard error, and only where that is a terminal.

use std::fmt::Write;
use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use setpresence::{Outlook, RunEvent};
use setpresence_core::judge::Verdict;

use crate::output::human;

/// How often the bar is drawn at most, in times a second: often enough to look alive.
const DRAWS: u8 = 10;
/// How often it is drawn where nothing happens: a case on a wall clock may take minutes, in which only the time moves.
const TICK: Duration = Duration::from_millis(500);
/// The characters of an id that are shown: with what stands before it, it fits into a terminal of 80 columns.
const ID_SHOWN: usize = 52;

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
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} cases{msg}{times}\n{next}") {
                let (times, next) = (self.outlook.clone(), self.outlook.clone());
                // Where even that cannot be written there is no bar.
                let times = move |state: &ProgressState, text: &mut dyn Write| {
                    let _ = text.write_str(&self::times(state.elapsed(), times.ends_in()));
                };
                let next = move |_: &ProgressState, text: &mut dyn Write| {
                    let _ = text.write_str(&self::next(next.next()));
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

/// How long the run has taken, and when it ends as far as that can be told.
fn times(elapsed: Duration, ends_in: Option<Duration>) -> String {
    let ends = ends_in.map(seconds).filter(|left| !left.is_zero());
    let ends = ends.map_or_else(String::new, |left| format!(", ends in {}", human(left)));
    format!(", {} so far{ends}", human(seconds(elapsed)))
}

/// The case that is looked at next, and when, unless it is at once.
fn next(next: Option<(Duration, String)>) -> String {
    let Some((wait, id)) = next else { return String::new() };
    let shown = match id.char_indices().nth(ID_SHOWN) {
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
        assert_eq!(times(ms(75_900), Some(ms(5_000_000))), ", 1 min 15 s so far, ends in 1 h 23 min 20 s");
        assert_eq!(times(ms(0), Some(ms(900))), ", 0 s so far", "what ends now needs no telling");
        assert_eq!(times(ms(1000), None), ", 1 s so far");
        let long = "x".repeat(200);
        let rows = [
            (None, "".to_owned()),
            (Some((ms(999), "fade/a".to_owned())), "next: fade/a".to_owned()),
            (Some((ms(61_999), "fade/a".to_owned())), "next in 1 min 1 s: fade/a".to_owned()),
            (Some((ms(9000), long.clone())), format!("next in 9 s: {}…", &long[..ID_SHOWN])),
        ];
        for (ahead, wanted) in rows {
            assert_eq!(next(ahead), wanted);
        }
        let longest = next(Some((Duration::from_secs(3 * 3600 + 59 * 60 + 59), long)));
        assert!(longest.chars().count() <= 80, "{longest}");
    }
}
