//! The five operations that set, show and arrange a presence.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One of the five operations on a user's presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// The subject of the suite: sets an application's presence session.
    SetPresence,
    /// Reads a user's aggregated presence.
    GetPresence,
    /// Ends an application's presence session.
    ClearPresence,
    /// Sets the presence that the user prefers.
    SetUserPreferredPresence,
    /// Removes the presence that the user prefers.
    ClearUserPreferredPresence,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 5] = [
        Self::SetPresence,
        Self::GetPresence,
        Self::ClearPresence,
        Self::SetUserPreferredPresence,
        Self::ClearUserPreferredPresence,
    ];

    /// The name that fixtures and target files use, such as `set-presence`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SetPresence => "set-presence",
            Self::GetPresence => "get-presence",
            Self::ClearPresence => "clear-presence",
            Self::SetUserPreferredPresence => "set-user-preferred-presence",
            Self::ClearUserPreferredPresence => "clear-user-preferred-presence",
        }
    }

    /// The operation of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }

    /// The documented method.
    #[must_use]
    pub const fn method(self) -> &'static str {
        match self {
            Self::GetPresence => "GET",
            _ => "POST",
        }
    }

    /// The documented path below the base URL, with `${user}` for the user.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::SetPresence => "/users/${user}/presence/setPresence",
            Self::GetPresence => "/users/${user}/presence",
            Self::ClearPresence => "/users/${user}/presence/clearPresence",
            Self::SetUserPreferredPresence => "/users/${user}/presence/setUserPreferredPresence",
            Self::ClearUserPreferredPresence => "/users/${user}/presence/clearUserPreferredPresence",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
