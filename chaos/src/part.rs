//! The parts of the platform, each a process that is killed and started again.

mod projector;
mod reader;
mod relay;
mod worker;
mod writer;

pub(crate) use reader::{Chain, notes};

use std::path::Path;

use clap::ValueEnum;

use crate::setup::Setup;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub(crate) enum Part {
    /// Callers, and the appender of their process
    Writer,
    Projector,
    Relay,
    /// Takes stages up, with makers that need no time
    Worker,
    /// Follows the log and notes in what order it saw it
    Reader,
}

impl Part {
    pub(crate) const ALL: [Self; 5] = [
        Self::Writer,
        Self::Projector,
        Self::Relay,
        Self::Worker,
        Self::Reader,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Writer => "writer",
            Self::Projector => "projector",
            Self::Relay => "relay",
            Self::Worker => "worker",
            Self::Reader => "reader",
        }
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Runs `part` until it is killed; the writer, until everything is sent.
pub(crate) async fn run(part: Part, setup: &Path) -> anyhow::Result<()> {
    let setup = Setup::read(setup)?;
    match part {
        Part::Writer => writer::run(&setup).await,
        Part::Projector => projector::run(&setup).await,
        Part::Relay => relay::run(&setup).await,
        Part::Worker => worker::run(&setup).await,
        Part::Reader => reader::run(&setup).await,
    }
}
