//! fal: <https://fal.ai/docs/documentation/model-apis/inference/queue>

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use image::ImageFormat;
use serde_json::{Value, json};

use crate::painter::{HEIGHT_PX, WIDTH_PX, picture};
use crate::server::{Desk, Dialect, KEY, Problem};
use crate::{Fault, Operation};

/// By id.
pub(crate) type Jobs = HashMap<String, Job>;

/// Done when its status was asked for twice.
#[derive(Default)]
pub(crate) struct Job {
    app: String,
    asked: u32,
}

impl Job {
    fn status(&self) -> &'static str {
        match self.asked {
            0 => "IN_QUEUE",
            1 => "IN_PROGRESS",
            _ => "COMPLETED",
        }
    }
}

struct Fal;
/// Whoever has an address has the picture: a key has no business there.
struct FalMedia;

impl Dialect for Fal {
    fn is_known(&self, headers: &HeaderMap) -> bool {
        let key = headers.get("authorization");
        key.is_some_and(|value| value == &format!("Key {KEY}"))
    }

    fn problem(&self, problem: &Problem) -> Response {
        let about_input = |kind: &str, problem: &str| {
            let problem = json!({ "loc": ["body", "prompt"], "msg": problem, "type": kind });
            json!([problem])
        };
        let (status, detail) = match problem {
            Problem::Unauthorized => (401, json!("Cannot access application. Invalid key.")),
            Problem::Invalid(problem) => (422, about_input("value_error", problem)),
            Problem::RateLimited => (429, json!("Too many requests.")),
            Problem::OutOfCredit => (
                403,
                json!("User is locked. Reason: Exhausted balance. Top up your balance."),
            ),
            Problem::Refused => (
                422,
                about_input("content_policy_violation", "The content was flagged."),
            ),
            Problem::ServerError => (500, json!("Internal Server Error")),
        };
        answer(status, json!({ "detail": detail }))
    }
}

impl Dialect for FalMedia {
    fn is_known(&self, headers: &HeaderMap) -> bool {
        !headers.contains_key("authorization")
    }

    fn problem(&self, problem: &Problem) -> Response {
        Fal.problem(problem)
    }
}

pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .route("/{owner}/{name}/{*rest}", post(submit))
        .route("/{owner}/{name}/requests/{id}/status", get(status))
        .route("/{owner}/{name}/requests/{id}", get(result))
        .route("/{owner}/{name}/requests/{id}/cancel", put(cancel))
}

pub(crate) fn media_routes() -> Router<Desk> {
    Router::new().route("/{name}", get(media))
}

async fn submit(
    State(desk): State<Desk>,
    Path((owner, name, rest)): Path<(String, String, String)>,
    headers: HeaderMap,
    Json(input): Json<Value>,
) -> Response {
    let app = format!("{owner}/{name}");
    if !name.starts_with("flux") {
        return answer(404, json!({ "detail": "Application not found" }));
    }
    let base = base(&headers);
    let request = json!({ "endpoint": format!("{app}/{rest}"), "input": input });
    let jobs = desk.clone();
    let queued = move |_: &Value, _: Option<Fault>| {
        let id = jobs.jobs(|jobs| {
            let id = format!("024ca5b1-45d3-4afd-883e-{:012}", jobs.len());
            let job = Job {
                app: app.clone(),
                asked: 0,
            };
            jobs.insert(id.clone(), job);
            id
        });
        let mut body = described(&base, &app, &id, "IN_QUEUE");
        body["gateway_request_id"] = id.into();
        answer(200, body)
    };
    desk.take(Operation::FalSubmit, &Fal, &headers, request, queued)
        .await
}

