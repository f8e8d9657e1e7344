//! Carries operations out, each held to the same, however it arrived: within
//! the limits of [`guard`], within its time, and without taking anything
//! else down with it.

use std::any::{Any, TypeId};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use accounts::{Viewer, Visit};
use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Name, Request, Response, ServerError};
use axum::http::StatusCode;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, stream};
use tokio::time::timeout;
use uuid::Uuid;

use crate::Schema;
use crate::access;
use crate::error::{coded, internal, of_request};
use crate::guard;

/// Why an operation was not carried out to its end.
#[derive(Debug)]
pub(crate) struct Stopped {
    /// What tells it over HTTP.
    pub status: StatusCode,
    pub error: Box<ServerError>,
}

impl From<Stopped> for Response {
    fn from(stopped: Stopped) -> Self {
        Self::from_errors(vec![*stopped.error])
    }
}

impl From<guard::Refused> for Stopped {
    fn from(refused: guard::Refused) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error: Box::new(refused.into()),
        }
    }
}

impl Stopped {
    pub(crate) fn new(status: StatusCode, code: &str, message: &str) -> Self {
        let error = Box::new(of_request(coded(code, message)));
        Self { status, error }
    }

    fn overdue() -> Self {
        let message = "the operation took too long; ask for less at once";
        Self::new(StatusCode::GATEWAY_TIMEOUT, "TIMEOUT", message)
    }

    /// What went wrong was logged where it did.
    pub(crate) fn panicked(correlation_id: Uuid) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            error: Box::new(of_request(internal(correlation_id))),
        }
    }
}

/// Something in a request's data that is dropped when its last answer is given.
#[derive(Clone)]
pub(crate) struct Kept {
    _thing: Arc<dyn Any + Send + Sync>,
}

impl Kept {
    pub(crate) fn new(thing: impl Any + Send + Sync) -> Self {
        Self {
            _thing: Arc::new(thing),
        }
    }
}

#[derive(Clone)]
pub(crate) struct Executor {
    schema: Schema,
    /// How long a query or mutation may take.
    timeout: Duration,
    may_introspect: bool,
}

impl Executor {
    pub(crate) fn new(schema: Schema, timeout: Duration, may_introspect: bool) -> Self {
        Self {
            schema,
            timeout,
            may_introspect,
        }
    }

    /// Refuses what must not even be parsed. Who parses a request before it is
    /// answered asks here first.
    pub(crate) fn admit(&self, request: &Request) -> Result<(), Stopped> {
        let seen = guard::check(&request.query)?;
        if seen.introspects && !self.may_introspect {
            let message = "the schema may not be asked for here; it stands in schema.graphql";
            let status = StatusCode::BAD_REQUEST;
            return Err(Stopped::new(status, "INTROSPECTION_OFF", message));
        }
        Ok(())
    }

    /// Of a query or mutation.
    pub(crate) async fn answer(
        &self,
        mut request: Request,
        viewer: Option<Viewer>,
        visit: Visit,
    ) -> Result<Response, Stopped> {
        self.admit(&request)?;
        allow(&mut request, viewer.as_ref())?;
        let correlation_id = visit.correlation_id;
        request = request.data(visit);
        if let Some(viewer) = viewer {
            request = request.data(viewer);
        }
        self.within_time(correlation_id, self.schema.execute(request))
            .await
    }

    async fn within_time<T>(
        &self,
        correlation_id: Uuid,
        work: impl Future<Output = T>,
    ) -> Result<T, Stopped> {
        let work = AssertUnwindSafe(work).catch_unwind();
        match timeout(self.timeout, work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(_)) => Err(Stopped::panicked(correlation_id)),
            Err(_) => Err(Stopped::overdue()),
        }
    }

    /// One answer, or those of a subscription, which may take for ever.
    fn answers(&self, mut request: Request, session: Arc<Data>) -> BoxStream<'static, Response> {
        let viewer = of_type::<Viewer>(&session);
        let allowed = self
            .admit(&request)
            .and_then(|()| allow(&mut request, viewer));
        if let Err(stopped) = allowed {
            return stream::once(async { stopped.into() }).boxed();
        }
        let correlation_id = of_type::<Visit>(&session).map_or(Uuid::nil(), |it| it.correlation_id);
        let is_endless = is_subscription(&mut request);
        let schema = &self.schema;
        let mut answers = schema.execute_stream_with_session_data(request, session);
        if is_endless {
            let answers = AssertUnwindSafe(answers).catch_unwind();
            return answers
                .map(move |it| it.unwrap_or_else(|_| Stopped::panicked(correlation_id).into()))
                .boxed();
        }
        let executor = self.clone();
        stream::once(async move {
            let answer = executor.within_time(correlation_id, answers.next()).await;
            answer.map_or_else(Response::from, Option::unwrap_or_default)
        })
        .boxed()
    }
}

/// Of web sockets.
impl async_graphql::Executor for Executor {
    async fn execute(&self, request: Request) -> Response {
        let mut answers = self.answers(request, Arc::default());
        answers.next().await.unwrap_or_default()
    }

    fn execute_stream(
        &self,
        request: Request,
        session: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        let kept = of_type::<Kept>(&request.data).cloned();
        self.answers(request, session.unwrap_or_default())
            .inspect(move |_| _ = &kept)
            .boxed()
    }
}

fn of_type<T: 'static>(data: &Data) -> Option<&T> {
    data.get(&TypeId::of::<T>())?.downcast_ref()
}

/// Refuses a field that `viewer` may not have. What cannot be parsed has none;
/// executing it says why.
fn allow(request: &mut Request, viewer: Option<&Viewer>) -> Result<(), Stopped> {
    let Ok(document) = request.parsed_query() else {
        return Ok(());
    };
    access::check(document, viewer).map_err(|denied| Stopped {
        status: StatusCode::OK,
        error: Box::new(of_request(coded(denied.code(), &denied.to_string()))),
    })
}

/// What cannot be parsed is none; executing it says why.
fn is_subscription(request: &mut Request) -> bool {
    let name = request.operation_name.clone();
    request.parsed_query().is_ok_and(|document| {
        let mut operations = document.operations.iter();
        operations.any(|(it, operation)| {
            operation.node.ty == OperationType::Subscription
                && (name.is_none() || it.map(Name::as_str) == name.as_deref())
        })
    })
}
