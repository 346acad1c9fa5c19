//! Text for terminals: cleaned of what could steer one, and wrapped.

use std::borrow::Cow;

use serde::Serialize;

/// What begins a command of a workflow where it begins a line. A word may come to begin a line.
const COMMAND: &str = "::";
/// What begins a command of a workflow anywhere in a line.
const OLD_COMMAND: &str = "##[";

/// A count and its noun: `1 case`, `2 cases`.
pub(crate) fn counted(n: usize, noun: &str) -> String {
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
    if text.contains(OLD_COMMAND) {
        text = Cow::Owned(text.replace(OLD_COMMAND, "#\\u{23}["));
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
    let json = serde_json::to_string_pretty(value)?;
    let mut safe = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if c != '\n' && is_steering(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(c);
        }
    }
    Ok(safe.replace(OLD_COMMAND, "#\\u0023[") + "\n")
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

#[cfg(test)]
mod tests {
    use super::*;

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
