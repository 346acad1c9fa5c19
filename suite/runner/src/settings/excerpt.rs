//! The lines of a target file that messages show: without the secrets that may stand in them.

use setpresence_core::case::text::Problem;

/// Keys whose values anyone may see. A line of any other key may hold a secret.
const PUBLIC_KEYS: [&str; 26] = [
    "base_url",
    "profile",
    "users",
    "unknown_user",
    "timeout",
    "kind",
    "factor",
    "tolerance",
    "propagation",
    "advance",
    "method",
    "path",
    "case",
    "reason",
    "until",
    "ca",
    "certificate",
    "key",
    "alg",
    "issuer",
    "audience",
    "tenant",
    "key_id",
    "private_key_file",
    "id",
    "user",
];
/// What stands for each letter that is not shown.
const HIDDEN: char = '…';
/// The longest word that is taken for a key: longer than any that there is.
const KEY_LONGEST: usize = 32;

/// The problem with nothing in its line that may be secret; every column stays where it was.
pub(super) fn guarded(mut problem: Problem) -> Problem {
    let excerpt = &problem.excerpt;
    let mut parts = excerpt.split('=');
    let first = parts.next().unwrap_or_default().trim();
    let is_public = match parts.count() {
        0 => first.starts_with('[') && first.ends_with(']'),
        1 => PUBLIC_KEYS.contains(&first),
        _ => false,
    };
    // A URL with an `@` in it may hold a password.
    if !is_public || excerpt.contains("://") && excerpt.contains('@') {
        problem.excerpt = hidden(excerpt);
    }
    problem
}

/// A line of which only keys and signs are left: no quoted text, and no word that is not a key.
fn hidden(line: &str) -> String {
    let letters: Vec<char> = line.chars().collect();
    let mut shown = String::with_capacity(line.len());
    let mut at = 0;
    while at < letters.len() {
        let rest = &letters[at..];
        let length = match rest[0] {
            quote @ ('"' | '\'') => quoted_length(rest, quote),
            letter if is_bare(letter) => {
                let length = rest.iter().take_while(|letter| is_bare(**letter)).count();
                if is_key(length, &rest[length..]) {
                    shown.extend(&rest[..length]);
                    at += length;
                    continue;
                }
                length
            }
            letter => {
                let is_sign = letter.is_whitespace() || "=,[]{}".contains(letter);
                shown.push(if is_sign { letter } else { HIDDEN });
                at += 1;
                continue;
            }
        };
        shown.extend(std::iter::repeat_n(HIDDEN, length));
        at += length;
    }
    shown
}

/// How long a quoted text is, its quotes included; one that does not end goes to the end of the line.
fn quoted_length(rest: &[char], quote: char) -> usize {
    let mut is_escaped = false;
    for (at, letter) in rest.iter().enumerate().skip(1) {
        if *letter == quote && !is_escaped {
            return at + 1;
        }
        is_escaped = quote == '"' && *letter == '\\' && !is_escaped;
    }
    rest.len()
}

const fn is_bare(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.')
}

/// Whether a word of that length is a key, by what comes after it. Two signs of equality are the end of base64.
fn is_key(length: usize, rest: &[char]) -> bool {
    let mut after = rest.iter().skip_while(|letter| **letter == ' ');
    length <= KEY_LONGEST && after.next() == Some(&'=') && after.next().is_some_and(|letter| *letter != '=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_and_signs_are_shown() {
        let rows = [
            ("profile = 'v3'", "profile = 'v3'"),
            ("[applications]", "[applications]"),
            ("base_url = 'http://u:p@h'", "base_url = ##############"),
            ("no_role = 'canary'", "no_role = ########"),
            (r#"a = { id = "a", token = "ca\"nary", x = 1 }"#, "a = { id = ###, token = ##########, x = # }"),
            ("token = 'canary", "token = #######"),
            ("token = canary+ab==", "token = #########=="),
            ("canary", "######"),
            ("\"canary\",", "########,"),
        ];
        for (line, wanted) in rows {
            let problem = Problem {
                file: String::new(),
                line: 1,
                column: 1,
                width: 1,
                excerpt: line.to_owned(),
                message: String::new(),
            };
            assert_eq!(guarded(problem).excerpt.replace(HIDDEN, "#"), wanted);
        }
    }
}
