//! Script to speech, with the time of each word.

mod offline;
mod port;

pub use offline::OfflineSpeech;
pub use port::*;
