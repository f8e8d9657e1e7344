//! Mood to a bed of music.

mod port;

pub use port::*;
