//! Text for terminals: cleaned of what could steer one, and wrapped.

use std::borrow::Cow;

use serde::Serialize;

/// What begins a command of a workflow where it begins a line. A word may come to begin a line.
const COMMAND: &str = "::";
/// What begins a command of a pipeline anywhere in a line, with a name or none before a bracket: `##[error]` of GitHub
/// and Azure, `##vso[task.complete]` of Azure, `##teamcity[testFailed]`.
const PIPELINE_COMMAND: &str = "##";

/// A count and its noun: `1 case`, `2 cases`.
#[must_use]
pub fn counted(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// The text with every character escaped that a terminal might obey or that hides what is there:
/// control characters, those that turn the direction of writing or take no room, and those that XML cannot have. What would be a command to the
/// runner of a workflow, were it to read the text, is escaped as well.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    if text.contains(COMMAND) && text.split_whitespace().any(|word| word.starts_with(COMMAND)) {
        text = Cow::Owned(disarmed(&text));
    }
    if let Some(harmless) = without_pipeline_commands(&text, "#\\u{23}") {
        text = Cow::Owned(harmless);
    }
    if !text.chars().any(is_steering) {
        return text;
    }
    let mut cleaned = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_steering(c) {
            cleaned.extend(c.escape_default());
        } else {
            cleaned.push(c);
        }
    }
    Cow::Owned(cleaned)
}

/// The text with this in place of what begins each command of a pipeline; nothing where there is none.
fn without_pipeline_commands(text: &str, harmless: &str) -> Option<String> {
    let begins_command = |at: &usize| {
        let name = text[*at..].strip_prefix(PIPELINE_COMMAND);
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        name.is_some_and(|name| name.trim_start_matches(is_of_name).starts_with('['))
    };
    let mut places = text.match_indices('#').map(|(at, _)| at).filter(begins_command).peekable();
    places.peek()?;
    let mut out = String::with_capacity(text.len() + harmless.len());
    let mut done = 0;
    for at in places {
        out.push_str(&text[done..at]);
        out.push_str(harmless);
        done = at + PIPELINE_COMMAND.len();
    }
    out.push_str(&text[done..]);
    Some(out)
}

fn disarmed(text: &str) -> String {
    let mut disarmed = String::with_capacity(text.len() + 8);
    let mut begins_word = true;
    for (at, c) in text.char_indices() {
        if begins_word && text[at..].starts_with(COMMAND) {
            disarmed.push_str("\\u{3a}");
        } else {
            disarmed.push(c);
        }
        begins_word = c.is_whitespace() || c.is_control();
    }
    disarmed
}

/// JSON, indented, with a line end, and with nothing in it that could steer a terminal or a workflow.
///
/// JSON escapes the C0 controls only; the others that a terminal may obey stand inside of strings too, so that
/// escaping them leaves the document what it is. The same is so of the marker of a workflow command.
pub(crate) fn pretty(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut json = serde_json::to_string_pretty(value)?;
    json.push('\n');
    // Nearly always there is nothing to escape, and then nothing is copied.
    if let Some(harmless) = without_pipeline_commands(&json, "#\\u0023") {
        json = harmless;
    }
    let is_unsafe = |c: char| c != '\n' && is_steering(c);
    let Some(first) = json.find(is_unsafe) else { return Ok(json) };
    let mut safe = String::with_capacity(json.len() + 8);
    safe.push_str(&json[..first]);
    for c in json[first..].chars() {
        if is_unsafe(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(c);
        }
    }
    Ok(safe)
}

/// Whether a terminal might obey this character, or a reader not see it.
pub(crate) fn is_steering(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// The text in lines of at most `width` characters, broken at blanks; a longer word has a line of its own.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut n_chars = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let n_word = word.chars().count();
        if n_chars > 0 && n_chars + 1 + n_word > width {
            lines.push(std::mem::take(&mut line));
            n_chars = 0;
        }
        if n_chars > 0 {
            line.push(' ');
            n_chars += 1;
        }
        line.push_str(word);
        n_chars += n_word;
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// How the lines begin that are copied into a shell: broken, they would not work there.
const COPIED: [&str; 5] = ["curl ", "setpresence ", "$ ", "run it: ", "serve it: "];

/// A whole text for a terminal of that width: lines that are too long are broken at blanks, what follows stands under the
/// column that the line has, and commands and longer words are left as they are.
#[must_use]
pub fn fit(text: &str, width: usize) -> String {
    let mut fitted = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches('\n');
        let is_copied = COPIED.iter().any(|begin| bare.trim_start().starts_with(begin)) || bare.ends_with('\\');
        if bare.chars().count() <= width || is_copied {
            fitted.push_str(line);
        } else {
            break_line(&mut fitted, bare, width);
            fitted.push_str(&line[bare.len()..]);
        }
    }
    fitted
}

