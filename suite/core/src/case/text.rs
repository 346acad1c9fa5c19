//! TOML with places: a reader that collects every mistake with its line and column instead of
//! stopping at the first. Target files are read with it as well.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The largest file that is read, in bytes: a hundred times the largest that anyone has reason to write.
pub const FILE_LIMIT: usize = 4 * 1024 * 1024;

/// How much of a line is shown with a mistake, in characters.
const EXCERPT_LONGEST: usize = 240;
/// How much of a long line is shown before the mistake, in characters.
const EXCERPT_BEFORE: usize = 40;
/// How many mistakes of one text are kept: more than anyone reads, and an end to a file that has nothing else.
const PROBLEMS_LIMIT: usize = 500;

/// A text and the name it is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as messages show it.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// A mistake in a text, with its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The path of the file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters are wrong, at least one.
    pub width: usize,
    /// The line's text; of a long line, what is around the mistake.
    pub excerpt: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, width, excerpt, message } = self;
        let margin = line.to_string().len();
        writeln!(f, "{file}:{line}:{column}: {message}")?;
        writeln!(f, "{:margin$} |", "")?;
        write!(f, "{line} | {excerpt}")?;
        let indent = column.saturating_sub(1);
        if indent > excerpt.chars().count() {
            // Of a long line only what is around the mistake is shown.
            return Ok(());
        }
        write!(f, "\n{:margin$} | {:indent$}{:^<width$}", "", "", "", width = (*width).min(EXCERPT_LONGEST))
    }
}

/// Collects the mistakes of one text.
#[derive(Debug)]
pub struct Sink<'s> {
    source: &'s Source,
    problems: RefCell<Vec<Problem>>,
}

impl<'s> Sink<'s> {
    /// A sink for the mistakes of this text.
    #[must_use]
    pub const fn new(source: &'s Source) -> Self {
        Self { source, problems: RefCell::new(Vec::new()) }
    }

    /// The text.
    #[must_use]
    pub const fn source(&self) -> &'s Source {
        self.source
    }

    /// Parses the text; what cannot be parsed is reported, and nothing of it is returned.
    #[must_use]
    pub fn document(&self) -> Option<Spanned<DeTable<'s>>> {
        if self.source.text.len() > FILE_LIMIT {
            self.report(0..0, format!("the file is larger than {} MiB", FILE_LIMIT / 1024 / 1024));
            return None;
        }
        let (document, errors) = DeTable::parse_recoverable(&self.source.text);
        for error in &errors {
            self.report(error.span().unwrap_or(0..0), error.message().to_owned());
        }
        errors.is_empty().then_some(document)
    }

    /// Reports a mistake at a range of bytes.
    pub fn report(&self, span: Range<usize>, message: impl Into<String>) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() < PROBLEMS_LIMIT {
            problems.push(problem_at(self.source, span, message.into()));
        }
    }

    /// Whether anything was reported.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.problems.borrow().is_empty()
    }

    /// Every mistake, in the order of the text, each once.
    #[must_use]
    pub fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort();
        problems.dedup();
        problems
    }
}

