//! Where secrets and tokens come from, as the target file says it.

use std::path::{Path, PathBuf};

use setpresence_core::case::text::{Item, Table};

use super::{CommandLine, OAuth, SecretSource, TokenSource};
use crate::secret::Secret;

const SECRET_KEYS: [&str; 3] = ["value", "env", "file"];
const TOKEN_KEYS: [&str; 5] = ["value", "env", "file", "command", "oauth"];

/// Reads secrets; paths in the file are relative to the folder that the file is in.
#[derive(Clone, Copy)]
pub(super) struct SourceReader<'p> {
    pub(super) folder: &'p Path,
}

impl SourceReader<'_> {
    /// A secret: a text, `{ env = … }` or `{ file = … }`.
    pub(super) fn secret(self, item: Item<'_>) -> Option<SecretSource> {
        if item.is_text() {
            return plain(item);
        }
        let table = table_of(item, "a string, { env = \"NAME\" } or { file = \"path\" } is wanted here")?;
        let found = only_one(&table, &SECRET_KEYS).and_then(|_| self.secret_in(&table));
        table.finish();
        found
    }

    /// A token: a text or a table with one source.
    pub(super) fn token(self, item: Item<'_>) -> Option<TokenSource> {
        if item.is_text() {
            return plain(item).map(TokenSource::Secret);
        }
        let wanted = "a token is wanted here: a string, or a table with one of env, file, command or oauth";
        let table = table_of(item, wanted)?;
        let found = self.token_in(&table);
        table.finish();
        found
    }

    /// The one source of a table that may have other keys as well.
    pub(super) fn token_in(self, table: &Table<'_>) -> Option<TokenSource> {
        let kind = only_one(table, &TOKEN_KEYS)?;
        match kind {
            "command" => command(table.get("command")?),
            "oauth" => self.oauth(table.get("oauth")?),
            _ => self.secret_in(table).map(TokenSource::Secret),
        }
    }

    fn secret_in(self, table: &Table<'_>) -> Option<SecretSource> {
        if let Some(item) = table.get("value") {
            return plain(item);
        }
        if let Some(item) = table.get("env") {
            return filled(item, "the name of an environment variable is wanted here").map(SecretSource::Env);
        }
        self.path(table.get("file")?).map(SecretSource::File)
    }

    /// A path, relative to the file's folder.
    pub(super) fn path(self, item: Item<'_>) -> Option<PathBuf> {
        filled(item, "a path is wanted here").map(|path| self.folder.join(path))
    }

    fn oauth(self, item: Item<'_>) -> Option<TokenSource> {
        let table = item.table()?;
        let token_url = table.required("token_url").and_then(|item| {
            let text = item.text()?;
            if !reqwest::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
                item.problem("an absolute http or https URL is wanted here");
                return None;
            }
            if reqwest::Url::parse(text).is_ok_and(|url| super::has_credentials(&url)) {
                item.problem(
                    "a user name or password in a URL is shown in too many places; give client_id and client_secret",
                );
            }
            Some(text.to_owned())
        });
        let client_id = table.required("client_id").and_then(|item| filled(item, "a client id is wanted here"));
        let client_secret = table.required("client_secret").and_then(|item| self.secret(item));
        let scope = table.get("scope").and_then(|item| item.text()).map(ToOwned::to_owned);
        table.finish();
        Some(TokenSource::OAuth(Box::new(OAuth {
            token_url: token_url?,
            client_id: client_id?,
            client_secret: client_secret?,
            scope,
        })))
    }
}

fn table_of<'d>(item: Item<'d>, wanted: &str) -> Option<Table<'d>> {
    if !item.is_table() {
        item.problem(wanted);
        return None;
    }
    item.table()
}

fn plain(item: Item<'_>) -> Option<SecretSource> {
    filled(item, "a secret is wanted here, not an empty string").map(|text| SecretSource::Plain(Secret::new(text)))
}

/// A string that is not empty.
pub(super) fn filled(item: Item<'_>, wanted: &str) -> Option<String> {
    let text = item.text()?;
    if text.trim().is_empty() {
        item.problem(wanted);
        return None;
    }
    Some(text.to_owned())
}

fn command(item: Item<'_>) -> Option<TokenSource> {
    let words = item.texts()?;
    if words.first().is_none_or(|program| program.is_empty()) {
        item.problem(
            "a program and its arguments are wanted here, such as [\"az\", \"account\", \"get-access-token\"]",
        );
        return None;
    }
    let mut words = words.into_iter();
    let program = words.next()?.to_owned();
    Some(TokenSource::Command(CommandLine { program, arguments: words.map(Secret::new).collect() }))
}

/// The one key of `keys` that the table has.
fn only_one(table: &Table<'_>, keys: &'static [&'static str]) -> Option<&'static str> {
    // Asking for all of them makes each a known key.
    let there: Vec<_> = keys.iter().copied().filter(|key| table.get(key).is_some()).collect();
    if let [only] = there[..] {
        return Some(only);
    }
    let keys = keys.join(", ");
    match there.len() {
        0 => table.problem(format!("a source is missing; give one of {keys}")),
        _ => table.problem(format!("{} are given together; give only one of {keys}", there.join(" and "))),
    }
    None
}
