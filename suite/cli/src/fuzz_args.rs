//! What may be said of fuzzing, and of trying its findings again.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use setpresence_core::plan::Shard;

use crate::args::{ReportTo, TargetArgs, at_least_one, report_to, wait};
use crate::verbosity::Verbosity;

#[derive(Clone, Debug, Args)]
pub(crate) struct Fuzz {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// The seed: with the same answers it gives the same campaign again
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// How many requests to send at most [default: 20000, where --for is not given]
    #[arg(long, value_name = "N")]
    pub(crate) requests: Option<u64>,
    /// How long to go on at most, such as 90s or 10m
    #[arg(long = "for", value_name = "DURATION", value_parser = wait)]
    pub(crate) lasts: Option<Duration>,
    /// How many requests at once; some sequences for each are under way, as far as there are three users for one
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub(crate) jobs: Option<usize>,
    /// How many requests a second at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rate: Option<u32>,
    /// Calls to one user also overlap in time; their answers are right where some order of the calls explains them.
    /// Nothing waits then, but on a clock that is moved by hand
    #[arg(long)]
    pub(crate) concurrent: bool,
    /// A directory for the witnesses: one case file for each finding
    #[arg(long, value_name = "DIR")]
    pub(crate) witnesses: Option<PathBuf>,
    /// One part of a campaign that several machines share: 2/4 is the second of four
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,
    /// A broken should decides the exit status, too
    #[arg(long)]
    pub(crate) strict: bool,
    /// A report to write: console=PATH or json=PATH, `-` for standard output
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = report_to)]
    pub(crate) reports: Vec<ReportTo>,
    /// A deliberate fault for the reference in this binary; not with another target
    #[arg(long = "mutant", value_name = "NAME", conflicts_with_all = ["target", "config"])]
    pub(crate) mutants: Vec<String>,
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Replay {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Case files and witnesses (.toml), or what libFuzzer left: a file called crash-…, timeout-…, oom-…, leak-… or
    /// slow-unit-…, or any in artifacts/TARGET/ or corpus/TARGET/. Where TARGET is one of the suite's own (request_body,
    /// duration, http_request, case_file, model; not if another package's Cargo.toml stands beside artifacts), it is what
    /// that one reads; else a sequence of requests, as a Handler of your own reads it
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// A deliberate fault for the reference in this binary; not with another target
    #[arg(long = "mutant", value_name = "NAME", conflicts_with_all = ["target", "config"])]
    pub(crate) mutants: Vec<String>,
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
}
