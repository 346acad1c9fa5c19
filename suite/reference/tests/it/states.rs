//! What a read shows after some calls and some time, in process on a manual clock.

use std::time::Duration;

use crate::common::{Ask, ask};
use setpresence_core::spec::Profile;
use setpresence_reference::{ClockKind, Faults, Reference, Settings, Variants};

enum Step {
    /// Minutes pass.
    Wait(u64),
    /// A call that is accepted.
    Do(Ask),
    /// The first user's presence.
    See(&'static str),
}
use Step::{Do, See, Wait};

async fn check(profile: &'static Profile, steps: &[Step]) {
    let reference = crate::common::reference(profile, Faults::none(), Variants::none());
    for (place, step) in steps.iter().enumerate() {
        match step {
            Wait(minutes) => reference.advance(Duration::from_secs(60 * minutes)),
            Do(call) => {
                let answer = ask(&reference, call).await;
                assert_eq!(answer.status, 200, "step {place}: {}", answer.text);
            }
            See(presence) => assert_eq!(ask(&reference, &Ask::get()).await.presence(), *presence, "step {place}"),
        }
    }
}

fn set(credential: &'static str, pair: &str, duration: &str) -> Step {
    Do(Ask::set(credential, pair, duration))
}

#[tokio::test]
async fn available_fades_and_expires() {
    for profile in Profile::ALL {
        check(
            profile,
            &[
                See("Offline/Offline"),
                set("app", "Available/Available", "PT1H"),
                See("Available/Available"),
                Wait(4),
                See("Available/Available"),
                Wait(1),
                See("Available/AvailableInactive"),
                Wait(4),
                See("Available/AvailableInactive"),
                Wait(1),
                See("Away/Away"),
                Wait(49),
                See("Away/Away"),
                Wait(1),
                See("Offline/Offline"),
            ],
        )
        .await;
    }
}

#[tokio::test]
async fn calls_renew() {
    check(
        Profile::BETA_2021_06,
        &[
            set("app", "Available/Available", "PT10M"),
            Wait(4),
            set("app", "Available/Available", "PT10M"),
            Wait(4),
            See("Available/Available"),
            Wait(4),
            See("Available/AvailableInactive"),
            set("app", "Available/Available", "PT5M"),
            See("Available/Available"),
            Wait(5),
            See("Offline/Offline"),
            set("app", "Busy/InACall", "PT4H"),
            Wait(239),
            See("Busy/InACall"),
            Wait(1),
            See("Offline/Offline"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_highest_wins() {
    check(
        Profile::V1_0,
        &[
            set("app", "Away/Away", "PT4H"),
            set("app_b", "Available/Available", "PT4H"),
            See("Available/Available"),
            set("app_c", "Busy/InAConferenceCall", "PT20M"),
            See("Busy/InAConferenceCall"),
            set("app_b", "DoNotDisturb/Presenting", "PT5M"),
            See("DoNotDisturb/Presenting"),
            Wait(5),
            See("Busy/InAConferenceCall"),
            Do(Ask::clear("app_c")),
            See("Away/Away"),
            Do(Ask::clear("app")),
            See("Offline/Offline"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_preferred_presence_needs_a_session() {
    check(
        Profile::BETA_2021_06,
        &[
            Do(Ask::prefer("Offline/OffWork", None)),
            See("Offline/Offline"),
            set("app", "Available/Available", "PT4H"),
            See("Offline/OffWork"),
            Do(Ask::prefer("Busy/Busy", Some("PT20M"))),
            Wait(19),
            See("Busy/Busy"),
            Wait(1),
            See("Away/Away"),
            Do(Ask::prefer("BeRightBack/BeRightBack", Some("P1D"))),
            See("BeRightBack/BeRightBack"),
            Do(Ask::unprefer()),
            See("Away/Away"),
            Do(Ask::prefer("Available/Available", None)),
            Wait(220),
            See("Offline/Offline"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_session_without_a_duration_lasts_five_minutes() {
    let call = Ask::raw(r#"{"sessionId":"$app","availability":"Away","activity":"Away","expirationDuration":null}"#);
    for profile in Profile::ALL {
        check(profile, &[Do(call.clone()), Wait(4), See("Away/Away"), Wait(1), See("Offline/Offline")]).await;
    }
}

#[tokio::test]
async fn clearing_is_for_the_own_session() {
    let reference = crate::common::reference(Profile::V1_0, Faults::none(), Variants::none());
    assert_eq!(ask(&reference, &Ask::clear("app")).await.status, 404);
    ask(&reference, &Ask::set("app", "Away/Away", "PT1H")).await;
    assert_eq!(ask(&reference, &Ask::clear("app").by("app_b")).await.status, 403);
    assert_eq!(ask(&reference, &Ask::get()).await.presence(), "Away/Away");
    assert_eq!(ask(&reference, &Ask::clear("app")).await.status, 200);
}

#[tokio::test]
async fn changes_take_their_time_where_they_are_set_to() {
    let settings = Settings {
        propagation: Duration::from_secs(2),
        ..Settings::for_profile(Profile::V1_0).with_clock(ClockKind::Manual)
    };
    let reference = Reference::new(settings);
    for (pair, before) in [("Away/Away", "Offline/Offline"), ("Busy/InACall", "Away/Away")] {
        ask(&reference, &Ask::set("app", pair, "PT1H")).await;
        assert_eq!(ask(&reference, &Ask::get()).await.presence(), before);
        reference.advance(Duration::from_secs(1));
        assert_eq!(ask(&reference, &Ask::get()).await.presence(), before);
        reference.advance(Duration::from_secs(1));
        assert_eq!(ask(&reference, &Ask::get()).await.presence(), pair);
    }
}

#[tokio::test]
async fn boundaries_may_be_closed() {
    let variants = Variants::named("boundaries-closed").unwrap();
    let reference = crate::common::reference(Profile::V1_0, Faults::none(), variants);
    ask(&reference, &Ask::set("app", "Available/Available", "PT5M")).await;
    reference.advance(Duration::from_secs(5 * 60));
    assert_eq!(ask(&reference, &Ask::get()).await.presence(), "Available/Available");
    reference.advance(Duration::from_nanos(1));
    assert_eq!(ask(&reference, &Ask::get()).await.presence(), "Offline/Offline");
}
