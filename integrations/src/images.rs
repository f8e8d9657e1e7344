//! Visual description to picture.

mod model;
mod offline;
mod own;
mod picture;
mod port;

pub use model::{
    Flux, GptImage, GptImageQuality, ImageModel, ModelPainter, PicturePrompt, StableImage,
};
pub use offline::OfflineImages;
pub use own::{OwnImageError, own_image, read_own_image};
pub use port::*;
