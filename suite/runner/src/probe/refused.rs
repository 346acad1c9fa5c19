//! Why a plain valid request is refused, as far as that can be told. What a target says of it is not repeated: it may hold
//! the token in any disguise.

use serde_json::json;
use setpresence_core::event::Answer;
use setpresence_core::spec::Operation;

use super::{Probe, Prober, Reach, Seen, status};

impl Prober<'_> {
    /// Says more of an answer that is neither 200 nor the same everywhere: a target that refuses two plain valid requests,
    /// which have little in common, refuses all that any case begins with.
    pub(super) async fn refusal(&self, probe: &mut Probe, set: &Seen) {
        let Ok(answer) = set else { return };
        if !is_refusal(answer.status) {
            return;
        }
        let other = self.set("app", ("Available", "PT1H"), &self.user, None).await;
        if !status(&other).is_some_and(is_refusal) {
            return;
        }
        probe.sentence = self.why_refused("app", answer);
        // Any other refusal is one of a valid request, which is for the cases to judge.
        if matches!(answer.status, 401 | 403)
            || self.other_application("app").is_some()
            || answer.status == 400 && (self.is_guessed() || self.is_about_the_session(answer).await)
        {
            probe.reach = Reach::NoRole;
        }
    }

    /// Whether a plain request is refused for its sessionId: the answer speaks of it, or without one, or with that of
    /// another application, the same is accepted.
    async fn is_about_the_session(&self, answer: &Answer) -> bool {
        if answer.body.to_ascii_lowercase().contains("session") {
            return true;
        }
        let Some(adapter) = self.abilities.operations.get(&Operation::SetPresence) else { return false };
        let plain = json!({ "availability": "Away", "activity": "Away", "expirationDuration": "PT5M" });
        let others = ["app_b", "app_c"].map(|name| self.session(name)).into_iter().filter(|id| !id.is_empty());
        for session in std::iter::once(None).chain(others.map(Some)) {
            let mut body = plain.clone();
            if let Some(session) = session {
                body["sessionId"] = json!(session);
            }
            if status(&self.send(adapter, "app", Some(&body), None).await) == Some(200) {
                return true;
            }
        }
        false
    }

    /// What is taken to be the id of `app`, where nobody says it and its token cannot be read.
    pub(super) fn guessed_application(&self) -> Option<String> {
        self.is_guessed().then(|| {
            format!(
                "nobody says which application the token of `app` is of: its id is taken to be the documentation's, {}; \
                 name it by `id` of `app` in [applications] of the target file or --app-id",
                self.session("app")
            )
        })
    }

    fn is_guessed(&self) -> bool {
        self.target.settings().is_application_guessed && self.target.application_in_token("app").is_none()
    }

    /// What is odd about a credential that is let in although it is to be refused.
    pub(super) fn let_in(&self, name: &str, seen: &Seen) -> Option<String> {
        let is_refused = match name {
            "delegated_work" => !self.target.settings().profile.delegated_work,
            _ => true,
        };
        let status = status(seen).filter(|status| is_refused && (200..300).contains(status))?;
        Some(format!(
            "the target answers {status} to what `{name}` sets, which is to be refused: its token is another's, or the \
             target departs there"
        ))
    }

    /// What to do about a token that has its scheme in it.
    pub(super) fn scheme_in_token(&self) -> &'static str {
        if self.target.has_scheme_in_token("app") { ": it begins with `Bearer `, which is no part of it" } else { "" }
    }

    /// Why nothing will be set by another application, if so.
    pub(super) fn refused_application(&self, name: &str, seen: &Seen) -> Option<String> {
        let answer = seen.as_ref().ok().filter(|answer| is_refusal(answer.status))?;
        Some(self.why_refused(name, answer))
    }

    fn why_refused(&self, name: &str, answer: &Answer) -> String {
        let id = self.session(name);
        let option = if name == "app" { " or --app-id" } else { "" };
        let mend = format!("`{name}` in [applications] of the target file{option}");
        let why = match (self.other_application(name), answer.status) {
            (Some(other), _) => format!("its token is of the application {other}, and its id is {id}; correct {mend}"),
            (None, 401 | 403) => format!(
                "its id {id} is not that of its token's application ({mend}), or the token lacks the role \
                 Presence.ReadWrite.All, or the target departs there"
            ),
            (None, _) => {
                format!("its id {id} is not that of its token's application ({mend}), or the target departs there")
            }
        };
        format!("the target answers {} to what `{name}` sets (-v shows it): {why}", answer.status)
    }

    /// The application that the token names, where that is another than is said.
    fn other_application(&self, name: &str) -> Option<String> {
        self.target.application_in_token(name).filter(|named| named != self.session(name))
    }
}

/// A status that says no: neither "not now" nor "too slow".
pub(super) const fn is_refusal(status: u16) -> bool {
    matches!(status, 400..=407 | 409..=428 | 430..=499)
}
