//! Target files, good and bad.

use std::time::Duration;

use setpresence_core::case::text::Source;

use super::*;

fn parse(text: &str) -> Result<Settings, Vec<String>> {
    let source = Source { name: "conf/target.toml".to_owned(), text: text.to_owned() };
    Settings::parse(&source).map_err(|problems| {
        problems
            .iter()
            .map(|problem| {
                assert_eq!(problem.file, "conf/target.toml");
                format!("{}:{} {}", problem.line, problem.column, problem.message)
            })
            .collect()
    })
}

#[test]
fn an_application_that_nobody_names_is_only_guessed() {
    use base64::Engine as _;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(r#"{"appid": "a"}"#);
    let rows = [
        ("app.token = 'opaque'".to_owned(), true),
        ("app = { token = { env = 'T' } }".to_owned(), true),
        ("app = { id = 'a', token = 'opaque' }".to_owned(), false),
        (format!("app.token = 'e30.{claims}.c2ln'"), false),
    ];
    for (app, is_guessed) in rows {
        let settings = parse(&format!("base_url = 'http://h/beta'\napplications.{app}\n")).unwrap();
        assert_eq!(settings.is_application_guessed, is_guessed, "{app}");
    }
}

/// A file that is right but for what is added.
const HEAD: &str = "base_url = 'http://h/beta'\napplications.app.token = 'token-of-app'\n";

#[test]
fn a_whole_file_is_read() {
    let text = r#"
base_url = "http://127.0.0.1:4010/beta/"
profile = "v1.0"
users = ["u1", "u2"]
unknown_user = "nobody"
timeout = "3s"
headers = { "X-Key" = "k" }
tls = { ca = "ca.pem", certificate = "/etc/client.pem", key = "client.key" }

[applications]
app   = { id = "a", token = { env = "APP_TOKEN" } }
app_b = { id = "b", token = { command = ["az", "account"] } }
app_c = { id = "c", token = { oauth = { token_url = "https://login/token", client_id = "ci", client_secret = { env = "S" }, scope = "s" } } }

[credentials]
no_role = { env = "NO_ROLE", id = "n" }
reader = "reader-token"
delegated_work = { file = "work.token", user = "u9" }

[clock]
kind = "manual"
advance = { method = "PUT", path = "//other/advance", json = '{"ms": ${ms}}' }
propagation = "PT1S"

[operations]
get-presence = { path = "/people/${user}" }
set-user-preferred-presence = "absent"

[[waiver]]
case = "permissions/x"
reason = "known"
until = "2027-03-01"
"#;
    let settings = parse(text).unwrap();
    assert_eq!(settings.base_url, "http://127.0.0.1:4010/beta");
    assert_eq!((settings.profile, settings.users.len()), (Profile::V1_0, 2));
    assert_eq!(settings.unknown_user.as_deref(), Some("nobody"));
    assert_eq!(settings.timeout, Duration::from_secs(3));
    let client = ClientCertificate { certificate: "/etc/client.pem".into(), key: "conf/client.key".into() };
    assert_eq!(settings.tls, Tls { ca: Some("conf/ca.pem".into()), client: Some(client) });
    assert_eq!(settings.headers, [("X-Key".to_owned(), Secret::new("k"))]);
    let token = |name: &str| settings.credentials[name].token.clone();
    assert_eq!(token("app"), TokenSource::Secret(SecretSource::Env("APP_TOKEN".to_owned())));
    let az = CommandLine { program: "az".to_owned(), arguments: vec![Secret::new("account")] };
    assert_eq!(token("app_b"), TokenSource::Command(az));
    let TokenSource::OAuth(oauth) = token("app_c") else { panic!("{settings:?}") };
    assert_eq!((oauth.client_id.as_str(), oauth.scope.as_deref()), ("ci", Some("s")));
    assert_eq!(token("delegated_work"), TokenSource::Secret(SecretSource::File("conf/work.token".into())));
    let who = |name: &str| {
        let credential = &settings.credentials[name];
        (credential.application.as_str(), credential.user.as_deref())
    };
    assert_eq!(["no_role", "reader", "delegated_work"].map(who), [("n", None), ("a", None), ("a", Some("u9"))]);
    assert_eq!(settings.slack, Slack { tolerance: Duration::ZERO, propagation: Duration::from_secs(1) });
    assert_eq!(settings.clock.name(), "manual");
    assert_eq!(settings.operations[&Operation::GetPresence].path, "/people/${user}");
    assert_eq!(settings.operations[&Operation::GetPresence].method, "GET");
    assert!(!settings.operations.contains_key(&Operation::SetUserPreferredPresence));
    assert_eq!(settings.operations.len(), 4);
    assert_eq!((settings.waivers[0].line, settings.waivers[0].until.as_deref()), (29, Some("2027-03-01")));
    assert!(!format!("{settings:?}").contains("reader-token"));
}

#[test]
fn what_is_not_given_has_a_default() {
    let settings = parse(HEAD).unwrap();
    assert_eq!(settings.users, [DOCUMENTED_USER]);
    assert_eq!(settings.unknown_user.as_deref(), Some(UNKNOWN_USER));
    assert_eq!(settings.credentials["app"].application, DOCUMENTED_APPLICATION);
    assert_eq!((settings.clock, settings.slack.tolerance), (ClockSettings::Wall, TOLERANCE));
    assert_eq!((settings.timeout, settings.operations.len()), (TIMEOUT, 5));
    let scaled = parse(&format!("{HEAD}[clock]\nkind = 'scaled'\nfactor = 60")).unwrap();
    assert_eq!((scaled.clock, scaled.slack.tolerance), (ClockSettings::Scaled(60), TOLERANCE));
    assert_eq!(parse(&format!("unknown_user = 'absent'\n{HEAD}")).unwrap().unknown_user, None);
}

/// What is added to [`HEAD`], and what is said of it.
const MISTAKES: &[(&str, &[&str])] = &[
    (
        "profil = 'v1.0'",
        &[
            "3:1 unknown key `profil`; did you mean `profile`? allowed: applications, base_url, clock, credentials, headers, mint, operations, patience, profile, rate, timeout, tls, unknown_user, users, waiver",
        ],
    ),
    ("profile = 'v1'", &["3:11 unknown profile `v1`; allowed: beta-2021-06, v1.0"]),
    ("users = []", &["3:9 at least one user is wanted here"]),
    (
        "users = ['a', 3, 'a', '']",
        &[
            "3:15 a string is wanted here, not an integer",
            "3:18 `a` is here twice; two cases would disturb each other",
            "3:23 a user's id is wanted here",
        ],
    ),
    ("users = ['a']\nunknown_user = 'a'", &["4:16 `a` is one of `users`; name one who does not exist, or \"absent\""]),
    ("timeout = 'soon'", &["3:11 a duration is wanted here, such as \"PT10S\", \"90s\" or \"2m\""]),
    ("tls = { certificate = 'c.pem' }", &["3:7 `key` is missing; a client certificate needs its private key"]),
    ("tls = { key = 'c.key' }", &["3:7 `certificate` is missing; a private key needs its client certificate"]),
    ("tls = { verify = false }", &["3:18 certificates are always verified; name the certificate to trust as `ca`"]),
    ("timeout = '0s'", &["3:11 a timeout above zero is wanted here"]),
    (
        "[headers]\nAuthorization = 'x'\n'a b' = 'x'",
        &[
            "4:17 `Authorization` cannot be set here; the cases themselves decide it",
            "5:9 `a b` with this value is not a header that HTTP can carry",
        ],
    ),
    (
        "applications.app_b = { id = 'SAME', token = 'x' }\napplications.app_c = { id = 'same', token = 'y' }",
        &["4:22 `app_c` has the id of `app_b`: one application has one session, where cases want one of each"],
    ),
    ("applications.app_b.token = 'opaque'", &["3:14 `id` is missing; it is the sessionId of the application's calls"]),
    (
        "applications.app_b = { id = 'b', token = {} }",
        &["3:42 a source is missing; give one of value, env, file, command, oauth"],
    ),
    (
        "applications.app_b = { id = 'b', token = { env = 'A', file = 'b' } }",
        &["3:42 env and file are given together; give only one of value, env, file, command, oauth"],
    ),
    (
        "applications.app_b = { id = 'b', token = { command = [] } }",
        &["3:54 a program and its arguments are wanted here, such as [\"az\", \"account\", \"get-access-token\"]"],
    ),
    (
        "applications.app_b = { id = 'b', token = { env = 'A', evn = 'B' } }",
        &["3:55 unknown key `evn`; allowed: command, env, file, oauth, value"],
    ),
    (
        "applications.app_b = { id = 'b', token = { oauth = { token_url = 'x', client_id = 'c' } } }",
        &["3:52 `client_secret` is missing", "3:66 an absolute http or https URL is wanted here"],
    ),
    (
        "applications.app_d = { id = 'd', token = 'x' }",
        &["3:14 unknown key `app_d`; did you mean `app_b`? allowed: app, app_b, app_c"],
    ),
    (
        "credentials.delegated_work = 'opaque'",
        &["3:30 `user` is missing; a delegated token belongs to a user: { env = \"…\", user = \"object id\" }"],
    ),
    (
        "credentials.norole = 'opaque'",
        &[
            "3:13 unknown key `norole`; did you mean `no_role`? allowed: bad_signature, delegated_no_scope, delegated_personal, delegated_work, expired, no_role, not_yet_valid, read_only, reader, wrong_audience",
        ],
    ),
    ("mint.jwt = { alg = 'HS512', secret = 's' }", &["3:20 unknown algorithm `HS512`; allowed: HS256, RS256"]),
    (
        "mint.jwt = { alg = 'HS256', private_key_file = 'f' }",
        &["3:12 `secret` is missing; HS256 needs it", "3:48 `private_key_file` does not go with HS256; give `secret`"],
    ),
    ("clock.kind = 'atomic'", &["3:14 unknown kind of clock `atomic`; allowed: wall, scaled, manual"]),
    ("clock.kind = 'scaled'", &["3:1 `factor` is missing; say how many of the target's seconds pass in one of ours"]),
    (
        "clock = { kind = 'scaled', factor = 0 }",
        &["3:37 a whole number of 1 or more is wanted here: the target's seconds in one of ours"],
    ),
    ("clock = { kind = 'wall', factor = 2 }", &["3:35 `factor` belongs to a scaled clock; this one is wall"]),
    (
        "clock.kind = 'manual'",
        &["3:1 `advance` is missing; give the request that moves the clock: { method, path, json }"],
    ),
    (
        "clock = { kind = 'manual', advance = { path = '/x', json = '{}' } }",
        &["3:38 `${ms}` is missing; put it into `json` or `path`, where the milliseconds belong"],
    ),
    (
        "clock = { kind = 'wall', tolerance = '-PT1S' }",
        &["3:38 a duration is wanted here, such as \"PT10S\", \"90s\" or \"2m\""],
    ),
    ("operations.set-presence = 'absent'", &["3:27 set-presence is what the suite judges; it cannot be absent"]),
    ("operations.get-presence = 'gone'", &["3:27 unknown value `gone`; allowed: absent"]),
    ("operations.get-presence = 3", &["3:27 \"absent\" or { method = \"…\", path = \"…\" } is wanted here"]),
    (
        "operations.get-presense = 'absent'",
        &[
            "3:12 unknown key `get-presense`; did you mean `get-presence`? allowed: clear-presence, clear-user-preferred-presence, get-presence, set-presence, set-user-preferred-presence",
        ],
    ),
    (
        "operations.get-presence = { path = 'users', method = 'A B' }",
        &[
            "3:36 a path that begins with `/` is wanted here; it is added to base_url",
            "3:54 an HTTP method is wanted here, such as \"POST\"",
        ],
    ),
    ("operations.get-presence = { path = '/${id}' }", &["3:36 `${user}` is the only placeholder of a path"]),
    (
        "[[waiver]]\ncase = 'a/b'\nuntil = '2027-13-01'",
        &["3:1 `reason` is missing", "5:9 a day is wanted here, such as \"2027-03-01\""],
    ),
];

/// Whole files, and what is said of them.
const MISTAKEN_FILES: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "1:1 `applications.app` is missing; give an id and a token, or a key under [mint]",
            "1:1 `base_url` is missing",
        ],
    ),
    (
        "base_url = 'ftp://h'\napplications.app.token = 't'\n",
        &["1:12 not a base URL: its scheme is `ftp`, not http or https"],
    ),
    (
        "base_url = 'http://h/?q'\napplications.app.token = 't'\n",
        &["1:12 not a base URL: it has a query or a fragment"],
    ),
    (
        "base_url = 'h'\napplications.app.token = ''\nusers = 3\n",
        &[
            "1:12 not a base URL: relative URL without a base",
            "2:26 a secret is wanted here, not an empty string",
            "3:9 an array is wanted here, not an integer",
        ],
    ),
];

