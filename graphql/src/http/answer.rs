//! Answers outside GraphQL, in its form.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// What is wrong with the parameter `field`.
pub(super) fn refusal(code: &str, field: &str, message: &str) -> Response {
    let errors = json!([{ "message": message, "extensions": { "code": code, "field": field } }]);
    (StatusCode::BAD_REQUEST, Json(json!({ "errors": errors }))).into_response()
}

pub(super) fn problem(status: StatusCode, code: &str, message: &str) -> Response {
    let errors = json!([{ "message": message, "extensions": { "code": code } }]);
    (status, Json(json!({ "errors": errors }))).into_response()
}
