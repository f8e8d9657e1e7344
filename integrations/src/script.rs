//! Topic to script.

mod model;
mod offline;
mod port;

pub use model::{Claude, LanguageModel, ModelWriter, OpenAi};
pub use offline::OfflineScript;
pub use port::*;
