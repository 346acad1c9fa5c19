//! Asking the sources of secrets and tokens.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tracing::debug;

use super::Lookup;
use crate::error::RunError;
use crate::http_client;
use crate::mask;
use crate::secret::Secret;
use crate::settings::{CommandLine, OAuth, SecretSource, Tls, TokenSource, shown_url};
use crate::target::{percent_encoded, root_cause};

/// How long a command or a token service may take: sign-in tools start slowly.
const SOURCE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long the answer of a token service may be: far above any token, and nothing that fills our memory.
const ANSWER_LIMIT: usize = 1024 * 1024;
/// How much of what a failing source says is repeated.
const SAID_LIMIT: usize = 200;

/// Asks the source of a token.
pub(super) async fn token(name: &str, source: &TokenSource, tls: &Tls, lookup: Lookup<'_>) -> Result<Secret, RunError> {
    debug!(credential = name, "its token is asked of {}", told(source));
    let found = match source {
        TokenSource::Secret(source) => secret(name, source, lookup)?,
        TokenSource::Command(line) => command(name, line).await?,
        TokenSource::OAuth(oauth) => token_service(name, oauth, tls, lookup).await?,
        TokenSource::Minted => Secret::new(""),
    };
    let why = match found.expose() {
        "" => Some("is empty"),
        text if text.contains(['\n', '\r']) => Some("has more than one line"),
        text if !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') => {
            Some("has characters that no header can carry")
        }
        _ => None,
    };
    match why {
        Some(why) => Err(RunError::NotAToken { wanted_by: name.to_owned(), why }),
        None => Ok(found),
    }
}

/// A source in words that tell no secret.
fn told(source: &TokenSource) -> String {
    match source {
        TokenSource::Secret(SecretSource::Plain(_)) => "what was given".to_owned(),
        TokenSource::Secret(SecretSource::Env(variable)) => format!("the variable {variable}"),
        TokenSource::Secret(SecretSource::File(path)) => format!("the file {}", path.display()),
        TokenSource::Command(line) => format!("the command {}", line.program),
        TokenSource::OAuth(oauth) => format!("the token service {}", shown_url(&oauth.token_url)),
        TokenSource::Minted => "its key".to_owned(),
    }
}

/// The source again, if it may give another token later than it gives now, with what it needs of the environment
/// filled in: that does not change while a process runs.
pub(super) fn repeatable(
    name: &str,
    source: &TokenSource,
    lookup: Lookup<'_>,
) -> Result<Option<TokenSource>, RunError> {
    Ok(match source {
        TokenSource::Secret(SecretSource::File(_)) | TokenSource::Command(_) => Some(source.clone()),
        TokenSource::OAuth(oauth) => {
            let client_secret = SecretSource::Plain(secret(name, &oauth.client_secret, lookup)?);
            Some(TokenSource::OAuth(Box::new(OAuth { client_secret, ..(**oauth).clone() })))
        }
        // What is minted never expires before a run does.
        TokenSource::Secret(SecretSource::Plain(_) | SecretSource::Env(_)) | TokenSource::Minted => None,
    })
}

/// Asks the source of a secret.
pub(super) fn secret(name: &str, source: &SecretSource, lookup: Lookup<'_>) -> Result<Secret, RunError> {
    match source {
        SecretSource::Plain(secret) => Ok(secret.clone()),
        SecretSource::Env(variable) => match lookup(variable) {
            Some(value) => Ok(Secret::new(value.trim())),
            None => Err(RunError::Unset { wanted_by: name.to_owned(), variable: variable.clone() }),
        },
        SecretSource::File(path) => match std::fs::read_to_string(path) {
            Ok(text) => Ok(Secret::new(text.trim())),
            Err(cause) => Err(RunError::Unread { wanted_by: name.to_owned(), path: path.display().to_string(), cause }),
        },
    }
}

async fn command(name: &str, line: &CommandLine) -> Result<Secret, RunError> {
    let CommandLine { program, arguments } = line;
    let failed = |why| RunError::Command { wanted_by: name.to_owned(), program: program.clone(), why };
    let mut command = Command::new(program);
    command.args(arguments.iter().map(Secret::expose)).stdin(Stdio::null()).kill_on_drop(true);
    let output = match tokio::time::timeout(SOURCE_TIMEOUT, command.output()).await {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => return Err(failed(format!("cannot be started ({error})"))),
        Err(_) => return Err(failed(format!("was not done after {} s", SOURCE_TIMEOUT.as_secs()))),
    };
    if !output.status.success() {
        // What a failing program says may repeat what it was given, or tell a token after all.
        let said = String::from_utf8_lossy(&output.stderr);
        let said = mask::without(&said, arguments);
        let last: String = said
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty())
            .unwrap_or("nothing")
            .chars()
            .take(SAID_LIMIT)
            .collect();
        return Err(failed(format!("ended with {} and said: {}", output.status, last.trim())));
    }
    match String::from_utf8(output.stdout) {
        Ok(text) => Ok(Secret::new(text.trim())),
        Err(_) => Err(failed("printed what is not text".to_owned())),
    }
}

async fn token_service(name: &str, oauth: &OAuth, tls: &Tls, lookup: Lookup<'_>) -> Result<Secret, RunError> {
    let failed =
        |why: String| RunError::TokenService { wanted_by: name.to_owned(), url: shown_url(&oauth.token_url), why };
    let client_secret = secret(name, &oauth.client_secret, lookup)?;
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", &oauth.client_id),
        ("client_secret", client_secret.expose()),
    ];
    form.extend(oauth.scope.as_deref().map(|scope| ("scope", scope)));
    let client = http_client::builder(&oauth.token_url, tls)?
        .timeout(SOURCE_TIMEOUT)
        .build()
        .map_err(|error| RunError::Client { why: root_cause(&error) })?;
    let answer = client
        .post(&oauth.token_url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(form_encoded(&form))
        .send()
        .await
        .map_err(|error| failed(format!("cannot be reached ({})", root_cause(&error))))?;
    let status = answer.status();
    let body = read_bounded(answer).await.map_err(failed)?;
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    if !status.is_success() {
        let said = ["error", "error_description"].into_iter().filter_map(|member| json.get(member)?.as_str());
        // However short it is, here it is known to be secret.
        let said = said.collect::<Vec<_>>().join(": ").replace(client_secret.expose(), "<secret>");
        let said = mask::without(&said, std::slice::from_ref(&client_secret));
        let said: String = said.lines().next().unwrap_or_default().chars().take(SAID_LIMIT).collect();
        return Err(failed(format!("answered {} {said}", status.as_u16()).trim_end().to_owned()));
    }
    match json.get("access_token").and_then(|token| token.as_str()) {
        Some(token) => Ok(Secret::new(token)),
        None => Err(failed(format!("answered {} without an access_token", status.as_u16()))),
    }
}

async fn read_bounded(mut answer: reqwest::Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| format!("broke off ({})", root_cause(&error)))? {
        if body.len() + chunk.len() > ANSWER_LIMIT {
            return Err(format!("answered with more than {ANSWER_LIMIT} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// `application/x-www-form-urlencoded`.
fn form_encoded(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect::<Vec<_>>().join("&")
}
