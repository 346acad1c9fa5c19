//! `diff`: the same cases on two targets, and where they differ.

use std::path::Path;

use setpresence::{Outcome, Subject, Suite, TargetOptions};
use setpresence_report::{Differences, Status};

use super::runtime;
use crate::args::Diff;
use crate::failure::CliError;
use crate::output::say;

/// Judges both and says where they differ. The exit status is 1 where one of them departs, 3 where nothing was compared.
pub(crate) fn diff(args: &Diff) -> Result<u8, CliError> {
    let suite = Suite::of(setpresence::fixtures::embedded()?).select(&args.patterns, &args.skip)?;
    let differences = runtime()?.block_on(async {
        let left = judged(&suite, &args.left, args).await?;
        let right = judged(&suite, &args.right, args).await?;
        Ok::<_, CliError>(Differences::of(left.events(), right.events()))
    })?;
    say(&differences.text()).map_err(CliError::Output)?;
    Ok(if differences.is_empty() {
        Status::Unjudged.code()
    } else if differences.has_departures() {
        Status::Departs.code()
    } else {
        Status::Conforms.code()
    })
}

async fn judged(suite: &Suite, file: &Path, args: &Diff) -> Result<Outcome, CliError> {
    let options =
        TargetOptions { profile: args.profile, max_wait: args.max_wait, ..TargetOptions::file(file.to_owned()) };
    Ok(suite.judge(&Subject::from_options(&options).await?).await?)
}
