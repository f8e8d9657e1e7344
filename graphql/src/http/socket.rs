//! GraphQL over a web socket, by the `graphql-transport-ws` protocol.
//! <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_graphql::Data;
use async_graphql::http::{WebSocket as Protocol, WebSocketProtocols, WsMessage};
use axum::Extension;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::response::Response;
use bytes::Bytes;
use futures::{SinkExt, Stream, StreamExt, future};
use tokio::time::{MissedTickBehavior, interval};
use tracing::{Instrument, Span};

use super::Served;
use crate::context::CorrelationId;
use crate::{Schema, Viewer};

/// The largest message from a client.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;
/// Held for as long as the socket is open; most say little. Answers are written
/// as they come.
const BUFFER_BYTES: usize = 4 * 1024;
/// How often a ping asks whether the client is still there.
const PING_EVERY: Duration = Duration::from_secs(15);
/// A client that has let so many pass in silence is gone.
const MAX_UNANSWERED: u8 = 3;

pub(super) async fn upgrade(
    upgrade: WebSocketUpgrade,
    State(served): State<Served>,
    Extension(viewer): Extension<Viewer>,
    Extension(correlation_id): Extension<CorrelationId>,
) -> Response {
    open(upgrade, served.schema, viewer, correlation_id)
}

pub(super) fn open(
    upgrade: WebSocketUpgrade,
    schema: Schema,
    viewer: Viewer,
    correlation_id: CorrelationId,
) -> Response {
    let mut data = Data::default();
    data.insert(viewer);
    data.insert(correlation_id);
    let span = Span::current();
    upgrade
        .protocols([WebSocketProtocols::GraphQLWS.sec_websocket_protocol()])
        .max_message_size(MAX_MESSAGE_BYTES)
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(0)
        .on_upgrade(move |socket| serve(socket, schema, data).instrument(span))
}

async fn serve(socket: WebSocket, schema: Schema, data: Data) {
    let (mut to_client, from_client) = socket.split();
    let heard = Arc::new(AtomicBool::new(true));
    let messages = messages(from_client, Arc::clone(&heard));
    let answers = Protocol::new(schema, messages, WebSocketProtocols::GraphQLWS);
    let mut answers = pin!(answers.connection_data(data));
    let mut ping = interval(PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut unanswered = 0;
    loop {
        let next = tokio::select! {
            answer = answers.next() => match answer {
                Some(WsMessage::Text(text)) => Message::Text(text.into()),
                Some(WsMessage::Close(code, reason)) => Message::Close(Some(CloseFrame {
                    code,
                    reason: reason.into(),
                })),
                None => return,
            },
            _ = ping.tick() => {
                unanswered = if heard.swap(false, Ordering::Relaxed) { 0 } else { unanswered + 1 };
                if unanswered == MAX_UNANSWERED {
                    return;
                }
                Message::Ping(Bytes::new())
            }
        };
        if to_client.send(next).await.is_err() {
            return;
        }
    }
}

/// What the client says in the protocol; `heard` is set by anything it sends.
/// Ends with the connection.
fn messages(
    from_client: impl Stream<Item = Result<Message, axum::Error>>,
    heard: Arc<AtomicBool>,
) -> impl Stream<Item = Bytes> {
    from_client
        .take_while(|message| future::ready(message.is_ok()))
        .filter_map(move |message| {
            heard.store(true, Ordering::Relaxed);
            future::ready(match message {
                Ok(message @ (Message::Text(_) | Message::Binary(_))) => Some(message.into_data()),
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_)) | Err(_) => None,
            })
        })
}
