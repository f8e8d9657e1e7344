//! OpenAI: <https://platform.openai.com/docs/api-reference>

mod audio;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::ImageFormat;
use serde_json::{Value, json};

use crate::painter::picture;
use crate::server::{Desk, Dialect, Problem, has_bearer};
use crate::writer;
use crate::{Fault, Operation};

pub(crate) struct OpenAi;

impl Dialect for OpenAi {
    fn is_known(&self, headers: &HeaderMap) -> bool {
        has_bearer(headers)
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
            Problem::RateLimited => (
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
            Problem::Refused => (
                400,
                "image_generation_user_error",
                "moderation_blocked",
                "Your request was rejected by the safety system.",
            ),
            Problem::ServerError => (
                500,
                "server_error",
                "server_error",
                "The server had an error while processing your request.",
            ),
        };
        let error = json!({ "message": message, "type": kind, "param": null, "code": code });
        answer(status, &json!({ "error": error }))
    }
}

pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .route("/chat/completions", post(chat))
        .route("/images/generations", post(images))
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

async fn images(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Json(request): Json<Value>,
) -> Response {
    desk.take(
        Operation::OpenAiImages,
        &OpenAi,
        &headers,
        request,
        generated,
    )
    .await
}

fn generated(request: &Value, fault: Option<Fault>) -> Response {
    if fault == Some(Fault::Refused) {
        return OpenAi.problem(&Problem::Refused);
    }
    let png = picture(ImageFormat::Png, fault);
    answer(
        200,
        &json!({
            "created": 1_741_569_952,
            "background": "opaque",
            "data": [{ "b64_json": STANDARD.encode(png) }],
            "output_format": "png",
            "quality": request["quality"],
            "size": request["size"],
            "usage": {
                "input_tokens": 180,
                "input_tokens_details": { "image_tokens": 0, "text_tokens": 180 },
                "output_tokens": 1_584,
                "total_tokens": 1_764,
            },
        }),
    )
}

fn answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).expect("it is a status");
    (status, Json(body)).into_response()
}
