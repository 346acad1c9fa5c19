//! The tokens of a run: each source is asked at the start, and again when the target has had enough of what it gave.
//! What it gave is never shown.

mod fetch;
mod mint;
mod peek;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

pub use peek::{application_of, user_of};
use tracing::debug;

use self::mint::Mint;
use crate::error::RunError;
use crate::secret::Secret;
use crate::settings::{Settings, Tls, TokenSource};

/// Looks up an environment variable. Handed in, so that nothing here depends on the process's own.
pub type Lookup<'l> = &'l (dyn Fn(&str) -> Option<String> + Send + Sync);

/// The tokens of a run, by the credential's name.
#[derive(Debug)]
pub(crate) struct Tokens {
    given: Mutex<BTreeMap<String, Given>>,
    /// The sources that may give another token than before.
    sources: BTreeMap<String, TokenSource>,
    /// Whom to trust when a token service is asked again.
    tls: Tls,
    /// Held while a source is asked, so that many requests that are refused at once ask once.
    asking: tokio::sync::Mutex<()>,
    mint: Option<Mint>,
    /// What was minted so far: delegated tokens differ from user to user, and RS256 is slow.
    minted: Mutex<BTreeMap<(String, String), Secret>>,
    applications: BTreeMap<String, String>,
}

/// A token that its source gave.
#[derive(Clone, Debug)]
struct Given {
    token: Secret,
    /// Whether the target has ever taken it. One that it never took has not expired, and asking again helps nothing.
    has_worked: bool,
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
            given.insert(name.clone(), Given { token, has_worked: false });
        }
        let mut sources = BTreeMap::new();
        for (name, credential) in &settings.credentials {
            let source = fetch::repeatable(name, &credential.token, lookup)?;
            sources.extend(source.map(|source| (name.clone(), source)));
        }
        let mint = settings.mint.as_ref().map(|mint| Mint::load(mint, lookup)).transpose()?;
        let applications =
            settings.credentials.iter().map(|(name, given)| (name.clone(), given.application.clone())).collect();
        let given = Mutex::new(given);
        let asking = tokio::sync::Mutex::default();
        let tokens =
            Self { given, sources, tls: settings.tls.clone(), asking, mint, minted: Mutex::default(), applications };
        // A key that cannot sign is found here, not in the middle of a run.
        if let Some(mint) = &tokens.mint {
            mint.sign("app", "", "").map_err(|why| RunError::Mint { why })?;
        }
        Ok(tokens)
    }

    /// What a target may know and nobody else: every token that was given, and the secret that others are signed with.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = Secret> {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner).clone();
        given.into_values().map(|given| given.token).chain(self.mint.as_ref().and_then(Mint::secret))
    }

    /// The token of a credential; a delegated one that is minted belongs to `user`.
    pub(crate) fn token(&self, credential: &str, user: &str) -> Option<Secret> {
        if let Some(given) = self.given(credential) {
            return Some(given.token);
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

    /// Takes note that the target took a token.
    pub(crate) fn worked(&self, credential: &str, token: &Secret) {
        let mut all = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(given) = all.get_mut(self.owner(credential)).filter(|given| given.token == *token) {
            given.has_worked = true;
        }
    }

    /// Another token for one that the target took before and takes no longer; nothing where the source has no other.
    pub(crate) async fn renewed(&self, credential: &str, refused: &Secret) -> Option<Secret> {
        let credential = self.owner(credential);
        let source = self.sources.get(credential)?;
        let _asking = self.asking.lock().await;
        let given = self.given(credential)?;
        if given.token != *refused {
            // Somebody else has asked meanwhile.
            return Some(given.token);
        }
        if !given.has_worked {
            return None;
        }
        debug!(credential, "its token worked and is refused now: asked for anew");
        // A source that fails now leaves the 401 to speak for itself.
        let token = fetch::token(credential, source, &self.tls, &|_| None).await.ok()?;
        if token == *refused {
            return None;
        }
        let mut all = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(credential.to_owned(), Given { token: token.clone(), has_worked: false });
        Some(token)
    }

    fn given(&self, credential: &str) -> Option<Given> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).get(credential).cloned()
    }

    /// Without a reader of its own, `app` reads.
    fn owner<'n>(&self, credential: &'n str) -> &'n str {
        if credential == "reader" && !self.applications.contains_key("reader") { "app" } else { credential }
    }
}
