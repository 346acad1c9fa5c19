//! The curl lines that show a divergence again, for a POSIX shell. Tokens are variables in them, never values.

use std::time::Duration;

use setpresence_core::moment::human;
use setpresence_core::plan::{Action, Plan, UserSlot};

use crate::settings::{Advance, ClockSettings, Settings};
use crate::target::{Target, filled_path};

/// A run of one byte longer than this is made by a command instead of being written out.
const RUN_LONG: usize = 256;

/// Waits for the commands that run side by side.
const WAIT: &str = "; wait";

/// Everything that has to be sent, in order, up to and including the exchange at `last`.
pub(crate) fn commands(settings: &Settings, base: &str, plan: &Plan, users: &[String], last: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut now = Duration::ZERO;
    for action in plan.actions.iter().take(last + 1) {
        let wait = action.at.saturating_sub(now);
        if !wait.is_zero() {
            lines.push(match &settings.clock {
                ClockSettings::Wall => format!("# wait {}", human(wait)),
                ClockSettings::Scaled(factor) => {
                    format!("# wait {} ({} on the target's clock)", human(wait / *factor), human(wait))
                }
                ClockSettings::Manual(advance) => advance_line(advance, base, wait),
            });
            now = action.at;
        }
        let user = match action.user {
            UserSlot::Pool(slot) => users.get(slot).map(String::as_str),
            UserSlot::Unknown => settings.unknown_user.as_deref(),
        };
        if action.is_together {
            // All are sent at once, and what follows waits for all.
            if let Some(line) = lines.last_mut() {
                line.truncate(line.strip_suffix(WAIT).unwrap_or(line).len());
                line.push_str(" &");
            }
            lines.push(curl(settings, base, action, user.unwrap_or_default()) + WAIT);
            continue;
        }
        lines.push(curl(settings, base, action, user.unwrap_or_default()));
    }
    lines
}

fn advance_line(advance: &Advance, base: &str, by: Duration) -> String {
    let (url, body) = Target::advance_request(advance, base, by);
    let mut words = vec!["curl -sS -i".to_owned(), format!("-X {}", quoted(&advance.method))];
    if !body.is_empty() {
        words.push("-H 'Content-Type: application/json'".to_owned());
        words.push(format!("--data-raw {}", quoted(&body)));
    }
    words.push(url.strip_prefix(base).map_or_else(|| quoted(&url), |path| address(base, path)));
    words.join(" ")
}

fn curl(settings: &Settings, base: &str, action: &Action, user: &str) -> String {
    let request = &action.request;
    let path = filled_path(&request.path, user);
    let mut words = vec!["curl -sS -i".to_owned()];
    match (request.method.as_str(), &request.body) {
        ("GET", None) | ("POST", Some(_)) => {}
        // With -X HEAD curl would wait for a body that never comes.
        ("HEAD", None) => words.push("--head".to_owned()),
        (method, _) => words.push(format!("-X {}", quoted(method))),
    }
    if path.contains("/.") {
        words.push("--path-as-is".to_owned());
    }
    if path.contains(['[', ']', '{', '}']) {
        words.push("--globoff".to_owned());
    }
    for template in &request.authorization {
        words.push(format!("-H {}", with_token(&format!("Authorization: {template}"), action.actor.as_deref())));
    }
    for (name, template) in &request.headers {
        let value = template.replace("${user}", user);
        // Without a value curl takes a header for one to be left out, unless it ends in a semicolon.
        let line = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        words.push(format!("-H {}", with_token(&line, action.actor.as_deref())));
    }
    for (name, _) in &settings.headers {
        words.push(format!("-H {}\"$SETPRESENCE_HEADER_{}\"", quoted(&format!("{name}: ")), shell_name(name)));
    }
    let mut before = String::new();
    match &request.body {
        Some(body) => {
            if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                // Otherwise curl says that it is a form.
                words.push("-H 'Content-Type:'".to_owned());
            }
            if request.is_chunked {
                words.push("-H 'Transfer-Encoding: chunked'".to_owned());
            }
            before = add_body(&mut words, body);
        }
        None if !matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS") => {
            words.push("-H 'Content-Length: 0'".to_owned());
        }
        None => {}
    }
    words.push(address(base, &path));
    format!("{before}{}", words.join(" "))
}

