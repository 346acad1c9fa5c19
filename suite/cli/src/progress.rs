//! The progress bar: on standard error, and only where that is a terminal.

use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use setpresence_core::event::RunEvent;
use setpresence_core::judge::Verdict;

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
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::new(0);
        if stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(DRAWS));
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} cases {msg} {elapsed}") {
                bar.set_style(style);
            }
            // A case on a wall clock may take minutes, in which only the time moves.
            bar.enable_steady_tick(Duration::from_millis(500));
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self { bar, n_failed: 0 }
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

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
