//! `init`: a target file to begin with, every key with its meaning.

use setpresence::target_file;

use crate::args::Init;
use crate::failure::CliError;
use crate::output::{WholeFile, say};

/// Writes a commented target file; one that is there stays, unless told otherwise.
pub(crate) fn init(args: &Init) -> Result<u8, CliError> {
    let path = &args.path;
    if path.exists() && !args.force {
        return Err(CliError::Exists { path: path.clone() });
    }
    let unwritable = |source| CliError::Unwritable { path: path.clone(), source };
    // It is there to be filled in with tokens.
    let mut file = WholeFile::begin_secret(path).map_err(unwritable)?;
    file.write(target_file::TEMPLATE).and_then(|()| file.finish()).map_err(unwritable)?;
    let shown = path.display();
    say(&format!("wrote {shown}\nnext: fill it in, then\n  setpresence check --config {shown}\n  setpresence run --config {shown}\n"))
        .map_err(CliError::Output)?;
    Ok(0)
}
