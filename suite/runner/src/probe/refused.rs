//! Why a plain valid request is refused, as far as that can be told. What a target says of it is not repeated: it may hold
//! the token in any disguise.

use setpresence_core::event::Answer;

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
        if matches!(answer.status, 401 | 403) || self.other_application("app").is_some() {
            probe.reach = Reach::NoRole;
        }
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
