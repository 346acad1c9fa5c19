//! The table of variants. A new one is a line here and a branch where the choice is made.

use setpresence_core::spec::requirement as r;

use super::Variant;

macro_rules! variants {
    ($($choice:ident $name:literal $requirement:expr, $about:literal;)+) => {
        /// A permitted behaviour; what each is stands in its [`Variant`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Choice { $($choice,)+ }

        pub(super) const ALL: &[Variant] = &[$(Variant {
            name: $name,
            about: $about,
            requirement: $requirement,
            choice: Choice::$choice,
        },)+];
    };
}

variants! {
    TieFirstSet "tie-first-set" "precedence.any-activity-of-the-highest", "of equal sessions the one that was set first gives the activity";
    TieInACall "tie-in-a-call" "precedence.any-activity-of-the-highest", "of equal sessions InACall is shown before InAConferenceCall";
    TieInAConferenceCall "tie-in-a-conference-call" "precedence.any-activity-of-the-highest", "of equal sessions InAConferenceCall is shown before InACall";
    TieInactive "tie-inactive" "precedence.any-activity-of-the-highest", "of equal sessions AvailableInactive is shown before Available";
    TieSmallestId "tie-smallest-id" "precedence.any-activity-of-the-highest", "of equal sessions that of the application with the smallest id gives the activity";
    BoundariesClosed "boundaries-closed" "fade.boundary", "exactly at a timeout or the expiry what was before still shows";
    Jitter "jitter" "fade.boundary", "timeouts and expiry come up to 3 ms late";
    ReadsLag "reads-lag" "http.propagation", "reads show what was two milliseconds ago, fades and expiries too, as a copy that lags behind does; the target file says so";
    VisibleLate "visible-late" "http.propagation", "calls are visible two milliseconds after they were accepted; the target file says so";

    PairCaseAccepted "pair-case-accepted" r::PAIR_CASE, "letter case of availability and activity does not matter";
    MemberCaseAccepted "member-case-accepted" r::BODY_MEMBER_CASE, "letter case of member names does not matter";
    MemberCaseIgnored "member-case-ignored" r::BODY_MEMBER_CASE, "a member in another letter case is an unknown member";
    DuplicatesFirst "duplicates-first" r::BODY_DUPLICATE, "of duplicate members the first counts";
    DuplicatesLast "duplicates-last" r::BODY_DUPLICATE, "of duplicate members the last counts";
    UnknownMembersRefused "unknown-members-refused" r::BODY_UNKNOWN, "unknown members are refused";
    AnnotationsRefused "annotations-refused" r::BODY_UNKNOWN, "annotations such as `@odata.type` are refused";
    ByteOrderMarkRefused "byte-order-mark-refused" r::BODY_BYTE_ORDER_MARK, "a byte order mark is refused";
    NestingAccepted "nesting-accepted" r::BODY_NESTING, "unknown members may be nested as deep as they like";
    LargeBodiesAccepted "large-bodies-accepted" r::TOO_LARGE, "a body may have two megabytes";
    NullSessionAccepted "null-session-accepted" r::SESSION_ID_REQUIRED, "where the profile permits it, a sessionId may be absent or null";
    SessionCaseSensitive "session-case-sensitive" "permissions.session-id-letter-case", "letter case of the sessionId matters";
    UncommonTypesAccepted "uncommon-types-accepted" r::CONTENT_TYPE, "`text/json`, `+json` types and other charsets are accepted";
    ContentEncodingIgnored "content-encoding-ignored" r::CONTENT_TYPE, "a `Content-Encoding` is ignored, and the body read as it is";
    LoneSurrogatesAccepted "lone-surrogates-accepted" r::BODY_JSON, "half of a surrogate pair is read as a replacement character";
    LoneSurrogatesRefused "lone-surrogates-refused" r::BODY_JSON, "half of a surrogate pair is refused wherever it stands, in an unknown member, too";

    CalendarUnitsAccepted "calendar-units-accepted" r::DURATION_CALENDAR, "where the profile permits it, weeks, months and years are accepted";
    IsoSpellingsAccepted "iso-spellings-accepted" r::DURATION_ISO, "where the profile permits it, every spelling of ISO 8601 is accepted";
    PlusSignAccepted "plus-sign-accepted" r::DURATION_PLUS, "a plus sign is accepted";
    ClockTimeAccepted "clock-time-accepted" r::DURATION_CLOCK, "`H:MM:SS` is accepted";
    OutOfRangeAccepted "out-of-range-accepted" r::DURATION_RANGE, "where the profile permits it, any positive duration is accepted and kept";
    OutOfRangeClamped "out-of-range-clamped" r::DURATION_RANGE, "where the profile permits it, a duration out of the range is moved to its nearest end";
    AbsentIsAnHour "absent-means-an-hour" "fade.default-expiration-unstated", "where the profile permits it, a session without expirationDuration lasts an hour";
    AbsentIsFourHours "absent-means-four-hours" "fade.default-expiration-unstated", "where the profile permits it, a session without expirationDuration lasts four hours";
    AbsentIsAMinute "absent-means-a-minute" "fade.default-expiration-unstated", "where the profile permits it, a session without expirationDuration lasts a minute";
    AbsentIsForever "absent-means-forever" "fade.default-expiration-unstated", "where the profile permits it, a session without expirationDuration never expires";

    ExtraMembers "extra-members" "precedence.read-members", "a presence has more members than the three documented ones";
    BodyOnSuccess "body-on-success" r::SUCCESS_STATUS, "an accepted call answers with a JSON body";
    NullOnSuccess "null-on-success" r::SUCCESS_STATUS, "an accepted call answers with the body `null`";
    PlainCodes "plain-codes" r::ERROR_ENVELOPE, "error codes are those of the statuses, and messages say little";
    InnerErrors "inner-errors" r::ERROR_ENVELOPE, "errors have an inner error with a date and request ids";
    EmptyInnerErrors "empty-inner-errors" r::ERROR_ENVELOPE, "errors have an empty inner error, details and a target";
    ErrorCharset "error-charset" r::ERROR_ENVELOPE, "the content type of errors names its charset and OData parameters";
    CloseConnections "close-connections" r::NO_HANG, "the connection is closed after each answer";
    ChunkedAnswers "chunked-answers" r::NO_HANG, "answers come in chunks, without a length";
    ChallengeBare "challenge-bare" r::WWW_AUTHENTICATE, "`WWW-Authenticate` names the scheme and nothing else";
    ChallengeFull "challenge-full" r::WWW_AUTHENTICATE, "`WWW-Authenticate` names an error and where to get a token, as Graph's does";
    ChallengeSeveral "challenge-several" r::WWW_AUTHENTICATE, "`WWW-Authenticate` comes twice, once for another scheme";

    AnothersSessionBadRequest "anothers-session-is-400" r::SESSION_ID_OWN, "another application's sessionId is answered with 400";
    BlankSessionForbidden "blank-session-is-403" r::SESSION_ID_BLANK, "an empty or padded sessionId is answered with 403";
    OtherUserUnauthorized "other-user-is-401" r::DELEGATED_OTHER_USER, "a signed-in user's call for another user is answered with 401";
    TooLargeBadRequest "too-large-is-400" r::TOO_LARGE, "a body that is too large is answered with 400";
    ContentTypeBadRequest "content-type-is-400" r::CONTENT_TYPE, "a content type that is not JSON is answered with 400";
    SeveralBadRequest "several-authorizations-is-400" r::ONE_AUTHORIZATION, "two Authorization headers are answered with 400";
    ClearOfOthersNotFound "clear-of-others-is-404" "precedence.clear-anothers", "clearPresence of another application's session is answered with 404";

    PathLetterCase "path-letter-case" r::PATH_SPELLING, "letter case of the path does not matter";
    DoubledSlashes "doubled-slashes" r::PATH_SPELLING, "doubled slashes in the path count as one";
    TrailingSlash "trailing-slash" r::PATH_SPELLING, "a slash at the end of the path is accepted";
    KeyInParentheses "key-in-parentheses" r::PATH_SPELLING, "`/users('{id}')/…` is accepted";
    QualifiedActions "qualified-actions" r::PATH_SPELLING, "`/microsoft.graph.setPresence` is accepted";
    UserCaseSensitive "user-case-sensitive" r::PATH_SPELLING, "letter case of the user's id matters";
    PercentEncodingKept "percent-encoding-kept" r::PATH_SPELLING, "a percent-encoded user's id names nobody";
    HeadAnswered "head-answered" r::METHOD, "HEAD is answered where GET is";
    OptionsAnswered "options-answered" r::METHOD, "OPTIONS is answered with 204 and `Allow`";
    MethodsNotImplemented "methods-not-implemented" r::METHOD, "HEAD and OPTIONS are answered with 501";
    MePathMissing "me-path-missing" "permissions.me-path", "`/me` is not served";

    CredentialsBeforeMethod "credentials-before-method" "permissions.check-order", "credentials are checked before the method";
    ContentTypeBeforeCredentials "content-type-before-credentials" "permissions.check-order", "the content type is checked before the credentials";
    UserBeforeCredentials "user-before-credentials" "permissions.check-order", "an unknown user is 404 whoever asks";
    BodyBeforePermission "body-before-permission" "permissions.check-order", "a good token's body is checked before its permission";
    BodyBeforeUser "body-before-user" "permissions.check-order", "the body is checked before the user";
    WideScopeAccepted "wide-scope-accepted" r::DELEGATED_SCOPE, "the delegated scope Presence.ReadWrite.All is accepted as well";
    OthersGuarded "others-guarded" r::APPLICATION_ROLE, "reading needs a reading permission, clearing and preferring a writing one";
}
