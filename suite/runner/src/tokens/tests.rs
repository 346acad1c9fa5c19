//! Token sources and minted tokens.

use std::path::{Path, PathBuf};

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};
use wiremock::matchers::{body_string, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::settings::{CommandLine, CredentialSettings, MintKey, MintSettings, OAuth, Plain, SecretSource};

/// A file that is gone when the test is over.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("setpresence-runner-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn settings() -> Settings {
    Settings::plain(Plain { url: "http://127.0.0.1:1".to_owned(), ..Plain::default() }).unwrap()
}

fn with_source(token: TokenSource) -> Settings {
    let mut settings = settings();
    let application = "b".to_owned();
    settings.credentials.insert("app_b".to_owned(), CredentialSettings { token, application, user: None });
    settings
}

fn env(name: &str) -> TokenSource {
    TokenSource::Secret(SecretSource::Env(name.to_owned()))
}

fn file(path: &Path) -> TokenSource {
    TokenSource::Secret(SecretSource::File(path.to_owned()))
}

fn command(words: &[&str]) -> TokenSource {
    let (program, arguments) = words.split_first().unwrap();
    let arguments = arguments.iter().map(|&word| Secret::new(word)).collect();
    TokenSource::Command(CommandLine { program: (*program).to_owned(), arguments })
}

fn lookup(name: &str) -> Option<String> {
    match name {
        "SET" => Some(" token-from-env\n".to_owned()),
        "EMPTY" => Some("  ".to_owned()),
        "LINES" => Some("a\nb".to_owned()),
        "UMLAUT" => Some("tökén".to_owned()),
        "CLIENT_SECRET" => Some("s&cret".to_owned()),
        _ => None,
    }
}

async fn fetched(token: TokenSource) -> Result<String, String> {
    let tokens = Tokens::fetch(&with_source(token), &lookup).await.map_err(|error| error.to_string())?;
    Ok(tokens.token("app_b", "u").unwrap().expose().to_owned())
}

#[tokio::test]
async fn each_source_gives_its_token_or_says_what_to_do() {
    let good = TempFile::new("good", "token-from-file\n");
    let absent = std::env::temp_dir().join("setpresence-runner-absent");
    let rows = [
        (env("SET"), Ok("token-from-env")),
        (
            env("ABSENT"),
            Err(
                "`app_b` is taken from the environment variable `ABSENT`, which is not set; set it or change the target file",
            ),
        ),
        (env("EMPTY"), Err("`app_b`: what its source gives is empty; a token is one line of visible ASCII characters")),
        (
            env("LINES"),
            Err(
                "`app_b`: what its source gives has more than one line; a token is one line of visible ASCII characters",
            ),
        ),
        (
            env("UMLAUT"),
            Err(
                "`app_b`: what its source gives has characters that no header can carry; a token is one line of visible ASCII characters",
            ),
        ),
        (file(&good.0), Ok("token-from-file")),
        (
            file(&absent),
            Err(
                "setpresence-runner-absent`, which cannot be read (No such file or directory (os error 2)); create it or change the target file",
            ),
        ),
        (command(&["sh", "-c", "echo token-from-$0", "command"]), Ok("token-from-command")),
        (
            command(&["sh", "-c", "echo first >&2; echo please sign in >&2; exit 3"]),
            Err(
                "`app_b` is taken from the command `sh`, which ended with exit status: 3 and said: please sign in; run it by hand to see more",
            ),
        ),
        (
            command(&["setpresence-no-such-program"]),
            Err("which cannot be started (No such file or directory (os error 2)); run it by hand to see more"),
        ),
    ];
    for (source, wanted) in rows {
        match (fetched(source).await, wanted) {
            (Ok(token), Ok(wanted)) => assert_eq!(token, wanted),
            (Err(error), Err(wanted)) => assert!(error.ends_with(wanted), "{error}"),
            (found, wanted) => panic!("{found:?} instead of {wanted:?}"),
        }
    }
}

