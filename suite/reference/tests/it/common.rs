//! What the tests share: a request in words, and what came of it.

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use serde_json::Value;
use setpresence_core::spec::{Account, Profile};
use setpresence_reference::{ClockKind, Faults, Reference, Settings, TokenKind, Variants};

/// A request, by default a good setPresence of `app` for the first user.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) credential: &'static str,
    pub(crate) authorization: Option<Vec<String>>,
    pub(crate) method: &'static str,
    /// With `{user}` for the user.
    pub(crate) path: String,
    pub(crate) user: usize,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// With `$app`, `$app_b` and `$app_c` for the applications' ids.
    pub(crate) body: Vec<u8>,
}

pub(crate) fn body(availability: &str, activity: &str, duration: &str) -> String {
    format!(
        r#"{{"sessionId":"$app","availability":"{availability}","activity":"{activity}","expirationDuration":"{duration}"}}"#
    )
}

impl Ask {
    pub(crate) fn raw(body: impl Into<Vec<u8>>) -> Self {
        Self {
            credential: "app",
            authorization: None,
            method: "POST",
            path: "/v1.0/users/{user}/presence/setPresence".to_owned(),
            user: 0,
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.into(),
        }
    }

    /// `pair` as in `Busy/InACall`.
    pub(crate) fn set(credential: &'static str, pair: &str, duration: &str) -> Self {
        let (availability, activity) = pair.split_once('/').unwrap();
        let body = body(availability, activity, duration).replace("$app", &format!("${credential}"));
        Self { credential, ..Self::raw(body) }
    }

    pub(crate) fn get() -> Self {
        let path = "/v1.0/users/{user}/presence".to_owned();
        Self { method: "GET", path, headers: Vec::new(), ..Self::raw("") }
    }

    pub(crate) fn to(self, action: &str) -> Self {
        Self { path: format!("/v1.0/users/{{user}}/presence/{action}"), ..self }
    }

    pub(crate) fn clear(credential: &'static str) -> Self {
        Self { credential, ..Self::raw(format!(r#"{{"sessionId":"${credential}"}}"#)).to("clearPresence") }
    }

    pub(crate) fn prefer(pair: &str, duration: Option<&str>) -> Self {
        let (availability, activity) = pair.split_once('/').unwrap();
        let duration = duration.map_or(String::new(), |text| format!(r#","expirationDuration":"{text}""#));
        let body = format!(r#"{{"availability":"{availability}","activity":"{activity}"{duration}}}"#);
        Self::raw(body).to("setUserPreferredPresence")
    }

    pub(crate) fn unprefer() -> Self {
        Self::raw("{}").to("clearUserPreferredPresence")
    }

    pub(crate) fn by(self, credential: &'static str) -> Self {
        Self { credential, ..self }
    }

    pub(crate) fn of(self, user: usize) -> Self {
        Self { user, ..self }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self
    }

    /// With these Authorization headers; `$token` is the credential's token.
    pub(crate) fn authorized(self, values: &[&str]) -> Self {
        Self { authorization: Some(values.iter().map(|&value| value.to_owned()).collect()), ..self }
    }

    pub(crate) fn method(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    pub(crate) fn path(self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    pub(crate) fn user_id(&self, reference: &Reference) -> String {
        let settings = reference.settings();
        settings.users.get(self.user).unwrap_or(&settings.unknown_user).clone()
    }

    /// The Authorization headers that it presents.
    pub(crate) fn authorizations(&self, reference: &Reference) -> Vec<String> {
        let user = self.user_id(reference);
        let token = if self.credential == "delegated_wide" {
            let id = &reference.settings().applications[0];
            let scopes = &["Presence.ReadWrite.All"];
            reference.mint().token(TokenKind::Delegated { id, user: &user, scopes, account: Account::Work })
        } else {
            reference.credential(self.credential, &user).unwrap_or_default()
        };
        match &self.authorization {
            Some(values) => values.iter().map(|value| value.replace("$token", &token)).collect(),
            None if self.credential == "anonymous" => Vec::new(),
            None => vec![format!("Bearer {token}")],
        }
    }

    pub(crate) fn bytes(&self, reference: &Reference) -> Vec<u8> {
        let Ok(text) = String::from_utf8(self.body.clone()) else { return self.body.clone() };
        let ids = &reference.settings().applications;
        let text = text.replace("$app_b", &ids[1]).replace("$app_c", &ids[2]).replace("$app", &ids[0]);
        text.into_bytes()
    }

    pub(crate) fn request(&self, reference: &Reference) -> Request<Body> {
        let path = self.path.replace("{user}", &self.user_id(reference));
        let mut request = Request::builder().method(self.method).uri(path);
        for value in self.authorizations(reference) {
            request = request.header("authorization", value);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request.body(Body::from(self.bytes(reference))).unwrap()
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub(crate) fn presence(&self) -> String {
        let json = self.json();
        format!("{}/{}", json["availability"].as_str().unwrap_or("?"), json["activity"].as_str().unwrap_or("?"))
    }
}

/// A reference of three users on a manual clock.
pub(crate) fn reference(profile: &'static Profile, faults: Faults, variants: Variants) -> Reference {
    let settings = Settings::for_profile(profile).with_users(3).with_clock(ClockKind::Manual);
    Reference::new(settings.with_faults(faults).with_variants(variants))
}

pub(crate) async fn ask(reference: &Reference, ask: &Ask) -> Answer {
    let (parts, body) = reference.answer(ask.request(reference)).await.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, text }
}
