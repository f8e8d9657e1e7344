//! Mood to a bed of music.

mod offline;
mod port;

pub use offline::OfflineMusic;
pub use port::*;
