//! `list`: what there is, for people, programs and documents.

use serde_json::{Value, json};
use setpresence::Library;
use setpresence_core::case::Case;
use setpresence_core::case::text::nearest;
use setpresence_core::plan::Selection;
use setpresence_core::spec::Profile;
use setpresence_reference::{Mutant, Variant};
use setpresence_report::fit;

use super::{library, stored, traceability};
use crate::args::{List, ListFormat, Listed};
use crate::failure::CliError;
use crate::output;

/// A few long names must not push every title out of sight.
const NAME_LONGEST: usize = 60;

/// A listing: a column's name and its value for each entry, the first being the entry's name.
struct Listing {
    columns: &'static [&'static str],
    entries: Vec<Vec<Value>>,
}

/// Lists what was asked for.
pub(crate) fn list(args: &List) -> Result<u8, CliError> {
    let mut listing = match args.what {
        Listed::Cases => cases(&library(args.fixtures.as_deref())?, args)?,
        Listed::Requirements => requirements(&library(args.fixtures.as_deref())?, args)?,
        Listed::Mutants => mutants(args.profile),
        Listed::Variants => variants(),
        Listed::Profiles => profiles(),
    };
    if args.what != Listed::Cases && !args.patterns.is_empty() {
        if let Some(idle) =
            args.patterns.iter().find(|pattern| !listing.entries.iter().any(|one| is_meant(pattern, one)))
        {
            return Err(unknown(args.what, idle, &listing));
        }
        listing.entries.retain(|entry| args.patterns.iter().any(|pattern| is_meant(pattern, entry)));
    }
    let text = match args.format {
        ListFormat::Text => match output::output_width() {
            Some(width) => fit(&text(&listing, NAME_LONGEST.min(width / 2), args.log.is_some()), width),
            None => text(&listing, NAME_LONGEST, args.log.is_some()),
        },
        ListFormat::Json => serde_json::to_string_pretty(&objects(&listing))? + "\n",
        ListFormat::Markdown => markdown(&listing),
    };
    output::say(&text).map_err(CliError::Output)?;
    Ok(0)
}

fn cases(library: &Library, args: &List) -> Result<Listing, CliError> {
    let selection = Selection::new(&args.patterns, &[]);
    selection.check(library.cases.iter().map(|case| case.id.as_str()))?;
    let is_listed = |case: &&Case| {
        selection.contains(&case.id) && args.profile.is_none_or(|profile| case.profiles.contains(&profile))
    };
    let entry = |case: &Case| {
        let profiles: Vec<_> = case.profiles.iter().map(|profile| profile.name).collect();
        vec![json!(case.id), json!(case.title), json!(profiles), json!(case.requirements), json!(case.file)]
    };
    Ok(Listing {
        columns: &["id", "title", "profiles", "requirements", "file"],
        entries: library.cases.iter().filter(is_listed).map(entry).collect(),
    })
}

fn requirements(library: &Library, args: &List) -> Result<Listing, CliError> {
    let events = args.log.as_deref().map(stored).transpose()?.unwrap_or_default();
    let entries = traceability::entries(library, args.profile, &events)?;
    Ok(Listing { columns: traceability::COLUMNS, entries })
}

fn mutants(profile: Option<&'static Profile>) -> Listing {
    let entries = Mutant::ALL
        .iter()
        .filter(|mutant| profile.is_none_or(|profile| mutant.applies_to(profile)))
        .map(|mutant| {
            let profiles: Vec<_> = Profile::ALL
                .into_iter()
                .filter(|profile| mutant.applies_to(profile))
                .map(|profile| profile.name)
                .collect();
            vec![
                json!(mutant.name),
                json!(mutant.about),
                json!(mutant.requirement),
                json!(mutant.family),
                json!(profiles),
            ]
        })
        .collect();
    Listing { columns: &["name", "about", "requirement", "family", "profiles"], entries }
}

fn variants() -> Listing {
    let entry = |variant: &Variant| vec![json!(variant.name), json!(variant.about), json!(variant.requirement)];
    Listing { columns: &["name", "about", "requirement"], entries: Variant::ALL.iter().map(entry).collect() }
}

fn profiles() -> Listing {
    let entry = |profile: &'static Profile| {
        let pairs: Vec<_> = profile.pairs.iter().map(ToString::to_string).collect();
        vec![json!(profile.name), json!(profile.about), json!(pairs)]
    };
    Listing { columns: &["name", "about", "pairs"], entries: Profile::ALL.into_iter().map(entry).collect() }
}

fn unknown(listed: Listed, name: &str, listing: &Listing) -> CliError {
    let (what, list) = match listed {
        Listed::Cases => ("case", "cases"),
        Listed::Requirements => ("requirement", "requirements"),
        Listed::Mutants => ("mutant", "mutants"),
        Listed::Variants => ("variant", "variants"),
        Listed::Profiles => ("profile", "profiles"),
    };
    let names = listing.entries.iter().filter_map(|entry| entry.first()?.as_str());
    CliError::Unknown { what, list, name: name.to_owned(), near: nearest(name, names).map(str::to_owned) }
}

/// Whether the name is what the pattern says, or is below it.
fn is_meant(pattern: &str, entry: &[Value]) -> bool {
    let name = entry.first().and_then(Value::as_str).unwrap_or_default();
    let as_path = |text: &str| text.replace('.', "/");
    Selection::new(&[as_path(pattern)], &[]).contains(&as_path(name))
}

/// The listing in two columns, with what a run says of each before the second; longer names than that stand out into it.
fn text(listing: &Listing, longest: usize, has_run: bool) -> String {
    let verdict = listing.columns.iter().position(|column| *column == "verdict").filter(|_| has_run);
    let of = |entry: &Vec<Value>, column: usize| entry.get(column).map(plain).unwrap_or_default();
    let said = |entry: &Vec<Value>| verdict.map_or_else(String::new, |column| format!("{}: ", of(entry, column)));
    let shown: Vec<(String, String)> =
        listing.entries.iter().map(|entry| (of(entry, 0), said(entry) + &of(entry, 1))).collect();
    let width = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(longest);
    shown.iter().map(|(name, about)| format!("{name:width$}  {about}\n")).collect()
}

fn objects(listing: &Listing) -> Value {
    let object = |entry: &Vec<Value>| {
        let members = listing.columns.iter().map(|column| (*column).to_owned()).zip(entry.iter().cloned());
        Value::Object(members.collect())
    };
    Value::Array(listing.entries.iter().map(object).collect())
}

fn markdown(listing: &Listing) -> String {
    let mut table = format!("| {} |\n|{}\n", listing.columns.join(" | "), "---|".repeat(listing.columns.len()));
    for entry in &listing.entries {
        let cells: Vec<_> = entry.iter().map(|value| plain(value).replace('|', "\\|").replace('\n', " ")).collect();
        table.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    table
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            members.iter().map(|(name, value)| format!("{name}: {}", plain(value))).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
