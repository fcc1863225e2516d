//! Numbers that look thrown but follow from a seed, so that one seed always makes the same company.

use super::Id;

/// The finaliser of `SplitMix64`: every bit of the answer depends on every bit of `x`.
pub(in crate::emulator) const fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A number that stands for `words` under `seed`, the same on every machine and in every build.
pub(in crate::emulator) fn digest(seed: u64, words: &str) -> u64 {
    words
        .bytes()
        .fold(mix(seed), |so_far, byte| mix(so_far ^ u64::from(byte).wrapping_mul(0x100_0000_01b3)))
}

/// The id of the `n`th thing of a kind under a seed.
pub(in crate::emulator) fn derive(seed: u64, kind: &str, n: u64) -> Id {
    let high = mix(digest(seed, kind) ^ mix(n));
    Id::new((u128::from(high) << 64) | u128::from(mix(high ^ 0x5bd1_e995)))
}

/// A row of throws.
pub(in crate::emulator) struct Dice(u64);

impl Dice {
    /// The row that belongs to `kind` under `seed`: rows of different kinds don't disturb one another.
    pub fn new(seed: u64, kind: &str) -> Self {
        Self(digest(seed, kind))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(1);
        mix(self.0)
    }

    /// A number below `limit`, or 0 where the limit is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        if limit == 0 { 0 } else { self.next() % limit }
    }

    /// True in `parts` of 1,000 throws.
    pub fn chance(&mut self, parts: u64) -> bool {
        self.below(1_000) < parts
    }

    /// One of `of`, or the type's empty value where there is none.
    pub fn pick<T: Copy + Default>(&mut self, of: &[T]) -> T {
        let at = usize::try_from(self.below(of.len() as u64)).unwrap_or_default();
        of.get(at).copied().unwrap_or_default()
    }
}
