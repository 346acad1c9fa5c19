//! One request, one answer: the order of the checks.
//!
//! Path, method, credentials, permission, user, content type, size, body, own session.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Request, Response};
use setpresence_core::spec::{Operation, Unusable};

use crate::answer;
use crate::body::{self, Asked};
use crate::clock::Clock;
use crate::collect::{Collected, collect};
use crate::credentials::{Bearer, Gate};
use crate::extras;
use crate::faults::Fault;
use crate::mint::Mint;
use crate::mishap::{self, Refused};
use crate::refusal::Refusal;
use crate::route::{Route, Whom, route};
use crate::rules::Rules;
use crate::session::Call;
use crate::settings::Settings;
use crate::state::{State, Stored, UserKey};
use crate::variants::Choice;

type Answer = Response<Body>;

/// How long the store of [`Fault::LostUpdate`] takes where calls come over a socket: what a database nearby takes, and far
/// longer than lies between two calls that one client sends at once.
const STORE_TAKES: Duration = Duration::from_millis(2);

/// Where the calls come from, which decides how long a store takes: only [`Fault::LostUpdate`] has one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Calls {
    /// From this process, in which nothing takes time: calls that are polled together overlap, always.
    InProcess,
    /// Over a socket, on which no two of them arrive at once.
    OverASocket,
}

/// A server's parts.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) settings: Settings,
    pub(crate) mint: Mint,
    pub(crate) clock: Clock,
    rules: Rules,
    gate: Gate,
    state: State,
}

/// A request for an operation, its body already here.
#[derive(Clone, Copy)]
struct Asking<'r> {
    headers: &'r HeaderMap,
    body: &'r Collected,
    whom: &'r Whom<'r>,
    calls: Calls,
}

/// What is known of a call by the time it is refused.
#[derive(Default)]
struct Seen {
    bearer: Option<Arc<Bearer>>,
    user: Option<UserKey>,
}

impl Service {
    pub(crate) fn new(settings: Settings) -> Self {
        let mint = Mint::new(&settings.secret);
        Self {
            rules: Rules::new(&settings),
            gate: Gate::new(&settings, &mint),
            clock: Clock::new(settings.clock),
            state: State::new(&settings.users),
            mint,
            settings,
        }
    }

    pub(crate) async fn answer(&self, request: Request<Body>, calls: Calls) -> Answer {
        let (parts, body) = request.into_parts();
        // The whole body is read before anything is answered: a sender that is cut off in the middle of
        // its body may never read why.
        let body = collect(body, self.rules.limits.bytes).await;
        let answer = match route(parts.uri.path(), &self.rules.variants) {
            Route::Presence(_, Whom::Me) if !self.serves_me() => Err(Refusal::path()),
            Route::Presence(operation, ref whom) => {
                let asking = Asking { headers: &parts.headers, body: &body, whom, calls };
                self.operate(operation, &parts, asking).await
            }
            extra => extras::answer(self, &extra, &parts, &body),
        };
        let answer = answer.unwrap_or_else(|refusal| answer::refusal(refusal, &parts.headers, &self.rules));
        if self.rules.variants.is_empty() { answer } else { answer::finished(answer, &self.rules) }
    }

    fn serves_me(&self) -> bool {
        let is_documented = self.rules.profile.me_path && !self.rules.variants.has(Choice::MePathMissing);
        is_documented || self.rules.faults.has(Fault::MePathServed)
    }

    async fn operate(&self, operation: Operation, parts: &Parts, asking: Asking<'_>) -> Result<Answer, Refusal> {
        let variants = &self.rules.variants;
        let (method, right) = (parts.method.as_str(), operation.method());
        if variants.has(Choice::CredentialsBeforeMethod) {
            self.authenticated(asking)?;
        }
        if method != right && !self.takes_for_right(&parts.method, right) {
            if parts.method == Method::OPTIONS && variants.has(Choice::OptionsAnswered) {
                return Ok(answer::options(right));
            }
            if matches!(parts.method, Method::OPTIONS | Method::HEAD) && variants.has(Choice::MethodsNotImplemented) {
                return Err(Refusal::unknown_method());
            }
            return Err(Refusal::method(right));
        }
        let answer = match operation {
            Operation::SetPresence => self.set(asking).await,
            Operation::GetPresence => self.get(asking),
            Operation::ClearPresence => self.clear(asking),
            Operation::SetUserPreferredPresence => self.prefer(asking),
            Operation::ClearUserPreferredPresence => self.clear_preferred(asking),
        };
        match answer {
            Ok(answer) if parts.method == Method::HEAD => Ok(answer.map(|_| Body::empty())),
            answer => answer,
        }
    }

    fn takes_for_right(&self, method: &Method, right: &str) -> bool {
        match *method {
            Method::PUT | Method::PATCH => right == "POST" && self.rules.faults.has(Fault::AnyMethodAccepted),
            Method::HEAD => right == "GET" && self.rules.variants.has(Choice::HeadAnswered),
            _ => false,
        }
    }

