//! A small body of JSON, or what is wrong with it.

use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::de::DeserializeOwned;

use super::answer::problem;

const MAX_BYTES: usize = 16 * 1024;

/// Other types than JSON are refused: a web page may send some of them to any
/// server without asking it first.
pub(super) struct JsonBody<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|it| it.to_str().ok()).unwrap_or("");
        let essence = content_type.split(';').next().unwrap_or("").trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            let message = "send application/json";
            return Err(problem(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "BAD_REQUEST",
                message,
            ));
        }
        let body = axum::body::to_bytes(request.into_body(), MAX_BYTES).await;
        let body = body.map_err(|_| {
            let message = format!("the body may have {MAX_BYTES} bytes at most");
            problem(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", &message)
        })?;
        // The parser's message could quote a password.
        serde_json::from_slice(&body).map(Self).map_err(|error| {
            let message = format!(
                "the body is not the JSON object that is asked for (line {}, column {})",
                error.line(),
                error.column()
            );
            problem(StatusCode::BAD_REQUEST, "BAD_REQUEST", &message)
        })
    }
}
