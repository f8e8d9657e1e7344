use async_trait::async_trait;
use domain::Provider;

use super::{ImageModel, picture};
use crate::images::{DrawnImage, ImageFormat, ImageMaker, ImageRequest, JobRecord};
use crate::vendor::{Price, PriceError, Prices};
use crate::{Observer, Prompts, ProviderError};

/// Draws with an image model.
pub struct ModelPainter<M> {
    model: M,
    prompts: Prompts,
    price: Price,
}

impl<M: ImageModel> ModelPainter<M> {
    /// # Errors
    /// [`PriceError::Unknown`] for a model whose costs could not be told.
    pub fn try_new(model: M, prompts: Prompts, prices: &Prices) -> Result<Self, PriceError> {
        let price = prices.of(model.name(), model.model())?;
        Ok(Self {
            model,
            prompts,
            price,
        })
    }
}

#[async_trait]
impl<M: ImageModel> ImageMaker for ModelPainter<M> {
    fn name(&self) -> &str {
        self.model.name()
    }

    async fn draw(
        &self,
        request: &ImageRequest,
        jobs: &dyn JobRecord,
        observer: &Observer,
    ) -> Result<DrawnImage, ProviderError> {
        let prompt = self.prompts.picture(request);
        let painted = self.model.paint(&prompt, jobs, observer).await?;
        observer.progress(1, 2);
        let (width, height) = (request.width_px, request.height_px);
        let bytes = picture::cover(painted.picture, width, height, observer).await?;
        observer.progress(2, 2);
        Ok(DrawnImage {
            bytes,
            format: ImageFormat::Jpeg,
            provider: Provider {
                name: self.model.name().to_owned(),
                model: self.model.model().to_owned(),
                cost: self.price.cost(&painted.usage),
                usage: painted.usage,
                prompt: Some(self.prompts.style_version(request.style)),
            },
        })
    }
}
