//! A target that answers with attacks, over a real socket: nothing that it sends is obeyed by whoever reads what comes of it.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::thread;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::json;
use setpresence_report::Format;

use crate::support::{Done, Folder, command, run};

/// HTML, XML, terminal, bidirectional, Markdown, spreadsheet, workflow, TAP and TOML attacks, in one text.
const EVIL: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&]]>--><!-- </details></pre>\u{1b}[31m\u{7}\u{1}\u{9b}2J\
    \u{fffe}\u{202e}\u{2066}\u{2028}\u{200b} ```\n[x](javascript:alert(3)) ![y](http://192.0.2.1/z.png) @everyone | a |\n\
    =cmd|' /C calc'!A0\n::error::owned\r\n  ::stop-commands::owned\n##[error]owned\n  ...\nok 1 - forged\nBail out! forged\n\
    # SKIP forged\n[[step]]\nforged = '''x'''\n${{ secrets.X }}";
/// What may stand nowhere as it is: a terminal obeys it, XML cannot have it, or a reader cannot see it.
const STEERING: [char; 9] =
    ['\u{1b}', '\u{7}', '\u{1}', '\u{9b}', '\u{fffe}', '\u{202e}', '\u{2066}', '\u{2028}', '\u{200b}'];

/// Refuses every second kind of call, accepts the others, shows no presence that there is, and attacks in each answer.
async fn attack(method: Method, body: Bytes) -> Response<Body> {
    let error = json!({ "error": { "code": EVIL, "message": EVIL } }).to_string();
    let (status, media_type, text) = match body.len() % 3 {
        _ if method == Method::GET => {
            let presence = json!({ "id": EVIL, "availability": EVIL, "activity": EVIL });
            (StatusCode::OK, "application/json", presence.to_string())
        }
        0 => (StatusCode::BAD_REQUEST, "application/json", error),
        1 => (StatusCode::CONFLICT, "text/html", EVIL.to_owned()),
        _ => (StatusCode::OK, "text/html", EVIL.to_owned()),
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    let odd = HeaderValue::from_bytes("<script>alert(4)</script>\u{202e}\u{9b}2J @everyone".as_bytes());
    response.headers_mut().insert("x-evil", odd.expect("it may stand in a header"));
    response
}

fn attacker() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            listener.set_nonblocking(true).unwrap();
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, Router::new().fallback(attack)).await.unwrap();
        });
    });
    address
}

/// What may not stand in any text that people or their tools read.
fn check(name: &str, text: &str) {
    assert!(!text.is_empty(), "{name} is empty");
    let found: Vec<char> = STEERING.into_iter().filter(|c| text.contains(*c)).collect();
    assert!(found.is_empty(), "{name}: {found:?}");
    assert!(!text.contains("##["), "{name}");
    for line in text.lines().map(str::trim_start) {
        let ours = [
            "::error file=fixtures/",
            "::warning file=fixtures/",
            "::notice title=setPresence on http%3A//127.0.0.1%3A",
            "::error title=setPresence on http%3A//127.0.0.1%3A",
        ];
        let is_ours = ours.iter().any(|own| line.starts_with(own));
        assert!(is_ours || !line.starts_with("::"), "{name}: {line}");
        // A line of TAP begins with what it means; elsewhere these are words, which wrapping may put anywhere.
        let forged = ["=cmd", "ok 1 - forged", "Bail out!", "# SKIP", "..."];
        assert!(
            name != "tap" || line == "..." || !forged.iter().any(|start| line.starts_with(start)),
            "{name}: {line}"
        );
        assert!(!line.starts_with("forged ="), "{name}: {line}");
    }
}

/// Nothing that a page or an XML reader would take for markup.
fn check_markup(name: &str, text: &str) {
    for markup in ["<script>alert", "<img", "</details></pre>", "--><!--"] {
        assert!(!text.contains(markup), "{name}: {markup}");
    }
}

/// In Markdown, nothing of it stands outside of code.
fn check_markdown(name: &str, text: &str) {
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 && !line[ticks.len()..].contains('`') => fence = Some(ticks),
            None => {
                let outside = without_spans(line);
                for attack in ["<script", "<img", "](", "@everyone", "192.0.2.1", "javascript:"] {
                    assert!(!outside.contains(attack), "{name}: {attack} stands outside of code: {line}");
                }
            }
        }
    }
}

