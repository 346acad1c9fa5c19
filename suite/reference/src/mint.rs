//! Tokens that the reference issues itself, with the claims of an Entra access token.
//!
//! | claim | value |
//! |---|---|
//! | `aud` `iss` | [`Mint::audience`], [`Mint::issuer`] |
//! | `iat` `nbf` `exp` | seconds since 1970, by the real clock: a clock that is moved by days expires no token |
//! | `appid` | the application's id |
//! | `tid` | [`Mint::tenant`], of a personal account [`PERSONAL_TENANT`] |
//! | `oid` | the signed-in user's object id, of an application its own id |
//! | `idtyp` | `app` or `user` |
//! | `roles` | of an application: a list |
//! | `scp` | of a user: separated by blanks |
//!
//! The same question gets the same token, byte for byte, so that runs can be compared.

use std::fmt;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use setpresence_core::spec::Account;

/// The tenant of every personal account.
pub const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// The application permission that sets a presence.
pub const READ_WRITE_ALL: &str = "Presence.ReadWrite.All";
/// The application permission that only reads.
pub const READ_ALL: &str = "Presence.Read.All";
/// The delegated permission that sets a presence.
pub const READ_WRITE: &str = "Presence.ReadWrite";
/// The delegated permission that only reads.
pub const READ: &str = "Presence.Read";

const AUDIENCE: &str = "https://graph.microsoft.com";
const TENANT: &str = "3f1c9a52-7d0e-4b86-a4c3-58e21f6b90d7";
/// The day that the documented page is of: long past on any machine's clock.
const PAST: u64 = 1_624_492_800;
/// The year 2100: far from any machine's clock, so that no run outlives its tokens.
const FUTURE: u64 = 4_102_444_800;
/// How long a token lives where its life matters, in seconds.
const LIFE: u64 = 3600;

/// What a token says; read by the verification and written by the mint, so the two agree.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) aud: String,
    pub(crate) iss: String,
    #[serde(default)]
    pub(crate) iat: u64,
    #[serde(default)]
    pub(crate) nbf: u64,
    pub(crate) exp: u64,
    pub(crate) appid: String,
    pub(crate) tid: String,
    #[serde(default)]
    pub(crate) oid: String,
    pub(crate) idtyp: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) roles: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) scp: String,
}

/// The kinds of token there are; the last four are good in every respect but one, and carry the role.
#[derive(Clone, Copy, Debug)]
pub enum TokenKind<'a> {
    /// An application in its own name.
    Application {
        /// The application's id.
        id: &'a str,
        /// Its application permissions, such as [`READ_WRITE_ALL`].
        roles: &'a [&'a str],
    },
    /// An application in the name of a signed-in user.
    Delegated {
        /// The application's id.
        id: &'a str,
        /// The user's object id.
        user: &'a str,
        /// The delegated permissions, such as [`READ_WRITE`].
        scopes: &'a [&'a str],
        /// The kind of the user's account.
        account: Account,
    },
    /// After its end.
    Expired {
        /// The application's id.
        id: &'a str,
    },
    /// Before its beginning.
    NotYetValid {
        /// The application's id.
        id: &'a str,
    },
    /// For another service.
    WrongAudience {
        /// The application's id.
        id: &'a str,
    },
    /// Signed with another secret.
    BadSignature {
        /// The application's id.
        id: &'a str,
    },
}

/// Issues tokens that the reference accepts, and some that it must not.
pub struct Mint {
    secret: String,
    issuer: String,
}

impl fmt::Debug for Mint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mint").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl Mint {
    pub(crate) fn new(secret: &str) -> Self {
        Self { secret: secret.to_owned(), issuer: format!("https://sts.windows.net/{TENANT}/") }
    }

    /// What tokens are signed with (HS256): whoever holds it can mint as well.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The claim `iss` of every token.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The claim `aud` of every token that is for this service.
    #[must_use]
    pub const fn audience(&self) -> &'static str {
        AUDIENCE
    }

    /// The claim `tid` of every token but those of personal accounts.
    #[must_use]
    pub const fn tenant(&self) -> &'static str {
        TENANT
    }

    /// A token of this kind.
    #[must_use]
    pub fn token(&self, kind: TokenKind<'_>) -> String {
        match kind {
            TokenKind::Application { id, roles } => self.sign(&self.application(id, roles)),
            TokenKind::Delegated { id, user, scopes, account } => {
                let tid = match account {
                    Account::Work => TENANT,
                    Account::Personal => PERSONAL_TENANT,
                };
                self.sign(&Claims {
                    tid: tid.to_owned(),
                    oid: user.to_owned(),
                    idtyp: "user".to_owned(),
                    scp: scopes.join(" "),
                    ..self.application(id, &[])
                })
            }
            TokenKind::Expired { id } => {
                self.sign(&Claims { exp: PAST + LIFE, ..self.application(id, &[READ_WRITE_ALL]) })
            }
            TokenKind::NotYetValid { id } => {
                self.sign(&Claims { nbf: FUTURE, exp: FUTURE + LIFE, ..self.application(id, &[READ_WRITE_ALL]) })
            }
            TokenKind::WrongAudience { id } => self.sign(&Claims {
                aud: "https://example.com/another-service".to_owned(),
                ..self.application(id, &[READ_WRITE_ALL])
            }),
            TokenKind::BadSignature { id } => {
                sign(&self.application(id, &[READ_WRITE_ALL]), &format!("another than {}", self.secret))
            }
        }
    }

    fn application(&self, id: &str, roles: &[&str]) -> Claims {
        Claims {
            aud: AUDIENCE.to_owned(),
            iss: self.issuer.clone(),
            iat: PAST,
            nbf: PAST,
            exp: FUTURE,
            appid: id.to_owned(),
            tid: TENANT.to_owned(),
            oid: id.to_owned(),
            idtyp: "app".to_owned(),
            roles: roles.iter().map(|&role| role.to_owned()).collect(),
            scp: String::new(),
        }
    }

    fn sign(&self, claims: &Claims) -> String {
        sign(claims, &self.secret)
    }
}

#[expect(clippy::expect_used, reason = "claims are strings and numbers, and any bytes are a key of HMAC")]
fn sign(claims: &Claims, secret: &str) -> String {
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret.as_bytes()))
        .expect("claims can be signed")
}
