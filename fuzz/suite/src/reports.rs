//! Laws of the reports: whatever a target or a fixture says, every format stays what it is.

use std::sync::LazyLock;

use serde_json::Value;
use setpresence::{RunEvent, Subject, Suite};
use setpresence_core::explore::Choices;
use setpresence_core::spec::Profile;
use setpresence_report::console::{Detail, Options};
use setpresence_report::{Format, log, render};

use crate::reference::served;

/// How many texts of a log are replaced at most.
const REPLACED_MOST: usize = 6;
/// How long a text gets at most that the input chooses byte by byte.
const TEXT_MOST: usize = 64;
/// What the suite itself chose, and a stored log that says otherwise was forged.
const OURS: [&str; 15] = [
    "id",
    "family",
    "file",
    "requirement",
    "requirements",
    "profile",
    "profile_about",
    "suite",
    "clock",
    "role",
    "method",
    "level",
    "class",
    "verdict",
    "case",
];
/// Texts that mean something to who reads a report; each also in the dictionary.
const ATTACKS: [&str; 14] = [
    "<script>alert(1)</script>",
    "</script>",
    "]]>",
    "-->",
    "\u{1b}[31m",
    "\u{9b}2J",
    "\u{202e}",
    "\r\n::error::x",
    "```\n",
    "[x](javascript:x)",
    "\nok 1 - x",
    "\n  ...",
    "\0",
    "\u{fffe}",
];

/// A run in which much is wrong, as its log holds it.
static RUN: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (settings, make) = served(Profile::V1_0, Some("never-fades"));
    let mut events = Vec::new();
    runtime.block_on(async {
        let patterns = ["fade/available-fades-in-two-stages", "body/duration-out-of-range/just-too-short-by-minutes"]
            .map(ToOwned::to_owned);
        let suite = Suite::new().expect("fixtures").select(&patterns, &[]).expect("cases");
        let subject = Subject::in_process(settings, make()).await.expect("tokens");
        let planned = suite.plan(&subject);
        suite.follow(&subject, planned, &mut |event| events.push(event)).await.expect("a run");
    });
    events.iter().map(|event| serde_json::to_value(event).expect("an event")).collect()
});

/// The texts that may be anything, as pointers into each event.
static TEXTS: LazyLock<Vec<(usize, String)>> = LazyLock::new(|| {
    let mut texts = Vec::new();
    for (nth, event) in RUN.iter().enumerate() {
        gather(event, "", &mut |at| texts.push((nth, at.to_owned())));
    }
    texts.retain(|(nth, at)| {
        let mut event = RUN[*nth].clone();
        replace(&mut event, at, "x");
        serde_json::from_value::<RunEvent>(event).is_ok()
    });
    texts
});

fn gather(value: &Value, at: &str, found: &mut impl FnMut(&str)) {
    match value {
        Value::String(_) => found(at),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(nth, item)| gather(item, &format!("{at}/{nth}"), found))
        }
        Value::Object(members) => {
            for (name, item) in members.iter().filter(|(name, _)| !OURS.contains(&name.as_str())) {
                gather(item, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        _ => {}
    }
}

fn replace(event: &mut Value, at: &str, text: &str) {
    if let Some(place) = event.pointer_mut(at) {
        *place = Value::from(text);
    }
}

/// Whatever texts a log holds: no format panics, each stays well formed, and none has a character that steers a terminal.
///
/// # Panics
/// Where one does.
pub fn report(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let mut run = RUN.clone();
    for _ in 0..REPLACED_MOST {
        if choices.is_spent() {
            break;
        }
        let (nth, at) = &TEXTS[choices.below(TEXTS.len())];
        let mut text = String::from_utf8_lossy(choices.bytes(TEXT_MOST)).into_owned();
        if choices.odds(1, 2) {
            text.push_str(choices.text(&ATTACKS));
        }
        replace(&mut run[*nth], at, &text);
    }
    let events: Vec<RunEvent> = run.into_iter().filter_map(|event| serde_json::from_value(event).ok()).collect();
    let lines: String = events.iter().map(|event| log::line(event).expect("a line")).collect();
    assert_eq!(log::read(&lines).expect("the log that was written"), events);
    for format in Format::ALL {
        let text = render(format, &events, &Options { detail: Detail::Everything, ..Options::default() });
        check(format, &text.unwrap_or_else(|error| panic!("{}: {error}", format.name())));
    }
}

fn check(format: Format, text: &str) {
    let name = format.name();
    assert!(text.ends_with('\n'), "{name} does not end its last line");
    let steers = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if let Some(at) = text.find(steers) {
        let around: String = text[..at].chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect();
        panic!("{name} has a character that steers a terminal after {around:?}");
    }
    let lines = || text.lines().map(str::trim_start);
    match format {
        Format::Json | Format::Har | Format::Sarif | Format::Ctrf | Format::Badge => {
            let read: Result<Value, _> = serde_json::from_str(text);
            assert!(read.is_ok_and(|value| value.is_object()), "{name} is no JSON object: {text}");
        }
        Format::Junit => {
            let read = quick_junit::Report::deserialize_from_str(text);
            assert!(read.is_ok(), "{name} cannot be read: {:?}\n{text}", read.err());
        }
        Format::Html => {
            assert_eq!(text.matches("<script").count(), 2, "{name}: the data and the script, and no other");
            assert_eq!(text.matches("</script").count(), 2, "{name}: the data and the script, and no other");
            assert!(!text.contains("<img") && !text.contains("<iframe"), "{name}: {text}");
        }
        Format::Tap => {
            let plan = lines().find_map(|line| line.strip_prefix("1..")?.split(' ').next()?.parse().ok());
            let n_points = text.lines().filter(|line| line.starts_with("ok ") || line.starts_with("not ok ")).count();
            assert_eq!(plan, Some(n_points), "{name}: {text}");
        }
        Format::Github | Format::Console | Format::Markdown => {}
    }
    // Whatever stands in a build's log is read for commands.
    let ours = ["::error title=", "::error file=", "::warning file=", "::warning title=", "::notice title="];
    let is_forged = |line: &str| {
        line.starts_with("::") && !(format == Format::Github && ours.iter().any(|own| line.starts_with(own)))
    };
    assert!(!lines().any(is_forged) && !text.contains("##["), "{name} has a forged command: {text}");
}
