//! Operations as they arrive: in the address, as JSON, or as multipart with one
//! file. No more is read, nor held, than is allowed.

use async_graphql::{Request, Variables};
use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::multipart;
use super::size::{MAX_JSON_BYTES, too_large};
use crate::execution::Stopped;
use crate::guard;

/// Other types are refused: a web page may send some of them to any server
/// without asking it first.
pub(super) async fn of_body(headers: &HeaderMap, body: Body) -> Result<Request, Stopped> {
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|it| it.to_str().ok()).unwrap_or("");
    let essence = content_type.split(';').next().unwrap_or("").trim();
    match essence.to_ascii_lowercase().as_str() {
        "application/json" => {
            if body.size_hint().lower() > MAX_JSON_BYTES as u64 {
                return Err(too_large());
            }
            let json = axum::body::to_bytes(body, MAX_JSON_BYTES).await;
            operation(&json.map_err(|_| too_large())?)
        }
        "multipart/form-data" => multipart::receive(content_type, body).await,
        _ => {
            let message = "send the query as application/json, or a file as multipart/form-data";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            Err(Stopped::new(status, "BAD_REQUEST", message))
        }
    }
}

/// `query=…&operationName=…&variables=…`
pub(super) fn of_address(query: &str) -> Result<Request, Stopped> {
    let mut request = Request::new("");
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "query" => request.query = value.into_owned(),
            "operationName" => request.operation_name = Some(value.into_owned()),
            "variables" => request.variables = json::<Variables>(value.as_bytes())?,
            _ => {}
        }
    }
    Ok(request)
}

/// One operation as JSON.
pub(super) fn operation(text: &[u8]) -> Result<Request, Stopped> {
    if text.trim_ascii_start().starts_with(b"[") {
        return Err(bad(
            "send one operation a request; a list of them is not taken",
        ));
    }
    json(text)
}

pub(super) fn json<T: DeserializeOwned>(text: &[u8]) -> Result<T, Stopped> {
    guard::check_json(text)?;
    // What the library says of a value that does not fit names types of ours.
    serde_json::from_slice(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        bad(&if error.is_data() {
            format!("no operation can be read from this JSON, at line {line}, column {column}")
        } else {
            format!("this is no JSON, from line {line}, column {column}")
        })
    })
}

pub(super) fn bad(message: &str) -> Stopped {
    Stopped::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
}
