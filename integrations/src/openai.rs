//! What all of OpenAI's interfaces share.

use serde::Deserialize;

use crate::ProviderError;
use crate::vendor::Answer;

pub const NAME: &str = "openai";
/// A server of one's own, or of somebody else, that speaks OpenAI's protocol.
pub const COMPATIBLE: &str = "openai-compatible";
pub const BASE: &str = "https://api.openai.com/v1";

#[derive(Deserialize)]
struct Failure {
    error: Problem,
}

#[derive(Deserialize)]
struct Problem {
    code: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// What an answer that is none says: told apart by its code, never its words.
/// <https://platform.openai.com/docs/guides/error-codes>
pub(crate) fn failure(answer: &Answer, model: &str) -> ProviderError {
    let Ok(Failure { error }) = answer.json::<Failure>() else {
        return answer.failure();
    };
    let codes = [error.code, error.kind];
    let is = |wanted: &str| codes.iter().flatten().any(|code| code == wanted);
    if is("insufficient_quota") || is("billing_hard_limit_reached") {
        return ProviderError::OutOfCredit;
    }
    if is("model_not_found") {
        return ProviderError::InvalidInput {
            field: "model",
            problem: format!("{model:?} is not known there, or not to this key"),
            remedy: "choose another model in the settings".to_owned(),
        };
    }
    if is("content_policy_violation") || is("moderation_blocked") {
        return ProviderError::refused("it is against the provider's policy");
    }
    answer.failure()
}
