//! One client, for as long as it is any good, and which log it reaches.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use domain::IdSource;
use eventstore::{
    AppendToStreamOptions, Client, Credentials, Error, EventData, ReadAllOptions, ReadEvent,
    ReadStream, ReadStreamOptions, RecordedEvent, StreamPosition, StreamState, WriteResult,
};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::failure::{Cause, Fault};
use super::{Address, LOG_STREAM};
use crate::{ExpectedRevision, MAX_PAGE_BYTES};

/// One failed call is what a restart of the server looks like, and the client
/// gets over it. The next one in a row is not.
const STRIKES: u32 = 2;

/// What it takes to open a session.
pub(super) struct Opening {
    pub(super) address: Address,
    pub(super) ids: Arc<dyn IdSource>,
    pub(super) answer_within: Duration,
}

pub(super) struct Session {
    client: Client,
    credentials: Option<Credentials>,
    answer_within: Duration,
    /// Of the log that this client reaches.
    pub(super) epoch: Uuid,
    /// The furthest position that was seen in that log.
    seen: AtomicU64,
    strikes: AtomicU32,
    broken: CancellationToken,
}

/// What a read was answered with, whole.
pub(super) struct Answer {
    pub(super) events: Vec<RecordedEvent>,
    /// Revision of the stream's last event, when it was told.
    pub(super) last_revision: Option<u64>,
    /// There is more, and it was left there.
    pub(super) is_full: bool,
}

impl Session {
    /// A client that has asked nothing yet.
    fn try_new(address: &Address, answer_within: Duration) -> Result<Self, Fault> {
        let client = Client::new(address.settings.clone())
            .map_err(|error| Fault::Lasting(Arc::new(Cause::Client(error.to_string()))))?;
        Ok(Self {
            client,
            credentials: address.credentials.clone(),
            answer_within,
            epoch: Uuid::nil(),
            seen: AtomicU64::new(0),
            strikes: AtomicU32::new(0),
            broken: CancellationToken::new(),
        })
    }

    pub(super) async fn open(opening: &Opening) -> Result<Self, Fault> {
        let mut session = Self::try_new(&opening.address, opening.answer_within)?;
        session.epoch = session.find_epoch(opening.ids.as_ref()).await?;
        session.head().await?;
        Ok(session)
    }

