//! The tokens of a run: each source is asked once, at the start, and what it gave is never shown.

mod fetch;
mod mint;
mod peek;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

pub use peek::{application_of, user_of};

use self::mint::Mint;
use crate::error::RunError;
use crate::secret::Secret;
use crate::settings::{Settings, TokenSource};

/// Looks up an environment variable. Handed in, so that nothing here depends on the process's own.
pub type Lookup<'l> = &'l (dyn Fn(&str) -> Option<String> + Send + Sync);

/// The tokens of a run, by the credential's name.
#[derive(Debug)]
pub(crate) struct Tokens {
    given: BTreeMap<String, Secret>,
    mint: Option<Mint>,
    /// What was minted so far: delegated tokens differ from user to user, and RS256 is slow.
    minted: Mutex<BTreeMap<(String, String), Secret>>,
    applications: BTreeMap<String, String>,
}

impl Tokens {
    /// Asks every source.
    pub(crate) async fn fetch(settings: &Settings, lookup: Lookup<'_>) -> Result<Self, RunError> {
        let mut asked: BTreeMap<&TokenSource, Secret> = BTreeMap::new();
        let mut given = BTreeMap::new();
        for (name, credential) in &settings.credentials {
            if credential.token == TokenSource::Minted {
                continue;
            }
            let token = match asked.get(&credential.token) {
                Some(token) => token.clone(),
                None => fetch::token(name, &credential.token, &settings.tls, lookup).await?,
            };
            asked.insert(&credential.token, token.clone());
            given.insert(name.clone(), token);
        }
        let mint = settings.mint.as_ref().map(|mint| Mint::load(mint, lookup)).transpose()?;
        let applications =
            settings.credentials.iter().map(|(name, given)| (name.clone(), given.application.clone())).collect();
        let tokens = Self { given, mint, minted: Mutex::default(), applications };
        // A key that cannot sign is found here, not in the middle of a run.
        if let Some(mint) = &tokens.mint {
            mint.sign("app", "", "").map_err(|why| RunError::Mint { why })?;
        }
        Ok(tokens)
    }

    /// What a target may know and nobody else: every token that was given, and the secret that others are signed with.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = Secret> {
        self.given.values().cloned().chain(self.mint.as_ref().and_then(Mint::secret))
    }

    /// The token of a credential; a delegated one that is minted belongs to `user`.
    pub(crate) fn token(&self, credential: &str, user: &str) -> Option<Secret> {
        if let Some(token) = self.given.get(credential) {
            return Some(token.clone());
        }
        let Some(application) = self.applications.get(credential) else {
            // Without a reader of its own, `app` reads.
            return (credential == "reader").then(|| self.token("app", user)).flatten();
        };
        let owner = if credential.starts_with("delegated_") { user } else { "" };
        let key = (credential.to_owned(), owner.to_owned());
        let mut minted = self.minted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = minted.get(&key) {
            return Some(token.clone());
        }
        let token = Secret::new(self.mint.as_ref()?.sign(credential, application, owner).ok()?);
        minted.insert(key, token.clone());
        Some(token)
    }
}
