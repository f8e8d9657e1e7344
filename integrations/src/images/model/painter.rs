use std::sync::Arc;

use async_trait::async_trait;
use domain::Provider;

use super::{ImageModel, picture};
use crate::images::{DrawnImage, ImageFormat, ImageMaker, ImageRequest, JobRecord};
use crate::journal::PriceList;
use crate::vendor::{Price, PriceError, Prices};
use crate::{Observer, Prompts, ProviderError};

/// Draws with an image model.
pub struct ModelPainter<M> {
    model: M,
    prompts: Prompts,
    price: Price,
    prices: Arc<PriceList>,
}

impl<M: ImageModel> ModelPainter<M> {
    /// # Errors
    /// [`PriceError::Unknown`] for a model whose costs could not be told.
    pub fn try_new(model: M, prompts: Prompts, prices: &Prices) -> Result<Self, PriceError> {
        let price = prices.of(model.name(), model.model())?;
        let prices = Arc::new(vec![(model.model().to_owned(), price.clone())]);
        Ok(Self {
            model,
            prompts,
            price,
            prices,
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
        let paying = observer.priced(&self.prices);
        let painted = self.model.paint(&prompt, jobs, &paying).await?;
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
