//! The reference model: what a conforming target may answer, as a set.

mod rules;
mod ruling;
mod session;
#[cfg(test)]
mod tests;
mod worlds;

pub use rules::{PREFERRED_PAIRS, Timeouts, preferred_default, rank};
pub(crate) use ruling::UNUSABLE;
pub use ruling::{Effect, Reason, Ruling, SetCall, rule_set};
pub use session::{Expiry, Permitted, Slack};
pub use worlds::{Model, Seen, Standing};

/// An id as it is compared: letter case does not tell two GUIDs apart, but may tell two other ids apart.
pub(crate) fn canonical(id: &str) -> String {
    if is_guid(id) { id.to_ascii_lowercase() } else { id.to_owned() }
}

/// Whether an id has the form of a GUID.
pub(crate) fn is_guid(id: &str) -> bool {
    id.len() == 36
        && id.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
