//! `prove --fuzz`: the fuzzer against every mutant of the reference, and how soon it finds which.

use std::fmt::Write as _;

use serde_json::{Value, json};
use setpresence::proof::{self, Hunted};
use setpresence::{Library, SetupError};
use setpresence_core::spec::Profile;
use setpresence_reference::Mutant;

use crate::args::ListFormat;
use crate::failure::CliError;

/// How many of a hundred mutants the fuzzer must find to be worth its name.
const PERCENT_LEAST: usize = 90;

/// What is looked for, and with what.
pub(super) struct Hunt<'h> {
    pub(super) library: &'h Library,
    pub(super) profiles: &'h [&'static Profile],
    pub(super) mutants: &'h [&'static Mutant],
    /// How many mutants at once.
    pub(super) jobs: usize,
    pub(super) seed: u64,
    /// How many requests each mutant is given in a profile.
    pub(super) requests: u64,
}

impl Hunt<'_> {
    /// Fuzzes every mutant and makes the table of it; says whether enough were found.
    pub(super) fn table(
        &self,
        format: ListFormat,
        on_done: &(dyn Fn(&Hunted) + Sync),
    ) -> Result<(String, bool), CliError> {
        let rows = self.rows(on_done)?;
        let tally = Tally::of(&rows);
        let text = match format {
            ListFormat::Text => self.text(&rows, &tally),
            ListFormat::Json => serde_json::to_string_pretty(&self.json(&rows, &tally))? + "\n",
            ListFormat::Markdown => self.markdown(&rows, &tally),
        };
        Ok((text, tally.is_enough()))
    }

    fn rows(&self, on_done: &(dyn Fn(&Hunted) + Sync)) -> Result<Vec<Hunted>, SetupError> {
        let budget = (self.seed, self.requests);
        proof::hunt(self.library, self.profiles, self.mutants, budget, self.jobs, on_done)
    }

    fn text(&self, rows: &[Hunted], tally: &Tally) -> String {
        let width = rows.iter().map(|row| row.mutant.name.len()).max().unwrap_or(0);
        let mut text = String::new();
        for row in rows {
            let _ = writeln!(text, "{:9}  {:width$}  {}", word(row), row.mutant.name, how(row));
        }
        let _ = writeln!(text, "\n{}", self.summary(tally));
        text
    }

    fn markdown(&self, rows: &[Hunted], tally: &Tally) -> String {
        let mut text = format!("{}\n\n", self.summary(tally));
        text.push_str(
            "| mutant | what is wrong | outcome | requests | steps | shown as |\n|---|---|---|---:|---:|---|\n",
        );
        for row in rows {
            let Mutant { name, about, .. } = row.mutant;
            let about = about.replace('|', "\\|");
            let shown = row.caught.as_ref().map_or_else(
                || " | | ".to_owned(),
                |(profile, caught)| {
                    let (requests, steps) = (caught.requests, caught.sequence.moves().len());
                    let (class, requirement) = (caught.divergence.class.name(), &caught.divergence.requirement);
                    format!("{requests} | {steps} | {class} on `{requirement}`, {profile}")
                },
            );
            let _ = writeln!(text, "| `{name}` | {about} | {} | {shown} |", word(row));
        }
        text
    }

    fn json(&self, rows: &[Hunted], tally: &Tally) -> Value {
        let row = |row: &Hunted| {
            let caught = row.caught.as_ref().map(|(profile, caught)| {
                json!({
                    "profile": profile.name,
                    "requests": caught.requests,
                    "steps": caught.sequence.moves().len(),
                    "class": caught.divergence.class.name(),
                    "requirement": caught.divergence.requirement,
                })
            });
            json!({ "mutant": row.mutant.name, "about": row.mutant.about, "outcome": word(row), "caught": caught })
        };
        json!({
            "format": 1,
            "suite": env!("CARGO_PKG_VERSION"),
            "seed": self.seed,
            "requests": self.requests,
            "mutants": rows.iter().map(row).collect::<Vec<_>>(),
            "found": tally.n_found,
            "binding": tally.n_binding,
            "median_requests": median(&tally.requests),
            "median_steps": median(&tally.steps),
        })
    }

    fn summary(&self, tally: &Tally) -> String {
        let Tally { n_found, n_binding, requests, steps, .. } = tally;
        let n_permitted = self.mutants.len() - n_binding;
        let mut text = format!(
            "{n_found} of {n_binding} mutants found within {} requests each (seed {}); {n_permitted} break nothing that binds",
            self.requests, self.seed
        );
        if let (Some(median_requests), Some(median_steps), Some(most)) = (median(requests), median(steps), steps.last())
        {
            let _ = write!(
                text,
                "\nmedian: found after {median_requests} requests, witness of {} (at most {most})",
                steps_of(median_steps)
            );
        }
        text
    }
}

/// What the rows amount to.
struct Tally {
    n_found: usize,
    n_binding: usize,
    /// How many requests each took, ascending.
    requests: Vec<u64>,
    /// How many steps each witness has, ascending.
    steps: Vec<u64>,
}

impl Tally {
    fn of(rows: &[Hunted]) -> Self {
        let caught = || rows.iter().filter_map(|row| row.caught.as_ref()).map(|(_, caught)| caught);
        let mut requests: Vec<u64> = caught().map(|caught| caught.requests).collect();
        let mut steps: Vec<u64> = caught().map(|caught| caught.sequence.moves().len() as u64).collect();
        requests.sort_unstable();
        steps.sort_unstable();
        let n_binding = rows.iter().filter(|row| !row.profiles.is_empty()).count();
        Self { n_found: requests.len(), n_binding, requests, steps }
    }

    fn is_enough(&self) -> bool {
        self.n_found * 100 >= self.n_binding * PERCENT_LEAST
    }
}

fn word(row: &Hunted) -> &'static str {
    match row {
        Hunted { caught: Some(_), .. } => "found",
        Hunted { profiles, .. } if profiles.is_empty() => "permitted",
        Hunted { .. } => "NOT FOUND",
    }
}

fn how(row: &Hunted) -> String {
    row.caught.as_ref().map_or_else(String::new, |(profile, caught)| {
        let steps = steps_of(caught.sequence.moves().len() as u64);
        let (class, requirement) = (caught.divergence.class.name(), &caught.divergence.requirement);
        format!("after {} requests, {steps}: {class} on {requirement} ({profile})", caught.requests)
    })
}

fn steps_of(n: u64) -> String {
    if n == 1 { "1 step".to_owned() } else { format!("{n} steps") }
}

fn median(ascending: &[u64]) -> Option<u64> {
    ascending.get(ascending.len() / 2).copied()
}
