//! GraphQL over a web socket, by the `graphql-transport-ws` protocol.
//! <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>

pub(super) mod entry;
pub(super) mod rules;

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use accounts::Visit;
use async_graphql::Data;
use async_graphql::http::{ClientMessage, WebSocket as Protocol, WebSocketProtocols, WsMessage};
use axum::Extension;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use futures::{SinkExt, Stream, StreamExt, stream};
use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};
use tracing::{Instrument, Span};

use super::Served;
use super::who::Asking;
use crate::execution::Executor;
use entry::Entry;
use rules::{Closing, Rules};

/// The largest message from a client.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;
/// Held for as long as the socket is open; most say little. Answers are written
/// as they come.
const BUFFER_BYTES: usize = 4 * 1024;
/// How often a ping asks whether the client is still there.
const PING_EVERY: Duration = Duration::from_secs(15);
/// How long a client may take to begin.
const INIT_WITHIN: Duration = Duration::from_secs(10);
/// A client that has let so many pass in silence is gone.
const MAX_UNANSWERED: u8 = 3;

pub(super) async fn upgrade(
    upgrade: WebSocketUpgrade,
    State(served): State<Served>,
    Extension(asking): Extension<Asking>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
) -> Response {
    open(upgrade, &served, asking, visit, headers)
}

pub(super) fn open(
    upgrade: WebSocketUpgrade,
    served: &Served,
    asking: Asking,
    visit: Visit,
    headers: HeaderMap,
) -> Response {
    let session = Session {
        entry: Entry::new(served.doorkeeper.clone(), asking, headers),
        executor: served.executor.clone(),
        visit,
    };
    let span = Span::current();
    upgrade
        .protocols([WebSocketProtocols::GraphQLWS.sec_websocket_protocol()])
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(0)
        .on_upgrade(move |socket| serve(socket, session).instrument(span))
}

struct Session {
    entry: Entry,
    executor: Executor,
    visit: Visit,
}

async fn serve(socket: WebSocket, session: Session) {
    let Session {
        entry,
        executor,
        visit,
    } = session;
    let mut data = Data::default();
    data.insert(visit);
    let (mut to_client, from_client) = socket.split();
    let heard = Arc::new(AtomicBool::new(true));
    let closing = Arc::new(OnceLock::new());
    let messages = messages(from_client, Arc::clone(&heard), Arc::clone(&closing));
    let protocol = WebSocketProtocols::GraphQLWS;
    let answers = Protocol::from_message_stream(executor, messages, protocol);
    let (entered, mut leaves) = oneshot::channel();
    let refused = Arc::clone(&closing);
    let answers = answers
        .connection_data(data)
        .on_connection_init(async move |said| {
            match entry.enter(&said).await {
                Ok((data, until)) => {
                    // The socket ends first, or hears of this.
                    let _ = entered.send(until);
                    Ok(data)
                }
                Err(closed) => {
                    let reason = closed.reason.clone();
                    refused.get_or_init(|| closed);
                    Err(reason.into())
                }
            }
        });
    let mut answers = pin!(answers);
    let mut until = pin!(async move {
        match (&mut leaves).await {
            Ok(until) => until.await,
            Err(_) => std::future::pending().await,
        }
    });
    let mut ping = interval(PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut unanswered = 0;
    loop {
        let next = tokio::select! {
            answer = answers.next() => match answer {
                Some(WsMessage::Text(text)) => Message::Text(text.into()),
                Some(WsMessage::Close(code, reason)) => {
                    let ours = closing.get().cloned();
                    close(ours.unwrap_or(Closing { code, reason }))
                }
                None => break,
            },
            () = &mut until => {
                closing.get_or_init(Closing::no_longer);
                break;
            }
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
    if let Some(closing) = closing.get() {
        // Who is cut off may have left already.
        _ = to_client.send(close(closing.clone())).await;
    }
}

fn close(Closing { code, reason }: Closing) -> Message {
    Message::Close(Some(CloseFrame {
        code,
        reason: reason.into(),
    }))
}

/// What the client says by the rules of the protocol; `heard` is set by anything
/// it sends. Ends with the connection, or when a rule is broken: then `closing`
/// says which.
fn messages(
    from_client: impl Stream<Item = Result<Message, axum::Error>> + Unpin,
    heard: Arc<AtomicBool>,
    closing: Arc<OnceLock<Closing>>,
) -> impl Stream<Item = serde_json::Result<ClientMessage>> {
    let begin_until = Instant::now() + INIT_WITHIN;
    let listening = (from_client, Rules::default());
    stream::unfold(listening, move |(mut from_client, mut rules)| {
        let (heard, closing) = (Arc::clone(&heard), Arc::clone(&closing));
        async move {
            let message = hear(&mut from_client, &mut rules, begin_until, &heard).await;
            match message? {
                Ok(message) => Some((Ok(message), (from_client, rules))),
                Err(broken) => {
                    closing.get_or_init(|| broken);
                    None
                }
            }
        }
    })
}

/// The next message of the protocol; none at the end of the connection.
async fn hear(
    from_client: &mut (impl Stream<Item = Result<Message, axum::Error>> + Unpin),
    rules: &mut Rules,
    begin_until: Instant,
    heard: &AtomicBool,
) -> Option<Result<ClientMessage, Closing>> {
    loop {
        let next = from_client.next();
        let message = if rules.is_initialised {
            next.await
        } else {
            match timeout_at(begin_until, next).await {
                Ok(message) => message,
                Err(_) => return Some(Err(Closing::never_initialised())),
            }
        };
        let message = message?.ok()?;
        heard.store(true, Ordering::Relaxed);
        if let Message::Text(_) | Message::Binary(_) = message {
            return Some(rules.hear(&message.into_data()));
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::future;

    use super::*;

    /// How a socket ends whose client says `said` and then nothing more.
    async fn end_after(said: &'static [&'static str]) -> Option<Closing> {
        let said = stream::iter(said.iter().map(|text| Ok(Message::text(*text))));
        let silent = Box::pin(said.chain(stream::pending()));
        let closing = Arc::new(OnceLock::new());
        let messages = messages(silent, Arc::default(), Arc::clone(&closing));
        let all = messages.for_each(|_| future::ready(()));
        let patience = Duration::from_secs(3600);
        _ = tokio::time::timeout(patience, all).await;
        closing.get().cloned()
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_begin_in_time_is_cut_off() {
        const PING: &str = r#"{ "type": "ping" }"#;
        for said in [&[] as &[_], &[PING, PING]] {
            assert_eq!(end_after(said).await, Some(Closing::never_initialised()));
        }
        let begun = end_after(&[PING, r#"{ "type": "connection_init" }"#]).await;
        assert_eq!(begun, None);
    }
}
