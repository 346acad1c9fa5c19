//! How a target is reached and what it can do: read from a target file, or made from a few flags.
//!
//! Nothing here is fetched or connected to; secrets are named, not held, unless they stand in the file.

mod clock_table;
mod duration;
mod excerpt;
mod file;
mod rate_table;
mod source;
#[cfg(test)]
mod tests;
mod tls_table;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use setpresence_core::case::CREDENTIALS;
use setpresence_core::judge::Slack;
use setpresence_core::plan::{Abilities, Adapter, Credential};
use setpresence_core::spec::{Operation, Profile};

use crate::error::RunError;
use crate::http_client::is_loopback;
use crate::secret::Secret;
use crate::tokens::application_of;

/// The application of the documentation's example.
pub const DOCUMENTED_APPLICATION: &str = "22553876-f5ab-4529-bffb-cfe50aa89f87";
/// The user of the documentation's example.
pub const DOCUMENTED_USER: &str = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";
/// A well-formed object id that no directory gives out.
pub const UNKNOWN_USER: &str = "00000000-0000-4000-8000-000000000000";
/// How long a request may take: far above any healthy answer, and short enough to wait for once.
pub const TIMEOUT: Duration = Duration::from_secs(10);
/// How far a clock that moves by itself may stray: scheduling and clock drift, not network delay, which is measured.
pub const TOLERANCE: Duration = Duration::from_secs(2);
/// How long a request may be put off by 429, and by 503 with `Retry-After`: one window of Graph's limit on reads (source G).
pub const PATIENCE: Duration = Duration::from_secs(30);
/// What stands for a token where a target is given without one: such a target does not look at it.
const PLACEHOLDER_TOKEN: &str = "setpresence-placeholder-token";
/// The second and third application where tokens can be made for any.
const MORE_APPLICATIONS: [(&str, &str); 2] =
    [("app_b", "5f2b8c1e-6d3a-4e97-8b40-c9a1d7e2f365"), ("app_c", "a07d94e3-2c5b-4f18-9e6d-3b8f51c2a4d0")];

/// How a target is reached and what it can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The base URL without a slash at its end.
    pub base_url: String,
    /// The reading of the documentation to judge by.
    pub profile: &'static Profile,
    /// The users whose presence the run may change.
    pub users: Vec<String>,
    /// Whether somebody named these users, or they are only the documentation's.
    pub has_named_users: bool,
    /// Whether nobody said which application an opaque token of `app` is of, and the documentation's is assumed.
    pub is_application_guessed: bool,
    /// The id of a user that does not exist, if one is known.
    pub unknown_user: Option<String>,
    /// What can be presented, by name. Without `reader`, `app` reads.
    pub credentials: BTreeMap<String, CredentialSettings>,
    /// The key that minted tokens are signed with.
    pub mint: Option<MintSettings>,
    /// How the target's time passes.
    pub clock: ClockSettings,
    /// How far what is seen may be off.
    pub slack: Slack,
    /// Where the operations are; one that is missing is absent on the target.
    pub operations: BTreeMap<Operation, Adapter>,
    /// Divergences that the target's owner accepts.
    pub waivers: Vec<Waiver>,
    /// How long one request may take.
    pub timeout: Duration,
    /// How long one request may be put off by 429, and by 503 with `Retry-After`.
    pub patience: Duration,
    /// How fast requests may follow each other.
    pub rate: Rate,
    /// Headers that every request carries in addition. Their values are kept out of every record.
    pub headers: Vec<(String, Secret)>,
    /// Whom we trust beside whom the system trusts, and how we prove who we are.
    pub tls: Tls,
}

/// The certificates of TLS connections. That of the target is always verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// A PEM file with certificates that are trusted beside those that the system trusts.
    pub ca: Option<PathBuf>,
    /// What we show to a target that asks who we are.
    pub client: Option<ClientCertificate>,
}

/// A client certificate and its key, PEM files both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate, and those between it and its root.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// A credential and where its token comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialSettings {
    /// Where the token comes from.
    pub token: TokenSource,
    /// The id of the application that the token names.
    pub application: String,
    /// The user that the token belongs to, where it is delegated and not minted.
    pub user: Option<String>,
}

/// Where a secret text comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretSource {
    /// It was written down.
    Plain(Secret),
    /// The value of an environment variable.
    Env(String),
    /// The content of a file, without blanks around it.
    File(PathBuf),
}

