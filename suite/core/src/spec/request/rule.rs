//! The reasons to refuse a request, with what the refusal table says of each.

use crate::spec::requirement;

/// One reason to refuse a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// No Content-Type.
    ContentTypeAbsent,
    /// A Content-Type that is not JSON.
    ContentTypeForeign,
    /// A Content-Type that may be taken for JSON: `+json`, `text/json`, another charset, odd parameters.
    ContentTypeUncommon,
    /// Several Content-Types, one of them JSON.
    ContentTypeSeveral,
    /// A Content-Encoding.
    ContentEncoded,
    /// More bytes than any request needs.
    TooLarge,
    /// No body, or white space alone.
    Empty,
    /// Not UTF-8.
    NotUtf8,
    /// A UTF-8 byte order mark.
    ByteOrderMark,
    /// Not JSON.
    NotJson,
    /// JSON, but not an object.
    NotObject,
    /// Deeper nesting than any request needs.
    Nesting,
    /// Half of a surrogate pair among the escapes of a documented member.
    LoneSurrogate,
    /// A documented member more than once.
    Duplicate,
    /// An undocumented member.
    UnknownMember,
    /// A documented member in another letter case.
    MemberCase,
    /// The sessionId is absent or null.
    SessionIdMissing,
    /// The sessionId is not a string.
    SessionIdType,
    /// The sessionId is empty or padded.
    SessionIdBlank,
    /// The availability is absent or null.
    AvailabilityMissing,
    /// The availability is not a string.
    AvailabilityType,
    /// The activity is absent or null.
    ActivityMissing,
    /// The activity is not a string.
    ActivityType,
    /// The pair is not one of the profile's.
    PairUnsupported,
    /// The pair is one of the profile's but for letter case.
    PairCase,
    /// The pair is one of the profile's but for leading or trailing blanks.
    PairPadded,
    /// The expirationDuration is not a string.
    DurationType,
    /// The expirationDuration is not a duration.
    DurationUnreadable,
    /// Lower case, blanks, or an empty component.
    DurationSloppy,
    /// A spelling that only ISO 8601 has.
    DurationIso,
    /// Weeks, months or years with a value.
    DurationCalendar,
    /// A plus sign.
    DurationPlus,
    /// `H:MM:SS`.
    DurationClock,
    /// Zero or negative.
    DurationPositive,
    /// Positive, but out of the profile's range.
    DurationRange,
}

impl Rule {
    /// The id of the requirement that stands behind the rule; see [`requirement`].
    #[must_use]
    pub const fn requirement(self) -> &'static str {
        match self {
            Self::ContentTypeAbsent
            | Self::ContentTypeForeign
            | Self::ContentTypeUncommon
            | Self::ContentTypeSeveral
            | Self::ContentEncoded => requirement::CONTENT_TYPE,
            Self::TooLarge => requirement::TOO_LARGE,
            // RFC 8259 has lone surrogates in its grammar and calls what readers do with them unpredictable.
            Self::Empty | Self::NotJson | Self::LoneSurrogate => requirement::BODY_JSON,
            Self::NotUtf8 => requirement::BODY_UTF8,
            Self::ByteOrderMark => requirement::BODY_BYTE_ORDER_MARK,
            Self::NotObject => requirement::BODY_OBJECT,
            Self::Nesting => requirement::BODY_NESTING,
            Self::Duplicate => requirement::BODY_DUPLICATE,
            Self::UnknownMember => requirement::BODY_UNKNOWN,
            Self::MemberCase => requirement::BODY_MEMBER_CASE,
            Self::SessionIdMissing => requirement::SESSION_ID_REQUIRED,
            Self::SessionIdType => requirement::SESSION_ID_TYPE,
            Self::SessionIdBlank => requirement::SESSION_ID_BLANK,
            Self::AvailabilityMissing => requirement::AVAILABILITY_REQUIRED,
            Self::AvailabilityType => requirement::AVAILABILITY_TYPE,
            Self::ActivityMissing => requirement::ACTIVITY_REQUIRED,
            Self::ActivityType => requirement::ACTIVITY_TYPE,
            Self::PairUnsupported => requirement::PAIR_UNSUPPORTED,
            Self::PairCase => requirement::PAIR_CASE,
            Self::PairPadded => requirement::PAIR_PADDED,
            Self::DurationType => requirement::DURATION_TYPE,
            Self::DurationUnreadable => requirement::DURATION_UNREADABLE,
            Self::DurationSloppy => requirement::DURATION_SLOPPY,
            Self::DurationIso => requirement::DURATION_ISO,
            Self::DurationCalendar => requirement::DURATION_CALENDAR,
            Self::DurationPlus => requirement::DURATION_PLUS,
            Self::DurationClock => requirement::DURATION_CLOCK,
            Self::DurationPositive => requirement::DURATION_POSITIVE,
            Self::DurationRange => requirement::DURATION_RANGE,
        }
    }

    /// The statuses with which a request refused for this reason should be answered.
    #[must_use]
    pub const fn statuses(self) -> &'static [u16] {
        match self {
            Self::ContentTypeAbsent
            | Self::ContentTypeForeign
            | Self::ContentTypeUncommon
            | Self::ContentTypeSeveral
            | Self::ContentEncoded => &[415, 400],
            Self::TooLarge => &[413, 400],
            Self::SessionIdBlank => &[400, 403],
            _ => &[400],
        }
    }
}
