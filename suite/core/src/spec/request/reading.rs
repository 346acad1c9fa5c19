//! A request read: head, bytes, text, object, members, each as far as it goes.

use std::borrow::Cow;

use super::members::{Kind, decode, members};
use super::rules::{self, Given, Quoted, Slot};
use super::{Head, Level, Limits, Member, Position, Problem, Profile, Reading, Rule, SetPresence, plain, text};

/// How many undocumented members are named one by one; a body can hold a hundred thousand.
const N_UNKNOWN_NAMED_MAX: usize = 16;

pub(super) fn read<'a>(head: &Head<'_>, body: &'a [u8], profile: &Profile, limits: Limits) -> Reading<'a> {
    plain::read(head, body, profile, limits).unwrap_or_else(|| read_thoroughly(head, body, profile, limits))
}

/// The same by way of every rule, whatever the request.
pub(super) fn read_thoroughly<'a>(head: &Head<'_>, body: &'a [u8], profile: &Profile, limits: Limits) -> Reading<'a> {
    let mut reader = Reader { body, problems: head.problems(), is_opaque: head.is_opaque(), is_utf8: true };
    let request = reader.request(profile, limits);
    Reading { request, problems: reader.problems }
}

struct Reader<'a> {
    body: &'a [u8],
    problems: Vec<Problem>,
    is_opaque: bool,
    /// Whether all of the body is.
    is_utf8: bool,
}

impl<'a> Reader<'a> {
    fn report(&mut self, rule: Rule, level: Level, offset: Option<usize>, detail: String) {
        let position = offset.map(|offset| Position::at(self.body, offset));
        self.problems.push(Problem { rule, level, member: None, position, detail });
    }

