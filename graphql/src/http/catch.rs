use std::panic::AssertUnwindSafe;

use accounts::Visit;
use axum::Extension;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;

use crate::execution::Stopped;

/// A route that panics answers, and the connection goes on. What went wrong was
/// logged where it did.
pub(super) async fn catch(
    Extension(visit): Extension<Visit>,
    request: Request,
    next: Next,
) -> Response {
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answered.unwrap_or_else(|_| Stopped::panicked(visit.correlation_id).into_response())
}
