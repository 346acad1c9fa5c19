//! Who calls: from the Authorization headers to a token whose every claim that matters was checked.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use setpresence_core::spec::{Account, Unusable};

use crate::faults::{Fault, Faults};
use crate::mint::{Claims, Mint, PERSONAL_TENANT, READ, READ_ALL, READ_WRITE, READ_WRITE_ALL};
use crate::variants::{Choice, Variants};

/// How far the issuer's clock may be from ours, in seconds: tokens are often used the moment they are made.
const LEEWAY: u64 = 30;
/// How many verified tokens are kept. A run has a dozen; the bound is against one that mints for each call.
const N_KEPT_MAX: usize = 4096;

/// A caller whose token is good, but perhaps not good enough.
#[derive(Clone, Debug)]
pub(crate) struct Bearer {
    pub(crate) application: String,
    subject: Subject,
    not_before: u64,
    expires: u64,
}

#[derive(Clone, Debug)]
enum Subject {
    Application { roles: Vec<String> },
    Delegated { user: String, account: Account, scopes: Vec<String> },
}

/// Why a good token is not enough; answered with 403.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forbidden {
    Role,
    Delegated,
    Personal,
    Scope,
    OtherUser,
}

impl Forbidden {
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::Role => "the application lacks the role Presence.ReadWrite.All",
            Self::Delegated => "delegated permissions are not supported by this operation",
            Self::Personal => "personal accounts are not supported by this operation",
            Self::Scope => "the token lacks the scope Presence.ReadWrite",
            Self::OtherUser => "a signed-in user may set the own presence only",
        }
    }
}

impl Bearer {
    /// The signed-in user, if there is one.
    pub(crate) fn user(&self) -> Option<&str> {
        match &self.subject {
            Subject::Application { .. } => None,
            Subject::Delegated { user, .. } => Some(user),
        }
    }

    fn of(claims: Claims) -> Option<Self> {
        let subject = match claims.idtyp.as_str() {
            "app" => Subject::Application { roles: claims.roles },
            "user" => Subject::Delegated {
                user: claims.oid,
                account: if claims.tid == PERSONAL_TENANT { Account::Personal } else { Account::Work },
                scopes: claims.scp.split_ascii_whitespace().map(str::to_owned).collect(),
            },
            _ => return None,
        };
        Some(Self { application: claims.appid, subject, not_before: claims.nbf, expires: claims.exp })
    }

    fn holds(&self, any_of: &[&str]) -> bool {
        let (Subject::Application { roles: held } | Subject::Delegated { scopes: held, .. }) = &self.subject;
        held.iter().any(|one| any_of.contains(&one.as_str()))
    }
}

/// The gate in front of every operation.
#[derive(Debug)]
pub(crate) struct Gate {
    faults: Faults,
    variants: Variants,
    audience: String,
    issuer: String,
    tenant: String,
    key: DecodingKey,
    validation: Validation,
    delegated_work: bool,
    first_application: String,
    kept: RwLock<HashMap<Box<str>, Arc<Bearer>>>,
    /// Only [`Fault::RoleRemembered`] writes here.
    remembered: Mutex<BTreeSet<String>>,
}

