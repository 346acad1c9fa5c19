//! The body of a setPresence request, written out, and all that may be wrong with it.

use super::choices::Choices;
use super::words;

/// How much white space a padded body gets at most; beyond what any server minds.
const PADDING_MOST: usize = 1000;
/// A body larger than any limit that is documented or usual for small requests.
const LARGE: usize = 128 * 1024;
/// Nesting beyond what common JSON readers take.
const DEEP: usize = 200;

/// A body before it is written: members in order, each as JSON.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    members: Vec<(String, String)>,
    /// Between the tokens: a blank as in the documentation, or nothing.
    is_compact: bool,
}

impl Draft {
    /// The documented members; a duration that is `None` is left out.
    pub(super) fn new(session: &str, availability: &str, activity: &str, duration: Option<&str>) -> Self {
        let mut members = vec![
            ("\"sessionId\"".to_owned(), quoted(session)),
            ("\"availability\"".to_owned(), quoted(availability)),
            ("\"activity\"".to_owned(), quoted(activity)),
        ];
        members.extend(duration.map(|text| ("\"expirationDuration\"".to_owned(), quoted(text))));
        Self { members, is_compact: false }
    }

    fn set(&mut self, name: &str, json: String) {
        let name = format!("\"{name}\"");
        match self.members.iter_mut().find(|(known, _)| *known == name) {
            Some(member) => member.1 = json,
            None => self.members.push((name, json)),
        }
    }

    pub(super) fn with_duration(mut self, text: &str) -> Self {
        self.set("expirationDuration", format!("\"{text}\""));
        self
    }

    /// Changes that a valid request survives: spelling, order, white space.
    pub(super) fn respell(&mut self, choices: &mut Choices<'_>) {
        match choices.below(6) {
            0 => self.set("expirationDuration", "null".to_owned()),
            1 => self.members.retain(|(name, _)| name != "\"expirationDuration\""),
            2 => self.members.reverse(),
            3 => {
                let by = choices.below(self.members.len());
                self.members.rotate_left(by);
            }
            4 => self.is_compact = true,
            _ => self.escape(choices),
        }
    }

    fn escape(&mut self, choices: &mut Choices<'_>) {
        let place = choices.below(self.members.len());
        let is_name = choices.odds(1, 2);
        let Some((name, value)) = self.members.get_mut(place) else { return };
        let json = if is_name { name } else { value };
        let Some(first) = json.chars().nth(1).filter(|first| first.is_ascii_alphanumeric() && json.starts_with('"'))
        else {
            return;
        };
        *json = format!("\"\\u{:04x}{}", u32::from(first), &json[2..]);
    }

    /// One change that a valid request may not survive.
    pub(super) fn spoil(&mut self, choices: &mut Choices<'_>, other_session: &str) {
        match choices.below(10) {
            0..=2 => {
                let text = choices.text(words::DURATIONS_ODD);
                self.set("expirationDuration", format!("\"{text}\""));
            }
            3 => {
                let (availability, activity) = choices.pick(words::PAIRS).copied().unwrap_or_default();
                self.set("availability", quoted(availability));
                self.set("activity", quoted(activity));
            }
            4 => self.set("availability", quoted(choices.text(words::AVAILABILITIES))),
            5 => self.set("activity", quoted(choices.text(words::ACTIVITIES))),
            6 => {
                let own = self.members.first().map(|(_, json)| json.trim_matches('"').to_owned()).unwrap_or_default();
                let upper = own.to_ascii_uppercase();
                let session = match choices.below(8) {
                    0 => String::new(),
                    1 => format!(" {own}"),
                    2 => format!("{own} "),
                    3 => upper,
                    4 => format!("{own}0"),
                    5 => "not-an-id".to_owned(),
                    6 => own.chars().skip(1).collect(),
                    _ => other_session.to_owned(),
                };
                self.set("sessionId", quoted(&session));
            }
            7 => self.drop_or_double(choices),
            8 => {
                let place = choices.below(self.members.len());
                let Some(member) = self.members.get_mut(place) else { return };
                member.1 = match choices.below(4) {
                    0 => format!("[{}]", member.1),
                    1 => "null".to_owned(),
                    2 if member.0.contains("Duration") => choices.text(words::NUMBERS).to_owned(),
                    _ => choices.text(words::VALUES).to_owned(),
                };
            }
            _ => {
                let (name, value) = choices.pick(words::MEMBERS).copied().unwrap_or_default();
                let place = choices.below(self.members.len() + 1);
                self.members.insert(place, (name.to_owned(), value.to_owned()));
            }
        }
    }

