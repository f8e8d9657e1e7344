//! The page on which people sign up, in and out, whole from this program.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

const PAGE: &str = include_str!("../../assets/account/index.html");

/// Only this server's own files run on the page, and only it is spoken to.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

pub(super) async fn page() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, PAGE).into_response()
}

/// `verify` and `reset` are the same page: links in mails lead to them.
pub(super) async fn below(Path(name): Path<String>) -> Response {
    let (content_type, content) = match name.as_str() {
        "verify" | "reset" => return page().await,
        "page.css" => (
            "text/css; charset=utf-8",
            include_str!("../../assets/account/page.css"),
        ),
        "page.js" => (
            "text/javascript; charset=utf-8",
            include_str!("../../assets/account/page.js"),
        ),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, content).into_response()
}
