//! The suite as one test per case: against `SETPRESENCE_TARGET` or `SETPRESENCE_CONFIG` when one is set, else
//! against the embedded reference in every profile. Filters, `--list` and nextest work as with any test.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use setpresence::{Profile, SetupError, Subject, Suite, TargetOptions, fixtures, harness};
use tokio::runtime::Builder;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let runtime = Builder::new_current_thread().enable_all().build().map_err(SetupError::Runtime);
    harness::finish(&arguments, runtime.and_then(|runtime| runtime.block_on(collect(&arguments))))
}

async fn collect(arguments: &Arguments) -> Result<Vec<Trial>, SetupError> {
    let options = TargetOptions::from_environment()?;
    let exact = exact(arguments);
    let suite = match exact {
        Some(id) => Suite::of(fixtures::embedded_for(without_profile(id))?),
        None => Suite::new()?,
    };
    let mut trials = Vec::new();
    if options.url.is_some() || options.config.is_some() {
        let subject = Subject::from_options(&options).await?;
        trials.extend(harness::trials(&suite, &subject, "", arguments).await?.0);
    } else {
        for profile in Profile::ALL {
            if exact.is_some_and(|id| !id.starts_with(&format!("{profile}/"))) {
                continue;
            }
            let subject = Subject::from_options(&TargetOptions { profile: Some(profile), ..options.clone() }).await?;
            trials.extend(harness::trials(&suite, &subject, &format!("{profile}/"), arguments).await?.0);
        }
    }
    Ok(trials)
}

/// The one test that is asked for, as nextest does in a process for each: there is no need to read the others.
fn exact(arguments: &Arguments) -> Option<&str> {
    arguments.filter.as_deref().filter(|_| arguments.exact && !arguments.list)
}

fn without_profile(name: &str) -> &str {
    let stripped = |profile: &'static Profile| name.strip_prefix(profile.name)?.strip_prefix('/');
    Profile::ALL.into_iter().find_map(stripped).unwrap_or(name)
}
