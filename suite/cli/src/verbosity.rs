//! What is told on standard error while a command works: every exchange, and what goes on around them.
//!
//! Both only hold what is masked: a watcher is told what reports are told, and no event is made of a secret.

use std::fmt;
use std::io;
use std::time::Instant;

use clap::{ArgAction, Args};
use setpresence::{Exchanged, Subject, Watcher};
use setpresence_report::{clean, exchange};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::output::note;

/// Whose events are shown. Of the client only when it connects: what it says of its pool drowns the rest.
const SHOWN: [&str; 3] =
    ["setpresence_runner", "hyper_util::client::legacy::connect", "hyper_util::client::legacy::client"];

/// How much is told.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct Verbosity {
    /// Show each request and its answer on standard error, and in the report every departure in full with all that was
    /// observed or skipped; -vv also what goes on around them: cases, waits, connections, tokens, retries
    #[arg(long = "verbose", short, action = ArgAction::Count)]
    verbose: u8,
}

impl Verbosity {
    /// Whether more is told than usual.
    pub(crate) const fn is_verbose(self) -> bool {
        self.verbose > 0
    }

    /// Tells what goes on from now on, where that is wanted.
    pub(crate) fn listen(self) {
        if self.verbose < 2 {
            return;
        }
        let shown = Targets::new().with_targets(SHOWN.map(|target| (target, Level::DEBUG)));
        let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).event_format(Line(Instant::now()));
        // Nobody else in this process listens, so it can only be the first.
        let _ = tracing_subscriber::registry().with(lines.with_filter(shown)).try_init();
    }

    /// The subject, whose every exchange is shown where that is wanted.
    pub(crate) fn watch(self, subject: Subject) -> Subject {
        if self.is_verbose() { subject.watched_by(Watcher::new(show)) } else { subject }
    }
}

fn show(exchanged: &Exchanged<'_>) {
    let Exchanged { purpose, request, outcome, took } = exchanged;
    note(&exchange(purpose, request, outcome, *took));
}

/// An event as a line: how long after the beginning, what happened, and to whom.
struct Line(Instant);

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut fields = String::new();
        context.format_fields(Writer::new(&mut fields), event)?;
        writeln!(writer, "# {:.3} s  {}", self.0.elapsed().as_secs_f64(), clean(&fields))
    }
}
