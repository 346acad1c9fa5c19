//! What can go wrong outside of a request. A refused request is an answer, never one of these.

use std::net::SocketAddr;

use thiserror::Error;

/// Why the reference cannot be set up or started.
#[derive(Debug, Error)]
pub enum ReferenceError {
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}; choose another address, or port 0 for any free one")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// A clock that there is not.
    #[error(
        "there is no clock `{text}`; say `wall`, `manual`, or how many times faster than the wall it goes, such as `60`"
    )]
    UnknownClock {
        /// The text as it was written.
        text: String,
    },
    /// A mutant that there is not.
    #[error("there is no mutant `{name}`; `setpresence list mutants` shows them all")]
    UnknownMutant {
        /// The name as it was written.
        name: String,
    },
    /// A variant that there is not.
    #[error("there is no variant `{name}`; `Variant::ALL` has them all")]
    UnknownVariant {
        /// The name as it was written.
        name: String,
    },
}
