//! Where pictures, sound and films are kept.
//!
//! A [`MediaStore`] knows bytes by [`domain::MediaKey`] and nothing of what
//! they are for or who may see them. Both stores pass one conformance suite
//! (`tests/media/`); a further store is a file here, an address in [`open`] and
//! a test that runs the suite.

mod content_type;
mod digest;
mod error;
mod fetch;
mod partial;
mod port;

pub use content_type::content_type;
pub use error::MediaError;
pub use port::{Body, MediaRead, MediaStore, Stored};