#[test]
fn each_mistake_has_its_place_and_says_what_is_allowed() {
    let added = MISTAKES.iter().map(|(added, wanted)| (format!("{HEAD}{added}"), wanted));
    let whole = MISTAKEN_FILES.iter().map(|(text, wanted)| ((*text).to_owned(), wanted));
    for (text, wanted) in added.chain(whole) {
        assert_eq!(parse(&text).expect_err(&text), *wanted, "{text}");
    }
}

#[test]
fn with_a_key_every_credential_is_there() {
    let text = "base_url = 'http://h'\nmint.jwt = { alg = 'HS256', secret = { env = 'S' }, tenant = 't' }\napplications.app_b.id = 'b'\ncredentials.expired = 'given-token'";
    let settings = parse(text).unwrap();
    let abilities = settings.abilities(None);
    let mut all = CREDENTIALS;
    all.sort_unstable();
    assert_eq!(abilities.credentials.keys().collect::<Vec<_>>(), all.iter().collect::<Vec<_>>());
    let application = |name: &str| abilities.credentials[name].application.as_str();
    assert_eq!((application("app"), application("app_b")), (DOCUMENTED_APPLICATION, "b"));
    assert_eq!(application("delegated_work"), DOCUMENTED_APPLICATION);
    assert!(abilities.credentials.values().all(|credential| credential.user.is_none()));
    assert_ne!(settings.credentials["expired"].token, TokenSource::Minted);
    assert_eq!(settings.mint.unwrap().issuer, "https://sts.windows.net/t/");
}

