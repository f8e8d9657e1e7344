//! The routes: GraphQL over HTTP and web socket, its page for people, media,
//! the log of events, health. All of them know who asks ([`mod@authenticate`]).

mod answer;
mod authenticate;
mod config;
mod events;
mod graphiql;
mod graphql;
mod health;
mod media;
mod range;
mod socket;

pub use config::HttpArgs;

use std::sync::Arc;

use axum::http::{Method, header};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{Router, http::StatusCode};
use tower_http::cors::CorsLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::{Api, Schema, build_schema};
use authenticate::{Guard, authenticate};

/// The largest body of any request: a file of music, and what goes with it.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

#[derive(Clone)]
struct Served {
    api: Arc<Api>,
    schema: Schema,
}

/// Every route of the API.
pub fn router(api: Arc<Api>, args: &HttpArgs) -> Router {
    let guard = Guard::new(args, Arc::clone(&api.ids));
    let served = Served {
        schema: build_schema(Arc::clone(&api)),
        api,
    };
    Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/graphql/ws", get(socket::upgrade))
        .route("/graphiql/{file}", get(graphiql::asset))
        .route("/events", get(events::get))
        .route("/healthz", get(health::healthz))
        .route("/media/{*key}", get(media::get))
        .fallback(async || answer::problem(StatusCode::NOT_FOUND, "NOT_FOUND", NO_ROUTE))
        .with_state(served)
        .layer(from_fn_with_state(Arc::new(guard), authenticate))
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(cors(args))
}

const NO_ROUTE: &str = "there is nothing here; the API is at /graphql";

/// Closed but to the origins that are named.
fn cors(args: &HttpArgs) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(args.origins())
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE])
}
