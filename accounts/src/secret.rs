//! Secrets that are given away once and then known by their hash: links in
//! mails, refresh tokens, access tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use vault::Entropy;

/// Beyond guessing, so that a plain hash hides them.
const SECRET_BYTES: usize = 32;

/// `prefix` and 256 random bits as text.
pub(crate) fn fresh(prefix: &str, entropy: &dyn Entropy) -> SecretString {
    let mut bytes = [0; SECRET_BYTES];
    entropy.fill(&mut bytes);
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)).into()
}

/// What is kept of it.
pub(crate) fn hash(secret: &SecretString) -> Vec<u8> {
    Sha256::digest(secret.expose_secret()).to_vec()
}