#[test]
fn flags_are_enough() {
    let plain = Plain { url: "http://127.0.0.1:4010/".to_owned(), ..Plain::default() };
    let settings = Settings::plain(plain.clone()).unwrap();
    assert_eq!(settings.base_url, "http://127.0.0.1:4010");
    assert_eq!(settings.credentials["app"].application, DOCUMENTED_APPLICATION);
    // {"appid":"from-the-token"}
    let token = Some(Secret::new("e30.eyJhcHBpZCI6ImZyb20tdGhlLXRva2VuIn0.x"));
    let settings = Settings::plain(Plain { token: token.clone(), ..plain.clone() }).unwrap();
    assert_eq!(settings.credentials["app"].application, "from-the-token");
    let application = Some("given".to_owned());
    let settings = Settings::plain(Plain { token, application, users: vec!["u".to_owned()], ..plain }).unwrap();
    assert_eq!((settings.credentials["app"].application.as_str(), settings.users), ("given", vec!["u".to_owned()]));
    let error = Settings::plain(Plain { url: "localhost:80".to_owned(), ..Plain::default() }).unwrap_err();
    assert!(error.to_string().starts_with("`localhost:80` is not a base URL: its scheme is `localhost`"), "{error}");
}

#[test]
fn time_costs_nothing_on_a_manual_clock() {
    let longest = Some(Duration::from_secs(60));
    let advance = "clock = { kind = 'manual', advance = { path = '/?${ms}' } }";
    for (clock, wanted) in
        [("", (longest, 1)), ("clock = { kind = 'scaled', factor = 60 }", (longest, 60)), (advance, (None, 1))]
    {
        let abilities = parse(&format!("{HEAD}{clock}")).unwrap().abilities(longest);
        assert_eq!((abilities.longest, abilities.clock_factor), wanted);
        assert_eq!(abilities.credentials["reader"], abilities.credentials["app"]);
    }
}

