//! What the log, the callers, the reader and the read models say, compared.

mod log;
mod replay;

use anyhow::ensure;
use domain::Aggregate;
use domain::video::{Video, VideoCommand};
use event_store::Position;

use crate::ledger;
use crate::load::{Answer, CALLERS, Order};
use crate::part::notes;
use crate::setup::{Ground, Setup};
use log::{Ending, Log};

/// What was found to hold, in numbers.
pub(crate) struct Findings {
    events: u64,
    answers: u64,
    rejected: u64,
    attempts: u64,
    stages: u64,
    reader_pages: usize,
    rows: Vec<(&'static str, i64)>,
}

impl std::fmt::Display for Findings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "  log          {} events, no gap and no repeat",
            self.events
        )?;
        writeln!(
            f,
            "  commands     {} answered, each in the log once as it was told; {} rejected, none of \
             them there",
            self.answers, self.rejected
        )?;
        writeln!(
            f,
            "  reader       {} pages, through all that was killed, in the log's own order",
            self.reader_pages
        )?;
        writeln!(
            f,
            "  work         {} stages completed once each, in {} attempts; every video that was \
             not stopped is ready",
            self.stages, self.attempts
        )?;
        for (table, rows) in &self.rows {
            writeln!(
                f,
                "  {table:<12} {rows} rows, the same as of a replay from the first event"
            )?;
        }
        Ok(())
    }
}

/// Fails on the first thing that does not hold.
pub(crate) async fn pass(setup: &Setup, ground: &Ground) -> anyhow::Result<Findings> {
    let notes = notes(&setup.folder)?;
    let log = Log::read(ground.store.as_ref(), &notes).await?;
    ensure!(
        notes.last().map(|last| last.position) == Some(log.head),
        "the reader did not see the end of the log"
    );
    let (answers, rejected) = promises(setup, &log)?;
    let (stages, attempts) = work(setup, &log)?;
    let rows = replay::compare(setup, ground).await?;
    Ok(Findings {
        events: log.events,
        answers,
        rejected,
        attempts,
        stages,
        reader_pages: notes.len(),
        rows,
    })
}

/// Every command is in the log as its caller was told. Returns how many were
/// done and how many rejected.
fn promises(setup: &Setup, log: &Log) -> anyhow::Result<(u64, u64)> {
    let (mut done, mut rejected) = (0, 0);
    for caller in 0..CALLERS {
        let answers = ledger::answers(&setup.folder, caller)?;
        ensure!(
            answers.len() as u64 == setup.load.commands_each(),
            "caller {caller} was answered {} times",
            answers.len()
        );
        for (nth, answer) in (0..).zip(answers) {
            let id = setup.load.command_id(caller, nth);
            let order = setup.load.order(caller, nth);
            let told = || format!("command {nth} of caller {caller}, {id}, {order:?}: {answer:?}");
            let appended = log.commands.get(&id);
            match answer {
                Answer::Rejected => {
                    ensure!(appended.is_none(), "{} yet it is in the log", told());
                    rejected += 1;
                }
                Answer::Done(position) => {
                    match appended {
                        Some(last) => {
                            ensure!(reached(position, *last), "{} yet it is at {last}", told());
                        }
                        None => ensure!(may_do_nothing(&order), "{} yet it is lost", told()),
                    }
                    done += 1;
                }
            }
        }
    }
    Ok((done, rejected))
}

fn reached(position: Position, other: Position) -> bool {
    position.has_reached(&other) == Some(true)
}

/// What was so already needs no event.
fn may_do_nothing(order: &Order) -> bool {
    use VideoCommand::{Cancel, Delete, Retry};
    match order {
        Order::Video(_, command) => matches!(**command, Cancel | Delete | Retry),
        Order::Series(..) => false,
    }
}

/// Every video came to its end, and no stage or scene was recorded twice.
/// Returns how many stages were completed, and in how many attempts.
fn work(setup: &Setup, log: &Log) -> anyhow::Result<(u64, u64)> {
    let ids = setup.load.video_ids();
    ensure!(
        log.videos.len() == ids.len(),
        "{} videos of {}",
        log.videos.len(),
        ids.len()
    );
    let (mut stages, mut attempts) = (0, 0);
    for (id, video) in &log.videos {
        let named = || format!("{}-{id}", Video::CATEGORY);
        ensure!(ids.contains(id), "{} was never requested", named());
        let ended = match video.ending {
            Ending::Ready => video.stages.len() == domain::Stage::ALL.len(),
            Ending::Cancelled | Ending::Deleted => true,
            Ending::None | Ending::Failed => false,
        };
        ensure!(
            ended,
            "{} ended as {:?}, with {:?}",
            named(),
            video.ending,
            video.stages
        );
        for (what, times) in video.stages.iter().chain(&video.scenes) {
            ensure!(
                *times == 1,
                "{}: {what} was recorded {times} times",
                named()
            );
        }
        stages += video.stages.len() as u64;
        attempts += video.attempts;
    }
    Ok((stages, attempts))
}
