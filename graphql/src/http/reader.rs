//! Whose files a request may fetch: those of who sends it, or the one file that
//! somebody let everybody have.

use accounts::Visit;
use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use domain::UserId;
use domain::access_token::Scope;
use uuid::Uuid;

use super::Served;
use super::answer::{problem, unavailable};
use super::who::{Known, lacks};
use crate::signed::Signed;

pub(super) struct Reader(pub(super) UserId);

impl FromRequestParts<Served> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, Response> {
        if let Ok(Query(signed)) = Query::<Signed>::try_from_uri(&parts.uri) {
            return shown(&signed, parts, served).await.map(Self);
        }
        let Known(viewer) = Known::from_request_parts(parts, served).await?;
        if !viewer.has(Scope::Read) {
            return Err(lacks(Scope::Read));
        }
        Ok(Self(viewer.user))
    }
}

async fn shown(signed: &Signed, parts: &Parts, served: &Served) -> Result<UserId, Response> {
    let forbidden = |code, message| problem(StatusCode::FORBIDDEN, code, message);
    // Keys hold nothing that an address would have to escape.
    let key = parts.uri.path().strip_prefix("/media/").unwrap_or_default();
    let owner = signed.owner_of(&served.api.vault, key).await;
    let visit = parts.extensions.get::<Visit>();
    let correlation_id = visit.map_or(Uuid::nil(), |visit| visit.correlation_id);
    match owner.map_err(|error| unavailable(correlation_id, &error))? {
        None => Err(forbidden(
            "FORBIDDEN",
            "this link was not made here, or was cut short; ask for a new one",
        )),
        Some(_) if signed.is_over(served.api.clock.now()) => Err(forbidden(
            "EXPIRED",
            "this link is over; ask whoever gave it to you for a new one",
        )),
        Some(owner) => Ok(owner),
    }
}
