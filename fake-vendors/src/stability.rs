//! Stability AI: <https://platform.stability.ai/docs/api-reference>

use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use image::ImageFormat;
use serde_json::{Map, Value, json};

use crate::painter::picture;
use crate::server::{Desk, Dialect, Problem, has_bearer};
use crate::{Fault, Operation};

struct Stability;

impl Dialect for Stability {
    fn is_known(&self, headers: &HeaderMap) -> bool {
        has_bearer(headers)
    }

    fn problem(&self, problem: &Problem) -> Response {
        let (status, name, message) = match problem {
            Problem::Unauthorized => (401, "unauthorized", "missing or invalid api key"),
            Problem::Invalid(problem) => (400, "bad_request", problem.as_str()),
            Problem::RateLimited => (
                429,
                "rate_limit_exceeded",
                "You have exceeded the rate limit.",
            ),
            Problem::OutOfCredit => (
                402,
                "payment_required",
                "You lack sufficient credits to make this request.",
            ),
            Problem::Refused => (
                403,
                "content_moderation",
                "Your request was flagged by our content moderation system.",
            ),
            Problem::ServerError => (
                500,
                "internal_error",
                "An unexpected server error occurred.",
            ),
        };
        let status = StatusCode::from_u16(status).expect("it is a status");
        let body = json!({ "id": "a1b2c3", "name": name, "errors": [message] });
        (status, Json(body)).into_response()
    }
}

pub(crate) fn routes() -> Router<Desk> {
    Router::new().route("/stable-image/generate/{service}", post(generate))
}

async fn generate(
    State(desk): State<Desk>,
    Path(service): Path<String>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let operation = match service.as_str() {
        "core" => Operation::StabilityCore,
        "ultra" => Operation::StabilityUltra,
        "sd3" => Operation::StabilitySd3,
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let invalid = |problem: String| Stability.problem(&Problem::Invalid(problem));
    if headers.get(ACCEPT).is_none_or(|accept| accept != "image/*") {
        return invalid("accept: must be image/*".to_owned());
    }
    let form = match form {
        Ok(form) => form,
        Err(error) => return invalid(format!("content-type: {error}")),
    };
    match fields(form).await {
        Ok(request) => {
            let taken = desk.take(operation, &Stability, &headers, request, generated);
            taken.await
        }
        Err(error) => invalid(format!("body: {error}")),
    }
}

/// Each as the text that it is.
async fn fields(mut form: Multipart) -> Result<Value, MultipartError> {
    let mut fields = Map::new();
    while let Some(field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        fields.insert(name, field.text().await?.into());
    }
    Ok(fields.into())
}

fn generated(request: &Value, fault: Option<Fault>) -> Response {
    if fault == Some(Fault::Refused) {
        return Stability.problem(&Problem::Refused);
    }
    let reason = match fault {
        Some(Fault::Flagged) => "CONTENT_FILTERED",
        _ => "SUCCESS",
    };
    let mut response = picture(ImageFormat::WebP, fault).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, "image/webp".parse().expect("it is a value"));
    headers.insert("finish-reason", reason.parse().expect("it is a value"));
    let seed = request["seed"].as_str().unwrap_or("343940597");
    headers.insert("seed", seed.parse().expect("it is a number"));
    response
}
