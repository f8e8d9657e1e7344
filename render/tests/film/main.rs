//! Makes short films and looks at what came out.

mod captions;
mod format;
mod kit;
mod trouble;