fn problem_at(source: &Source, span: Range<usize>, message: String) -> Problem {
    let text = &source.text;
    let start = floor_boundary(text, span.start);
    let end = floor_boundary(text, span.end).max(start);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let column = text[line_start..start].chars().count() + 1;
    let from = if column > EXCERPT_LONGEST { column - EXCERPT_BEFORE } else { 0 };
    let line = text[line_start..line_end].trim_end_matches('\r');
    Problem {
        file: source.name.clone(),
        line: text[..start].matches('\n').count() + 1,
        column,
        width: text[start..end.min(line_end)].chars().count().max(1),
        excerpt: line.chars().skip(from).take(EXCERPT_LONGEST).collect(),
        message,
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// A table whose keys are asked for by name; what was never asked for is a mistake.
#[derive(Debug)]
pub struct Table<'d> {
    sink: &'d Sink<'d>,
    entries: &'d DeTable<'d>,
    span: Range<usize>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'d> Table<'d> {
    /// The table of a whole document.
    #[must_use]
    pub fn of(sink: &'d Sink<'d>, document: &'d Spanned<DeTable<'d>>) -> Self {
        Self::new(sink, document.get_ref(), document.span())
    }

    const fn new(sink: &'d Sink<'d>, entries: &'d DeTable<'d>, span: Range<usize>) -> Self {
        Self { sink, entries, span, asked: RefCell::new(Vec::new()) }
    }

    /// The value of a key, if there is one.
    #[must_use]
    pub fn get(&self, key: &'static str) -> Option<Item<'d>> {
        self.asked.borrow_mut().push(key);
        self.peek(key)
    }

    /// The value of a key, if there is one, without counting the key as known.
    #[must_use]
    pub fn peek(&self, key: &str) -> Option<Item<'d>> {
        self.entries.get(key).map(|value| Item { sink: self.sink, value })
    }

    /// The value of a key that has to be there.
    #[must_use]
    pub fn required(&self, key: &'static str) -> Option<Item<'d>> {
        let item = self.get(key);
        if item.is_none() {
            self.problem(format!("`{key}` is missing"));
        }
        item
    }

    /// Every entry, whether asked for or not.
    pub fn entries(&self) -> impl Iterator<Item = (&'d str, Range<usize>, Item<'d>)> + use<'d> {
        let sink = self.sink;
        self.entries.iter().map(move |(key, value)| (key.get_ref().as_ref(), key.span(), Item { sink, value }))
    }

    /// The range of bytes of the table.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Reports a mistake of the whole table.
    pub fn problem(&self, message: impl Into<String>) {
        self.sink.report(self.span(), message);
    }

    /// Reports every key that nobody asked for.
    pub fn finish(self) {
        self.finish_with(&[]);
    }

    /// Reports every key that nobody asked for and that is not one of `others`.
    pub fn finish_with(self, others: &[&str]) {
        let mut allowed: Vec<&str> = self.asked.borrow().iter().copied().chain(others.iter().copied()).collect();
        allowed.sort_unstable();
        allowed.dedup();
        for (key, span, _) in self.entries() {
            if !allowed.contains(&key) {
                self.sink.report(span, unknown("key", key, &allowed));
            }
        }
    }
}

/// A value with its place.
#[derive(Clone, Copy, Debug)]
pub struct Item<'d> {
    sink: &'d Sink<'d>,
    value: &'d Spanned<DeValue<'d>>,
}

impl<'d> Item<'d> {
    /// The range of bytes of the value.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.value.span()
    }

    /// Reports a mistake of the value.
    pub fn problem(&self, message: impl Into<String>) {
        self.sink.report(self.span(), message);
    }

    /// Whether the value is a string.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.value.get_ref().is_str()
    }

    /// Whether the value is an array.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.value.get_ref().is_array()
    }

    /// Whether the value is a table.
    #[must_use]
    pub fn is_table(&self) -> bool {
        self.value.get_ref().is_table()
    }

    /// The string, or a mistake.
    #[must_use]
    pub fn text(&self) -> Option<&'d str> {
        self.expect("a string", self.value.get_ref().as_str())
    }

    /// The boolean, or a mistake.
    #[must_use]
    pub fn flag(&self) -> Option<bool> {
        self.expect("true or false", self.value.get_ref().as_bool())
    }

    /// The whole number of 0 or more, or a mistake.
    #[must_use]
    pub fn count(&self) -> Option<u64> {
        let number = self
            .value
            .get_ref()
            .as_integer()
            .and_then(|integer| u64::from_str_radix(integer.as_str(), integer.radix()).ok());
        self.expect("a whole number of 0 or more", number)
    }

    /// The elements of the array, or a mistake.
    #[must_use]
    pub fn list(&self) -> Option<Vec<Self>> {
        let list = self.value.get_ref().as_array();
        self.expect("an array", list).map(|list| list.iter().map(|value| Self { sink: self.sink, value }).collect())
    }

    /// The strings of the array, or a mistake.
    #[must_use]
    pub fn texts(&self) -> Option<Vec<&'d str>> {
        self.list()?.iter().map(Self::text).collect()
    }

    /// The table, or a mistake.
    #[must_use]
    pub fn table(&self) -> Option<Table<'d>> {
        let table = self.value.get_ref().as_table();
        self.expect("a table", table).map(|entries| Table::new(self.sink, entries, self.span()))
    }

    /// The value that `name` stands for, or a mistake that lists the names there are.
    #[must_use]
    pub fn one_of<T>(&self, what: &str, names: &[&str], find: impl Fn(&str) -> Option<T>) -> Option<T> {
        let name = self.text()?;
        let found = find(name);
        if found.is_none() {
            self.problem(unknown(what, name, names));
        }
        found
    }

    fn expect<T>(&self, what: &str, found: Option<T>) -> Option<T> {
        if found.is_none() {
            self.problem(format!("{what} is wanted here, not {}", article(self.value.get_ref().type_str())));
        }
        found
    }
}

