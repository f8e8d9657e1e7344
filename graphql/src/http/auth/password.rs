use accounts::Visit;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use domain::EmailAddress;
use secrecy::SecretString;
use serde::Deserialize;

use super::session::signed_in;
use super::{heard, refused};
use crate::http::Served;
use crate::http::json_body::JsonBody;

#[derive(Deserialize)]
pub(in crate::http) struct Credentials {
    email: String,
    password: SecretString,
}

#[derive(Deserialize)]
pub(in crate::http) struct Address {
    email: String,
}

#[derive(Deserialize)]
pub(in crate::http) struct Link {
    token: SecretString,
    password: SecretString,
}

pub(in crate::http) async fn sign_up(
    State(served): State<Served>,
    Extension(visit): Extension<Visit>,
    JsonBody(asked): JsonBody<Credentials>,
) -> Response {
    let done = async {
        let email = EmailAddress::try_new(&asked.email)?;
        let accounts = &served.api.accounts;
        accounts.sign_up(&email, &asked.password, &visit).await
    };
    heard(done.await, &visit)
}

pub(in crate::http) async fn verify_email(
    State(served): State<Served>,
    Extension(visit): Extension<Visit>,
    JsonBody(link): JsonBody<Link>,
) -> Response {
    let accounts = &served.api.accounts;
    let done = accounts
        .verify_email(&link.token, &link.password, &visit)
        .await;
    signed_in(&served, &visit, done).await
}

pub(in crate::http) async fn sign_in(
    State(served): State<Served>,
    Extension(visit): Extension<Visit>,
    JsonBody(asked): JsonBody<Credentials>,
) -> Response {
    let done = async {
        let email = EmailAddress::try_new(&asked.email)?;
        let accounts = &served.api.accounts;
        accounts.sign_in(&email, &asked.password, &visit).await
    };
    signed_in(&served, &visit, done.await).await
}

pub(in crate::http) async fn request_reset(
    State(served): State<Served>,
    Extension(visit): Extension<Visit>,
    JsonBody(asked): JsonBody<Address>,
) -> Response {
    let done = async {
        let email = EmailAddress::try_new(&asked.email)?;
        let accounts = &served.api.accounts;
        accounts.request_password_reset(&email, &visit).await
    };
    heard(done.await, &visit)
}

pub(in crate::http) async fn reset(
    State(served): State<Served>,
    Extension(visit): Extension<Visit>,
    JsonBody(link): JsonBody<Link>,
) -> Response {
    let accounts = &served.api.accounts;
    match accounts
        .reset_password(&link.token, &link.password, &visit)
        .await
    {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => refused(&error, &visit),
    }
}
