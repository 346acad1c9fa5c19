//! The target as options and environment variables name it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use setpresence_core::case::CREDENTIALS;
use setpresence_core::case::text::Source;
use setpresence_core::spec::{DurationText, Profile};
use setpresence_runner::{
    CredentialSettings, Plain, RunError, Secret, SecretSource, Settings, TokenSource, application_of, user_of,
};

use crate::bounded;
use crate::error::SetupError;

/// The longest that a case may take in real time where nothing else is said: a coffee's length is too long
/// for a first look, and all but the fading fits.
pub const MAX_WAIT: Duration = Duration::from_secs(60);

/// The target as options and environment variables name it. Without a URL and a target file there is none.
#[derive(Clone, Debug, Default)]
pub struct TargetOptions {
    /// The base URL; beside a target file, in the place of the one that is written there.
    pub url: Option<String>,
    /// The target file.
    pub config: Option<PathBuf>,
    /// The reading of the documentation to judge by.
    pub profile: Option<&'static Profile>,
    /// The token of `app`.
    pub token: Option<Secret>,
    /// The tokens of other credentials, by name.
    pub other_tokens: BTreeMap<&'static str, Secret>,
    /// The users whose presence may be changed.
    pub users: Vec<String>,
    /// The id of `app`, where its token does not say.
    pub application: Option<String>,
    /// The longest that a case may take in real time.
    pub max_wait: Option<Duration>,
}

impl TargetOptions {
    /// The target of this target file.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { config: Some(path.into()), ..Self::default() }
    }

    /// The settings of the target that is named.
    ///
    /// # Errors
    /// As [`TargetOptions::settings`], and [`SetupError::NoTarget`].
    pub fn required(&self) -> Result<Settings, SetupError> {
        self.settings()?.ok_or(SetupError::NoTarget)
    }

    /// The options that the environment gives.
    ///
    /// # Errors
    /// As [`TargetOptions::or_environment`].
    pub fn from_environment() -> Result<Self, SetupError> {
        Self::default().or_environment(&|name| std::env::var(name).ok())
    }

    /// These options, and `SETPRESENCE_…` variables where they say nothing. An empty variable says nothing.
    ///
    /// # Errors
    /// [`SetupError::Variable`] where one has a value that it cannot have, [`SetupError::TwoTargets`].
    pub fn or_environment(mut self, lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, SetupError> {
        let given = |name: &str| lookup(name).filter(|value| !value.is_empty());
        if self.url.is_none() && self.config.is_none() {
            self.url = given("SETPRESENCE_TARGET");
            self.config = given("SETPRESENCE_CONFIG").map(PathBuf::from);
            if self.url.is_some() && self.config.is_some() {
                return Err(SetupError::TwoTargets);
            }
        }
        if let (None, Some(name)) = (self.profile, given("SETPRESENCE_PROFILE")) {
            let why = |error: setpresence_core::spec::UnknownProfile| error.to_string();
            let variable = "SETPRESENCE_PROFILE";
            self.profile =
                Some(Profile::named(&name).map_err(|error| SetupError::Variable { variable, why: why(error) })?);
        }
        if let (None, Some(text)) = (self.max_wait, given("SETPRESENCE_MAX_WAIT")) {
            let why = "write a number with s, m or h, such as 90s or 11m".to_owned();
            let wrong = SetupError::Variable { variable: "SETPRESENCE_MAX_WAIT", why };
            self.max_wait = Some(wait(&text).ok_or(wrong)?);
        }
        if self.users.is_empty() {
            let users = given("SETPRESENCE_USER").unwrap_or_default();
            let each = users.split(|c: char| c == ',' || c.is_whitespace()).filter(|user| !user.is_empty());
            self.users = each.map(ToOwned::to_owned).collect();
        }
        self.token = self.token.or_else(|| given("SETPRESENCE_TOKEN").map(Secret::new));
        self.application = self.application.or_else(|| given("SETPRESENCE_APP_ID"));
        for name in CREDENTIALS.into_iter().filter(|name| *name != "app") {
            // The same names as in the commands that reproduce a departure.
            if let Some(token) = given(&format!("SETPRESENCE_TOKEN_{}", name.to_ascii_uppercase())) {
                self.other_tokens.entry(name).or_insert_with(|| Secret::new(token));
            }
        }
        Ok(self)
    }

    /// The settings of the target that is named; nothing where none is.
    ///
    /// # Errors
    /// A target file that cannot be read or has mistakes, or a base URL that is none.
    pub fn settings(&self) -> Result<Option<Settings>, SetupError> {
        let mut settings = match (&self.config, &self.url) {
            (Some(path), _) => {
                let text = bounded::read_to_string(path)
                    .map_err(|source| SetupError::TargetFile { path: path.clone(), source })?;
                let source = Source { name: path.to_string_lossy().into_owned(), text };
                let mut settings = Settings::parse(&source).map_err(RunError::TargetFile)?;
                if let Some(url) = &self.url {
                    settings.base_url = plain(url)?.base_url;
                }
                settings
            }
            (None, Some(url)) => plain(url)?,
            (None, None) => return Ok(None),
        };
        self.put_into(&mut settings);
        Ok(Some(settings))
    }

    /// The longest that a case may take in real time.
    #[must_use]
    pub fn longest_wait(&self) -> Duration {
        self.max_wait.unwrap_or(MAX_WAIT)
    }

    /// What is said here counts more than what a target file says.
    fn put_into(&self, settings: &mut Settings) {
        if let Some(profile) = self.profile {
            settings.profile = profile;
        }
        if !self.users.is_empty() {
            settings.users.clone_from(&self.users);
            settings.has_named_users = true;
        }
        if let Some(app) = settings.credentials.get_mut("app") {
            if let Some(token) = &self.token {
                app.token = TokenSource::Secret(SecretSource::Plain(token.clone()));
                let claimed = application_of(token.expose());
                // A target file says which application it speaks of, or that it does not know.
                let is_guessed = self.config.is_none() || settings.is_application_guessed;
                settings.is_application_guessed = is_guessed && claimed.is_none();
                if let Some(application) = claimed {
                    app.application = application;
                }
            }
            if let Some(application) = &self.application {
                app.application.clone_from(application);
                settings.is_application_guessed = false;
            }
        }
        let app = settings.credentials.get("app").map(|app| app.application.clone()).unwrap_or_default();
        for (name, token) in &self.other_tokens {
            let application = application_of(token.expose()).unwrap_or_else(|| app.clone());
            let user = if name.starts_with("delegated_") { user_of(token.expose()) } else { None };
            let token = TokenSource::Secret(SecretSource::Plain(token.clone()));
            settings.credentials.insert((*name).to_owned(), CredentialSettings { token, application, user });
        }
    }
}

