//! The table of mutants. A new one is a line here and the faulty line where it belongs.

use setpresence_core::spec::requirement as r;

use super::Mutant;

const EVERY: &[&str] = &[];
const BETA: &[&str] = &["beta-2021-06"];
const V1: &[&str] = &["v1.0"];

macro_rules! mutants {
    ($($family:literal { $($fault:ident $name:literal $requirement:expr, $profiles:ident, $about:literal;)+ })+) => {
        /// A deliberate fault; what each is stands in its [`Mutant`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Fault { $($($fault,)+)+ }

        pub(super) const ALL: &[Mutant] = &[$($(Mutant {
            name: $name,
            about: $about,
            requirement: $requirement,
            family: $family,
            profiles: $profiles,
            fault: Fault::$fault,
        },)+)+];
    };
}

mutants! {
    "permissions" {
        SignatureUnchecked "signature-unchecked" r::TOKEN_SIGNATURE, EVERY, "the signature of a token is not checked";
        UnsignedAccepted "unsigned-token-accepted" r::TOKEN_SIGNATURE, EVERY, "a token whose header says `alg: none` is believed";
        ExpiredAccepted "expired-token-accepted" r::TOKEN_EXPIRED, EVERY, "the end of a token is not checked";
        NotYetValidAccepted "not-yet-valid-token-accepted" r::TOKEN_NOT_YET_VALID, EVERY, "the beginning of a token is not checked";
        AudienceUnchecked "audience-unchecked" r::TOKEN_AUDIENCE, EVERY, "a token for another service is accepted";
        AnyTokenAccepted "any-token-accepted" r::TOKEN_READABLE, EVERY, "any text after `Bearer` is accepted as a token";
        EmptyTokenAccepted "empty-token-accepted" r::TOKEN_READABLE, EVERY, "`Bearer` with nothing after it is accepted";
        AnonymousAccepted "anonymous-accepted" r::TOKEN_REQUIRED, EVERY, "a request without credentials is accepted";
        AnySchemeAccepted "any-scheme-accepted" r::SCHEME, EVERY, "a good token is accepted under another scheme, such as `Basic`";
        BareTokenAccepted "bare-token-accepted" r::TOKEN_READABLE, EVERY, "a token is accepted without a scheme before it";
        SchemeCaseSensitive "scheme-case-sensitive" r::SCHEME_CASE, EVERY, "the scheme `bearer` is refused in another letter case";
        SeveralAuthorizationsAccepted "several-authorizations-accepted" r::ONE_AUTHORIZATION, EVERY, "of two Authorization headers, the first good one is taken";
        NoChallenge "no-challenge" r::WWW_AUTHENTICATE, EVERY, "a 401 comes without `WWW-Authenticate`";
        ForbiddenForUnauthorized "forbidden-for-unauthorized" r::TOKEN_REQUIRED, EVERY, "missing and unusable credentials are answered with 403 instead of 401";
        BadRequestForUnauthorized "bad-request-for-unauthorized" r::TOKEN_REQUIRED, EVERY, "missing and unusable credentials are answered with 400 instead of 401";
        NotFoundForForbidden "not-found-for-forbidden" r::ROLE_REQUIRED, EVERY, "a caller without the permission is answered with 404";
        UnauthorizedForForbidden "unauthorized-for-forbidden" r::FORBIDDEN_STATUS, EVERY, "a caller without the permission is answered with 401";
        RoleUnchecked "role-unchecked" r::ROLE_REQUIRED, EVERY, "an application needs no role";
        AnyRoleAccepted "any-role-accepted" r::ROLE_REQUIRED, EVERY, "any role lets an application set a presence, reading roles too";
        RoleRemembered "role-remembered" r::ROLE_REQUIRED, EVERY, "an application that once had the role is never asked for it again";
        DelegatedWorkAccepted "delegated-work-accepted" r::DELEGATED_WORK_UNSUPPORTED, BETA, "a signed-in user of a work or school account may set a presence";
        DelegatedAsApplication "delegated-as-application" r::DELEGATED_WORK_UNSUPPORTED, BETA, "a delegated token is taken for the application's own";
        DelegatedWorkRefused "delegated-work-refused" r::DELEGATED_OWN, V1, "a signed-in user may not set the own presence";
        DelegatedScopeUnchecked "delegated-scope-unchecked" r::DELEGATED_SCOPE, V1, "a signed-in user needs no scope";
        DelegatedAnyUser "delegated-any-user" r::DELEGATED_OTHER_USER, V1, "a signed-in user may set anyone's presence";
        DelegatedPersonalAccepted "delegated-personal-accepted" r::DELEGATED_PERSONAL, EVERY, "a personal account may set a presence";
        MePathServed "me-path-served" r::DELEGATED_WORK_UNSUPPORTED, BETA, "`/me` is served, and a signed-in user sets the own presence there";
        SessionIdUnchecked "session-id-unchecked" r::SESSION_ID_OWN, EVERY, "any sessionId is accepted, and the caller's own session is set";
        SessionIdTrusted "session-id-trusted" r::SESSION_ID_OWN, EVERY, "the sessionId decides whose session is set, whoever calls";
        SessionIdTrimmed "session-id-trimmed" r::SESSION_ID_BLANK, EVERY, "blanks around the sessionId are ignored";
        SessionIdByPrefix "session-id-by-prefix" r::SESSION_ID_BLANK, EVERY, "the sessionId need only begin with the application's id";
        SessionIdEmptyAccepted "session-id-empty-accepted" r::SESSION_ID_BLANK, EVERY, "an empty sessionId stands for the caller's own";
        BodyBeforeCredentials "body-before-credentials" r::CREDENTIALS_FIRST, EVERY, "the body is checked before the credentials are";
        ReadsAnonymous "reads-anonymous" r::READ_TOKEN, EVERY, "a presence is read without credentials";
        ClearAnonymous "clear-anonymous" r::OTHER_TOKEN, EVERY, "a session is cleared without credentials";
        PreferAnonymous "prefer-anonymous" r::OTHER_TOKEN, EVERY, "a presence is preferred without credentials";
        ClearPreferredAnonymous "clear-preferred-anonymous" r::OTHER_TOKEN, EVERY, "a preferred presence is cleared without credentials";
        TokenInUnauthorized "token-in-unauthorized" r::NO_TOKEN_IN_ERROR, EVERY, "a 401 repeats the token in its message";
        TokenInForbidden "token-in-forbidden" r::NO_TOKEN_IN_ERROR, EVERY, "a 403 repeats the token in its message";
        TokenInBadRequest "token-in-bad-request" r::NO_TOKEN_IN_ERROR, EVERY, "a 400 repeats the request's headers, the token among them";
        TokenInChallenge "token-in-challenge" r::NO_TOKEN_IN_ERROR, EVERY, "a 401 repeats the token in `WWW-Authenticate`, as what is wrong with it";
    }
    "http" {
        SuccessIsCreated "success-is-201" r::SUCCESS_STATUS, EVERY, "an accepted call answers 201";
        SuccessIsAccepted "success-is-202" r::SUCCESS_STATUS, EVERY, "an accepted call answers 202";
        SuccessIsNoContent "success-is-204" r::SUCCESS_STATUS, EVERY, "an accepted call answers 204";
        FirstSuccessIsCreated "first-success-is-201" r::SUCCESS_STATUS, EVERY, "a call that begins a session answers 201, a later one 200";
        EmptyBodyCrashes "empty-body-crashes" r::NO_SERVER_ERROR, EVERY, "an empty body is answered with 500";
        BadJsonCrashes "bad-json-crashes" r::NO_SERVER_ERROR, EVERY, "a body that is not JSON is answered with 500";
        BadTextCrashes "bad-text-crashes" r::NO_SERVER_ERROR, EVERY, "a body that is not UTF-8 is answered with 500";
        NotAnObjectCrashes "not-an-object-crashes" r::NO_SERVER_ERROR, EVERY, "a body that is JSON but not an object is answered with 500";
        NullCrashes "null-crashes" r::NO_SERVER_ERROR, EVERY, "a member that is null is answered with 500";
        AbsentMemberCrashes "absent-member-crashes" r::NO_SERVER_ERROR, EVERY, "a body without availability or activity is answered with 500";
        WrongTypeCrashes "wrong-type-crashes" r::NO_SERVER_ERROR, EVERY, "a member of another type than string is answered with 500";
        UnknownNameCrashes "unknown-name-crashes" r::NO_SERVER_ERROR, EVERY, "an availability or activity that is not documented is answered with 500";
        BadDurationCrashes "bad-duration-crashes" r::NO_SERVER_ERROR, EVERY, "an expirationDuration that cannot be read is answered with 500";
        HugeDurationCrashes "huge-duration-crashes" r::NO_SERVER_ERROR, EVERY, "an expirationDuration with more digits than a number holds is answered with 500";
        AbsentDurationCrashes "absent-duration-crashes" r::NO_SERVER_ERROR, EVERY, "a body without expirationDuration is answered with 500";
        NestingCrashes "nesting-crashes" r::NO_SERVER_ERROR, EVERY, "a deeply nested body is answered with 500";
        LargeBodyCrashes "large-body-crashes" r::NO_SERVER_ERROR, EVERY, "a large body is answered with 500";
        UnknownUserCrashes "unknown-user-crashes" r::NO_SERVER_ERROR, EVERY, "an unknown user is answered with 500";
        OddUserCrashes "odd-user-crashes" r::NO_SERVER_ERROR, EVERY, "a user who is named by no GUID is answered with 500";
        BadTokenCrashes "bad-token-crashes" r::NO_SERVER_ERROR, EVERY, "a token that cannot be read is answered with 500";
        AnonymousCrashes "anonymous-crashes" r::NO_SERVER_ERROR, EVERY, "a request without credentials is answered with 500";
        NoContentTypeCrashes "no-content-type-crashes" r::NO_SERVER_ERROR, EVERY, "a request without Content-Type is answered with 500";
        AllowMissing "allow-missing" r::METHOD, EVERY, "a 405 comes without `Allow`";
        AnyMethodAccepted "any-method-accepted" r::METHOD, EVERY, "PUT and PATCH set a presence too";
        MethodNotFound "method-not-found" r::METHOD, EVERY, "another method is answered with 404 instead of 405";
        ContentTypeUnchecked "content-type-unchecked" r::CONTENT_TYPE, EVERY, "the content type is not checked";
        ContentTypeOptional "content-type-optional" r::CONTENT_TYPE, EVERY, "a request without Content-Type is accepted";
        ContentTypeByPrefix "content-type-by-prefix" r::CONTENT_TYPE, EVERY, "any content type that begins with `application/` is accepted";
        ContentTypeBySubstring "content-type-by-substring" r::CONTENT_TYPE, EVERY, "any content type with `application/json` in it is accepted";
        ContentTypeStartsWithJson "content-type-starts-with-json" r::CONTENT_TYPE, EVERY, "any content type that begins with `application/json` is accepted, such as `application/jsonx`";
        CharsetRefused "charset-refused" r::CONTENT_TYPE, EVERY, "`application/json; charset=utf-8` is refused";
        MediaTypeParameterRefused "media-type-parameter-refused" r::CONTENT_TYPE, EVERY, "a media type parameter other than charset is refused";
        MediaTypeCaseSensitive "media-type-case-sensitive" r::CONTENT_TYPE, EVERY, "the media type is refused in another letter case";
        ChunkedRefused "chunked-refused" r::BODY_VALID, EVERY, "a body of unknown length is refused with 411";
        UnknownHeaderRefused "unknown-header-refused" r::BODY_VALID, EVERY, "a request header such as `client-request-id` is refused";
        AcceptLanguageRefused "accept-language-refused" r::BODY_VALID, EVERY, "a request that asks for another language than English is refused with 406";
        ReadsNotAcceptable "reads-not-acceptable" r::READ_MEMBERS, EVERY, "a read that accepts anything but plain `application/json` is answered with 406";
        UnknownUserAccepted "unknown-user-accepted" r::UNKNOWN_USER, EVERY, "a user that does not exist is accepted";
        UnknownUserForbidden "unknown-user-forbidden" r::UNKNOWN_USER, EVERY, "an unknown user is answered with 403";
        UnknownUserBadRequest "unknown-user-bad-request" r::UNKNOWN_USER, EVERY, "an unknown user is answered with 400";
        SmallLimit "small-limit" r::BODY_VALID, EVERY, "a body of more than 300 bytes is too large";
        TooLargeUnprocessable "too-large-unprocessable" r::TOO_LARGE, EVERY, "a body that is too large is answered with 422";
    }
    "body" {
        SessionIdAbsentAccepted "session-id-absent-accepted" r::SESSION_ID_REQUIRED, BETA, "a body without sessionId is accepted";
        SessionIdNullAccepted "session-id-null-accepted" r::SESSION_ID_REQUIRED, BETA, "a sessionId that is null is accepted";
        SessionIdTypeUnchecked "session-id-type-unchecked" r::SESSION_ID_TYPE, EVERY, "a sessionId that is no string is taken for the caller's own";
        AvailabilityAbsentAccepted "availability-absent-accepted" r::AVAILABILITY_REQUIRED, EVERY, "an absent availability is filled in from the activity";
        AvailabilityNullAccepted "availability-null-accepted" r::AVAILABILITY_REQUIRED, EVERY, "an availability that is null is filled in from the activity";
        ActivityAbsentAccepted "activity-absent-accepted" r::ACTIVITY_REQUIRED, EVERY, "an absent activity is filled in from the availability";
        ActivityNullAccepted "activity-null-accepted" r::ACTIVITY_REQUIRED, EVERY, "an activity that is null is filled in from the availability";
        AvailabilityTypeUnchecked "availability-type-unchecked" r::AVAILABILITY_TYPE, EVERY, "an availability that is no string is filled in from the activity";
        ActivityTypeUnchecked "activity-type-unchecked" r::ACTIVITY_TYPE, EVERY, "an activity that is no string is filled in from the availability";
        NumbersAsNames "numbers-as-names" r::AVAILABILITY_TYPE, EVERY, "a number stands for the name at that place of the table";
        ArrayOfOneUnwrapped "array-of-one-unwrapped" r::AVAILABILITY_TYPE, EVERY, "an array of one string is taken for the string";
        EmptyBodyAccepted "empty-body-accepted" r::BODY_JSON, EVERY, "an empty body sets the presence to Available";
        NullBodyAccepted "null-body-accepted" r::BODY_OBJECT, EVERY, "the body `null` sets the presence to Available";
        ArrayBodyUnwrapped "array-body-unwrapped" r::BODY_OBJECT, EVERY, "an array with the object in it is accepted";
        StringBodyUnwrapped "string-body-unwrapped" r::BODY_OBJECT, EVERY, "a string with the object in it is accepted";
        TrailingTextIgnored "trailing-text-ignored" r::BODY_JSON, EVERY, "what follows the object is ignored";
        TrailingCommaAccepted "trailing-comma-accepted" r::BODY_JSON, EVERY, "a comma after the last member is accepted";
        CommentsAccepted "comments-accepted" r::BODY_JSON, EVERY, "comments are accepted";
        SingleQuotesAccepted "single-quotes-accepted" r::BODY_JSON, EVERY, "strings in single quotes are accepted";
        NanAccepted "nan-accepted" r::BODY_JSON, EVERY, "NaN and Infinity are accepted as null is, as some JSON readers do unless told otherwise";
        RawControlsAccepted "raw-control-characters-accepted" r::BODY_JSON, EVERY, "control characters in strings need not be escaped";
        UnquotedNamesAccepted "unquoted-names-accepted" r::BODY_JSON, EVERY, "member names need no quotation marks";
        TruncatedAccepted "truncated-accepted" r::BODY_JSON, EVERY, "a body without its last brace is accepted";
        FormAccepted "form-accepted" r::BODY_JSON, EVERY, "a body in the form encoding is accepted";
        BadTextDropped "bad-text-dropped" r::BODY_UTF8, EVERY, "bytes that are not UTF-8 are dropped and the rest accepted";
        EscapesInValuesKept "escapes-in-values-kept" r::BODY_VALID, EVERY, "`\\u` escapes in values are not decoded";
        EscapesInNamesKept "escapes-in-names-kept" r::BODY_VALID, EVERY, "`\\u` escapes in member names are not decoded";
        MemberOrderMatters "member-order-matters" "body.member-order", EVERY, "the members must stand in the documented order";
        LineBreaksRefused "line-breaks-refused" r::BODY_VALID, EVERY, "a body with line breaks in it is refused";
        LeadingSpaceRefused "leading-space-refused" r::BODY_VALID, EVERY, "a body that does not begin with its brace is refused";
        ValueAsActivity "value-as-activity" r::PAIR_UNSUPPORTED, EVERY, "availability and activity may be swapped";
    }
    "duration" {
        DurationNumberAsSeconds "duration-number-as-seconds" r::DURATION_TYPE, EVERY, "a JSON number is taken for seconds";
        DurationNumberAsMinutes "duration-number-as-minutes" r::DURATION_TYPE, EVERY, "a JSON number is taken for minutes";
        DurationTypeIgnored "duration-type-ignored" r::DURATION_TYPE, EVERY, "an expirationDuration that is no string is taken for absent";
        DurationIgnored "duration-ignored" r::DURATION_UNREADABLE, EVERY, "the expirationDuration is never read, each session lasts an hour";
        UnreadableIsAbsent "unreadable-is-absent" r::DURATION_UNREADABLE, EVERY, "an expirationDuration that cannot be read is taken for absent";
        EmptyIsAbsent "empty-duration-is-absent" r::DURATION_UNREADABLE, EVERY, "an empty expirationDuration is taken for absent";
        NullRefused "null-duration-refused" "fade.null-is-absent", EVERY, "an expirationDuration that is null is refused";
        AbsentRefused "absent-duration-refused" "fade.default-exists", EVERY, "a body without expirationDuration is refused";
        PlainNumberText "plain-number-text" r::DURATION_UNREADABLE, EVERY, "a text of digits is taken for seconds";
        HumanText "human-text" r::DURATION_UNREADABLE, EVERY, "texts such as `1h` and `60 minutes` are accepted";
        WithoutT "without-t" r::DURATION_UNREADABLE, EVERY, "the `T` before a time may be left out";
        WithoutP "without-p" r::DURATION_UNREADABLE, EVERY, "the `P` may be left out";
        AnyOrder "any-order" r::DURATION_UNREADABLE, EVERY, "the components may stand in any order";
        Repeated "repeated" r::DURATION_UNREADABLE, EVERY, "a component may stand twice, and both count";
        TextAfterIgnored "text-after-ignored" r::DURATION_UNREADABLE, EVERY, "text after a duration is ignored";
        TextBeforeIgnored "text-before-ignored" r::DURATION_UNREADABLE, EVERY, "text before a duration is ignored";
        MinutesAsMonths "minutes-as-months" "body.duration-grammar", EVERY, "minutes are taken for months";
        HoursOnly "hours-only" "fade.duration-value", EVERY, "of hours and minutes, only the hours count";
        MinutesOnly "minutes-only" "fade.duration-value", EVERY, "of hours and minutes, only the minutes count";
        SecondsDropped "seconds-dropped" "body.duration-grammar", EVERY, "seconds do not count, so that `PT3600S` is nothing";
        FractionRefused "fraction-refused" "body.duration-grammar", EVERY, "a fraction of a second is refused";
        DaysRefused "days-refused" "body.duration-grammar", EVERY, "a duration with days is refused, `P0DT1H` too";
        ZeroComponentRefused "zero-component-refused" "body.duration-grammar", EVERY, "a component that is zero is refused, as in `PT1H0M0S`";
        OverflowingMinutesRefused "overflowing-minutes-refused" "body.duration-grammar", EVERY, "more than 59 minutes are refused, as in `PT60M`";
        OverflowingSecondsRefused "overflowing-seconds-refused" "body.duration-grammar", EVERY, "more than 59 seconds are refused, as in `PT3600S`";
        LeadingZeroRefused "leading-zero-refused" "body.duration-grammar", EVERY, "a number with a leading zero is refused, as in `PT01H`";
        LowerCaseAccepted "lower-case-accepted" r::DURATION_SLOPPY, EVERY, "a duration in lower case is accepted";
        BlanksTrimmed "blanks-trimmed" r::DURATION_SLOPPY, EVERY, "blanks around a duration are accepted";
        BlanksInsideAccepted "blanks-inside-accepted" r::DURATION_SLOPPY, EVERY, "blanks inside a duration are accepted";
        EmptyComponentAccepted "empty-component-accepted" r::DURATION_SLOPPY, EVERY, "`PT` is accepted, and stands for the default";
        SignDropped "sign-dropped" r::DURATION_POSITIVE, EVERY, "a negative duration counts as its positive";
        ZeroAccepted "zero-accepted" r::DURATION_POSITIVE, EVERY, "a duration of zero is accepted, and stands for the default";
        RangeUnchecked "range-unchecked" r::DURATION_RANGE, V1, "any positive duration is accepted";
        MinimumUnchecked "minimum-unchecked" r::DURATION_RANGE, V1, "a duration of less than 5 minutes is accepted";
        MaximumUnchecked "maximum-unchecked" r::DURATION_RANGE, V1, "a duration of more than 240 minutes is accepted";
        MinimumExclusive "minimum-exclusive" "body.duration-range-ends", EVERY, "exactly 5 minutes are refused";
        MaximumExclusive "maximum-exclusive" "body.duration-range-ends", EVERY, "exactly 240 minutes are refused";
        MinimumTen "minimum-ten-minutes" "body.duration-range-ends", EVERY, "less than 10 minutes are refused";
        MaximumHour "maximum-one-hour" "body.duration-range-ends", EVERY, "more than an hour is refused";
        MaximumDay "maximum-one-day" r::DURATION_RANGE, V1, "up to a day is accepted";
        MinimumRounded "minimum-rounded" r::DURATION_RANGE, V1, "a duration is rounded to minutes before the range is checked, so that 4 min 30 s will do";
        MaximumTruncated "maximum-truncated" r::DURATION_RANGE, V1, "a duration is cut to hours before the range is checked, so that 4 h 59 min will do";
        FractionTruncated "fraction-truncated" r::DURATION_RANGE, V1, "the fraction is cut off before the range is checked, so that 14400.5 s will do";
        RangeClamped "range-clamped" r::DURATION_RANGE, V1, "a duration outside of the range is moved to its nearest end";
        HugeWraps "huge-wraps" r::DURATION_RANGE, V1, "seconds are counted in 32 bits and wrap";
        DaysDropped "days-dropped" r::DURATION_RANGE, V1, "days do not count, so that `P1DT1H` is an hour";
        CalendarUnitsDropped "calendar-units-dropped" r::DURATION_CALENDAR, V1, "years, months and weeks do not count, so that `P1MT1H` is an hour";
        MonthsAsMinutes "months-as-minutes" r::DURATION_CALENDAR, V1, "months are taken for minutes, so that `P60M` is an hour";
        CommaAccepted "comma-accepted" r::DURATION_ISO, V1, "a decimal comma is accepted";
        AnyFractionAccepted "any-fraction-accepted" r::DURATION_ISO, V1, "hours and minutes with a fraction are accepted";
        ZeroCalendarUnitsAccepted "zero-calendar-units-accepted" r::DURATION_ISO, V1, "years, months and weeks that are zero are accepted";
        AlternativeFormatAccepted "alternative-format-accepted" r::DURATION_ISO, V1, "`P0000-00-00T01:00:00` is accepted";
    }
    "combinations" {
        AvailabilityAlone "availability-alone" r::PAIR_UNSUPPORTED, EVERY, "only the availability is checked, any activity will do";
        ActivityAlone "activity-alone" r::PAIR_UNSUPPORTED, EVERY, "only the activity is checked, any availability will do";
        PairsCrossed "pairs-crossed" r::PAIR_UNSUPPORTED, EVERY, "availability and activity are each checked, but not together";
        AnyPair "any-pair" r::PAIR_UNSUPPORTED, EVERY, "every pair of documented names is accepted";
        UnknownNames "unknown-names" r::PAIR_UNSUPPORTED, EVERY, "names that are not documented are accepted as PresenceUnknown";
        ValuesTrimmed "values-trimmed" r::PAIR_PADDED, EVERY, "blanks around availability and activity are ignored";
        InACallRefused "in-a-call-refused" "combinations.busy-in-a-call", EVERY, "Busy/InACall is refused";
        InAConferenceCallRefused "in-a-conference-call-refused" "combinations.busy-in-a-conference-call", EVERY, "Busy/InAConferenceCall is refused";
        AwayRefused "away-refused" "combinations.away", EVERY, "Away/Away is refused";
        PresentingRefused "presenting-refused" "combinations.do-not-disturb-presenting", V1, "DoNotDisturb/Presenting is refused";
        PresentingAccepted "presenting-accepted" "combinations.do-not-disturb-unsupported", BETA, "DoNotDisturb/Presenting is accepted";
        DoNotDisturbAccepted "do-not-disturb-accepted" "combinations.read-only-values", EVERY, "DoNotDisturb/DoNotDisturb is accepted";
        BusyBusyAccepted "busy-busy-accepted" "combinations.read-only-values", EVERY, "Busy/Busy is accepted";
        InAMeetingAccepted "in-a-meeting-accepted" "combinations.read-only-values", EVERY, "Busy/InAMeeting is accepted";
        OfflineAccepted "offline-accepted" "combinations.read-only-values", EVERY, "Offline/Offline is accepted";
        OffWorkAccepted "off-work-accepted" "combinations.read-only-values", EVERY, "Offline/OffWork is accepted";
        BeRightBackAccepted "be-right-back-accepted" "combinations.read-only-values", EVERY, "BeRightBack/BeRightBack is accepted";
        InactiveAccepted "inactive-accepted" "combinations.read-only-values", EVERY, "Available/AvailableInactive, which only a fade shows, is accepted";
        PresenceUnknownAccepted "presence-unknown-accepted" "combinations.read-only-values", EVERY, "PresenceUnknown/PresenceUnknown is accepted";
        IdleAccepted "idle-accepted" "combinations.read-only-values", EVERY, "AvailableIdle and BusyIdle are accepted";
        ConferenceCallShownAsCall "conference-call-shown-as-call" "combinations.busy-in-a-conference-call", EVERY, "Busy/InAConferenceCall is kept as Busy/InACall";
        ActivityNotKept "activity-not-kept" "combinations.busy-in-a-call", EVERY, "only the availability is kept, and shown as the activity";
    }
    "fade" {
        NeverFades "never-fades" "fade.first-timeout", EVERY, "an Available session never fades";
        FadesOnce "fades-once" "fade.second-timeout", EVERY, "an Available session stays AvailableInactive";
        SkipsInactive "skips-inactive" "fade.first-timeout", EVERY, "an Available session is Away after the first timeout";
        FirstTimeoutEarly "first-timeout-early" "fade.first-timeout", EVERY, "the first timeout is after 2 minutes";
        FirstTimeoutLate "first-timeout-late" "fade.first-timeout", EVERY, "the first timeout is after 9 minutes";
        SecondTimeoutLate "second-timeout-late" "fade.second-timeout", EVERY, "the second timeout is after 15 minutes";
        SecondTimeoutEarly "second-timeout-early" "fade.second-timeout", EVERY, "the second timeout is after 6 minutes";
        TimeoutsInSeconds "timeouts-in-seconds" "fade.first-timeout", EVERY, "the timeouts are 5 and 10 seconds";
        TimeoutsLate "timeouts-20-seconds-late" "fade.first-timeout", EVERY, "both timeouts come 20 seconds late";
        TimeoutsEarly "timeouts-20-seconds-early" "fade.first-timeout", EVERY, "both timeouts come 20 seconds early";
        FadesByShareOfExpiry "fades-by-share-of-expiry" "fade.first-timeout", EVERY, "the timeouts are a third and two thirds of the expirationDuration";
        BusyFades "busy-fades" "fade.only-available", EVERY, "a Busy session fades to Away too";
        BusyFadesToInactive "busy-fades-to-inactive" "fade.only-available", EVERY, "a Busy session shows Inactive after the first timeout";
        AwayFades "away-fades" "fade.only-available", EVERY, "an Away session fades to Offline";
        DoNotDisturbFades "do-not-disturb-fades" "fade.only-available", V1, "a DoNotDisturb session fades to Away too";
        FadeFromFirstCall "fade-from-first-call" "fade.counts-from-last-call", EVERY, "the fade is counted from the first call, not the last";
        ReadRestartsFade "read-restarts-fade" "fade.reads-renew-nothing", EVERY, "a read keeps the session alive";
        FadeNeedsARead "fade-needs-a-read" "fade.second-timeout", EVERY, "the second timeout is counted from the read that first showed the fade";
        FadesToOffline "fades-to-offline" "fade.second-timeout", EVERY, "the second timeout shows Offline";
        FadesToBeRightBack "fades-to-be-right-back" "fade.second-timeout", EVERY, "the second timeout shows BeRightBack";
        AwayKeepsInactive "away-keeps-inactive" "fade.second-timeout", EVERY, "the second timeout shows Away/AvailableInactive";
        AvailabilityFadesFirst "availability-fades-first" "fade.first-timeout", EVERY, "the first timeout shows Away/AvailableInactive";
        InactiveMisnamed "inactive-misnamed" "fade.first-timeout", EVERY, "the first timeout shows Available/Inactive";
        IdleMisnamed "idle-misnamed" "fade.first-timeout", EVERY, "the first timeout shows AvailableIdle";
        FadeComesBack "fade-comes-back" "fade.second-timeout", EVERY, "after 15 minutes a faded session is Available again";
        OthersRestartFade "others-restart-fade" "fade.other-applications-renew-nothing", EVERY, "any application's call restarts the fade of all sessions";
        OldTimerFires "old-timer-fires" "fade.keep-alive", EVERY, "a call does not stop the timers of the calls before it, which fade and end its session";
        TimerSurvivesClear "timer-survives-clear" "precedence.cleared", EVERY, "clearPresence does not stop the session's timers, which fade and end the next one";
        AbsentNeverFades "absent-never-fades" "fade.first-timeout", BETA, "without expirationDuration a session stays as it was set for ever";
    }
    "expiry" {
        NeverExpires "never-expires" "fade.expiration", EVERY, "a session never expires";
        ExpiryShowsAway "expiry-shows-away" "fade.expiration", EVERY, "an expired session shows Away";
        ExpiryShowsUnknown "expiry-shows-unknown" "fade.expiration", EVERY, "an expired session shows PresenceUnknown";
        ExpiryShowsOffWork "expiry-shows-off-work" "fade.expiration", EVERY, "an expired session shows Offline/OffWork";
        ExpiryKeepsActivity "expiry-keeps-activity" "fade.expiration", EVERY, "an expired session shows Offline with its last activity";
        ExpiresAtFirstTimeout "expires-at-first-timeout" "fade.first-timeout", EVERY, "an Available session is gone at the first timeout";
        ExpiresAtSecondTimeout "expires-at-second-timeout" "fade.second-timeout", EVERY, "an Available session is gone at the second timeout";
        ExpiryWaitsForFade "expiry-waits-for-fade" "fade.expiration-wins", EVERY, "a session does not expire before its second timeout";
        ExpiryFromFirstCall "expiry-from-first-call" "fade.expiration-moved", EVERY, "the expiry is counted from the first call";
        ExpiryOfFirstCall "expiry-of-first-call" "fade.expiration-moved", EVERY, "the expirationDuration of the first call holds for later calls too";
        ExpiryNotLengthened "expiry-not-lengthened" "fade.expiration-moved", EVERY, "a later call cannot move the expiry back";
        ExpiryNotShortened "expiry-not-shortened" "fade.expiration-moved", EVERY, "a later call cannot move the expiry forward";
        ExpiryAdded "expiry-added" "fade.expiration-moved", EVERY, "a later call adds its expirationDuration to what is left";
        ExpiryMovedByRead "expiry-moved-by-read" "fade.reads-renew-nothing", EVERY, "a read renews the expiry";
        ExpiryAlwaysFiveMinutes "expiry-always-five-minutes" "fade.duration-value", EVERY, "every session expires after 5 minutes";
        ExpiryAlwaysAnHour "expiry-always-an-hour" "fade.duration-value", EVERY, "every session expires after an hour";
        ExpiryInMilliseconds "expiry-in-milliseconds" "fade.exists-until-expiration", EVERY, "seconds are counted as milliseconds";
        ExpiryLate "expiry-20-seconds-late" "fade.expiration", EVERY, "a session expires 20 seconds late";
        ExpiryEarly "expiry-20-seconds-early" "fade.exists-until-expiration", EVERY, "a session expires 20 seconds early";
        ExpirySwept "expiry-swept" "fade.expiration", EVERY, "expired sessions are swept away every 25 seconds, and show until then";
        ExpiryRoundedToMinutes "expiry-rounded-to-minutes" "fade.expiration", EVERY, "an expirationDuration is rounded to the nearest minute";
        BusyNeverExpires "busy-never-expires" "fade.expiration", EVERY, "a Busy session never expires";
        AwayNeverExpires "away-never-expires" "fade.expiration", EVERY, "an Away session never expires";
        AwayExpiresEarly "away-expires-early" "fade.only-available", EVERY, "an Away session is gone after 5 minutes";
        ExpiryTakesAll "expiry-takes-all" "precedence.next-after-expiry", EVERY, "with one session, all others of the user expire";
        ExpiredStaysGone "expired-stays-gone" "fade.new-session", EVERY, "a session that has expired cannot be set again";
        ExpiryNeedsARead "expiry-needs-a-read" "fade.expiration", EVERY, "the first read after the expiry still shows the session";
        AbsentIsAnHour "absent-is-an-hour" "fade.default-expiration", V1, "without expirationDuration a session lasts an hour";
        AbsentIsForever "absent-is-forever" "fade.default-expiration", V1, "without expirationDuration a session never expires";
        AbsentIsGone "absent-is-gone" "fade.default-exists", EVERY, "without expirationDuration a session expires at once";
        AbsentKeepsExpiry "absent-keeps-expiry" "fade.default-expiration", V1, "without expirationDuration a call leaves the expiry where it was";
    }
    "keep-alive" {
        SamePairNotRenewed "same-pair-not-renewed" "fade.keep-alive", EVERY, "a call with the pair that is already set changes nothing";
        RepeatedCallIgnored "repeated-call-ignored" "fade.counts-from-last-call", EVERY, "a call that repeats the one before within a minute is answered and changes nothing";
        SamePairKeepsFade "same-pair-keeps-fade" "fade.keep-alive", EVERY, "a call with the pair that is already set renews the expiry, but not the fade";
        FadedStaysInactive "faded-stays-inactive" "fade.renewed-after-fade", EVERY, "a call after the first timeout leaves the session AvailableInactive";
        FadedStaysAway "faded-stays-away" "fade.renewed-after-fade", EVERY, "a call after the second timeout leaves the session Away";
        FadeOnlyRestarts "fade-only-restarts" "fade.renewed-after-fade", EVERY, "a call after the second timeout takes the session back by one stage only";
        ActivityNotReplaced "activity-not-replaced" "fade.state-replaced", EVERY, "a call with the same availability leaves the activity as it was";
        AvailabilityNotReplaced "availability-not-replaced" "fade.state-replaced", EVERY, "a later call never changes a session's pair";
        BusyNotReplaced "busy-not-replaced" "fade.state-replaced", EVERY, "a Busy session cannot be set to anything lower";
    }
    "precedence" {
        LastCallWins "last-call-wins" "precedence.highest-wins", EVERY, "the session that was set last is shown";
        FirstCallWins "first-call-wins" "precedence.highest-wins", EVERY, "the session that was set first is shown";
        LowestWins "lowest-wins" "precedence.highest-wins", EVERY, "the session that ranks lowest is shown";
        AvailableAboveBusy "available-above-busy" "precedence.highest-wins", EVERY, "Available ranks above Busy";
        AwayAboveAvailable "away-above-available" "precedence.highest-wins", EVERY, "Away ranks above Available";
        AwayAboveBusy "away-above-busy" "precedence.highest-wins", EVERY, "Away ranks above all else";
        BusyAboveDoNotDisturb "busy-above-do-not-disturb" "precedence.highest-wins", V1, "Busy ranks above DoNotDisturb";
        DoNotDisturbUnranked "do-not-disturb-unranked" "precedence.highest-wins", V1, "DoNotDisturb ranks below all else";
        InactiveBelowAway "inactive-below-away" "precedence.current-state", EVERY, "AvailableInactive ranks below Away";
        RankedBySetPair "ranked-by-set-pair" "precedence.next-after-fade", EVERY, "sessions are ranked by what was set, not by what they have faded to";
        HighestEverWins "highest-ever-wins" "precedence.next-after-expiry", EVERY, "the highest presence is shown until the last session is gone";
        OneSessionPerUser "one-session-per-user" "precedence.one-session-per-application", EVERY, "a user has one session, which all applications share";
        ThirdSessionIgnored "third-session-ignored" "precedence.highest-wins", EVERY, "only the first two sessions of a user count";
        EqualsHidden "equals-hidden" "precedence.highest-wins", EVERY, "of several sessions that rank highest none is shown, and the user is Offline";
        MixedActivity "mixed-activity" "precedence.highest-wins", EVERY, "the availability is that of the highest session, the activity that of the last call";
        ExpiredStillRanks "expired-still-ranks" "precedence.next-after-expiry", EVERY, "an expired session hides the others, and Offline is shown";
        ClearIgnored "clear-ignored" "precedence.cleared", EVERY, "clearPresence does nothing";
        ClearTakesAll "clear-takes-all" "precedence.cleared", EVERY, "clearPresence ends every session of the user";
        ClearSetsAway "clear-sets-away" "precedence.cleared", EVERY, "clearPresence sets the session to Away";
        ClearOfOthers "clear-of-others" "precedence.clear-anothers", EVERY, "clearPresence ends any application's session";
        ClearOfNothing "clear-of-nothing" "precedence.clear-absent", EVERY, "clearPresence of a session that does not exist answers 200";
        ClearOfExpired "clear-of-expired-is-200" "precedence.clear-absent", EVERY, "clearPresence of a session that has expired answers 200";
        ClearOwnWhateverNamed "clear-own-whatever-named" "precedence.clear-anothers", EVERY, "clearPresence ends the caller's own session, whatever sessionId it names";
        NoSessionUnknown "no-session-unknown" "precedence.no-session-offline", EVERY, "a user without a session shows PresenceUnknown";
        NoSessionAway "no-session-away" "precedence.no-session-offline", EVERY, "a user without a session shows Away";
        NoSessionNotFound "no-session-not-found" r::READ_MEMBERS, EVERY, "the presence of a user without a session is 404";
    }
    "preferred" {
        PreferredIgnored "preferred-ignored" "precedence.user-configured-wins", EVERY, "the preferred presence is never shown";
        PreferredAlone "preferred-alone" "precedence.preferred-without-session", EVERY, "the preferred presence is shown without a session, too";
        PreferredNeverExpires "preferred-never-expires" "precedence.preferred-expires", EVERY, "the preferred presence never expires";
        PreferredLosesToBusy "preferred-loses-to-busy" "precedence.user-configured-wins", EVERY, "the preferred presence is one among the sessions, and ranked with them";
        PreferredOnlyAvailability "preferred-only-availability" "precedence.user-configured-wins", EVERY, "the preferred availability is shown with a session's activity";
        PreferredRestartsFade "preferred-restarts-fade" "fade.goes-on-beneath-preferred", EVERY, "setting a preferred presence restarts the fade";
        PreferredStopsFade "preferred-stops-fade" "fade.goes-on-beneath-preferred", EVERY, "the time with a preferred presence does not count towards the fade";
        PreferredEndsSessions "preferred-ends-sessions" "fade.goes-on-beneath-preferred", EVERY, "setting a preferred presence ends all sessions";
        PreferredFades "preferred-fades" "precedence.user-configured-wins", EVERY, "a preferred Available fades";
        SetEndsPreferred "set-ends-preferred" "precedence.user-configured-wins", EVERY, "the next setPresence ends the preferred presence";
        ClearPreferredIgnored "clear-preferred-ignored" "precedence.preferred-cleared", EVERY, "clearUserPreferredPresence does nothing";
        ClearPreferredEndsSessions "clear-preferred-ends-sessions" "fade.goes-on-beneath-preferred", EVERY, "clearUserPreferredPresence ends the sessions too";
        ClearEndsPreferred "clear-ends-preferred" "precedence.cleared", EVERY, "clearPresence ends the preferred presence too";
        PreferredDefaultHour "preferred-default-hour" "precedence.preferred-default-day", EVERY, "without a duration the preferred presence lasts an hour";
        PreferredDefaultDay "preferred-default-day-for-all" "precedence.preferred-default-week", EVERY, "without a duration every preferred presence lasts a day";
        PreferredDefaultWeek "preferred-default-week-for-all" "precedence.preferred-default-day", EVERY, "without a duration every preferred presence lasts a week";
        PreferredNotReplaced "preferred-not-replaced" "precedence.preferred-replaced", EVERY, "while one preferred presence holds, a second is ignored";
        PreferredPairsOfSet "preferred-pairs-of-set" "precedence.preferred-pairs", EVERY, "what may be preferred is what may be set";
        PreferredDurationIgnored "preferred-duration-ignored" "precedence.preferred-expires", EVERY, "the duration of a preferred presence does not count";
        PreferredRangeChecked "preferred-range-checked" "precedence.preferred-any-duration", EVERY, "a preferred presence may last no longer than a session may, four hours";
        PreferredForAll "preferred-for-all" "precedence.preferred-of-one-user", EVERY, "one user's preferred presence is everyone's";
        PreferredRefusesSet "preferred-refuses-set" "precedence.user-configured-wins", EVERY, "setPresence is refused while a preferred presence holds";
    }
    "isolation" {
        UsersShareState "users-share-state" "precedence.users-isolated", EVERY, "all users share one state";
        OneUserPerApplication "one-user-per-application" "precedence.users-isolated", EVERY, "an application has one session, which moves to the user of its last call";
        ClearForAllUsers "clear-for-all-users" "precedence.cleared", EVERY, "clearPresence ends the application's sessions of all users";
        ReadShowsLastUser "read-shows-last-user" "precedence.users-isolated", EVERY, "a read shows the user whose presence was set last";
        IdOfAnother "id-of-another" r::READ_MEMBERS, EVERY, "a read carries another user's id";
        IdMissing "id-missing" r::READ_MEMBERS, EVERY, "a read carries no id";
        ReadIsNonAuthoritative "read-is-203" r::READ_MEMBERS, EVERY, "a read is answered with 203";
        LaterUsersShareState "later-users-share-state" "precedence.users-isolated", EVERY, "the second and every later user are taken for one";
    }
    "unchanged" {
        StoresBeforeDuration "stores-before-duration" "http.refusal-changes-nothing", EVERY, "the pair is stored before the expirationDuration is checked";
        StoresBeforePair "stores-before-pair" "http.refusal-changes-nothing", EVERY, "an unsupported pair is refused, but stored";
        StoresAvailability "stores-availability" "http.refusal-changes-nothing", EVERY, "a good availability is stored before the activity is checked";
        StoresBeforeSession "stores-before-session" r::SESSION_ID_OWN, EVERY, "another application's session is set before the call is refused";
        StoresBeforeRole "stores-before-role" "http.refusal-changes-nothing", EVERY, "the presence is stored before the permission is checked";
        StoresBeforeToken "stores-before-token" "http.refusal-changes-nothing", EVERY, "the presence is stored before the token's times are checked";
        StoresBeforeContentType "stores-before-content-type" r::CONTENT_TYPE, EVERY, "the presence is stored before the content type is checked";
        RefusedRenews "refused-renews" "fade.refused-call-renews-nothing", EVERY, "a refused call renews the session's expiry and fade";
        RefusedEndsSession "refused-ends-session" "http.refusal-changes-nothing", EVERY, "a refused call ends the session";
        RefusedDurationApplied "refused-duration-applied" "fade.refused-call-renews-nothing", EVERY, "the expirationDuration of a refused pair is applied";
        RefusalIsSuccess "refusal-is-200" r::PAIR_UNSUPPORTED, EVERY, "a bad body is answered with 200 and an error in the body";
        RefusalIsUnprocessable "refusal-is-422" "http.bad-request-status", EVERY, "a bad body is answered with 422 instead of 400";
        RefusalIsNotFound "refusal-is-404" "http.bad-request-status", EVERY, "an unsupported pair is answered with 404";
    }
    "errors" {
        ErrorIsPlainText "error-is-plain-text" r::ERROR_ENVELOPE, EVERY, "an error is plain text";
        ErrorIsHtml "error-is-html" r::ERROR_ENVELOPE, EVERY, "an error is an HTML page";
        ErrorIsEmpty "error-is-empty" r::ERROR_ENVELOPE, EVERY, "an error has no body";
        ErrorIsString "error-is-string" r::ERROR_ENVELOPE, EVERY, "`error` is a string";
        ErrorIsProblem "error-is-problem" r::ERROR_ENVELOPE, EVERY, "an error is a problem document (RFC 9457)";
        ErrorUnwrapped "error-unwrapped" r::ERROR_ENVELOPE, EVERY, "code and message stand outside of `error`";
        ErrorCodeMissing "error-code-missing" r::ERROR_ENVELOPE, EVERY, "an error has no code";
        ErrorCodeEmpty "error-code-empty" r::ERROR_ENVELOPE, EVERY, "an error's code is empty";
        ErrorCodeNumber "error-code-number" r::ERROR_ENVELOPE, EVERY, "an error's code is a number";
        ErrorMessageMissing "error-message-missing" r::ERROR_ENVELOPE, EVERY, "an error has no message";
        ErrorMessageEmpty "error-message-empty" r::ERROR_ENVELOPE, EVERY, "an error's message is empty";
        ErrorMessageObject "error-message-object" r::ERROR_ENVELOPE, EVERY, "an error's message is an object with a language";
        UnauthorizedIsBare "unauthorized-is-bare" r::ERROR_ENVELOPE, EVERY, "only a 401 has no error body";
        FrameErrorsAreHtml "frame-errors-are-html" r::ERROR_ENVELOPE, EVERY, "404, 405 and 415 are the framework's own HTML pages";
    }
    "concurrency" {
        LostUpdate "lost-update" "precedence.applications-isolated", EVERY, "two calls at once may lose one: state is read, then written back whole";
        EverySeventhLost "every-seventh-lost" r::APPLICATION_ROLE, EVERY, "every seventh accepted call is not applied";
        ReadsCachedUntilCall "reads-cached-until-call" "fade.first-timeout", EVERY, "a read is repeated from a cache until the next call";
        ReadsCachedThrice "reads-cached-thrice" "precedence.highest-wins", EVERY, "a read is repeated three times from a cache, whatever happens";
        ReadsCachedForSeconds "reads-cached-for-30-seconds" "precedence.highest-wins", EVERY, "a read is repeated from a cache for 30 seconds, whatever happens";
        WrittenAtNextCall "written-at-next-call" r::APPLICATION_ROLE, EVERY, "a call is applied only when the next one arrives";
    }
}
