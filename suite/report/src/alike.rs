//! Which departures are alike: the same requirements broken in the same way, whatever the values.

use std::collections::BTreeMap;

use setpresence_core::event::CaseRecord;
use setpresence_core::judge::Class;

/// Cases whose departures are alike, the simplest first.
pub(crate) type Group<'log> = Vec<&'log CaseRecord>;

/// What makes two departures alike.
type Signature<'log> = Vec<(&'log str, Class, String, String)>;

/// The cases in groups of those that are alike. The case that takes the fewest commands to see again is the first of
/// its group, and the group with the simplest case is the first of all: that is where to begin mending.
pub(crate) fn groups<'log>(cases: impl Iterator<Item = &'log CaseRecord>) -> Vec<Group<'log>> {
    let mut cases: Vec<_> = cases.collect();
    cases.sort_by_key(|case| (case.reproduce.len(), case.id.as_str()));
    let mut groups: Vec<Group<'log>> = Vec::new();
    let mut known: BTreeMap<Signature<'log>, usize> = BTreeMap::new();
    for case in cases {
        let index = *known.entry(signature(case)).or_insert(groups.len());
        match groups.get_mut(index) {
            Some(group) => group.push(case),
            None => groups.push(vec![case]),
        }
    }
    groups
}

fn signature(case: &CaseRecord) -> Signature<'_> {
    let mut signature: Signature<'_> = case
        .divergences
        .iter()
        .map(|found| (found.requirement.as_str(), found.class, shape(&found.expected), shape(&found.observed)))
        .collect();
    signature.dedup();
    signature
}

/// What stands before the status of an answer, which is all that makes two answers alike: a target may repeat in the
/// rest whatever it was sent.
const STATUS: &str = "status ";

/// A text with its values taken out: what an answer says behind its status, quoted parts, and presences such as
/// `Busy/InACall`.
fn shape(text: &str) -> String {
    let text = until_status(text);
    let mut shape = String::with_capacity(text.len());
    for (index, part) in text.split(['`', '"']).enumerate() {
        if index % 2 == 1 {
            shape.push('…');
            continue;
        }
        for word in part.split_inclusive(' ') {
            if is_presence(word.trim_matches(|c: char| !c.is_ascii_alphabetic())) {
                shape.push_str("… ");
            } else {
                shape.push_str(word);
            }
        }
    }
    shape
}

/// The text up to the end of the first status that something is told of: `status 200: {…}` gives `status 200`.
fn until_status(text: &str) -> &str {
    let ends = |at: usize| {
        let from = at + STATUS.len();
        let n_digits = text[from..].bytes().take_while(u8::is_ascii_digit).count();
        let end = from + n_digits;
        (n_digits == 3 && text[end..].starts_with(':')).then_some(end)
    };
    let end = text.match_indices(STATUS).find_map(|(at, _)| ends(at));
    end.map_or(text, |end| &text[..end])
}

fn is_presence(word: &str) -> bool {
    let is_name = |name: &str| name.starts_with(|c: char| c.is_ascii_uppercase()) && name.len() > 1;
    word.split_once('/').is_some_and(|(availability, activity)| is_name(availability) && is_name(activity))
}

/// The ids of the first so many cases in their order, and how many more there are.
pub(crate) fn some_ids(cases: &[&CaseRecord], most: usize) -> String {
    let mut sorted = cases.to_vec();
    sorted.sort_unstable_by_key(|case| case.id.as_str());
    let (named, rest) = sorted.split_at(sorted.len().min(most));
    if rest.is_empty() { ids(named) } else { format!("{} and {} more", ids(named), rest.len()) }
}

/// The ids of the cases; those of one parent share its name: `body/duration/{lower-case, weeks}`.
pub(crate) fn ids(cases: &[&CaseRecord]) -> String {
    let mut sorted: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    sorted.sort_unstable();
    let mut parents: Vec<(&str, Vec<&str>)> = Vec::new();
    for id in sorted {
        let (parent, name) = id.rsplit_once('/').unwrap_or(("", id));
        match parents.last_mut() {
            Some((last, names)) if *last == parent => names.push(name),
            _ => parents.push((parent, vec![name])),
        }
    }
    let shown = parents.iter().map(|(parent, names)| match (*parent, names.as_slice()) {
        ("", names) => names.join(", "),
        (parent, [name]) => format!("{parent}/{name}"),
        (parent, names) => format!("{parent}/{{{}}}", names.join(", ")),
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_do_not_part_what_is_alike() {
        let rows = [
            ("a 4xx status", "a 4xx status", true),
            ("status 200", "status 201", false),
            ("still Away/Away", "still Busy/InACall", true),
            ("Away/Away", "Busy/InACall", true),
            ("one of Away/Away, Busy/InACall", "one of Busy/Busy, Available/Away", true),
            ("`PT5M` accepted", "`PT1H` accepted", true),
            ("`PT5M` accepted", "`PT5M` refused", false),
            // What an answer repeats of the request.
            ("status 200: {\"m\":\"column 91: `Busy` is\"}", "status 200: {\"m\":\"column 131: ``` no\"}", true),
            ("status 200: {\"a\":1}", "status 201: {\"a\":1}", false),
            ("status 200: a", "status 200", true),
            ("refused: status 400 or 415", "refused: status 400 or 403", false),
        ];
        for (one, other, are_alike) in rows {
            assert_eq!(shape(one) == shape(other), are_alike, "{one} | {other}");
        }
    }
}
