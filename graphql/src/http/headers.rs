//! What every answer tells browsers to keep to: nobody embeds it, takes it for
//! what it is not, or keeps what is private.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

use super::config::HttpArgs;

/// For all that is no page: whatever it is taken for, nothing in it runs.
const NOTHING_RUNS: &str = "default-src 'none'; frame-ancestors 'none'";
/// A year. Subdomains are not ours to decide about.
const ONLY_TLS: &str = "max-age=31536000";
const NO_DEVICES: &str = "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), \
                          payment=(), serial=(), usb=()";

const ALWAYS: [(HeaderName, &str); 6] = [
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (HeaderName::from_static("permissions-policy"), NO_DEVICES),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Whether people reach the API by TLS alone.
#[derive(Clone, Copy)]
pub(super) struct Transport {
    is_secure: bool,
}

impl Transport {
    pub(super) fn new(args: &HttpArgs) -> Self {
        Self {
            is_secure: args.is_secure(),
        }
    }
}

/// A route may have a content policy and a cache control of its own.
pub(super) async fn protect(
    State(transport): State<Transport>,
    mut response: Response,
) -> Response {
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if transport.is_secure {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(ONLY_TLS),
        );
    }
    let policy = headers.entry(header::CONTENT_SECURITY_POLICY);
    policy.or_insert(HeaderValue::from_static(NOTHING_RUNS));
    if is_json(headers) {
        let caching = headers.entry(header::CACHE_CONTROL);
        caching.or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE);
    content_type.is_some_and(|it| it.as_bytes().starts_with(b"application/json"))
}
