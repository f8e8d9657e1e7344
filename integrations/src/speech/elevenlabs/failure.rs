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
        "max_character_limit_exceeded" => ProviderError::InvalidInput {
            field: "text",
            problem: "is longer than the plan at ElevenLabs takes in one go".to_owned(),
            remedy: "shorten it, or choose another plan there".to_owned(),
        },
        "content_against_policy" => ProviderError::refused("it is against the provider's policy"),
        _ => answer.failure(),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use reqwest::StatusCode;

    use super::*;

    fn told(status: u16, body: &'static str) -> String {
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: Default::default(),
            body: Bytes::from_static(body.as_bytes()),
        };
        failure(&answer, "eleven_v3", "ada").to_string()
    }

    #[test]
    fn the_status_in_words_says_more_than_the_one_in_figures() {
        for (status, body, says) in [
            (
                401,
                r#"{"detail":{"status":"quota_exceeded"}}"#,
                "no credit left",
            ),
            (
                401,
                r#"{"detail":{"status":"invalid_api_key"}}"#,
                "does not accept the key",
            ),
            (
                403,
                r#"{"detail":{"status":"only_for_creator+"}}"#,
                "does not accept the key",
            ),
            (
                429,
                r#"{"detail":{"status":"system_busy"}}"#,
                "limits how often",
            ),
            (
                400,
                r#"{"detail":{"status":"voice_not_found"}}"#,
                r#"voice: "ada" is not known"#,
            ),
            (
                400,
                r#"{"detail":{"status":"model_not_found"}}"#,
                r#"model: "eleven_v3" is"#,
            ),
            (
                401,
                r#"{"detail":{"status":"max_character_limit_exceeded"}}"#,
                "text: is longer",
            ),
            (
                422,
                r#"{"detail":[{"loc":["body"],"msg":"octopus","type":"t"}]}"#,
                "status 422",
            ),
            (503, "busy", "status 503"),
        ] {
            let told = told(status, body);
            assert!(told.contains(says) && !told.contains("octopus"), "{told}");
        }
    }
}
