use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::ValueEnum;
use domain::{Usage, UsageUnit};
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{ANSWER_BYTES, ImageModel, Painted, PicturePrompt, picture};
use crate::images::JobRecord;
use crate::journal::Call;
use crate::openai::{NAME, failure};
use crate::vendor::{Account, Answer, Caller};
use crate::{Observer, ProviderError};

/// The only upright size that all of these models have.
const SIZE: &str = "1024x1536";

/// The GPT image models of OpenAI:
/// <https://platform.openai.com/docs/api-reference/images/create>
pub struct GptImage {
    model: String,
    quality: GptImageQuality,
    account: Account,
    caller: Caller,
}

/// What most of the price depends on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum GptImageQuality {
    Low,
    #[default]
    Medium,
    High,
}

#[derive(Deserialize)]
struct Answered {
    #[serde(default)]
    data: Vec<Datum>,
    usage: Option<Tokens>,
}

#[derive(Deserialize)]
struct Datum {
    b64_json: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    input_tokens: u64,
    output_tokens: u64,
}

impl Answered {
    fn used(&self) -> Option<Vec<Usage>> {
        let usage = self.usage.as_ref()?;
        Some(tokens(usage.input_tokens, usage.output_tokens))
    }
}

impl GptImageQuality {
    /// Of a picture of [`SIZE`]:
    /// <https://platform.openai.com/docs/guides/image-generation#cost-and-latency>
    fn output_tokens(self) -> u64 {
        match self {
            Self::Low => 408,
            Self::Medium => 1_584,
            Self::High => 6_240,
        }
    }
}

fn tokens(read: u64, painted: u64) -> Vec<Usage> {
    let used = |unit, amount| Usage { unit, amount };
    vec![
        used(UsageUnit::InputTokens, read),
        used(UsageUnit::OutputTokens, painted),
    ]
}

impl GptImage {
    pub fn try_new(
        model: impl Into<String>,
        quality: GptImageQuality,
        account: Account,
    ) -> Result<Self, ProviderError> {
        Ok(Self {
            model: model.into(),
            quality,
            caller: Caller::try_new(&account, ANSWER_BYTES)?,
            account,
        })
    }
}

#[async_trait]
impl ImageModel for GptImage {
    fn name(&self) -> &str {
        NAME
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
        let request = self.caller.request(Method::POST, "images/generations");
        let request = self.account.bearer(request);
        let body = json!({
            "model": self.model,
            "prompt": prompt.text,
            "n": 1,
            "size": SIZE,
            "quality": self.quality,
            "background": "opaque",
            "output_format": "png",
        });
        let asked = body.to_string();
        let expected = tokens(asked.len() as u64, self.quality.output_tokens());
        let call = Call::new(NAME, &self.model, &[asked.as_bytes()], expected);
        let used = |answer: &Answer| answer.json::<Answered>().ok()?.used();
        let bought = self.caller.buy(&call, request.json(&body), observer, used);
        let answer = bought.await?;
        if answer.status != StatusCode::OK {
            return Err(failure(&answer, &self.model));
        }
        let answered: Answered = answer.json()?;
        let malformed = |problem: &str| ProviderError::Malformed {
            problem: problem.to_owned(),
        };
        let usage = answered.used();
        let datum = answered.data.into_iter().next();
        let coded = datum.and_then(|datum| datum.b64_json);
        let coded = coded.ok_or_else(|| malformed("it has no picture"))?;
        let bytes = STANDARD
            .decode(coded)
            .map_err(|_| malformed("its picture is not base64"))?;
        Ok(Painted {
            picture: picture::decode(bytes.into(), observer).await?,
            usage: usage.unwrap_or_default(),
        })
    }
}
