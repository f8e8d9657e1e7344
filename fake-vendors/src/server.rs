use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use futures::{StreamExt, stream};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::{Call, Fault, Operation, anthropic, elevenlabs, fal, openai, stability};

/// The one key that all of them take.
pub const KEY: &str = "fake-key";

/// Longer than anybody waits; ended with the server.
const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

/// All providers behind one address of this machine, each below a path of its
/// own. Ends when dropped.
pub struct FakeVendors {
    address: SocketAddr,
    desk: Desk,
    server: JoinHandle<()>,
}

/// What the providers share: what is to go wrong, and what was asked.
#[derive(Clone, Default)]
pub(crate) struct Desk(Arc<Mutex<Book>>);

#[derive(Default)]
struct Book {
    faults: HashMap<Operation, VecDeque<Fault>>,
    always: HashMap<Operation, Fault>,
    calls: Vec<Call>,
    jobs: fal::Jobs,
}

/// How a provider says that it will not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    Unauthorized,
    Invalid(String),
    RateLimited,
    OutOfCredit,
    /// It is against its policy.
    Refused,
    ServerError,
}

/// One provider's way to speak.
pub(crate) trait Dialect: Send + Sync {
    fn is_known(&self, headers: &HeaderMap) -> bool;

    fn problem(&self, problem: &Problem) -> Response;
}

impl FakeVendors {
    /// On a free port of this machine.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has a free port");
        Self::serve(listener)
    }

    pub fn serve(listener: TcpListener) -> Self {
        let desk = Desk::default();
        let routes = Router::new()
            .nest("/openai/v1", openai::routes())
            .nest("/anthropic/v1", anthropic::routes())
            .nest("/elevenlabs", elevenlabs::routes())
            .nest("/stability/v2beta", stability::routes())
            .nest("/fal", fal::routes())
            .nest("/fal-media", fal::media_routes())
            .with_state(desk.clone());
        Self {
            address: listener.local_addr().expect("it is bound"),
            desk,
            server: tokio::spawn(async move {
                let served = axum::serve(listener, routes).await;
                served.expect("it serves until it is dropped");
            }),
        }
    }

    /// For `OPENAI_BASE_URL`.
    pub fn openai(&self) -> String {
        format!("http://{}/openai/v1", self.address)
    }

    /// For `ANTHROPIC_BASE_URL`.
    pub fn anthropic(&self) -> String {
        format!("http://{}/anthropic", self.address)
    }

    /// For `STABILITY_BASE_URL`.
    pub fn stability(&self) -> String {
        format!("http://{}/stability", self.address)
    }

    /// For `FAL_BASE_URL`.
    pub fn fal(&self) -> String {
        format!("http://{}/fal", self.address)
    }

    /// fal knows none of the jobs that it was given so far.
    pub fn forget_jobs(&self) {
        self.desk.book().jobs.clear();
    }

    /// For `ELEVENLABS_BASE_URL`.
    pub fn elevenlabs(&self) -> String {
        format!("http://{}/elevenlabs", self.address)
    }

    /// The next call of `operation` goes wrong so, those before it as ordered
    /// before.
    pub fn fault(&self, operation: Operation, fault: Fault) {
        let mut book = self.desk.book();
        book.faults.entry(operation).or_default().push_back(fault);
    }

    /// Every call of `operation` that no other fault meets goes wrong so, until
    /// [`mend`](Self::mend).
    pub fn always(&self, operation: Operation, fault: Fault) {
        self.desk.book().always.insert(operation, fault);
    }

    /// Nothing goes wrong any more.
    pub fn mend(&self) {
        let mut book = self.desk.book();
        book.faults.clear();
        book.always.clear();
    }

    /// What was asked of `operation`, oldest first.
    pub fn calls(&self, operation: Operation) -> Vec<Call> {
        let book = self.desk.book();
        let calls = book.calls.iter().filter(|call| call.operation == operation);
        calls.cloned().collect()
    }
}

