//! Answers outside GraphQL, in its form.

use std::error::Error;
use std::time::Duration;

use async_graphql::Response as Answer;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use uuid::Uuid;

use crate::execution::Stopped;

/// What is wrong with the parameter `field`.
pub(super) fn refusal(code: &str, field: &str, message: &str) -> Response {
    let errors = json!([{ "message": message, "extensions": { "code": code, "field": field } }]);
    (StatusCode::BAD_REQUEST, Json(json!({ "errors": errors }))).into_response()
}

/// Too many of these: when there may be another.
pub(super) fn limited(retry_after: Duration) -> Response {
    let seconds = retry_after.as_secs();
    let message = format!("too many of these; try again in {seconds} s");
    let retry = [(header::RETRY_AFTER, seconds.to_string())];
    let problem = problem(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", &message);
    (retry, problem).into_response()
}

/// Something on our side failed; it is logged, and not told.
pub(super) fn unavailable(correlation_id: Uuid, error: &(dyn Error + 'static)) -> Response {
    tracing::error!(%correlation_id, error, "a request failed unexpectedly");
    let message = format!(
        "this cannot be done now; try again shortly, and if it stays so look for \
         {correlation_id} in the program's log"
    );
    problem(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", &message)
}

pub(super) fn problem(status: StatusCode, code: &str, message: &str) -> Response {
    let errors = json!([{ "message": message, "extensions": { "code": code } }]);
    (status, Json(json!({ "errors": errors }))).into_response()
}

impl IntoResponse for Stopped {
    fn into_response(self) -> Response {
        (self.status, Json(Answer::from(self))).into_response()
    }
}
