//! GraphiQL, whole from this program: it works without the internet.

use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::answer::problem;
use super::{Introspection, no_route};

const PAGE: &str = include_str!("../../assets/graphiql/index.html");

/// Only this server's own files run on the page, and only this server is spoken
/// to. The editor sets styles as it goes.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

macro_rules! file {
    ($name:literal, $type:literal) => {
        (
            $name,
            concat!($type, "; charset=utf-8"),
            include_str!(concat!("../../assets/graphiql/", $name)),
        )
    };
}

/// Name, content type, content.
const FILES: &[(&str, &str, &str)] = &[
    file!("graphiql.min.css", "text/css"),
    file!("graphiql.min.js", "text/javascript"),
    file!("graphql-ws.min.js", "text/javascript"),
    file!("page.css", "text/css"),
    file!("page.js", "text/javascript"),
    file!("react-dom.production.min.js", "text/javascript"),
    file!("react.production.min.js", "text/javascript"),
];

/// It is of no use to who may not ask what the schema is.
pub(super) fn page(introspection: Introspection) -> Response {
    if introspection == Introspection::Off {
        let message = "GraphiQL is not here: the server was started with --introspection off";
        return problem(StatusCode::NOT_FOUND, "INTROSPECTION_OFF", message);
    }
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (HeaderName::from_static("vary"), "accept"),
    ];
    (headers, PAGE).into_response()
}

pub(super) async fn asset(Path(name): Path<String>) -> Response {
    let Some((_, content_type, content)) = FILES.iter().find(|(known, _, _)| *known == name) else {
        return no_route().await;
    };
    let headers = [
        (header::CONTENT_TYPE, *content_type),
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, *content).into_response()
}
