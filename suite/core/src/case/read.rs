//! A case file read: each row becomes a case of its own.

use std::cell::Cell;

use super::library::Case;
use super::placeholder::Names;
use super::register::Register;
use super::step::{Step, UserName, View};
use super::text::{Item, Sink, Table, unknown};
use crate::spec::{Level, Presence, Profile};

const ROW_KEYS: [&str; 9] = ["name", "profiles", "requirements", "covers", "level", "mark", "twin", "expect", "about"];

/// How many rows a case file may have: several times as many as any has, and few enough to compare each with each.
const ROWS_LIMIT: usize = 1000;
/// How large the bodies of all rows of a file may be together, in bytes: they are all kept until they are sent.
const BODIES_LIMIT: usize = 64 * 1024 * 1024;

/// What a case file says of all its rows.
struct Head<'d> {
    id: &'d str,
    file: &'d str,
    text: &'d str,
    title: &'d str,
    about: Option<&'d str>,
    requirements: Option<Item<'d>>,
    profiles: Option<Item<'d>>,
    level: Option<Item<'d>>,
    mark: Option<Item<'d>>,
    twin: Option<Item<'d>>,
    mutants: Vec<String>,
    shown: Option<(u32, u32)>,
    steps: Vec<Item<'d>>,
    /// What is left of [`BODIES_LIMIT`].
    room: Cell<usize>,
}

/// Reads a case file into cases; mistakes go to the sink.
pub(super) fn read(sink: &Sink<'_>, id: &str, register: &Register) -> Vec<Case> {
    let Some(document) = sink.document() else { return Vec::new() };
    let table = Table::of(sink, &document);
    let head = Head {
        id,
        file: &sink.source().name,
        text: &sink.source().text,
        title: table.required("title").and_then(|item| item.text()).unwrap_or_default(),
        about: table.get("about").and_then(|item| item.text()),
        requirements: table.required("requirements"),
        profiles: table.get("profiles"),
        level: table.get("level"),
        mark: table.get("mark"),
        twin: table.get("twin"),
        mutants: table.get("mutants").and_then(texts).unwrap_or_default(),
        shown: table.get("shown").and_then(shown),
        steps: table.required("step").and_then(|item| item.list()).unwrap_or_default(),
        room: Cell::new(BODIES_LIMIT),
    };
    let rows = table.get("row").and_then(|item| item.list());
    table.finish();
    for step in head.steps.iter().filter_map(Item::table) {
        View::finish(step);
    }
    let text = &sink.source().text;
    match rows {
        None => head.case(None, 1, register).into_iter().collect(),
        Some(rows) => {
            let mut cases: Vec<Case> = Vec::new();
            if let Some(beyond) = rows.get(ROWS_LIMIT) {
                beyond.problem(format!("a file has at most {ROWS_LIMIT} rows; put the others into another"));
            }
            for item in rows.into_iter().take(ROWS_LIMIT) {
                let Some(row) = item.table() else { continue };
                check_columns(&row, text);
                let Some(case) = head.case(Some(&row), head.line(&item), register) else { continue };
                let is_twice = |other: &Case| {
                    other.id == case.id && other.profiles.iter().any(|profile| case.profiles.contains(profile))
                };
                if cases.iter().any(is_twice) {
                    item.problem("two rows of one name share a profile");
                }
                cases.push(case);
            }
            cases
        }
    }
}

/// How often of how many times, as two whole numbers of which neither is zero.
fn shown(item: Item<'_>) -> Option<(u32, u32)> {
    let numbers = item.list()?.iter().map(|item| u32::try_from(item.count()?).ok()).collect::<Option<Vec<u32>>>()?;
    match numbers[..] {
        [shown, tried] if (1..=tried).contains(&shown) => Some((shown, tried)),
        _ => {
            item.problem("how often of how many times is wanted here, such as [1, 4]");
            None
        }
    }
}

fn check_columns(row: &Table<'_>, text: &str) {
    for (column, _, item) in row.entries() {
        if !ROW_KEYS.contains(&column) && !text.contains(&format!("${{row.{column}}}")) {
            item.problem(format!(
                "no step uses `${{row.{column}}}`; keys of a row that are no columns: {}",
                ROW_KEYS.join(", ")
            ));
        }
    }
}

impl<'d> Head<'d> {
    /// The line in which something begins, from 1.
    fn line(&self, item: &Item<'d>) -> usize {
        self.text.get(..item.span().start).map_or(1, |before| before.matches('\n').count() + 1)
    }

