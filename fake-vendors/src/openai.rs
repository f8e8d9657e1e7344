//! OpenAI: <https://platform.openai.com/docs/api-reference>

mod audio;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::server::{Desk, Dialect, KEY, Problem};
use crate::writer;
use crate::{Fault, Operation};

pub(crate) struct OpenAi;

impl Dialect for OpenAi {
    fn is_known(&self, headers: &HeaderMap) -> bool {
        let bearer = headers.get("authorization");
        bearer.is_some_and(|value| value == &format!("Bearer {KEY}"))
    }

    fn problem(&self, problem: &Problem) -> Response {
        let (status, kind, code, message) = match problem {
            Problem::Unauthorized => (
                401,
                "invalid_request_error",
                "invalid_api_key",
                "Incorrect API key provided.",
            ),
            Problem::Invalid(problem) => (
                400,
                "invalid_request_error",
                "invalid_value",
                problem.as_str(),
            ),
            Problem::RateLimited { .. } => (
                429,
                "requests",
                "rate_limit_exceeded",
                "Rate limit reached for requests.",
            ),
            Problem::OutOfCredit => (
                429,
                "insufficient_quota",
                "insufficient_quota",
                "You exceeded your current quota.",
            ),
            Problem::ServerError => (
                500,
                "server_error",
                "server_error",
                "The server had an error while processing your request.",
            ),
        };
        let error = json!({ "message": message, "type": kind, "param": null, "code": code });
        let mut response = answer(status, &json!({ "error": error }));
        if let Problem::RateLimited {
            retry_after_s: Some(seconds),
        } = problem
        {
            response
                .headers_mut()
                .insert("retry-after", (*seconds).into());
        }
        response
    }
}

pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .route("/chat/completions", post(chat))
        .merge(audio::routes())
}

async fn chat(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Json(request): Json<Value>,
) -> Response {
    desk.take(
        Operation::OpenAiChat,
        &OpenAi,
        &headers,
        request,
        completion,
    )
    .await
}

fn completion(request: &Value, fault: Option<Fault>) -> Response {
    let written = writer::answer(&request["messages"][1]["content"], fault);
    let refusal = matches!(fault, Some(Fault::Refused)).then_some("I can't help with that.");
    let (content, finish_reason) = match fault {
        Some(Fault::Refused) => (Value::Null, "stop"),
        Some(Fault::CutShort) => (written.into(), "length"),
        _ => (written.into(), "stop"),
    };
    answer(
        200,
        &json!({
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_741_569_952,
            "model": request["model"],
            "choices": [{
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": content,
                    "refusal": refusal,
                    "annotations": [],
                },
                "logprobs": null,
                "finish_reason": finish_reason,
            }],
            "usage": { "prompt_tokens": 900, "completion_tokens": 400, "total_tokens": 1_300 },
            "service_tier": "default",
        }),
    )
}

fn answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).expect("it is a status");
    (status, Json(body)).into_response()
}
