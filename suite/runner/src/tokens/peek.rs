//! What a token says of itself. Nothing is verified: this only saves its owner from typing ids.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The id of the application that a JWT names (`appid`, or `azp` in tokens of version 2).
#[must_use]
pub fn application_of(token: &str) -> Option<String> {
    let claims = claims(token)?;
    text(&claims, "appid").or_else(|| text(&claims, "azp"))
}

/// The object id of the user that a JWT names (`oid`).
#[must_use]
pub fn user_of(token: &str) -> Option<String> {
    text(&claims(token)?, "oid")
}

fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

fn text(claims: &Value, name: &str) -> Option<String> {
    claims.get(name)?.as_str().filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_jwt_names_its_application() {
        let jwt = |claims: &str| format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
        let rows = [
            (jwt(r#"{"appid":"a","azp":"b"}"#), Some("a")),
            (jwt(r#"{"azp":"b"}"#), Some("b")),
            (jwt(r#"{"appid":""}"#), None),
            (jwt(r#"{"appid":3}"#), None),
            (jwt("[]"), None),
            (jwt("not json"), None),
            ("opaque".to_owned(), None),
            ("a.b".to_owned(), None),
            ("a.b.c.d".to_owned(), None),
            ("a.!!.c".to_owned(), None),
        ];
        for (token, id) in rows {
            assert_eq!(application_of(&token).as_deref(), id, "{token}");
        }
        assert_eq!(user_of(&jwt(r#"{"oid":"u"}"#)).as_deref(), Some("u"));
    }
}
