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

/// A bar that follows a run.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    n_failed: usize,
}

impl Progress {
    /// A bar, hidden where nobody would see it.
    pub(crate) fn new(outlook: Outlook, before: &[RunEvent]) -> Self {
        let bar = ProgressBar::new(0);
        if stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(DRAWS));
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} cases {msg} {elapsed}{ahead}") {
                let ahead = move |_: &ProgressState, text: &mut dyn Write| {
                    // Where even that cannot be written there is no bar.
                    let _ = text.write_str(&ahead(&outlook));
                };
                bar.set_style(style.with_key("ahead", ahead));
            }
            // A case on a wall clock may take minutes, in which only the time moves.
            bar.enable_steady_tick(Duration::from_millis(500));
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let mut progress = Self { bar, n_failed: 0 };
        before.iter().for_each(|event| progress.follow(event));
        progress
    }

    /// Takes notice of what happened.
    pub(crate) fn follow(&mut self, event: &RunEvent) {
        match event {
            RunEvent::RunStarted(start) => self.bar.set_length(u64::try_from(start.cases).unwrap_or(u64::MAX)),
            RunEvent::CaseFinished(case) => {
                if case.verdict == Verdict::Failed {
                    self.n_failed += 1;
                    self.bar.set_message(format!("{} failed", self.n_failed));
                }
                self.bar.inc(1);
            }
            RunEvent::RunFinished(_) => self.bar.finish_and_clear(),
        }
    }
}

/// When the run ends, and what it looks at next.
fn ahead(outlook: &Outlook) -> String {
    let seconds = |time: Duration| human(Duration::from_secs(time.as_secs()));
    let ends = outlook.ends_in().filter(|left| !left.is_zero());
    let mut text = ends.map_or_else(String::new, |left| format!(", ends in {}", seconds(left)));
    if let Some((wait, id)) = outlook.next() {
        text.push_str(&format!(", next in {}: {id}", seconds(wait)));
    }
    text
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
