//! The fuzzer, judged: which of the reference's deliberate faults it finds, how soon, and how short its witness is.

use setpresence_core::case::Library;
use setpresence_core::spec::Profile;
use setpresence_reference::Mutant;

use super::{in_parallel, level_of};
use crate::error::SetupError;
use crate::fuzzing::{self, Catch};

/// What the fuzzer makes of one mutant.
#[derive(Clone, Debug)]
pub struct Hunted {
    /// The mutant.
    pub mutant: &'static Mutant,
    /// The profiles in which it breaks what binds, in the order in which they were tried.
    pub profiles: Vec<&'static Profile>,
    /// What was found, made as little as can be, and in which profile; nothing where it was found in none.
    pub caught: Option<(&'static Profile, Catch)>,
}

/// Fuzzes each of the mutants with so many requests in each profile, until it is found in one.
///
/// A mutant that breaks nothing that binds in any of the profiles is not tried.
///
/// # Errors
/// Where the reference cannot be set up.
pub fn hunt(
    library: &Library,
    profiles: &[&'static Profile],
    mutants: &[&'static Mutant],
    (seed, requests): (u64, u64),
    jobs: usize,
    on_done: &(dyn Fn(&Hunted) + Sync),
) -> Result<Vec<Hunted>, SetupError> {
    in_parallel(mutants, jobs, |_, mutant| {
        let binds = |profile: &&&'static Profile| level_of(library, mutant, profile).is_some();
        let profiles: Vec<_> = profiles.iter().filter(binds).copied().collect();
        let mut hunted = Hunted { mutant, profiles, caught: None };
        for profile in &hunted.profiles {
            hunted.caught = fuzzing::prove(mutant, profile, seed, requests)?.caught.map(|catch| (*profile, catch));
            if hunted.caught.is_some() {
                break;
            }
        }
        on_done(&hunted);
        Ok(hunted)
    })
}
