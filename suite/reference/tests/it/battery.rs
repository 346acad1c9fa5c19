//! Requests and stories that between them touch everything that the server decides.

use std::time::Duration;

use setpresence_reference::Reference;

use crate::common::{Answer, Ask, ask, body};

/// One step of a scenario.
#[derive(Clone)]
pub(crate) enum Step {
    Ask(Ask),
    /// So many seconds pass.
    Wait(u64),
    /// Both at once, on one thread.
    Both(Ask, Ask),
}

pub(crate) type Scenario = Vec<Step>;

pub(crate) async fn transcript(reference: &Reference, scenario: &Scenario) -> String {
    let mut lines = String::new();
    for step in scenario {
        match step {
            Step::Ask(call) => lines.push_str(&line(&ask(reference, call).await)),
            Step::Wait(seconds) => reference.advance(Duration::from_secs(*seconds)),
            Step::Both(one, other) => {
                let (one, other) = tokio::join!(ask(reference, one), ask(reference, other));
                lines.push_str(&line(&one));
                lines.push_str(&line(&other));
            }
        }
    }
    lines
}

fn line(answer: &Answer) -> String {
    let names = ["allow", "www-authenticate", "content-type", "connection"];
    let headers =
        names.map(|name| answer.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>());
    format!("{} {headers:?} {}\n", answer.status, answer.text)
}

pub(crate) fn see(call: Ask) -> Scenario {
    let mark = Step::Ask(Ask::set("app", "Away/Away", "PT1H"));
    let show = Step::Ask(Ask::get());
    vec![mark, show.clone(), Step::Ask(call.clone()), show, Step::Ask(Ask::get().of(call.user))]
}

/// One call each, after a mark and before a read.
pub(crate) fn calls() -> Vec<Ask> {
    let good = || Ask::set("app", "Busy/InACall", "PT1H");
    let mut calls =
        vec![good(), Ask::set("app_b", "Busy/InACall", "PT1H"), good().of(9), Ask::get().of(9), Ask::get().of(1)];
    for credential in [
        "anonymous",
        "no_role",
        "read_only",
        "delegated_work",
        "delegated_no_scope",
        "delegated_personal",
        "expired",
        "not_yet_valid",
        "wrong_audience",
        "bad_signature",
        "app_b",
    ] {
        calls.push(good().by(credential));
        calls.push(Ask::raw("{").by(credential));
        calls.push(good().by(credential).of(9));
        calls.push(Ask::get().by(credential));
    }
    let unsigned = "Bearer eyJhbGciOiJub25lIn0.eyJhdWQiOiJ4In0.";
    for values in [
        &["bearer $token"][..],
        &["Basic $token"],
        &["Bearer "],
        &["Bearer"],
        &["$token"],
        &["Bearer x"],
        &[unsigned],
        &["Bearer $token", "Bearer $token"],
        &["Bearer x", "Bearer $token"],
    ] {
        calls.push(good().authorized(values));
    }
    calls.push(Ask::raw(body("Busy", "InACall", "PT1H")).by("delegated_work").path("/v1.0/me/presence/setPresence"));
    for path in [
        "/v1.0//users/{user}/presence/setPresence",
        "/v1.0/users/{user}/presence/setPresence/",
        "/v1.0/Users/{user}/presence/setpresence",
        "/v1.0/users('{user}')/presence/setPresence",
        "/v1.0/users/{user}/presence/microsoft.graph.setPresence",
        "/v1.0/users/FA8BF3DC-ECA7-46B7-BAD1-DB199B62AFC3/presence/setPresence",
        "/v1.0/users/%66a8bf3dc-eca7-46b7-bad1-db199b62afc3/presence/setPresence",
        "/v1.0/users/a/presence/b",
        "/v1.0/users/nobody/presence/setPresence",
    ] {
        calls.push(good().path(path));
    }
    for method in ["GET", "PUT", "PATCH", "OPTIONS", "HEAD"] {
        calls.push(good().method(method));
        calls.push(good().method(method).by("anonymous"));
        calls.push(Ask::get().method(method));
    }
    calls.push(Ask::raw("{").of(9));
    calls.push(good().by("delegated_wide"));
    calls.push(good().by("delegated_work").path("/v1.0/users/b/presence/setPresence"));
    calls.push(Ask {
        user: 1,
        ..good().by("delegated_work").path("/v1.0/users/fa8bf3dc-eca7-46b7-bad1-db199b62afc3/presence/setPresence")
    });
    calls.extend(others());
    calls.extend(heads());
    calls.extend(bodies());
    calls.extend(pairs());
    calls.extend(durations());
    calls
}

