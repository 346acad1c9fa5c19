//! The ways in which a duration's text can leave the grammar.

use std::fmt;

/// One way in which a text leaves the grammar of `Edm.Duration`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deviation {
    /// A `+` before it: the OData ABNF has it, XML Schema does not.
    PlusSign,
    /// Weeks, months or years with a value other than zero.
    CalendarUnits,
    /// Weeks, months or years that are zero, as in `P0Y0M0DT1H`.
    ZeroCalendarUnits,
    /// A comma before the fraction.
    DecimalComma,
    /// A fraction on another component than seconds.
    FractionElsewhere,
    /// ISO 8601's alternative format, `P0000-00-00T01:00:00` or `P00000000T010000`.
    AlternativeFormat,
    /// A designator in lower case.
    LowerCase,
    /// A blank before, after or inside it.
    Blank,
    /// A `P` or a `T` with nothing after it: `P`, `PT`, `P1DT`.
    EmptyComponent,
    /// `H:MM:SS`, which Python prints for a `timedelta`: with or without days before it (`1 day, 0:00:00`)
    /// and a fraction after it. A minus before the days belongs to the days alone, as it does there.
    ClockTime,
    /// Any other text. It stands alone.
    Unreadable,
}

impl Deviation {
    /// Every deviation.
    pub const ALL: [Self; 11] = [
        Self::PlusSign,
        Self::CalendarUnits,
        Self::ZeroCalendarUnits,
        Self::DecimalComma,
        Self::FractionElsewhere,
        Self::AlternativeFormat,
        Self::LowerCase,
        Self::Blank,
        Self::EmptyComponent,
        Self::ClockTime,
        Self::Unreadable,
    ];

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PlusSign => "a plus sign",
            Self::CalendarUnits => "weeks, months or years",
            Self::ZeroCalendarUnits => "weeks, months or years, if zero",
            Self::DecimalComma => "a decimal comma",
            Self::FractionElsewhere => "a fraction on another component than seconds",
            Self::AlternativeFormat => "the alternative format of ISO 8601",
            Self::LowerCase => "lower case",
            Self::Blank => "a blank",
            Self::EmptyComponent => "a `P` or `T` with nothing after it",
            Self::ClockTime => "a clock time",
            Self::Unreadable => "text that is not a duration",
        })
    }
}

/// A set of [`Deviation`]s.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Deviations(u16);

impl Deviations {
    /// Whether the text keeps to the grammar.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it leaves the grammar in this way.
    #[must_use]
    pub const fn contains(self, deviation: Deviation) -> bool {
        self.0 & deviation.bit() != 0
    }

    /// The deviations, in the order of [`Deviation::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Deviation> {
        Deviation::ALL.into_iter().filter(move |deviation| self.contains(*deviation))
    }

    pub(super) const fn insert(&mut self, deviation: Deviation) {
        self.0 |= deviation.bit();
    }
}

impl FromIterator<Deviation> for Deviations {
    fn from_iter<I: IntoIterator<Item = Deviation>>(deviations: I) -> Self {
        let mut set = Self::default();
        deviations.into_iter().for_each(|deviation| set.insert(deviation));
        set
    }
}

impl fmt::Debug for Deviations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
