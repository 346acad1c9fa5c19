//! Bytes as a row of choices: whatever they are, they choose something.

/// Reads choices off bytes. Where the bytes end, every further choice is the first one.
#[derive(Clone, Debug)]
pub struct Choices<'b> {
    rest: &'b [u8],
}

impl<'b> Choices<'b> {
    /// The choices that these bytes make.
    #[must_use]
    pub const fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether every byte is used up.
    #[must_use]
    pub const fn is_spent(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next byte, or 0.
    pub fn byte(&mut self) -> u8 {
        match self.rest.split_first() {
            Some((first, rest)) => {
                self.rest = rest;
                *first
            }
            None => 0,
        }
    }

    /// A number below `bound`; 0 where that is 0. It takes as many bytes as the bound has.
    pub fn below(&mut self, bound: usize) -> usize {
        let mut number = usize::from(self.byte());
        let mut reach = bound >> 8;
        while reach > 0 {
            number = number << 8 | usize::from(self.byte());
            reach >>= 8;
        }
        number.checked_rem(bound).unwrap_or(0)
    }

    /// Whether something is so that is so `n` times of `of`. Spent bytes say no.
    pub fn odds(&mut self, n: u8, of: u8) -> bool {
        !self.is_spent() && self.byte() % of.max(1) < n
    }

    /// One of these.
    ///
    /// # Panics
    /// Never: of no items it returns nothing.
    pub fn pick<'i, T>(&mut self, items: &'i [T]) -> Option<&'i T> {
        items.get(self.below(items.len()))
    }

    /// One of these texts, the empty one where there is none.
    pub fn text<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        self.pick(texts).copied().unwrap_or_default()
    }

    /// As many bytes as there are, up to `most`.
    pub fn bytes(&mut self, most: usize) -> &'b [u8] {
        let (taken, rest) = self.rest.split_at(most.min(self.rest.len()));
        self.rest = rest;
        taken
    }
}

/// Numbers from a seed: SplitMix64, whose whole state is handed in, so that the same seed gives the same numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbers(u64);

impl Numbers {
    /// The numbers of a seed and of a place in a run.
    pub(super) const fn of(seed: u64, place: u64) -> Self {
        Self(seed ^ place.wrapping_mul(0xd134_2543_de82_ef95))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// Fills bytes.
    pub(super) fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = self.next().to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_choose_and_no_bytes_choose_the_first() {
        let mut choices = Choices::new(&[3, 1, 255]);
        assert_eq!(choices.pick(&["a", "b"]), Some(&"b"));
        assert_eq!(choices.below(1000), 511);
        assert!(choices.is_spent());
        assert_eq!((choices.below(7), choices.byte(), choices.odds(9, 10)), (0, 0, false));
        assert_eq!(choices.pick::<u8>(&[]), None);
    }

    #[test]
    fn a_seed_gives_the_same_bytes_each_time() {
        let bytes = |seed, place| {
            let mut bytes = [0; 20];
            Numbers::of(seed, place).fill(&mut bytes);
            bytes
        };
        assert_eq!(bytes(1, 2), bytes(1, 2));
        assert_ne!(bytes(1, 2), bytes(1, 3));
        assert_ne!(bytes(1, 2), bytes(2, 2));
    }
}
