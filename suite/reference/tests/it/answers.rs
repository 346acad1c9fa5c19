//! What each request is answered with, in process.

use crate::common::{Ask, ask, body};
use setpresence_core::spec::{ErrorBody, Profile};
use setpresence_reference::{Faults, Variants};

const BETA: &Profile = Profile::BETA_2021_06;
const V1: &Profile = Profile::V1_0;

async fn check(profile: &'static Profile, rows: &[(&str, Ask, u16)]) {
    for (name, row, status) in rows {
        let reference = crate::common::reference(profile, Faults::none(), Variants::none());
        let answer = ask(&reference, row).await;
        assert_eq!(answer.status, *status, "{profile}: {name}: {}", answer.text);
        if *status >= 400 {
            assert!(ErrorBody::examine(answer.text.as_bytes()).is_ok(), "{name}: {}", answer.text);
            assert_eq!(answer.headers["content-type"], "application/json", "{name}");
        }
        assert_eq!(answer.headers.contains_key("www-authenticate"), *status == 401, "{name}");
        assert_eq!(answer.headers.contains_key("allow"), *status == 405, "{name}");
        let shown = ask(&reference, &Ask::get()).await.presence();
        assert_eq!(shown == "Offline/Offline", *status != 200 || row.method == "GET", "{name}: {shown}");
    }
}

fn good() -> Ask {
    Ask::set("app", "Busy/InACall", "PT1H")
}

#[tokio::test]
async fn credentials() {
    let rows = [
        ("app", good(), 200),
        ("app_b", Ask::set("app_b", "Away/Away", "PT1H"), 200),
        ("lower case", good().authorized(&["bearer $token"]), 200),
        ("anonymous", good().by("anonymous"), 401),
        ("empty", good().authorized(&["Bearer "]), 401),
        ("garbage", good().authorized(&["Bearer garbage"]), 401),
        ("three parts of garbage", good().authorized(&["Bearer a.b.c"]), 401),
        ("basic", good().authorized(&["Basic $token"]), 401),
        ("bare", good().authorized(&["$token"]), 401),
        ("two", good().authorized(&["Bearer $token", "Bearer $token"]), 401),
        ("no_role", good().by("no_role"), 403),
        ("read_only", good().by("read_only"), 403),
        ("delegated_personal", good().by("delegated_personal"), 403),
        ("delegated_no_scope", good().by("delegated_no_scope"), 403),
        ("expired", good().by("expired"), 401),
        ("not_yet_valid", good().by("not_yet_valid"), 401),
        ("wrong_audience", good().by("wrong_audience"), 401),
        ("bad_signature", good().by("bad_signature"), 401),
        ("another's session", good().by("app_b"), 403),
        ("bad token, bad body", Ask::raw("{").by("expired"), 401),
        ("unknown user", good().of(9), 404),
    ];
    check(BETA, &rows).await;
    check(V1, &rows).await;
    check(BETA, &[("delegated_work", good().by("delegated_work"), 403)]).await;
    check(V1, &[("delegated_work", good().by("delegated_work"), 200)]).await;
}

#[tokio::test]
async fn paths_and_methods() {
    let me = good().by("delegated_work").path("/v1.0/me/presence/setPresence");
    let rows = [
        ("no version", good().path("/users/{user}/presence/setPresence"), 200),
        ("upper case id", good().path("/beta/users/FA8BF3DC-ECA7-46B7-BAD1-DB199B62AFC3/presence/setPresence"), 200),
        ("encoded id", good().path("/beta/users/%66a8bf3dc-eca7-46b7-bad1-db199b62afc3/presence/setPresence"), 200),
        ("unknown path", good().path("/v1.0/users/{user}/presence/unknown"), 404),
        ("root", good().path("/"), 404),
        ("get", good().method("GET"), 405),
        ("put", good().method("PUT"), 405),
        ("delete of a presence", Ask::get().method("DELETE"), 405),
    ];
    check(BETA, &rows).await;
    check(V1, &rows).await;
    check(V1, &[("me", me.clone(), 200), ("me as an application", me.clone().by("app"), 400)]).await;
    check(BETA, &[("me", me, 404)]).await;
}