    fn drop_or_double(&mut self, choices: &mut Choices<'_>) {
        if self.members.is_empty() {
            return;
        }
        let place = choices.below(self.members.len());
        match choices.below(4) {
            0 | 1 => {
                self.members.remove(place);
            }
            2 => {
                let twin = self.members[place].clone();
                self.members.push(twin);
            }
            _ => {
                let name = &mut self.members[place].0;
                *name = if choices.odds(1, 2) { name.to_uppercase() } else { name.to_lowercase() };
            }
        }
    }

    /// The body as it goes out.
    pub(super) fn write(&self) -> Vec<u8> {
        let (colon, comma) = if self.is_compact { (":", ",") } else { (": ", ", ") };
        let mut text = String::with_capacity(192);
        text.push('{');
        for (index, (name, value)) in self.members.iter().enumerate() {
            if index > 0 {
                text.push_str(comma);
            }
            text.push_str(name);
            text.push_str(colon);
            text.push_str(value);
        }
        text.push('}');
        text.into_bytes()
    }
}

impl Draft {
    /// The same members in the encoding of a form.
    pub(super) fn as_form(&self) -> Vec<u8> {
        let pairs: Vec<String> = self
            .members
            .iter()
            .map(|(name, value)| format!("{}={}", name.trim_matches('"'), value.trim_matches('"')))
            .collect();
        pairs.join("&").into_bytes()
    }
}

/// White space where it means nothing.
pub(super) fn padded(body: &[u8], choices: &mut Choices<'_>) -> Vec<u8> {
    let n = if choices.odds(1, 3) { 1 + choices.below(PADDING_MOST) } else { 1 };
    match choices.below(5) {
        0 => [b" ".repeat(n).as_slice(), body].concat(),
        1 => [body, b"\n".repeat(n).as_slice()].concat(),
        2 => body.split_inclusive(|byte| *byte == b',').collect::<Vec<_>>().join(&b"\r\n\t"[..]),
        3 => body.split_inclusive(|byte| *byte == b'{').collect::<Vec<_>>().join(&b"\n  "[..]),
        _ => [b"\t\r\n ", body].concat(),
    }
}

/// A body that is wrong as a whole.
pub(super) fn wrapped(body: &[u8], choices: &mut Choices<'_>) -> Vec<u8> {
    let text = || String::from_utf8_lossy(body).into_owned();
    match choices.below(15) {
        0 => [b"[", body, b"]"].concat(),
        1 => serde_json::Value::from(text()).to_string().into_bytes(),
        2 => body[..body.len().saturating_sub(1)].to_vec(),
        3 => [body, b" x"].concat(),
        4 => [body, b"{}"].concat(),
        5 => text().replace('}', ",}").into_bytes(),
        6 => text().replacen('{', "{/* a */", 1).into_bytes(),
        7 => text().replacen('{', "{// a\n", 1).into_bytes(),
        8 => text().replace('"', "'").into_bytes(),
        9 => [b"\xef\xbb\xbf", body].concat(),
        10 => with_piece(body, b"\xff", choices),
        11 => text().replacen('{', &format!("{{\"x\": {}{}, ", "[".repeat(DEEP), "]".repeat(DEEP)), 1).into_bytes(),
        12 => [body, b" ".repeat(LARGE).as_slice()].concat(),
        13 => with_piece(body, b"\xc3", choices),
        _ => body[..choices.below(body.len() + 1)].to_vec(),
    }
}

/// A body with a piece put into it somewhere.
pub(super) fn with_piece(body: &[u8], piece: &[u8], choices: &mut Choices<'_>) -> Vec<u8> {
    let (before, after) = body.split_at(choices.below(body.len() + 1));
    [before, piece, after].concat()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
