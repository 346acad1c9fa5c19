//! A first look at a target: whether it can be reached, and what of it looks usable. Nothing is judged.

mod refused;
#[cfg(test)]
mod tests;
mod twice;
mod users;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use setpresence_core::event::{Answer, Fault, Lost, Outcome};
use setpresence_core::judge;
use setpresence_core::plan::{Abilities, Adapter};
use setpresence_core::spec::Operation;

use crate::clock::Timekeeper;
use crate::request::plain;
use crate::settings::ClockSettings;
use crate::target::{Call, On401, Target};

/// What a first look at a target shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Whether cases can be run on it.
    pub reach: Reach,
    /// The same in one sentence, with what to do.
    pub sentence: String,
    /// A base URL that answers where the given one does not.
    pub better_base: Option<String>,
    /// What each operation looks like; empty where the target is out of reach.
    pub operations: BTreeMap<Operation, Finding>,
    /// What each credential looks like; empty where the target is out of reach.
    pub credentials: BTreeMap<String, Finding>,
    /// The operations that are not there, and the words that say so: cases that need one of them would say nothing else.
    pub absent: BTreeMap<Operation, String>,
    /// What cannot be used although it is named, and what to do: cases that need it will say little.
    pub warnings: Vec<String>,
}

/// Whether cases can be run on a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// A plain valid request was accepted.
    Fine,
    /// No answer.
    Unreachable,
    /// 404 for everything: the base URL or the user is wrong.
    NotFound,
    /// 401 for everything: the token is not one of the target's.
    BadToken,
    /// 401 or 403 to whatever sets a presence: the token lacks the role, or is of another application than is said.
    NoRole,
    /// A user who is named does not exist there.
    UnknownUser,
    /// Two of the users who are named are one.
    NamedTwice,
    /// A clock that is to be moved by hand cannot be moved.
    ClockStands,
    /// Any other answer to a plain valid request: the cases will judge it.
    Odd,
}

impl Reach {
    /// Whether cases would only give a hundred times the same failure.
    #[must_use]
    pub const fn is_hopeless(self) -> bool {
        !matches!(self, Self::Fine | Self::Odd)
    }
}

/// What one operation or credential looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it looks usable.
    pub is_usable: bool,
    /// Why, in one sentence.
    pub sentence: String,
}

/// The least that a manual clock can be moved by: no timeout is so near that it would matter.
const LEAST_ADVANCE: Duration = Duration::from_millis(1);

type Seen = Result<Answer, Lost>;

/// Takes a first look at a target with a handful of requests, and clears what they set.
pub async fn probe(target: &Target) -> Probe {
    let prober = Prober {
        target,
        clock: Timekeeper::start(&target.settings().clock),
        abilities: target.settings().abilities(None),
        user: target.settings().users.first().cloned().unwrap_or_default(),
    };
    prober.look().await
}

struct Prober<'t> {
    target: &'t Target,
    clock: Timekeeper,
    abilities: Abilities,
    user: String,
}

