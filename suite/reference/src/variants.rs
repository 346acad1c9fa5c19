//! Variants: behaviour that is permitted, to prove that the suite raises no false alarm.
//!
//! Where the documents leave a choice, the reference makes one, and a variant makes another. Any of
//! them can be combined; where two contradict each other, the one that stands first in the table counts.

mod table;

pub(crate) use table::Choice;

use crate::error::ReferenceError;

/// One permitted behaviour, described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Its name, such as `boundaries-closed`.
    pub name: &'static str,
    /// The behaviour in words, as a part of a sentence.
    pub about: &'static str,
    /// The id of the requirement that it is the other reading of.
    pub requirement: &'static str,
    choice: Choice,
}

impl Variant {
    /// Every variant.
    pub const ALL: &'static [Self] = table::ALL;

    /// The variant of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|variant| variant.name == name)
    }
}

/// A set of variants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Variants(u128);

impl Variants {
    /// The reference's own choices.
    #[must_use]
    pub const fn none() -> Self {
        Self(0)
    }

    /// This one variant.
    #[must_use]
    pub const fn of(variant: &Variant) -> Self {
        Self::none().and(variant)
    }

    /// These variants and this one.
    #[must_use]
    pub const fn and(self, variant: &Variant) -> Self {
        Self(self.0 | 1 << variant.choice as u32)
    }

    /// The one variant of that name.
    ///
    /// # Errors
    /// [`ReferenceError::UnknownVariant`] where there is none.
    pub fn named(name: &str) -> Result<Self, ReferenceError> {
        let variant = Variant::named(name).ok_or_else(|| ReferenceError::UnknownVariant { name: name.to_owned() })?;
        Ok(Self::of(variant))
    }

    /// Whether every choice is the reference's own.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }

    #[inline]
    pub(crate) const fn has(&self, choice: Choice) -> bool {
        self.0 & 1 << choice as u32 != 0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_variant_is_told_apart() {
        let names: BTreeSet<_> = Variant::ALL.iter().map(|variant| variant.name).collect();
        assert_eq!(names.len(), Variant::ALL.len());
        assert!(Variant::ALL.len() <= 128);
        for variant in Variant::ALL {
            assert!(!variant.about.is_empty() && variant.requirement.contains('.'), "{}", variant.name);
            assert_eq!(Variant::named(variant.name), Some(variant));
            let set = Variants::named(variant.name).unwrap();
            assert_eq!(Variant::ALL.iter().filter(|other| set.has(other.choice)).count(), 1);
        }
        assert!(Variants::named("no-such-variant").is_err());
    }
}