fn others() -> Vec<Ask> {
    let any = [Ask::clear("app"), Ask::prefer("Busy/Busy", None), Ask::unprefer()];
    let mut calls: Vec<_> = any.into_iter().map(|call| call.by("anonymous")).collect();
    calls.push(Ask::clear("app_b").by("app"));
    calls.push(Ask::get().with("accept", "*/*"));
    calls
}

fn heads() -> Vec<Ask> {
    let good = || Ask::set("app", "Busy/InACall", "PT1H");
    let mut calls = vec![good().without("content-type"), good().with("transfer-encoding", "chunked")];
    for value in [
        "text/plain",
        "application/xml",
        "application/json; charset=utf-8",
        "application/json;odata.metadata=minimal",
        "Application/JSON",
        "text/json",
        "application/ld+json",
        "application/jsonx",
        "text/plain; format=application/json",
    ] {
        calls.push(good().with("content-type", value));
    }
    calls.push(good().with("content-type", "text/plain").by("anonymous"));
    calls.push(good().with("content-encoding", "gzip"));
    calls.push(good().with("client-request-id", "1"));
    calls.push(good().with("accept-language", "pt-BR"));
    calls
}

fn bodies() -> Vec<Ask> {
    let good = body("Busy", "InACall", "PT1H");
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for text in [
        "",
        "null",
        "[]",
        "\"x\"",
        "{",
        "x",
        "{}",
        r#"{"availability":"Busy","activity":"InACall"}"#,
        r#"{"sessionId":null,"availability":"Busy","activity":"InACall"}"#,
        r#"{"sessionId":1,"availability":"Busy","activity":"InACall"}"#,
        r#"{"sessionId":"","availability":"Busy","activity":"InACall"}"#,
        r#"{"sessionId":" $app","availability":"Busy","activity":"InACall"}"#,
        r#"{"sessionId":"$app ","availability":"Busy","activity":"InACall"}"#,
        r#"{"sessionId":"$app_b","availability":"Busy","activity":"InACall"}"#,
        r#"{"sessionId":"22553876-F5AB-4529-BFFB-CFE50AA89F87","availability":"Busy","activity":"InACall"}"#,
        r#"{"sessionId":"$app","activity":"InACall"}"#,
        r#"{"sessionId":"$app","availability":null,"activity":"InACall"}"#,
        r#"{"sessionId":"$app","availability":1,"activity":"InACall"}"#,
        r#"{"sessionId":"$app","availability":["Busy"],"activity":"InACall"}"#,
        r#"{"sessionId":"$app","availability":"Busy"}"#,
        r#"{"sessionId":"$app","availability":"Busy","activity":null}"#,
        r#"{"sessionId":"$app","availability":"Busy","activity":{}}"#,
        r#"{"sessionId":"$app","availability":"Busy","activity":"InACall","x":1}"#,
        r#"{"sessionId":"$app","availability":"Busy","activity":"InACall","@odata.type":"x"}"#,
        r#"{"sessionId":"$app","availability":"Busy","activity":"InACall","activity":"InAConferenceCall"}"#,
        r#"{"sessionId":"$app","availability":"Busy","activity":"InACall","x":NaN}"#,
        "{\"sessionId\":\"$app\",\"availability\":\"Busy\",\"activity\":\"InACall\",\"x\":\"a\tb\"}",
        r#"{sessionId:"$app",availability:"Busy",activity:"InACall"}"#,
        r#"{"sessionId":"$app","availability":"Busy","activity":"InACall","x":"\ud83c"}"#,
        r#"{"sessionId":"$app\ud83c","availability":"Busy","activity":"InACall"}"#,
        r#"{"SessionId":"$app","Availability":"Busy","Activity":"InACall"}"#,
        r#"{"sessionId":"$app","availability":"Busy","activity":"InACall","ExpirationDuration":"PT1H"}"#,
        r#"{"sessionId":"$app","availability":"Busy","activity":"\u0049nACall"}"#,
        r#"{"sessionId":"$app","\u0061vailability":"Busy","activity":"InACall"}"#,
        r#"{"availability":"Busy","activity":"InACall","sessionId":"$app"}"#,
        r#"{"sessionId":"$app","availability":"InACall","activity":"Busy"}"#,
    ] {
        texts.push(text.into());
    }
    texts.push(format!("[{good}]").into());
    texts.push(serde_json::to_string(&good).unwrap().into());
    texts.push(format!("{good} x").into());
    texts.push(format!("\n{good}").into());
    texts.push(format!("\u{feff}{good}").into());
    texts.push(good.replace('}', ",}").into());
    texts.push(good.replace('}', "/* x */}").into());
    texts.push(good.replace('"', "'").into());
    texts.push(good.trim_end_matches('}').into());
    texts.push(format!("{}{good}", " ".repeat(300)).into());
    texts.push(format!("{}{good}", " ".repeat(70_000)).into());
    texts.push(good.replace('}', &format!(",\"x\":{}1{}}}", "[".repeat(80), "]".repeat(80))).into());
    texts.push("sessionId=22553876-f5ab-4529-bffb-cfe50aa89f87&availability=Busy&activity=InACall".into());
    let id = "22553876-f5ab-4529-bffb-cfe50aa89f87";
    texts.push([good.replace("$app", id).replace('}', ",\"x\":\"").as_bytes(), b"\xff\"}"].concat());
    texts.into_iter().map(Ask::raw).collect()
}

