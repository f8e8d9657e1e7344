//! Pictures by image models.
//!
//! What differs between providers is behind [`ImageModel`]: a prompt in, one
//! picture of any size out. How a style is asked for, and that a picture has
//! exactly the wanted size, is the same for all.

mod flux;
mod gpt_image;
mod painter;
mod stable_image;

pub use flux::Flux;
pub use gpt_image::{GptImage, GptImageQuality};
pub use painter::ModelPainter;
pub use stable_image::StableImage;

use async_trait::async_trait;
use domain::Usage;
use image::DynamicImage;

use super::{JobRecord, picture};
pub use crate::prompts::PicturePrompt;
use crate::{Observer, ProviderError};

/// A model that paints what it is told, upright: taller than wide.
#[async_trait]
pub trait ImageModel: Send + Sync {
    /// Short stable name of who runs it: `fal`, `openai`, ...
    fn name(&self) -> &str;

    /// As whoever runs it calls it.
    fn model(&self) -> &str;

    async fn paint(
        &self,
        prompt: &PicturePrompt,
        jobs: &dyn JobRecord,
        observer: &Observer,
    ) -> Result<Painted, ProviderError>;
}

pub struct Painted {
    pub(crate) picture: DynamicImage,
    pub(crate) usage: Vec<Usage>,
}

/// Bytes that a whole answer may have: pictures of a few megapixels, in base64 at
/// the worst.
const ANSWER_BYTES: usize = 32 * 1024 * 1024;