/// Where a token comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenSource {
    /// As any secret.
    Secret(SecretSource),
    /// What a command prints, without blanks around it.
    Command(CommandLine),
    /// A token service, by the client credentials grant.
    OAuth(Box<OAuth>),
    /// Signed here; the credential's name says what it claims.
    Minted,
}

/// A program and its arguments, which may be secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommandLine {
    /// The program.
    pub program: String,
    /// What it is given.
    pub arguments: Vec<Secret>,
}

/// A token service and what it wants to know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OAuth {
    /// The address.
    pub token_url: String,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: SecretSource,
    /// What the token is for.
    pub scope: Option<String>,
}

/// What minted tokens are signed with and what they claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MintSettings {
    /// The key.
    pub key: MintKey,
    /// The claim `iss`.
    pub issuer: String,
    /// The claim `aud`.
    pub audience: String,
    /// The claim `tid`, but of personal accounts.
    pub tenant: String,
    /// The header `kid`.
    pub key_id: Option<String>,
}

/// The key that minted tokens are signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MintKey {
    /// HS256.
    Secret(SecretSource),
    /// RS256, a private key in PEM form.
    PrivateKeyFile(PathBuf),
}

impl MintSettings {
    /// The claims of a Microsoft Entra token for Graph, in a tenant that does not exist.
    #[must_use]
    pub fn with_key(key: MintKey) -> Self {
        let tenant = "5d3f1c8a-0b64-4e2f-9a71-c6e0d4b8f213";
        Self {
            key,
            issuer: format!("https://sts.windows.net/{tenant}/"),
            audience: "https://graph.microsoft.com".to_owned(),
            tenant: tenant.to_owned(),
            key_id: None,
        }
    }
}

/// How the target's time passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClockSettings {
    /// As ours.
    Wall,
    /// This many of its seconds pass in one of ours.
    Scaled(u32),
    /// Only by a request to the target.
    Manual(Advance),
}

impl ClockSettings {
    /// `wall`, `scaled` or `manual`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Wall => "wall",
            Self::Scaled(_) => "scaled",
            Self::Manual(_) => "manual",
        }
    }
}

/// The request that moves a manual clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advance {
    /// The method.
    pub method: String,
    /// The path below the base URL, or a whole URL, or one without its scheme (`//host/path`).
    pub path: String,
    /// The body, with `${ms}` for the milliseconds.
    pub json: String,
}

/// How fast requests may follow each other, as the least time between two. What is not given is not bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Between any two.
    pub overall: Option<Duration>,
    /// Between two of the same operation.
    pub of: BTreeMap<Operation, Duration>,
}

/// A divergence that the target's owner accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// The id of the case, or a pattern of ids.
    pub case: String,
    /// Why.
    pub reason: String,
    /// The last day, `2027-03-01`; nothing for ever.
    pub until: Option<String>,
    /// Whether the case is known to fail only now and then: that it passes makes this not stale.
    pub is_flaky: bool,
    /// The target file.
    pub file: String,
    /// The line of the target file, from 1.
    pub line: usize,
}

/// A target that is given by flags instead of a file.
#[derive(Clone, Debug, Default)]
pub struct Plain {
    /// The base URL.
    pub url: String,
    /// The token of `app`.
    pub token: Option<Secret>,
    /// The users; [`DOCUMENTED_USER`] where there is none.
    pub users: Vec<String>,
    /// The application's id; read from the token where it can be, else [`DOCUMENTED_APPLICATION`].
    pub application: Option<String>,
    /// The profile; the first where there is none.
    pub profile: Option<&'static Profile>,
}

impl Settings {
    /// The defaults around a base URL, with nothing to present yet.
    fn around(base_url: String) -> Self {
        Self {
            base_url,
            profile: Profile::ALL[0],
            users: vec![DOCUMENTED_USER.to_owned()],
            has_named_users: false,
            is_application_guessed: false,
            unknown_user: Some(UNKNOWN_USER.to_owned()),
            credentials: BTreeMap::new(),
            mint: None,
            clock: ClockSettings::Wall,
            slack: Slack { tolerance: TOLERANCE, propagation: Duration::ZERO },
            operations: Adapter::documented(),
            waivers: Vec::new(),
            timeout: TIMEOUT,
            patience: PATIENCE,
            rate: Rate::default(),
            headers: Vec::new(),
            tls: Tls::default(),
        }
    }

