//! Whether another profile permits what this one does not.

use super::{Context, Divergence};
use crate::plan::Plan;

/// The names of the other profiles under which every divergence is permitted.
pub(super) fn explaining(_plan: &Plan, _context: &Context, _divergences: &[Divergence]) -> Vec<String> {
    Vec::new()
}
