//! A canary from every source of secrets, looked for in every byte that every command writes, however it is spelled.

use std::fmt::Debug;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Output;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use setpresence::{Plain, Profile, Secret, Settings, Subject, TargetOptions};
use setpresence_core::case::text::Source;
use setpresence_report::Format;

use crate::support::{Folder, command};

/// A secret with everything in it that some spelling changes.
const CANARY: &str = "canary+7f/3e=\"Q%2dleak~0123456789-zyxwvutsrqponmlkjihgfedcba";
/// The ways in with which every command is tried; the others differ from one of these in nothing that comes later.
const FULLY: [&str; 4] = ["oauth", "header", "mint", "option"];
/// This much of the canary in a row is a leak.
const PIECE: usize = 10;

/// The canary as a text in any way that a program might spell it.
fn spellings() -> Vec<String> {
    let hex = |byte: u8, lead: &str| format!("{lead}{byte:02x}");
    vec![
        CANARY.to_owned(),
        CANARY.bytes().map(|byte| hex(byte, "%")).collect(),
        CANARY.bytes().map(|byte| hex(byte, "\\u00")).collect(),
        CANARY.replace('"', "\\\"").replace('/', "\\/"),
        STANDARD.encode(CANARY),
        URL_SAFE.encode(format!("Bearer {CANARY}")),
        STANDARD.encode(format!("{{\"token\": \"{CANARY}\"}}")),
        CANARY.chars().collect::<Vec<_>>().chunks(8).map(String::from_iter).collect::<Vec<_>>().join("\n"),
    ]
}

/// The first leak in what was written.
fn leak(written: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(written);
    let without_breaks: String = text.replace("\\n", "").split(['\r', '\n']).map(str::trim_start).collect();
    // Of what is coded, the middle does not depend on its neighbours.
    let inner = |spelling: &str| spelling.chars().skip(8).take(24).collect::<String>();
    let coded = spellings().into_iter().flat_map(|spelling| [inner(&spelling), inner(&STANDARD.encode(&spelling))]);
    let pieces = CANARY.as_bytes().windows(PIECE).map(|piece| String::from_utf8_lossy(piece).into_owned());
    pieces.chain(coded).find(|piece| text.contains(piece) || without_breaks.contains(piece))
}

/// A target that echoes what it is given, each time in another spelling; `/token` is a token service.
fn echoing() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let spellings = spellings();
        for (n, stream) in listener.incoming().enumerate() {
            let Ok(mut stream) = stream else { continue };
            let mut request = [0; 16 * 1024];
            let n_read = stream.read(&mut request).unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..n_read]);
            let echo = &spellings[n % spellings.len()];
            let escaped = serde_json::to_string(echo).unwrap();
            let (status, body) = if request.starts_with("POST /token") {
                ("200 OK", format!("{{\"access_token\": {}}}", serde_json::to_string(CANARY).unwrap()))
            } else if request.starts_with("POST /refusing") {
                ("401 No", format!("{{\"error\": \"bad\", \"error_description\": {escaped}}}"))
            } else if n % 2 == 0 {
                ("400 Bad", format!("{{\"error\": {{\"code\": \"x\", \"message\": {escaped}}}}}"))
            } else {
                ("400 Bad", echo.clone())
            };
            let header = echo.replace('\n', " ");
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status}\r\nX-Echo: {header}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            );
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

/// One way for a secret to come in: what stands in the target file, variables, options.
struct Way {
    name: &'static str,
    file: String,
    variables: &'static [&'static str],
    options: &'static [&'static str],
}

fn way(name: &'static str, file: impl Into<String>) -> Way {
    Way { name, file: file.into(), variables: &[], options: &[] }
}

/// Every way in; the canary is in `secret.txt` beside the target file, and `CANARY` is a variable.
fn ways(address: SocketAddr) -> Vec<Way> {
    let plain = "applications.app = { id = 'a', token = 'another-token' }";
    let app = |token: &str| format!("applications.app = {{ id = 'a', token = {token} }}");
    let oauth = format!(
        "{{ oauth = {{ token_url = 'http://{address}/token', client_id = 'c', client_secret = {{ env = 'CANARY' }} }} }}"
    );
    vec![
        way("value", app(&format!("{{ value = '{CANARY}' }}"))),
        way("env", app("{ env = 'CANARY' }")),
        way("file", app("{ file = 'secret.txt' }")),
        way("command", app(&format!("{{ command = ['sh', '-c', 'echo \"$0\"', '{CANARY}'] }}"))),
        way("oauth", app(&oauth)),
        way("header", format!("{plain}\nheaders.X-Key = '{CANARY}'")),
        way("mint", "mint.jwt = { alg = 'HS256', secret = { env = 'CANARY' } }"),
        way("credential", format!("{plain}\ncredentials.no_role = '{CANARY}'")),
        Way { variables: &["SETPRESENCE_TOKEN"], ..way("variable", plain) },
        Way { variables: &["SETPRESENCE_TOKEN_APP_B"], ..way("another variable", plain) },
        Way { options: &["--token", CANARY], ..way("option", plain) },
    ]
}

