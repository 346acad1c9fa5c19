//! What a profile says of the members of a body.
//!
//! A member can have several readings: duplicates, another letter case that some readers take and
//! others pass over, bytes that cannot be read. Each reading is judged, and the one with the least
//! against it counts, because a service that reads so is not wrong.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use super::members::{Kind, decode};
use super::reading::same_but_for_case;
use super::{Expiration, Level, Member, Presence, Profile, Rule, SetPresence};
use crate::spec::duration::{Deviation, DurationText};

/// How much of an offending text is shown, in characters: enough for an id or a duration.
const N_SHOWN_MAX: usize = 48;

/// What a member was given as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Given<'t> {
    Absent,
    Null,
    Text {
        text: Cow<'t, str>,
        has_lone_surrogate: bool,
    },
    Other(Kind),
    /// Not UTF-8, which is a problem of the body; nothing more can be told.
    Garbled,
}

impl<'t> Given<'t> {
    pub(super) fn text(json: &'t str) -> Self {
        let (text, has_lone_surrogate) = decode(json);
        Self::Text { text, has_lone_surrogate }
    }

    const fn is_text(&self) -> bool {
        matches!(self, Self::Text { .. })
    }

    fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text { text, .. } => Some(text),
            _ => None,
        }
    }
}

/// Something against a member.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) rule: Rule,
    pub(super) level: Level,
    pub(super) member: Member,
    pub(super) offset: Option<usize>,
    pub(super) detail: String,
}

/// One way in which a member can be read.
#[derive(Debug)]
struct Candidate<'t> {
    given: Given<'t>,
    offset: Option<usize>,
}

/// A documented member and all that was given for it.
#[derive(Debug)]
pub(super) struct Slot<'t> {
    pub(super) member: Member,
    candidates: Vec<Candidate<'t>>,
    n_exact: usize,
    /// The place of the first name in another letter case, and of the second name in either.
    first_odd: Option<usize>,
    second: Option<usize>,
}

impl<'t> Slot<'t> {
    pub(super) const fn new(member: Member) -> Self {
        Self { member, candidates: Vec::new(), n_exact: 0, first_odd: None, second: None }
    }

    pub(super) fn push(&mut self, given: Given<'t>, is_exact: bool, name_offset: usize, value_offset: usize) {
        if is_exact {
            self.n_exact += 1;
        } else {
            self.first_odd.get_or_insert(name_offset);
        }
        if !self.candidates.is_empty() {
            self.second.get_or_insert(name_offset);
        }
        self.candidates.push(Candidate { given, offset: Some(value_offset) });
    }

    /// Adds the readings that stand for no value of their own, when all members have been seen.
    pub(super) fn close(&mut self, has_garbled_name: bool) {
        if self.n_exact == 0 {
            self.candidates.push(Candidate { given: Given::Absent, offset: None });
        }
        if has_garbled_name {
            self.candidates.push(Candidate { given: Given::Garbled, offset: None });
        }
    }

    /// Whether its readings differ.
    fn is_contested(&self) -> bool {
        self.candidates.windows(2).any(|pair| pair[0].given != pair[1].given)
    }

