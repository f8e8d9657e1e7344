use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use memchr::memchr;

use super::http::{Answer, ApiClient, ClientError, refusal};
use crate::cli::WantedEvents;

/// Where the log ended when the answer began.
const AS_OF: &str = "x-as-of";

/// The events of one answer, a line each.
pub struct EventLines {
    /// Where to go on from once all lines are read.
    pub as_of: String,
    pieces: BoxStream<'static, Result<Bytes, ClientError>>,
    buffer: BytesMut,
    /// So much of the buffer holds no end of a line.
    searched: usize,
}

impl ApiClient {
    /// The events that are wanted, oldest first, up to now or, to follow them,
    /// for ever.
    pub async fn events(
        &self,
        wanted: &WantedEvents,
        follow: bool,
    ) -> Result<EventLines, ClientError> {
        let mut query = vec![
            ("after", wanted.after.clone()),
            ("follow", follow.to_string()),
        ];
        for (name, list) in [("types", &wanted.types), ("streams", &wanted.streams)] {
            if !list.is_empty() {
                query.push((name, list.join(",")));
            }
        }
        let url = reqwest::Url::parse_with_params(&self.url("/events"), query)
            .expect("an address of a server can take a query");
        let request = self.signed(self.http.get(url));
        let answer = request.send().await.map_err(|error| self.lost(error))?;
        if !answer.status().is_success() {
            let body = answer.bytes().await.map_err(|error| self.lost(error))?;
            let answer: Answer = serde_json::from_slice(&body)?;
            refusal(&answer.errors)?;
            return Err(ClientError::Refused("the server gave no reason".to_owned()));
        }
        let as_of = answer.headers().get(AS_OF);
        let as_of = as_of.and_then(|it| it.to_str().ok()).unwrap_or_default();
        let address = self.address;
        Ok(EventLines {
            as_of: as_of.to_owned(),
            pieces: answer
                .bytes_stream()
                .map_err(move |error| ClientError::Lost {
                    address,
                    source: error.into(),
                })
                .boxed(),
            buffer: BytesMut::new(),
            searched: 0,
        })
    }
}

impl EventLines {
    /// The next line, its end left out; none at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, ClientError> {
        loop {
            if let Some(line) = self.line() {
                if line.is_empty() {
                    continue;
                }
                return Ok(Some(line));
            }
            match self.pieces.next().await {
                Some(piece) => self.buffer.extend_from_slice(&piece?),
                None => return Ok(None),
            }
        }
    }

    fn line(&mut self) -> Option<Bytes> {
        let Some(end) = memchr(b'\n', &self.buffer[self.searched..]) else {
            self.searched = self.buffer.len();
            return None;
        };
        let mut line = self.buffer.split_to(self.searched + end + 1);
        self.searched = 0;
        line.truncate(line.len() - 1);
        Some(line.freeze())
    }
}
