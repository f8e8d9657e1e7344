use accounts::{AccountError, SignedIn, Visit};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use domain::session::SessionEnd;
use serde_json::json;

use super::refused;
use crate::http::Served;
use crate::http::answer::unavailable;
use crate::http::cookies::Kind;
use crate::http::who::{Asking, unauthenticated};

/// A new pair of tokens for the refresh cookie, which works once.
pub(in crate::http) async fn refresh(
    State(served): State<Served>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
) -> Response {
    let Some(token) = served.doorkeeper.cookies.read(&headers, Kind::Refresh) else {
        return unauthenticated("there is no session to go on with; sign in");
    };
    let done = served.api.accounts.refresh(&token, &visit).await;
    let is_over = matches!(done, Err(AccountError::Refused(_)));
    let mut response = signed_in(&served, &visit, done).await;
    if is_over {
        served.doorkeeper.cookies.sign_out(response.headers_mut());
    }
    response
}

/// Ends the session, and has the browser forget it in any case.
pub(in crate::http) async fn sign_out(
    State(served): State<Served>,
    Extension(visit): Extension<Visit>,
    Extension(Asking(viewer)): Extension<Asking>,
) -> Response {
    let session = viewer
        .as_ref()
        .and_then(|viewer| Some((viewer.user, viewer.session()?)));
    if let Some((user, session)) = session {
        let end = SessionEnd::SignedOut;
        match served
            .api
            .accounts
            .end_session(user, session, end, &visit)
            .await
        {
            Ok(()) | Err(AccountError::Refused(_)) => {}
            Err(error) => return refused(&error, &visit),
        }
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    served.doorkeeper.cookies.sign_out(response.headers_mut());
    response
}

/// The cookies of a session, and who it is of.
pub(super) async fn signed_in(
    served: &Served,
    visit: &Visit,
    done: Result<SignedIn, AccountError>,
) -> Response {
    let signed_in = match done {
        Ok(signed_in) => signed_in,
        Err(error) => return refused(&error, visit),
    };
    let body = json!({
        "userId": signed_in.user,
        "sessionId": signed_in.session,
        "expiresAt": signed_in.expires_at,
    });
    let response = ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response();
    with_cookies(served, visit, &signed_in, response).await
}

pub(super) async fn with_cookies(
    served: &Served,
    visit: &Visit,
    signed_in: &SignedIn,
    mut response: Response,
) -> Response {
    let doorkeeper = &served.doorkeeper;
    match doorkeeper.csrf.token(signed_in.session).await {
        Ok(csrf) => {
            doorkeeper
                .cookies
                .sign_in(response.headers_mut(), signed_in, &csrf);
            response
        }
        Err(error) => unavailable(visit.correlation_id, &error),
    }
}