impl Drop for FakeVendors {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Desk {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those of fal.
    pub(crate) fn jobs<T>(&self, of: impl FnOnce(&mut fal::Jobs) -> T) -> T {
        of(&mut self.book().jobs)
    }

    fn next_fault(&self, operation: Operation) -> Option<Fault> {
        let mut book = self.book();
        let ordered = book
            .faults
            .get_mut(&operation)
            .and_then(VecDeque::pop_front);
        ordered.or_else(|| book.always.get(&operation).copied())
    }

    /// Takes a call through the key, the schema and what is to go wrong. `answer`
    /// makes the provider's answer, and is told of a fault in what it makes.
    pub(crate) async fn take(
        &self,
        operation: Operation,
        dialect: &dyn Dialect,
        headers: &HeaderMap,
        request: Value,
        answer: impl FnOnce(&Value, Option<Fault>) -> Response,
    ) -> Response {
        if !dialect.is_known(headers) {
            return dialect.problem(&Problem::Unauthorized);
        }
        if let Err(problem) = operation.check(&request) {
            return dialect.problem(&Problem::Invalid(problem));
        }
        let fault = self.next_fault(operation);
        let number = self.arrived(operation, &request);
        match fault {
            Some(Fault::RateLimited { retry_after_s }) => {
                return limited(dialect, retry_after_s);
            }
            Some(Fault::OutOfCredit) => return dialect.problem(&Problem::OutOfCredit),
            Some(Fault::Unauthorized) => return dialect.problem(&Problem::Unauthorized),
            Some(Fault::ServerError) => return dialect.problem(&Problem::ServerError),
            Some(Fault::Redirected) => {
                return Redirect::to("https://elsewhere.example").into_response();
            }
            Some(Fault::Slow(by)) => tokio::time::sleep(by).await,
            Some(Fault::Stalled) => return broken_off(stall()),
            _ => {}
        }
        let response = answer(&request, fault);
        match fault {
            Some(Fault::CutConnection) => return broken_off(cut()),
            Some(Fault::Huge) => return broken_off(endless()),
            Some(Fault::WrongJson) => return (StatusCode::OK, "{\"half\": ").into_response(),
            _ => {}
        }
        if response.status().is_success() {
            self.book().calls[number].is_answered = true;
        }
        response
    }

    fn arrived(&self, operation: Operation, request: &Value) -> usize {
        let mut book = self.book();
        book.calls.push(Call {
            operation,
            request: request.clone(),
            is_answered: false,
        });
        book.calls.len() - 1
    }
}

pub(crate) fn has_bearer(headers: &HeaderMap) -> bool {
    let bearer = headers.get("authorization");
    bearer.is_some_and(|value| value == &format!("Bearer {KEY}"))
}

fn limited(dialect: &dyn Dialect, retry_after_s: Option<u32>) -> Response {
    let mut response = dialect.problem(&Problem::RateLimited);
    if let Some(seconds) = retry_after_s {
        response.headers_mut().insert("retry-after", seconds.into());
    }
    response
}

fn broken_off(body: Body) -> Response {
    let mut response = body.into_response();
    let json = "application/json".parse().expect("it is a value");
    response.headers_mut().insert("content-type", json);
    response
}

/// The first bytes, and then an error that closes the connection.
fn cut() -> Body {
    let first = stream::once(async { Ok(Bytes::from_static(b"{\"id\":")) });
    let broken = stream::once(async { Err(std::io::Error::other("cut")) });
    Body::from_stream(first.chain(broken))
}

fn stall() -> Body {
    let first = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b"{\"id\":")) });
    let never = stream::once(async {
        tokio::time::sleep(FOR_EVER).await;
        Ok(Bytes::new())
    });
    Body::from_stream(first.chain(never))
}

fn endless() -> Body {
    let piece = Bytes::from(vec![b' '; 64 * 1024]);
    Body::from_stream(stream::repeat_with(move || {
        Ok::<_, Infallible>(piece.clone())
    }))
}
