//! Answers outside GraphQL, in its form.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

pub(super) fn problem(status: StatusCode, code: &str, message: &str) -> Response {
    let errors = json!([{ "message": message, "extensions": { "code": code } }]);
    (status, Json(json!({ "errors": errors }))).into_response()
}
