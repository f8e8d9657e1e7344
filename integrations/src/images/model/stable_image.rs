use std::time::Duration;

use async_trait::async_trait;
use domain::{Usage, UsageUnit};
use reqwest::header::ACCEPT;
use reqwest::multipart::Form;
use reqwest::{Method, StatusCode};
use serde::Deserialize;

use super::{ANSWER_BYTES, ImageModel, Painted, PicturePrompt, picture};
use crate::images::JobRecord;
use crate::journal::Call;
use crate::vendor::{Account, Answer, Caller};
use crate::{Observer, ProviderError};

/// Seeds are at most this, and 0 asks for a random one.
const LAST_SEED: u64 = 4_294_967_294;
/// For so long a key is shut out that was used too often; the answer does not say.
const SHUT_OUT: Duration = Duration::from_secs(60);

/// Stable Image of Stability AI: `core`, `ultra`, or a model of Stable Diffusion 3.5
/// such as `sd3.5-large`. <https://platform.stability.ai/docs/api-reference>
pub struct StableImage {
    model: String,
    account: Account,
    caller: Caller,
}

#[derive(Deserialize)]
struct Failure {
    name: String,
}

impl StableImage {
    pub const NAME: &str = "stability";
    pub const BASE: &str = "https://api.stability.ai";

    pub fn try_new(model: impl Into<String>, account: Account) -> Result<Self, ProviderError> {
        Ok(Self {
            model: model.into(),
            caller: Caller::try_new(&account, ANSWER_BYTES)?,
            account,
        })
    }

    /// Core and Ultra have an address each, and the others share one.
    fn service(&self) -> (&str, Option<&str>) {
        match self.model.as_str() {
            own @ ("core" | "ultra") => (own, None),
            model => ("sd3", Some(model)),
        }
    }
}

fn failure(answer: &Answer) -> ProviderError {
    let named = answer.json::<Failure>().map(|failure| failure.name);
    match named.as_deref() {
        Ok("content_moderation") => ProviderError::refused("it is against the provider's policy"),
        Ok("payment_required") => ProviderError::OutOfCredit,
        Ok("rate_limit_exceeded") => ProviderError::RateLimited {
            retry_after: answer.retry_after().or(Some(SHUT_OUT)),
        },
        _ => answer.failure(),
    }
}

#[async_trait]
impl ImageModel for StableImage {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn model(&self) -> &str {
        &self.model
    }

    async fn paint(
        &self,
        prompt: &PicturePrompt,
        _: &dyn JobRecord,
        observer: &Observer,
    ) -> Result<Painted, ProviderError> {
        let (service, model) = self.service();
        let mut fields = vec![
            ("prompt", prompt.text.clone()),
            ("negative_prompt", prompt.avoid.clone()),
            ("aspect_ratio", "9:16".to_owned()),
            ("seed", (prompt.seed % LAST_SEED + 1).to_string()),
            ("output_format", "png".to_owned()),
        ];
        fields.extend(model.map(|model| ("model", model.to_owned())));
        let asked: Vec<_> = fields.iter().map(|(_, value)| value.as_bytes()).collect();
        let usage = vec![Usage {
            unit: UsageUnit::Images,
            amount: 1,
        }];
        let call = Call::new(Self::NAME, &self.model, &asked, usage.clone());
        let form = fields.into_iter();
        let form = form.fold(Form::new(), |form, (name, value)| form.text(name, value));
        let path = format!("v2beta/stable-image/generate/{service}");
        let request = self.caller.request(Method::POST, &path);
        let request = self.account.bearer(request);
        let request = request.header(ACCEPT, "image/*").multipart(form);
        let used = |_: &Answer| Some(usage.clone());
        let answer = self.caller.buy(&call, request, observer, used).await?;
        if answer.status != StatusCode::OK {
            return Err(failure(&answer));
        }
        let reason = answer.headers.get("finish-reason");
        if reason.is_some_and(|reason| reason == "CONTENT_FILTERED") {
            return Err(ProviderError::refused("its content filter blurred it"));
        }
        Ok(Painted {
            picture: picture::decode(answer.body, observer).await?,
            usage,
        })
    }
}
