//! Where pictures, sound and films are kept.
//!
//! A [`MediaStore`] knows bytes by [`domain::MediaKey`] and nothing of what
//! they are for or who may see them. Both stores pass one conformance suite
//! (`tests/media/`); a further store is a file here, an address in [`open()`] and
//! a test that runs the suite.

mod content_type;
mod digest;
mod directory;
mod error;
mod fetch;
mod open;
mod port;
mod s3;

pub use content_type::content_type;
pub use directory::DirectoryStore;
pub use error::MediaError;
pub use open::open;
pub use port::{Body, MediaRead, MediaStore, Stored};
pub use s3::{S3Config, S3Store};
