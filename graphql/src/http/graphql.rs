//! GraphQL over HTTP: one operation a request.

use std::time::Duration;

use async_graphql::http::{MultipartOptions, parse_query_string, receive_body};
use async_graphql::parser::types::OperationType;
use async_graphql::{ParseRequestError, Request, Response as Answer};
use axum::Extension;
use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequestParts, RawQuery, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::TryStreamExt;

use super::answer::problem;
use super::{MAX_BODY_BYTES, Served, graphiql, socket};
use crate::Viewer;
use crate::context::CorrelationId;

/// The largest operation with its variables.
const MAX_JSON_BYTES: usize = 1024 * 1024;
/// How long a request may take to arrive.
const ARRIVE_WITHIN: Duration = Duration::from_secs(120);
/// How long an operation may take.
const EXECUTE_WITHIN: Duration = Duration::from_secs(60);

/// A web socket, a query in the address, or the page for people.
pub(super) async fn get(
    State(served): State<Served>,
    Extension(viewer): Extension<Viewer>,
    Extension(correlation_id): Extension<CorrelationId>,
    RawQuery(query): RawQuery,
    request: axum::extract::Request,
) -> Response {
    let (mut parts, _) = request.into_parts();
    if let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        return socket::open(upgrade, served.schema, viewer, correlation_id);
    }
    let query = query.unwrap_or_default();
    if query.is_empty() {
        return if wants_page(&parts.headers) {
            graphiql::page()
        } else {
            let message = "POST a query as JSON, or open this address in a browser";
            problem(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
        };
    }
    let mut request = match parse_query_string(&query) {
        Ok(request) => request,
        Err(error) => return unreadable(&error),
    };
    if changes_something(&mut request) {
        let message = "only queries may be sent by GET; POST this";
        return problem(StatusCode::METHOD_NOT_ALLOWED, "BAD_REQUEST", message);
    }
    execute(&served, request, viewer, correlation_id).await
}

pub(super) async fn post(
    State(served): State<Served>,
    Extension(viewer): Extension<Viewer>,
    Extension(correlation_id): Extension<CorrelationId>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match tokio::time::timeout(ARRIVE_WITHIN, receive(&headers, body)).await {
        Ok(Ok(request)) => execute(&served, request, viewer, correlation_id).await,
        Ok(Err(refusal)) => refusal,
        Err(_) => problem(
            StatusCode::REQUEST_TIMEOUT,
            "TIMEOUT",
            "the request did not arrive in time",
        ),
    }
}

/// JSON, or multipart with one file. Other types are refused: a web page may
/// send some of them to any server without asking it first.
async fn receive(headers: &HeaderMap, body: Body) -> Result<Request, Response> {
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|it| it.to_str().ok()).unwrap_or("");
    let essence = content_type.split(';').next().unwrap_or("").trim();
    let received = match essence.to_ascii_lowercase().as_str() {
        "application/json" => {
            let json = axum::body::to_bytes(body, MAX_JSON_BYTES).await;
            let json = json.map_err(|_| too_large())?;
            let options = MultipartOptions::default();
            receive_body(Some(content_type), json.as_ref(), options).await
        }
        "multipart/form-data" => {
            let pieces = body.into_data_stream().map_err(std::io::Error::other);
            let options = MultipartOptions::default()
                .max_file_size(MAX_BODY_BYTES)
                .max_num_files(1);
            receive_body(Some(content_type), pieces.into_async_read(), options).await
        }
        _ => {
            let message = "send the query as application/json, or a file as multipart/form-data";
            return Err(problem(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "BAD_REQUEST",
                message,
            ));
        }
    };
    received.map_err(|error| unreadable(&error))
}

async fn execute(
    served: &Served,
    request: Request,
    viewer: Viewer,
    correlation_id: CorrelationId,
) -> Response {
    let request = request.data(viewer).data(correlation_id);
    match tokio::time::timeout(EXECUTE_WITHIN, served.schema.execute(request)).await {
        Ok(answer) => json(answer),
        Err(_) => problem(
            StatusCode::GATEWAY_TIMEOUT,
            "TIMEOUT",
            "the operation took too long; ask for less at once",
        ),
    }
}

fn json(answer: Answer) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (headers, Json(answer)).into_response()
}

fn unreadable(error: &ParseRequestError) -> Response {
    match error {
        ParseRequestError::PayloadTooLarge => too_large(),
        other => problem(StatusCode::BAD_REQUEST, "BAD_REQUEST", &other.to_string()),
    }
}

fn too_large() -> Response {
    let message = format!(
        "the request is too large: an operation may have {} MiB, an upload {} MiB",
        MAX_JSON_BYTES / 1024 / 1024,
        MAX_BODY_BYTES / 1024 / 1024
    );
    problem(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", &message)
}

fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT);
    accept.is_some_and(|accept| accept.to_str().is_ok_and(|it| it.contains("text/html")))
}

/// What cannot be parsed changes nothing; executing it says why.
fn changes_something(request: &mut Request) -> bool {
    request.parsed_query().is_ok_and(|document| {
        let mut operations = document.operations.iter();
        operations.any(|(_, operation)| operation.node.ty != OperationType::Query)
    })
}
