use async_trait::async_trait;
use domain::Usage;
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ANSWER_BYTES, ANSWER_TOKENS, Conversation, LanguageModel, Said, at_most};
use crate::journal::Call;
use crate::openai::failure;
use crate::vendor::{Account, Answer, Caller};
use crate::{Observer, ProviderError};

/// Chat completions of OpenAI, or of a server that speaks the same:
/// <https://platform.openai.com/docs/api-reference/chat>
pub struct OpenAi {
    name: &'static str,
    model: String,
    account: Account,
    caller: Caller,
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
    /// Servers of one's own may not count.
    usage: Option<Tokens>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: String,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    refusal: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    prompt_tokens: u64,
    completion_tokens: u64,
}

impl Completion {
    fn used(&self) -> Option<Vec<Usage>> {
        let tokens = self.usage.as_ref()?;
        Some(super::tokens(
            tokens.prompt_tokens,
            tokens.completion_tokens,
        ))
    }
}

impl OpenAi {
    /// `name` is who runs it: [`NAME`](crate::openai::NAME), or
    /// [`COMPATIBLE`](crate::openai::COMPATIBLE).
    pub fn try_new(
        name: &'static str,
        model: impl Into<String>,
        account: Account,
    ) -> Result<Self, ProviderError> {
        Ok(Self {
            name,
            model: model.into(),
            caller: Caller::try_new(&account, ANSWER_BYTES)?,
            account,
        })
    }

    fn body(&self, conversation: &Conversation) -> Value {
        let mut messages = vec![json!({ "role": "system", "content": conversation.instructions })];
        messages.extend(conversation.roles());
        json!({
            "model": self.model,
            "messages": messages,
            "max_completion_tokens": ANSWER_TOKENS,
            "response_format": {
                "type": "json_schema",
                "json_schema": {
                    "name": "script",
                    "strict": true,
                    "schema": conversation.schema,
                },
            },
        })
    }
}

#[async_trait]
impl LanguageModel for OpenAi {
    fn name(&self) -> &str {
        self.name
    }

    fn model(&self) -> &str {
        &self.model
    }

    async fn answer(
        &self,
        conversation: &Conversation,
        observer: &Observer,
    ) -> Result<Said, ProviderError> {
        let request = self.caller.request(Method::POST, "chat/completions");
        let request = self.account.bearer(request);
        let body = self.body(conversation);
        let asked = body.to_string();
        let call = Call::new(self.name, &self.model, &[asked.as_bytes()], at_most(&asked));
        let used = |answer: &Answer| answer.json::<Completion>().ok()?.used();
        let bought = self.caller.buy(&call, request.json(&body), observer, used);
        let answer = bought.await?;
        if answer.status != StatusCode::OK {
            return Err(failure(&answer, &self.model));
        }
        let completion: Completion = answer.json()?;
        let malformed = |problem: &str| ProviderError::Malformed {
            problem: problem.to_owned(),
        };
        let usage = completion.used();
        let choice = completion.choices.into_iter().next();
        let choice = choice.ok_or_else(|| malformed("it has no choices"))?;
        if let Some(refusal) = choice.message.refusal {
            return Err(ProviderError::refused(&refusal));
        }
        if choice.finish_reason == "content_filter" {
            return Err(ProviderError::refused("its content filter stopped it"));
        }
        Ok(Said {
            text: choice.message.content.unwrap_or_default(),
            is_cut: choice.finish_reason == "length",
            usage: usage.unwrap_or_default(),
        })
    }
}