impl Prober<'_> {
    async fn look(&self) -> Probe {
        let set = self.set_as("app", None).await;
        let read = match self.abilities.operations.get(&Operation::GetPresence) {
            Some(adapter) => Some(self.send(adapter, "reader", None, None).await),
            None => None,
        };
        let statuses = (status(&set), read.as_ref().map(status));
        let (reach, sentence) = self.reach(&set, statuses);
        let mut probe = Probe {
            reach,
            sentence,
            better_base: None,
            operations: BTreeMap::new(),
            credentials: BTreeMap::new(),
            absent: BTreeMap::new(),
            warnings: Vec::new(),
        };
        match reach {
            Reach::Unreachable => return probe,
            Reach::NotFound => {
                if let Some(base) = self.better_base().await {
                    probe.sentence = format!("{}; {base} answers otherwise; try that as base_url", probe.sentence);
                    probe.better_base = Some(base);
                }
                return probe;
            }
            Reach::Odd => self.refusal(&mut probe, &set).await,
            _ => {}
        }
        if !probe.reach.is_hopeless() {
            self.users(&mut probe, read.as_ref()).await;
        }
        if !probe.reach.is_hopeless() {
            self.clock(&mut probe).await;
        }
        probe.warnings.extend(self.guessed_application());
        probe.warnings.extend(read.as_ref().and_then(unreadable));
        (probe.operations, probe.absent) = self.operations(&set, read.as_ref()).await;
        probe.credentials = self.credentials(&mut probe.warnings, &set, read.as_ref()).await;
        probe
    }

    fn reach(&self, set: &Seen, (set_status, read_status): (Option<u16>, Option<Option<u16>>)) -> (Reach, String) {
        let base = &self.target.settings().base_url;
        let everywhere = |status| set_status == Some(status) && read_status.is_none_or(|read| read == Some(status));
        match set {
            Err(Lost { fault: Fault::NotSent, detail }) => {
                (Reach::Unreachable, format!("nothing could be sent: {detail}"))
            }
            Err(lost) => (Reach::Unreachable, format!("{base} gave no answer: {}", lost.detail)),
            Ok(_) if everywhere(404) => (
                Reach::NotFound,
                format!(
                    "{base} answers 404 to everything: the base URL is wrong, or the user {} does not exist there",
                    self.user
                ),
            ),
            Ok(_) if everywhere(401) => (
                Reach::BadToken,
                format!(
                    "the target answers 401 to everything: the token of `app` is not one that it takes{}",
                    self.scheme_in_token()
                ),
            ),
            Ok(answer) => match answer.status {
                200 => (Reach::Fine, "the target accepts a plain valid request".to_owned()),
                status => (Reach::Odd, format!("the target answers {status} to a plain valid request, not 200")),
            },
        }
    }

    /// Moves a manual clock by the least that can be said, to see whether it moves.
    async fn clock(&self, probe: &mut Probe) {
        let ClockSettings::Manual(advance) = &self.target.settings().clock else { return };
        let Err(why) = self.target.advance(LEAST_ADVANCE).await else { return };
        let host = advance.path.strip_prefix("//").and_then(|rest| rest.split('/').next());
        let host = host.map_or_else(String::new, |host| {
            format!(" (what follows \"//\" is a host, here `{host}`; a path below base_url begins with one \"/\")")
        });
        probe.reach = Reach::ClockStands;
        probe.sentence = format!(
            "the target's clock could not be moved: {why}{host}; correct `advance` under [clock] of the target file"
        );
    }

    /// A base URL near the given one under which something else than 404 is answered.
    async fn better_base(&self) -> Option<String> {
        let base = &self.target.settings().base_url;
        let (parent, last) = base.rsplit_once('/')?;
        let is_version =
            last == "beta" || last.starts_with('v') && last[1..].starts_with(|digit: char| digit.is_ascii_digit());
        let candidates = if is_version {
            let other = if last == "beta" { "v1.0" } else { "beta" };
            [parent.to_owned(), format!("{parent}/{other}")]
        } else {
            [format!("{base}/beta"), format!("{base}/v1.0")]
        };
        for candidate in candidates {
            let seen = self.set_as("app", Some(&candidate)).await;
            if status(&seen).is_some_and(|status| status != 404) {
                return Some(candidate);
            }
        }
        None
    }

    async fn operations(
        &self,
        set: &Seen,
        read: Option<&Seen>,
    ) -> (BTreeMap<Operation, Finding>, BTreeMap<Operation, String>) {
        let prefer = json!({ "availability": "Away", "activity": "Away", "expirationDuration": "PT5M" });
        let clear = json!({ "sessionId": self.session("app") });
        let (mut findings, mut absent) = (BTreeMap::new(), BTreeMap::new());
        // What sets comes before what clears, so that there is something to clear.
        let asked = [
            (Operation::SetUserPreferredPresence, prefer),
            (Operation::ClearUserPreferredPresence, json!({})),
            (Operation::ClearPresence, clear),
        ];
        findings.insert(Operation::SetPresence, finding(set));
        findings.extend(read.map(|read| (Operation::GetPresence, finding_of_read(read))));
        for (operation, body) in asked {
            if let Some(adapter) = self.abilities.operations.get(&operation) {
                let seen = self.send(adapter, "app", Some(&body), None).await;
                absent.extend(is_absent(operation, &seen).map(|reason| (operation, reason)));
                findings.insert(operation, finding(&seen));
            }
        }
        for operation in Operation::ALL {
            findings.entry(operation).or_insert_with(|| Finding {
                is_usable: false,
                sentence: "absent, as the target file says".to_owned(),
            });
        }
        (findings, absent)
    }

    async fn credentials(
        &self,
        warnings: &mut Vec<String>,
        set: &Seen,
        read: Option<&Seen>,
    ) -> BTreeMap<String, Finding> {
        let mut findings = BTreeMap::new();
        for name in self.abilities.credentials.keys() {
            let found = match name.as_str() {
                "app" => finding(set),
                "reader" => match read {
                    Some(read) => finding_of_read(read),
                    None => Finding { is_usable: false, sentence: "there is nothing to read with it".to_owned() },
                },
                "app_b" | "app_c" => {
                    let seen = self.set_as(name, None).await;
                    warnings.extend(self.refused_application(name, &seen));
                    finding(&seen)
                }
                _ => {
                    let seen = self.set_as(name, None).await;
                    warnings.extend(self.let_in(name, &seen));
                    presentable(&seen)
                }
            };
            findings.insert(name.clone(), found);
        }
        for name in ["app", "app_b", "app_c"] {
            if let (Some(adapter), true) =
                (self.abilities.operations.get(&Operation::ClearPresence), findings.contains_key(name))
            {
                let body = json!({ "sessionId": self.session(name) });
                // Best effort: the operation was looked at before.
                let _ = self.send(adapter, name, Some(&body), None).await;
            }
        }
        findings
    }

    fn session(&self, credential: &str) -> &str {
        self.abilities.credentials.get(credential).map_or("", |credential| credential.application.as_str())
    }

    async fn set_as(&self, credential: &str, base: Option<&str>) -> Seen {
        self.set(credential, ("Away", "PT5M"), &self.user, base).await
    }

    /// Sets a presence whose availability and activity have one name.
    async fn set(&self, credential: &str, (presence, lasts): (&str, &str), user: &str, base: Option<&str>) -> Seen {
        let body = json!({
            "sessionId": self.session(credential),
            "availability": presence,
            "activity": presence,
            "expirationDuration": lasts,
        });
        match self.abilities.operations.get(&Operation::SetPresence) {
            Some(adapter) => self.send_to(user, adapter, credential, Some(&body), base).await,
            None => Err(Lost { fault: Fault::NotSent, detail: "the target has no set-presence".to_owned() }),
        }
    }

    async fn send(&self, adapter: &Adapter, actor: &str, body: Option<&Value>, base: Option<&str>) -> Seen {
        self.send_to(&self.user, adapter, actor, body, base).await
    }

    async fn send_to(
        &self,
        user: &str,
        adapter: &Adapter,
        actor: &str,
        body: Option<&Value>,
        base: Option<&str>,
    ) -> Seen {
        let request = plain(adapter, body);
        let operations = &self.abilities.operations;
        let operation = operations.iter().find(|(_, known)| *known == adapter).map(|(operation, _)| *operation);
        let call = Call {
            purpose: "a first look",
            request: &request,
            operation: operation.unwrap_or(Operation::SetPresence),
            actor: Some(actor),
            user,
            owner: user,
            base,
            on_401: On401::Answer,
        };
        let (_, observation) = self.target.exchange(call, &self.target.settings().base_url, &self.clock).await;
        match observation.outcome {
            Outcome::Answer(answer) => Ok(answer),
            Outcome::Lost(lost) => Err(lost),
        }
    }
}

