//! The log as analysts and other programs read it: every event as a CloudEvent,
//! from a position on, by lines of JSON or as server-sent events.
//!
//! `docs/EVENTS.md` tells its readers what to expect.

mod body;
pub(super) mod parameters;

use std::sync::Arc;

use accounts::{Viewer, Visit};
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::access_token::Scope;
use event_store::StoreError;

use super::Served;
use super::answer::{problem, refusal};
use super::who::{Known, lacks};
use crate::Api;
use crate::event::feed::Feed;
use crate::event::refused_position;
use body::{Framing, body};
use parameters::{Asked, Refused, asked};

/// Where the log ended when the answer began. Once all of an answer that does
/// not follow has arrived, it is where to go on from.
pub(super) static AS_OF: HeaderName = HeaderName::from_static("x-as-of");

pub(super) async fn get(
    State(served): State<Served>,
    Known(viewer): Known,
    Extension(visit): Extension<Visit>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Asked { wanted, from } = match asked(query.as_deref().unwrap_or_default(), &headers) {
        Ok(asked) => asked,
        Err(Refused { field, message }) => return refusal("INVALID", &field, &message),
    };
    let framing = if accepts_server_sent(&headers) {
        Framing::ServerSent
    } else {
        Framing::Lines
    };
    if !viewer.has(Scope::Events) {
        return lacks(Scope::Events);
    }
    let owner = (!viewer.is_admin()).then_some(viewer.user);
    let api = &served.api;
    let feed = match Feed::open(Arc::clone(&api.store), owner, wanted).await {
        Ok(feed) => feed,
        Err(error) => match refused_position(&error) {
            Some(code) => return refusal(code, from, &format!("{from}: {error}")),
            None => return unavailable(visit.correlation_id, &error),
        },
    };
    let as_of = feed.head().to_string();
    // What browsers take for "do not ask again"; else they would come back for
    // the end of the log for ever.
    if feed.is_over() && framing == Framing::ServerSent {
        return (StatusCode::NO_CONTENT, [(AS_OF.clone(), as_of)]).into_response();
    }
    let mut response = body(feed, framing, until(api, &viewer)).into_response();
    let headers = response.headers_mut();
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_TYPE, framing.content_type());
    set(header::CACHE_CONTROL, "no-store");
    // Proxies would hold lines back to send many at once.
    set(HeaderName::from_static("x-accel-buffering"), "no");
    if let Ok(as_of) = HeaderValue::try_from(as_of) {
        headers.insert(&AS_OF, as_of);
    }
    response
}

/// The server stops, or whoever asks is no longer let in.
fn until(api: &Api, viewer: &Viewer) -> impl Future<Output = ()> + Send + use<> {
    let stop = api.stop.clone();
    let changed = api.accounts.until_changed(viewer);
    async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = changed => {}
        }
    }
}

fn accepts_server_sent(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    let mut accepted = accepted.filter_map(|accept| accept.to_str().ok());
    accepted.any(|accept| accept.contains("text/event-stream"))
}

fn unavailable(correlation_id: uuid::Uuid, error: &StoreError) -> Response {
    let error = error as &dyn std::error::Error;
    tracing::error!(%correlation_id, error, "the log could not be read");
    let message = "the log cannot be read now; try again shortly";
    problem(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
}
