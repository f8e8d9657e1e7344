use async_trait::async_trait;
use domain::Usage;
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ANSWER_BYTES, ANSWER_TOKENS, Conversation, LanguageModel, Said, at_most};
use crate::journal::Call;
use crate::vendor::{Account, Answer, Caller};
use crate::{Observer, ProviderError};

const VERSION: &str = "2023-06-01";

/// Messages of Anthropic: <https://docs.anthropic.com/en/api/messages>
pub struct Claude {
    model: String,
    account: Account,
    caller: Caller,
}

#[derive(Deserialize)]
struct Message {
    content: Vec<Block>,
    stop_reason: Option<String>,
    usage: Tokens,
}

#[derive(Deserialize)]
struct Block {
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
struct Tokens {
    input_tokens: u64,
    output_tokens: u64,
}

#[derive(Deserialize)]
struct Failure {
    error: Problem,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    details: Details,
}

#[derive(Default, Deserialize)]
struct Details {
    error_code: Option<String>,
}

impl Message {
    fn used(&self) -> Vec<Usage> {
        super::tokens(self.usage.input_tokens, self.usage.output_tokens)
    }
}

impl Claude {
    pub const NAME: &str = "anthropic";
    pub const BASE: &str = "https://api.anthropic.com";

    pub fn try_new(model: impl Into<String>, account: Account) -> Result<Self, ProviderError> {
        Ok(Self {
            model: model.into(),
            caller: Caller::try_new(&account, ANSWER_BYTES)?,
            account,
        })
    }

    fn body(&self, conversation: &Conversation) -> Value {
        json!({
            "model": self.model,
            "max_tokens": ANSWER_TOKENS,
            "system": conversation.instructions,
            "messages": conversation.roles().collect::<Vec<_>>(),
            "output_config": {
                "format": { "type": "json_schema", "schema": conversation.schema },
            },
        })
    }

    fn failure(&self, answer: &Answer) -> ProviderError {
        let Ok(Failure { error }) = answer.json::<Failure>() else {
            return answer.failure();
        };
        // A limit on spending has no end that is worth waiting for.
        let is_spent = error.details.error_code.as_deref() == Some("enforced_spend_limit_reached");
        match error.kind.as_str() {
            _ if is_spent => ProviderError::OutOfCredit,
            "billing_error" => ProviderError::OutOfCredit,
            "not_found_error" => ProviderError::InvalidInput {
                field: "model",
                problem: format!("{:?} is not known there, or not to this key", self.model),
                remedy: "choose another model in the settings".to_owned(),
            },
            _ => answer.failure(),
        }
    }
}

#[async_trait]
impl LanguageModel for Claude {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn model(&self) -> &str {
        &self.model
    }

    async fn answer(
        &self,
        conversation: &Conversation,
        observer: &Observer,
    ) -> Result<Said, ProviderError> {
        let mut request = self
            .caller
            .request(Method::POST, "v1/messages")
            .header("anthropic-version", VERSION);
        if let Some(key) = &self.account.key {
            request = request.header("x-api-key", key.expose_secret());
        }
        let body = self.body(conversation);
        let asked = body.to_string();
        let call = Call::new(
            Self::NAME,
            &self.model,
            &[asked.as_bytes()],
            at_most(&asked),
        );
        let used = |answer: &Answer| Some(answer.json::<Message>().ok()?.used());
        let bought = self.caller.buy(&call, request.json(&body), observer, used);
        let answer = bought.await?;
        if answer.status != StatusCode::OK {
            return Err(self.failure(&answer));
        }
        let message: Message = answer.json()?;
        let stopped = message.stop_reason.as_deref();
        if stopped == Some("refusal") {
            return Err(ProviderError::refused("the model declined to write it"));
        }
        Ok(Said {
            usage: message.used(),
            text: message
                .content
                .into_iter()
                .map(|block| block.text)
                .collect(),
            is_cut: stopped == Some("max_tokens"),
        })
    }
}
