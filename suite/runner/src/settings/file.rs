//! The target file: text in, settings out, with every mistake found and its place.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use reqwest::header::{HeaderName, HeaderValue};
use setpresence_core::case::CREDENTIALS;
use setpresence_core::case::text::{Item, Problem, Sink, Source, Table};
use setpresence_core::plan::Adapter;
use setpresence_core::spec::{Operation, Profile};

use super::source::{SourceReader, filled};
use super::{
    CredentialSettings, DOCUMENTED_APPLICATION, MORE_APPLICATIONS, MintKey, MintSettings, SecretSource, Settings,
    TokenSource, Waiver, base_url, clock_table, excerpt, rate_table, tls_table,
};
use crate::secret::Secret;
use crate::tokens::{application_of, user_of};

const APPLICATIONS: [&str; 3] = ["app", "app_b", "app_c"];
/// Headers that the cases themselves are about.
const OWN_HEADERS: [&str; 5] = ["authorization", "content-type", "content-length", "transfer-encoding", "connection"];

impl Settings {
    /// Reads a target file.
    ///
    /// # Errors
    /// Every mistake in it, with line and column.
    pub fn parse(source: &Source) -> Result<Self, Vec<Problem>> {
        let sink = Sink::new(source);
        let document = sink.document();
        let settings = document.as_ref().and_then(|document| {
            let folder = Path::new(&source.name).parent().unwrap_or_else(|| Path::new(""));
            FileReader { sources: SourceReader { folder }, name: &source.name, text: &source.text }
                .read(Table::of(&sink, document))
        });
        match settings {
            Some(settings) if sink.is_empty() => Ok(settings),
            _ => Err(sink.into_problems().into_iter().map(excerpt::guarded).collect()),
        }
    }
}

/// Who says which application a token is of.
enum IdFrom {
    /// The file, or the token itself.
    Somebody,
    /// Nobody: it is the documentation's.
    Nobody,
}

struct FileReader<'s> {
    sources: SourceReader<'s>,
    name: &'s str,
    text: &'s str,
}

