//! The fixtures and the model, two independent witnesses of the documentation, must agree: the arm of the model alone.

#![expect(clippy::expect_used, reason = "fixtures that cannot be read fail the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use setpresence_core::case::text::Source;
use setpresence_core::case::{CREDENTIALS, Library};
use setpresence_core::judge::{Context, Slack, disagreements};
use setpresence_core::plan::schedule::{Timeline, lower_bound, schedule};
use setpresence_core::plan::{Abilities, Adapter, Credential, Planned, Selection, plan};
use setpresence_core::spec::Profile;

fn sources(folder: &Path, found: &mut Vec<Source>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("fixtures").map(|entry| entry.expect("entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(Source { name: path.display().to_string(), text: fs::read_to_string(&path).expect("text") });
        }
    }
}

fn credentials() -> Arc<BTreeMap<String, Credential>> {
    let application = |name: &str| match name {
        "app_b" => "29e64b75-fd37-4beb-952d-176cb49974d6",
        "app_c" => "e70b1b83-1541-43f7-b711-867a7350d039",
        _ => "22553876-f5ab-4529-bffb-cfe50aa89f87",
    };
    let credential = |name: &str| Credential { application: application(name).to_owned(), user: None };
    Arc::new(CREDENTIALS.into_iter().map(|name| (name.to_owned(), credential(name))).collect())
}

fn library() -> Library {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures"), &mut files);
    Library::load(files).unwrap_or_else(|problems| panic!("{}", problems[0]))
}

fn abilities(profile: &'static Profile) -> Abilities {
    Abilities {
        profile,
        credentials: credentials(),
        operations: Adapter::documented(),
        users: 3,
        has_unknown_user: true,
        longest: None,
        clock_factor: 1,
    }
}

#[test]
fn fixtures_and_model_agree_in_every_profile() {
    let library = library();
    let context = Context {
        users: ["user-a", "user-b", "user-c"].map(str::to_owned).to_vec(),
        credentials: credentials(),
        slack: Slack::default(),
        interrupted: None,
    };
    let mut found = Vec::new();
    for profile in Profile::ALL {
        let mut n_cases = 0;
        for planned in plan(&library, &abilities(profile), &Selection::default()) {
            let Planned::Run(plan) = planned else { panic!("nothing is left out: {planned:?}") };
            n_cases += 1;
            found.extend(disagreements(&plan, &context).into_iter().map(|what| format!("{profile} {what}")));
        }
        assert!(n_cases > 1_000, "{n_cases} cases in {profile}");
    }
    assert!(found.is_empty(), "{} disagreements:\n{}", found.len(), found.join("\n"));
}

/// On a clock that passes, a run takes as long as its longest timeline, or as all of them shared out evenly where there
/// are too few users for that; at most a twentieth more.
#[test]
fn no_pool_waits_much_longer_than_it_has_to() {
    let library = library();
    for profile in Profile::ALL {
        let all: Vec<Timeline> = plan(&library, &abilities(profile), &Selection::default())
            .iter()
            .filter_map(|planned| match planned {
                Planned::Run(plan) => Some(plan.timeline()),
                Planned::Skipped(_) => None,
            })
            .collect();
        for minutes in [11, 21, 61, 24 * 60] {
            let longest = Duration::from_secs(60 * minutes);
            let timelines: Vec<Timeline> = all.iter().filter(|timeline| timeline.lasts <= longest).copied().collect();
            for users in [1, 2, 5, 10, 50] {
                let (found, least) = (schedule(&timelines, users).makespan, lower_bound(&timelines, users));
                assert!(found <= least * 21 / 20, "{profile}, {minutes} min on {users}: {found:?}, not {least:?}");
            }
        }
        let longest = all.iter().map(|timeline| timeline.lasts).max().unwrap_or_default();
        assert_eq!(schedule(&all, 50).makespan, longest, "fifty users are enough for all to run side by side");
    }
}
