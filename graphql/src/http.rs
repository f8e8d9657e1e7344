//! The routes: GraphQL over HTTP and web socket, its page for people, media,
//! the log of events, health. All of them know who asks ([`mod@authenticate`]).

mod account_page;
mod answer;
mod auth;
mod authenticate;
mod catch;
mod client_address;
mod config;
mod cookies;
mod cors;
mod csrf;
mod doors;
mod events;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod graphiql;
mod graphql;
mod headers;
mod health;
mod json_body;
mod media;
mod multipart;
mod origin;
mod range;
mod reader;
mod receive;
mod size;
mod socket;
mod unsubscribe;
mod voice;
mod who;

pub use config::{HttpArgs, Introspection};
pub use origin::Origins;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state, map_response_with_state};
use axum::response::Response;
use axum::routing::get;
use tower_http::limit::RequestBodyLimitLayer;

use crate::Api;
use crate::execution::Executor;
use crate::schema::{build_schema, build_silent_schema};
use auth::Attempts;
use authenticate::{Guard, authenticate};
use headers::{Transport, protect};
use who::Doorkeeper;

#[derive(Clone)]
struct Served {
    api: Arc<Api>,
    executor: Executor,
    introspection: Introspection,
    doorkeeper: Doorkeeper,
    attempts: Attempts,
}

/// Every route of the API.
pub fn router(api: Arc<Api>, args: &HttpArgs) -> Router {
    let doorkeeper = Doorkeeper::new(&api, args);
    let guard = Guard::new(args, doorkeeper.clone(), Arc::clone(&api.ids));
    let introspection = args.introspection;
    let schema = match introspection {
        Introspection::On => build_schema(Arc::clone(&api)),
        Introspection::Off => build_silent_schema(Arc::clone(&api)),
    };
    let served = Served {
        executor: Executor::new(schema, args.timeout, introspection == Introspection::On),
        introspection,
        doorkeeper,
        attempts: Attempts::new(api.vault.clone(), Arc::clone(&api.clock)),
        api,
    };
    Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/graphql/ws", get(socket::upgrade))
        .route("/graphiql/{file}", get(graphiql::asset))
        .route("/events", get(events::get))
        .route("/healthz", get(health::healthz))
        .route("/media/{*key}", get(media::get))
        .route("/voices/{id}", get(voice::get))
        .route("/account", get(account_page::page))
        .route("/account/{name}", get(account_page::below))
        .route("/unsubscribe/{token}", unsubscribe::route())
        .merge(auth::routes())
        .fallback(no_route)
        .with_state(served)
        .layer(from_fn(catch::catch))
        .layer(from_fn_with_state(Arc::new(guard), authenticate))
        .layer(RequestBodyLimitLayer::new(size::LAST_BYTE))
        .layer(from_fn(size::refuse_large))
        .layer(cors::cors(&args.origins()))
        .layer(map_response_with_state(Transport::new(args), protect))
}

async fn no_route() -> Response {
    let message = "there is nothing here; the API is at /graphql";
    answer::problem(StatusCode::NOT_FOUND, "NOT_FOUND", message)
}