fn article(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {kind}")
}

/// `unknown WHAT `NAME`; did you mean …? allowed: …`
#[must_use]
pub fn unknown(what: &str, name: &str, allowed: &[&str]) -> String {
    let allowed_list = allowed.join(", ");
    match nearest(name, allowed.iter().copied()) {
        Some(near) => format!("unknown {what} `{name}`; did you mean `{near}`? allowed: {allowed_list}"),
        None => format!("unknown {what} `{name}`; allowed: {allowed_list}"),
    }
}

/// The candidate that is nearest in spelling, if any is near enough to be meant.
#[must_use]
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, candidate)| *distance * 5 <= candidate.chars().count().max(3) * 2)
        .map(|(_, candidate)| candidate)
}

/// The Levenshtein distance, in characters.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let substituted = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str, read: impl Fn(Table<'_>)) -> Vec<String> {
        let source = Source { name: "x.toml".to_owned(), text: text.to_owned() };
        let sink = Sink::new(&source);
        if let Some(document) = sink.document() {
            read(Table::of(&sink, &document));
        }
        sink.into_problems().iter().map(|p| format!("{}:{}+{} {}", p.line, p.column, p.width, p.message)).collect()
    }

    #[test]
    fn every_mistake_has_its_place() {
        let text = "title = 3\nabuot = \"x\"\n\n[inner]\nflag = \"no\"\n";
        let found = problems(text, |table| {
            let _ = table.get("title").and_then(|item| item.text());
            let _ = table.get("about");
            let _ = table.required("steps");
            if let Some(inner) = table.get("inner").and_then(|item| item.table()) {
                let _ = inner.get("flag").and_then(|item| item.flag());
                inner.finish();
            }
            table.finish();
        });
        assert_eq!(
            found,
            [
                "1:1+1 `steps` is missing",
                "1:9+1 a string is wanted here, not an integer",
                "2:1+5 unknown key `abuot`; did you mean `about`? allowed: about, inner, steps, title",
                "5:8+4 true or false is wanted here, not a string",
            ]
        );
    }

    #[test]
    fn broken_toml_is_a_problem_with_a_place() {
        let found = problems("a = 1\nb = = 2\nc = \"open\n", |_| ());
        assert!(found.len() >= 2, "{found:?}");
        assert!(found[0].starts_with("2:"), "{found:?}");
    }

    #[test]
    fn places_count_characters_and_never_split_one() {
        let source = Source { name: "x".to_owned(), text: "ä€ = 1\nü".to_owned() };
        let problem = problem_at(&source, 3..4, "here".to_owned());
        assert_eq!((problem.line, problem.column), (1, 2));
        assert_eq!(problem_at(&source, 900..901, String::new()).line, 2);
    }

    #[test]
    fn a_problem_reads_like_a_compilers() {
        let source = Source { name: "a.toml".to_owned(), text: "x = 1\ny = tru\n".to_owned() };
        let problem = problem_at(&source, 10..13, "not a value".to_owned());
        assert_eq!(problem.to_string(), "a.toml:2:5: not a value\n  |\n2 | y = tru\n  |     ^^^");
    }

    #[test]
    fn only_what_is_near_is_suggested() {
        assert_eq!(nearest("expcet", ["expect", "as"]), Some("expect"));
        assert_eq!(nearest("zebra", ["expect", "as"]), None);
    }
}
