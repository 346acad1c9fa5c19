//! The ids of the requirements that code names; each is described in `fixtures/requirements.toml`.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $id:literal;)+) => {
        $($(#[$doc])* pub const $name: &str = $id;)+
        /// Every id that code names.
        pub const ALL: &[&str] = &[$($name),+];
    };
}

ids! {
    /// An accepted call answers exactly 200.
    SUCCESS_STATUS = "http.success-status";
    /// No request is answered with a 5xx, however bad its input.
    NO_SERVER_ERROR = "http.no-server-error";
    /// Every request is answered.
    NO_HANG = "http.no-hang";
    /// A refusal's body is an OData error.
    ERROR_ENVELOPE = "http.error-envelope";
    /// No error body contains the bearer token.
    NO_TOKEN_IN_ERROR = "http.no-token-in-error";
    /// An unknown user is answered with 404.
    UNKNOWN_USER = "http.unknown-user";
    /// Another method on the path is answered with 405 and `Allow`.
    METHOD = "http.method";
    /// A content type that is absent or not JSON is answered with 415 or 400.
    CONTENT_TYPE = "http.content-type";
    /// A body that is too large is answered with 413 or 400.
    TOO_LARGE = "http.too-large";
    /// A documented spelling of the path is the only one that must work.
    PATH_SPELLING = "http.path-spelling";

    /// A plain valid request of an application with the role is accepted.
    APPLICATION_ROLE = "permissions.application-role";
    /// A request needs credentials.
    TOKEN_REQUIRED = "permissions.token-required";
    /// Credentials that cannot be read are refused.
    TOKEN_READABLE = "permissions.token-readable";
    /// An expired token is refused.
    TOKEN_EXPIRED = "permissions.token-expired";
    /// A token that is not yet valid is refused.
    TOKEN_NOT_YET_VALID = "permissions.token-not-yet-valid";
    /// A token for another audience is refused.
    TOKEN_AUDIENCE = "permissions.token-audience";
    /// A token with a bad signature is refused.
    TOKEN_SIGNATURE = "permissions.token-signature";
    /// Another scheme is refused, whatever it carries.
    SCHEME = "permissions.scheme";
    /// The scheme name is compared without regard to letter case.
    SCHEME_CASE = "permissions.scheme-case";
    /// Two Authorization headers are refused.
    ONE_AUTHORIZATION = "permissions.one-authorization";
    /// A 401 carries `WWW-Authenticate`.
    WWW_AUTHENTICATE = "permissions.www-authenticate";
    /// An application without the role is refused.
    ROLE_REQUIRED = "permissions.role-required";
    /// A valid token without the permission is answered with 403.
    FORBIDDEN_STATUS = "permissions.forbidden-status";
    /// A delegated token of a work or school account is refused where it is not supported.
    DELEGATED_WORK_UNSUPPORTED = "permissions.delegated-work-unsupported";
    /// A delegated token of a work or school account with the scope sets its own user's presence.
    DELEGATED_OWN = "permissions.delegated-own-presence";
    /// A delegated token without the scope is refused.
    DELEGATED_SCOPE = "permissions.delegated-scope";
    /// A delegated token is refused for another user.
    DELEGATED_OTHER_USER = "permissions.delegated-other-user";
    /// A delegated token of a personal account is refused.
    DELEGATED_PERSONAL = "permissions.delegated-personal";
    /// The sessionId is the calling application's id.
    SESSION_ID_OWN = "permissions.session-id-own";
    /// Credentials are checked before the body.
    CREDENTIALS_FIRST = "permissions.credentials-before-body";

    /// A plain valid body is accepted.
    BODY_VALID = "body.valid";
    /// The body is JSON.
    BODY_JSON = "body.json";
    /// The body is a JSON object.
    BODY_OBJECT = "body.object";
    /// The body is UTF-8.
    BODY_UTF8 = "body.utf-8";
    /// A byte order mark is permitted either way.
    BODY_BYTE_ORDER_MARK = "body.byte-order-mark";
    /// Nesting beyond what any request needs is permitted either way.
    BODY_NESTING = "body.nesting";
    /// Duplicate members are permitted either way.
    BODY_DUPLICATE = "body.duplicate-members";
    /// Unknown members are permitted either way.
    BODY_UNKNOWN = "body.unknown-members";
    /// Members in another letter case are permitted either way.
    BODY_MEMBER_CASE = "body.member-case";
    /// The sessionId is there.
    SESSION_ID_REQUIRED = "body.session-id-required";
    /// The sessionId is a string.
    SESSION_ID_TYPE = "body.session-id-type";
    /// The sessionId is neither empty nor padded.
    SESSION_ID_BLANK = "body.session-id-blank";
    /// The availability is there.
    AVAILABILITY_REQUIRED = "body.availability-required";
    /// The availability is a string.
    AVAILABILITY_TYPE = "body.availability-type";
    /// The activity is there.
    ACTIVITY_REQUIRED = "body.activity-required";
    /// The activity is a string.
    ACTIVITY_TYPE = "body.activity-type";
    /// The expirationDuration is a string.
    DURATION_TYPE = "body.duration-type";
    /// What is not a duration is refused.
    DURATION_UNREADABLE = "body.duration-unreadable";
    /// Lower case, blanks and empty components are refused.
    DURATION_SLOPPY = "body.duration-sloppy";
    /// ISO 8601 spellings that `Edm.Duration` does not have.
    DURATION_ISO = "body.duration-iso-8601";
    /// Weeks, months and years with a value.
    DURATION_CALENDAR = "body.duration-calendar-units";
    /// A plus sign is permitted either way.
    DURATION_PLUS = "body.duration-plus-sign";
    /// `H:MM:SS` is permitted either way.
    DURATION_CLOCK = "body.duration-clock-time";
    /// Zero and negative durations are refused.
    DURATION_POSITIVE = "body.duration-positive";
    /// A duration outside of 5 to 240 minutes.
    DURATION_RANGE = "body.duration-range";

    /// Any pair outside the profile's table is refused.
    PAIR_UNSUPPORTED = "combinations.unsupported";
    /// Letter case of a value is permitted either way.
    PAIR_CASE = "combinations.letter-case";
    /// Values with leading or trailing blanks are refused.
    PAIR_PADDED = "combinations.padded";

    /// A read shows a presence that the state permits.
    STATE = "precedence.highest-wins";
    /// No session: Offline.
    NO_SESSION = "precedence.no-session-offline";
    /// A read answers 200 with the user's id, availability and activity.
    READ_MEMBERS = "precedence.read-members";
    /// A read needs a token that can be used.
    READ_TOKEN = "permissions.read-token-required";
    /// Clearing and preferring need a token that can be used.
    OTHER_TOKEN = "permissions.other-token-required";
    /// A refused request changes nothing.
    REFUSAL_CHANGES_NOTHING = "http.refusal-changes-nothing";
    /// `application/json` is accepted with its parameters, in any letter case.
    CONTENT_TYPE_JSON = "http.content-type-json";
    /// An unknown request header makes no difference.
    UNKNOWN_HEADERS = "http.unknown-headers";
    /// A chunked body is read like any other.
    CHUNKED = "http.chunked";
    /// The members may stand in any order.
    BODY_ORDER = "body.member-order";
    /// Insignificant white space makes no difference.
    BODY_WHITE_SPACE = "body.white-space";
    /// Escapes are read as the characters that they stand for.
    BODY_ESCAPES = "body.escapes";
    /// Every spelling of the grammar is accepted.
    DURATION_GRAMMAR = "body.duration-grammar";
    /// Both ends of the range are in it.
    DURATION_RANGE_ENDS = "body.duration-range-ends";
    /// Available/Available is accepted.
    PAIR_AVAILABLE = "combinations.available";
    /// Busy/InACall is accepted.
    PAIR_IN_A_CALL = "combinations.busy-in-a-call";
    /// Busy/InAConferenceCall is accepted.
    PAIR_IN_A_CONFERENCE_CALL = "combinations.busy-in-a-conference-call";
    /// Away/Away is accepted.
    PAIR_AWAY = "combinations.away";
    /// DoNotDisturb/Presenting is accepted.
    PAIR_PRESENTING = "combinations.do-not-disturb-presenting";
    /// An Available session becomes AvailableInactive after five minutes.
    FIRST_TIMEOUT = "fade.first-timeout";
    /// It becomes Away after another five.
    SECOND_TIMEOUT = "fade.second-timeout";
    /// Whatever is not Available stays as it was set.
    ONLY_AVAILABLE = "fade.only-available";
    /// A session exists until its expirationDuration has passed.
    EXISTS_UNTIL_EXPIRATION = "fade.exists-until-expiration";
    /// A session whose expirationDuration has passed is gone.
    EXPIRATION = "fade.expiration";
    /// A call replaces the whole state of its session.
    STATE_REPLACED = "fade.state-replaced";
    /// A call without an expirationDuration is accepted.
    DEFAULT_EXISTS = "fade.default-exists";
    /// An expirationDuration that is null is the same as none.
    NULL_IS_ABSENT = "fade.null-is-absent";
    /// A session fades and expires beneath a preferred presence.
    BENEATH_PREFERRED = "fade.goes-on-beneath-preferred";
    /// A call for one user shows on no other.
    USERS_ISOLATED = "precedence.users-isolated";
    /// A call of one application leaves the session of another as it is.
    APPLICATIONS_ISOLATED = "precedence.applications-isolated";
    /// clearPresence ends the application's session.
    CLEARED = "precedence.cleared";
    /// clearPresence of no session is answered with 404.
    CLEAR_ABSENT = "precedence.clear-absent";
    /// clearPresence of another's session is answered with 403 or 404.
    CLEAR_ANOTHERS = "precedence.clear-anothers";
    /// A preferred presence shows instead of every session state.
    USER_CONFIGURED = "precedence.user-configured-wins";
    /// Six pairs may be preferred.
    PREFERRED_PAIRS = "precedence.preferred-pairs";
    /// A preferred presence shows for as long as its request says.
    PREFERRED_EXPIRES = "precedence.preferred-expires";
    /// Busy and DoNotDisturb are preferred for a day where the request does not say how long.
    PREFERRED_DEFAULT_DAY = "precedence.preferred-default-day";
    /// Anything else is preferred for a week where the request does not say how long.
    PREFERRED_DEFAULT_WEEK = "precedence.preferred-default-week";
    /// A second preferred presence replaces the first.
    PREFERRED_REPLACED = "precedence.preferred-replaced";
    /// clearUserPreferredPresence ends the preferred presence.
    PREFERRED_CLEARED = "precedence.preferred-cleared";
}