fn pairs() -> Vec<Ask> {
    [
        "Available/Available",
        "Busy/InAConferenceCall",
        "Away/Away",
        "DoNotDisturb/Presenting",
        "Busy/Available",
        "Offline/Available",
        "Available/InACall",
        "Available/OffWork",
        "Foo/Bar",
        " Busy/InACall",
        "busy/InACall",
        "DoNotDisturb/DoNotDisturb",
        "Busy/Busy",
        "Busy/InAMeeting",
        "Offline/Offline",
        "Offline/OffWork",
        "BeRightBack/BeRightBack",
        "Available/AvailableInactive",
        "PresenceUnknown/PresenceUnknown",
        "BusyIdle/Busy",
    ]
    .iter()
    .map(|pair| Ask::set("app", pair, "PT1H"))
    .collect()
}

fn durations() -> Vec<Ask> {
    let texts = [
        "",
        "x",
        "3600",
        "1h",
        "P1H",
        "T1H",
        "PT0M1H",
        "PT30M30M",
        "PT1Hx",
        "xPT1H",
        "PT1H0M0S",
        "PT90M",
        "PT3600S",
        "PT3600.5S",
        "P0DT1H",
        "PT01H",
        "pt1h",
        " PT1H",
        "PT 1H",
        "PT",
        "P",
        "-PT1H",
        "PT0S",
        "PT1M",
        "PT5M",
        "PT4H",
        "PT6M",
        "PT5H",
        "P1D",
        "P2D",
        "PT4M30S",
        "PT4H30M",
        "PT14400.5S",
        "PT4294970896S",
        "P1DT1H",
        "P1MT1H",
        "P1W",
        "PT3600,5S",
        "PT1.5H",
        "P0Y0M0DT1H",
        "P0000-00-00T01:00:00",
        "+PT1H",
        "1:00:00",
        "PT99999999999999999999S",
    ];
    let mut calls: Vec<_> = texts.iter().map(|text| Ask::raw(body("Busy", "InACall", text))).collect();
    for json in ["3600", "60", "true", "null"] {
        calls.push(Ask::raw(body("Busy", "InACall", "PT1H").replace("\"PT1H\"", json)));
    }
    calls
}
