//! Whether the users exist that are named: cases would only say that nothing of theirs can be arranged.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use serde_json::json;
use setpresence_core::spec::Operation;

use super::refused::is_refusal;
use super::twice::id_in;
use super::{Probe, Prober, Reach, Seen, status};

/// How many users are looked at beside the first: a few milliseconds' worth, and more than anybody writes down by hand.
const USERS_MOST: usize = 256;
/// How many of them at once.
const AT_ONCE: usize = 32;
/// How many are named that do not exist.
const NAMED_MOST: usize = 3;

impl Prober<'_> {
    /// Looks at every user beside the first, who was read already.
    pub(super) async fn users(&self, probe: &mut Probe, read: Option<&Seen>) {
        let can_read = read.and_then(status) == Some(200);
        let others = self.target.settings().users.iter().skip(1).take(USERS_MOST);
        let looked = stream::iter(others).map(|user| async move { (user, self.look_at(user, can_read).await) });
        let looked: Vec<(&String, Looked)> = looked.buffered(AT_ONCE).collect().await;
        let unknown: Vec<(&str, &String)> = looked
            .iter()
            .filter_map(|(user, looked)| match looked {
                Looked::Unserved(statuses) => Some((user.as_str(), statuses)),
                Looked::Served(_) => None,
            })
            .collect();
        let Some((_, statuses)) = unknown.first() else {
            let first = read.and_then(|read| id_in(read.as_ref().ok()?)).map(|id| (self.user.clone(), id));
            let ids = looked.into_iter().filter_map(|(user, looked)| match looked {
                Looked::Served(id) => Some((user.clone(), id?)),
                Looked::Unserved(_) => None,
            });
            let ids: BTreeMap<String, String> = first.into_iter().chain(ids).collect();
            return self.named_twice(probe, ids).await;
        };
        let mut names: Vec<&str> = unknown.iter().map(|(user, _)| *user).take(NAMED_MOST).collect();
        let more = format!("{} more", unknown.len().saturating_sub(NAMED_MOST));
        if unknown.len() > NAMED_MOST {
            names.push(&more);
        }
        probe.reach = Reach::UnknownUser;
        probe.sentence = format!(
            "{} of the {} users {} not exist there: {} ({statuses}, but {} is served); correct `users` in the target \
             file, or --user",
            unknown.len(),
            self.target.settings().users.len(),
            if unknown.len() == 1 { "does" } else { "do" },
            names.join(", "),
            self.user
        );
    }

    /// Whether a user is served in any way. Some services know a user only once a presence was set: who cannot be read is
    /// looked at again.
    async fn look_at(&self, user: &str, can_read: bool) -> Looked {
        let operations = &self.abilities.operations;
        let seen = match operations.get(&Operation::GetPresence).filter(|_| can_read) {
            Some(adapter) => Some(self.send_to(user, adapter, "reader", None, None).await),
            None => None,
        };
        let read = seen.as_ref().and_then(status);
        if can_read && !read.is_some_and(is_refusal) {
            return Looked::Served(seen.and_then(|seen| id_in(&seen.ok()?)));
        }
        let set = status(&self.set("app", ("Away", "PT5M"), user, None).await);
        if let Some(set) = set.filter(|set| is_refusal(*set)) {
            let read = read.map(|read| format!("{read} to a read and ")).unwrap_or_default();
            return Looked::Unserved(format!("{read}{set} to a set"));
        }
        if let Some(adapter) = operations.get(&Operation::ClearPresence) {
            let body = json!({ "sessionId": self.session("app") });
            // Best effort: the operation is looked at elsewhere.
            let _ = self.send_to(user, adapter, "app", Some(&body), None).await;
        }
        Looked::Served(None)
    }
}

/// What a look at a user shows.
enum Looked {
    /// The user is served, and a read shows this id.
    Served(Option<String>),
    /// The user is refused, with these statuses.
    Unserved(String),
}
