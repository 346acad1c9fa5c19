//! The formats, by name, and the one way to make any of them.

use setpresence_core::event::RunEvent;
use thiserror::Error;

use crate::console::{self, Options};
use crate::{badge, ctrf, github, har, html, json, junit, markdown, sarif, tap};

/// A format of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// For a person at a terminal.
    Console,
    /// For programs; described by `fixtures/schema/report.schema.json`.
    Json,
    /// For the test reports of Jenkins, GitLab and others.
    Junit,
    /// For a pull-request comment or a step summary.
    Markdown,
    /// One page for a browser, with everything in it.
    Html,
    /// Every exchange, for a browser's network panel and HTTP tools.
    Har,
    /// For code-scanning alerts.
    Sarif,
    /// The Test Anything Protocol, version 14.
    Tap,
    /// Annotations, as workflow commands of GitHub Actions.
    Github,
    /// The Common Test Report Format.
    Ctrf,
    /// The endpoint of a shields.io badge.
    Badge,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 11] = [
        Self::Console,
        Self::Json,
        Self::Junit,
        Self::Markdown,
        Self::Html,
        Self::Har,
        Self::Sarif,
        Self::Tap,
        Self::Github,
        Self::Ctrf,
        Self::Badge,
    ];

    /// The name, as `--report NAME=PATH` has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Har => "har",
            Self::Sarif => "sarif",
            Self::Tap => "tap",
            Self::Github => "github",
            Self::Ctrf => "ctrf",
            Self::Badge => "badge",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Whether it shows the exchanges of cases in which nothing departs.
    #[must_use]
    pub const fn shows_every_exchange(self) -> bool {
        matches!(self, Self::Har | Self::Html)
    }
}

/// Why a report cannot be made.
#[derive(Debug, Error)]
pub enum RenderError {
    /// A value cannot be written as JSON.
    #[error("the report cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A text cannot be written as XML.
    #[error("the report cannot be written as XML: {0}")]
    Xml(#[from] quick_junit::SerializeError),
}

/// The report of a run in that format, with a line end.
///
/// # Errors
/// None that an event can cause; those of the writers are passed on.
pub fn render(format: Format, events: &[RunEvent], options: &Options) -> Result<String, RenderError> {
    Ok(match format {
        Format::Console => console::report(events, options),
        Format::Json => json::report(events)?,
        Format::Junit => junit::report(events, options.strictness)?,
        Format::Markdown => markdown::report(events, options.strictness),
        Format::Html => html::report(events, options.strictness)?,
        Format::Har => har::report(events)?,
        Format::Sarif => sarif::report(events, options.strictness)?,
        Format::Tap => tap::report(events, options.strictness),
        Format::Github => github::report(events, options),
        Format::Ctrf => ctrf::report(events, options.strictness)?,
        Format::Badge => badge::report(events, options.strictness)?,
    })
}
