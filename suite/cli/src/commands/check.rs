//! `check`: what a target can do, and what of the suite stays untested and why.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use setpresence::{Subject, Suite};
use setpresence_core::plan::Planned;
use setpresence_report::Status;
use setpresence_runner::{Finding, Reach};

use super::{library, runtime, target_options};
use crate::args::Check;
use crate::failure::CliError;
use crate::output::{note, say_fitted};

/// Takes a first look at the target and says what it finds; judges nothing.
pub(crate) fn check(args: &Check) -> Result<u8, CliError> {
    args.verbosity.listen();
    let suite = Suite::of(library(args.fixtures.as_deref())?);
    let options = target_options(&args.target)?;
    runtime()?.block_on(async {
        let subject = args.verbosity.watch(Subject::from_options(&options).await?);
        let probe = subject.probe().await;
        // Where something answered, what it answered to each request says more.
        let is_told = !matches!(probe.reach, Reach::Unreachable | Reach::NotFound | Reach::BadToken);
        if !is_told {
            note(&probe.sentence);
            return Ok(Status::Unjudged.code());
        }
        let mut text = head(&subject);
        let _ = writeln!(text, "first look   {}", probe.sentence);
        for warning in &probe.warnings {
            let _ = writeln!(text, "warning      {warning}");
        }
        findings(&mut text, "operations", probe.operations.iter().map(|(name, found)| (name.name(), found)));
        findings(&mut text, "credentials", probe.credentials.iter().map(|(name, found)| (name.as_str(), found)));
        let mended = if probe.reach.is_hopeless() { ", once what the first look found is mended" } else { "" };
        coverage(&mut text, &suite.plan(&subject), mended);
        say_fitted(&text).map_err(CliError::Output)?;
        Ok(if probe.reach.is_hopeless() { Status::Unjudged } else { Status::Conforms }.code())
    })
}

fn head(subject: &Subject) -> String {
    let settings = subject.settings();
    format!(
        "target       {}\nprofile      {}: {}\nclock        {}\nusers        {}\n",
        subject.name(),
        settings.profile.name,
        settings.profile.about,
        settings.clock.name(),
        settings.users.len()
    )
}

fn findings<'f>(text: &mut String, title: &str, found: impl Iterator<Item = (&'f str, &'f Finding)>) {
    let _ = writeln!(text, "\n{title}");
    for (name, finding) in found {
        let mark = if finding.is_usable { "yes" } else { "no " };
        let _ = writeln!(text, "  {mark}  {name:30} {}", finding.sentence);
    }
}

fn coverage(text: &mut String, planned: &[Planned], mended: &str) {
    let mut families: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for one in planned {
        let (family, n_run) = match one {
            Planned::Run(plan) => (plan.family.as_str(), 1),
            Planned::Skipped(skipped) => {
                *reasons.entry(&skipped.reason).or_default() += 1;
                (skipped.family.as_str(), 0)
            }
        };
        let counts = families.entry(family).or_default();
        counts.0 += n_run;
        counts.1 += 1;
    }
    let n_run: usize = families.values().map(|(n_run, _)| n_run).sum();
    let _ = writeln!(text, "\n{n_run} of {} cases can be judged{mended}", planned.len());
    for (family, (n_run, n_all)) in families {
        let _ = writeln!(text, "  {family:14} {n_run:4} of {n_all}");
    }
    if !reasons.is_empty() {
        text.push_str("\nwhat stays untested\n");
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(reason, n)| (std::cmp::Reverse(*n), *reason));
    for (reason, n) in reasons {
        let _ = writeln!(text, "  {n:4}  {reason}");
    }
}
