//! One 256-bit key, and what is done with it.

use aes_gcm::aead::Nonce;
use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Entropy;

pub(crate) const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;

/// A key of AES-256-GCM or of HMAC-SHA-256, never of both. Gone from memory when
/// dropped; it cannot be printed.
#[derive(Clone)]
pub(crate) struct Key(Zeroizing<[u8; KEY_BYTES]>);

/// It was changed, or is not what it is taken for; the cipher cannot say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DoesNotOpen;

impl Key {
    pub(crate) fn fresh(entropy: &dyn Entropy) -> Self {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        entropy.fill(&mut *key);
        Self(key)
    }

    /// None when `bytes` are not as many as a key has.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        if bytes.len() != KEY_BYTES {
            return None;
        }
        key.copy_from_slice(bytes);
        Some(Self(key))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &*self.0
    }

    /// Nonce, ciphertext and tag. `bound` is not kept: [`Self::open`] wants the
    /// same again.
    ///
    /// Nonces are random, so a key may seal 2^32 times before one is likely
    /// enough to repeat: NIST SP 800-38D, 8.3,
    /// https://nvlpubs.nist.gov/nistpubs/Legacy/SP/nistspecialpublication800-38d.pdf
    pub(crate) fn seal(&self, entropy: &dyn Entropy, bound: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut nonce = Nonce::<Aes256Gcm>::default();
        entropy.fill(&mut nonce);
        let mut sealed = Vec::with_capacity(NONCE_BYTES + plain.len() + 16);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let tag = self
            .cipher()
            .encrypt_inout_detached(&nonce, bound, (&mut sealed[NONCE_BYTES..]).into())
            .expect("what fits in memory is under the 64 GiB of one message");
        sealed.extend_from_slice(&tag);
        sealed
    }

    pub(crate) fn open(
        &self,
        bound: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
        let (nonce, rest) = sealed
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(DoesNotOpen)?;
        let mut opened = Zeroizing::new(rest.to_vec());
        self.cipher()
            .decrypt_in_place(&(*nonce).into(), bound, &mut *opened)
            .map_err(|_| DoesNotOpen)?;
        Ok(opened)
    }

    /// HMAC-SHA-256.
    pub(crate) fn digest(&self, text: &[u8]) -> [u8; 32] {
        let mut hmac =
            <Hmac<Sha256> as KeyInit>::new_from_slice(self.expose()).expect("HMAC takes any key");
        hmac.update(text);
        hmac.finalize().into_bytes().into()
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new_from_slice(self.expose()).expect("a key has 32 bytes")
    }
}

/// What a sealed value is bound to, so that no two lists of parts give the same
/// bytes.
pub(crate) fn bound(parts: &[&[u8]]) -> Vec<u8> {
    let mut bound = Vec::new();
    for part in parts {
        bound.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bound.extend_from_slice(part);
    }
    bound
}
