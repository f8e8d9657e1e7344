//! Visual description to picture.

mod offline;
mod port;

pub use offline::OfflineImages;
pub use port::*;