    /// What was given, if that is one thing: readings that stand for no value of their own do not count.
    fn told(&self) -> Option<&Given<'t>> {
        let mut given = self.candidates.iter().filter(|candidate| candidate.offset.is_some());
        let first = &given.next()?.given;
        given.all(|candidate| candidate.given == *first).then_some(first)
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.candidates.iter().filter_map(|candidate| candidate.given.as_text())
    }

    fn finding(&self, rule: Rule, level: Level, offset: Option<usize>, detail: String) -> Finding {
        Finding { rule, level, member: self.member, offset, detail }
    }

    /// What is to be said of the names and of the text, whatever it means.
    fn general(&self) -> Vec<Finding> {
        let member = self.member;
        let mut findings = Vec::new();
        if self.first_odd.is_some() {
            let detail = format!("`{member}` is written in another letter case");
            findings.push(self.finding(Rule::MemberCase, Level::May, self.first_odd, detail));
        }
        if self.second.is_some() {
            let detail = format!("`{member}` is there more than once");
            findings.push(self.finding(Rule::Duplicate, Level::May, self.second, detail));
        }
        let is_lone = |given: &Given<'_>| matches!(given, Given::Text { has_lone_surrogate: true, .. });
        if let Some(candidate) = self.candidates.iter().find(|candidate| is_lone(&candidate.given)) {
            let detail = format!("`{member}` has half of a surrogate pair");
            findings.push(self.finding(Rule::LoneSurrogate, Level::May, candidate.offset, detail));
        }
        findings
    }

    /// The findings of the reading that has least against it.
    fn mildest(&self, judge: impl Fn(&Given<'t>) -> Vec<(Rule, Level, String)>) -> Vec<Finding> {
        let mut mildest: Option<(Option<Level>, Vec<Finding>)> = None;
        for candidate in &self.candidates {
            let findings: Vec<_> = judge(&candidate.given)
                .into_iter()
                .map(|(rule, level, detail)| self.finding(rule, level, candidate.offset, detail))
                .collect();
            let level = findings.iter().map(|finding| finding.level).max();
            if mildest.as_ref().is_none_or(|(least, _)| level < *least) {
                mildest = Some((level, findings));
            }
        }
        mildest.map(|(_, findings)| findings).unwrap_or_default()
    }
}

/// Everything against the members, and what they ask for; the slots come in the order of [`Member::ALL`].
pub(super) fn apply<'t>(slots: [Slot<'t>; 4], profile: &Profile) -> (SetPresence<'t>, Vec<Finding>) {
    let mut findings: Vec<_> = slots.iter().flat_map(Slot::general).collect();
    let [session_id, availability, activity, duration] = slots;
    findings.extend(session_id.mildest(|given| session_id_rules(given, profile)));
    findings.extend(availability.mildest(|given| {
        required_rules(given, Member::Availability, Rule::AvailabilityMissing, Rule::AvailabilityType)
    }));
    findings.extend(
        activity.mildest(|given| required_rules(given, Member::Activity, Rule::ActivityMissing, Rule::ActivityType)),
    );
    let pair = Pair::find(&availability, &activity, profile);
    findings.extend(pair.finding(&availability, &activity, profile));
    findings.extend(duration.mildest(|given| duration_rules(given, profile)));

    let is_told = [&availability, &activity].into_iter().all(|slot| slot.told().is_some_and(|given| given.is_text()));
    let presence = pair.presence.filter(|_| is_told);
    let session_text = match session_id.told() {
        Some(Given::Text { text, .. }) => Some(text.clone()),
        _ => None,
    };
    let is_ambiguous = presence.is_none()
        || pair.level.is_some()
        || [&session_id, &availability, &activity, &duration].into_iter().any(Slot::is_contested);
    let request = SetPresence { session_id: session_text, presence, expiration: expiration(&duration), is_ambiguous };
    (request, findings)
}

/// How the given texts lie to the pairs of a profile.
struct Pair {
    /// The nearest pair that is supported, if any is near.
    presence: Option<Presence>,
    /// How strongly the texts must be refused for not being that pair.
    level: Option<Level>,
}

impl Pair {
    fn find(availability: &Slot<'_>, activity: &Slot<'_>, profile: &Profile) -> Self {
        let distance = |pair: &Presence| {
            nearness(availability, pair.availability.name()).max(nearness(activity, pair.activity.name()))
        };
        let nearest = profile.pairs.iter().map(|pair| (distance(pair), *pair)).min_by_key(|(level, _)| *level);
        match nearest {
            Some((level, pair)) if level < Some(Level::Must) => Self { presence: Some(pair), level },
            _ => Self { presence: None, level: Some(Level::Must) },
        }
    }

