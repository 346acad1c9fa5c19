//! Tokens that are signed here, for targets whose key we may hold.
//!
//! Their times are fixed and far off, so that the same credential always gives the same token, however far a
//! target's clock is moved.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use super::Lookup;
use super::fetch;
use crate::error::RunError;
use crate::secret::Secret;
use crate::settings::{MintKey, MintSettings};

/// The tenant of every personal account.
const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// The first of January 2020: before any run.
const PAST: u64 = 1_577_836_800;
/// An hour later: the end of a token that has expired, on any machine's clock.
const PAST_END: u64 = PAST + 3600;
/// The first of January 2100: after any run.
const FUTURE: u64 = 4_102_444_800;
/// A year later: the end of a token that is not yet valid.
const FUTURE_END: u64 = FUTURE + 365 * 24 * 3600;
/// An audience that no target is.
const OTHER_AUDIENCE: &str = "https://another-service.invalid";

/// Signs tokens.
pub(super) struct Mint {
    header: Header,
    key: EncodingKey,
    /// What HS256 signs with; the target holds it, too.
    secret: Option<Secret>,
    settings: MintSettings,
}

impl std::fmt::Debug for Mint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mint").field("alg", &self.header.alg).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Claims<'c> {
    aud: &'c str,
    iss: &'c str,
    iat: u64,
    nbf: u64,
    exp: u64,
    appid: &'c str,
    tid: &'c str,
    oid: &'c str,
    sub: &'c str,
    idtyp: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<[&'static str; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scp: Option<&'static str>,
    ver: &'static str,
}

impl Mint {
    /// Reads the key.
    pub(super) fn load(settings: &MintSettings, lookup: Lookup<'_>) -> Result<Self, RunError> {
        let (algorithm, key, secret) = match &settings.key {
            MintKey::Secret(source) => {
                let secret = fetch::secret("mint.jwt.secret", source, lookup)?;
                (Algorithm::HS256, EncodingKey::from_secret(secret.expose().as_bytes()), Some(secret))
            }
            MintKey::PrivateKeyFile(path) => {
                let pem = std::fs::read(path).map_err(|cause| RunError::Unread {
                    wanted_by: "mint.jwt.private_key_file".to_owned(),
                    path: path.display().to_string(),
                    cause,
                })?;
                let key = EncodingKey::from_rsa_pem(&pem).map_err(|error| RunError::Mint { why: error.to_string() })?;
                (Algorithm::RS256, key, None)
            }
        };
        let mut header = Header::new(algorithm);
        header.kid.clone_from(&settings.key_id);
        Ok(Self { header, key, secret, settings: settings.clone() })
    }

    /// What HS256 signs with.
    pub(super) fn secret(&self) -> Option<Secret> {
        self.secret.clone()
    }

    /// The token of a credential, or why it cannot be signed.
    pub(super) fn sign(&self, credential: &str, application: &str, user: &str) -> Result<String, String> {
        let claims = self.claims(credential, application, user);
        let token = self.encode(&claims)?;
        if credential != "bad_signature" {
            return Ok(token);
        }
        // The signature of other claims: well-formed and of the right length with every algorithm, and wrong.
        let other = self.encode(&Claims { sub: "another", ..claims })?;
        let signature = other.rsplit('.').next().unwrap_or_default();
        let signed = token.rsplit_once('.').map_or(token.as_str(), |(signed, _)| signed);
        Ok(format!("{signed}.{signature}"))
    }

    fn encode(&self, claims: &Claims<'_>) -> Result<String, String> {
        jsonwebtoken::encode(&self.header, claims, &self.key).map_err(|error| error.to_string())
    }

    fn claims<'c>(&'c self, credential: &str, application: &'c str, user: &'c str) -> Claims<'c> {
        let application_token = Claims {
            aud: &self.settings.audience,
            iss: &self.settings.issuer,
            iat: PAST,
            nbf: PAST,
            exp: FUTURE,
            appid: application,
            tid: &self.settings.tenant,
            oid: application,
            sub: application,
            idtyp: "app",
            roles: Some(["Presence.ReadWrite.All"]),
            scp: None,
            ver: "1.0",
        };
        let delegated = |tid, scope| Claims {
            tid,
            oid: user,
            sub: user,
            idtyp: "user",
            roles: None,
            scp: Some(scope),
            ..application_token
        };
        match credential {
            "no_role" => Claims { roles: None, ..application_token },
            "read_only" => Claims { roles: Some(["Presence.Read.All"]), ..application_token },
            "delegated_work" => delegated(&self.settings.tenant, "Presence.ReadWrite"),
            "delegated_no_scope" => delegated(&self.settings.tenant, "Presence.Read"),
            "delegated_personal" => delegated(PERSONAL_TENANT, "Presence.ReadWrite"),
            "expired" => Claims { exp: PAST_END, ..application_token },
            "not_yet_valid" => Claims { nbf: FUTURE, exp: FUTURE_END, ..application_token },
            "wrong_audience" => Claims { aud: OTHER_AUDIENCE, ..application_token },
            _ => application_token,
        }
    }
}
