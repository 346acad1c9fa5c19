//! Whether one person stands for two of the named users: a run would use them twice at once, and see what it did itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use setpresence_core::event::Answer;
use setpresence_core::spec::Operation;

use super::{Probe, Prober, Reach};

impl Prober<'_> {
    /// Compares the object ids that the reads of all users showed, and of those that only a credential belongs to.
    pub(super) async fn named_twice(&self, probe: &mut Probe, mut ids: BTreeMap<String, String>) {
        let settings = self.target.settings();
        let Some(read) = self.abilities.operations.get(&Operation::GetPresence).filter(|_| !ids.is_empty()) else {
            return;
        };
        let owners: BTreeSet<&String> = settings.credentials.values().filter_map(|given| given.user.as_ref()).collect();
        for owner in owners.into_iter().filter(|owner| !settings.users.contains(owner)) {
            let seen = self.send_to(owner, read, "reader", None, None).await;
            ids.extend(seen.ok().as_ref().and_then(id_in).map(|id| (owner.clone(), id)));
        }
        let Some((one, other)) = same(&ids) else { return };
        probe.reach = Reach::NamedTwice;
        probe.sentence = format!(
            "{one} and {other} are one user there (their reads show the same id), and cases would disturb each other; \
             name each user once in `users`, and the `user` of a credential as it stands there"
        );
    }
}

/// The object id in the answer to a read.
pub(super) fn id_in(answer: &Answer) -> Option<String> {
    let body: Value = serde_json::from_str(&answer.body).ok()?;
    body.get("id")?.as_str().filter(|id| answer.status == 200 && !id.is_empty()).map(str::to_ascii_lowercase)
}

/// Two names of one id, where one of them is that id and the other is none: a target that gives the same id to different
/// ids, or to several names, is wrong, and the cases will say so.
fn same(ids: &BTreeMap<String, String>) -> Option<(&str, &str)> {
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, id) in ids {
        names.entry(id).or_default().push(name);
    }
    names.into_iter().find_map(|(id, names)| {
        let [one, other] = names[..] else { return None };
        let is_alias = |name: &str| name.contains('@');
        let is_one = one.eq_ignore_ascii_case(other)
            || one.eq_ignore_ascii_case(id) && is_alias(other)
            || other.eq_ignore_ascii_case(id) && is_alias(one);
        is_one.then_some((one, other))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_and_its_own_id_are_one_user() {
        let rows: [(&[(&str, &str)], bool); 6] = [
            (&[("a@x", "1-1"), ("1-1", "1-1")], true),
            (&[("A@x", "1-1"), ("a@x", "1-1")], true),
            (&[("a@x", "1-1"), ("2-2", "2-2")], false),
            // The target gives everybody one id.
            (&[("1-1", "1-1"), ("2-2", "1-1")], false),
            (&[("a@x", "1-1"), ("b@x", "1-1"), ("1-1", "1-1")], false),
            (&[("a@x", "1-1"), ("b@x", "1-1")], false),
        ];
        for (ids, is_same) in rows {
            let ids = ids.iter().map(|(name, id)| ((*name).to_owned(), (*id).to_owned())).collect();
            assert_eq!(same(&ids).is_some(), is_same, "{ids:?}");
        }
    }
}