    fn finding(&self, availability: &Slot<'_>, activity: &Slot<'_>, profile: &Profile) -> Option<Finding> {
        let level = self.level?;
        let (rule, reason) = match level {
            Level::May => (Rule::PairCase, "is written in another letter case"),
            Level::Should => (Rule::PairPadded, "has blanks around it"),
            Level::Must => (Rule::PairUnsupported, "is not supported"),
        };
        // The member that is to blame alone; where each is good by itself, the activity completes the bad pair.
        let is_to_blame = match self.presence {
            Some(pair) => nearness(availability, pair.availability.name()) == self.level,
            None => profile.pairs.iter().all(|pair| nearness(availability, pair.availability.name()) == self.level),
        };
        let slot = if is_to_blame { availability } else { activity };
        let offset = slot.candidates.iter().find(|candidate| candidate.given.is_text())?.offset;
        let shown = match (availability.texts().next(), activity.texts().next()) {
            (Some(availability), Some(activity)) => format!("{} with {}", Quoted(availability), Quoted(activity)),
            (one, other) => one.or(other).map(|text| Quoted(text).to_string())?,
        };
        Some(slot.finding(rule, level, offset, format!("{shown} {reason} in {profile}")))
    }
}

/// How strongly the texts given must be refused for not being this name; what is no text has its own finding.
fn nearness(slot: &Slot<'_>, name: &str) -> Option<Level> {
    if slot.candidates.iter().any(|candidate| candidate.given == Given::Garbled) {
        return None;
    }
    slot.texts().map(|text| distance(text, name)).min().flatten()
}

fn distance(text: &str, name: &str) -> Option<Level> {
    if text == name {
        None
    } else if same_but_for_case(text, name) {
        Some(Level::May)
    } else if same_but_for_case(text.trim(), name) {
        Some(Level::Should)
    } else {
        Some(Level::Must)
    }
}

fn session_id_rules(given: &Given<'_>, profile: &Profile) -> Vec<(Rule, Level, String)> {
    let missing = if profile.session_id_required { Level::Should } else { Level::May };
    let member = Member::SessionId;
    match given {
        Given::Absent => vec![(Rule::SessionIdMissing, missing, format!("`{member}` is absent"))],
        Given::Null => vec![(Rule::SessionIdMissing, missing, format!("`{member}` is null"))],
        Given::Other(kind) => vec![(Rule::SessionIdType, Level::Must, wrong_kind(member, *kind))],
        Given::Text { text, .. } if text.is_empty() => {
            vec![(Rule::SessionIdBlank, Level::Should, format!("`{member}` is empty"))]
        }
        Given::Text { text, .. } if text.trim().len() < text.len() => {
            vec![(Rule::SessionIdBlank, Level::Should, format!("`{member}` {} has blanks around it", Quoted(text)))]
        }
        Given::Text { .. } | Given::Garbled => Vec::new(),
    }
}

fn required_rules(given: &Given<'_>, member: Member, missing: Rule, kind_rule: Rule) -> Vec<(Rule, Level, String)> {
    match given {
        Given::Absent => vec![(missing, Level::Must, format!("`{member}` is absent"))],
        Given::Null => vec![(missing, Level::Must, format!("`{member}` is null"))],
        Given::Other(kind) => vec![(kind_rule, Level::Must, wrong_kind(member, *kind))],
        Given::Text { .. } | Given::Garbled => Vec::new(),
    }
}

fn duration_rules(given: &Given<'_>, profile: &Profile) -> Vec<(Rule, Level, String)> {
    let text = match given {
        Given::Absent | Given::Null | Given::Garbled => return Vec::new(),
        Given::Other(kind) => {
            return vec![(Rule::DurationType, Level::Must, wrong_kind(Member::ExpirationDuration, *kind))];
        }
        Given::Text { text, .. } => text,
    };
    let shown = Quoted(text);
    let duration = DurationText::read(text);
    let mut against: Vec<(Rule, Level, String)> = Vec::new();
    for deviation in duration.deviations().iter() {
        let (rule, level) = deviation_rule(deviation, &duration, profile);
        match against.iter_mut().find(|(found, ..)| *found == rule) {
            // Two ways to break one rule are one reason.
            Some((_, _, detail)) => detail.push_str(&format!(", {deviation}")),
            None => against.push((rule, level, format!("{shown} is not in the grammar of Edm.Duration: {deviation}"))),
        }
    }
    if let Some((rule, detail)) = amount_rule(&duration, profile) {
        let level = match rule {
            _ if profile.range_is_stated => Level::Must,
            Rule::DurationPositive => Level::Should,
            _ => Level::May,
        };
        against.push((rule, level, format!("{shown} {detail}")));
    }
    against
}

