//! What a target does, as a text to keep beside its code: one block for each case, without what changes from run to run.

use std::collections::BTreeMap;

use setpresence_core::event::RunEvent;

use crate::run::Run;
use crate::text::clean;

/// The first line; a snapshot of another shape is told by it.
const HEAD: &str = "# setpresence snapshot 1";

/// The snapshot of a run: every case with its verdict, what departs, and what is on record.
#[must_use]
pub fn snapshot(events: &[RunEvent]) -> String {
    let run = Run::of(events);
    let profile = run.start.map_or("", |start| &start.profile);
    let mut out = format!("{HEAD}, profile {}\n", clean(profile));
    for case in &run.cases {
        out.push_str(&format!("\n{}\n  {}\n", clean(&case.id), case.verdict.name()));
        for found in &case.divergences {
            out.push_str(&format!("  {} {} {}\n", found.level, clean(&found.requirement), found.class.name()));
            out.push_str(&format!("    expected {}\n", steady(&found.expected)));
            out.push_str(&format!("    observed {}\n", steady(&found.observed)));
        }
        for seen in &case.observed {
            out.push_str(&format!("  on record: {}\n", steady(seen)));
        }
    }
    out
}

/// What changed from one snapshot to another, for a person; nothing where they say the same.
#[must_use]
pub fn difference(old: &str, new: &str) -> Option<String> {
    let (old_blocks, new_blocks) = (blocks(old), blocks(new));
    let mut out = String::new();
    for (id, was) in &old_blocks {
        match new_blocks.get(id) {
            None => out.push_str(&format!("gone     {id}\n{}", marked('-', was))),
            Some(is) if is != was => {
                let (kept_was, kept_is) = (without(was, is), without(is, was));
                out.push_str(&format!("changed  {id}\n{}{}", marked('-', &kept_was), marked('+', &kept_is)));
            }
            Some(_) => {}
        }
    }
    for (id, is) in new_blocks.iter().filter(|(id, _)| !old_blocks.contains_key(*id)) {
        out.push_str(&format!("new      {id}\n{}", marked('+', is)));
    }
    (!out.is_empty()).then_some(out)
}

/// The lines of each block, by its first line; the head is a block of its own.
fn blocks(text: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut blocks = BTreeMap::new();
    for block in text.split("\n\n") {
        let mut lines = block.lines();
        if let Some(id) = lines.next() {
            blocks.insert(id.trim_end(), lines.map(str::trim_end).collect());
        }
    }
    blocks
}

fn without<'t>(lines: &[&'t str], others: &[&str]) -> Vec<&'t str> {
    lines.iter().copied().filter(|line| !others.contains(line)).collect()
}

fn marked(sign: char, lines: &[&str]) -> String {
    lines.iter().map(|line| format!("  {sign} {}\n", line.trim_start())).collect()
}

/// The text without what is chance: GUIDs, instants, and long numbers.
pub(crate) fn steady(text: &str) -> String {
    let text = clean(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while !rest.is_empty() {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '.' | '_');
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        out.push_str(&steady_word(word));
        let mut chars = after.chars();
        if let Some(c) = chars.next() {
            out.push(c);
        }
        rest = chars.as_str();
    }
    out
}

fn steady_word(word: &str) -> String {
    const LONG_NUMBER: usize = 9;
    let trimmed = word.trim_end_matches(['.', ':']);
    let tail = &word[trimmed.len()..];
    let parts: Vec<&str> = trimmed.split('-').collect();
    let is_hex = |part: &&str| part.chars().all(|c| c.is_ascii_hexdigit());
    if parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(is_hex) {
        return format!("{{guid}}{tail}");
    }
    let bytes = trimmed.as_bytes();
    let is_instant =
        bytes.len() >= 19 && bytes[4] == b'-' && bytes[7] == b'-' && bytes[10] == b'T' && bytes[13] == b':';
    if is_instant && bytes[..4].iter().all(u8::is_ascii_digit) {
        return format!("{{instant}}{tail}");
    }
    if trimmed.len() >= LONG_NUMBER && trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("{{number}}{tail}");
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_leaves_no_trace() {
        let rows = [
            ("status 400: {\"id\":\"fa8bf3dc-eca7-46b7-bad1-db199b62afc3\"}", "status 400: {\"id\":\"{guid}\"}"),
            ("at 2026-11-23T12:00:01.5Z.", "at {instant}."),
            ("1764000000000 and 200", "{number} and 200"),
            ("Available/Available", "Available/Available"),
            ("PT5M, 0:05:00", "PT5M, 0:05:00"),
        ];
        for (text, wanted) in rows {
            assert_eq!(steady(text), wanted);
        }
    }

    #[test]
    fn differences_are_told_by_case() {
        let old = "# head\n\na/b\n  passed\n\nc\n  observed\n  on record: x\n";
        assert_eq!(difference(old, old), None);
        let new = "# head\n\na/b\n  failed\n  must r c\n\nd\n  passed\n";
        let told = "changed  a/b\n  - passed\n  + failed\n  + must r c\ngone     c\n  - observed\n  - on record: x\nnew      d\n  + passed\n";
        assert_eq!(difference(old, new).as_deref(), Some(told));
        assert_eq!(difference(&old.replace('\n', "\r\n").replace("\r\n\r\n", "\n\n"), old), None);
    }
}