#[tokio::test]
async fn bodies() {
    let duration = |text: &str| Ask::raw(body("Busy", "InACall", text));
    let rows = [
        ("no content type", good().without("content-type"), 415),
        ("another", good().with("content-type", "text/plain"), 415),
        ("charset", good().with("content-type", "Application/JSON; charset=UTF-8"), 200),
        ("odata", good().with("content-type", "application/json;odata.metadata=minimal"), 200),
        ("unknown header", good().with("client-request-id", "1"), 200),
        ("large", Ask::raw(format!("{}{}", " ".repeat(1 << 20), body("Busy", "InACall", "PT1H"))), 413),
        ("ample", Ask::raw(format!("{}{}", " ".repeat(60_000), body("Busy", "InACall", "PT1H"))), 200),
        ("empty", Ask::raw(""), 400),
        ("not JSON", Ask::raw("{"), 400),
        ("array", Ask::raw("[]"), 400),
        ("no session", Ask::raw(r#"{"availability":"Busy","activity":"InACall"}"#), 400),
        ("blank session", Ask::raw(body("Busy", "InACall", "PT1H").replace("$app", "")), 400),
        ("no availability", Ask::raw(r#"{"sessionId":"$app","activity":"InACall"}"#), 400),
        ("null", Ask::raw(r#"{"sessionId":"$app","availability":null,"activity":"InACall"}"#), 400),
        ("pair", Ask::set("app", "Busy/Available", "PT1H"), 400),
        ("read-only pair", Ask::set("app", "Offline/Offline", "PT1H"), 400),
        ("five minutes", duration("PT5M"), 200),
        ("four hours", duration("PT240M"), 200),
        ("days", duration("P0DT1H"), 200),
        ("fraction", duration("PT3600.000S"), 200),
        ("no duration", Ask::raw(r#"{"sessionId":"$app","availability":"Busy","activity":"InACall"}"#), 200),
        ("too short", duration("PT4M59S"), 400),
        ("too long", duration("PT4H1S"), 400),
        ("zero", duration("PT0S"), 400),
        ("unreadable", duration("1 hour"), 400),
        ("lower case", duration("pt1h"), 400),
        ("number", Ask::raw(body("Busy", "InACall", "PT1H").replace(r#""PT1H""#, "3600")), 400),
        (
            "upper case session",
            Ask::raw(body("Busy", "InACall", "PT1H").replace("$app", "22553876-F5AB-4529-BFFB-CFE50AA89F87")),
            200,
        ),
    ];
    check(BETA, &rows).await;
    check(V1, &rows).await;
    let presenting = || Ask::set("app", "DoNotDisturb/Presenting", "PT1H");
    check(BETA, &[("presenting", presenting(), 400)]).await;
    check(V1, &[("presenting", presenting(), 200)]).await;
}

#[tokio::test]
async fn errors_never_carry_the_token() {
    for profile in Profile::ALL {
        for credential in ["expired", "bad_signature", "no_role", "app"] {
            let reference = crate::common::reference(profile, Faults::none(), Variants::none());
            let user = reference.settings().users[0].clone();
            let token = reference.credential(credential, &user).unwrap();
            let answer = ask(&reference, &Ask::raw(format!(r#"{{"sessionId":"{token}"}}"#)).by(credential)).await;
            assert!(answer.status >= 400 && !answer.text.contains(&token), "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn tokens_made_elsewhere_are_as_good() {
    use jsonwebtoken::{EncodingKey, Header, encode};
    let reference = crate::common::reference(V1, Faults::none(), Variants::none());
    let mint = reference.mint();
    let claims = serde_json::json!({
        "aud": mint.audience(), "iss": mint.issuer(), "tid": mint.tenant(), "exp": 4_000_000_000_u64,
        "appid": reference.settings().applications[0], "idtyp": "app", "roles": ["Presence.ReadWrite.All"],
    });
    let token = encode(&Header::default(), &claims, &EncodingKey::from_secret(mint.secret().as_bytes())).unwrap();
    let answer = ask(&reference, &good().authorized(&[&format!("Bearer {token}")])).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn an_advance_of_years_expires_no_token() {
    let reference = crate::common::reference(BETA, Faults::none(), Variants::none());
    reference.advance(std::time::Duration::from_secs(60 * 60 * 24 * 365 * 40));
    assert_eq!(ask(&reference, &good()).await.status, 200);
}