fn status(seen: &Seen) -> Option<u16> {
    seen.as_ref().ok().map(|answer| answer.status)
}

/// That an operation is not there, if a plain valid request says so. To clearPresence 404 may say that no session stood,
/// which is for the cases to judge.
fn is_absent(operation: Operation, seen: &Seen) -> Option<String> {
    let status = status(seen)?;
    let says_so = matches!(status, 405 | 501) || status == 404 && operation != Operation::ClearPresence;
    says_so.then(|| format!("the target has no {operation}: it answered {status} ([operations] of the target file)"))
}

/// That nothing can be read, where that is so: most cases will then say nothing.
fn unreadable(read: &Seen) -> Option<String> {
    let said = finding_of_read(read);
    (!said.is_usable).then(|| {
        format!(
            "get-presence {}, and what cannot be read is not judged; [operations] of the target file says where reads \
             are, and [credentials] who `reader` is",
            said.sentence
        )
    })
}

/// What an answer to a read shows instead of a presence, if it succeeded.
fn no_presence(read: &Seen) -> Option<String> {
    let answer = read.as_ref().ok().filter(|answer| (200..300).contains(&answer.status))?;
    let is_presence = judge::presence_shown(answer).is_some();
    (!is_presence).then(|| format!("answered {}, but with no object that has availability and activity", answer.status))
}

/// Usable where it succeeded and shows a presence.
fn finding_of_read(read: &Seen) -> Finding {
    no_presence(read).map_or_else(|| finding(read), |sentence| Finding { is_usable: false, sentence })
}

/// Usable where it succeeded.
fn finding(seen: &Seen) -> Finding {
    match seen {
        Ok(answer) if (200..300).contains(&answer.status) => {
            Finding { is_usable: true, sentence: format!("answered {}", answer.status) }
        }
        Ok(answer) => Finding { is_usable: false, sentence: format!("answered {}", answer.status) },
        Err(lost) => Finding { is_usable: false, sentence: format!("gave no answer: {}", lost.detail) },
    }
}

/// Usable where there was an answer: whether it is the right one is for the cases.
fn presentable(seen: &Seen) -> Finding {
    Finding { is_usable: seen.is_ok(), ..finding(seen) }
}
