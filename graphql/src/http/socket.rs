//! GraphQL over a web socket, by the `graphql-transport-ws` protocol.
//! <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>

use std::time::Duration;

use async_graphql::Data;
use async_graphql::http::{WebSocket as Protocol, WebSocketProtocols, WsMessage};
use axum::Extension;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::response::Response;
use bytes::Bytes;
use futures::channel::mpsc;
use futures::{SinkExt, StreamExt};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::Served;
use crate::context::CorrelationId;
use crate::{Schema, Viewer};

/// The largest message from a client.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;
/// How often a ping asks whether the client is still there.
const PING_EVERY: Duration = Duration::from_secs(15);
/// A client that has been silent for longer is gone.
const SILENT_FOR: Duration = Duration::from_secs(45);
/// Messages read before the protocol has taken them.
const AHEAD: usize = 16;

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
    upgrade
        .protocols([WebSocketProtocols::GraphQLWS.sec_websocket_protocol()])
        .max_message_size(MAX_MESSAGE_BYTES)
        .on_upgrade(move |socket| serve(socket, schema, data))
}

async fn serve(socket: WebSocket, schema: Schema, data: Data) {
    let (mut to_client, mut from_client) = socket.split();
    let (mut received, messages) = mpsc::channel::<Bytes>(AHEAD);
    let mut answers =
        Protocol::new(schema, messages, WebSocketProtocols::GraphQLWS).connection_data(data);
    let mut ping = interval(PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard_at = Instant::now();
    loop {
        let next = tokio::select! {
            message = from_client.next() => {
                heard_at = Instant::now();
                match message {
                    Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => {
                        if received.send(message.into_data()).await.is_err() {
                            return;
                        }
                        continue;
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                }
            }
            answer = answers.next() => match answer {
                Some(WsMessage::Text(text)) => Message::Text(text.into()),
                Some(WsMessage::Close(code, reason)) => Message::Close(Some(CloseFrame {
                    code,
                    reason: reason.into(),
                })),
                None => return,
            },
            _ = ping.tick() => {
                if heard_at.elapsed() > SILENT_FOR {
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
