//! The command `setpresence`: judges any implementation of Microsoft Graph's setPresence.

mod args;
mod commands;
mod failure;
mod forecast;
mod fuzz_args;
mod output;
mod progress;
mod reports;
mod signals;
mod snapshots;
mod verbosity;
mod workflow;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use failure::CliError;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match act(cli.command.unwrap_or_else(|| Command::Run(Box::default()))) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            output::note(&format!("error: {}", output::shown(&error)));
            ExitCode::from(error.status())
        }
    }
}

fn act(command: Command) -> Result<u8, CliError> {
    match command {
        Command::Run(args) => commands::run(&args),
        Command::Fuzz(args) => commands::fuzz(&args),
        Command::Replay(args) => commands::replay(&args),
        Command::Serve(args) => commands::serve(&args),
        Command::List(args) => commands::list(&args),
        Command::Explain(args) => commands::explain(&args),
        Command::Init(args) => commands::init(&args),
        Command::Check(args) => commands::check(&args),
        Command::Prove(args) => commands::prove(&args),
        Command::Report(args) => commands::report(&args),
        Command::Compare(args) => commands::compare(&args),
        Command::Diff(args) => commands::diff(&args),
        Command::Completions(args) => commands::completions(&args),
        Command::Man => commands::man(),
    }
}
