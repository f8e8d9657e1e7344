//! Answers outside GraphQL, in its form.

use async_graphql::Response as Answer;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::execution::Stopped;

/// What is wrong with the parameter `field`.
pub(super) fn refusal(code: &str, field: &str, message: &str) -> Response {
    let errors = json!([{ "message": message, "extensions": { "code": code, "field": field } }]);
    (StatusCode::BAD_REQUEST, Json(json!({ "errors": errors }))).into_response()
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
