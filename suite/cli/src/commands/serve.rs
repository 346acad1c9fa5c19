//! `serve`: the reference alone, until it is told to stop.

use setpresence::{SetupError, faults, target_file, variants};
use setpresence_core::spec::Profile;
use setpresence_reference::{Reference, Settings};

use super::runtime;
use crate::args::Serve;
use crate::failure::CliError;
use crate::output::{WholeFile, say};
use crate::signals::Signals;

/// Serves until Ctrl-C or SIGTERM. Standard output is a target file, address and all, so it can be kept as one.
pub(crate) fn serve(args: &Serve) -> Result<u8, CliError> {
    let settings = Settings::for_profile(args.profile.unwrap_or(Profile::ALL[0]))
        .with_clock(args.clock)
        .with_users(args.users)
        .with_faults(faults(&args.mutants)?)
        .with_variants(variants(&args.variants)?);
    runtime()?.block_on(serve_until_told(Reference::new(settings), args))
}

async fn serve_until_told(reference: Reference, args: &Serve) -> Result<u8, CliError> {
    // Before the address is printed: whoever reads it may already send the signal.
    let mut stop = Signals::listen().map_err(CliError::Signals)?;
    let running = reference.spawn(args.addr).await.map_err(SetupError::from)?;
    let file = target_file::for_reference(reference.settings(), reference.mint(), running.address());
    if let Some(path) = &args.write_target {
        let unwritable = |source| CliError::Unwritable { path: path.clone(), source };
        let mut whole = WholeFile::begin_secret(path).map_err(unwritable)?;
        whole.write(&file).and_then(|()| whole.finish()).map_err(unwritable)?;
    }
    let base = format!("http://{}{}", running.address(), target_file::base_path(reference.settings()));
    let clock = args.clock;
    say(&format!("# serving {base} (profile {}, clock {clock})\n\n{file}\n", reference.settings().profile))
        .and_then(|()| {
            say(&format!(
                "# a token:  curl -s {base}/__token\n# judge it: setpresence run --config FILE, this text being in FILE\n\
                 # stop it with Ctrl-C\n"
            ))
        })
        .map_err(CliError::Output)?;
    stop.next().await;
    running.stop().await;
    Ok(0)
}