fn plain(url: &str) -> Result<Settings, RunError> {
    Settings::plain(Plain { url: url.to_owned(), ..Plain::default() })
}

/// A time to wait as people write it, `90s`, `11m`, `4h` or `1h30m`, or as a target file does, `PT11M`.
#[must_use]
pub fn wait(text: &str) -> Option<Duration> {
    if text.starts_with('P') {
        return DurationText::read(text).amount().and_then(|amount| amount.to_duration());
    }
    let mut rest = text;
    let mut seconds: u64 = 0;
    while !rest.is_empty() {
        let (number, unit) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let factor = match unit.as_bytes().first() {
            Some(b's') => 1,
            Some(b'm') => 60,
            Some(b'h') => 3600,
            _ => return None,
        };
        seconds = number.parse::<u64>().ok()?.checked_mul(factor)?.checked_add(seconds)?;
        rest = &unit[1..];
    }
    (!text.is_empty()).then_some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(variables: &[(&str, &str)], given: TargetOptions) -> Result<TargetOptions, SetupError> {
        let lookup =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        given.or_environment(&lookup)
    }

    #[test]
    fn variables_fill_what_options_leave_open() {
        let variables = [
            ("SETPRESENCE_TARGET", "http://127.0.0.1:9/beta"),
            ("SETPRESENCE_USER", "one, two three"),
            ("SETPRESENCE_PROFILE", "v1.0"),
            ("SETPRESENCE_MAX_WAIT", "5s"),
            ("SETPRESENCE_TOKEN", "token-of-app"),
            ("SETPRESENCE_APP_ID", "id-of-app"),
            ("SETPRESENCE_TOKEN_NO_ROLE", "token-without-role"),
        ];
        let found = options(&variables, TargetOptions::default()).unwrap();
        let settings = found.settings().unwrap().unwrap();
        assert_eq!(settings.base_url, "http://127.0.0.1:9/beta");
        assert_eq!(settings.users, ["one", "two", "three"]);
        assert_eq!(settings.profile, Profile::V1_0);
        assert_eq!(settings.credentials["app"].application, "id-of-app");
        assert_eq!(settings.credentials["no_role"].application, "id-of-app");
        assert_eq!(found.longest_wait(), Duration::from_secs(5));

        let given = TargetOptions {
            config: Some(PathBuf::from("x.toml")),
            users: vec!["four".to_owned()],
            profile: Some(Profile::BETA_2021_06),
            ..TargetOptions::default()
        };
        let found = options(&variables, given).unwrap();
        assert_eq!((found.url, found.users), (None, vec!["four".to_owned()]));
        assert_eq!(found.profile, Some(Profile::BETA_2021_06));
    }

    #[test]
    fn a_url_counts_more_than_that_of_the_target_file() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../example/tests/target.toml");
        let of = |url: Option<&str>| TargetOptions { url: url.map(ToOwned::to_owned), ..TargetOptions::file(file) };
        let settings = of(Some("http://127.0.0.1:9/beta")).required().unwrap();
        assert_eq!((settings.base_url.as_str(), settings.users.len()), ("http://127.0.0.1:9/beta", 3));
        assert_eq!(of(None).required().unwrap().base_url, "http://presence.example/v1.0");
        assert!(of(Some("nonsense")).required().is_err());
    }

    #[test]
    fn durations_as_people_write_them() {
        let rows = [
            ("90s", Some(90)),
            ("11m", Some(660)),
            ("4h", Some(14_400)),
            ("1h30m", Some(5_400)),
            ("PT11M", Some(660)),
            ("0s", Some(0)),
            ("", None),
            ("11", None),
            ("m", None),
            ("11 m", None),
            ("-1m", None),
            ("11d", None),
            ("P", None),
            ("18446744073709551616s", None),
            ("99999999999999999h", None),
        ];
        for (text, seconds) in rows {
            assert_eq!(wait(text), seconds.map(Duration::from_secs), "{text:?}");
        }
    }

    #[test]
    fn nothing_said_is_no_target() {
        let found = options(&[("SETPRESENCE_TARGET", "")], TargetOptions::default()).unwrap();
        assert_eq!(found.settings().unwrap(), None);
    }

    #[test]
    fn variables_with_impossible_values() {
        let rows: [(&[(&str, &str)], &str); 3] = [
            (&[("SETPRESENCE_PROFILE", "v3")], "SETPRESENCE_PROFILE: there is no profile `v3`"),
            (&[("SETPRESENCE_MAX_WAIT", "soon")], "SETPRESENCE_MAX_WAIT: write a number"),
            (&[("SETPRESENCE_TARGET", "a"), ("SETPRESENCE_CONFIG", "b")], "unset one of them"),
        ];
        for (variables, message) in rows {
            let error = options(variables, TargetOptions::default()).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
