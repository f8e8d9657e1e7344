use std::time::Duration;

use axum::http::{HeaderName, Method, header};
use tower_http::cors::{AllowCredentials, AllowOrigin, CorsLayer};

use super::authenticate::CORRELATION_ID;
use super::events::AS_OF;
use super::origin::Origins;

const CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");
/// How long a browser need not ask again.
const REMEMBERED: Duration = Duration::from_secs(600);

/// Closed but to the origins that are named. Every answer varies by origin.
pub(super) fn cors(origins: &Origins) -> CorsLayer {
    let readers = origins.clone();
    let signed_in = origins.clone();
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| {
            readers.contains(origin)
        }))
        .allow_credentials(AllowCredentials::predicate(move |origin, _| {
            signed_in.contains(origin)
        }))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, CSRF_TOKEN])
        .expose_headers([AS_OF.clone(), CORRELATION_ID.clone()])
        .max_age(REMEMBERED)
}
