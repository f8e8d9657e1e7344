//! Topic to script.

mod port;

pub use port::*;