#[test]
fn presences_are_changed_of_named_users_only() {
    let named = |url: &str, users: &[&str], owner: Option<&str>| {
        let users = users.iter().map(|&user| user.to_owned()).collect();
        let mut settings = Settings::plain(Plain { url: url.to_owned(), users, ..Plain::default() }).unwrap();
        let app = settings.credentials["app"].clone();
        let delegated = CredentialSettings { user: owner.map(ToOwned::to_owned), ..app };
        settings.credentials.insert("delegated_work".to_owned(), delegated);
        settings.check_users().err().map(|error| error.to_string())
    };
    let far = "https://presence.example/v1.0";
    type Row = (&'static str, &'static [&'static str], Option<&'static str>, Option<&'static str>);
    let rows: [Row; 7] = [
        ("http://127.0.0.1:1/beta", &[], Some("x"), None),
        ("http://localhost/beta", &[], None, None),
        ("http://[::1]/beta", &[], None, None),
        (far, &["u"], None, None),
        (far, &["u"], Some("u"), None),
        (far, &[], None, Some("nobody said whose presence may be changed on presence.example")),
        (far, &["u"], Some("x"), Some("`delegated_work` belongs to the user x, whom nobody named")),
    ];
    for (url, users, owner, wanted) in rows {
        let found = named(url, users, owner);
        let is_as_wanted = match (&found, wanted) {
            (Some(found), Some(wanted)) => found.contains(wanted),
            (None, None) => true,
            _ => false,
        };
        assert!(is_as_wanted, "{url} {users:?} {owner:?}: {found:?}");
    }
}

#[test]
fn a_rate_is_requests_per_second() {
    let read = |rate: &str| {
        let text = format!(
            "base_url = \"http://x\"\npatience = \"5m\"\n[applications]\napp = {{ token = \"t\" }}\n[rate]\n{rate}"
        );
        Settings::parse(&Source { name: "t.toml".to_owned(), text })
    };
    let settings = read("overall = 10\nset-presence = 4\n").unwrap();
    let millis = Duration::from_millis;
    assert_eq!(settings.rate, Rate { overall: Some(millis(100)), of: [(Operation::SetPresence, millis(250))].into() });
    assert_eq!(settings.patience, Duration::from_secs(300));
    for wrong in ["overall = 0", "overall = \"fast\"", "overall = -1", "put-presence = 3"] {
        assert_eq!(read(wrong).unwrap_err().len(), 1, "{wrong}");
    }
}
