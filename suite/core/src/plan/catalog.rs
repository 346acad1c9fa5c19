//! Which cases a run is asked to judge.

use thiserror::Error;

use crate::case::text::nearest;

/// A pattern over ids: `*` stands for one part or a piece of one, `**` for any number of parts.
///
/// An id also names its rows, and a family all of its cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    parts: Vec<String>,
}

impl Pattern {
    /// The pattern of that text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), parts: text.trim_matches('/').split('/').map(str::to_owned).collect() }
    }

    /// Whether the pattern names this id.
    #[must_use]
    pub fn matches(&self, id: &str) -> bool {
        let parts: Vec<&str> = id.split('/').collect();
        matches_parts(&self.parts, &parts)
    }
}

/// What is left of an id when the pattern is used up are its rows, so nothing need be left.
fn matches_parts(pattern: &[String], parts: &[&str]) -> bool {
    match (pattern.split_first(), parts.split_first()) {
        (None, _) => true,
        (Some((first, rest)), _) if first == "**" => (0..=parts.len()).any(|skip| matches_parts(rest, &parts[skip..])),
        (Some((first, rest)), Some((part, others))) => matches_part(first, part) && matches_parts(rest, others),
        (Some(_), None) => false,
    }
}

fn matches_part(pattern: &str, part: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == part };
    let Some(rest) = part.strip_prefix(before) else { return false };
    rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| matches_part(after, &rest[at..]))
}

/// The cases that patterns name, less those that skips name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    wanted: Vec<Pattern>,
    skipped: Vec<Pattern>,
}

impl Selection {
    /// The cases that one of `wanted` names (all, if there is none) and no one of `skipped`.
    #[must_use]
    pub fn new(wanted: &[String], skipped: &[String]) -> Self {
        let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::new(text)).collect();
        Self { wanted: patterns(wanted), skipped: patterns(skipped) }
    }

    /// Whether the case of this id is selected.
    #[must_use]
    pub fn contains(&self, id: &str) -> bool {
        (self.wanted.is_empty() || self.wanted.iter().any(|pattern| pattern.matches(id)))
            && !self.skipped.iter().any(|pattern| pattern.matches(id))
    }

    /// Checks that every pattern names a case.
    ///
    /// # Errors
    /// [`UnknownPattern`] for the first that names none.
    pub fn check<'i>(&self, ids: impl Iterator<Item = &'i str> + Clone) -> Result<(), UnknownPattern> {
        let idle = |pattern: &&Pattern| !ids.clone().any(|id| pattern.matches(id));
        match self.wanted.iter().chain(&self.skipped).find(idle) {
            None => Ok(()),
            Some(pattern) => Err(UnknownPattern {
                pattern: pattern.text.clone(),
                hint: nearest(&pattern.text, ids.flat_map(names)).map_or_else(
                    || "`setpresence list` names them all".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                ),
            }),
        }
    }
}

/// What names a case: its family, its file, itself.
fn names(id: &str) -> impl Iterator<Item = &str> {
    let parents = id.match_indices('/').map(|(at, _)| &id[..at]);
    parents.chain([id])
}

/// A pattern that names no case.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no case matches `{pattern}`; {hint}")]
pub struct UnknownPattern {
    /// The pattern as it was written.
    pub pattern: String,
    hint: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_ids() {
        let rows = [
            ("fade", "fade/a/b", true),
            ("fade/a", "fade/a/b", true),
            ("fade/a", "fade/ab", false),
            ("*/a", "fade/a", true),
            ("*", "fade/a", true),
            ("**/b", "fade/a/b", true),
            ("**/b", "fade/a/c", false),
            ("fade/*-x*", "fade/a-x-b", true),
            ("fade/a*c", "fade/abd", false),
            ("body", "fade/a", false),
            ("fade/a/b/c", "fade/a/b", false),
        ];
        for (pattern, id, want) in rows {
            assert_eq!(Pattern::new(pattern).matches(id), want, "{pattern} {id}");
        }
    }

    #[test]
    fn an_idle_pattern_is_told_with_the_nearest_id() {
        let ids = ["fade/first/row", "body/empty"];
        let rows = [
            ("fade/frist", "did you mean `fade/first`?"),
            ("fade/first/rwo", "did you mean `fade/first/row`?"),
            ("fadee", "did you mean `fade`?"),
            ("nonsense", "`setpresence list` names them all"),
        ];
        for (pattern, hint) in rows {
            let selection = Selection::new(&[pattern.to_owned()], &[]);
            let error = selection.check(ids.into_iter()).expect_err("names nothing");
            assert_eq!(error.to_string(), format!("no case matches `{pattern}`; {hint}"));
        }
        assert!(!Selection::new(&[], &["body".to_owned()]).contains("body/empty"));
    }
}
