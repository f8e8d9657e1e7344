/// SplitMix64 (Steele, Lea and Flood, 2014): small, and the same on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 up to, and without, a positive `limit`.
    pub(crate) fn below(&mut self, limit: i32) -> i32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let limit = u64::from(limit.unsigned_abs());
        ((mixed ^ (mixed >> 31)) % limit) as i32
    }
}