/// A line without its code spans; a fence that is not closed begins none.
fn without_spans(line: &str) -> String {
    let (mut outside, mut rest) = (String::new(), line);
    while let Some(at) = rest.find('`') {
        let from = &rest[at..];
        let fence = &from[..from.len() - from.trim_start_matches('`').len()];
        outside.push_str(&rest[..at]);
        let inside = &from[fence.len()..];
        let closing = inside
            .match_indices(fence)
            .find(|(at, _)| !inside[..*at].ends_with('`') && !inside[at + fence.len()..].starts_with('`'));
        rest = closing.map_or(inside, |(at, _)| &inside[at + fence.len()..]);
    }
    outside + rest
}

#[test]
fn no_report_of_a_run_lets_an_attack_through() {
    let folder = Folder::new();
    let url = format!("http://{}/beta", attacker());
    let reports = Format::ALL.map(|format| (format, folder.path(&format!("report.{}", format.name()))));
    let wanted: Vec<String> = reports.iter().map(|(format, path)| format!("{}={path}", format.name())).collect();
    let (log, snapshot) = (folder.path("run.jsonl"), folder.path("behaviour.txt"));
    let mut args =
        vec!["run", "combinations", "permissions", "body/duration-*", "--target", &url, "--token", "t-0123456789"];
    args.extend(["--user", "u1", "--app-id", "a", "--jobs", "2", "-vv", "--log", &log, "--snapshot", &snapshot]);
    args.extend(wanted.iter().flat_map(|report| ["--report", report]));
    let mut workflow = command(&args);
    let summary = folder.file("summary.md", "");
    let done = Done::of(&workflow.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary).output().unwrap());
    done.check(1, &["FAILED", "alert(1)"], &["wrote the snapshot"]);
    check("standard output", &done.stdout);
    check("standard error", &done.stderr);
    for (format, path) in &reports {
        let text = fs::read_to_string(path).unwrap();
        check(format.name(), &text);
        match format {
            Format::Html | Format::Junit => check_markup(format.name(), &text),
            Format::Markdown => check_markdown(format.name(), &text),
            Format::Json | Format::Har | Format::Sarif | Format::Ctrf | Format::Badge => {
                assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", format.name());
            }
            Format::Console | Format::Tap | Format::Github => {}
        }
        assert!(*format == Format::Badge || text.contains("alert(1)"), "{} says nothing of it", format.name());
    }
    check_markdown("the step summary", &fs::read_to_string(&summary).unwrap());
    check("the snapshot", &fs::read_to_string(&snapshot).unwrap());
    let json = folder.path("report.json");
    let compared = run(&["compare", &json, &json, "--format", "markdown"]);
    check("compare", &compared.stdout);
}

#[test]
fn no_other_command_lets_an_attack_through() {
    let folder = Folder::new();
    let text = |address: SocketAddr| {
        format!(
            "base_url = \"http://{address}/beta\"\nusers = [\"u1\"]\n[applications]\n\
             app = {{ id = \"22553876-f5ab-4529-bffb-cfe50aa89f87\", token = {{ value = \"t-0123456789\" }} }}\n"
        )
    };
    let (one, other) = (folder.file("one.toml", &text(attacker())), folder.file("other.toml", &text(attacker())));
    let found = folder.path("found");
    let page = folder.path("page.html");
    let (to_page, to_markdown) = (format!("html={page}"), format!("markdown={}", folder.path("page.md")));
    let few = "combinations/supported-pairs";
    let rows: [&[&str]; 5] = [
        &["check", "-vv", "--config", &one],
        &["fuzz", "-vv", "--config", &one, "--max-wait", "0s", "--requests", "400", "--witnesses", &found],
        &["fuzz", "--config", &one, "--max-wait", "0s", "--requests", "400", "--report", "json=-"],
        &["diff", "-vv", &one, &other, few, "--requests", "300"],
        &[
            "run",
            few,
            "--config",
            &one,
            "--config",
            &other,
            "--verbose",
            "--report",
            &to_page,
            "--report",
            &to_markdown,
        ],
    ];
    for args in rows {
        let done = run(args);
        assert!(done.status < 2, "{args:?}: {}", done.stderr);
        check(args[0], &done.stdout);
        assert!(done.stderr.is_empty() || !done.stderr.contains(STEERING), "{args:?}: {}", done.stderr);
    }
    check_markup("the page of all", &fs::read_to_string(&page).unwrap());
    check_markdown("the matrix", &fs::read_to_string(folder.path("page.md")).unwrap());
    let witnesses: Vec<_> = fs::read_dir(&found).unwrap().flatten().map(|entry| entry.path()).collect();
    assert!(!witnesses.is_empty());
    for path in witnesses {
        check("a witness", &fs::read_to_string(&path).unwrap().replace("[[step]]", ""));
    }
}
