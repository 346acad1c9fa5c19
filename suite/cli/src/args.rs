//! The command line: what may be said, and what it means. Nothing is done here.

use std::convert::Infallible;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use setpresence::Secret;
use setpresence_core::case::text::nearest;
use setpresence_core::plan::Shard;
use setpresence_core::spec::Profile;
use setpresence_reference::ClockKind;
use setpresence_report::Format;
use thiserror::Error;

use crate::fuzz_args::{Fuzz, Replay};
use crate::verbosity::Verbosity;

const AFTER_HELP: &str = "\
Without a command, the reference server in this binary is judged over a loopback socket.

Exit status:
    0  no must is broken
    1  at least one is (--strict: or a should)
    2  the command line, the configuration or the fixtures are wrong
    3  nothing, or less than half of what was tried, could be judged; or the target was lost
       (of several targets the highest)
  130  it was interrupted (Ctrl-C, SIGTERM)";

/// Judges any implementation of Microsoft Graph's setPresence.
#[derive(Debug, Parser)]
#[command(name = "setpresence", version, max_term_width = 110, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judge a target, and print the report.
    Run(Box<Run>),
    /// Send sequences that nobody wrote, judge every answer, and boil findings down to case files.
    Fuzz(Box<Fuzz>),
    /// Try findings again: reproduced, gone or inconclusive; a case that names no finding: passed.
    Replay(Box<Replay>),
    /// Serve the reference, as a test double of the presence API.
    Serve(Serve),
    /// List cases, requirements, mutants, variants or profiles.
    List(List),
    /// Explain a case, a requirement, a mutant or a variant.
    Explain(Explain),
    /// Write a commented target file.
    Init(Init),
    /// Say what a target can do, and what of the suite stays untested.
    Check(Check),
    /// Run the suite against every mutant of the reference, and say which cases notice which.
    Prove(Prove),
    /// Make reports from a stored run.
    Report(Report),
    /// Say what changed between two JSON reports.
    Compare(Compare),
    /// Run the same cases and random sequences on two targets, and say where they differ and who of them departs.
    Diff(Diff),
    /// Write the completions of a shell to standard output.
    Completions(Completions),
    /// Write the manual page to standard output.
    Man,
}

/// Which target, and how to reach it.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct TargetArgs {
    /// The target's base URL, with the version segment if there is one [env: SETPRESENCE_TARGET]
    #[arg(long, value_name = "URL", conflicts_with = "config", help_heading = "Target")]
    pub(crate) target: Option<String>,
    /// The target file; `setpresence init` writes one. `run` takes several and shows the targets side by side
    /// [env: SETPRESENCE_CONFIG]
    #[arg(long, value_name = "FILE", help_heading = "Target")]
    pub(crate) config: Vec<PathBuf>,
    /// The reading of the documentation to judge by [env: SETPRESENCE_PROFILE]
    #[arg(long, value_name = "NAME", value_parser = profile, help_heading = "Target")]
    pub(crate) profile: Option<&'static Profile>,
    /// The bearer token of an application that may set presences [env: SETPRESENCE_TOKEN]
    #[arg(long, value_name = "TOKEN", value_parser = secret, help_heading = "Target")]
    pub(crate) token: Option<Secret>,
    /// A user whose presence may be changed; give it again for more at once [env: SETPRESENCE_USER]
    #[arg(long = "user", value_name = "ID", help_heading = "Target")]
    pub(crate) users: Vec<String>,
    /// The id of the token's application, where the token does not say [env: SETPRESENCE_APP_ID]
    #[arg(long, value_name = "ID", help_heading = "Target")]
    pub(crate) app_id: Option<String>,
    /// The longest that a case may take in real time, such as 90s, 11m or PT11M [default: 1m]
    #[arg(long, value_name = "DURATION", value_parser = wait, help_heading = "Target")]
    pub(crate) max_wait: Option<Duration>,
}

/// Which cases.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct SelectionArgs {
    /// Cases by id, family or pattern: `*` stands for one part of an id, `**` for any
    #[arg(value_name = "PATTERN")]
    pub(crate) patterns: Vec<String>,
    /// Cases to leave out, in the same way
    #[arg(long, value_name = "PATTERN")]
    pub(crate) skip: Vec<String>,
    /// Fixtures from this directory instead of those in the binary
    #[arg(long, value_name = "DIR")]
    pub(crate) fixtures: Option<PathBuf>,
}

