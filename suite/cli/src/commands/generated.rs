//! `completions` and `man`: made from the definitions of the command line.

use clap::CommandFactory as _;

use crate::args::{Cli, Completions};
use crate::failure::CliError;
use crate::output::say;

const NAME: &str = "setpresence";

/// Writes the completions of a shell.
pub(crate) fn completions(args: &Completions) -> Result<u8, CliError> {
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut bytes);
    shown(&bytes)
}

/// Writes the manual page, one with a section for each command.
pub(crate) fn man() -> Result<u8, CliError> {
    let mut command = Cli::command();
    command.build();
    let mut bytes = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut bytes).map_err(CliError::Output)?;
    for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
        clap_mangen::Man::new(subcommand.clone()).render(&mut bytes).map_err(CliError::Output)?;
    }
    shown(&bytes)
}

fn shown(bytes: &[u8]) -> Result<u8, CliError> {
    say(&String::from_utf8_lossy(bytes)).map_err(CliError::Output)?;
    Ok(0)
}
