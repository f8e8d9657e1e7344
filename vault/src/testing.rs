//! Randomness for tests, the same in every run.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Entropy;

/// Counts instead of drawing, so no two fillings are alike, and those of two
/// sources with different seeds are not either.
#[derive(Debug)]
pub struct CountedEntropy {
    seed: u32,
    filled: AtomicU64,
}

impl CountedEntropy {
    pub fn new(seed: u32) -> Self {
        Self {
            seed,
            filled: AtomicU64::new(0),
        }
    }
}

impl Entropy for CountedEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.filled.fetch_add(1, Ordering::Relaxed);
        let mut block = [0; 12];
        block[..4].copy_from_slice(&self.seed.to_be_bytes());
        block[4..].copy_from_slice(&count.to_be_bytes());
        for (byte, value) in bytes.iter_mut().zip(block.iter().cycle()) {
            *byte = *value;
        }
    }
}
