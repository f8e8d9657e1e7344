//! Visual description to picture.

mod model;
mod offline;
mod port;

pub use model::{
    Flux, GptImage, GptImageQuality, ImageModel, ModelPainter, PicturePrompt, StableImage,
};
pub use offline::OfflineImages;
pub use port::*;
