use domain::{Asset, MediaKey};
use sha2::Sha256;

use super::content_type;

/// Counts and digests a file's bytes as they pass.
#[derive(Default)]
pub(super) struct Digest {
    sha256: Sha256,
    bytes: u64,
}

impl Digest {
    pub(super) fn update(&mut self, piece: &[u8]) {
        sha2::Digest::update(&mut self.sha256, piece);
        self.bytes += piece.len() as u64;
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn asset(self, key: &MediaKey) -> Asset {
        Asset {
            key: key.clone(),
            content_type: content_type(key).to_owned(),
            bytes: self.bytes,
            sha256: hex::encode(sha2::Digest::finalize(self.sha256)),
        }
    }
}