    async fn set(&self, asking: Asking<'_>) -> Result<Answer, Refusal> {
        let mut seen = Seen::default();
        let (user, call) = match self.check_set(asking, &mut seen) {
            Ok(checked) => checked,
            Err(refusal) => {
                if !self.rules.faults.is_empty() {
                    self.mishap(&refusal, asking, &seen);
                }
                return Err(refusal);
            }
        };
        let stored = if self.rules.faults.has(Fault::LostUpdate) {
            let mut copy = self.state.snapshot(user, &self.rules);
            // Whoever awaits a database here gives the other call its turn.
            match asking.calls {
                Calls::InProcess => tokio::task::yield_now().await,
                Calls::OverASocket => tokio::time::sleep(STORE_TAKES).await,
            }
            let stored = copy.set(call, &self.rules);
            self.state.put_back(user, copy, &self.rules);
            stored
        } else {
            self.state.set(user, call, &self.rules)
        };
        match stored {
            Stored::Refused => Err(Refusal::conflict()),
            stored => Ok(answer::success(stored == Stored::Began, &self.rules)),
        }
    }

    /// Every check of setPresence, in order.
    fn check_set(&self, asking: Asking<'_>, seen: &mut Seen) -> Result<(UserKey, Call), Refusal> {
        let (faults, variants) = (&self.rules.faults, &self.rules.variants);
        if !faults.is_empty() {
            seen.user = self.named_user(asking);
        }
        if faults.has(Fault::BodyBeforeCredentials) {
            let application = Gate::claimed_application(asking.headers).unwrap_or_default();
            self.asked(asking, &application)?;
        }
        if variants.has(Choice::ContentTypeBeforeCredentials) {
            body::check_head(asking.headers, &self.rules)?;
        }
        let bearer = self.authenticated(asking)?;
        seen.bearer = Some(Arc::clone(&bearer));
        if variants.has(Choice::BodyBeforePermission) {
            self.asked(asking, &bearer.application)?;
        }
        let id = self.whom(asking, &bearer)?;
        if !(faults.has(Fault::MePathServed) && *asking.whom == Whom::Me) {
            self.gate.permits(&bearer, id).map_err(Refusal::permission)?;
        }
        if variants.has(Choice::BodyBeforeUser) {
            self.asked(asking, &bearer.application)?;
        }
        let user = self.user(id)?;
        let asked = self.asked(asking, &bearer.application)?;
        let application = self.own_session(&asked, &bearer)?.into();
        let Asked { presence, lasts, is_lasting_stated, .. } = asked;
        Ok((user, Call { application, presence, lasts, is_lasting_stated, at: self.clock.now() }))
    }

    fn asked(&self, asking: Asking<'_>, application: &str) -> Result<Asked, Refusal> {
        let bytes = self.bytes(asking.body).or_else(|refusal| {
            // What is no JSON by its own account is refused for that, however long it is.
            body::check_head(asking.headers, &self.rules).and(Err(refusal))
        })?;
        body::set(asking.headers, bytes, application, &self.rules)
    }

    /// The application whose session is set: the caller's, whose id the sessionId has to be.
    fn own_session<'a>(&self, asked: &'a Asked, bearer: &'a Bearer) -> Result<&'a str, Refusal> {
        let own = bearer.application.as_str();
        match asked.session_id.as_deref() {
            None => Ok(own),
            Some(id) if self.is_same_id(id, own) => Ok(own),
            Some(id) if self.rules.faults.has(Fault::SessionIdTrusted) => Ok(id),
            Some(_) => Err(Refusal::session()),
        }
    }

    fn is_same_id(&self, one: &str, other: &str) -> bool {
        one == other || (one.eq_ignore_ascii_case(other) && !self.rules.variants.has(Choice::SessionCaseSensitive))
    }

    fn get(&self, asking: Asking<'_>) -> Result<Answer, Refusal> {
        if self.rules.faults.has(Fault::ReadsNotAcceptable) {
            body::check_accept(asking.headers)?;
        }
        let bearer = match self.authenticated(asking) {
            Err(_) if self.rules.faults.has(Fault::ReadsAnonymous) => None,
            bearer => Some(bearer?),
        };
        let id = match (&bearer, asking.whom) {
            (Some(bearer), _) => {
                self.gate.permits_other(bearer, true).map_err(Refusal::permission)?;
                self.whom(asking, bearer)?
            }
            (None, Whom::User(id)) => id,
            (None, Whom::Me) => return Err(Refusal::nobody_signed_in()),
        };
        let user = self.user(id)?;
        let shown = self.state.read(user, self.clock.now(), &self.rules).ok_or_else(Refusal::no_session)?;
        let is_another = self.rules.faults.has(Fault::IdOfAnother);
        let id = if is_another { self.state.id_of_another(user) } else { self.state.id(user) };
        Ok(answer::presence(id, shown, &self.rules))
    }

