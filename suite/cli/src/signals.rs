//! The signals that tell a command to end: Ctrl-C and SIGTERM.

use std::io;

use setpresence::Stop;

use crate::output::note;

/// Listens from the moment that it is made.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Tells runs to end at the first signal; is over at the second.
    pub(crate) async fn told_twice(&mut self, stops: &[Stop]) {
        self.next().await;
        note("interrupted: clearing what was set, then telling what was seen; once more leaves at once");
        stops.iter().for_each(Stop::tell);
        self.next().await;
    }

    #[cfg(unix)]
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for the next one.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) {
        // Where the signal cannot be had there is nothing to wait for, and stopping is right.
        let _ = tokio::signal::ctrl_c().await;
    }
}