fn deviation_rule(deviation: Deviation, duration: &DurationText<'_>, profile: &Profile) -> (Rule, Level) {
    match deviation {
        Deviation::Unreadable => (Rule::DurationUnreadable, Level::Must),
        Deviation::LowerCase | Deviation::Blank | Deviation::EmptyComponent => (Rule::DurationSloppy, Level::Should),
        Deviation::PlusSign => (Rule::DurationPlus, Level::May),
        Deviation::ClockTime => (Rule::DurationClock, Level::May),
        Deviation::CalendarUnits => {
            // A small fraction of a year can lie in the range; then the fraction is all there is against it.
            let is_beyond = duration.amount().is_some_and(|amount| amount.exceeds(profile.expiration.1));
            let level = if profile.range_is_stated && is_beyond {
                Level::Must
            } else if profile.strict_duration {
                Level::Should
            } else {
                Level::May
            };
            (Rule::DurationCalendar, level)
        }
        Deviation::ZeroCalendarUnits
        | Deviation::DecimalComma
        | Deviation::FractionElsewhere
        | Deviation::AlternativeFormat => {
            (Rule::DurationIso, if profile.strict_duration { Level::Should } else { Level::May })
        }
    }
}

/// What the amount breaks, where one can be relied on: not that of a clock time, which is on record
/// only, and of calendar units only that it is too much, as it is the least that they can mean.
fn amount_rule(duration: &DurationText<'_>, profile: &Profile) -> Option<(Rule, &'static str)> {
    let amount = duration.amount()?;
    let (lo, hi) = profile.expiration;
    if duration.deviations().contains(Deviation::ClockTime) {
        None
    } else if amount.is_zero() {
        Some((Rule::DurationPositive, "is zero"))
    } else if !amount.is_positive() {
        Some((Rule::DurationPositive, "is negative"))
    } else if amount.exceeds(hi) {
        Some((Rule::DurationRange, "is too long"))
    } else if !amount.within(lo, hi) && !duration.deviations().contains(Deviation::CalendarUnits) {
        Some((Rule::DurationRange, "is too short"))
    } else {
        None
    }
}

fn expiration(slot: &Slot<'_>) -> Expiration {
    let meaning = |given: &Given<'_>| match given {
        Given::Absent | Given::Null => Expiration::Absent,
        Given::Text { text, .. } => {
            let duration = DurationText::read(text);
            let is_relied_on = duration.deviations().iter().all(|deviation| deviation == Deviation::PlusSign);
            let amount = duration.amount().filter(|_| is_relied_on).and_then(|amount| amount.to_duration());
            amount.map_or(Expiration::Unclear, Expiration::After)
        }
        Given::Other(_) | Given::Garbled => Expiration::Unclear,
    };
    let mut meanings = slot.candidates.iter().map(|candidate| meaning(&candidate.given));
    let first = meanings.next().unwrap_or(Expiration::Absent);
    if meanings.all(|other| other == first) { first } else { Expiration::Unclear }
}

fn wrong_kind(member: Member, kind: Kind) -> String {
    format!("`{member}` is {}, not a string", kind.name())
}

/// A text for a message: escaped, and shortened if it is long.
pub(super) struct Quoted<'t>(pub(super) &'t str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.0.char_indices().nth(N_SHOWN_MAX).map_or(self.0.len(), |(end, _)| end);
        let (shown, rest) = self.0.split_at(end);
        f.write_char('`')?;
        if shown.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\'' | b'\\')) {
            f.write_str(shown)?;
        } else {
            shown.chars().try_for_each(|next| write!(f, "{}", next.escape_debug()))?;
        }
        f.write_str(if rest.is_empty() { "`" } else { "…`" })
    }
}