/// Adds the body to curl's arguments; returns the commands that have to be piped into it, if any.
fn add_body(words: &mut Vec<String>, body: &[u8]) -> String {
    let pieces = pieces(body);
    match (std::str::from_utf8(body), &pieces[..]) {
        (Ok(text), [] | [Piece::Bytes(_)]) if !text.contains('\0') => {
            words.push(format!("--data-raw {}", quoted(text)));
            String::new()
        }
        _ => {
            words.push("--data-binary @-".to_owned());
            let commands: Vec<_> = pieces.iter().map(Piece::command).collect();
            match &commands[..] {
                [only] => format!("{only} | "),
                _ => format!("{{ {}; }} | ", commands.join("; ")),
            }
        }
    }
}

/// A part of a body that one command can print.
enum Piece<'b> {
    Bytes(&'b [u8]),
    Run(u8, usize),
}

impl Piece<'_> {
    fn command(&self) -> String {
        match self {
            Self::Run(byte, length) => format!("head -c {length} /dev/zero | tr '\\0' '\\{byte:03o}'"),
            Self::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) if !text.contains('\0') => format!("printf %s {}", quoted(text)),
                _ => {
                    let escaped: String = bytes.iter().map(|byte| format!("\\{byte:03o}")).collect();
                    format!("printf '{escaped}'")
                }
            },
        }
    }
}

fn pieces(body: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest_from = 0;
    let mut at = 0;
    for same in body.chunk_by(|one, other| one == other) {
        if same.len() >= RUN_LONG {
            if rest_from < at {
                pieces.push(Piece::Bytes(&body[rest_from..at]));
            }
            pieces.push(Piece::Run(same[0], same.len()));
            rest_from = at + same.len();
        }
        at += same.len();
    }
    if rest_from < body.len() {
        pieces.push(Piece::Bytes(&body[rest_from..]));
    }
    pieces
}

/// A word of the shell in which `${token}` is the variable of the credential.
fn with_token(text: &str, actor: Option<&str>) -> String {
    let Some(actor) = actor else { return quoted(&text.replace("${token}", "")) };
    let variable = match actor {
        "app" => "\"$SETPRESENCE_TOKEN\"".to_owned(),
        other => format!("\"$SETPRESENCE_TOKEN_{}\"", shell_name(other)),
    };
    let parts: Vec<_> =
        text.split("${token}").map(|part| if part.is_empty() { String::new() } else { quoted(part) }).collect();
    parts.join(&variable)
}

fn shell_name(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' }).collect()
}

/// The address as a word. A base that is a variable, as one that is known only when the command is run, stays one:
/// within single quotes it would be its own name.
fn address(base: &str, path: &str) -> String {
    match base.strip_prefix('$') {
        Some(variable) if !variable.is_empty() && variable.bytes().all(is_of_a_name) => {
            format!("\"{base}\"{}", quoted(path))
        }
        _ => quoted(&format!("{base}{path}")),
    }
}

const fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A word that a POSIX shell takes as it is.
fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, manual, plan, set, settings};

    fn lines(clock: ClockSettings) -> Vec<String> {
        let mut case = plan("a/b", vec![set(0, "app"), get(450), set(450, "app_b")]);
        case.actions[2].request.headers = vec![("X-Empty".to_owned(), String::new())];
        let settings = settings("http://h/beta", 1, clock);
        commands(&settings, "http://shown/beta", &case, &["u'1".to_owned()], 2)
    }

    #[test]
    fn everything_up_to_the_divergence_is_repeated() {
        let body =
            r#"'{"activity":"InACall","availability":"Busy","expirationDuration":"PT4H","sessionId":"id-of-app"}'"#;
        let wanted = [
            format!("curl -sS -i -H 'Authorization: Bearer '\"$SETPRESENCE_TOKEN\" -H 'Content-Type: application/json' --data-raw {body} http://shown/beta/users/u%271/presence/setPresence"),
            "# wait 7 min 30 s".to_owned(),
            "curl -sS -i -H 'Authorization: Bearer '\"$SETPRESENCE_TOKEN_READER\" http://shown/beta/users/u%271/presence".to_owned(),
            format!("curl -sS -i -H 'Authorization: Bearer '\"$SETPRESENCE_TOKEN_APP_B\" -H 'X-Empty;' -H 'Content-Type:' --data-raw {} http://shown/beta/users/u%271/presence/setPresence", body.replace("of-app", "of-app_b")),
        ];
        assert_eq!(lines(ClockSettings::Wall), wanted);
        assert_eq!(lines(ClockSettings::Scaled(60))[1], "# wait 7.5 s (7 min 30 s on the target's clock)");
        let advance =
            "curl -sS -i -X POST -H 'Content-Type: application/json' --data-raw 450000 http://shown/beta/clock";
        assert_eq!(lines(manual())[1], advance);
    }

    #[test]
    fn what_is_sent_at_once_is_waited_for_once() {
        let mut case = plan("a/b", vec![get(0), get(0), get(0), get(0)]);
        (1..3).for_each(|place| case.actions[place].is_together = true);
        let settings = settings("http://h/beta", 1, ClockSettings::Wall);
        let lines = commands(&settings, "http://h/beta", &case, &["u".to_owned()], 3);
        let ends: Vec<&str> = lines.iter().map(|line| line.rsplit("/presence").next().unwrap()).collect();
        assert_eq!(ends, [" &", " &", "; wait", ""]);
    }

    #[test]
    fn what_curl_would_tidy_up_is_kept() {
        let curl_of = |method: &str, path: &str, body: Option<&str>| {
            let mut action = get(0);
            action.request.method = method.to_owned();
            action.request.path = path.to_owned();
            action.request.body = body.map(|body| body.as_bytes().into());
            action.request.is_chunked = body.is_some();
            action.request.authorization.clear();
            curl(&settings("http://h", 1, ClockSettings::Wall), "http://h", &action, "u")
        };
        let rows = [
            ("HEAD", "/x", None, "curl -sS -i --head http://h/x"),
            ("OPTIONS", "/x/../[y]", None, "curl -sS -i -X OPTIONS --path-as-is --globoff 'http://h/x/../[y]'"),
            ("POST", "/x", None, "curl -sS -i -X POST -H 'Content-Length: 0' http://h/x"),
            (
                "PUT",
                "/x",
                Some("{}"),
                "curl -sS -i -X PUT -H 'Content-Type:' -H 'Transfer-Encoding: chunked' --data-raw '{}' http://h/x",
            ),
        ];
        for (method, path, body, wanted) in rows {
            assert_eq!(curl_of(method, path, body), wanted);
        }
    }

    #[test]
    fn words_survive_the_shell() {
        let rows = [
            ("plain/word", "plain/word"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$HOME `x` \"y\" \\", "'$HOME `x` \"y\" \\'"),
        ];
        for (text, word) in rows {
            assert_eq!(quoted(text), word);
        }
        let rows = [
            ("http://h", "/x", "http://h/x"),
            ("http://h", "/users('u')", r"'http://h/users('\''u'\'')'"),
            ("$SETPRESENCE_TARGET", "/x", "\"$SETPRESENCE_TARGET\"/x"),
            ("$SETPRESENCE_TARGET", "/a b", "\"$SETPRESENCE_TARGET\"'/a b'"),
            ("$(reboot)", "/x", "'$(reboot)/x'"),
            ("$", "/x", "'$/x'"),
        ];
        for (base, path, word) in rows {
            assert_eq!(address(base, path), word);
        }
        let rows = [
            ("Authorization: Bearer ${token}", Some("app"), "'Authorization: Bearer '\"$SETPRESENCE_TOKEN\""),
            ("X: ${token}${token}!", Some("app_b"), "'X: '\"$SETPRESENCE_TOKEN_APP_B\"\"$SETPRESENCE_TOKEN_APP_B\"'!'"),
            ("Authorization: Basic x", Some("app"), "'Authorization: Basic x'"),
            ("Authorization: ${token}", None, "'Authorization: '"),
        ];
        for (text, actor, word) in rows {
            assert_eq!(with_token(text, actor), word);
        }
    }

    #[test]
    fn bodies_are_written_piped_or_made() {
        let long = " ".repeat(1000);
        let rows: [(&[u8], &str, &str); 6] = [
            (b"{}", "", "--data-raw '{}'"),
            (b"", "", "--data-raw ''"),
            (b"@file", "", "--data-raw @file"),
            (b"{\"a\": \xff}", r"printf '\173\042\141\042\072\040\377\175' | ", "--data-binary @-"),
            (b"a\0", r"printf '\141\000' | ", "--data-binary @-"),
            (
                &[b"{", long.as_bytes(), b"}"].concat(),
                r"{ printf %s '{'; head -c 1000 /dev/zero | tr '\0' '\040'; printf %s '}'; } | ",
                "--data-binary @-",
            ),
        ];
        for (body, piped, word) in rows {
            let mut words = Vec::new();
            assert_eq!(add_body(&mut words, body), piped);
            assert_eq!(words, [word]);
        }
    }
}