    fn clear(&self, asking: Asking<'_>) -> Result<Answer, Refusal> {
        let (bearer, user) = self.caller(asking, Fault::ClearAnonymous)?;
        let id = body::clear(asking.headers, self.bytes(asking.body)?, &self.rules)?;
        let is_own = self.is_same_id(&id, &bearer.application) || self.rules.faults.has(Fault::ClearOwnWhateverNamed);
        if !is_own && !self.rules.faults.has(Fault::ClearOfOthers) {
            let is_hidden = self.rules.variants.has(Choice::ClearOfOthersNotFound);
            return Err(if is_hidden { Refusal::no_session() } else { Refusal::session_of_another() });
        }
        let application = if is_own { &bearer.application } else { &id };
        if !self.state.clear(user, application, self.clock.now(), &self.rules) {
            return Err(Refusal::no_session());
        }
        Ok(answer::success(false, &self.rules))
    }

    fn prefer(&self, asking: Asking<'_>) -> Result<Answer, Refusal> {
        let (_, user) = self.caller(asking, Fault::PreferAnonymous)?;
        let (presence, lasts) = body::prefer(asking.headers, self.bytes(asking.body)?, &self.rules)?;
        self.state.prefer(user, presence, lasts, self.clock.now(), &self.rules);
        Ok(answer::success(false, &self.rules))
    }

    fn clear_preferred(&self, asking: Asking<'_>) -> Result<Answer, Refusal> {
        let (_, user) = self.caller(asking, Fault::ClearPreferredAnonymous)?;
        body::clear_preferred(asking.headers, self.bytes(asking.body)?, &self.rules)?;
        self.state.clear_preferred(user, self.clock.now(), &self.rules);
        Ok(answer::success(false, &self.rules))
    }

    /// The caller and the user of one of the operations that any good token may use, and with that fault anyone.
    fn caller(&self, asking: Asking<'_>, anonymous: Fault) -> Result<(Arc<Bearer>, UserKey), Refusal> {
        let bearer = match self.authenticated(asking) {
            Err(_) if self.rules.faults.has(anonymous) => self.gate.assumed(),
            bearer => bearer?,
        };
        self.gate.permits_other(&bearer, false).map_err(Refusal::permission)?;
        let user = self.user(self.whom(asking, &bearer)?)?;
        Ok((bearer, user))
    }

    fn authenticated(&self, asking: Asking<'_>) -> Result<Arc<Bearer>, Refusal> {
        self.gate.authenticate(asking.headers).map_err(|unusable: Unusable| match asking.whom {
            Whom::User(id) if self.rules.variants.has(Choice::UserBeforeCredentials) && self.user(id).is_err() => {
                Refusal::user()
            }
            _ => Refusal::credentials(unusable),
        })
    }

    /// The id of the user whose presence it is about.
    fn whom<'r>(&self, asking: Asking<'r>, bearer: &'r Bearer) -> Result<&'r str, Refusal> {
        match asking.whom {
            Whom::User(id) => Ok(id),
            Whom::Me => bearer.user().ok_or_else(Refusal::nobody_signed_in),
        }
    }

    fn user(&self, id: &str) -> Result<UserKey, Refusal> {
        if self.rules.faults.has(Fault::OddUserCrashes) && !is_guid(id) {
            return Err(Refusal::crash());
        }
        self.state.find(id, &self.rules).ok_or_else(Refusal::user)
    }

    fn named_user(&self, asking: Asking<'_>) -> Option<UserKey> {
        match asking.whom {
            Whom::User(id) => self.state.find(id, &self.rules),
            Whom::Me => None,
        }
    }

    fn bytes<'c>(&self, collected: &'c Collected) -> Result<&'c Bytes, Refusal> {
        let (faults, variants) = (&self.rules.faults, &self.rules.variants);
        let too_large = || Refusal::too_large(self.rules.limits.bytes);
        match collected {
            Collected::Whole(bytes) => Ok(bytes),
            Collected::TooLarge if faults.has(Fault::LargeBodyCrashes) => Err(Refusal::crash()),
            Collected::TooLarge if faults.has(Fault::TooLargeUnprocessable) => Err(too_large().with_status(422)),
            Collected::TooLarge if variants.has(Choice::TooLargeBadRequest) => Err(too_large().with_status(400)),
            Collected::TooLarge => Err(too_large()),
            Collected::Slow => Err(Refusal::slow()),
            Collected::Broken => Err(Refusal::other("the body broke off")),
        }
    }

    fn mishap(&self, refusal: &Refusal, asking: Asking<'_>, seen: &Seen) {
        let Collected::Whole(body) = asking.body else { return };
        let refused = Refused {
            cause: refusal.cause,
            headers: asking.headers,
            body,
            application: seen.bearer.as_deref().map(|bearer| bearer.application.as_str()),
            user: seen.user,
            now: self.clock.now(),
        };
        mishap::happen(&refused, &self.state, &self.rules);
    }
}

/// What `Guid.Parse` takes, which is what such a server calls.
fn is_guid(id: &str) -> bool {
    id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}