impl FileReader<'_> {
    fn read(&self, table: Table<'_>) -> Option<Settings> {
        let url = table
            .required("base_url")
            .and_then(|item| base_url(item.text()?).map_err(|why| item.problem(format!("not a base URL: {why}"))).ok());
        // A base URL that is wrong must not hide what else is wrong.
        let mut settings = Settings::around(url.clone().unwrap_or_default());
        if let Some(profile) = table.get("profile").and_then(profile) {
            settings.profile = profile;
        }
        if let Some(users) = table.get("users").and_then(users) {
            settings.users = users;
            settings.has_named_users = true;
        }
        if let Some(item) = table.get("unknown_user")
            && let Some(user) = filled(item, "a user's id or \"absent\" is wanted here")
        {
            if settings.users.contains(&user) {
                item.problem(format!("`{user}` is one of `users`; name one who does not exist, or \"absent\""));
            }
            settings.unknown_user = (user != "absent").then_some(user);
        }
        if let Some(timeout) = table.get("timeout").and_then(timeout) {
            settings.timeout = timeout;
        }
        if let Some(patience) = table.get("patience").and_then(clock_table::span) {
            settings.patience = patience;
        }
        if let Some(rate) = table.get("rate").and_then(|item| item.table()) {
            settings.rate = rate_table::read(rate);
        }
        if let Some(headers) = table.get("headers").and_then(|item| item.table()) {
            settings.headers = read_headers(&headers);
        }
        if let Some(tls) = table.get("tls").and_then(|item| item.table()) {
            settings.tls = tls_table::read(tls, self.sources);
        }
        if let Some(clock) = table.get("clock").and_then(|item| item.table()) {
            (settings.clock, settings.slack) = clock_table::read(clock).unwrap_or((settings.clock, settings.slack));
        }
        if let Some(operations) = table.get("operations").and_then(|item| item.table()) {
            read_operations(operations, &mut settings.operations);
        }
        if let Some(waivers) = table.get("waiver").and_then(|item| item.list()) {
            settings.waivers = waivers.into_iter().filter_map(|item| self.waiver(item)).collect();
        }
        self.read_credentials(&table, &mut settings);
        table.finish();
        url.map(|_| settings)
    }

    fn read_credentials(&self, table: &Table<'_>, settings: &mut Settings) {
        let mint_item = table.get("mint");
        if let Some(applications) = table.get("applications").and_then(|item| item.table()) {
            for name in APPLICATIONS {
                let Some(item) = applications.get(name) else { continue };
                let Some((given, from)) = self.application(name, item, mint_item.is_some()) else { continue };
                if let ("app", IdFrom::Nobody) = (name, from) {
                    settings.is_application_guessed = true;
                }
                let is_same = |other: &CredentialSettings| other.application.eq_ignore_ascii_case(&given.application);
                if let Some((other, _)) = settings.credentials.iter().find(|(_, other)| is_same(other)) {
                    item.problem(format!(
                        "`{name}` has the id of `{other}`: one application has one session, where cases want one of each"
                    ));
                }
                settings.credentials.insert(name.to_owned(), given);
            }
            if mint_item.is_none() && applications.peek("app").is_none() {
                applications.problem("`app` is missing; it is the application that most cases call as");
            }
            applications.finish();
        } else if mint_item.is_none() {
            table.problem("`applications.app` is missing; give an id and a token, or a key under [mint]");
        }
        let app = settings
            .credentials
            .get("app")
            .map_or_else(|| DOCUMENTED_APPLICATION.to_owned(), |app| app.application.clone());
        if let Some(credentials) = table.get("credentials").and_then(|item| item.table()) {
            for name in CREDENTIALS.into_iter().filter(|name| !APPLICATIONS.contains(name)) {
                let given = credentials.get(name).and_then(|item| self.credential(name, item, &app));
                settings.credentials.extend(given.map(|given| (name.to_owned(), given)));
            }
            credentials.finish();
        }
        if let Some(mint) = mint_item.and_then(|item| self.mint(item)) {
            settings.mint_all(mint);
        }
    }

    fn application(&self, name: &str, item: Item<'_>, can_mint: bool) -> Option<(CredentialSettings, IdFrom)> {
        let table = item.table()?;
        let id = table.get("id").map(|item| filled(item, "the application's id is wanted here"));
        let token = match table.get("token") {
            Some(item) => self.sources.token(item),
            None if can_mint => Some(TokenSource::Minted),
            None => {
                table.problem("`token` is missing");
                None
            }
        };
        let claimed = token.as_ref().and_then(|token| claim(token, application_of));
        let usual = match name {
            "app" => Some(DOCUMENTED_APPLICATION),
            _ if can_mint => MORE_APPLICATIONS.iter().find(|(other, _)| *other == name).map(|(_, id)| *id),
            _ => None,
        };
        let is_said = id.is_some() || claimed.is_some() || token == Some(TokenSource::Minted);
        let from = if is_said { IdFrom::Somebody } else { IdFrom::Nobody };
        let application = match id {
            Some(id) => id,
            None => claimed.or_else(|| usual.map(ToOwned::to_owned)).or_else(|| {
                table.problem("`id` is missing; it is the sessionId of the application's calls");
                None
            }),
        };
        table.finish();
        Some((CredentialSettings { token: token?, application: application?, user: None }, from))
    }

    fn credential(&self, name: &str, item: Item<'_>, app: &str) -> Option<CredentialSettings> {
        let (token, id, user) = if item.is_table() {
            let table = item.table()?;
            let id = table.get("id").and_then(|item| filled(item, "the application's id is wanted here"));
            let user = table.get("user").and_then(|item| filled(item, "the user's object id is wanted here"));
            let token = self.sources.token_in(&table);
            table.finish();
            (token?, id, user)
        } else {
            (self.sources.token(item)?, None, None)
        };
        let application = id.or_else(|| claim(&token, application_of)).unwrap_or_else(|| app.to_owned());
        if !name.starts_with("delegated_") {
            return Some(CredentialSettings { token, application, user: None });
        }
        let user = user.or_else(|| claim(&token, user_of));
        if user.is_none() {
            item.problem(
                "`user` is missing; a delegated token belongs to a user: { env = \"…\", user = \"object id\" }",
            );
        }
        Some(CredentialSettings { token, application, user: Some(user?) })
    }

    fn mint(&self, item: Item<'_>) -> Option<MintSettings> {
        let table = item.table()?;
        let jwt = table.required("jwt").and_then(|item| item.table());
        table.finish();
        let jwt = jwt?;
        let algorithms = ["HS256", "RS256"];
        let algorithm = jwt.required("alg").and_then(|item| {
            item.one_of("algorithm", &algorithms, |name| algorithms.into_iter().find(|known| *known == name))
        });
        let secret = jwt.get("secret").and_then(|item| self.sources.secret(item));
        let file = jwt.get("private_key_file").and_then(|item| self.sources.path(item));
        let key = match algorithm {
            Some("HS256") => key(&jwt, "HS256", "secret", "private_key_file", secret.map(MintKey::Secret)),
            Some(_) => key(&jwt, "RS256", "private_key_file", "secret", file.map(MintKey::PrivateKeyFile)),
            None => None,
        };
        let text = |name| jwt.get(name).and_then(|item| filled(item, "a text is wanted here"));
        let (issuer, audience, tenant, key_id) = (text("issuer"), text("audience"), text("tenant"), text("key_id"));
        jwt.finish();
        let usual = MintSettings::with_key(key?);
        let tenant_issuer = tenant.as_ref().map(|tenant| format!("https://sts.windows.net/{tenant}/"));
        Some(MintSettings {
            issuer: issuer.or(tenant_issuer).unwrap_or(usual.issuer),
            audience: audience.unwrap_or(usual.audience),
            tenant: tenant.unwrap_or(usual.tenant),
            key_id,
            key: usual.key,
        })
    }

    fn waiver(&self, item: Item<'_>) -> Option<Waiver> {
        let table = item.table()?;
        let case = table.required("case").and_then(|item| filled(item, "the id of a case is wanted here"));
        let reason = table.required("reason").and_then(|item| filled(item, "a reason is wanted here"));
        let until = table.get("until").and_then(|item| {
            let text = item.text()?;
            if !is_day(text) {
                item.problem("a day is wanted here, such as \"2027-03-01\"");
            }
            Some(text.to_owned())
        });
        let is_flaky = table.get("flaky").and_then(|item| item.flag()).unwrap_or_default();
        let line = self.text.get(..item.span().start).map_or(1, |before| before.matches('\n').count() + 1);
        table.finish();
        Some(Waiver { case: case?, reason: reason?, until, is_flaky, file: self.name.to_owned(), line })
    }
}

