//! Bodies that are too large are refused before they are read.

use axum::body::HttpBody;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::execution::Stopped;

const MIB: usize = 1024 * 1024;
/// The largest body of any request: a file of music, and what goes with it.
pub(super) const MAX_BODY_BYTES: usize = 64 * MIB;
/// The largest operation with its variables.
pub(super) const MAX_JSON_BYTES: usize = MIB;

/// Where a body ends for a reader that sets itself no limit. Those that do can
/// say what was too large.
pub(super) const LAST_BYTE: usize = MAX_BODY_BYTES + MIB;

/// By the length that the client tells. Who tells none is stopped on the way,
/// by whatever reads the body.
pub(super) async fn refuse_large(request: Request, next: Next) -> Response {
    if request.body().size_hint().lower() > MAX_BODY_BYTES as u64 {
        return too_large().into_response();
    }
    next.run(request).await
}

pub(super) fn too_large() -> Stopped {
    let message = format!(
        "the request is too large: an operation may have {} MiB, an upload {} MiB",
        MAX_JSON_BYTES / MIB,
        MAX_BODY_BYTES / MIB
    );
    Stopped::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", &message)
}
