//! A finding as a case file: anyone can read it, and the fixture loader does.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;

use super::sequence::Sequence;
use crate::case::Library;
use crate::case::text::Source;
use crate::judge::{Class, Context, Divergence, Follower, Slack};
use crate::plan::{Abilities, Action, UserSlot};
use crate::spec::{DurationText, Level, Operation, Presence, requirement};

/// What is written of a finding.
#[derive(Clone, Copy, Debug)]
pub struct Witness<'w> {
    /// The least sequence that shows it.
    pub sequence: &'w Sequence,
    /// What its last move shows.
    pub divergence: &'w Divergence,
    /// How the target was named, and its profile's name.
    pub target: &'w str,
    /// The profile's name.
    pub profile: &'w str,
    /// The commands that show it.
    pub commands: &'w [String],
    /// How often it showed of how many times, where that was not always.
    pub rate: Option<(u32, u32)>,
}

impl Witness<'_> {
    /// How every witness begins.
    pub const MARK: &'static str = "# Found by `setpresence fuzz`";

    /// The name of its file, without an ending: the class and the requirement.
    #[must_use]
    pub fn name(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let requirement: String = self.divergence.requirement.chars().map(plain).collect();
        format!("{}-{requirement}", self.divergence.class.name())
    }

    /// The text of the case file.
    #[must_use]
    pub fn text(&self, abilities: &Abilities) -> String {
        let Self { sequence, divergence, .. } = self;
        let mut text = format!("{}; `setpresence replay FILE --target URL` tries it again.\n", Self::MARK);
        let observed = one_line(&divergence.observed);
        let expected = one_line(&divergence.expected);
        let _ = writeln!(text, "# expected  {expected}\n# observed  {observed}");
        let _ = writeln!(text, "# target    {} (profile {})", one_line(self.target), self.profile);
        if !self.commands.is_empty() {
            text.push_str("#\n");
            self.commands.iter().for_each(|command| {
                let _ = writeln!(text, "# {}", one_line(command));
            });
        }
        let _ = writeln!(text, "\ntitle = {}", string(title(divergence)));
        let _ = writeln!(text, "requirements = [{}]", string(&divergence.requirement));
        let _ = writeln!(text, "profiles = [{}]", string(self.profile));
        if let Some((shown, tried)) = self.rate {
            let _ = writeln!(text, "# It is a race: it showed so many times of so many.\nshown = [{shown}, {tried}]");
        }
        let last = sequence.moves().len().saturating_sub(1);
        for (place, one) in sequence.moves().iter().enumerate() {
            text.push_str("\n[[step]]\n");
            step(&mut text, &one.action, abilities);
            if place == last {
                expectation(&mut text, &one.action, divergence, abilities);
            }
        }
        text
    }
}

