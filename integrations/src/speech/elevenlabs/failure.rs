use serde::Deserialize;

use crate::ProviderError;
use crate::vendor::Answer;

/// `detail` is a list where a request has a form that it may not have; that says
/// nothing to a user.
#[derive(Deserialize)]
struct Failure {
    detail: Detail,
}

#[derive(Deserialize)]
struct Detail {
    status: String,
}

/// What an answer that is none says: told apart by its status in words, for the
/// one in figures is often 401, whatever is wrong.
/// <https://help.elevenlabs.io/hc/en-us/articles/19572237925521>
pub(super) fn failure(answer: &Answer, model: &str, voice: &str) -> ProviderError {
    let Ok(Failure { detail }) = answer.json::<Failure>() else {
        return answer.failure();
    };
    match detail.status.as_str() {
        "quota_exceeded" => ProviderError::OutOfCredit,
        "too_many_concurrent_requests" | "system_busy" => ProviderError::RateLimited {
            retry_after: answer.retry_after(),
        },
        "voice_not_found" | "invalid_uid" => ProviderError::InvalidInput {
            field: "voice",
            problem: format!("{voice:?} is not known there, or not to this key"),
            remedy: "choose another voice".to_owned(),
        },
        "model_not_found" => ProviderError::InvalidInput {
            field: "model",
            problem: format!("{model:?} is not known there, or not to this key"),
            remedy: "choose another model in the settings".to_owned(),
        },
        "content_against_policy" => ProviderError::refused("it is against the provider's policy"),
        _ => answer.failure(),
    }
}
