use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{Form, Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use futures::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use super::{Script, lock};

const DISCOVERY: &str = "/.well-known/openid-configuration";
pub(super) const AUTHORIZE: &str = "/authorize";
pub(super) const TOKEN: &str = "/token";
pub(super) const KEYS: &str = "/keys";

type Shared = Arc<Mutex<Script>>;

/// What a path answers instead of what it should.
#[derive(Clone)]
pub enum Answer {
    /// Nothing, for ever.
    Silence,
    /// JSON that never ends.
    Endless,
    Status(u16),
    Redirect(&'static str),
    Json(u16, Value),
}

pub(super) async fn serve(listener: TcpListener, script: Shared) {
    let router = Router::new()
        .route(DISCOVERY, get(discovery))
        .route(AUTHORIZE, get(authorize))
        .route(TOKEN, post(token))
        .route(KEYS, get(keys))
        .layer(from_fn_with_state(Arc::clone(&script), instead))
        .with_state(script);
    axum::serve(listener, router)
        .await
        .expect("it serves until it is dropped");
}

async fn instead(State(script): State<Shared>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let answer = {
        let mut script = lock(&script);
        script.asked.push(path.clone());
        script.answers.get(&path).cloned()
    };
    match answer {
        None => next.run(request).await,
        Some(Answer::Silence) => std::future::pending().await,
        Some(Answer::Endless) => {
            let spaces = Bytes::from_static(&[b' '; 4096]);
            let pieces = stream::repeat_with(move || Ok::<_, Infallible>(spaces.clone()));
            Body::from_stream(pieces).into_response()
        }
        Some(Answer::Status(status)) => code(status).into_response(),
        Some(Answer::Redirect(path)) => Redirect::temporary(path).into_response(),
        Some(Answer::Json(status, body)) => (code(status), Json(body)).into_response(),
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("tests know statuses")
}

async fn discovery(State(script): State<Shared>) -> Json<Value> {
    Json(lock(&script).discovery())
}

async fn keys(State(script): State<Shared>) -> Json<Value> {
    Json(lock(&script).keys())
}

#[derive(Deserialize)]
struct Asked {
    redirect_uri: Url,
    state: String,
    nonce: String,
}

async fn authorize(State(script): State<Shared>, Query(asked): Query<Asked>) -> Redirect {
    let code = lock(&script).grant(asked.nonce);
    let mut home = asked.redirect_uri;
    home.query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", &asked.state);
    Redirect::to(home.as_str())
}

#[derive(Deserialize)]
struct Exchange {
    code: String,
}

async fn token(State(script): State<Shared>, Form(exchange): Form<Exchange>) -> Response {
    match lock(&script).id_token(&exchange.code) {
        Some(id_token) => Json(json!({
            "access_token": "opens nothing",
            "token_type": "Bearer",
            "id_token": id_token,
        }))
        .into_response(),
        None => {
            let problem = json!({ "error": "invalid_grant" });
            (StatusCode::BAD_REQUEST, Json(problem)).into_response()
        }
    }
}