    fn case(&self, row: Option<&Table<'d>>, line: usize, register: &Register) -> Option<Case> {
        let of_row = |key: &'static str| row.and_then(|row| row.get(key));
        let columns: Vec<(&str, &str)> = match row {
            None => Vec::new(),
            Some(row) => row
                .entries()
                .filter(|(key, _, _)| !ROW_KEYS.contains(key))
                .map(|(key, _, item)| Some((key, item.text()?)))
                .collect::<Option<_>>()?,
        };
        let names = Names::new(columns);
        let id = match row {
            None => self.id.to_owned(),
            Some(row) => format!("{}/{}", self.id, row_name(row.required("name")?)?),
        };
        let profiles = profiles(of_row("profiles").or(self.profiles))?;
        let requirements = requirements(of_row("requirements").or(self.requirements)?, &profiles, register)?;
        let mark = match of_row("mark").or(self.mark) {
            None => Presence::AWAY,
            Some(item) => item.text()?.parse().map_err(|error| item.problem(format!("{error}"))).ok()?,
        };
        let level = match of_row("level").or(self.level) {
            None => None,
            Some(item) => Some(item.one_of("level", &["may", "should", "must"], Level::named)?),
        };
        let mut steps = self.steps(row, &names, level)?;
        check_order(&mut steps, &self.steps)?;
        check_covers(&steps, &requirements, &profiles, register, &self.steps)?;
        let twin = self.twin(of_row("twin").or(self.twin), &names, &steps)?;
        Some(Case {
            id,
            file: self.file.to_owned(),
            line,
            family: self.id.split('/').next().unwrap_or_default().to_owned(),
            title: self.title.to_owned(),
            about: of_row("about").and_then(|item| item.text()).or(self.about).unwrap_or_default().to_owned(),
            profiles,
            requirements,
            mark,
            steps,
            twin,
            mutants: self.mutants.clone(),
            shown: self.shown,
        })
    }

    fn steps(&self, row: Option<&Table<'d>>, names: &Names<'_>, level: Option<Level>) -> Option<Vec<Step>> {
        let last = self.steps.len().checked_sub(1)?;
        let mut steps = Vec::new();
        for (index, item) in self.steps.iter().enumerate() {
            let table = item.table()?;
            let of_row = |key: &'static str| row.filter(|_| index == last).and_then(|row| row.get(key));
            let view = View {
                table: &table,
                replaced: Vec::new(),
                names,
                number: index + 1,
                row_expect: of_row("expect"),
                row_covers: of_row("covers").and_then(|item| item.text()),
            };
            let mut step = view.step();
            let size = step.as_ref().map_or(0, |step| step.body.size());
            let Some(room) = self.room.get().checked_sub(size) else {
                item.problem("the bodies of this file are larger than 64 MiB together; repeat less");
                return None;
            };
            self.room.set(room);
            if let Some(expect) = step.as_mut().and_then(|step| step.expect.as_mut()) {
                expect.level = expect.level.or(level);
            }
            steps.push(step);
        }
        steps.into_iter().collect()
    }

    /// The accepted counterpart of the last step: the same but for the one key of `twin`.
    fn twin(&self, item: Option<Item<'d>>, names: &Names<'_>, steps: &[Step]) -> Option<Option<Box<Step>>> {
        let (Some(last), Some(last_item)) = (steps.last(), self.steps.last()) else { return None };
        let is_refused = matches!(
            last.expect.as_ref().map(|expect| &expect.wanted),
            Some(super::Wanted::Refused { is_plain: false, .. })
        );
        let Some(item) = item else {
            if is_refused {
                last_item.problem(
                    "a step that must be refused needs a `twin`: what has to be put right for it to be accepted",
                );
                return None;
            }
            return Some(None);
        };
        if !is_refused {
            return Some(None);
        }
        let table = item.table()?;
        let entries: Vec<_> = table.entries().map(|(key, _, item)| (key, item)).collect();
        let [(key, value)] = entries.as_slice() else {
            item.problem("a twin differs in one respect: it has exactly one key");
            return None;
        };
        let (key, value) = (*key, *value);
        let mut replaced = vec![(key, value)];
        let mut columns: Vec<(&str, &str)> = Vec::new();
        if key == "row" {
            replaced.clear();
            let row = value.table()?;
            for (column, _, value) in row.entries() {
                if !names.has(column) {
                    value.problem(format!("the rows have no column `{column}`"));
                    return None;
                }
                columns.push((column, value.text()?));
            }
        }
        let names = names.with(columns);
        let step_table = last_item.table()?;
        let view = View {
            table: &step_table,
            replaced,
            names: &names,
            number: last.number,
            row_expect: None,
            row_covers: None,
        };
        let mut twin = view.step()?;
        twin.at = last.at;
        twin.expect = None;
        if twin == (Step { expect: None, covers: twin.covers.clone(), ..last.clone() }) {
            item.problem("the twin is the refused request itself");
            return None;
        }
        Some(Some(Box::new(twin)))
    }
}

