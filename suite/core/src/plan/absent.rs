//! Cases that a first look at the target makes needless: what they need is not there.

use std::collections::BTreeMap;

use super::{Plan, Planned, Skipped};
use crate::spec::Operation;

impl Planned {
    /// The same, left out where it needs an operation that is absent; each has the words that say so.
    ///
    /// Without this, each such case would only tell once more that the operation is not there.
    #[must_use]
    pub fn unless_absent(self, absent: &BTreeMap<Operation, String>) -> Self {
        let Self::Run(plan) = self else { return self };
        let needed = plan.actions.iter().find_map(|action| absent.get(&action.operation));
        match needed {
            Some(reason) => Self::Skipped(skipped(plan, reason.clone())),
            None => Self::Run(plan),
        }
    }
}

fn skipped(plan: Plan, reason: String) -> Skipped {
    let lasts = plan.lasts();
    let Plan { id, family, file, title, about, level, requirements, .. } = plan;
    Skipped { id, family, file, title, about, level, requirements, lasts, reason }
}
