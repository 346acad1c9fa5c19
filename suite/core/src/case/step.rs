//! One step of a case, resolved but for what only planning and running know.

use std::borrow::Cow;
use std::time::Duration;

use base64::Engine as _;

use super::expectation::{Expectation, Wanted};
use super::placeholder::Names;
use super::text::{Item, Table, unknown};
use crate::spec::{DurationText, Level, Operation, Presence};

/// The names of credentials that a step may present.
pub const CREDENTIALS: [&str; 13] = [
    "app",
    "app_b",
    "app_c",
    "no_role",
    "read_only",
    "delegated_work",
    "delegated_no_scope",
    "delegated_personal",
    "expired",
    "not_yet_valid",
    "wrong_audience",
    "bad_signature",
    "reader",
];

const STEP_KEYS: [&str; 19] = [
    "do",
    "as",
    "user",
    "at",
    "presence",
    "expires",
    "json",
    "text",
    "base64",
    "headers",
    "without",
    "authorization",
    "method",
    "path",
    "chunked",
    "together",
    "covers",
    "expect",
    "about",
];

const EXPECT_KEYS: [&str; 9] =
    ["outcome", "level", "status", "status_level", "header", "presence", "presences", "id", "plain"];

/// One step of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its place in the case file, from 1.
    pub number: usize,
    /// What it does.
    pub operation: Operation,
    /// The credential that it presents; nothing for anonymous.
    pub actor: Option<String>,
    /// Whose presence it concerns.
    pub user: UserName,
    /// When, from the start of the case.
    pub at: Duration,
    /// The body.
    pub body: Body,
    /// Headers that replace the usual ones of the same name.
    pub headers: Vec<(String, String)>,
    /// Headers that are left out.
    pub without: Vec<String>,
    /// The Authorization headers, if they are not the usual one.
    pub authorization: Option<Vec<String>>,
    /// Another method than the operation's.
    pub method: Option<String>,
    /// Another path than the operation's.
    pub path: Option<String>,
    /// Whether the body is sent chunked.
    pub is_chunked: bool,
    /// Whether it is sent at once with the step before it, without waiting for that one's answer.
    pub is_together: bool,
    /// The requirement that its expectation judges.
    pub covers: Option<String>,
    /// What must be seen; nothing for a step that arranges.
    pub expect: Option<Expectation>,
}

/// Whose presence a step concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserName {
    /// The case's n-th user, from 0 (`a`, `b`, `c`).
    Slot(usize),
    /// The user that does not exist.
    Unknown,
}

/// The body of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// The operation's usual body.
    Usual,
    /// The usual body with this pair and this duration: `Some(None)` leaves the member out.
    Pair(Presence, Option<Option<String>>),
    /// Text with placeholders.
    Text(String),
    /// Any bytes.
    Bytes(Vec<u8>),
}

