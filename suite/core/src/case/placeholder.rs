//! Placeholders: `${name}` in the texts of a fixture.

use std::borrow::Cow;

use thiserror::Error;

/// The largest body that `${repeat:…}` may make, in bytes: enough for any size case, and no trap for memory.
const REPEAT_LIMIT: usize = 4 * 1024 * 1024;

/// The largest text that all its placeholders together may make: room for what stands around the largest repetition.
const FILLED_LIMIT: usize = 2 * REPEAT_LIMIT;

/// The placeholders that stay in a loaded case, to be filled when it is planned and run.
const LATER: [&str; 3] = ["session", "token", "user"];

/// A placeholder that cannot be filled.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnknownPlaceholder {
    /// There is nothing of that name.
    #[error("unknown placeholder `${{{0}}}`; allowed: {1}")]
    Name(String, String),
    /// `${` without `}`.
    #[error("a placeholder that begins with `${{` has no `}}`")]
    Open,
    /// A repetition that is not `${repeat:N:TEXT}`, or too large.
    #[error("`${{{0}}}` is not `${{repeat:N:TEXT}}` with at most 4 MiB")]
    Repeat(String),
    /// Placeholders that make a text too large together.
    #[error("the placeholders of this text make it larger than 8 MiB; repeat less")]
    TooLong,
}

/// Replaces each `${name}` by what `value` has for the name.
///
/// # Errors
/// What `value` says, or [`UnknownPlaceholder::Open`].
pub fn fill<'t>(
    text: &'t str,
    mut value: impl FnMut(&str) -> Result<Cow<'t, str>, UnknownPlaceholder>,
) -> Result<Cow<'t, str>, UnknownPlaceholder> {
    let Some(first) = text.find("${") else { return Ok(Cow::Borrowed(text)) };
    let mut filled = text[..first].to_owned();
    let mut rest = &text[first..];
    while let Some(start) = rest.find("${") {
        filled.push_str(&rest[..start]);
        let name_on = &rest[start + 2..];
        let end = name_on.find('}').ok_or(UnknownPlaceholder::Open)?;
        filled.push_str(&value(&name_on[..end])?);
        if filled.len() > FILLED_LIMIT {
            return Err(UnknownPlaceholder::TooLong);
        }
        rest = &name_on[end + 1..];
    }
    filled.push_str(rest);
    Ok(Cow::Owned(filled))
}

/// The names that a row gives.
#[derive(Clone, Debug, Default)]
pub struct Names<'r> {
    columns: Vec<(&'r str, &'r str)>,
}

impl<'r> Names<'r> {
    /// These columns; of two of one name the later one counts.
    #[must_use]
    pub fn new(columns: impl IntoIterator<Item = (&'r str, &'r str)>) -> Self {
        Self { columns: columns.into_iter().collect() }
    }

    /// The same, with these columns replaced.
    #[must_use]
    pub fn with(&self, columns: impl IntoIterator<Item = (&'r str, &'r str)>) -> Self {
        Self { columns: self.columns.iter().copied().chain(columns).collect() }
    }

    /// Whether there is a column of that name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|(column, _)| *column == name)
    }

    /// Fills in the row's columns and repetitions; what only planning and running know stays.
    ///
    /// # Errors
    /// For a name that neither the row nor planning nor running knows.
    pub fn fill(&self, text: &str) -> Result<String, UnknownPlaceholder> {
        let with_columns = fill(text, |name| match name.strip_prefix("row.") {
            Some(column) => self.column(column).map(Cow::Borrowed),
            None => Ok(Cow::Owned(format!("${{{name}}}"))),
        })?;
        let filled = fill(&with_columns, |name| {
            if let Some(repetition) = name.strip_prefix("repeat:") {
                return repeat(name, repetition).map(Cow::Owned);
            }
            let head = name.split('.').next().unwrap_or_default();
            if LATER.contains(&name)
                || (head == "session" && super::CREDENTIALS.contains(&name.trim_start_matches("session.")))
            {
                return Ok(Cow::Owned(format!("${{{name}}}")));
            }
            Err(UnknownPlaceholder::Name(
                name.to_owned(),
                "session, session.APPLICATION, token, user, row.COLUMN, repeat:N:TEXT".to_owned(),
            ))
        })?;
        Ok(filled.into_owned())
    }

    fn column(&self, name: &str) -> Result<&'r str, UnknownPlaceholder> {
        self.columns.iter().rev().find(|(column, _)| *column == name).map(|(_, value)| *value).ok_or_else(|| {
            let columns: Vec<String> = self.columns.iter().map(|(column, _)| format!("row.{column}")).collect();
            UnknownPlaceholder::Name(format!("row.{name}"), columns.join(", "))
        })
    }
}

fn repeat(name: &str, repetition: &str) -> Result<String, UnknownPlaceholder> {
    let wrong = || UnknownPlaceholder::Repeat(name.to_owned());
    let (times, text) = repetition.split_once(':').ok_or_else(wrong)?;
    let times: usize = times.parse().map_err(|_| wrong())?;
    if times.checked_mul(text.len()).is_none_or(|size| size > REPEAT_LIMIT) {
        return Err(wrong());
    }
    Ok(text.repeat(times))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_or_kept_or_refused() {
        let names = Names::new([("pair", "\"a\": ${session}"), ("long", "${repeat:3:ab}")]);
        let rows = [
            ("plain", Ok("plain")),
            ("{${row.pair}}", Ok("{\"a\": ${session}}")),
            ("${row.long}|${row.long}", Ok("ababab|ababab")),
            ("${session.app_b} ${token} ${user}", Ok("${session.app_b} ${token} ${user}")),
            ("${repeat:2:[}", Ok("[[")),
            ("${row.none}", Err("unknown placeholder `${row.none}`; allowed: row.pair, row.long")),
            (
                "${session.nobody}",
                Err(
                    "unknown placeholder `${session.nobody}`; allowed: session, session.APPLICATION, token, user, row.COLUMN, repeat:N:TEXT",
                ),
            ),
            ("${sess", Err("a placeholder that begins with `${` has no `}`")),
            (
                "${repeat:4000000:x}${repeat:4000000:x}${repeat:4000000:x}",
                Err("the placeholders of this text make it larger than 8 MiB; repeat less"),
            ),
            ("${repeat:9999999999:x}", Err("`${repeat:9999999999:x}` is not `${repeat:N:TEXT}` with at most 4 MiB")),
        ];
        for (text, want) in rows {
            let found = names.fill(text).map_err(|error| error.to_string());
            assert_eq!(found.as_deref().map_err(String::as_str), want, "{text}");
        }
    }

    #[test]
    fn a_replaced_column_counts() {
        let names = Names::new([("a", "1")]).with([("a", "2")]);
        assert_eq!(names.fill("${row.a}").as_deref(), Ok("2"));
    }
}
