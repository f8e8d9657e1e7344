use async_trait::async_trait;
use domain::Provider;
use offline_images::ImageError;

use super::{DrawnImage, ImageFormat, ImageMaker, ImageRequest, JobRecord};
use crate::offline::{NAME, compute};
use crate::{Observer, ProviderError};

/// Recorded with each picture: how it was made.
const MODEL: &str = "composed";

/// Composes pictures of drawings inside the program.
pub struct OfflineImages;

#[async_trait]
impl ImageMaker for OfflineImages {
    fn name(&self) -> &str {
        NAME
    }

    async fn draw(
        &self,
        request: &ImageRequest,
        _: &dyn JobRecord,
        observer: &Observer,
    ) -> Result<DrawnImage, ProviderError> {
        let style = request.style.slug().parse();
        let style: offline_images::ArtStyle = style.map_err(|_| unknown_style(request))?;
        let request = request.clone();
        compute(observer, move |observer| {
            let picture = offline_images::compose(&offline_images::ImageRequest {
                description: &request.description,
                style,
                seed: request.seed,
                width: request.width_px,
                height: request.height_px,
            })
            .map_err(in_our_words)?;
            observer.progress(1, 2);
            if observer.is_cancelled() {
                return Err(ProviderError::Cancelled);
            }
            let bytes = picture.to_png().map_err(in_our_words)?;
            observer.progress(2, 2);
            Ok(DrawnImage {
                bytes: bytes.into(),
                format: ImageFormat::Png,
                provider: Provider::offline(MODEL),
            })
        })
        .await
    }
}

fn unknown_style(request: &ImageRequest) -> ProviderError {
    let known = offline_images::ArtStyle::ALL.map(offline_images::ArtStyle::slug);
    ProviderError::InvalidInput {
        field: "artStyle",
        problem: format!("{} is not drawn offline", request.style),
        remedy: format!("choose one of {}", known.join(", ")),
    }
}

fn in_our_words(error: ImageError) -> ProviderError {
    match error {
        ImageError::Size { side, given } => ProviderError::InvalidInput {
            field: "size",
            problem: format!("a {side} of {given} pixels is out of range"),
            remedy: format!(
                "choose {} to {}",
                offline_images::MIN_SIDE,
                offline_images::MAX_SIDE
            ),
        },
        encode @ (ImageError::Pixels { .. } | ImageError::Encode(_)) => {
            ProviderError::Unavailable {
                problem: encode.to_string(),
            }
        }
    }
}