/// With several `--config`, every FILE and PATH of the other options is each target's own, with the name of its target
/// file before the ending: `--log run.jsonl` gives `run.a.jsonl` and `run.b.jsonl`. Reports in the formats console, json,
/// markdown and html show the targets side by side at PATH itself.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// A broken should decides the exit status, too
    #[arg(long)]
    pub(crate) strict: bool,
    /// A report to write, `-` for standard output; give it again for more: console, json, junit, markdown, html, har,
    /// sarif, tap, github, ctrf, badge
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = report_to)]
    pub(crate) reports: Vec<ReportTo>,
    /// A file for the run's log, written as the run goes; `setpresence report` makes any report from it later
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// The log of a run that broke off: judges what is missing in it, and goes on with it
    #[arg(long, value_name = "FILE", conflicts_with = "log")]
    pub(crate) resume: Option<PathBuf>,
    /// An earlier JSON report: what departed there fails no run, what departs beyond it does
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// What the target does, as a text: written where there is none, else compared, and a difference fails the run
    #[arg(long, value_name = "FILE")]
    pub(crate) snapshot: Option<PathBuf>,
    /// Write the snapshot anew
    #[arg(long, requires = "snapshot")]
    pub(crate) update: bool,
    /// One part of a run that several machines share: 2/4 is the second of four; `setpresence report` joins their logs
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,
    /// How many cases at once; at most one for each user
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub(crate) jobs: Option<usize>,
    /// Only say which cases would be run, and what that would take
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
    /// Show only how it went
    #[arg(long, short, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// A deliberate fault for the reference in this binary; not with another target
    #[arg(long = "mutant", value_name = "NAME", conflicts_with_all = ["target", "config"])]
    pub(crate) mutants: Vec<String>,
    /// How many targets share what a step of a workflow shows, where there are several.
    #[arg(skip)]
    pub(crate) sharing: usize,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Serve {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) addr: std::net::SocketAddr,
    /// The reading of the documentation to follow
    #[arg(long, value_name = "NAME", value_parser = profile)]
    pub(crate) profile: Option<&'static Profile>,
    /// The clock: wall, manual, or how many times faster than the wall
    #[arg(long, value_name = "wall|manual|SCALE", default_value = "wall")]
    pub(crate) clock: ClockKind,
    /// A deliberate fault; `setpresence list mutants` names them
    #[arg(long = "mutant", value_name = "NAME")]
    pub(crate) mutants: Vec<String>,
    /// Another behaviour that is permitted; `setpresence list variants` names them
    #[arg(long = "variant", value_name = "NAME")]
    pub(crate) variants: Vec<String>,
    /// How many users there are
    #[arg(long, value_name = "N", default_value = "8", value_parser = at_least_one)]
    pub(crate) users: usize,
    /// Write the target file there, too
    #[arg(long, value_name = "FILE")]
    pub(crate) write_target: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct List {
    /// What to list
    #[arg(value_enum, default_value = "cases")]
    pub(crate) what: Listed,
    /// Only these: cases by id, family or pattern, others by name
    #[arg(value_name = "PATTERN")]
    pub(crate) patterns: Vec<String>,
    /// How to write it
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: ListFormat,
    /// Only what concerns this profile
    #[arg(long, value_name = "NAME", value_parser = profile)]
    pub(crate) profile: Option<&'static Profile>,
    /// Fixtures from this directory instead of those in the binary
    #[arg(long, value_name = "DIR")]
    pub(crate) fixtures: Option<PathBuf>,
    /// A run's log: requirements are listed with the verdict that the run gave
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Listed {
    Cases,
    Requirements,
    Mutants,
    Variants,
    Profiles,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Text,
    Json,
    Markdown,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Explain {
    /// The id of a case, a row or a requirement, or the name of a mutant, a variant or a profile
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Fixtures from this directory instead of those in the binary
    #[arg(long, value_name = "DIR")]
    pub(crate) fixtures: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Init {
    /// Where to write it
    #[arg(value_name = "PATH", default_value = "target.toml")]
    pub(crate) path: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Fixtures from this directory instead of those in the binary
    #[arg(long, value_name = "DIR")]
    pub(crate) fixtures: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Prove {
    /// Only these mutants, by name or pattern, such as `never-*`; all of them otherwise
    #[arg(value_name = "MUTANT")]
    pub(crate) mutants: Vec<String>,
    /// Only this profile; both otherwise
    #[arg(long, value_name = "NAME", value_parser = profile)]
    pub(crate) profile: Option<&'static Profile>,
    /// How to write the kill matrix
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: ListFormat,
    /// Run against the variants instead, each alone and so many combinations of them: none may be flagged
    #[arg(long, value_name = "COMBINATIONS", num_args = 0..=1, default_missing_value = "200", conflicts_with_all = ["mutants", "write"])]
    pub(crate) variants: Option<usize>,
    /// Let the fuzzer look for each mutant instead, with so many requests: it must find nine of ten
    #[arg(long, value_name = "REQUESTS", num_args = 0..=1, require_equals = true, default_missing_value = "20000", conflicts_with_all = ["variants", "write"])]
    pub(crate) fuzz: Option<u64>,
    /// Which combinations are drawn, or where the fuzzer begins [default: 1]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Write the kill matrix there as it is kept, to be compared and to find likely causes with
    #[arg(long, value_name = "FILE", conflicts_with_all = ["mutants", "profile"])]
    pub(crate) write: Option<PathBuf>,
    /// How many mutants at once [default: one for each core]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub(crate) jobs: Option<usize>,
    /// Fixtures from this directory instead of those in the binary
    #[arg(long, value_name = "DIR")]
    pub(crate) fixtures: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Report {
    /// The log that `run --log` wrote; several, where a run was done in parts with --shard, or with --side-by-side
    #[arg(value_name = "LOG", required_unless_present = "log_option")]
    pub(crate) logs: Vec<PathBuf>,
    /// The same as an option
    #[arg(id = "log_option", long = "log", value_name = "FILE", conflicts_with = "logs", hide = true)]
    pub(crate) log_option: Option<PathBuf>,
    /// The logs are those of different targets: show them beside each other, as console, json, markdown or html
    #[arg(long, conflicts_with = "log_option")]
    pub(crate) side_by_side: bool,
    /// A report to write, `-` for standard output; give it again for more: console, json, junit, markdown, html, har,
    /// sarif, tap, github, ctrf, badge
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = report_to)]
    pub(crate) reports: Vec<ReportTo>,
    /// A broken should decides the exit status, too
    #[arg(long)]
    pub(crate) strict: bool,
    /// Show every departure in full, and all that was observed or skipped
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Compare {
    /// The earlier JSON report
    #[arg(value_name = "BEFORE")]
    pub(crate) before: PathBuf,
    /// The later one
    #[arg(value_name = "AFTER")]
    pub(crate) after: PathBuf,
    /// How to write it
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: ListFormat,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Diff {
    /// The target file of the one
    #[arg(value_name = "LEFT")]
    pub(crate) left: PathBuf,
    /// The target file of the other
    #[arg(value_name = "RIGHT")]
    pub(crate) right: PathBuf,
    /// Cases by id, family or pattern: `*` stands for one part of an id, `**` for any
    #[arg(value_name = "PATTERN")]
    pub(crate) patterns: Vec<String>,
    /// Cases to leave out, in the same way
    #[arg(long, value_name = "PATTERN")]
    pub(crate) skip: Vec<String>,
    /// The reading of the documentation to judge both by, instead of what their files say
    #[arg(long, value_name = "NAME", value_parser = profile)]
    pub(crate) profile: Option<&'static Profile>,
    /// The longest that a case may take in real time, such as 90s, 11m or PT11M [default: 1m]
    #[arg(long, value_name = "DURATION", value_parser = wait)]
    pub(crate) max_wait: Option<Duration>,
    /// How many requests each target is sent in random sequences, those that clear its users between them included;
    /// 0 for the cases only. Sequences wait only where both clocks are moved by hand
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) requests: u64,
    /// The seed of the sequences: with the same answers it gives the same ones again
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// A report and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportTo {
    pub(crate) format: Format,
    /// Nothing for standard output.
    pub(crate) path: Option<PathBuf>,
}

/// A value that is not what its option wants.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum ValueError {
    #[error("write FORMAT=PATH, such as json=report.json")]
    ReportWithoutPath,
    #[error("there is no report `{name}`{}; there are {}", suggested(*near), report_names())]
    UnknownReport { name: String, near: Option<&'static str> },
    #[error("write a number with s, m or h, such as 90s or 11m, or an ISO 8601 duration such as PT11M")]
    NotADuration,
    #[error("write a whole number from 1")]
    NotACount,
}

fn profile(name: &str) -> Result<&'static Profile, setpresence_core::spec::UnknownProfile> {
    Profile::named(name)
}

/// Any text will do, so that no message ever has a reason to repeat it.
fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::new(text))
}

pub(crate) fn at_least_one(text: &str) -> Result<usize, ValueError> {
    text.parse().ok().filter(|count| *count > 0).ok_or(ValueError::NotACount)
}

pub(crate) fn report_to(text: &str) -> Result<ReportTo, ValueError> {
    let (format, path) = text.split_once('=').ok_or(ValueError::ReportWithoutPath)?;
    let unknown = || {
        let near = nearest(format, Format::ALL.map(Format::name));
        ValueError::UnknownReport { name: format.to_owned(), near }
    };
    let format = Format::named(format).ok_or_else(unknown)?;
    match path {
        "" => Err(ValueError::ReportWithoutPath),
        "-" => Ok(ReportTo { format, path: None }),
        path => Ok(ReportTo { format, path: Some(PathBuf::from(path)) }),
    }
}

fn report_names() -> String {
    Format::ALL.map(Format::name).join(", ")
}

fn suggested(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

pub(crate) fn wait(text: &str) -> Result<Duration, ValueError> {
    setpresence::wait(text).ok_or(ValueError::NotADuration)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definitions_hold_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn reports_and_where_they_go() {
        let json = Format::Json;
        let rows = [
            ("json=-", Ok(ReportTo { format: json, path: None })),
            ("json=a=b", Ok(ReportTo { format: json, path: Some(PathBuf::from("a=b")) })),
            ("json", Err(ValueError::ReportWithoutPath)),
            ("json=", Err(ValueError::ReportWithoutPath)),
            ("xml=x", Err(ValueError::UnknownReport { name: "xml".to_owned(), near: None })),
        ];
        for (text, wanted) in rows {
            assert_eq!(report_to(text), wanted, "{text}");
        }
    }
}
