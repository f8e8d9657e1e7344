//! What any request is held to before anything of it is carried out.

use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use graphql::{HttpArgs, Introspection};
use reqwest::{Body, StatusCode};
use serde_json::{Value, json};

use crate::doubles::PANIC;
use crate::harness::App;
use crate::socket::{Live, closed_after};

const MIB: usize = 1024 * 1024;

async fn post(app: &App, body: impl Into<Body>) -> (StatusCode, Value) {
    let request = app.client.post(app.url("/graphql")).body(body);
    let request = request.header("content-type", "application/json");
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

fn code(answer: &Value) -> &Value {
    &answer["errors"][0]["extensions"]["code"]
}

/// The limit that `query` is beyond, by the error's `extensions`.
async fn limit(app: &App, query: String) -> Value {
    let (status, answer) = post(app, json!({ "query": query }).to_string()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer:#}");
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "TOO_COMPLEX", "{answer:#}");
    extensions["limit"].clone()
}

fn repeated(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect()
}

#[tokio::test]
async fn queries_beyond_a_limit_are_told_which() {
    let app = App::start_with_nothing_followed().await;
    let deep = format!("{{ {} a {} }}", "a {".repeat(1_000), "}".repeat(1_000));
    assert_eq!(limit(&app, deep).await, "nesting");
    let lists = format!("{{ a(b: {}{}) }}", "[".repeat(1_000), "]".repeat(1_000));
    assert_eq!(limit(&app, lists).await, "nesting");
    let aliases = repeated(1_000, |n| format!("a{n}: a "));
    assert_eq!(
        limit(&app, format!("{{ b {{ {aliases} }} }}")).await,
        "aliases"
    );
    let aliases = repeated(100_000, |_| "a:b ".to_owned());
    assert_eq!(limit(&app, format!("{{ {aliases} }}")).await, "bytes");
    assert_eq!(limit(&app, "{".repeat(1_000_000)).await, "bytes");
    let exponential = repeated(40, |n| {
        let next = n + 1;
        format!("fragment F{n} on Query {{ ...F{next} ...F{next} }} ")
    });
    let exponential = format!("{{ ...F0 }} {exponential} fragment F40 on Query {{ __typename }}");
    assert_eq!(limit(&app, exponential).await, "selections");
}

#[tokio::test]
async fn fragments_in_a_circle_are_refused() {
    let app = App::start_with_nothing_followed().await;
    let circle = "{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...A ...A }";
    let (status, answer) = post(&app, json!({ "query": circle }).to_string()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("\"A\" spreads itself"), "{message}");
}

#[tokio::test]
async fn variables_nested_too_deep_are_refused_however_they_are_sent() {
    let app = App::start_with_nothing_followed().await;
    for levels in [30, 100_000] {
        let deep = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let body = format!(r#"{{ "query": "{{ __typename }}", "variables": {{ "a": {deep} }} }}"#);
        let (status, answer) = post(&app, body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(answer["errors"][0]["extensions"]["limit"], "jsonNesting");
    }
    let variables = format!("{{\"a\":{}{}}}", "[".repeat(30), "]".repeat(30));
    let parameters = [("query", "{ __typename }"), ("variables", &variables)];
    assert_eq!(limit_by_get(&app, &parameters).await, "jsonNesting");
}

async fn limit_by_get(app: &App, parameters: &[(&str, &str)]) -> Value {
    let url = reqwest::Url::parse_with_params(&app.url("/graphql"), parameters);
    let response = app.client.get(url.unwrap()).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let answer: Value = response.json().await.unwrap();
    answer["errors"][0]["extensions"]["limit"].clone()
}

#[tokio::test]
async fn queries_in_the_address_are_held_to_the_same() {
    let app = App::start_with_nothing_followed().await;
    let deep = "{a".repeat(1_000);
    assert_eq!(limit_by_get(&app, &[("query", &deep)]).await, "nesting");
}

#[tokio::test]
async fn a_list_of_operations_is_refused_in_so_many_words() {
    let app = App::start_with_nothing_followed().await;
    let (status, answer) = post(&app, " [{ \"query\": \"{ __typename }\" }]").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("one operation a request"), "{message}");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_without_names_of_the_program() {
    let app = App::start_with_nothing_followed().await;
    for body in ["\"a\"", "{\"query\": 1}", "{\"variables\": []}", "{", ""] {
        let (status, answer) = post(&app, body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(
            !message.contains("struct") && !message.contains("Request"),
            "{message}"
        );
    }
}

/// Memory of this process, the server's and the client's, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib: usize = line
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    kib * 1024
}

/// So many bytes, each piece made when it is asked for.
fn lazily(first: &'static [u8], bytes: usize) -> Body {
    static PIECE: [u8; 64 * 1024] = [b' '; 64 * 1024];
    let pieces = std::iter::once(first).chain((0..bytes / PIECE.len()).map(|_| &PIECE[..]));
    let pieces = pieces.map(|piece| Ok::<_, std::io::Error>(Bytes::from_static(piece)));
    Body::wrap_stream(stream::iter(pieces))
}

const OPERATIONS: &[u8] =
    b"--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{\"query\":\"";
const FILE: &[u8] =
    b"--x\r\nContent-Disposition: form-data; name=\"0\"; filename=\"a.wav\"\r\n\r\n";

#[tokio::test]
async fn a_huge_body_is_refused_without_being_held() {
    let app = App::start_with_nothing_followed().await;
    post(&app, "{}").await;
    let before = resident();
    for (content_type, first) in [
        ("application/json", &b"{\"query\":\""[..]),
        ("multipart/form-data; boundary=x", OPERATIONS),
        ("multipart/form-data; boundary=x", FILE),
    ] {
        for length in [Some(200 * MIB + first.len()), None] {
            let request = app.client.post(app.url("/graphql"));
            let mut request = request.header("content-type", content_type);
            if let Some(length) = length {
                request = request.header("content-length", length);
            }
            let response = request.body(lazily(first, 200 * MIB)).send().await.unwrap();
            assert_eq!(
                response.status(),
                StatusCode::PAYLOAD_TOO_LARGE,
                "{content_type}"
            );
            let answer: Value = response.json().await.unwrap();
            assert_eq!(code(&answer), "TOO_LARGE");
        }
    }
    let more = resident().saturating_sub(before);
    assert!(more < 10 * MIB, "{more} bytes more are held");
}

#[tokio::test]
async fn nobody_may_ask_for_a_schema_that_is_not_told() {
    let app = App::start_with(HttpArgs {
        introspection: Introspection::Off,
        ..HttpArgs::default()
    })
    .await;
    for query in [
        "{ __schema { queryType { name } } }",
        "{ ...F } fragment F on Query { a: __type(name: \"Video\") { name } }",
    ] {
        let answer = app.ask_raw(query).await;
        assert_eq!(code(&answer), "INTROSPECTION_OFF");
    }
    assert_eq!(
        app.ask_raw("{ __typename }").await,
        json!({ "data": { "__typename": "Query" } })
    );
    let misspelt = app.ask_raw("{ video { id } }").await;
    let message = misspelt["errors"][0]["message"].as_str().unwrap();
    assert!(!message.contains("Did you mean"), "{message}");
    let page = app
        .client
        .get(app.url("/graphql"))
        .header("accept", "text/html");
    let page = page.send().await.unwrap();
    assert_eq!(page.status(), StatusCode::NOT_FOUND);
    let answer: Value = page.json().await.unwrap();
    assert_eq!(code(&answer), "INTROSPECTION_OFF");
}

#[tokio::test]
async fn an_operation_that_takes_too_long_is_given_up() {
    let app = App::start_with(HttpArgs {
        timeout: Duration::from_millis(1),
        ..HttpArgs::default()
    })
    .await;
    // Nothing follows the log: it waits for what does not come.
    let mut never = app.store.start().await.unwrap();
    never.value += 1;
    let query = format!("{{ videos(minPosition: \"{never}\") {{ totalCount }} }}");
    let (status, answer) = post(&app, json!({ "query": query }).to_string()).await;
    assert_eq!(status, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(code(&answer), "TIMEOUT");
    let mut live = Live::subscribe(&app, &query).await;
    assert_eq!(code(&live.next_raw().await), "TIMEOUT");
    live.assert_complete().await;
}

#[tokio::test]
async fn what_breaks_a_rule_of_web_sockets_closes_it_with_its_code() {
    let app = App::start_with_nothing_followed().await;
    let init = || json!({ "type": "connection_init" });
    let follow = |id: usize| {
        let payload = json!({ "query": "subscription { seriesList { position } }" });
        json!({ "type": "subscribe", "id": id.to_string(), "payload": payload })
    };
    let deep = (0..30).fold(json!({}), |within, _| json!({ "a": within }));
    let crowd = std::iter::once(init()).chain((0..=100).map(follow));
    for (code, messages) in [
        (4401, vec![follow(1)]),
        (4429, vec![init(), init()]),
        (4409, vec![init(), follow(1), follow(1)]),
        (4400, vec![init(), json!(["subscribe"])]),
        (
            4400,
            vec![json!({ "type": "connection_init", "payload": deep })],
        ),
        (4429, crowd.collect()),
    ] {
        assert_eq!(closed_after(&app, messages).await, code);
    }
}

#[tokio::test]
async fn what_is_subscribed_to_is_held_to_the_same_limits() {
    let app = App::start_with_nothing_followed().await;
    let deep = format!("subscription {{ a{} }}", "{ a ".repeat(1_000));
    let mut live = Live::subscribe(&app, &deep).await;
    let answer = live.next_raw().await;
    assert_eq!(answer["errors"][0]["extensions"]["limit"], "nesting");
    live.assert_complete().await;
}

#[tokio::test]
async fn what_panics_answers_with_an_id_and_the_rest_goes_on() {
    let app = App::start_with_makers_that_panic().await;
    let query = "{ options { voices { id } } }";
    let (status, answer) = post(&app, json!({ "query": query }).to_string()).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    let mut live = Live::subscribe(&app, query).await;
    for answer in [answer, live.next_raw().await] {
        assert_eq!(code(&answer), "INTERNAL");
        assert!(answer["errors"][0]["extensions"]["correlationId"].is_string());
        assert!(!answer.to_string().contains(PANIC), "{answer:#}");
    }
    live.assert_complete().await;
    assert_eq!(
        app.ask("{ __typename }").await["data"]["__typename"],
        "Query"
    );
}
