//! Every mutant and every variant shows: something in the battery is answered otherwise than by the
//! reference. What the battery does not notice, a suite of cases could hardly be asked to.

use setpresence_core::spec::Profile;
use setpresence_reference::{Faults, Mutant, Variant, Variants};

use crate::battery::{Scenario, calls, see, transcript};
use crate::common::{Ask, ask, reference};
use crate::stories::stories;

/// Variants that show only where there is a socket.
const UNSEEN: [&str; 1] = ["chunked-answers"];

/// Every scenario in every profile, and what the reference makes of it.
struct Battery(Vec<(&'static Profile, Scenario, String)>);

impl Battery {
    async fn new(scenarios: &[Scenario]) -> Self {
        let mut rows = Vec::new();
        for profile in Profile::ALL {
            for scenario in scenarios {
                let reference = reference(profile, Faults::none(), Variants::none());
                rows.push((profile, scenario.clone(), transcript(&reference, scenario).await));
            }
        }
        Self(rows)
    }

    /// Whether these faults and variants show in this profile.
    async fn tells(&self, profile: &'static Profile, faults: Faults, variants: Variants) -> bool {
        for (_, scenario, expected) in self.0.iter().filter(|(own, ..)| *own == profile) {
            if transcript(&reference(profile, faults, variants), scenario).await != *expected {
                return true;
            }
        }
        false
    }
}

async fn batteries() -> [Battery; 2] {
    let calls: Vec<_> = calls().into_iter().map(see).collect();
    [Battery::new(&calls).await, Battery::new(&stories()).await]
}

#[tokio::test]
async fn every_mutant_shows_in_each_of_its_profiles() {
    let [calls, stories] = batteries().await;
    let mut unseen = Vec::new();
    for mutant in Mutant::ALL {
        // The battery that is likelier to tell comes first, only to save time.
        let is_timely =
            ["fade", "expiry", "keep-alive", "precedence", "preferred", "concurrency"].contains(&mutant.family);
        let order = if is_timely { [&stories, &calls] } else { [&calls, &stories] };
        for profile in Profile::ALL.into_iter().filter(|profile| mutant.applies_to(profile)) {
            let faults = Faults::of(mutant);
            if !(order[0].tells(profile, faults, Variants::none()).await
                || order[1].tells(profile, faults, Variants::none()).await)
            {
                unseen.push((mutant.name, profile.name));
            }
        }
    }
    assert_eq!(unseen, []);
}

#[tokio::test]
async fn every_variant_shows_in_some_profile() {
    let [calls, stories] = batteries().await;
    let mut unseen = Vec::new();
    for variant in Variant::ALL {
        let mut is_seen = false;
        for profile in Profile::ALL {
            let variants = Variants::of(variant);
            is_seen = is_seen
                || calls.tells(profile, Faults::none(), variants).await
                || stories.tells(profile, Faults::none(), variants).await;
        }
        if !is_seen {
            unseen.push(variant.name);
        }
    }
    assert_eq!(unseen, UNSEEN);
}

#[tokio::test]
async fn all_variants_together_still_serve() {
    let variants = Variant::ALL.iter().fold(Variants::none(), |all, variant| all.and(variant));
    for profile in Profile::ALL {
        let reference = reference(profile, Faults::none(), variants);
        assert_eq!(ask(&reference, &Ask::set("app", "Busy/InACall", "PT1H")).await.status, 200);
        reference.advance(reference.settings().propagation);
        assert_eq!(ask(&reference, &Ask::get()).await.presence(), "Busy/InACall");
    }
}
