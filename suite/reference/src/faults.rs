//! Mutants: the reference with one deliberate fault, to prove that the suite notices.
//!
//! The faults are those that a tired implementer makes, and each is made at the very line where they
//! would make it: look for `faults.has(Fault::…)`. A suite that passes a mutant has a hole.

mod table;

use setpresence_core::spec::Profile;

pub(crate) use table::Fault;

use crate::error::ReferenceError;

/// One deliberate fault, described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// Its name, such as `fade-from-first-call`.
    pub name: &'static str,
    /// The fault in words, as a part of a sentence: "the fade is counted from the first call, not the last".
    pub about: &'static str,
    /// The id of the requirement that it breaks.
    pub requirement: &'static str,
    /// What it is about, such as `fade`.
    pub family: &'static str,
    /// The names of the profiles whose requirement it breaks; none means every profile.
    pub profiles: &'static [&'static str],
    fault: Fault,
}

impl Mutant {
    /// Every mutant, by family.
    pub const ALL: &'static [Self] = table::ALL;

    /// The mutant of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|mutant| mutant.name == name)
    }

    /// Whether it breaks a requirement of this profile.
    #[must_use]
    pub fn applies_to(&self, profile: &Profile) -> bool {
        self.profiles.is_empty() || self.profiles.contains(&profile.name)
    }
}

/// More than the faults there are; a test holds it so.
const N_WORDS: usize = 6;

/// A set of faults. It is asked at every step of every request, so that asking costs a mask and no more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults([u64; N_WORDS]);

impl Faults {
    /// No fault at all.
    #[must_use]
    pub const fn none() -> Self {
        Self([0; N_WORDS])
    }

    /// The one fault of this mutant.
    #[must_use]
    pub const fn of(mutant: &Mutant) -> Self {
        Self::none().and(mutant)
    }

    /// These faults and that of this mutant.
    #[must_use]
    pub const fn and(mut self, mutant: &Mutant) -> Self {
        self.0[mutant.fault as usize / 64] |= 1 << (mutant.fault as usize % 64);
        self
    }

    /// The one fault of the mutant of that name.
    ///
    /// # Errors
    /// [`ReferenceError::UnknownMutant`] where there is none.
    pub fn named(name: &str) -> Result<Self, ReferenceError> {
        let mutant = Mutant::named(name).ok_or_else(|| ReferenceError::UnknownMutant { name: name.to_owned() })?;
        Ok(Self::of(mutant))
    }

    /// Whether there is no fault.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::none()
    }

    #[inline]
    pub(crate) const fn has(&self, fault: Fault) -> bool {
        self.0[fault as usize / 64] & 1 << (fault as usize % 64) != 0
    }

    /// Whether any of these is there.
    pub(crate) fn has_any(&self, faults: &[Fault]) -> bool {
        faults.iter().any(|fault| self.has(*fault))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_mutant_is_told_apart() {
        let names: BTreeSet<_> = Mutant::ALL.iter().map(|mutant| mutant.name).collect();
        let abouts: BTreeSet<_> = Mutant::ALL.iter().map(|mutant| mutant.about).collect();
        assert_eq!(names.len(), Mutant::ALL.len());
        assert_eq!(abouts.len(), Mutant::ALL.len());
        assert!(Mutant::ALL.len() <= 64 * N_WORDS);
        for mutant in Mutant::ALL {
            let Mutant { name, about, requirement, family, profiles, .. } = mutant;
            assert!(
                name.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase() || byte.is_ascii_digit()),
                "{name}"
            );
            assert!(requirement.split_once('.').is_some(), "{name}");
            assert!(!family.is_empty() && !about.is_empty() && !about.ends_with('.'), "{name}");
            assert!(profiles.iter().all(|name| Profile::named(name).is_ok()), "{name}");
            assert_eq!(Mutant::named(name), Some(mutant));
        }
    }

    #[test]
    fn a_set_has_what_was_put_in() {
        for mutant in Mutant::ALL {
            let faults = Faults::of(mutant);
            assert_eq!(Mutant::ALL.iter().filter(|other| faults.has(other.fault)).count(), 1);
            assert!(faults.has(mutant.fault) && !faults.is_empty());
            assert_eq!(Faults::named(mutant.name).unwrap(), faults);
        }
        assert!(Faults::none().is_empty());
        assert!(Faults::named("no-such-mutant").is_err());
    }
}
