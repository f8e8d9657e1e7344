//! The whole log, read once in order and checked on the way.

use std::collections::{HashMap, HashSet};

use anyhow::{bail, ensure};
use domain::Aggregate;
use domain::video::Video;
use event_store::{EventStore, Filter, Position, RecordedEvent, StreamName};
use uuid::Uuid;

use crate::part::Chain;

const PAGE: usize = 1_000;

/// What the log holds.
pub(super) struct Log {
    pub(super) head: Position,
    pub(super) events: u64,
    /// Where each command's last event is.
    pub(super) commands: HashMap<Uuid, Position>,
    pub(super) videos: HashMap<Uuid, Made>,
}

/// What was done for one video.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) ending: Ending,
    /// How often each stage was recorded as completed.
    pub(super) stages: HashMap<String, u32>,
    pub(super) scenes: HashMap<String, u32>,
    pub(super) attempts: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Ending {
    #[default]
    None,
    Ready,
    Failed,
    Cancelled,
    Deleted,
}

/// What is known so far of what is being read.
struct Reading<'a> {
    log: Log,
    chain: Chain,
    notes: std::iter::Peekable<std::slice::Iter<'a, Chain>>,
    ids: HashSet<Uuid>,
    revisions: HashMap<StreamName, u64>,
    /// The command of the last event, and its stream.
    last: Option<(Uuid, StreamName)>,
}

impl Log {
    /// Fails where positions or revisions have a gap or a repeat, where a
    /// command was appended twice, and where the reader noted something else.
    pub(super) async fn read(store: &dyn EventStore, notes: &[Chain]) -> anyhow::Result<Self> {
        let start = store.start().await?;
        let mut reading = Reading {
            log: Self {
                head: start,
                events: 0,
                commands: HashMap::new(),
                videos: HashMap::new(),
            },
            chain: Chain::start(start),
            notes: notes.iter().peekable(),
            ids: HashSet::new(),
            revisions: HashMap::new(),
            last: None,
        };
        loop {
            let page = store
                .read_all(reading.log.head, PAGE, &Filter::default())
                .await?;
            for event in &page.events {
                reading.see(event)?;
            }
            reading.log.head = page.scanned_to;
            if page.is_last {
                return Ok(reading.log);
            }
        }
    }
}

impl Reading<'_> {
    fn see(&mut self, event: &RecordedEvent) -> anyhow::Result<()> {
        let at = event.position;
        ensure!(
            at.epoch == self.chain.position.epoch && at.value > self.chain.position.value,
            "{at} comes after {}",
            self.chain.position
        );
        ensure!(
            self.ids.insert(event.id),
            "{at}: event {} is there twice",
            event.id
        );
        let next = self.revisions.entry(event.stream.clone()).or_default();
        ensure!(
            event.revision == *next,
            "{at}: {} is at revision {} instead of {next}",
            event.stream,
            event.revision
        );
        *next += 1;
        self.see_command(event)?;
        self.compare_with_reader(event)?;
        self.log.events += 1;
        if event.stream.category == Video::CATEGORY {
            see_video(self.log.videos.entry(event.stream.id).or_default(), event);
        }
        Ok(())
    }

    /// The events of a command are together, and nowhere else.
    fn see_command(&mut self, event: &RecordedEvent) -> anyhow::Result<()> {
        let this = (event.metadata.command_id, event.stream.clone());
        let goes_on = self.last.as_ref() == Some(&this);
        let known = self.log.commands.insert(this.0, event.position).is_some();
        if known && !goes_on {
            bail!("{}: command {} was appended twice", event.position, this.0);
        }
        self.last = Some(this);
        Ok(())
    }

    fn compare_with_reader(&mut self, event: &RecordedEvent) -> anyhow::Result<()> {
        self.chain.see(event.id);
        self.chain.position = event.position;
        if let Some(noted) = self.notes.next_if(|noted| noted.position == event.position) {
            ensure!(
                *noted == self.chain,
                "{}: the reader saw {} events or another order",
                event.position,
                noted.events
            );
        }
        Ok(())
    }
}

fn see_video(made: &mut Made, event: &RecordedEvent) {
    let data = &event.event.data;
    match event.event.type_name.as_str() {
        "StageStarted" => made.attempts += 1,
        "StageCompleted" => *made.stages.entry(data["stage"].to_string()).or_default() += 1,
        "SceneImageGenerated" => *made.scenes.entry(data["scene"].to_string()).or_default() += 1,
        "VideoReady" => made.ending = Ending::Ready,
        "VideoFailed" => made.ending = Ending::Failed,
        "VideoCancelled" => made.ending = Ending::Cancelled,
        "VideoDeleted" => made.ending = Ending::Deleted,
        "VideoRetried" => made.ending = Ending::None,
        _ => {}
    }
}
