use std::time::Duration;

use domain::settings::ArtStyle;
use fake_vendors::{FakeVendors, KEY};
use integrations::Prompts;
use integrations::images::{Flux, ImageRequest, ModelPainter};
use integrations::vendor::{Account, Prices};

/// A provider that says nothing for so long is given up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
const POLL_EVERY: Duration = Duration::from_millis(5);

pub(crate) fn account(base: &str) -> Account {
    account_with(base, KEY)
}

pub(crate) fn account_with(base: &str, key: &str) -> Account {
    let account = Account::try_new("BASE_URL", base, Some(key.into()));
    account.unwrap().within(PATIENCE)
}

/// Of `model`, such as `fal-ai/flux/dev`.
pub(crate) fn flux(vendors: &FakeVendors, model: &str, key: &str) -> ModelPainter<Flux> {
    let model = Flux::try_new(model, account_with(&vendors.fal(), key)).unwrap();
    painter(model.polling(POLL_EVERY, PATIENCE))
}

pub(crate) fn painter<M: integrations::images::ImageModel>(model: M) -> ModelPainter<M> {
    ModelPainter::try_new(model, Prompts::built_in(), &Prices::built_in()).unwrap()
}

pub(crate) fn scene() -> ImageRequest {
    ImageRequest {
        description: "An octopus opens a jar on the sea floor.".to_owned(),
        style: ArtStyle::Watercolor,
        video_seed: 7,
        // More than any of them takes.
        seed: u64::MAX,
        width_px: 270,
        height_px: 480,
    }
}
