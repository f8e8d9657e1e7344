//! Topic to script.

mod offline;
mod port;

pub use offline::OfflineScript;
pub use port::*;
