//! Script to speech, with the time of each word.

mod port;

pub use port::*;
