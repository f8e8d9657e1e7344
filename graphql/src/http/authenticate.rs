//! The one place that says who is asking, and turns away who must not.

use std::sync::Arc;

use accounts::Visit;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use domain::IdSource;
use tracing::Instrument;
use uuid::Uuid;

use super::client_address::Proxies;
use super::config::HttpArgs;
use super::doors::{Doors, is_local_name};
use super::who::Doorkeeper;

pub(super) static CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

pub(super) struct Guard {
    doors: Doors,
    proxies: Proxies,
    doorkeeper: Doorkeeper,
    ids: Arc<dyn IdSource>,
}

impl Guard {
    pub(super) fn new(args: &HttpArgs, doorkeeper: Doorkeeper, ids: Arc<dyn IdSource>) -> Self {
        Self {
            doors: Doors::new(args),
            proxies: Proxies::new(args.trusted_proxies.clone()),
            doorkeeper,
            ids,
        }
    }

    async fn let_in(&self, request: Request, correlation_id: Uuid) -> Result<Request, Response> {
        let is_local_name = is_local_name(&request);
        let (mut parts, body) = request.into_parts();
        let asking = self
            .doorkeeper
            .identify(&parts, is_local_name, correlation_id)
            .await?;
        parts.extensions.insert(asking);
        let client = self.proxies.client(&parts);
        parts.extensions.insert(Visit {
            correlation_id,
            client,
        });
        Ok(Request::from_parts(parts, body))
    }
}

/// Adds who asks ([`super::who::Asking`]) and from where ([`Visit`]) to the request, or
/// refuses it.
pub(super) async fn authenticate(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    let correlation_id = guard.ids.fresh();
    let mut response = match guard.doors.refuse(&request) {
        Some(refusal) => refusal,
        None => {
            let span = tracing::info_span!("request", %correlation_id);
            let let_in = guard.let_in(request, correlation_id);
            async {
                match let_in.await {
                    Ok(request) => next.run(request).await,
                    Err(refusal) => refusal,
                }
            }
            .instrument(span)
            .await
        }
    };
    if let Ok(id) = HeaderValue::from_str(&correlation_id.to_string()) {
        response.headers_mut().insert(&CORRELATION_ID, id);
    }
    response
}
