//! `explain`: one case, requirement, mutant, variant or profile, with where it comes from.

use std::fmt::Write as _;

use setpresence::Library;
use setpresence_core::case::text::nearest;
use setpresence_core::case::{Body, Case, Expectation, Requirement, Step, UserName, Wanted};
use setpresence_core::spec::source::{Document, Named, named};
use setpresence_core::spec::{AbsentExpiry, Profile};
use setpresence_reference::{Mutant, Variant};
use setpresence_report::counted;

use super::library;
use crate::args::Explain;
use crate::failure::CliError;
use crate::output::{human, say_fitted};

/// How many rows or cases are named before the rest is only counted.
const N_NAMED: usize = 40;

/// Explains what has that id or name.
pub(crate) fn explain(args: &Explain) -> Result<u8, CliError> {
    let library = library(args.fixtures.as_deref())?;
    let text = explained(&library, args.id.trim_matches('/')).ok_or_else(|| unknown(&library, &args.id))?;
    say_fitted(&text).map_err(CliError::Output)?;
    Ok(0)
}

fn explained(library: &Library, id: &str) -> Option<String> {
    let same: Vec<&Case> = library.cases.iter().filter(|case| case.id == id).collect();
    if !same.is_empty() {
        return Some(same.into_iter().map(|one| case(library, one)).collect::<Vec<_>>().join("\n"));
    }
    let below: Vec<&Case> = library
        .cases
        .iter()
        .filter(|case| case.id.strip_prefix(id).is_some_and(|rest| rest.starts_with('/')))
        .collect();
    if let Some(first) = below.first() {
        return Some(cases_below(id, first, &below));
    }
    if let Some(found) = library.requirements.get(id) {
        return Some(requirement(library, found));
    }
    if let Some(found) = Mutant::named(id) {
        return Some(mutant(library, found));
    }
    if let Some(found) = Variant::named(id) {
        return Some(format!(
            "variant {}\n  {}\n  permitted by {}\n\nserve it: setpresence serve --variant {}\n",
            found.name,
            found.about,
            sentence(library, found.requirement),
            found.name
        ));
    }
    Profile::named(id).ok().map(profile)
}

fn unknown(library: &Library, name: &str) -> CliError {
    let ids = library.cases.iter().map(|case| case.id.as_str());
    let names = Mutant::ALL.iter().map(|mutant| mutant.name).chain(Variant::ALL.iter().map(|variant| variant.name));
    let all = ids.chain(library.requirements.keys().map(String::as_str)).chain(names);
    let near = nearest(name, all).map(str::to_owned);
    CliError::Unknown {
        what: "case, requirement, mutant, variant or profile",
        list: "cases|requirements|mutants|variants|profiles",
        name: name.to_owned(),
        near,
    }
}

fn cases_below(id: &str, first: &Case, below: &[&Case]) -> String {
    let mut text = format!("{id}: {} cases\n", below.len());
    if below.iter().all(|case| case.file == first.file) {
        let _ = write!(text, "  {}\n{}", first.title, indented(&first.about));
        let _ = writeln!(text, "  file  {}", first.file);
    }
    for case in below.iter().take(N_NAMED) {
        let _ = writeln!(text, "  {}", case.id);
    }
    if below.len() > N_NAMED {
        let _ = writeln!(text, "  and {} more: setpresence list cases {id}", below.len() - N_NAMED);
    }
    text
}

fn case(library: &Library, case: &Case) -> String {
    let profiles: Vec<_> = case.profiles.iter().map(|profile| profile.name).collect();
    let mut text = format!("case {}\n  {}\n{}", case.id, case.title, indented(&case.about));
    let _ = writeln!(text, "  file      {}\n  profiles  {}\n", case.file, profiles.join(", "));
    text.push_str("requirements\n");
    for id in &case.requirements {
        match library.requirements.get(id) {
            Some(known) => {
                let _ = writeln!(text, "  {id}: {}\n    {}; source {}", known.sentence, levels(known), known.source);
            }
            None => {
                let _ = writeln!(text, "  {id}");
            }
        }
    }
    text.push_str("\nsteps\n");
    for one in &case.steps {
        let _ = writeln!(text, "  {}", step(one));
    }
    if let Some(twin) = &case.twin {
        let _ = writeln!(text, "  the accepted twin of the last: {}", step(twin));
        let _ = writeln!(text, "  the state that must outlive a refusal: {}", case.mark);
    }
    let _ = writeln!(text, "\nrun it: setpresence run {}", case.id);
    text
}

fn step(step: &Step) -> String {
    let mut text = format!("{}. at {:11} {}", step.number, human(step.at), step.operation);
    let _ = write!(text, " as {}", step.actor.as_deref().unwrap_or("nobody"));
    match step.user {
        UserName::Slot(slot) if slot > 0 => {
            let _ = write!(text, " for user {}", ["a", "b", "c"].get(slot).unwrap_or(&"?"));
        }
        UserName::Slot(_) => {}
        UserName::Unknown => text.push_str(" for an unknown user"),
    }
    match &step.body {
        Body::Usual => {}
        Body::Pair(presence, None) => {
            let _ = write!(text, ": {presence}");
        }
        Body::Pair(presence, Some(expires)) => {
            let expires = expires.as_deref().map_or("no expirationDuration".to_owned(), |text| format!("for {text}"));
            let _ = write!(text, ": {presence} {expires}");
        }
        Body::Text(body) => {
            let _ = write!(text, ": {}", shortened(body));
        }
        Body::Bytes(bytes) => {
            let _ = write!(text, ": {} bytes", bytes.len());
        }
    }
    if let Some(expect) = &step.expect {
        let _ = write!(text, "\n     expects {}", expected(expect));
    }
    text
}