impl Body {
    /// How many bytes it takes here; what is made later takes none.
    pub(super) const fn size(&self) -> usize {
        match self {
            Self::Usual | Self::Pair(..) => 0,
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }
}

/// A step's table, seen through a row's columns and with some keys put in another's place.
pub(super) struct View<'v, 'd> {
    pub(super) table: &'v Table<'d>,
    pub(super) replaced: Vec<(&'d str, Item<'d>)>,
    pub(super) names: &'v Names<'v>,
    pub(super) number: usize,
    pub(super) row_expect: Option<Item<'d>>,
    pub(super) row_covers: Option<&'d str>,
}

impl<'d> View<'_, 'd> {
    fn get(&self, key: &'static str) -> Option<Item<'d>> {
        let own = self.table.get(key);
        self.replaced.iter().find(|(replaced, _)| *replaced == key).map(|(_, item)| *item).or(own)
    }

    fn fill(&self, item: Item<'_>) -> Option<String> {
        let text = item.text()?;
        self.names.fill(text).map_err(|error| item.problem(error.to_string())).ok()
    }

    fn text(&self, key: &'static str) -> Option<String> {
        self.get(key).and_then(|item| self.fill(item))
    }

    fn texts(&self, key: &'static str) -> Option<Vec<String>> {
        self.get(key)?.list()?.into_iter().map(|item| self.fill(item)).collect()
    }

    /// Finds what a filled-in name stands for, or reports the names there are.
    fn name<T>(&self, key: &'static str, what: &str, names: &[&str], find: impl Fn(&str) -> Option<T>) -> Option<T> {
        let item = self.get(key)?;
        let name = self.fill(item)?;
        let found = find(&name);
        if found.is_none() {
            item.problem(unknown(what, &name, names));
        }
        found
    }

    pub(super) fn step(&self) -> Option<Step> {
        let operations = Operation::ALL.map(Operation::name);
        if self.table.peek("do").is_none() {
            self.table.problem("`do` is missing: the operation of the step");
        }
        let operation = self.name("do", "operation", &operations, Operation::named);
        let step = Step {
            number: self.number,
            operation: operation?,
            actor: self.actor(operation?)?,
            user: self.user()?,
            at: self.at()?,
            body: self.body()?,
            headers: self.headers()?,
            without: self.texts("without").unwrap_or_default(),
            authorization: self.texts("authorization"),
            method: self.text("method"),
            path: self.text("path"),
            is_chunked: self.get("chunked").and_then(|item| item.flag()).unwrap_or_default(),
            is_together: self.get("together").and_then(|item| item.flag()).unwrap_or_default(),
            covers: self.row_covers.map(str::to_owned).or_else(|| self.text("covers")),
            expect: self.expectation()?,
        };
        self.check(&step)?;
        Some(step)
    }

    fn actor(&self, operation: Operation) -> Option<Option<String>> {
        let usual = if operation == Operation::GetPresence { "reader" } else { "app" };
        if self.get("as").is_none() {
            return Some(Some(usual.to_owned()));
        }
        let names: Vec<&str> = CREDENTIALS.into_iter().chain(["anonymous"]).collect();
        self.name("as", "credential", &names, |name| match name {
            "anonymous" => Some(None),
            _ => CREDENTIALS.contains(&name).then(|| Some(name.to_owned())),
        })
    }

    fn user(&self) -> Option<UserName> {
        if self.get("user").is_none() {
            return Some(UserName::Slot(0));
        }
        self.name("user", "user", &["a", "b", "c", "unknown"], |name| match name {
            "a" => Some(UserName::Slot(0)),
            "b" => Some(UserName::Slot(1)),
            "c" => Some(UserName::Slot(2)),
            "unknown" => Some(UserName::Unknown),
            _ => None,
        })
    }

    /// When the step is due; `Duration::MAX` stands for "with the step before".
    fn at(&self) -> Option<Duration> {
        let Some(item) = self.get("at") else { return Some(Duration::MAX) };
        let text = self.fill(item)?;
        let read = DurationText::read(&text);
        let at = read
            .amount()
            .filter(|_| read.deviations().is_empty())
            .and_then(|amount| if amount.is_zero() { Some(Duration::ZERO) } else { amount.to_duration() });
        if at.is_none() {
            item.problem(format!(
                "`{text}` is not a moment; write an ISO 8601 duration from the start, such as PT7M30S"
            ));
        }
        at
    }

    fn body(&self) -> Option<Body> {
        let given: Vec<&'static str> =
            ["presence", "json", "text", "base64"].into_iter().filter(|key| self.get(key).is_some()).collect();
        let expires = self.get("expires");
        if given.len() > 1 || (expires.is_some() && given.first() != Some(&"presence")) {
            self.table.problem("a step has one body: `presence` (with `expires`), `json`, `text` or `base64`");
            return None;
        }
        match given.first() {
            None => Some(Body::Usual),
            Some(&"presence") => {
                let item = self.get("presence")?;
                let presence = self.presence(item)?;
                let expires = match expires {
                    None => None,
                    Some(item) => Some(Some(self.fill(item)?).filter(|text| !text.is_empty())),
                };
                Some(Body::Pair(presence, expires))
            }
            Some(&"base64") => {
                let item = self.get("base64")?;
                let text = self.fill(item)?;
                let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim());
                bytes.map_err(|error| item.problem(format!("not base64: {error}"))).ok().map(Body::Bytes)
            }
            Some(key) => self.text(key).map(Body::Text),
        }
    }

    fn headers(&self) -> Option<Vec<(String, String)>> {
        let Some(item) = self.get("headers") else { return Some(Vec::new()) };
        item.list()?
            .into_iter()
            .map(|pair| match pair.list()?.as_slice() {
                [name, value] => Some((self.fill(*name)?, self.fill(*value)?)),
                _ => {
                    pair.problem("a header is a pair: [\"Name\", \"value\"]");
                    None
                }
            })
            .collect()
    }

    fn presence(&self, item: Item<'_>) -> Option<Presence> {
        let text = self.fill(item)?;
        text.parse()
            .map_err(|error| {
                item.problem(format!("{error}; a presence is written Availability/Activity, such as Busy/InACall"))
            })
            .ok()
    }

