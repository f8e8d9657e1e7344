//! Music of one's own.

mod format;
mod upload;

pub(crate) use upload::MusicMutation;

use domain::{MediaKey, UserId};

/// The largest file of music.
pub(crate) const MAX_BYTES: u64 = 50 * 1_000_000;

/// Everyone's music lies in a folder of their own.
fn folder(owner: UserId) -> String {
    format!("owners/{owner}/music/")
}

pub(crate) fn is_of(owner: UserId, key: &MediaKey) -> bool {
    key.as_str().starts_with(&folder(owner))
}
