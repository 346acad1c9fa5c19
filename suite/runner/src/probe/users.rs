//! Whether the users exist that are named: cases would only say that nothing of theirs can be arranged.

use futures_util::{StreamExt as _, stream};
use serde_json::json;
use setpresence_core::spec::Operation;

use super::refused::is_refusal;
use super::{Probe, Prober, Reach, status};

/// How many users are looked at beside the first: a few milliseconds' worth, and more than anybody writes down by hand.
const USERS_MOST: usize = 256;
/// How many of them at once.
const AT_ONCE: usize = 32;
/// How many are named that do not exist.
const NAMED_MOST: usize = 3;

impl Prober<'_> {
    /// Looks at every user beside the first, who was looked at already.
    pub(super) async fn users(&self, probe: &mut Probe, can_read: bool) {
        let others = self.target.settings().users.iter().skip(1).take(USERS_MOST);
        let unknown = stream::iter(others)
            .map(|user| async move { self.unserved(user, can_read).await.map(|statuses| (user, statuses)) })
            .buffered(AT_ONCE)
            .filter_map(std::future::ready);
        let unknown: Vec<(&String, String)> = unknown.collect().await;
        let Some((_, statuses)) = unknown.first() else { return };
        let mut names: Vec<&str> = unknown.iter().map(|(user, _)| user.as_str()).take(NAMED_MOST).collect();
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

    /// How a user is refused; nothing where it is served in any way. Some services know a user only once a presence was
    /// set: who cannot be read is looked at again.
    async fn unserved(&self, user: &str, can_read: bool) -> Option<String> {
        let operations = &self.abilities.operations;
        let read = match operations.get(&Operation::GetPresence).filter(|_| can_read) {
            Some(adapter) => status(&self.send_to(user, adapter, "reader", None, None).await),
            None => None,
        };
        if can_read && !read.is_some_and(is_refusal) {
            return None;
        }
        let set = status(&self.set("app", ("Away", "PT5M"), user, None).await);
        if let Some(set) = set.filter(|set| is_refusal(*set)) {
            let read = read.map(|read| format!("{read} to a read and ")).unwrap_or_default();
            return Some(format!("{read}{set} to a set"));
        }
        if let Some(adapter) = operations.get(&Operation::ClearPresence) {
            let body = json!({ "sessionId": self.session("app") });
            // Best effort: the operation is looked at elsewhere.
            let _ = self.send_to(user, adapter, "app", Some(&body), None).await;
        }
        None
    }
}