fn key(
    jwt: &Table<'_>,
    alg: &str,
    wanted: &'static str,
    other: &'static str,
    found: Option<MintKey>,
) -> Option<MintKey> {
    if let Some(item) = jwt.peek(other) {
        item.problem(format!("`{other}` does not go with {alg}; give `{wanted}`"));
    }
    if jwt.peek(wanted).is_none() {
        jwt.problem(format!("`{wanted}` is missing; {alg} needs it"));
    }
    found
}

/// What a token that stands in the file says of itself, if it is a JWT.
fn claim(token: &TokenSource, read: impl Fn(&str) -> Option<String>) -> Option<String> {
    match token {
        TokenSource::Secret(SecretSource::Plain(token)) => read(token.expose()),
        _ => None,
    }
}

fn profile(item: Item<'_>) -> Option<&'static Profile> {
    let names = Profile::ALL.map(|profile| profile.name);
    item.one_of("profile", &names, |name| Profile::named(name).ok())
}

fn users(item: Item<'_>) -> Option<Vec<String>> {
    let mut seen = BTreeSet::new();
    let items = item.list()?;
    if items.is_empty() {
        item.problem("at least one user is wanted here");
    }
    let mut users = Vec::new();
    for item in items {
        let Some(user) = filled(item, "a user's id is wanted here") else { continue };
        if !seen.insert(user.clone()) {
            item.problem(format!("`{user}` is here twice; two cases would disturb each other"));
        }
        users.push(user);
    }
    Some(users)
}

fn timeout(item: Item<'_>) -> Option<std::time::Duration> {
    let span = clock_table::span(item)?;
    if span.is_zero() {
        item.problem("a timeout above zero is wanted here");
    }
    Some(span)
}

fn read_headers(table: &Table<'_>) -> Vec<(String, Secret)> {
    let mut headers = Vec::new();
    for (name, _, item) in table.entries() {
        let Some(value) = item.text() else { continue };
        if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            item.problem(format!("`{name}` cannot be set here; the cases themselves decide it"));
        } else if HeaderName::from_bytes(name.as_bytes()).is_err() || HeaderValue::from_str(value).is_err() {
            item.problem(format!("`{name}` with this value is not a header that HTTP can carry"));
        } else {
            headers.push((name.to_owned(), Secret::new(value)));
        }
    }
    headers
}

fn read_operations(table: Table<'_>, operations: &mut BTreeMap<Operation, Adapter>) {
    for operation in Operation::ALL {
        let Some(item) = table.get(operation.name()) else { continue };
        if item.is_text() {
            let absent = item.one_of("value", &["absent"], |name| (name == "absent").then_some(()));
            if absent.is_some() && operation == Operation::SetPresence {
                item.problem("set-presence is what the suite judges; it cannot be absent");
            } else if absent.is_some() {
                operations.remove(&operation);
            }
        } else if !item.is_table() {
            item.problem("\"absent\" or { method = \"…\", path = \"…\" } is wanted here");
        } else if let Some(adapter) = item.table().and_then(|table| adapter(operation, table)) {
            operations.insert(operation, adapter);
        }
    }
    table.finish();
}

fn adapter(operation: Operation, table: Table<'_>) -> Option<Adapter> {
    let method = table.get("method").map_or_else(|| Some(operation.method().to_owned()), clock_table::method);
    let path = table.get("path").map_or_else(
        || Some(operation.path().to_owned()),
        |item| {
            let path = item.text()?;
            if !path.starts_with('/') {
                item.problem("a path that begins with `/` is wanted here; it is added to base_url");
            } else if path.replace("${user}", "").contains("${") {
                item.problem("`${user}` is the only placeholder of a path");
            }
            Some(path.to_owned())
        },
    );
    table.finish();
    Some(Adapter { method: method?, path: path? })
}

fn is_day(text: &str) -> bool {
    let mut parts = text.split('-').map(|part| (part.len(), part.parse::<u32>().unwrap_or(0)));
    matches!(
        (parts.next(), parts.next(), parts.next(), parts.next()),
        (Some((4, 1..)), Some((2, 1..=12)), Some((2, 1..=31)), None)
    )
}