/// Whether the fixture loader takes a witness; what it says where it does not.
///
/// # Errors
/// The loader's problems, as one text.
pub fn check_witness(text: &str, register: &Source) -> Result<(), String> {
    let witness = Source { name: "witnesses/found.toml".to_owned(), text: text.to_owned() };
    match Library::load(vec![register.clone(), witness]) {
        Ok(_) => Ok(()),
        Err(problems) => Err(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n")),
    }
}

fn title(divergence: &Divergence) -> String {
    let what = match divergence.class {
        Class::RefusedValid => "A valid request is accepted",
        Class::AcceptedInvalid => "A request that has to be refused is refused",
        Class::WrongSuccessStatus => "An accepted call is answered with 200",
        Class::WrongRefusalStatus => "A refusal has the documented status",
        Class::UnexpectedStatus => "A request is accepted or refused, and nothing else",
        Class::ServerError => "No request is answered with a 5xx",
        Class::NoAnswer => "Every request is answered",
        Class::WrongPresence => "A read shows what the state permits",
        Class::StateChanged => "A refused request changes nothing",
        Class::MalformedPresence => "A read shows a presence in its documented form",
        Class::MalformedError => "A refusal has an OData error in its body",
        Class::TokenLeak => "No error contains the bearer token",
        Class::MissingHeader => "The documented header is there",
    };
    format!("{what} ({})", divergence.requirement)
}

fn step(text: &mut String, action: &Action, abilities: &Abilities) {
    let _ = writeln!(text, "do = {}", string(action.operation.name()));
    let usual = if action.operation == Operation::GetPresence { "reader" } else { "app" };
    let actor = action.actor.as_deref().unwrap_or("anonymous");
    if actor != usual {
        let _ = writeln!(text, "as = {}", string(actor));
    }
    match action.user {
        UserSlot::Pool(0) => {}
        UserSlot::Pool(slot) => {
            let _ = writeln!(text, "user = {}", string(["a", "b", "c"].get(slot).unwrap_or(&"c")));
        }
        UserSlot::Unknown => text.push_str("user = \"unknown\"\n"),
    }
    if action.at > Duration::ZERO {
        let _ = writeln!(text, "at = {}", string(DurationText::canonical(action.at)));
    }
    if action.is_together {
        text.push_str("together = true\n");
    }
    let request = &action.request;
    if request.is_other_method {
        let _ = writeln!(text, "method = {}", string(&request.method));
    }
    if request.is_other_path {
        let _ = writeln!(text, "path = {}", string(&request.path));
    }
    let is_usual =
        request.authorization == ["Bearer ${token}"] || (request.authorization.is_empty() && action.actor.is_none());
    if !is_usual {
        let values: Vec<String> = request.authorization.iter().map(string).collect();
        let _ = writeln!(text, "authorization = [{}]", values.join(", "));
    }
    headers(text, action);
    if request.is_chunked {
        text.push_str("chunked = true\n");
    }
    if let Some(body) = &request.body {
        write_body(text, body, actor, abilities);
    }
}

fn headers(text: &mut String, action: &Action) {
    let request = &action.request;
    let is_type = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("content-type");
    let is_usual_type = request.headers.iter().filter(is_type).count() == 1
        && request.headers.iter().find(is_type).is_some_and(|(_, value)| value == "application/json");
    let said: Vec<String> = request
        .headers
        .iter()
        .filter(|header| !(is_usual_type && is_type(header)))
        .map(|(name, value)| format!("[{}, {}]", string(name), string(value)))
        .collect();
    if !said.is_empty() {
        let _ = writeln!(text, "headers = [{}]", said.join(", "));
    }
    if request.body.is_some() && !request.headers.iter().any(|header| is_type(&header)) {
        text.push_str("without = [\"Content-Type\"]\n");
    }
}

/// The body, with the applications' ids as placeholders: another target has others.
fn write_body(text: &mut String, body: &[u8], actor: &str, abilities: &Abilities) {
    let plain = std::str::from_utf8(body).ok().filter(|body| {
        let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        !body.contains("${") && !body.contains(is_odd)
    });
    let Some(plain) = plain else {
        let coded = base64::engine::general_purpose::STANDARD.encode(body);
        let _ = writeln!(text, "base64 = {}", string(&coded));
        return;
    };
    let id = |name: &str| abilities.credentials.get(name).map(|known| known.application.as_str()).unwrap_or_default();
    let mut filled = plain.to_owned();
    let own = ("${session}".to_owned(), id(actor));
    let others = ["app", "app_b", "app_c"].map(|name| (format!("${{session.{name}}}"), id(name)));
    for (placeholder, id) in std::iter::once(own).chain(others).filter(|(_, id)| !id.is_empty()) {
        filled = filled.replace(&format!("\"{id}\""), &placeholder);
    }
    let _ = writeln!(text, "text = {}", literal(&filled));
}

/// How binding it is that a call is refused: an error with something wrong in it may answer either kind.
fn refusal_level(action: &Action, abilities: &Abilities) -> Level {
    let context = Context {
        users: Vec::new(),
        credentials: Arc::clone(&abilities.credentials),
        slack: Slack::default(),
        interrupted: None,
    };
    let is_must = action.operation == Operation::SetPresence
        && Follower::new(abilities.profile, &context).ruling(action).level() == Some(Level::Must);
    if is_must { Level::Must } else { Level::Should }
}

fn expectation(text: &mut String, action: &Action, divergence: &Divergence, abilities: &Abilities) {
    let _ = writeln!(text, "covers = {}", string(&divergence.requirement));
    let level = divergence.level.name();
    let is_read = action.operation == Operation::GetPresence;
    let statuses: Vec<&str> = divergence
        .expected
        .strip_prefix("refused: status ")
        .map(|statuses| statuses.split(" or ").collect())
        .unwrap_or_default();
    let status = if statuses.is_empty() { String::new() } else { format!(", status = [{}]", statuses.join(", ")) };
    let expected = match divergence.class {
        Class::WrongPresence | Class::StateChanged if is_read => {
            let presences: Vec<String> =
                divergence.expected.split(" or ").filter(|text| text.parse::<Presence>().is_ok()).map(string).collect();
            format!("presences = [{}], level = \"{level}\"", presences.join(", "))
        }
        Class::MalformedPresence | Class::UnexpectedStatus | Class::WrongSuccessStatus if is_read => {
            // Any presence will do: that there is one, in its documented form, is what is expected.
            "presences = [\"Offline/Offline\"], level = \"may\"".to_owned()
        }
        Class::RefusedValid | Class::WrongSuccessStatus => format!("outcome = \"accepted\", level = \"{level}\""),
        Class::AcceptedInvalid => format!("outcome = \"refused\", plain = true, level = \"{level}\"{status}"),
        Class::WrongRefusalStatus => {
            format!("outcome = \"refused\", plain = true, level = \"{level}\"{status}, status_level = \"{level}\"")
        }
        Class::MissingHeader => {
            let header = if divergence.requirement == requirement::METHOD { "Allow" } else { "WWW-Authenticate" };
            format!("outcome = \"refused\", plain = true, level = \"should\", header = [\"{header}\"]")
        }
        Class::MalformedError => "outcome = \"refused\", plain = true, level = \"should\"".to_owned(),
        Class::TokenLeak => {
            let level = refusal_level(action, abilities).name();
            format!("outcome = \"refused\", plain = true, level = \"{level}\"")
        }
        Class::UnexpectedStatus if divergence.expected.starts_with("accepted") => {
            format!("outcome = \"accepted\", level = \"{level}\"")
        }
        Class::UnexpectedStatus => format!("outcome = \"refused\", plain = true, level = \"{level}\""),
        _ => "outcome = \"either\", level = \"may\"".to_owned(),
    };
    if is_read && expected.starts_with("outcome") {
        // A read is expected to show a presence, unless it says that it does something else.
        let _ = writeln!(text, "method = {}", string(&action.request.method));
    }
    let _ = writeln!(text, "expect = {{ {expected} }}");
}

/// A TOML string on one line.
fn string(text: impl AsRef<str>) -> String {
    let mut quoted = String::from("\"");
    for c in text.as_ref().chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A TOML string without escapes, where that can be.
fn literal(text: &str) -> String {
    if text.contains("'") || text.contains(char::is_control) { string(text) } else { format!("'{text}'") }
}

/// A text that stays on its line of comments, with nothing in it that hides what is there: no character that turns the
/// direction of writing, takes no room, or is none.
fn one_line(text: &str) -> String {
    let hides = |c| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    let shown: String = text.chars().map(|c| if c.is_control() || hides(c) { ' ' } else { c }).collect();
    // Anywhere in a line, this begins a command to the runner of a workflow that prints it.
    shown.replace("##[", "# #[")
}

#[cfg(test)]
mod tests {
    use super::super::ground::Ground;
    use super::super::sequence::{Move, action};
    use super::super::testing;
    use super::*;
    use crate::spec::Profile;

    const REGISTER: &str = r#"
[[requirement]]
id = "http.no-token-in-error"
family = "body"
sentence = "No error contains the token."
level = "must"
source = "E"
"#;

    fn abilities() -> Abilities {
        testing::abilities(Profile::V1_0, &["app"], 1)
    }

    /// A leak that shows now and then, in the refusal of that body.
    fn leak(body: &str) -> (String, Library) {
        let abilities = abilities();
        let body = Some(body.as_bytes().to_vec());
        let set = action(&Ground::of(&abilities), Operation::SetPresence, Some("app"), UserSlot::Pool(0), body);
        let divergence = Divergence {
            requirement: requirement::NO_TOKEN_IN_ERROR.to_owned(),
            level: Level::Must,
            class: Class::TokenLeak,
            expected: "an error without the bearer token".to_owned(),
            observed: "400".to_owned(),
            step: 1,
            exchange: 0,
        };
        let witness = Witness {
            sequence: &Sequence::of(vec![Move { action: set, wait: Duration::ZERO }]),
            divergence: &divergence,
            target: "http://h",
            profile: "v1.0",
            commands: &[],
            rate: Some((1, 4)),
        };
        let text = witness.text(&abilities);
        let source = |name: &str, text: &str| Source { name: name.to_owned(), text: text.to_owned() };
        let sources = vec![source("requirements.toml", REGISTER), source("witnesses/leak.toml", &text)];
        (text.clone(), Library::load(sources).unwrap_or_else(|problems| panic!("{text}\n{problems:?}")))
    }

    #[test]
    fn a_race_says_how_often_it_showed_where_a_program_reads_it() {
        let (text, library) = leak("{");
        assert_eq!(library.cases.iter().map(|case| case.shown).collect::<Vec<_>>(), [Some((1, 4))], "{text}");
    }

    #[test]
    fn a_leak_is_as_binding_as_the_refusal_that_it_is_in() {
        let blank = r#"{"sessionId": "id-of-app", "availability": " Away", "activity": "Away"}"#;
        for (body, level) in [("{", "must"), (blank, "should")] {
            let (text, _) = leak(body);
            assert!(text.contains(&format!("level = \"{level}\"")), "{text}");
        }
    }
}