async fn status(
    State(desk): State<Desk>,
    Path((owner, name, id)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let (app, base) = (format!("{owner}/{name}"), base(&headers));
    let jobs = desk.clone();
    let told = move |request: &Value, fault: Option<Fault>| {
        let id = request["id"].as_str().unwrap_or_default();
        let status = jobs.jobs(|jobs| {
            let job = jobs.get_mut(id).filter(|job| job.app == app)?;
            if matches!(fault, Some(Fault::Refused | Fault::JobFailed)) {
                job.asked = u32::MAX;
            }
            let status = job.status();
            job.asked = job.asked.saturating_add(1);
            Some(status)
        });
        let Some(status) = status else {
            return unknown();
        };
        let mut body = described(&base, &app, id, status);
        let failure = match fault {
            Some(Fault::Refused) => Some("content_policy_violation"),
            Some(Fault::JobFailed) => Some("downstream_service_error"),
            _ => None,
        };
        if let Some(kind) = failure {
            body["error"] = "The request could not be processed.".into();
            body["error_type"] = kind.into();
        }
        let code = if status == "COMPLETED" { 200 } else { 202 };
        answer(code, body)
    };
    let request = json!({ "id": id });
    desk.take(Operation::FalStatus, &Fal, &headers, request, told)
        .await
}

async fn result(
    State(desk): State<Desk>,
    Path((owner, name, id)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let (app, host) = (format!("{owner}/{name}"), host(&headers));
    let jobs = desk.clone();
    let painted = move |request: &Value, fault: Option<Fault>| {
        let id = request["id"].as_str().unwrap_or_default();
        let is_known = jobs.jobs(|jobs| jobs.get(id).is_some_and(|job| job.app == app));
        match fault {
            _ if !is_known => return unknown(),
            Some(Fault::Refused) => return Fal.problem(&Problem::Refused),
            Some(Fault::JobFailed) => return timed_out(),
            _ => {}
        }
        answer(
            200,
            json!({
                "images": [{
                    "url": format!("http://{host}/fal-media/{id}.jpg"),
                    "width": WIDTH_PX,
                    "height": HEIGHT_PX,
                    "content_type": "image/jpeg",
                }],
                "timings": { "inference": 2.1 },
                "seed": 42,
                "has_nsfw_concepts": [fault == Some(Fault::Flagged)],
                "prompt": "as it was asked for",
            }),
        )
    };
    let request = json!({ "id": id });
    desk.take(Operation::FalResult, &Fal, &headers, request, painted)
        .await
}

async fn cancel(
    State(desk): State<Desk>,
    Path((_, _, id)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let jobs = desk.clone();
    let cancelled = move |request: &Value, _: Option<Fault>| {
        let id = request["id"].as_str().unwrap_or_default();
        let status = jobs.jobs(|jobs| Some(jobs.get(id)?.status()));
        match status {
            None => answer(404, json!({ "status": "NOT_FOUND" })),
            Some("COMPLETED") => answer(400, json!({ "status": "ALREADY_COMPLETED" })),
            Some(_) => {
                jobs.jobs(|jobs| jobs.remove(id));
                answer(202, json!({ "status": "CANCELLATION_REQUESTED" }))
            }
        }
    };
    let request = json!({ "id": id });
    desk.take(Operation::FalCancel, &Fal, &headers, request, cancelled)
        .await
}

async fn media(State(desk): State<Desk>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let file = |_: &Value, fault| picture(ImageFormat::Jpeg, fault).into_response();
    let request = json!({ "name": name });
    desk.take(Operation::FalMedia, &FalMedia, &headers, request, file)
        .await
}

fn described(base: &str, app: &str, id: &str, status: &str) -> Value {
    let place = format!("{base}/{app}/requests/{id}");
    let mut body = json!({
        "status": status,
        "request_id": id,
        "response_url": place,
        "status_url": format!("{place}/status"),
        "cancel_url": format!("{place}/cancel"),
    });
    if status == "IN_QUEUE" {
        body["queue_position"] = 0.into();
    }
    body
}

/// How the result of a job that failed is told.
fn timed_out() -> Response {
    let kind = "generation_timeout";
    let body = json!({ "detail": "Generation timed out", "error_type": kind });
    let mut response = answer(504, body);
    let headers = response.headers_mut();
    headers.insert("x-fal-error-type", kind.parse().expect("it is a value"));
    response
}

fn unknown() -> Response {
    answer(404, json!({ "detail": "Request not found" }))
}

/// By which the caller knows this server.
fn host(headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    host.unwrap_or_default().to_owned()
}

fn base(headers: &HeaderMap) -> String {
    format!("http://{}/fal", host(headers))
}

fn answer(status: u16, body: Value) -> Response {
    let status = StatusCode::from_u16(status).expect("it is a status");
    (status, Json(body)).into_response()
}
