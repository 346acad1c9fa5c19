//! What a request presents as its credentials, by meaning: tokens themselves never enter `core`.

use serde::{Deserialize, Serialize};

/// The kind of account behind a delegated token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Account {
    /// A work or school account.
    Work,
    /// A personal Microsoft account.
    Personal,
}

/// Who calls, as far as the token is good.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Caller {
    /// An application in its own name.
    Application {
        /// The application's id.
        id: String,
        /// Whether it holds the role `Presence.ReadWrite.All`.
        role: bool,
    },
    /// An application in the name of a signed-in user.
    Delegated {
        /// The application's id.
        id: String,
        /// The kind of the signed-in user's account.
        account: Account,
        /// Whether the token holds the scope `Presence.ReadWrite`.
        scope: bool,
        /// The signed-in user's id.
        user: String,
    },
}

impl Caller {
    /// The id of the calling application.
    #[must_use]
    pub fn application(&self) -> &str {
        match self {
            Self::Application { id, .. } | Self::Delegated { id, .. } => id,
        }
    }
}

/// Why a token cannot be used at all; each is answered with 401.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unusable {
    /// No Authorization header.
    Absent,
    /// A header without a token, or with one that is not a token of the target.
    Unreadable,
    /// A token after its end.
    Expired,
    /// A token before its beginning.
    NotYetValid,
    /// A token for another service.
    WrongAudience,
    /// A token that its issuer did not sign.
    BadSignature,
    /// Another scheme than Bearer.
    OtherScheme,
    /// More than one Authorization header.
    Several,
}

/// What a request presents.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Presented {
    /// A token that the target can use.
    Good(Caller),
    /// A token that the target can use, under a scheme name in another letter case than `Bearer`.
    GoodInOddCase(Caller),
    /// Nothing that the target can use.
    Unusable(Unusable),
}