    /// The step's expectation, with the row's keys in the place of the step's.
    fn expectation(&self) -> Option<Option<Expectation>> {
        let own = match self.get("expect") {
            Some(item) => Some(item.table()?),
            None => None,
        };
        let row = match self.row_expect {
            Some(item) => Some(item.table()?),
            None => None,
        };
        if own.is_none() && row.is_none() {
            return Some(None);
        }
        let wants = ["outcome", "presence", "presences"];
        let row_wants = row.as_ref().is_some_and(|row| wants.iter().any(|key| row.peek(key).is_some()));
        let get = |key: &'static str| {
            let of_row = row.as_ref().and_then(|row| row.get(key));
            let of_step = own.as_ref().and_then(|own| own.get(key));
            // A row that wants something else than its step takes the place of all that the step says about it.
            let is_outdone =
                row_wants && (wants.contains(&key) || ["status", "status_level", "header", "level"].contains(&key));
            if is_outdone { of_row } else { of_row.or(of_step) }
        };
        let level = |key| get(key).map(|item| item.one_of("level", &["may", "should", "must"], Level::named));
        let level_of = |key| match level(key) {
            None => Some(None),
            Some(found) => found.map(Some),
        };
        let expectation = Expectation {
            level: level_of("level")?,
            wanted: self.wanted(&get, level_of("status_level")?.unwrap_or(Level::Should))?,
            headers: match get("header") {
                Some(item) => item.texts()?.into_iter().map(str::to_ascii_lowercase).collect(),
                None => Vec::new(),
            },
            has_id: get("id").and_then(|item| item.flag()).unwrap_or_default(),
        };
        for table in [own, row].into_iter().flatten() {
            table.finish_with(&EXPECT_KEYS);
        }
        Some(Some(expectation))
    }

    fn wanted(&self, get: &impl Fn(&'static str) -> Option<Item<'d>>, status_level: Level) -> Option<Wanted> {
        let statuses = match get("status") {
            None => Vec::new(),
            Some(item) if item.is_list() => item.list()?.into_iter().map(status).collect::<Option<_>>()?,
            Some(item) => vec![status(item)?],
        };
        let is_plain = get("plain").and_then(|item| item.flag()).unwrap_or_default();
        if let Some(item) = get("outcome") {
            let outcome = self.fill(item)?;
            return match outcome.as_str() {
                "accepted" => Some(Wanted::Accepted),
                "refused" => Some(Wanted::Refused { statuses, status_level, is_plain }),
                "either" => Some(Wanted::Either),
                other => {
                    item.problem(unknown("outcome", other, &["accepted", "refused", "either"]));
                    None
                }
            };
        }
        if let Some(item) = get("presence") {
            return Some(Wanted::Presences(vec![self.presence(item)?]));
        }
        if let Some(item) = get("presences") {
            let presences: Vec<Presence> =
                item.list()?.into_iter().map(|item| self.presence(item)).collect::<Option<_>>()?;
            return Some(Wanted::Presences(presences));
        }
        self.table
            .problem("`expect` wants an `outcome` (of a set-like step) or a `presence` or `presences` (of a read)");
        None
    }

    /// What no key alone can tell.
    fn check(&self, step: &Step) -> Option<()> {
        let is_read = step.operation == Operation::GetPresence;
        let problem: Cow<'_, str> = match step.expect.as_ref().map(|expect| &expect.wanted) {
            Some(Wanted::Presences(_)) if !is_read => {
                "only get-presence shows a presence; expect an `outcome` here".into()
            }
            Some(Wanted::Presences(presences)) if presences.is_empty() => "`presences` has to name at least one".into(),
            Some(Wanted::Accepted | Wanted::Refused { is_plain: false, .. } | Wanted::Either)
                if is_read && step.method.is_none() =>
            {
                "a read is expected to show a `presence`, or to be refused with `plain = true`".into()
            }
            Some(Wanted::Accepted | Wanted::Refused { .. } | Wanted::Either)
                if step.expect.as_ref().is_some_and(|expect| expect.has_id) =>
            {
                "only a read that shows a presence has an `id`".into()
            }
            Some(Wanted::Refused { is_plain: false, .. }) if step.operation != Operation::SetPresence => {
                "only set-presence is refused with a twin; write `plain = true`".into()
            }
            _ if is_read && step.body != Body::Usual => "get-presence has no body".into(),
            _ => return Some(()),
        };
        self.table.problem(problem);
        None
    }

    pub(super) fn finish(table: Table<'d>) {
        table.finish_with(&STEP_KEYS);
    }
}

fn status(item: Item<'_>) -> Option<u16> {
    let status = item.count()?;
    let found = u16::try_from(status).ok().filter(|status| (400..500).contains(status));
    if found.is_none() {
        item.problem(format!("{status} is not the status of a refusal; 400 to 499"));
    }
    found
}