    /// A target that is given by flags: one application, a wall clock, everything where it is documented to be.
    ///
    /// # Errors
    /// [`RunError::BaseUrl`].
    pub fn plain(plain: Plain) -> Result<Self, RunError> {
        let base_url = base_url(&plain.url).map_err(|why| RunError::BaseUrl { url: shown_url(&plain.url), why })?;
        let mut settings = Self::around(base_url);
        let is_given = plain.token.is_some();
        let token = plain.token.unwrap_or_else(|| Secret::new(PLACEHOLDER_TOKEN));
        let application = plain.application.or_else(|| application_of(token.expose()));
        settings.is_application_guessed = is_given && application.is_none();
        let application = application.unwrap_or_else(|| DOCUMENTED_APPLICATION.to_owned());
        let token = TokenSource::Secret(SecretSource::Plain(token));
        settings.credentials.insert("app".to_owned(), CredentialSettings { token, application, user: None });
        if !plain.users.is_empty() {
            settings.users = plain.users;
            settings.has_named_users = true;
        }
        settings.profile = plain.profile.unwrap_or(settings.profile);
        Ok(settings)
    }

    /// Checks that no presence is changed but of users whom somebody named. On this machine nobody is real.
    ///
    /// # Errors
    /// [`RunError::UsersNotNamed`], [`RunError::OwnerNotNamed`].
    pub fn check_users(&self) -> Result<(), RunError> {
        let host = Url::parse(&self.base_url).ok().and_then(|url| url.host_str().map(ToOwned::to_owned));
        let host = host.unwrap_or_default();
        if is_loopback(&self.base_url) {
            return Ok(());
        }
        if !self.has_named_users {
            return Err(RunError::UsersNotNamed { host });
        }
        let is_named = |user: &String| self.users.contains(user);
        let owners = self.credentials.iter().filter_map(|(name, given)| Some((name, given.user.as_ref()?)));
        match owners.into_iter().find(|(_, user)| !is_named(user)) {
            Some((credential, user)) => {
                Err(RunError::OwnerNotNamed { credential: credential.clone(), user: user.clone(), host })
            }
            None => Ok(()),
        }
    }

    /// Makes every credential that is not given yet a minted one.
    pub fn mint_all(&mut self, mint: MintSettings) {
        let app = self
            .credentials
            .get("app")
            .map_or_else(|| DOCUMENTED_APPLICATION.to_owned(), |app| app.application.clone());
        for name in CREDENTIALS.into_iter().filter(|name| *name != "reader") {
            let other = MORE_APPLICATIONS.iter().find(|(other, _)| *other == name).map(|(_, id)| (*id).to_owned());
            self.credentials.entry(name.to_owned()).or_insert_with(|| CredentialSettings {
                token: TokenSource::Minted,
                application: other.unwrap_or_else(|| app.clone()),
                user: None,
            });
        }
        self.mint = Some(mint);
    }

    /// What planning needs to know of the target.
    ///
    /// `longest` is the longest that a case may take on the target's clock; on a manual clock time costs nothing,
    /// and it is left aside.
    #[must_use]
    pub fn abilities(&self, longest: Option<Duration>) -> Abilities {
        let mut credentials: BTreeMap<String, Credential> = self
            .credentials
            .iter()
            .map(|(name, given)| {
                (name.clone(), Credential { application: given.application.clone(), user: given.user.clone() })
            })
            .collect();
        if let Some(app) = credentials.get("app").cloned() {
            credentials.entry("reader".to_owned()).or_insert(app);
        }
        let (longest, clock_factor) = match self.clock {
            ClockSettings::Wall => (longest, 1),
            ClockSettings::Scaled(factor) => (longest, factor),
            ClockSettings::Manual(_) => (None, 1),
        };
        Abilities {
            profile: self.profile,
            credentials: credentials.into(),
            operations: self.operations.clone(),
            users: self.users.len(),
            has_unknown_user: self.unknown_user.is_some(),
            longest,
            clock_factor,
        }
    }
}

/// A URL as messages may show it: what may hold a password or a key is left out.
pub(crate) fn shown_url(text: &str) -> String {
    let public = text.split(['?', '#']).next().unwrap_or_default();
    match public.split_once("://") {
        Some((scheme, rest)) => match rest.split('/').next().unwrap_or_default().rsplit_once('@') {
            Some((credentials, _)) => format!("{scheme}://…{}", &rest[credentials.len()..]),
            None => public.to_owned(),
        },
        None => public.to_owned(),
    }
}

pub(crate) fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// The base URL without a slash at its end, or what is wrong with it.
fn base_url(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("its scheme is `{}`, not http or https", url.scheme()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it has a query or a fragment".to_owned());
    }
    if has_credentials(&url) {
        return Err("it has a user name or a password in it".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}
