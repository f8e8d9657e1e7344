//! A client of `graphql-transport-ws`.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::harness::{App, tidy};

/// A subscription that says nothing for so long is broken.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Live {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

pub(crate) async fn connect(
    app: &App,
    path: &str,
    origin: Option<&'static str>,
) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, Error> {
    enter(app, path, origin, "").await
}

async fn enter(
    app: &App,
    path: &str,
    origin: Option<&'static str>,
    cookies: &str,
) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, Error> {
    let url = format!("ws://{}{path}", app.address);
    let mut request = url.into_client_request()?;
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
    if !cookies.is_empty() {
        headers.insert("cookie", cookies.parse()?);
    }
    if let Some(origin) = origin {
        headers.insert("origin", origin.parse()?);
    }
    let (socket, response) = connect_async(request).await?;
    let protocol = &response.headers()["sec-websocket-protocol"];
    assert_eq!(protocol, "graphql-transport-ws");
    Ok(socket)
}

/// The code with which the server closes a socket on which `messages` are said.
pub(crate) async fn closed_after(app: &App, messages: Vec<Value>) -> u16 {
    closed_with(app, "", messages).await
}

/// The same, for a browser with `cookies`.
pub(crate) async fn closed_with(app: &App, cookies: &str, messages: Vec<Value>) -> u16 {
    let socket = enter(app, "/graphql", None, cookies).await.unwrap();
    let mut live = Live { socket };
    for message in messages {
        live.send(message).await;
    }
    live.closed().await
}

impl Live {
    pub(crate) async fn subscribe(app: &App, query: &str) -> Self {
        Self::begin(app, json!({}), query).await
    }

    /// For who shows `token`.
    pub(crate) async fn subscribe_as(app: &App, token: &SecretString, query: &str) -> Self {
        let authorization = format!("Bearer {}", token.expose_secret());
        Self::begin(app, json!({ "authorization": authorization }), query).await
    }

    /// A socket of a browser with `cookies` that the server lets in for what
    /// is `said`.
    pub(crate) async fn open(app: &App, cookies: &str, said: Value) -> Self {
        let socket = enter(app, "/graphql", None, cookies).await.unwrap();
        let mut live = Self { socket };
        live.send(json!({ "type": "connection_init", "payload": said }))
            .await;
        assert_eq!(live.message().await["type"], "connection_ack");
        live
    }

    async fn begin(app: &App, said: Value, query: &str) -> Self {
        let mut live = Self::open(app, "", said).await;
        let payload = json!({ "query": query });
        live.send(json!({ "type": "subscribe", "id": "1", "payload": payload }))
            .await;
        live
    }

    async fn send(&mut self, message: Value) {
        let text = Message::text(message.to_string());
        self.socket.send(text).await.unwrap();
    }

    async fn message(&mut self) -> Value {
        let next = async {
            loop {
                match self
                    .socket
                    .next()
                    .await
                    .expect("the socket is open")
                    .unwrap()
                {
                    Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                    Message::Ping(_) | Message::Pong(_) => {}
                    other => panic!("the server sent {other:?}"),
                }
            }
        };
        tokio::time::timeout(PATIENCE, next)
            .await
            .expect("the subscription says something")
    }

    /// The next answer, tidied as [`App::ask`] does.
    pub(crate) async fn next(&mut self) -> Value {
        tidy(self.next_raw().await)
    }

    /// The next answer.
    pub(crate) async fn next_raw(&mut self) -> Value {
        let message = self.message().await;
        assert_eq!(message["type"], "next", "{message:#}");
        message["payload"].clone()
    }

    /// Answers until one holds; that one.
    pub(crate) async fn until(&mut self, holds: impl Fn(&Value) -> bool) -> Value {
        loop {
            let answer = self.next().await;
            if holds(&answer) {
                return answer;
            }
        }
    }

    /// The code with which the server closes.
    pub(crate) async fn closed(mut self) -> u16 {
        let closed = async {
            loop {
                if let Message::Close(frame) = self.socket.next().await.unwrap().unwrap() {
                    return frame.expect("a code").code.into();
                }
            }
        };
        let closed = tokio::time::timeout(PATIENCE, closed);
        closed.await.expect("the server closes the socket")
    }

    pub(crate) async fn assert_complete(&mut self) {
        assert_eq!(self.message().await["type"], "complete");
    }
}
