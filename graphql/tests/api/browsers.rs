//! What browsers are told, and which of their pages are let in.

use graphql::HttpArgs;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};

use crate::harness::App;

async fn headers(app: &App, method: Method, path: &str, more: &[(&str, &str)]) -> HeaderMap {
    let mut request = app.client.request(method, app.url(path));
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap().headers().clone()
}

const PUBLIC: &str = "https://studio.example";

async fn in_public() -> App {
    App::start_with(HttpArgs {
        public_url: Some(PUBLIC.parse().unwrap()),
        allowed_origins: "https://partner.example".parse().unwrap(),
        ..HttpArgs::default()
    })
    .await
}

#[tokio::test]
async fn every_kind_of_answer_keeps_browsers_from_misusing_it() {
    let app = in_public().await;
    let html = ("accept", "text/html");
    let preflight = ("access-control-request-method", "POST");
    for (method, path, more) in [
        (Method::GET, "/graphql", vec![html]),
        (Method::GET, "/graphql?query={__typename}", vec![]),
        (Method::GET, "/graphiql/page.js", vec![]),
        (Method::GET, "/graphiql/none.js", vec![]),
        (Method::GET, "/healthz", vec![]),
        (Method::GET, "/events", vec![]),
        (Method::GET, "/media/none", vec![]),
        (Method::GET, "/nowhere", vec![]),
        (Method::PUT, "/graphql", vec![]),
        (Method::GET, "/healthz", vec![("host", "evil.example")]),
        (
            Method::GET,
            "/healthz",
            vec![("origin", "https://evil.example")],
        ),
        (
            Method::OPTIONS,
            "/graphql",
            vec![("origin", PUBLIC), preflight],
        ),
    ] {
        let found = headers(&app, method, path, &more).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(found[name], value, "{path} {name}");
        }
        assert!(found.contains_key("permissions-policy"), "{path}");
        let policy = found["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        let is_json = found
            .get("content-type")
            .is_some_and(|it| it == "application/json");
        assert!(!is_json || found["cache-control"] == "no-store", "{path}");
    }
}

#[tokio::test]
async fn who_has_no_public_address_is_not_bound_to_tls() {
    let app = App::start_with_nothing_followed().await;
    let found = headers(&app, Method::GET, "/healthz", &[]).await;
    assert!(!found.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn only_origins_that_are_listed_may_read_and_bring_credentials() {
    let app = in_public().await;
    let asked = [
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "authorization,x-csrf-token",
        ),
    ];
    for (origin, is_listed) in [
        (PUBLIC, true),
        ("https://partner.example", true),
        ("http://studio.example", false),
        ("https://studio.example:8443", false),
        ("https://evil.example", false),
        ("null", false),
    ] {
        let more = [("origin", origin), asked[0], asked[1]];
        for method in [Method::OPTIONS, Method::GET] {
            let found = headers(&app, method.clone(), "/healthz", &more).await;
            let allowed = found.get("access-control-allow-origin");
            assert_eq!(
                allowed.is_some_and(|it| it == origin),
                is_listed,
                "{method} {origin}"
            );
            assert_eq!(allowed.is_some(), is_listed, "{method} {origin}");
            let credentials = found.contains_key("access-control-allow-credentials");
            assert_eq!(credentials, is_listed, "{method} {origin}");
            let varies = found
                .get_all("vary")
                .iter()
                .any(|it| it.to_str().unwrap().contains("origin"));
            assert!(varies, "{method} {origin}");
        }
        let found = headers(&app, Method::OPTIONS, "/graphql", &more).await;
        let taken = found["access-control-allow-headers"].to_str().unwrap();
        assert!(taken.contains("authorization") && taken.contains("x-csrf-token"));
    }
}

#[tokio::test]
async fn the_public_host_is_known_and_its_page_without_tls_is_not() {
    let app = in_public().await;
    for (origin, status) in [
        (PUBLIC, StatusCode::OK),
        ("http://studio.example", StatusCode::FORBIDDEN),
        ("null", StatusCode::FORBIDDEN),
    ] {
        let request = app.client.get(app.url("/healthz"));
        let request = request
            .header("host", "studio.example")
            .header("origin", origin);
        assert_eq!(request.send().await.unwrap().status(), status, "{origin}");
    }
}