fn texts(item: Item<'_>) -> Option<Vec<String>> {
    item.list()?.into_iter().map(|item| item.text().map(str::to_owned)).collect()
}

fn row_name(item: Item<'_>) -> Option<&str> {
    let name = item.text()?;
    let is_good = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte));
    if !is_good {
        item.problem("a row's name is a path component: lower case, digits, hyphens, dots");
    }
    is_good.then_some(name)
}

fn profiles(item: Option<Item<'_>>) -> Option<Vec<&'static Profile>> {
    let Some(item) = item else { return Some(Profile::ALL.to_vec()) };
    let names = Profile::ALL.map(|profile| profile.name);
    item.list()?.into_iter().map(|item| item.one_of("profile", &names, |name| Profile::named(name).ok())).collect()
}

fn requirements(item: Item<'_>, profiles: &[&'static Profile], register: &Register) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for item in item.list()? {
        let id = item.text()?;
        let Some(requirement) = register.get(id) else {
            let known: Vec<&str> = register.keys().map(String::as_str).collect();
            item.problem(match super::text::nearest(id, known) {
                Some(near) => format!("`{id}` is not in requirements.toml; did you mean `{near}`?"),
                None => format!("`{id}` is not in requirements.toml"),
            });
            continue;
        };
        if profiles.iter().all(|profile| requirement.level(profile).is_none()) {
            item.problem(format!("`{id}` is in none of the case's profiles"));
        }
        found.push(id.to_owned());
    }
    if found.is_empty() {
        item.problem("a case judges at least one requirement");
        return None;
    }
    Some(found)
}

fn check_order(steps: &mut [Step], items: &[Item<'_>]) -> Option<()> {
    let mut now = std::time::Duration::ZERO;
    let n_steps = steps.len();
    for (index, (step, item)) in steps.iter_mut().zip(items).enumerate() {
        if step.at == std::time::Duration::MAX {
            step.at = now;
        }
        if step.at < now {
            item.problem("a step is not before the step before it");
            return None;
        }
        if step.is_together && (index == 0 || step.at != now) {
            item.problem("a step that is sent `together` with the one before it is at the same moment");
            return None;
        }
        now = step.at;
        let is_surrounded = step.operation == crate::spec::Operation::SetPresence
            && step.expect.as_ref().is_some_and(super::Expectation::is_surrounded);
        if is_surrounded && index + 1 < n_steps {
            item.problem("a step that expects `refused` or `either` is the last one, unless it is `plain`");
            return None;
        }
        if step.user == UserName::Unknown
            && step.operation == crate::spec::Operation::GetPresence
            && step.expect.is_some()
        {
            item.problem("an unknown user has no presence to expect");
            return None;
        }
    }
    Some(())
}

fn check_covers(
    steps: &[Step],
    requirements: &[String],
    profiles: &[&'static Profile],
    register: &Register,
    items: &[Item<'_>],
) -> Option<()> {
    let mut is_judging = false;
    for (step, item) in steps.iter().zip(items) {
        let Some(expect) = &step.expect else { continue };
        is_judging = true;
        let covers = step.covers.as_ref().unwrap_or(&requirements[0]);
        if !requirements.contains(covers) {
            let known: Vec<&str> = requirements.iter().map(String::as_str).collect();
            item.problem(unknown("requirement of the case", covers, &known));
            return None;
        }
        for profile in profiles {
            match register.get(covers).and_then(|requirement| requirement.level(profile)) {
                None => {
                    item.problem(format!("`{covers}` is not stated in {profile}, which the case belongs to"));
                    return None;
                }
                Some(level) if expect.level.is_some_and(|wanted| wanted > level) => {
                    item.problem(format!("`{covers}` is a {level} in {profile}; an expectation cannot bind more"));
                    return None;
                }
                Some(_) => {}
            }
        }
    }
    if !is_judging {
        items.first()?.problem("no step of the case expects anything");
        return None;
    }
    Some(())
}
