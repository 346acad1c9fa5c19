//! What a target does, as a text to keep beside its code: one block for each case, without what changes from run to run.

use std::collections::{BTreeMap, BTreeSet};

use setpresence_core::event::{RunEvent, SnapshotChange};

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

/// What a run does otherwise than an older snapshot says, in the order of the cases. Of cases that were not asked for it
/// says nothing: whoever judges a part of them does not want to hear of the rest.
#[must_use]
pub fn changes(old: &str, new: &str, is_asked_for: &dyn Fn(&str) -> bool) -> Vec<SnapshotChange> {
    let (old, new) = (blocks(old), blocks(new));
    let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let ids: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let change = |id: &str| {
        let (was, is) = match (old.get(id), new.get(id)) {
            (Some(was), Some(is)) if was != is => (Some(owned(&without(was, is))), Some(owned(&without(is, was)))),
            (Some(was), None) if is_asked_for(id) => (Some(owned(was)), None),
            (None, Some(is)) => (None, Some(owned(is))),
            _ => return None,
        };
        Some(SnapshotChange { case: id.to_owned(), was, is })
    };
    ids.into_iter().filter_map(change).collect()
}

/// The snapshot of a run with what an older one of the same profile says of cases that were not asked for.
#[must_use]
pub fn with_rest(new: &str, old: &str, is_asked_for: &dyn Fn(&str) -> bool) -> String {
    let head = new.lines().next().unwrap_or(HEAD);
    if old.lines().next().map(str::trim_end) != Some(head) {
        return new.to_owned();
    }
    let mut all = blocks(old);
    all.retain(|id, _| !is_asked_for(id));
    all.extend(blocks(new));
    let mut out = format!("{head}\n");
    for (id, lines) in all {
        out.push_str(&format!("\n{id}\n"));
        lines.iter().for_each(|line| out.push_str(&format!("{line}\n")));
    }
    out
}

/// The profile that a snapshot was made by; nothing where the text is no snapshot.
#[must_use]
pub fn profile(snapshot: &str) -> Option<&str> {
    snapshot.lines().next()?.trim_end().strip_prefix(HEAD)?.strip_prefix(", profile ")
}

/// The lines of each case, by its id.
fn blocks(text: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut blocks = BTreeMap::new();
    // Whatever an editor made of the line ends, a case begins behind an empty line.
    for block in text.split("\n\n").flat_map(|part| part.split("\n\r\n")) {
        let mut lines = block.lines();
        if let Some(id) = lines.next().filter(|id| !id.starts_with('#')) {
            blocks.insert(id.trim_end(), lines.map(str::trim_end).collect());
        }
    }
    blocks
}

fn without<'t>(lines: &[&'t str], others: &[&str]) -> Vec<&'t str> {
    lines.iter().copied().filter(|line| !others.contains(line)).collect()
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

    const OLD: &str = "# setpresence snapshot 1, profile v1.0\n\na/b\n  passed\n\nc\n  observed\n  on record: x\n";

    /// The name, the case, and the lines of both sides.
    fn told(old: &str, new: &str, asked_for: &str) -> Vec<String> {
        let line = |change: SnapshotChange| {
            let (was, is) = (change.was.clone().unwrap_or_default(), change.is.clone().unwrap_or_default());
            format!("{} {}: {} | {}", change.name(), change.case, was.join(","), is.join(","))
        };
        changes(old, new, &|id| id.starts_with(asked_for)).into_iter().map(line).collect()
    }

    #[test]
    fn changes_are_told_by_case() {
        assert_eq!(told(OLD, OLD, ""), Vec::<String>::new());
        let new = "# setpresence snapshot 1, profile v1.0\n\na/b\n  failed\n  must r c\n\nd\n  passed\n";
        let changed = "changed a/b:   passed |   failed,  must r c";
        let gone = "gone c:   observed,  on record: x | ";
        assert_eq!(told(OLD, new, ""), [changed, gone, "new d:  |   passed"]);
        assert_eq!(told(OLD, new, "a"), [changed, "new d:  |   passed"], "nobody asked for c");
        assert_eq!(told(&OLD.replace('\n', "\r\n"), OLD, ""), Vec::<String>::new(), "an editor's line ends");
        assert_eq!(profile(OLD), Some("v1.0"));
        assert_eq!(profile("anything else\n"), None);
    }

    #[test]
    fn an_update_leaves_alone_what_was_not_asked_for() {
        let new = "# setpresence snapshot 1, profile v1.0\n\na/b\n  failed\n";
        let kept = with_rest(new, OLD, &|id| id.starts_with("a/"));
        assert_eq!(kept, OLD.replace("a/b\n  passed", "a/b\n  failed"));
        assert_eq!(with_rest(new, OLD, &|_| true), new);
        assert_eq!(with_rest(new, &OLD.replace("v1.0", "beta"), &|_| false), new, "another profile has no rest");
    }
}
