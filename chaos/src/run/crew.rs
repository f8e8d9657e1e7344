//! The parts' processes.

use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::part::Part;
use crate::setup::Setup;

/// A part is not given up unless it ends this often by itself.
const MAX_OWN_ENDS: u32 = 200;

pub(super) struct Crew {
    setup: PathBuf,
    folder: PathBuf,
    running: HashMap<Part, Child>,
    /// Killed, and to be started again at this time.
    dead: HashMap<Part, Instant>,
    own_ends: u32,
    has_written: bool,
}

impl Crew {
    pub(super) fn new(setup: &Setup) -> anyhow::Result<Self> {
        let file = setup.folder.join("setup.json");
        setup.write(&file)?;
        Ok(Self {
            setup: file,
            folder: setup.folder.clone(),
            running: HashMap::new(),
            dead: HashMap::new(),
            own_ends: 0,
            has_written: false,
        })
    }

    pub(super) fn start(&mut self, part: Part) -> anyhow::Result<()> {
        let said = File::options()
            .create(true)
            .append(true)
            .open(self.folder.join(format!("{part}.log")))?;
        let child = Command::new(std::env::current_exe()?)
            .args(["part", part.name()])
            .arg(&self.setup)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("the {part} could not be started"))?;
        self.running.insert(part, child);
        Ok(())
    }

    /// By SIGKILL, to be started again after `pause`.
    pub(super) async fn kill(&mut self, part: Part, pause: Duration) -> anyhow::Result<()> {
        if let Some(mut child) = self.running.remove(&part) {
            child.kill().await?;
            self.dead.insert(part, Instant::now() + pause);
        }
        Ok(())
    }

    /// Starts what was dead for long enough, or ended because a server was away.
    pub(super) fn revive(&mut self) -> anyhow::Result<()> {
        let ended: Vec<(Part, bool)> = self
            .running
            .iter_mut()
            .filter_map(|(part, child)| Some((*part, child.try_wait().ok()??.success())))
            .collect();
        for (part, well) in ended {
            self.running.remove(&part);
            if well && part == Part::Writer {
                self.has_written = true;
                continue;
            }
            self.own_ends += 1;
            if self.own_ends > MAX_OWN_ENDS {
                bail!(
                    "the {part} keeps ending; the last line of its log: {}",
                    self.last_words(part)
                );
            }
            self.dead
                .insert(part, Instant::now() + Duration::from_millis(500));
        }
        let now = Instant::now();
        let due: Vec<Part> = self
            .dead
            .iter()
            .filter(|(_, at)| **at <= now)
            .map(|(part, _)| *part)
            .collect();
        for part in due {
            self.dead.remove(&part);
            self.start(part)?;
        }
        Ok(())
    }

    /// All commands of all callers were answered.
    pub(super) fn has_written(&self) -> bool {
        self.has_written
    }

    pub(super) async fn stop(&mut self) {
        for (_, mut child) in self.running.drain() {
            let _ = child.kill().await;
        }
    }

    fn last_words(&self, part: Part) -> String {
        let said = std::fs::read_to_string(self.folder.join(format!("{part}.log")));
        let last = said.as_deref().unwrap_or_default().lines().last();
        last.unwrap_or("(nothing)").to_owned()
    }
}
