use reqwest::StatusCode;
use serde::Deserialize;

use crate::ProviderError;
use crate::vendor::Answer;

const REFUSAL: &str = "content_policy_violation";

/// <https://docs.fal.ai/errors>
#[derive(Deserialize)]
struct Failure {
    detail: Detail,
    error_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Detail {
    Text(String),
    Problems(Vec<Problem>),
}

#[derive(Deserialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: String,
}

/// Whether an answer that is none tells of the job, and not of the call.
pub(super) fn is_about_job(answer: &Answer) -> bool {
    let is_typed = answer.headers.contains_key("x-fal-error-type");
    is_typed || answer.status == StatusCode::UNPROCESSABLE_ENTITY
}

/// `kind` is what a job that is done says of its error.
pub(super) fn failed(kind: Option<&str>) -> ProviderError {
    if kind == Some(REFUSAL) {
        return refused();
    }
    ProviderError::Unavailable {
        problem: "its job failed".to_owned(),
    }
}

fn refused() -> ProviderError {
    ProviderError::refused("it is against the provider's policy")
}

/// What an answer that is none says, of a call or of a job: told apart by its type,
/// but for the one that has none.
pub(super) fn failure(answer: &Answer) -> ProviderError {
    let Ok(failure) = answer.json::<Failure>() else {
        return answer.failure();
    };
    if failure.error_type.as_deref() == Some(REFUSAL) {
        return refused();
    }
    match failure.detail {
        Detail::Problems(problems) if problems.iter().any(|problem| problem.kind == REFUSAL) => {
            refused()
        }
        // It has no code of its own: <https://github.com/fal-ai/fal/issues/1147>
        Detail::Text(text)
            if answer.status == StatusCode::FORBIDDEN && text.contains("Exhausted balance") =>
        {
            ProviderError::OutOfCredit
        }
        _ => answer.failure(),
    }
}
