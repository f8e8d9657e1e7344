//! What users bring for one video: the doors it comes in by, and how a request
//! names it.

mod input;
mod picture;

pub(crate) use input::{ScenePictureInput, pictures};
pub(crate) use picture::PictureMutation;