/// Runs a command with the canary around, and fails if it is in anything that the command wrote.
fn run_watched(folder: &Folder, name: &str, way: &Way, args: &[&str]) -> Output {
    let mut command = command(args);
    command.args(way.options).env("CANARY", CANARY).env("RUST_BACKTRACE", "full").env("RUST_LOG", "trace");
    command.envs(way.variables.iter().map(|variable| (variable, CANARY)));
    let output = command.output().unwrap();
    let files = written(Path::new(&folder.path(""))).into_iter();
    let files = files.filter(|(name, _)| !name.ends_with("secret.txt") && !name.ends_with("target.toml"));
    let streams = [("stdout".to_owned(), output.stdout.clone()), ("stderr".to_owned(), output.stderr.clone())];
    for (place, written) in files.chain(streams) {
        if let Some(piece) = leak(&written) {
            panic!("{} {name}: {piece} is in {place}:\n{}", way.name, String::from_utf8_lossy(&written));
        }
    }
    output
}

/// Every file in a folder and below it, with its bytes.
fn written(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(written(&path));
        } else {
            files.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    files
}

#[test]
fn the_canary_is_in_no_output() {
    let address = echoing();
    thread::scope(|scope| {
        for way in ways(address) {
            scope.spawn(move || {
                let folder = Folder::new();
                folder.file("secret.txt", CANARY);
                let target = format!("base_url = 'http://{address}/beta'\n{}\n", way.file);
                let target = folder.file("target.toml", &target);
                let log = folder.path("run.log");
                let mut args = vec!["run", "combinations/padded-values", "-vv", "--config", &target, "--log", &log];
                let reports: Vec<String> = Format::ALL
                    .iter()
                    .map(|format| format.name())
                    .map(|format| format!("{format}={}", folder.path(&format!("{format}.out"))))
                    .collect();
                reports.iter().for_each(|report| args.extend(["--report", report]));
                let ran = run_watched(&folder, "run", &way, &args);
                // Everything is refused, so all that could be judged fails.
                assert!(
                    matches!(ran.status.code(), Some(1 | 3)),
                    "{}: {}",
                    way.name,
                    String::from_utf8_lossy(&ran.stderr)
                );
                let checked = run_watched(&folder, "check", &way, &["check", "-vv", "--config", &target]);
                for output in [&ran, &checked] {
                    says_what_was_exchanged(output);
                }
                if FULLY.contains(&way.name) {
                    hunt(&folder, &way, &target);
                    compare(&folder, &way, &target, &log);
                }
                let stored = Way { options: &[], ..way };
                run_watched(&folder, "report", &stored, &["report", "--verbose", "--log", &log]);
                run_watched(&folder, "init", &stored, &["init", &folder.path("new.toml")]);
            });
        }
    });
}

/// What is told while a command works has to be there, else nothing was looked for in it.
fn says_what_was_exchanged(output: &Output) {
    let told = String::from_utf8_lossy(&output.stderr);
    for line in ["# ", "> POST ", "> Authorization: Bearer <app>", "< 400 after ", "< x-echo: "] {
        assert!(told.lines().any(|known| known.starts_with(line)), "no line begins with {line}:\n{told}");
    }
}

/// What a fuzzer finds on a target that echoes, as a report, as witnesses, and when they are tried again.
fn hunt(folder: &Folder, way: &Way, target: &str) {
    let (found, report) = (folder.path("found"), format!("json={}", folder.path("findings.json")));
    // Nobody waits for a fade on a clock that passes: it is not what is looked for here.
    let fuzzed = [
        "fuzz",
        "-vv",
        "--config",
        target,
        "--max-wait",
        "0s",
        "--requests",
        "60",
        "--witnesses",
        &found,
        "--report",
        &report,
    ];
    let fuzzed = run_watched(folder, "fuzz", way, &fuzzed);
    assert_eq!(fuzzed.status.code(), Some(1), "{}: {}", way.name, String::from_utf8_lossy(&fuzzed.stderr));
    says_what_was_exchanged(&fuzzed);
    let witnesses = written(Path::new(&found));
    assert!(!witnesses.is_empty(), "{}: nothing was found", way.name);
    let mut args = vec!["replay", "-vv", "--config", target];
    args.extend(witnesses.iter().take(2).map(|(path, _)| path.as_str()));
    run_watched(folder, "replay", way, &args);
}

