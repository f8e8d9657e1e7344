//! A reader that follows the log from its first event to its last and notes,
//! page by page, what it saw: a chain in which every event's id counts, in
//! order.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use event_store::{Filter, Position};
use uuid::Uuid;

use crate::ledger::whole_lines;
use crate::setup::Setup;

/// A size that no other reader has, so that pages begin elsewhere.
const PAGE: usize = 137;
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What was seen up to a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chain {
    pub(crate) position: Position,
    pub(crate) events: u64,
    pub(crate) link: Uuid,
}

impl Chain {
    pub(crate) fn start(position: Position) -> Self {
        Self {
            position,
            events: 0,
            link: Uuid::nil(),
        }
    }

    pub(crate) fn see(&mut self, event_id: Uuid) {
        self.link = Uuid::new_v5(&self.link, event_id.as_bytes());
        self.events += 1;
    }

    fn line(&self) -> String {
        format!("{} {} {}\n", self.position, self.events, self.link)
    }

    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        Some(Self {
            position: words.next()?.parse().ok()?,
            events: words.next()?.parse().ok()?,
            link: words.next()?.parse().ok()?,
        })
    }
}

/// What the reader noted, oldest first.
pub(crate) fn notes(folder: &Path) -> anyhow::Result<Vec<Chain>> {
    let lines = whole_lines(&file(folder))?;
    Ok(lines.iter().filter_map(|line| Chain::parse(line)).collect())
}

pub(super) async fn run(setup: &Setup) -> anyhow::Result<()> {
    let store = setup.connect().await?.store;
    let noted = notes(&setup.folder)?;
    let kept: usize = noted.iter().map(|chain| chain.line().len()).sum();
    let mut notebook = OpenOptions::new()
        .create(true)
        .append(true)
        .open(file(&setup.folder))?;
    notebook.set_len(kept as u64)?;
    let mut chain = match noted.last() {
        Some(chain) => *chain,
        None => Chain::start(store.start().await?),
    };
    let mut hints = store.hints();
    loop {
        hints.mark_unchanged();
        // While the log is away there is nothing to note.
        if let Ok(page) = store
            .read_all(chain.position, PAGE, &Filter::default())
            .await
            && page.scanned_to != chain.position
        {
            for event in page.events {
                chain.see(event.id);
            }
            chain.position = page.scanned_to;
            notebook.write_all(chain.line().as_bytes())?;
        } else {
            let _ = tokio::time::timeout(LOOK_EVERY, hints.changed()).await;
        }
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("reader")
}
