//! A feed as the body of an answer.
//!
//! One task reads the next page while the last is being sent. It never holds
//! more than two pages and two pieces of a client that reads slowly, and no
//! database connection while it waits for one.

use std::io;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use event_store::{Position, RawEvent, StoreError};
use futures::stream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tracing::{Instrument, Span};

use crate::event::envelope;
use crate::event::feed::{Batch, Feed};

/// What is sent at once.
const PIECE_BYTES: usize = 256 * 1024;
/// How long a client may read nothing before it is given up.
const STALLED_AFTER: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// <https://github.com/ndjson/ndjson-spec>; an empty line tells a follower
    /// that the server is there.
    Lines,
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html>
    ServerSent,
}

impl Framing {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Lines => "application/x-ndjson",
            Self::ServerSent => "text/event-stream",
        }
    }

    fn event(self, event: &RawEvent, out: &mut Vec<u8>) -> Result<(), StoreError> {
        let before = out.len();
        if self == Self::ServerSent {
            out.extend_from_slice(format!("id: {}\ndata: ", event.position).as_bytes());
        }
        envelope::write(event, out).inspect_err(|_| out.truncate(before))?;
        out.extend_from_slice(match self {
            Self::Lines => b"\n",
            Self::ServerSent => b"\n\n",
        });
        Ok(())
    }

    /// Nothing is told, but that all up to `position` has been looked at. An
    /// answer of lines that ends is kept as a file: it holds events only.
    fn heartbeat(self, position: Position, follows: bool) -> String {
        match self {
            Self::Lines if follows => "\n".to_owned(),
            Self::Lines => String::new(),
            Self::ServerSent => format!(": nothing new\nid: {position}\n\n"),
        }
    }
}

/// Why not all was delivered.
#[derive(Debug, thiserror::Error)]
enum Undelivered {
    #[error("the client went away")]
    Gone,
    #[error("the client read nothing for {} s", STALLED_AFTER.as_secs())]
    Stalled,
    #[error("the server is stopping")]
    Stopping,
    #[error("the log could not be read")]
    Store(#[from] StoreError),
}

enum Sent {
    Piece(Bytes),
    /// What was sent is all there was to send.
    End,
}

/// Ends when `until` does. What is broken off shows as broken off: the body fails.
pub(super) fn body(
    feed: Feed,
    framing: Framing,
    until: impl Future<Output = ()> + Send + 'static,
) -> Body {
    let (pieces, sent) = mpsc::channel(1);
    tokio::spawn(deliver(feed, framing, pieces, until).instrument(Span::current()));
    Body::from_stream(stream::unfold(sent, async |mut sent| {
        match sent.recv().await {
            Some(Sent::Piece(piece)) => Some((Ok(piece), sent)),
            Some(Sent::End) => None,
            None => {
                // The server sends on what it has before it hears of the end.
                tokio::task::yield_now().await;
                Some((Err(io::Error::other("the events were broken off")), sent))
            }
        }
    }))
}

async fn deliver(
    mut feed: Feed,
    framing: Framing,
    pieces: mpsc::Sender<Sent>,
    until: impl Future<Output = ()>,
) {
    let follows = feed.follows();
    let outlet = Outlet {
        framing,
        follows,
        pieces,
    };
    let delivered = tokio::select! {
        delivered = outlet.deliver_all(&mut feed) => delivered,
        // A follower has all there was; for others something is missing.
        () = until => if follows { Ok(()) } else { Err(Undelivered::Stopping) },
    };
    let ended = match delivered {
        Ok(()) => outlet.send(Sent::End).await,
        Err(error) => Err(error),
    };
    match ended {
        Ok(()) | Err(Undelivered::Gone) => {}
        Err(error @ (Undelivered::Stalled | Undelivered::Stopping)) => {
            tracing::info!("a replay of events was broken off: {error}");
        }
        Err(error) => tracing::error!(
            error = &error as &dyn std::error::Error,
            "a replay of events was broken off"
        ),
    }
}

struct Outlet {
    framing: Framing,
    follows: bool,
    pieces: mpsc::Sender<Sent>,
}

impl Outlet {
    async fn deliver_all(&self, feed: &mut Feed) -> Result<(), Undelivered> {
        let mut batch = feed.next().await?;
        while let Some(current) = batch {
            let (sent, next) = tokio::join!(self.deliver(&current), feed.next());
            sent?;
            batch = next?;
        }
        Ok(())
    }

    async fn deliver(&self, batch: &Batch) -> Result<(), Undelivered> {
        if batch.events.is_empty() {
            let heartbeat = self.framing.heartbeat(batch.position, self.follows);
            return self.send_piece(heartbeat).await;
        }
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        for event in &batch.events {
            if let Err(error) = self.framing.event(event, &mut piece) {
                // What stands before it is sound.
                self.send_piece(piece).await?;
                return Err(error.into());
            }
            if piece.len() >= PIECE_BYTES {
                let full = std::mem::replace(&mut piece, Vec::with_capacity(PIECE_BYTES));
                self.send_piece(full).await?;
            }
        }
        self.send_piece(piece).await
    }

    async fn send_piece(&self, piece: impl Into<Bytes>) -> Result<(), Undelivered> {
        let piece = piece.into();
        if piece.is_empty() {
            return Ok(());
        }
        self.send(Sent::Piece(piece)).await
    }

    async fn send(&self, sent: Sent) -> Result<(), Undelivered> {
        match timeout(STALLED_AFTER, self.pieces.send(sent)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Undelivered::Gone),
            Err(_) => Err(Undelivered::Stalled),
        }
    }
}

#[cfg(test)]
mod tests;