    fn request(&mut self, profile: &Profile, limits: Limits) -> Option<SetPresence<'a>> {
        if self.body.len() > limits.bytes {
            let detail = format!("the body has {} bytes", self.body.len());
            self.report(Rule::TooLarge, Level::May, None, detail);
        }
        let (unmarked, start) = text::without_mark(self.body);
        if start > 0 {
            let detail = "the body begins with a byte order mark".to_owned();
            self.report(Rule::ByteOrderMark, Level::May, Some(0), detail);
        }
        if unmarked.trim_ascii().is_empty() {
            self.report(Rule::Empty, Level::Must, None, "the body is empty".to_owned());
            return None;
        }
        let (text, first_bad) = text::in_place(unmarked);
        self.is_utf8 = first_bad.is_none();
        let kind = match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
            Ok(_) => Kind::of(&text),
            Err(_) if self.is_opaque => return Some(SetPresence::UNKNOWN),
            Err(error) => return self.not_json(unmarked, start, first_bad, &error),
        };
        if let Some(bad) = first_bad {
            // Another charset, if one is declared, is a right to such bytes.
            let level = if self.is_opaque { Level::May } else { Level::Should };
            self.report(Rule::NotUtf8, level, Some(start + bad), "the body is not UTF-8".to_owned());
        }
        if let Some(place) = text::too_deep(&text, limits.nesting) {
            let detail = format!("the body is nested deeper than {} levels", limits.nesting);
            self.report(Rule::Nesting, Level::May, Some(start + place), detail);
        }
        if kind != Kind::Object {
            let detail = format!("the body is {}, not an object", kind.name());
            self.report(Rule::NotObject, Level::Must, Some(start), detail);
            return None;
        }
        Some(match text {
            Cow::Borrowed(text) => self.object(text, start, profile),
            // What was put in place of bad bytes does not outlive this call.
            Cow::Owned(text) => SetPresence { is_ambiguous: true, ..self.object(&text, start, profile).into_owned() },
        })
    }

    /// What is not JSON as UTF-8 may be JSON to a reader that is lenient about UTF-8; only where it is
    /// not even that must it be refused.
    fn not_json(
        &mut self,
        unmarked: &[u8],
        start: usize,
        first_bad: Option<usize>,
        error: &serde_json::Error,
    ) -> Option<SetPresence<'a>> {
        let is_wide = text::is_json_in_wider_units(unmarked);
        if is_wide || first_bad.is_some() {
            let place = start + first_bad.unwrap_or(0);
            self.report(Rule::NotUtf8, Level::Should, Some(place), "the body is not UTF-8".to_owned());
        }
        if is_wide || (first_bad.is_some() && text::is_json_when_dropped(unmarked)) {
            return Some(SetPresence::UNKNOWN);
        }
        let place = start + offset_of(unmarked, error.line(), error.column());
        let mut detail = format!("the body is not JSON: {error}");
        // The place is told apart from the detail: without the last five words, ` at line 1 column 2`.
        let end = detail.rmatch_indices(' ').nth(4).map_or(detail.len(), |(end, _)| end);
        detail.truncate(end);
        self.report(Rule::NotJson, Level::Must, Some(place), detail);
        None
    }

    fn object<'t>(&mut self, text: &'t str, start: usize, profile: &Profile) -> SetPresence<'t> {
        // The text was found to be JSON, and an object, before.
        let members = members(text).unwrap_or_default();
        let place = |json: &str| start + (json.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let mut slots = Member::ALL.map(Slot::new);
        let mut n_unknown = 0_usize;
        let mut has_garbled_name = false;
        for (name_json, value_json) in members {
            let (name, _) = decode(name_json);
            let is_garbled = self.is_garbled(place(name_json), name_json.len());
            has_garbled_name |= is_garbled;
            let known = slots.iter_mut().find(|slot| same_but_for_case(slot.member.name(), &name));
            let Some(slot) = known.filter(|_| !is_garbled) else {
                n_unknown += 1;
                if n_unknown <= N_UNKNOWN_NAMED_MAX {
                    let detail = format!("{} is not a documented member", Quoted(&name));
                    self.report(Rule::UnknownMember, Level::May, Some(place(name_json)), detail);
                }
                continue;
            };
            let given = match Kind::of(value_json) {
                _ if self.is_garbled(place(value_json), value_json.len()) => Given::Garbled,
                Kind::Null => Given::Null,
                Kind::String => Given::text(value_json),
                other => Given::Other(other),
            };
            let is_exact = name == slot.member.name();
            slot.push(given, is_exact, place(name_json), place(value_json));
        }
        if n_unknown > N_UNKNOWN_NAMED_MAX {
            let detail = format!("{} more members are not documented", n_unknown - N_UNKNOWN_NAMED_MAX);
            self.report(Rule::UnknownMember, Level::May, None, detail);
        }
        for slot in &mut slots {
            slot.close(has_garbled_name);
        }
        let (request, findings) = rules::apply(slots, profile);
        self.problems.extend(findings.into_iter().map(|finding| Problem {
            rule: finding.rule,
            level: finding.level,
            member: Some(finding.member),
            position: finding.offset.map(|offset| Position::at(self.body, offset)),
            detail: finding.detail,
        }));
        request
    }

    /// Whether some of these bytes are not UTF-8.
    fn is_garbled(&self, offset: usize, len: usize) -> bool {
        let is_garbled = |bytes| std::str::from_utf8(bytes).is_err();
        !self.is_utf8 && self.body.get(offset..offset + len).is_some_and(is_garbled)
    }
}

/// The offset of serde_json's line and column; its column counts the bytes up to and with the offending one.
fn offset_of(text: &[u8], line: usize, column: usize) -> usize {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

/// Whether two names differ in nothing but letter case, as the most lenient reader compares.
pub(super) fn same_but_for_case(one: &str, other: &str) -> bool {
    if one.eq_ignore_ascii_case(other) {
        return true;
    }
    if one.is_ascii() && other.is_ascii() {
        return false;
    }
    // Upper case first, so that letters with one upper case between them, such as the long s, are the same.
    let fold = |text| str::chars(text).flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    fold(one).eq(fold(other))
}
