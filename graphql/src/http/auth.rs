//! Signing up, in and out. These set cookies, so they are routes of their own;
//! all of them take and answer JSON.
//!
//! | route | takes | does |
//! |---|---|---|
//! | `POST /auth/sign-up` | `email`, `password` | mails a link; 202 whatever is known of the address |
//! | `POST /auth/verify-email` | `token`, `password` | makes the account, and signs in |
//! | `POST /auth/sign-in` | `email`, `password` | signs in |
//! | `POST /auth/refresh` | the refresh cookie | a new access token, a new refresh token |
//! | `POST /auth/sign-out` | the cookies | ends the session |
//! | `POST /auth/request-password-reset` | `email` | mails a link; 202 likewise |
//! | `POST /auth/reset-password` | `token`, `password` | sets it, ends every session |
//! | `GET /auth/providers` | | which other providers there are |
//! | `GET /auth/oidc/start` | | leads to the provider |
//! | `GET /auth/oidc/callback` | what the provider says | signs in, and leads to `/account` |

pub(super) mod attempt;
mod identity;
mod password;
mod session;

use accounts::{AccountError, Limited, Visit};
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

pub(super) use attempt::Attempts;

use super::Served;
use super::answer::{limited, problem, refusal, unavailable};
use super::who::unauthenticated;

pub(super) fn routes() -> Router<Served> {
    Router::new()
        .route("/auth/sign-up", post(password::sign_up))
        .route("/auth/verify-email", post(password::verify_email))
        .route("/auth/sign-in", post(password::sign_in))
        .route(
            "/auth/request-password-reset",
            post(password::request_reset),
        )
        .route("/auth/reset-password", post(password::reset))
        .route("/auth/refresh", post(session::refresh))
        .route("/auth/sign-out", post(session::sign_out))
        .route("/auth/providers", get(identity::providers))
        .route("/auth/oidc/start", get(identity::start))
        .route("/auth/oidc/callback", get(identity::callback))
}

/// The answer to who was not let in.
fn refused(error: &AccountError, visit: &Visit) -> Response {
    use accounts::Refused as R;
    match error {
        AccountError::Refused(refused) => match refused {
            R::Link | R::NotFound | R::UnverifiedIdentity => {
                problem(StatusCode::FORBIDDEN, "REFUSED", &refused.to_string())
            }
            R::Credentials | R::CurrentPassword | R::Session | R::AccessToken => {
                unauthenticated(&refused.to_string())
            }
        },
        AccountError::Invalid(invalid) => refusal("INVALID", invalid.field, &invalid.to_string()),
        AccountError::Limited(Limited::Later { retry_after }) => limited(*retry_after),
        AccountError::Overloaded(overloaded) => busy(&overloaded.to_string()),
        other => unavailable(visit.correlation_id, other),
    }
}

fn busy(message: &str) -> Response {
    let retry = [(axum::http::header::RETRY_AFTER, "5")];
    let problem = problem(StatusCode::SERVICE_UNAVAILABLE, "BUSY", message);
    (retry, problem).into_response()
}

/// Accepted, whatever is known of the address: what comes of it is told by mail.
fn heard(done: Result<(), AccountError>, visit: &Visit) -> Response {
    match done {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err(error) => refused(&error, visit),
    }
}
