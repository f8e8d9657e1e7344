use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::App;

async fn message(app: &App, query: &str) -> String {
    let answer = app.ask(query).await;
    assert_eq!(answer["data"], Value::Null, "{answer:#}");
    answer["errors"][0]["message"].as_str().unwrap().to_owned()
}

/// What GraphiQL asks when it opens.
const INTROSPECTION: &str = "query IntrospectionQuery {
    __schema {
        queryType { name } mutationType { name } subscriptionType { name }
        types { ...FullType }
        directives { name description locations args { ...InputValue } }
    }
}
fragment FullType on __Type {
    kind name description
    fields(includeDeprecated: true) {
        name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason
    }
    inputFields { ...InputValue }
    interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
    possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
fragment TypeRef on __Type {
    kind name ofType { kind name ofType { kind name ofType { kind name ofType {
        kind name ofType { kind name ofType { kind name ofType { kind name } } }
    } } } }
}";

#[test]
fn schema_graphql_is_up_to_date() {
    let written = include_str!("../../../schema.graphql");
    let remedy = "run `cargo run -p graphql --bin print-schema`";
    assert!(
        written == graphql::sdl(),
        "schema.graphql is out of date: {remedy}"
    );
}

#[tokio::test]
async fn the_schema_may_be_asked_for() {
    let app = App::start().await;
    let answer = app.ask(INTROSPECTION).await;
    assert_eq!(answer["data"]["__schema"]["queryType"]["name"], "Query");
}

#[tokio::test]
async fn queries_too_deep_or_too_wide_are_refused() {
    let app = App::start().await;
    let deep = format!(
        "{{ __schema {}{} }}",
        "{ types { fields { type ".repeat(1_000),
        "}".repeat(3_000)
    );
    message(&app, &deep).await;
    let nested = "ofType { ".repeat(20) + "kind" + &" }".repeat(20);
    let nested = format!("{{ __schema {{ types {{ {nested} }} }} }}");
    assert_eq!(message(&app, &nested).await, "Query is nested too deep.");
    let page = |n: usize| {
        format!(
            "a{n}: videos(first: 100) {{ edges {{ node {{ {} }} }} }}",
            "id topic ".repeat(5)
        )
    };
    let wide: String = (0..20).map(page).collect();
    assert_eq!(
        message(&app, &format!("{{ {wide} }}")).await,
        "Query is too complex."
    );
}

#[tokio::test]
async fn one_page_of_videos_with_all_that_a_list_shows_is_allowed() {
    let app = App::start().await;
    let answer = app
        .ask(
            "{ videos(first: 100) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node {
                id topic title description hashtags status generationStage errorMessage errorCode
                errorClass retryAt seed durationMs videoUrl thumbnailUrl costMicrousd requestedAt
                updatedAt finishedAt position series { id name }
                stages { stage state attempts startedAt finishedAt }
                settings { niche { slug label } artStyle { slug label } voice music { kind } }
                film { width height bytes }
            } } } }",
        )
        .await;
    assert_eq!(
        answer,
        json!({ "data": { "videos": {
        "totalCount": 0, "pageInfo": { "hasNextPage": false, "endCursor": null }, "edges": [],
    } } })
    );
}

#[tokio::test]
async fn a_body_of_more_than_a_mebibyte_is_refused() {
    let app = App::start().await;
    let query = json!({ "query": "x".repeat(1_100_000) });
    let request = app.client.post(app.url("/graphql")).json(&query);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "TOO_LARGE");
}

#[tokio::test]
async fn a_body_that_is_no_query_is_refused() {
    let app = App::start().await;
    let request = app
        .client
        .post(app.url("/graphql"))
        .header("content-type", "application/json");
    let response = request.body("{").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
}