#[tokio::test]
async fn a_source_is_asked_once() {
    let counter = TempFile::new("counter", "");
    let script = format!("echo x >> {}; echo token-$(wc -l < {0} | tr -d ' ')", counter.0.display());
    let source = command(&["sh", "-c", &script]);
    let mut settings = with_source(source.clone());
    settings
        .credentials
        .insert("app_c".to_owned(), CredentialSettings { token: source, application: "c".to_owned(), user: None });
    let tokens = Tokens::fetch(&settings, &lookup).await.unwrap();
    let token = |name| tokens.token(name, "u").unwrap();
    assert_eq!(token("app_b").expose(), "token-1");
    assert_eq!(token("app_b"), token("app_c"));
    assert_eq!(token("reader"), token("app"), "app reads where there is no reader");
    assert_eq!(tokens.token("no_role", "u"), None);
    assert!(!format!("{tokens:?}").contains("token-1"));
}

#[tokio::test]
async fn a_token_service_is_asked_by_client_credentials() {
    let server = MockServer::start().await;
    let body =
        "grant_type=client_credentials&client_id=an%20id&client_secret=s%26cret&scope=https%3A%2F%2Fg%2F.default";
    Mock::given(method("POST"))
        .and(path("/token"))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(body_string(body))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "access_token": "fresh", "expires_in": 3599 })))
        .mount(&server)
        .await;
    let refusal =
        json!({ "error": "invalid_client", "error_description": "AADSTS7000215: s&cret is wrong\r\nTrace: x" });
    Mock::given(path("/refused")).respond_with(ResponseTemplate::new(401).set_body_json(refusal)).mount(&server).await;
    Mock::given(path("/odd")).respond_with(ResponseTemplate::new(200).set_body_string("hello")).mount(&server).await;
    let source = |path: &str| {
        TokenSource::OAuth(Box::new(OAuth {
            token_url: format!("{}{path}", server.uri()),
            client_id: "an id".to_owned(),
            client_secret: SecretSource::Env("CLIENT_SECRET".to_owned()),
            scope: Some("https://g/.default".to_owned()),
        }))
    };
    assert_eq!(fetched(source("/token")).await.as_deref(), Ok("fresh"));
    let refused = fetched(source("/refused")).await.unwrap_err();
    assert!(
        refused.contains("answered 401 invalid_client: AADSTS7000215: <secret> is wrong; check token_url"),
        "{refused}"
    );
    let odd = fetched(source("/odd")).await.unwrap_err();
    assert!(odd.contains("which answered 200 without an access_token"), "{odd}");
    let unreachable = TokenSource::OAuth(Box::new(OAuth {
        token_url: "http://127.0.0.1:1/token".to_owned(),
        client_id: "c".to_owned(),
        client_secret: SecretSource::Env("CLIENT_SECRET".to_owned()),
        scope: None,
    }));
    let unreachable = fetched(unreachable).await.unwrap_err();
    assert!(unreachable.contains("cannot be reached (Connection refused"), "{unreachable}");
}

async fn minting(key: MintKey) -> Tokens {
    let mut settings = settings();
    // Even `app` is to be minted.
    settings.credentials.clear();
    settings.mint_all(MintSettings { key_id: Some("k1".to_owned()), ..MintSettings::with_key(key) });
    Tokens::fetch(&settings, &lookup).await.unwrap()
}

