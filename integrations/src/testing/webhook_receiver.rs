//! A receiver of webhooks on loopback that keeps what it is sent, and fails as
//! it is told to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::webhook::SigningSecret;

/// A test that waits longer for a message is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// What it says to one message.
#[derive(Debug, Clone)]
pub enum Reply {
    Status(u16),
    With(u16, Vec<(&'static str, String)>),
    /// Nothing, ever.
    Silence,
}

/// One message as it came.
#[derive(Debug, Clone)]
pub struct Received {
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Received {
    /// # Panics
    ///
    /// When there is no such header; so do the others that read one.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        let value = value.unwrap_or_else(|| panic!("{name} is missing"));
        value.to_str().expect("headers of webhooks are ASCII")
    }

    /// Whether one of the signatures is by `secret`, as a receiver checks it.
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let secret = SigningSecret::stored(secret.into()).expect("it is a secret");
        let seconds = self.header("webhook-timestamp").parse();
        let at = chrono::DateTime::from_timestamp(seconds.expect("it is a number"), 0);
        let at = at.expect("it is an instant");
        let expected = secret.sign(self.header("webhook-id"), at, &self.body);
        let mut signatures = self.header("webhook-signature").split(' ');
        signatures.any(|signature| signature == expected)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("bodies of webhooks are JSON")
    }
}

/// Answers 204 unless told otherwise. Stops when it is dropped.
pub struct WebhookReceiver {
    address: SocketAddr,
    received: watch::Receiver<Vec<Received>>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    _stop: DropGuard,
}

#[derive(Clone)]
struct Desk {
    received: Arc<watch::Sender<Vec<Received>>>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
}

impl WebhookReceiver {
    /// # Panics
    ///
    /// When there is no free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("there is a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let (sender, received) = watch::channel(Vec::new());
        let replies = Arc::<Mutex<VecDeque<Reply>>>::default();
        let desk = Desk {
            received: Arc::new(sender),
            replies: Arc::clone(&replies),
        };
        let router = Router::new().fallback(receive).with_state(desk);
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = axum::serve(listener, router) => {}
                () = stopped.cancelled() => {}
            }
        });
        Self {
            address,
            received,
            replies,
            _stop: stop.drop_guard(),
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    /// The next messages are answered so, one each.
    pub fn reply(&self, replies: impl IntoIterator<Item = Reply>) {
        let mut kept = self.replies.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(replies);
    }

    /// All that came so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.borrow().clone()
    }

    /// Waits until so many came.
    ///
    /// # Panics
    ///
    /// When they do not.
    pub async fn until(&self, count: usize) -> Vec<Received> {
        let mut received = self.received.clone();
        let came = received.wait_for(|received| received.len() >= count);
        let came = tokio::time::timeout(PATIENCE, came).await;
        came.expect("the messages come in time")
            .expect("the receiver runs")
            .clone()
    }
}

async fn receive(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Response {
    let reply = {
        let mut replies = desk.replies.lock().unwrap_or_else(PoisonError::into_inner);
        replies.pop_front().unwrap_or(Reply::Status(204))
    };
    let received = Received { headers, body };
    desk.received.send_modify(|all| all.push(received));
    let (status, headers) = match reply {
        Reply::Status(status) => (status, Vec::new()),
        Reply::With(status, headers) => (status, headers),
        Reply::Silence => std::future::pending().await,
    };
    let status = StatusCode::from_u16(status).expect("it is a status");
    let mut answer = status.into_response();
    for (name, value) in headers {
        let value = value.parse().expect("it is a value of a header");
        answer.headers_mut().insert(name, value);
    }
    answer
}