impl Gate {
    pub(crate) fn new(settings: &crate::Settings, mint: &Mint) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        // Times, audience and issuer are checked by hand below, where each can be got wrong by itself.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        Self {
            faults: settings.faults,
            variants: settings.variants,
            audience: mint.audience().to_owned(),
            issuer: mint.issuer().to_owned(),
            tenant: mint.tenant().to_owned(),
            key: DecodingKey::from_secret(mint.secret().as_bytes()),
            validation,
            delegated_work: settings.profile.delegated_work,
            first_application: settings.applications.first().cloned().unwrap_or_default(),
            kept: RwLock::default(),
            remembered: Mutex::default(),
        }
    }

    /// The caller, if the credentials are good.
    pub(crate) fn authenticate(&self, headers: &HeaderMap) -> Result<Arc<Bearer>, Unusable> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            if self.faults.has(Fault::AnonymousAccepted) {
                return Ok(self.assumed());
            }
            return Err(Unusable::Absent);
        };
        if values.next().is_some() && !self.faults.has(Fault::SeveralAuthorizationsAccepted) {
            return Err(Unusable::Several);
        }
        self.authenticate_one(value).or_else(|unusable| match values_after(headers) {
            Some(value) if self.faults.has(Fault::SeveralAuthorizationsAccepted) => self.authenticate_one(value),
            _ => Err(unusable),
        })
    }

    fn authenticate_one(&self, value: &HeaderValue) -> Result<Arc<Bearer>, Unusable> {
        let text = value.to_str().map_err(|_| Unusable::Unreadable)?.trim_matches([' ', '\t']);
        let (scheme, token) = match text.split_once(' ') {
            Some((scheme, token)) => (scheme, token.trim_start_matches(' ')),
            None if self.faults.has(Fault::BareTokenAccepted) => ("Bearer", text),
            None => (text, ""),
        };
        let is_bearer = if self.faults.has(Fault::SchemeCaseSensitive) {
            scheme == "Bearer"
        } else {
            scheme.eq_ignore_ascii_case("Bearer") || self.faults.has(Fault::AnySchemeAccepted)
        };
        if !is_bearer {
            return Err(Unusable::OtherScheme);
        }
        if token.is_empty() && self.faults.has(Fault::EmptyTokenAccepted) {
            return Ok(self.assumed());
        }
        let bearer = self.verified(token)?;
        self.check_times(&bearer)?;
        Ok(bearer)
    }

    /// The bearer of a token whose signature and claims are good, apart from its times.
    fn verified(&self, token: &str) -> Result<Arc<Bearer>, Unusable> {
        // Verifying costs more than all the rest of a call, and a token does not change.
        if let Some(bearer) = self.kept.read().unwrap_or_else(PoisonError::into_inner).get(token) {
            return Ok(Arc::clone(bearer));
        }
        let bearer = Arc::new(self.verify(token)?);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= N_KEPT_MAX {
            kept.clear();
        }
        kept.insert(token.into(), Arc::clone(&bearer));
        Ok(bearer)
    }

    fn verify(&self, token: &str) -> Result<Bearer, Unusable> {
        if self.faults.has(Fault::UnsignedAccepted) && is_unsigned(token) {
            return Ok(Bearer::clone(&self.assumed()));
        }
        let claims = if self.faults.has(Fault::SignatureUnchecked) {
            jsonwebtoken::dangerous::insecure_decode_claims::<Claims>(token).map_err(|_| Unusable::Unreadable)
        } else {
            self.claims(token)
        };
        let claims = match claims {
            Err(_) if self.faults.has(Fault::AnyTokenAccepted) => return Ok(Bearer::clone(&self.assumed())),
            claims => claims?,
        };
        if claims.aud != self.audience && !self.faults.has(Fault::AudienceUnchecked) {
            return Err(Unusable::WrongAudience);
        }
        if claims.iss != self.issuer || (claims.tid != self.tenant && claims.tid != PERSONAL_TENANT) {
            return Err(Unusable::Unreadable);
        }
        Bearer::of(claims).ok_or(Unusable::Unreadable)
    }

    fn claims(&self, token: &str) -> Result<Claims, Unusable> {
        match jsonwebtoken::decode::<Claims>(token, &self.key, &self.validation) {
            Ok(decoded) => Ok(decoded.claims),
            Err(error) => match error.kind() {
                jsonwebtoken::errors::ErrorKind::InvalidSignature => Err(Unusable::BadSignature),
                _ => Err(Unusable::Unreadable),
            },
        }
    }

    fn check_times(&self, bearer: &Bearer) -> Result<(), Unusable> {
        // Real time, not the server's own: a clock that is moved by days must not expire tokens.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        if now >= bearer.expires.saturating_add(LEEWAY) && !self.faults.has(Fault::ExpiredAccepted) {
            return Err(Unusable::Expired);
        }
        if now.saturating_add(LEEWAY) < bearer.not_before && !self.faults.has(Fault::NotYetValidAccepted) {
            return Err(Unusable::NotYetValid);
        }
        Ok(())
    }

    /// Whether the bearer may set this user's presence.
    pub(crate) fn permits(&self, bearer: &Bearer, user: &str) -> Result<(), Forbidden> {
        match &bearer.subject {
            Subject::Application { roles } => self.permits_application(&bearer.application, roles),
            Subject::Delegated { .. } if self.faults.has(Fault::DelegatedAsApplication) => Ok(()),
            Subject::Delegated { account: Account::Personal, user: own, .. } => {
                if self.faults.has(Fault::DelegatedPersonalAccepted) && own.eq_ignore_ascii_case(user) {
                    return Ok(());
                }
                Err(Forbidden::Personal)
            }
            Subject::Delegated { user: own, scopes, .. } => self.permits_delegated(own, scopes, user),
        }
    }

    fn permits_application(&self, application: &str, roles: &[String]) -> Result<(), Forbidden> {
        if self.faults.has(Fault::RoleUnchecked) {
            return Ok(());
        }
        if self.faults.has(Fault::AnyRoleAccepted) && !roles.is_empty() {
            return Ok(());
        }
        let has_role = roles.iter().any(|role| role == READ_WRITE_ALL);
        if self.faults.has(Fault::RoleRemembered) {
            let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
            if has_role {
                remembered.insert(application.to_owned());
            }
            return if remembered.contains(application) { Ok(()) } else { Err(Forbidden::Role) };
        }
        if has_role { Ok(()) } else { Err(Forbidden::Role) }
    }

    fn permits_delegated(&self, own: &str, scopes: &[String], user: &str) -> Result<(), Forbidden> {
        let is_supported = self.delegated_work || self.faults.has(Fault::DelegatedWorkAccepted);
        if !is_supported || self.faults.has(Fault::DelegatedWorkRefused) {
            return Err(Forbidden::Delegated);
        }
        let has_scope = scopes.iter().any(|scope| {
            scope == READ_WRITE || (self.variants.has(Choice::WideScopeAccepted) && scope == READ_WRITE_ALL)
        });
        if !has_scope && !self.faults.has(Fault::DelegatedScopeUnchecked) {
            return Err(Forbidden::Scope);
        }
        if !own.eq_ignore_ascii_case(user) && !self.faults.has(Fault::DelegatedAnyUser) {
            return Err(Forbidden::OtherUser);
        }
        Ok(())
    }

    /// Whether the bearer may use one of the operations whose permission the suite leaves open.
    pub(crate) fn permits_other(&self, bearer: &Bearer, reads: bool) -> Result<(), Forbidden> {
        if !self.variants.has(Choice::OthersGuarded) {
            return Ok(());
        }
        let writing = [READ_WRITE_ALL, READ_WRITE];
        if bearer.holds(&writing) || (reads && bearer.holds(&[READ_ALL, READ])) { Ok(()) } else { Err(Forbidden::Role) }
    }

    /// What a token says of its application, whether it is good or not; for the faults that act before they check.
    pub(crate) fn claimed_application(headers: &HeaderMap) -> Option<String> {
        let text = headers.get(AUTHORIZATION)?.to_str().ok()?;
        let (_, token) = text.split_once(' ')?;
        jsonwebtoken::dangerous::insecure_decode_claims::<Claims>(token).ok().map(|claims| claims.appid)
    }

    /// Who a careless gate takes a caller for.
    pub(crate) fn assumed(&self) -> Arc<Bearer> {
        Arc::new(Bearer {
            application: self.first_application.clone(),
            subject: Subject::Application { roles: vec![READ_WRITE_ALL.to_owned()] },
            not_before: 0,
            expires: u64::MAX,
        })
    }
}

fn values_after(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers.get_all(AUTHORIZATION).iter().nth(1)
}

/// Whether the token's header names no algorithm, as far as a glance can tell: `{"alg":"none"` in base64.
fn is_unsigned(token: &str) -> bool {
    const NONE_FIRST: &str = "eyJhbGciOiJub25l";
    const TYPE_FIRST: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25l";
    token.starts_with(NONE_FIRST) || token.starts_with(TYPE_FIRST)
}