/// What must hold of each credential: the claims that differ, and why a verifier refuses it.
const CLAIMS: [(&str, &str, Option<&str>); 12] = [
    (
        "app",
        r#"{"idtyp":"app","roles":["Presence.ReadWrite.All"],"appid":"22553876-f5ab-4529-bffb-cfe50aa89f87"}"#,
        None,
    ),
    (
        "app_b",
        r#"{"idtyp":"app","roles":["Presence.ReadWrite.All"],"appid":"5f2b8c1e-6d3a-4e97-8b40-c9a1d7e2f365"}"#,
        None,
    ),
    (
        "app_c",
        r#"{"idtyp":"app","roles":["Presence.ReadWrite.All"],"appid":"a07d94e3-2c5b-4f18-9e6d-3b8f51c2a4d0"}"#,
        None,
    ),
    ("no_role", r#"{"idtyp":"app","roles":null,"scp":null,"appid":"22553876-f5ab-4529-bffb-cfe50aa89f87"}"#, None),
    ("read_only", r#"{"idtyp":"app","roles":["Presence.Read.All"]}"#, None),
    ("delegated_work", r#"{"idtyp":"user","scp":"Presence.ReadWrite","roles":null,"oid":"u1"}"#, None),
    ("delegated_no_scope", r#"{"idtyp":"user","scp":"Presence.Read","oid":"u1"}"#, None),
    (
        "delegated_personal",
        r#"{"idtyp":"user","scp":"Presence.ReadWrite","oid":"u1","tid":"9188040d-6c67-4c5b-b112-36a304b66dad"}"#,
        None,
    ),
    ("expired", r#"{"roles":["Presence.ReadWrite.All"]}"#, Some("ExpiredSignature")),
    ("not_yet_valid", r#"{"roles":["Presence.ReadWrite.All"]}"#, Some("ImmatureSignature")),
    ("wrong_audience", r#"{"roles":["Presence.ReadWrite.All"]}"#, Some("InvalidAudience")),
    ("bad_signature", r#"{"roles":["Presence.ReadWrite.All"]}"#, Some("InvalidSignature")),
];

fn check_minted(tokens: &Tokens, algorithm: Algorithm, key: &DecodingKey) {
    let usual = MintSettings::with_key(MintKey::PrivateKeyFile(PathBuf::new()));
    let mut validation = Validation::new(algorithm);
    validation.set_audience(&[&usual.audience]);
    validation.set_issuer(&[&usual.issuer]);
    validation.validate_nbf = true;
    validation.leeway = 0;
    for (name, wanted, refusal) in CLAIMS {
        let token = tokens.token(name, "u1").unwrap();
        assert_eq!(tokens.token(name, "u1").unwrap(), token, "{name}: the same question, the same token");
        let is_of_user = tokens.token(name, "u2").unwrap() != token;
        assert_eq!(is_of_user, name.starts_with("delegated_"), "{name}");
        match (jsonwebtoken::decode::<Value>(token.expose(), key, &validation), refusal) {
            (Ok(_), None) => {}
            (Err(error), Some(refusal)) => assert_eq!(format!("{:?}", error.kind()), refusal, "{name}"),
            (found, _) => panic!("{name}: {found:?}"),
        }
        let found = jsonwebtoken::dangerous::insecure_decode::<Value>(token.expose()).unwrap();
        assert_eq!(found.header.kid.as_deref(), Some("k1"));
        for (claim, value) in serde_json::from_str::<Value>(wanted).unwrap().as_object().unwrap() {
            assert_eq!(found.claims.get(claim).unwrap_or(&Value::Null), value, "{name}: {claim}");
        }
    }
}

#[tokio::test]
async fn minted_tokens_verify_with_a_shared_secret() {
    let tokens = minting(MintKey::Secret(SecretSource::Env("CLIENT_SECRET".to_owned()))).await;
    check_minted(&tokens, Algorithm::HS256, &DecodingKey::from_secret(b"s&cret"));
}

#[tokio::test]
async fn minted_tokens_verify_with_a_public_key() {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let pem =
        |label: &str, der: &[u8]| format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der));
    let private: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    let file = TempFile::new("key", &pem("PRIVATE KEY", private.as_ref()));
    let tokens = minting(MintKey::PrivateKeyFile(file.0.clone())).await;
    let key = DecodingKey::from_rsa_pem(pem("PUBLIC KEY", public.as_ref()).as_bytes()).unwrap();
    check_minted(&tokens, Algorithm::RS256, &key);
}

#[tokio::test]
async fn a_key_that_cannot_sign_is_found_at_the_start() {
    let file = TempFile::new("nokey", "not a key");
    for (key, wanted) in [
        (MintKey::PrivateKeyFile(file.0.clone()), "`mint.jwt` cannot sign tokens: "),
        (
            MintKey::PrivateKeyFile("/absent/key.pem".into()),
            "`mint.jwt.private_key_file` is taken from the file `/absent/key.pem`",
        ),
        (
            MintKey::Secret(SecretSource::Env("ABSENT".to_owned())),
            "`mint.jwt.secret` is taken from the environment variable `ABSENT`",
        ),
    ] {
        let mut settings = settings();
        settings.mint_all(MintSettings::with_key(key));
        let error = Tokens::fetch(&settings, &lookup).await.unwrap_err().to_string();
        assert!(error.starts_with(wanted), "{error}");
    }
}
