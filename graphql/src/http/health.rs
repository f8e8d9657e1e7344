use async_nats::connection::State as Connection;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Served;

/// 200 when all that answers depend on is there; 503 naming what is not.
pub(super) async fn healthz(State(served): State<Served>) -> Response {
    let position = served.api.videos().position().await;
    if let Err(error) = &position {
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "the database does not answer"
        );
    }
    let database = position.is_ok();
    let nats = served.api.nats.connection_state() == Connection::Connected;
    let (code, status) = match (database, nats) {
        (true, true) => (StatusCode::OK, "ok"),
        (true, false) => (StatusCode::SERVICE_UNAVAILABLE, "NATS is down"),
        (false, true) => (StatusCode::SERVICE_UNAVAILABLE, "the database is down"),
        (false, false) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database and NATS are down",
        ),
    };
    let state = |is_up| if is_up { "up" } else { "down" };
    let body = json!({
        "status": status,
        "database": state(database),
        "nats": state(nats),
        "position": position.ok().flatten().map(|at| at.to_string()),
        "version": env!("CARGO_PKG_VERSION"),
    });
    (code, Json(body)).into_response()
}
