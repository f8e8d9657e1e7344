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

    /// `jobs` is what is known of this picture; makers that answer in one call
    /// have no use for it.
    async fn draw(
        &self,
        request: &ImageRequest,
        jobs: &dyn JobRecord,
        observer: &Observer,
    ) -> Result<DrawnImage, ProviderError>;
}

/// What is remembered of the jobs that providers do for one thing, so that none
/// is ordered twice. Providers are known by [`ImageMaker::name`], jobs by the id
/// that the provider gave.
#[async_trait]
pub trait JobRecord: Send + Sync {
    /// The job that `provider` was last given, whose outcome nobody fetched. The
    /// maker goes on with it, and orders anew only when nothing comes of it: the
    /// provider knows it no longer, or failed at it.
    fn known(&self, provider: &str) -> Option<String>;

    /// `provider` has taken a job, in place of the one known before. The maker
    /// waits for the job when this is done; where it fails, so does the call, and
    /// the job is cancelled.
    async fn started(&self, provider: &str, job: &str) -> Result<(), ProviderError>;

    /// Whether a job is left to the provider when its call is stopped, because it
    /// will be asked for again: the program is stopping, not the video.
    /// Otherwise it is cancelled.
    fn outlives_call(&self) -> bool;
}

/// Remembers nothing: what is stopped is cancelled, and ordered anew.
pub struct Unrecorded;

#[async_trait]
impl JobRecord for Unrecorded {
    fn known(&self, _: &str) -> Option<String> {
        None
    }

    async fn started(&self, _: &str, _: &str) -> Result<(), ProviderError> {
        Ok(())
    }

    fn outlives_call(&self) -> bool {
        false
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRequest {
    /// What is seen, in plain words.
    pub description: String,
    pub style: ArtStyle,
    /// The same for all pictures of a video: what they share follows from it.
    pub video_seed: u64,
    /// Of this picture.
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
