//! Who gets in, and what stands there without a query.

use insta::assert_json_snapshot;
use reqwest::StatusCode;
use serde_json::Value;

use crate::harness::{App, tidy};
use crate::socket::connect;

const QUERY: &str = r#"{ "query": "{ videos { totalCount } }" }"#;

async fn post(app: &App, headers: &[(&str, &str)]) -> (StatusCode, Value) {
    let mut request = app.client.post(app.url("/graphql")).body(QUERY);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn a_name_that_was_made_to_point_here_is_refused() {
    let app = App::start().await;
    let (status, answer) = post(&app, &[JSON, ("host", "evil.example")]).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_json_snapshot!(answer, @r#"
    {
      "errors": [
        {
          "extensions": {
            "code": "FORBIDDEN_HOST"
          },
          "message": "\"evil.example\" is not a name of this server; use 127.0.0.1 or localhost, or start it with --allowed-hosts evil.example"
        }
      ]
    }
    "#);
    let (status, _) = post(&app, &[JSON, ("host", "localhost:1234")]).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn pages_of_other_origins_are_refused_and_its_own_are_not() {
    let app = App::start().await;
    for origin in ["https://evil.example", "http://localhost:1", "null"] {
        let (status, answer) = post(&app, &[JSON, ("origin", origin)]).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{origin}");
        assert_eq!(
            answer["errors"][0]["extensions"]["code"],
            "FORBIDDEN_ORIGIN"
        );
    }
    let own = format!("http://{}", app.address);
    let (status, _) = post(&app, &[JSON, ("origin", &own)]).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_page_of_another_origin_cannot_open_a_web_socket() {
    let app = App::start().await;
    for path in ["/graphql", "/graphql/ws"] {
        assert!(
            connect(&app, path, Some("https://evil.example"))
                .await
                .is_err()
        );
        assert!(connect(&app, path, None).await.is_ok(), "{path}");
    }
}

#[tokio::test]
async fn what_a_page_may_send_unasked_is_not_taken_for_a_query() {
    let app = App::start().await;
    let (status, _) = post(&app, &[("content-type", "text/plain")]).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let mutation = by_get(
        &app,
        "mutation { deleteVideo(input: { videoId: \"1\" }) { videoId } }",
    );
    let status = mutation.send().await.unwrap().status();
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
}

fn by_get(app: &App, query: &str) -> reqwest::RequestBuilder {
    let url = reqwest::Url::parse_with_params(&app.url("/graphql"), [("query", query)]);
    app.client.get(url.unwrap())
}

#[tokio::test]
async fn a_query_may_be_sent_by_get() {
    let app = App::start().await;
    let response = by_get(&app, "{ videos { totalCount } }").send().await;
    let answer: Value = response.unwrap().json().await.unwrap();
    assert_eq!(answer["data"]["videos"]["totalCount"], 0);
}

#[tokio::test]
async fn the_page_for_people_loads_nothing_from_elsewhere() {
    let app = App::start().await;
    let page = app
        .client
        .get(app.url("/graphql"))
        .header("accept", "text/html,*/*");
    let page = page.send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert!(page.headers().contains_key("content-security-policy"));
    let page = page.text().await.unwrap();
    let quoted = page.split('"').skip(1).step_by(2);
    let files: Vec<_> = quoted.filter(|it| it.contains('/')).collect();
    let files: Vec<_> = files.iter().filter(|it| !it.contains('=')).collect();
    assert_eq!(files.len(), 7, "{files:?}");
    for file in files {
        assert!(file.starts_with("/graphiql/"), "{file}");
        let found = app.client.get(app.url(file)).send().await.unwrap();
        assert_eq!(found.status(), StatusCode::OK, "{file}");
    }
}

#[tokio::test]
async fn health_names_what_is_up() {
    let app = App::start().await;
    app.video("Bees").await;
    let response = app.client.get(app.url("/healthz")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let health: Value = response.json().await.unwrap();
    assert_json_snapshot!(tidy(health), @r#"
    {
      "database": "up",
      "nats": "up",
      "position": "1@log",
      "status": "ok",
      "version": "0.1.0"
    }
    "#);
}

#[tokio::test]
async fn health_names_what_is_down() {
    let app = App::start().await;
    app.close_database().await;
    let response = app.client.get(app.url("/healthz")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let health: Value = response.json().await.unwrap();
    assert_json_snapshot!(health, @r#"
    {
      "database": "down",
      "nats": "up",
      "position": null,
      "status": "the database is down",
      "version": "0.1.0"
    }
    "#);
}

#[tokio::test]
async fn what_nobody_expected_is_told_plainly_with_an_id_to_quote() {
    let app = App::start().await;
    app.close_database().await;
    let answer = app.ask("{ videos { totalCount } }").await;
    assert_json_snapshot!(answer, @r#"
    {
      "data": null,
      "errors": [
        {
          "extensions": {
            "code": "INTERNAL",
            "correlationId": "<id 1>"
          },
          "locations": [
            {
              "column": 3,
              "line": 1
            }
          ],
          "message": "something went wrong on our side; try again, and if it stays so look for <id 1> in the program's log",
          "path": [
            "videos"
          ]
        }
      ]
    }
    "#);
}
