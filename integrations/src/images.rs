//! Visual description to picture.

mod port;

pub use port::*;