    /// Whether the server answers and lets us read; writes nothing.
    pub(super) async fn probe(address: &Address, answer_within: Duration) -> Result<(), Fault> {
        let session = Self::try_new(address, answer_within)?;
        let first = ReadStreamOptions::default().max_count(1);
        match session.read_stream(LOG_STREAM, first).await {
            Ok(_) | Err(Fault::NotFound) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken.is_cancelled()
    }

    /// Resolves when the client is to be replaced.
    pub(super) async fn broken(&self) {
        self.broken.cancelled().await;
    }

    pub(super) fn seen(&self) -> u64 {
        self.seen.load(Ordering::Acquire)
    }

    pub(super) fn see(&self, position: u64) {
        self.seen.fetch_max(position, Ordering::AcqRel);
    }

    pub(super) async fn append(
        &self,
        stream: &str,
        expected: ExpectedRevision,
        events: Vec<EventData>,
    ) -> Result<WriteResult, Fault> {
        let state = match expected {
            ExpectedRevision::NoStream => StreamState::NoStream,
            ExpectedRevision::Exact(revision) => StreamState::StreamRevision(revision),
        };
        let mut options = AppendToStreamOptions::default()
            .stream_state(state)
            .requires_leader(true)
            .deadline(self.answer_within);
        if let Some(credentials) = &self.credentials {
            options = options.authenticated(credentials.clone());
        }
        let appended = self.client.append_to_stream(stream, &options, events);
        let result = self.ask(appended).await?;
        self.see(result.position.commit);
        Ok(result)
    }

    pub(super) async fn read_stream(
        &self,
        stream: &str,
        options: ReadStreamOptions,
    ) -> Result<Answer, Fault> {
        let mut options = options.requires_leader(true);
        if let Some(credentials) = &self.credentials {
            options = options.authenticated(credentials.clone());
        }
        let reading = self.client.read_stream(stream, &options);
        self.gather(reading, usize::MAX).await
    }

    /// As much as fits a page.
    pub(super) async fn read_all(&self, options: ReadAllOptions) -> Result<Answer, Fault> {
        let mut options = options.requires_leader(true);
        if let Some(credentials) = &self.credentials {
            options = options.authenticated(credentials.clone());
        }
        let reading = self.client.read_all(&options);
        let answer = self.gather(reading, MAX_PAGE_BYTES).await?;
        if let Some(furthest) = answer
            .events
            .iter()
            .map(|event| event.position.commit)
            .max()
        {
            self.see(furthest);
        }
        Ok(answer)
    }

    /// Commit position of the last event there is, whoever's it is.
    pub(super) async fn head(&self) -> Result<u64, Fault> {
        let last = ReadAllOptions::default()
            .position(StreamPosition::End)
            .max_count(1);
        let answer = self.read_all(last).await?;
        // The log's own first event is always there.
        let event = answer.events.first();
        event.map_or_else(
            || Err(Fault::Passing(Arc::new(Cause::CutShort))),
            |event| Ok(event.position.commit),
        )
    }

    /// Written once, by whoever comes first.
    async fn find_epoch(&self, ids: &dyn IdSource) -> Result<Uuid, Fault> {
        let first = || ReadStreamOptions::default().max_count(1);
        match self.read_stream(LOG_STREAM, first()).await {
            Err(Fault::NotFound) => {}
            found => return epoch_of(&found?),
        }
        let begun = EventData::json("LogBegun", &serde_json::json!({}))
            .expect("JSON can be written")
            .id(ids.fresh());
        match self
            .append(LOG_STREAM, ExpectedRevision::NoStream, vec![begun])
            .await
        {
            Ok(_) | Err(Fault::Conflict { .. }) => {}
            Err(fault) => return Err(fault),
        }
        epoch_of(&self.read_stream(LOG_STREAM, first()).await?)
    }

    async fn gather(
        &self,
        reading: impl Future<Output = Result<ReadStream, Error>>,
        most_bytes: usize,
    ) -> Result<Answer, Fault> {
        let mut reading = self.ask(reading).await?;
        let mut bytes = 0;
        let mut answer = Answer {
            events: Vec::new(),
            last_revision: None,
            is_full: false,
        };
        while let Some(said) = self.ask(reading.next_read_event()).await? {
            match said {
                ReadEvent::Event(resolved) => {
                    let Some(event) = resolved.link.or(resolved.event) else {
                        continue;
                    };
                    bytes += event.data.len() + event.custom_metadata.len();
                    if bytes > most_bytes && !answer.events.is_empty() {
                        answer.is_full = true;
                        break;
                    }
                    answer.events.push(event);
                }
                ReadEvent::LastStreamPosition(revision) => answer.last_revision = Some(revision),
                ReadEvent::FirstStreamPosition(_) | ReadEvent::LastAllStreamPosition(_) => {}
            }
        }
        Ok(answer)
    }

    async fn ask<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Fault> {
        match timeout(self.answer_within, call).await {
            Ok(Ok(answer)) => {
                self.strikes.store(0, Ordering::Relaxed);
                Ok(answer)
            }
            Ok(Err(error)) => {
                let is_dead = matches!(error, Error::DeadlineExceeded);
                let fault = Fault::of(error);
                match fault {
                    Fault::Unsent(_) => self.broken.cancel(),
                    Fault::Passing(_) => self.strike(is_dead),
                    _ => {}
                }
                Err(fault)
            }
            Err(_) => {
                self.broken.cancel();
                let silent = Cause::Silent(self.answer_within);
                Err(Fault::Passing(Arc::new(silent)))
            }
        }
    }

    fn strike(&self, is_dead: bool) {
        if is_dead || self.strikes.fetch_add(1, Ordering::Relaxed) + 1 >= STRIKES {
            self.broken.cancel();
        }
    }
}

fn epoch_of(answer: &Answer) -> Result<Uuid, Fault> {
    match answer.events.first() {
        Some(first) if first.revision == 0 => Ok(first.id),
        Some(_) => {
            let why = format!("the first event of {LOG_STREAM} is gone");
            Err(Fault::Lasting(Arc::new(Cause::Epoch(why))))
        }
        None => Err(Fault::Passing(Arc::new(Cause::CutShort))),
    }
}
