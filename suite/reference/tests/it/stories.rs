//! Stories: calls and reads over time.

use crate::battery::{Scenario, Step};
use crate::common::Ask;
use Step::{Ask as Do, Both, Wait};

const PAIRS: [&str; 4] = ["Available/Available", "Busy/InACall", "Away/Away", "DoNotDisturb/Presenting"];
const OTHERS: [&str; 4] = ["Available/Available", "Busy/InAConferenceCall", "Away/Away", "DoNotDisturb/Presenting"];

/// Every story.
pub(crate) fn stories() -> Vec<Scenario> {
    let of_pairs = PAIRS.iter().flat_map(|pair| {
        let mut stories = watched(pair);
        stories.extend(unstated(pair));
        stories.extend(renewed(pair));
        stories.extend(beside_others(pair));
        stories.extend(refused(pair));
        stories
    });
    of_pairs.chain(boundaries()).chain(preferences()).chain(users()).collect()
}

fn set(credential: &'static str, pair: &str, duration: &str) -> Step {
    Do(Ask::set(credential, pair, duration))
}

fn see() -> Step {
    Do(Ask::get())
}

fn without(pair: &str) -> Step {
    let (availability, activity) = pair.split_once('/').unwrap();
    Do(Ask::raw(format!(r#"{{"sessionId":"$app","availability":"{availability}","activity":"{activity}"}}"#)))
}

/// Watched for up to four and a half hours, often and seldom.
fn watched(pair: &str) -> Vec<Scenario> {
    let mut stories = Vec::new();
    for duration in ["PT5M", "PT7M", "PT1H", "PT90M", "PT4H"] {
        for (step, end) in [(150, 1200), (450, 6000), (3600, 16_200)] {
            let mut story = vec![set("app", pair, duration)];
            story.extend((0..end / step).flat_map(|_| [Wait(step), see()]));
            stories.push(story);
        }
    }
    stories
}

fn unstated(pair: &str) -> Vec<Scenario> {
    vec![
        vec![without(pair), see(), Wait(290), see(), Wait(20), see(), Wait(1800), see(), Wait(1800), see()],
        vec![set("app", pair, "PT1H"), Wait(60), without(pair), see(), Wait(290), see(), Wait(20), see()],
        vec![set("app", pair, "PT5M"), Wait(300), see(), Wait(1), see(), set("app", pair, "PT5M"), see()],
    ]
}

/// Renewed at several ages, to other pairs and other durations.
fn renewed(pair: &str) -> Vec<Scenario> {
    let rows = [
        (60, "Available/Available", "PT10M"),
        (60, pair, "PT30M"),
        (240, pair, "PT10M"),
        (400, pair, "PT10M"),
        (700, pair, "PT20M"),
        (2000, pair, "PT10M"),
        (60, "Away/Away", "PT10M"),
        (60, "Busy/InAConferenceCall", "PT10M"),
    ];
    let story = |(wait, again, duration): (u64, &str, &str)| {
        let mut story = vec![set("app", pair, "PT20M"), Wait(wait), see(), set("app", again, duration), see()];
        story.extend((0..8).flat_map(|_| [Wait(180), see()]));
        story
    };
    let twice =
        vec![set("app", pair, "PT20M"), Wait(20), set("app", pair, "PT20M"), Wait(290), see(), Wait(900), see()];
    rows.into_iter().map(story).chain([twice]).collect()
}

/// A second and a third application, earlier and later, with shorter and longer lives.
fn beside_others(pair: &str) -> Vec<Scenario> {
    let mut stories = Vec::new();
    for other in OTHERS {
        let mut story =
            vec![set("app", pair, "PT20M"), Wait(60), set("app_b", other, "PT10M"), see(), Wait(310), see()];
        story.extend([set("app_c", "Away/Away", "PT30M"), see(), Wait(330), see(), Wait(600), see()]);
        stories.push(story.clone());
        story.insert(1, Do(Ask::prefer("BeRightBack/BeRightBack", Some("PT8M"))));
        stories.push(story);
        let mut late = vec![set("app", pair, "PT4H"), Wait(700), set("app_b", other, "PT4H"), see()];
        late.extend([set("app_c", pair, "PT4H"), see(), Wait(310), see()]);
        stories.push(late);
        let mut cleared = vec![set("app", pair, "PT1H"), set("app_b", other, "PT1H")];
        cleared.extend([Do(Ask::clear("app_b")), see(), Do(Ask::clear("app")), see()]);
        cleared.extend([Wait(200), set("app", other, "PT1H"), Wait(3500), see(), Wait(110), Do(Ask::clear("app"))]);
        stories.push(cleared);
        let both = Both(Ask::set("app", pair, "PT1H"), Ask::set("app_b", other, "PT1H"));
        stories.push(vec![both, see(), Wait(700), see()]);
    }
    stories
}

/// Refused calls in the middle.
fn refused(pair: &str) -> Vec<Scenario> {
    let calls = [
        Ask::set("app", "Busy/Busy", "PT10M"),
        Ask::set("app", "Busy/InACall", "x"),
        Ask::raw("{"),
        Ask::set("app", "Busy/InACall", "PT1H").by("app_b"),
    ];
    let story = |call| {
        let mut story = vec![set("app", pair, "PT20M"), Wait(240), Do(call), see()];
        story.extend([120, 600, 300, 1200].into_iter().flat_map(|wait| [Wait(wait), see()]));
        story
    };
    calls.into_iter().map(story).collect()
}

/// Exactly at each boundary, from another moment than the start; and several sessions that end in turn.
fn boundaries() -> Vec<Scenario> {
    let at = |wait| vec![Wait(7), set("app", "Available/Available", "PT20M"), Wait(wait), see()];
    let mut stories: Vec<_> = [300, 600, 1200].into_iter().map(at).collect();
    // Some seconds before and after.
    let near = |duration| {
        let mut story = vec![set("app", "Available/Available", duration), Wait(285)];
        story.extend([see(), Wait(30), see(), Wait(10), see(), Wait(10), see()]);
        story
    };
    stories.extend(["PT1H", "PT5M", "PT5M30S"].map(near));
    let mut story = vec![set("app", "Away/Away", "PT1H"), set("app_b", "Busy/InACall", "PT5M")];
    story.extend([set("app_c", "Available/Available", "PT1H"), see(), Wait(310), see(), Wait(310), see()]);
    stories.push(story);
    stories
}

fn preferences() -> Vec<Scenario> {
    let set = |pair: &str| set("app", pair, "PT4H");
    let prefer = |pair: &str, duration| Do(Ask::prefer(pair, duration));
    let unprefer = || Do(Ask::unprefer());
    vec![
        vec![prefer("Busy/Busy", None), see(), set("Away/Away"), see(), unprefer(), see()],
        vec![
            set("Available/Available"),
            Wait(240),
            prefer("Available/Available", None),
            see(),
            Wait(400),
            see(),
            unprefer(),
            see(),
        ],
        vec![
            set("Busy/InACall"),
            prefer("Available/Available", Some("PT20M")),
            see(),
            Wait(1100),
            see(),
            Wait(110),
            see(),
        ],
        vec![set("Busy/InACall"), prefer("Available/Available", None), Wait(4000), see(), Wait(11_000), see()],
        vec![
            set("Busy/InACall"),
            prefer("Offline/OffWork", None),
            set("Away/Away"),
            see(),
            Do(Ask::clear("app")),
            see(),
            set("Away/Away"),
            see(),
        ],
        vec![set("Busy/InACall"), prefer("Busy/InACall", None), see(), prefer("Away/Away", Some("x")), see()],
        [100_000, 600_000]
            .into_iter()
            .flat_map(|wait| ["Busy/Busy", "Away/Away"].map(|pair| (wait, pair)))
            .flat_map(|(wait, pair)| [prefer(pair, None), Wait(wait), set("Busy/InACall"), see(), unprefer()])
            .collect(),
        vec![set("Busy/InACall"), prefer("Busy/Busy", None), prefer("Away/Away", None), see()],
        vec![
            set("Busy/InACall"),
            prefer("DoNotDisturb/DoNotDisturb", Some("P1D")),
            see(),
            Do(Ask::get().of(1)),
            Do(Ask::set("app_b", "Away/Away", "PT1H").of(1)),
            Do(Ask::get().of(1)),
        ],
        vec![
            set("Away/Away"),
            Do(Ask::prefer("Busy/Busy", None).by("no_role")),
            see(),
            Do(Ask::unprefer().by("no_role")),
            Do(Ask::clear("app").by("no_role")),
        ],
    ]
}

fn users() -> Vec<Scenario> {
    let set = |credential, pair: &str, user| Do(Ask::set(credential, pair, "PT1H").of(user));
    let see = |user| Do(Ask::get().of(user));
    let all = || (0..3).map(see);
    let mut stories = vec![
        vec![Do(Ask::clear("app"))],
        vec![set("app", "Away/Away", 0), Do(Ask::clear("app_b")), Do(Ask::clear("app").by("app_b")), see(0)],
        vec![
            set("app", "Away/Away", 0),
            Do(Ask::raw("[]").to("clearPresence")),
            Do(Ask::raw("{}").to("clearPresence")),
        ],
        vec![set("app", "Busy/InACall", 0), Do(Ask::set("app", "Away/Away", "PT1H").by("no_role")), see(0)],
        // More than seven calls, each seen.
        (0..16)
            .flat_map(|n| [set("app", if n % 2 == 0 { "Away/Away" } else { "Busy/InACall" }, 0), see(0), Wait(1)])
            .collect(),
        vec![
            set("app", "Available/Available", 0),
            set("app_b", "Busy/InACall", 0),
            set("app_b", "Busy/InAConferenceCall", 0),
            set("app_c", "Busy/InACall", 0),
            see(0),
        ],
        vec![set("app_b", "Busy/InACall", 0), set("app", "Busy/InAConferenceCall", 0), see(0), Wait(301), see(0)],
        vec![
            set("app_b", "Available/Available", 0),
            Wait(301),
            set("app", "Available/Available", 0),
            see(0),
            set("app_b", "Available/Available", 0),
            see(0),
        ],
        vec![
            set("app", "Available/Available", 0),
            Wait(301),
            set("app_b", "Available/Available", 0),
            see(0),
            Wait(301),
            set("app", "Available/Available", 0),
            see(0),
            set("app_b", "Busy/InACall", 0),
            see(0),
            set("app", "Busy/InAConferenceCall", 0),
            see(0),
        ],
    ];
    let mut story =
        vec![set("app", "Busy/InACall", 0), set("app", "Away/Away", 1), set("app_b", "Available/Available", 2)];
    story.extend(all());
    story.extend([set("app", "Away/Away", 2), Do(Ask::clear("app").of(1))]);
    story.extend(all());
    stories.push(story);
    stories
}
