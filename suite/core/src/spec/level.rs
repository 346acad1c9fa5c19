//! How binding a statement is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How binding a statement of the documentation is; a greater level binds more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing states it: what the target does is recorded and cannot fail.
    May,
    /// General Graph, OData or HTTP documents state it, or it follows for any reasonable service.
    Should,
    /// A source of the profile states it.
    Must,
}

impl Level {
    /// `may`, `should` or `must`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::May => "may",
            Self::Should => "should",
            Self::Must => "must",
        }
    }

    /// The level of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::May, Self::Should, Self::Must].into_iter().find(|level| level.name() == name)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_found_by_the_name_that_it_shows() {
        for (level, name) in [(Level::May, "may"), (Level::Should, "should"), (Level::Must, "must")] {
            assert_eq!(level.to_string(), name);
            assert_eq!(Level::named(name), Some(level));
        }
        assert_eq!(Level::named("Must"), None);
    }
}