fn expected(expect: &Expectation) -> String {
    let mut text = match &expect.wanted {
        Wanted::Accepted => "200".to_owned(),
        Wanted::Refused { statuses, .. } if statuses.is_empty() => "a 4xx, and no change of state".to_owned(),
        Wanted::Refused { statuses, .. } => {
            let statuses: Vec<_> = statuses.iter().map(ToString::to_string).collect();
            format!("a 4xx, best {}, and no change of state", statuses.join(" or "))
        }
        Wanted::Either => "either way, on record".to_owned(),
        Wanted::Presences(presences) => presences.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "),
    };
    if expect.has_id {
        text.push_str(", with the user's id");
    }
    if let Some(level) = expect.level {
        let _ = write!(text, " ({level})");
    }
    text
}

/// Bodies may be a megabyte; what they are shows in their beginning.
fn shortened(body: &str) -> String {
    const N_CHARS: usize = 200;
    let one_line = body.split_whitespace().collect::<Vec<_>>().join(" ");
    match one_line.char_indices().nth(N_CHARS) {
        Some((end, _)) => format!("{} …", &one_line[..end]),
        None => one_line,
    }
}

fn requirement(library: &Library, requirement: &Requirement) -> String {
    let mut text = format!("requirement {}\n  {}\n", requirement.id, requirement.sentence);
    let _ = writeln!(text, "  level   {}", levels(requirement));
    for (index, line) in sources(&requirement.source).iter().enumerate() {
        let _ = writeln!(text, "  {:7} {line}", if index == 0 { "source" } else { "" });
    }
    if let Some(reason) = &requirement.excluded {
        let _ = writeln!(text, "  not judged: {reason}");
    }
    let cases: Vec<_> = library.cases.iter().filter(|case| case.requirements.contains(&requirement.id)).collect();
    if !cases.is_empty() {
        let _ = writeln!(text, "\njudged by {}", counted(cases.len(), "case"));
    }
    for case in cases.iter().take(N_NAMED) {
        let _ = writeln!(text, "  {}", case.id);
    }
    if cases.len() > N_NAMED {
        let _ = writeln!(text, "  and {} more", cases.len() - N_NAMED);
    }
    let mutants: Vec<_> = Mutant::ALL.iter().filter(|mutant| mutant.requirement == requirement.id).collect();
    if !mutants.is_empty() {
        text.push_str("\nbroken by these mutants\n");
    }
    for mutant in mutants {
        let _ = writeln!(text, "  {}: {}", mutant.name, mutant.about);
    }
    text
}

/// The documents that a requirement names, one a line, each with the page where it can be read on the next.
fn sources(source: &str) -> Vec<String> {
    let lines = |one: Named<'_>| match one {
        Named::Document(Document { tag, url, .. }, _) => {
            let page = url.map(|url| format!("   {url}"));
            [Some(format!("{tag}  {one}")), page].into_iter().flatten().collect()
        }
        Named::Other(text) => vec![text.to_owned()],
    };
    named(source).into_iter().flat_map(lines).collect()
}

fn levels(requirement: &Requirement) -> String {
    let all: Vec<_> = Profile::ALL.iter().map(|profile| (profile.name, requirement.level(profile))).collect();
    match all.first() {
        Some((_, Some(level))) if all.iter().all(|(_, other)| *other == Some(*level)) => {
            format!("{level} in every profile")
        }
        _ => {
            let named = |(name, level): &(&str, Option<_>)| match level {
                Some(level) => format!("{level} in {name}"),
                None => format!("not in {name}"),
            };
            all.iter().map(named).collect::<Vec<_>>().join(", ")
        }
    }
}

fn mutant(library: &Library, mutant: &Mutant) -> String {
    let profiles: Vec<_> = Profile::ALL.into_iter().filter(|profile| mutant.applies_to(profile)).collect();
    let named: Vec<_> = profiles.iter().map(|profile| profile.name).collect();
    let mut text =
        format!("mutant {}\n  {}\n  breaks {}\n", mutant.name, mutant.about, sentence(library, mutant.requirement));
    let _ = writeln!(text, "  in the profiles {}\n", named.join(", "));
    let option = match profiles.first() {
        Some(first) if *first != Profile::ALL[0] => format!(" --profile {first}"),
        _ => String::new(),
    };
    let _ = writeln!(text, "judge it: setpresence run --mutant {}{option}", mutant.name);
    let _ = writeln!(text, "serve it: setpresence serve --mutant {}{option}", mutant.name);
    text
}

fn profile(profile: &Profile) -> String {
    let pairs: Vec<_> = profile.pairs.iter().map(ToString::to_string).collect();
    let (shortest, longest) = profile.expiration;
    let range = if profile.range_is_stated { "outside of that refused" } else { "outside of that either way" };
    let absent = match profile.absent_expiry {
        AbsentExpiry::Unstated => "expires at a time that is not stated".to_owned(),
        AbsentExpiry::After(after) => format!("expires after {}", human(after)),
    };
    let work = if profile.delegated_work { "may set the own presence" } else { "is refused" };
    format!(
        "profile {}\n  {}\n  accepted pairs         {}\n  expirationDuration     {} to {} accepted, {range}\n  \
         without a duration     {absent}\n  delegated work token   {work}\n",
        profile.name,
        profile.about,
        pairs.join(", "),
        human(shortest),
        human(longest),
    )
}

fn sentence(library: &Library, id: &str) -> String {
    library.requirements.get(id).map_or_else(|| id.to_owned(), |known| format!("{id}: {}", known.sentence))
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
