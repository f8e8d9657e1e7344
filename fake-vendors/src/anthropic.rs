//! Anthropic: <https://docs.anthropic.com/en/api>

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::server::{Desk, Dialect, KEY, Problem};
use crate::writer;
use crate::{Fault, Operation};

struct Anthropic;

impl Dialect for Anthropic {
    fn is_known(&self, headers: &HeaderMap) -> bool {
        let is = |name: &str, wanted: &str| headers.get(name).is_some_and(|v| v == wanted);
        is("x-api-key", KEY) && is("anthropic-version", "2023-06-01")
    }

    fn problem(&self, problem: &Problem) -> Response {
        let (status, kind, message) = match problem {
            Problem::Unauthorized => (401, "authentication_error", "invalid x-api-key"),
            Problem::Invalid(problem) => (400, "invalid_request_error", problem.as_str()),
            Problem::RateLimited => (
                429,
                "rate_limit_error",
                "This request would exceed your rate limit.",
            ),
            Problem::OutOfCredit => (402, "billing_error", "Your credit balance is too low."),
            Problem::Refused => (
                400,
                "invalid_request_error",
                "Output blocked by content filtering policy",
            ),
            Problem::ServerError => (529, "overloaded_error", "Overloaded"),
        };
        let error = json!({ "type": kind, "message": message });
        let body = json!({ "type": "error", "error": error, "request_id": "req_1" });
        let status = StatusCode::from_u16(status).expect("it is a status");
        (status, Json(body)).into_response()
    }
}

pub(crate) fn routes() -> Router<Desk> {
    Router::new().route("/messages", post(messages))
}

async fn messages(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Json(request): Json<Value>,
) -> Response {
    desk.take(
        Operation::AnthropicMessages,
        &Anthropic,
        &headers,
        request,
        message,
    )
    .await
}

fn message(request: &Value, fault: Option<Fault>) -> Response {
    let written = writer::answer(&request["messages"][0]["content"], fault);
    let (content, stop_reason) = match fault {
        Some(Fault::Refused) => (json!([]), "refusal"),
        Some(Fault::CutShort) => (json!([{ "type": "text", "text": written }]), "max_tokens"),
        _ => (json!([{ "type": "text", "text": written }]), "end_turn"),
    };
    Json(json!({
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": request["model"],
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": null,
        "usage": { "input_tokens": 950, "output_tokens": 420 },
    }))
    .into_response()
}
