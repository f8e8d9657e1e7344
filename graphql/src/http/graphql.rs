//! GraphQL over HTTP: one operation a request.

use std::time::Duration;

use accounts::Visit;
use async_graphql::Request;
use async_graphql::parser::types::OperationType;
use axum::Extension;
use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequestParts, RawQuery, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::answer::problem;
use super::who::Asking;
use super::{Served, graphiql, receive, socket};

/// How long a request may take to arrive.
const ARRIVE_WITHIN: Duration = Duration::from_secs(120);

/// A web socket, a query in the address, or the page for people.
pub(super) async fn get(
    State(served): State<Served>,
    Extension(asking): Extension<Asking>,
    Extension(visit): Extension<Visit>,
    RawQuery(query): RawQuery,
    request: axum::extract::Request,
) -> Response {
    let (mut parts, _) = request.into_parts();
    if let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        return socket::open(upgrade, &served, asking, visit, parts.headers);
    }
    let query = query.unwrap_or_default();
    if query.is_empty() {
        return if wants_page(&parts.headers) && asking.0.is_none() {
            Redirect::to("/account").into_response()
        } else if wants_page(&parts.headers) {
            graphiql::page(served.introspection)
        } else {
            let message = "POST a query as JSON, or open this address in a browser";
            problem(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
        };
    }
    let mut request = match receive::of_address(&query) {
        Ok(request) => request,
        Err(stopped) => return stopped.into_response(),
    };
    if let Err(stopped) = served.executor.admit(&request) {
        return stopped.into_response();
    }
    if changes_something(&mut request) {
        let message = "only queries may be sent by GET; POST this";
        return problem(StatusCode::METHOD_NOT_ALLOWED, "BAD_REQUEST", message);
    }
    execute(&served, request, asking, visit).await
}

pub(super) async fn post(
    State(served): State<Served>,
    Extension(asking): Extension<Asking>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match tokio::time::timeout(ARRIVE_WITHIN, receive::of_body(&headers, body)).await {
        Ok(Ok(request)) => execute(&served, request, asking, visit).await,
        Ok(Err(stopped)) => stopped.into_response(),
        Err(_) => problem(
            StatusCode::REQUEST_TIMEOUT,
            "TIMEOUT",
            "the request did not arrive in time",
        ),
    }
}

async fn execute(
    served: &Served,
    request: Request,
    Asking(viewer): Asking,
    visit: Visit,
) -> Response {
    match served.executor.answer(request, viewer, visit).await {
        Ok(answer) => Json(answer).into_response(),
        Err(stopped) => stopped.into_response(),
    }
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
