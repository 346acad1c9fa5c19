//! Who is who: users and applications never touch one another, and a GUID is the same in any letter case.

use std::time::Duration;

use super::{EXACT, millis, presence, presences};
use crate::model::{Effect, Expiry, Model, Ruling, Seen, canonical};
use crate::spec::Profile;

const GUID: &str = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";
const GUID_IN_CAPITALS: &str = "FA8BF3DC-ECA7-46B7-BAD1-DB199B62AFC3";

#[test]
fn only_the_letter_case_of_a_guid_is_dropped() {
    let rows = [
        (GUID, GUID),
        (GUID_IN_CAPITALS, GUID),
        ("Fa8bf3dc-eca7-46b7-bad1-db199b62afc", "Fa8bf3dc-eca7-46b7-bad1-db199b62afc"),
        ("Fa8bf3dc-eca7-46b7-bad1-db199b62afc33", "Fa8bf3dc-eca7-46b7-bad1-db199b62afc33"),
        ("Ga8bf3dc-eca7-46b7-bad1-db199b62afc3", "Ga8bf3dc-eca7-46b7-bad1-db199b62afc3"),
        ("FA8BF3DCAeca7-46b7-bad1-db199b62afc3", "FA8BF3DCAeca7-46b7-bad1-db199b62afc3"),
        ("FA8BF3DC-eca7A46b7-bad1-db199b62afc3", "FA8BF3DC-eca7A46b7-bad1-db199b62afc3"),
        ("FA8BF3DC-eca7-46b7Abad1-db199b62afc3", "FA8BF3DC-eca7-46b7Abad1-db199b62afc3"),
        ("FA8BF3DC-eca7-46b7-bad1Adb199b62afc3", "FA8BF3DC-eca7-46b7-bad1Adb199b62afc3"),
        ("Someone@Contoso.com", "Someone@Contoso.com"),
        ("", ""),
    ];
    for (id, want) in rows {
        assert_eq!(canonical(id), want);
    }
}

fn busy(application: &str) -> Ruling {
    Ruling {
        reasons: Vec::new(),
        effect: Effect::Session {
            application: application.to_owned(),
            shown: Some(presence("Busy/InACall")),
            expiry: Expiry::After(Duration::from_secs(3600)),
        },
    }
}

#[test]
fn users_never_touch_one_another() {
    let mut model = Model::new(Profile::V1_0, EXACT);
    let shows = |model: &Model, user: &str, wanted: &[&str]| {
        assert_eq!(model.permitted(user, millis(5_000, 5_000)).presences, presences(wanted), "{user}");
    };
    model.set(GUID, &busy("app"), millis(0, 0), Seen::Accepted);
    shows(&model, GUID, &["Busy/InACall"]);
    shows(&model, GUID_IN_CAPITALS, &["Busy/InACall"]);
    shows(&model, "someone else", &["Offline/Offline"]);
    model.prefer("someone else", presence("Away/Away"), None, millis(1, 1), Seen::Accepted);
    shows(&model, GUID, &["Busy/InACall"]);
    model.set("someone else", &busy("app"), millis(2, 2), Seen::Accepted);
    shows(&model, "someone else", &["Away/Away"]);
    model.clear("someone else", "app", millis(3, 3), Seen::Accepted);
    shows(&model, "someone else", &["Offline/Offline"]);
    shows(&model, GUID, &["Busy/InACall"]);
    assert!(model.read("someone else", millis(4_000, 4_000), presence("Offline/Offline")));
    assert!(!model.read("someone else", millis(4_000, 4_000), presence("Busy/InACall")));
    assert!(model.read("nobody yet", millis(4_000, 4_000), presence("Offline/Offline")));
    assert!(!model.read("nobody yet", millis(4_000, 4_000), presence("Away/Away")));
}

/// Another's session is its own: clearing it, or a name in another letter case, leaves the rest alone.
#[test]
fn applications_never_touch_one_another() {
    let rows = [
        ("app", "app", "Offline/Offline"),
        ("app", "app_b", "Busy/InACall"),
        ("app", "APP", "Busy/InACall"),
        (GUID, GUID_IN_CAPITALS, "Offline/Offline"),
    ];
    for (set, cleared, wanted) in rows {
        let mut model = Model::new(Profile::V1_0, EXACT);
        model.set("someone", &busy(set), millis(0, 0), Seen::Accepted);
        model.clear("someone", cleared, millis(1, 1), Seen::Accepted);
        assert_eq!(model.permitted("someone", millis(2, 2)).presences, presences(&[wanted]), "{set}, {cleared}");
    }
}

#[test]
fn a_model_knows_its_profile() {
    for profile in Profile::ALL {
        assert_eq!(Model::new(profile, EXACT).profile(), profile);
    }
}
