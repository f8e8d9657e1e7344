//! The randomness of the breath in the voice: repeatable, from a seed.

use std::f32::consts::TAU;

/// SplitMix64 (Steele, Lea, Flood 2014, <https://doi.org/10.1145/2714064.2660195>).
pub(crate) struct Noise(u64);

impl Noise {
    /// A stream of its own for each part of a speech, so that changing one
    /// sentence leaves the sound of the others as it was.
    pub(crate) fn new(seed: u64, part: u64) -> Self {
        let mut mixer = Self(seed);
        let offset = mixer.next();
        Self(offset ^ part.wrapping_mul(0xD1B5_4A32_D192_ED03))
    }

    /// Two independent values of mean 0 and variance 1 (Box and Muller).
    pub(crate) fn gaussian_pair(&mut self) -> (f32, f32) {
        let bits = self.next();
        let unit = |bits: u64| ((bits & 0xFF_FFFF) as f32 + 0.5) / 16_777_216.0;
        let radius = (-2.0 * unit(bits >> 40).ln()).sqrt();
        let (sin, cos) = (TAU * unit(bits)).sin_cos();
        (radius * cos, radius * sin)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_mean_zero_and_variance_one() {
        let mut noise = Noise::new(7, 0);
        let values: Vec<f32> = (0..20_000)
            .flat_map(|_| <[f32; 2]>::from(noise.gaussian_pair()))
            .collect();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let variance = values.iter().map(|v| v * v).sum::<f32>() / values.len() as f32;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((variance - 1.0).abs() < 0.05, "{variance}");
    }

    #[test]
    fn seeds_and_parts_give_different_streams() {
        let first = |seed, part| Noise::new(seed, part).gaussian_pair();
        assert_eq!(first(1, 0), first(1, 0));
        assert_ne!(first(1, 0), first(2, 0));
        assert_ne!(first(1, 0), first(1, 1));
    }
}