fn break_line(out: &mut String, line: &str, width: usize) {
    let indent = line.chars().take_while(|c| *c == ' ').count();
    let column = column(line, indent);
    let hang = column.filter(|column| *column <= width / 2).unwrap_or(indent + 2);
    // A second column that begins late stands below as a whole.
    let is_below = column.is_some_and(|column| column != hang);
    let mut at = 0;
    let mut n_blanks = 0;
    let mut is_first = true;
    for word in line.split(' ') {
        if word.is_empty() {
            n_blanks += 1;
            continue;
        }
        let n_word = word.chars().count();
        let is_column = is_below && at > indent && n_blanks > 1;
        if !is_first && (is_column || at + n_blanks + n_word > width) {
            out.push('\n');
            (at, n_blanks) = (0, hang);
        }
        out.extend(std::iter::repeat_n(' ', n_blanks));
        out.push_str(word);
        at += n_blanks + n_word;
        (n_blanks, is_first) = (1, false);
    }
}

/// Where the second column of a line begins: after the first two blanks within it.
fn column(line: &str, indent: usize) -> Option<usize> {
    let gap = line.get(indent..)?.find("  ")? + indent;
    let n_blanks = line[gap..].chars().take_while(|c| *c == ' ').count();
    Some(line[..gap].chars().count() + n_blanks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_fitted_to_its_terminal() {
        let rows = [
            ("short\n", 20, "short\n"),
            ("", 20, ""),
            // The second column hangs.
            ("  file      one two three four\n", 24, "  file      one two\n            three four\n"),
            // A name that takes most of the line has what is said of it below.
            (
                "a/very/long/name-of-a-case  what it says of it\n",
                20,
                "a/very/long/name-of-a-case\n  what it says of it\n",
            ),
            ("plain words that go on\nand on", 12, "plain words\n  that go on\nand on"),
            ("    curl -sS http://127.0.0.1:4010/beta\n", 12, "    curl -sS http://127.0.0.1:4010/beta\n"),
            ("run it: setpresence run a/b/c\n", 12, "run it: setpresence run a/b/c\n"),
            ("ünïcödé wörds cöunt as characters\n", 20, "ünïcödé wörds cöunt\n  as characters\n"),
        ];
        for (text, width, wanted) in rows {
            assert_eq!(fit(text, width), wanted, "{text:?} at {width}");
        }
    }

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        let rows = [
            ("plain — text, ünïcode", "plain — text, ünïcode"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\r\nb\tc", "a\\r\\nb\\tc"),
            ("\u{9b}31m\u{7f}", "\\u{9b}31m\\u{7f}"),
            ("\u{202e}evil\u{2066}", "\\u{202e}evil\\u{2066}"),
            ("::error::x", "\\u{3a}:error::x"),
            ("see\n::stop-commands::x", "see\\n\\u{3a}:stop-commands::x"),
            ("http://[::1]/ a::b", "http://[::1]/ a::b"),
            ("x ##[error]y", "x #\\u{23}[error]y"),
            ("##vso[task.complete result=Failed;]", "#\\u{23}vso[task.complete result=Failed;]"),
            ("a##VSO[x] ##teamcity[y] ## [z]", "a#\\u{23}VSO[x] #\\u{23}teamcity[y] ## [z]"),
            ("###vso[x]", "##\\u{23}vso[x]"),
            ("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}"),
        ];
        for (text, cleaned) in rows {
            assert_eq!(clean(text), cleaned);
        }
    }

    #[test]
    fn lines_break_at_blanks() {
        let rows: [(&str, usize, &[&str]); 5] = [
            ("", 10, &[""]),
            ("one two three", 7, &["one two", "three"]),
            ("one two three", 100, &["one two three"]),
            ("a-word-that-is-long b", 5, &["a-word-that-is-long", "b"]),
            ("one  two", 3, &["one", "two"]),
        ];
        for (text, width, lines) in rows {
            assert_eq!(wrap(text, width), lines, "{text:?} at {width}");
        }
    }
}
