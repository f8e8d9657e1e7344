//! Values that nobody may guess.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::SecretString;
use subtle::ConstantTimeEq;

/// Where randomness comes from. The binary passes the system's, tests may pass
/// bytes of their own.
pub trait Randomness: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("a running system has randomness");
    }
}

/// 256 bits as 43 characters, the least that RFC 7636 asks of a verifier.
pub(super) fn fresh(randomness: &dyn Randomness) -> SecretString {
    let mut bytes = [0; 32];
    randomness.fill(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes).into()
}

/// In a time that tells nothing but the length.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