/// What is said of two runs or of two targets, and of one beside what it did before.
fn compare(folder: &Folder, way: &Way, target: &str, log: &str) {
    const CASE: &str = "combinations/padded-values/availability-blank-before";
    let (json, snapshot) = (folder.path("json.out"), folder.path("behaviour.txt"));
    let other = folder.file("other-target.toml", &fs::read_to_string(target).unwrap());
    // Only these take the canary as an option, and only who was given it can know that it is one.
    let runs: [(&str, &[&str]); 3] = [
        ("snapshot", &["--snapshot", &snapshot]),
        ("baseline", &["--baseline", &json]),
        ("several", &["--config", &other]),
    ];
    for (name, more) in runs {
        let ran = run_watched(folder, name, way, &[&["run", CASE, "--config", target], more].concat());
        assert!(matches!(ran.status.code(), Some(0 | 1 | 3)), "{name}: {}", String::from_utf8_lossy(&ran.stderr));
    }
    if way.options.is_empty() {
        // Random sequences are refused alike on both, and that is no difference.
        let ran = run_watched(folder, "diff", way, &["diff", "-vv", target, &other, CASE, "--requests", "200"]);
        assert!(matches!(ran.status.code(), Some(0 | 1 | 3)), "diff: {}", String::from_utf8_lossy(&ran.stderr));
    }
    let stored = Way { name: way.name, file: String::new(), variables: &[], options: &[] };
    run_watched(folder, "compare", &stored, &["compare", &json, &json]);
    run_watched(folder, "list", &stored, &["list", "requirements", "--format", "markdown", "--log", log]);
}

#[test]
fn mistakes_do_not_tell_the_canary() {
    let address = echoing();
    let app =
        |token: &str| format!("base_url = 'http://{address}/beta'\napplications.app = {{ id = 'a', token = {token} }}");
    let oauth = |url: &str| {
        app(&format!("{{ oauth = {{ token_url = '{url}', client_id = 'c', client_secret = '{CANARY}' }} }}"))
    };
    let files = [
        app(&format!("'{CANARY}', tokn = 3")),
        app(&format!("'{CANARY}")),
        app(&format!("'''\n{CANARY}\n''', x = 1")),
        app(&format!("'''\n{CANARY}\n{CANARY}")),
        app(CANARY),
        app(&format!("['{CANARY}']")),
        app(&format!("{{ value = '{CANARY}', env = 'CANARY' }}")),
        app(&format!("\"two\\n{}\"", CANARY.replace('"', "\\\""))),
        app(&format!("{{ command = ['sh', '-c', 'echo failed with $0 >&2; exit 1', '{CANARY}'] }}")),
        app(&format!("{{ command = ['sh', '-c', 'printf \"%s\\n%s\" \"$0\" \"$0\"', '{CANARY}'] }}")),
        oauth(&format!("http://{address}/refusing")),
        oauth(&format!("http://user:{}@{address}/token", &CANARY[20..30])),
        oauth("http://127.0.0.1:1/token?code=leak~0123456789"),
        format!("{}\nheaders = {{ 'a b' = '{CANARY}' }}", app("'t'")),
        format!("{}\nmint.jwt = {{ alg = 'RS256', secret = '{CANARY}' }}", app("'t'")),
        format!("{}\ncredentials = ['{CANARY}']", app("'t'")),
        format!("{}\ncredentials.delegated_work = '{CANARY}'", app("'t'")),
        format!("base_url = 'http://user:leak~0123456789@{address}'\n{}", "applications.app.token = 't'"),
    ];
    let none = way("mistake", "");
    for file in &files {
        let folder = Folder::new();
        let target = folder.file("target.toml", file);
        let ran = run_watched(&folder, file, &none, &["run", "combinations/padded-values", "--config", &target]);
        assert_eq!(ran.status.code(), Some(2), "{file}\n{}", String::from_utf8_lossy(&ran.stderr));
    }
    let folder = Folder::new();
    let url = format!("http://user:leak~0123456789@{address}/beta");
    let ran = run_watched(&folder, "url", &none, &["run", "--target", &url]);
    assert_eq!(ran.status.code(), Some(2), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn no_debug_form_has_the_canary() {
    fn check(what: &str, value: &dyn Debug) {
        let shown = format!("{value:?} {value:#?}");
        assert_eq!(leak(shown.as_bytes()), None, "{what}: {shown}");
    }
    let address = SocketAddr::from(([127, 0, 0, 1], 1));
    for way in ways(address) {
        let text = format!("base_url = 'http://{address}/beta'\n{}\n", way.file);
        let settings = Settings::parse(&Source { name: "target.toml".to_owned(), text }).unwrap();
        check(way.name, &settings);
    }
    let secret = Some(Secret::new(CANARY));
    check("Plain", &Plain { token: secret.clone(), ..Plain::default() });
    let options = TargetOptions {
        url: Some("http://127.0.0.1:1/beta".to_owned()),
        token: secret,
        other_tokens: [("app_b", Secret::new(CANARY))].into(),
        ..TargetOptions::default()
    };
    check("TargetOptions", &options);
    check("Settings", &options.settings());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    check("Subject", &runtime.block_on(Subject::from_options(&options)).unwrap());

    let settings = setpresence_reference::Settings::for_profile(Profile::BETA_2021_06);
    let settings = setpresence_reference::Settings { secret: CANARY.to_owned(), ..settings };
    check("reference::Settings", &settings);
    let reference = setpresence_reference::Reference::new(settings);
    check("reference::Mint", reference.mint());
    check("reference::Reference", &reference);
}

#[cfg(unix)]
#[test]
fn files_for_secrets_are_their_owners() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let target = folder.path("target.toml");
    crate::support::run(&["init", &target]).check(0, &[], &[]);
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
}
