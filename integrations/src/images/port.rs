use async_trait::async_trait;
use bytes::Bytes;
use domain::Provider;
use domain::settings::ArtStyle;

use crate::{Observer, ProviderError};

/// Draws the picture of one scene.
#[async_trait]
pub trait ImageMaker: Send + Sync {
    /// Short stable name: `offline`, `fal`, ...
    fn name(&self) -> &str;

    async fn draw(
        &self,
        request: &ImageRequest,
        observer: &Observer,
    ) -> Result<DrawnImage, ProviderError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRequest {
    /// What is seen, in plain words.
    pub description: String,
    pub style: ArtStyle,
    pub seed: u64,
    pub width_px: u32,
    pub height_px: u32,
}

/// A picture of exactly the wanted size.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnImage {
    pub bytes: Bytes,
    pub format: ImageFormat,
    pub provider: Provider,
}

/// What the bytes are, and so how their file is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageFormat {
    Png,
    Jpeg,
    Webp,
}

impl ImageFormat {
    /// Of the file name, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
        }
    }
}
