//! There and back: through another provider's pages.

use accounts::Visit;
use axum::Extension;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use integrations::identity::{Callback, IdentityError};
use secrecy::ExposeSecret;
use serde_json::json;

use super::refused;
use super::session::with_cookies;
use crate::http::Served;
use crate::http::answer::{problem, unavailable};
use crate::http::cookies::Kind;

/// Where somebody is led who signed in, or was refused.
const PAGE: &str = "/account";

pub(in crate::http) async fn providers(State(served): State<Served>) -> Response {
    let names: Vec<_> = served
        .api
        .identity
        .iter()
        .map(|provider| json!({ "name": provider.name() }))
        .collect();
    Json(names).into_response()
}

/// Leads to the provider; what is needed on the way back is sealed in a cookie.
pub(in crate::http) async fn start(
    State(served): State<Served>,
    Extension(visit): Extension<Visit>,
) -> Response {
    let Some(provider) = &served.api.identity else {
        return none_configured();
    };
    let begun = match provider.begin().await {
        Ok(begun) => begun,
        Err(error) => return failed(&error, &visit),
    };
    match served.attempts.seal(&begun).await {
        Ok(sealed) => {
            let mut response = Redirect::to(begun.url.as_str()).into_response();
            served.doorkeeper.cookies.set(
                response.headers_mut(),
                Kind::Attempt,
                sealed.expose_secret(),
            );
            response
        }
        Err(error) => unavailable(visit.correlation_id, &error),
    }
}

pub(in crate::http) async fn callback(
    State(served): State<Served>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    Query(callback): Query<Callback>,
) -> Response {
    let Some(provider) = &served.api.identity else {
        return none_configured();
    };
    let attempt = served.doorkeeper.cookies.read(&headers, Kind::Attempt);
    let begun = match attempt {
        Some(attempt) => served.attempts.open(&attempt).await,
        None => None,
    };
    let Some(begun) = begun else {
        let message = "this sign-in was not begun in this browser, or took too long; begin again";
        return problem(StatusCode::FORBIDDEN, "REFUSED", message);
    };
    let mut response = match provider.finish(callback, &begun).await {
        Err(error) => failed(&error, &visit),
        Ok(identity) => match served
            .api
            .accounts
            .sign_in_with_identity(&identity, &visit)
            .await
        {
            Err(error) => refused(&error, &visit),
            Ok(signed_in) => {
                let there = Redirect::to(PAGE).into_response();
                with_cookies(&served, &visit, &signed_in, there).await
            }
        },
    };
    // It works once.
    served
        .doorkeeper
        .cookies
        .clear(response.headers_mut(), Kind::Attempt);
    response
}

fn none_configured() -> Response {
    let message = "this server knows no other provider; sign in with a password";
    problem(StatusCode::NOT_FOUND, "NOT_FOUND", message)
}

fn failed(error: &IdentityError, visit: &Visit) -> Response {
    match error {
        IdentityError::Denied { .. } => {
            let message = "the other provider did not let you in, or you said no; begin again";
            problem(StatusCode::FORBIDDEN, "REFUSED", message)
        }
        IdentityError::Forged { .. } => {
            tracing::warn!(
                correlation_id = %visit.correlation_id,
                error = error as &dyn std::error::Error,
                "a sign-in through another provider was forged"
            );
            let message =
                "what came back from the other provider is not what was asked for; begin again";
            problem(StatusCode::FORBIDDEN, "REFUSED", message)
        }
        IdentityError::Unavailable { .. } | IdentityError::Misconfigured { .. } => {
            unavailable(visit.correlation_id, error)
        }
    }
}
