//! What the callers send: video and series commands that follow from the seed,
//! so that a caller who was killed sends the very same again.

use std::collections::HashSet;

use commands::{CommandContext, DispatchError, Dispatcher};
use domain::series::{Series, SeriesCommand, SeriesName};
use domain::video::{Video, VideoBrief, VideoCommand};
use domain::{Aggregate, ProductionSettings, Topic, UserId};
use event_store::Position;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::schedule::chance;

pub(crate) const CALLERS: u64 = 64;
/// A caller sends these many commands for each video it requests.
pub(crate) const COMMANDS_EACH: u64 = 4;
/// Events of one video and the series beside it, some of them stopped early.
const EVENTS_EACH: u64 = 14;

/// How much is sent, and by which seed.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Load {
    pub(crate) seed: u64,
    pub(crate) videos_each: u64,
}

/// One command of one caller.
#[derive(Debug, Clone)]
pub(crate) enum Order {
    Video(Uuid, Box<VideoCommand>),
    Series(Uuid, SeriesCommand),
}

impl Load {
    /// As much as makes a log of about `events`.
    pub(crate) fn of_events(seed: u64, events: u64) -> Self {
        Self {
            seed,
            videos_each: events.div_ceil(EVENTS_EACH * CALLERS),
        }
    }

    pub(crate) fn videos(&self) -> u64 {
        self.videos_each * CALLERS
    }

    pub(crate) fn commands_each(&self) -> u64 {
        self.videos_each * COMMANDS_EACH
    }

    pub(crate) fn command_id(&self, caller: u64, nth: u64) -> Uuid {
        self.id("command", caller, nth)
    }

    pub(crate) fn video_ids(&self) -> HashSet<Uuid> {
        (0..CALLERS)
            .flat_map(|caller| (0..self.videos_each).map(move |nth| (caller, nth)))
            .map(|(caller, nth)| self.id("video", caller, nth))
            .collect()
    }

    /// Command number `nth` of `caller`, from 0.
    pub(crate) fn order(&self, caller: u64, nth: u64) -> Order {
        let round = nth / COMMANDS_EACH;
        let video = self.id("video", caller, round);
        let series = self.id("series", caller, round);
        match nth % COMMANDS_EACH {
            0 => Order::Video(video, Box::new(request(round))),
            1 => Order::Series(series, create()),
            2 => Order::Series(series, rename(round)),
            _ => match chance(self.seed, &format!("{caller} {nth}")) % 8 {
                0 => Order::Video(video, Box::new(VideoCommand::Cancel)),
                1 => Order::Video(video, Box::new(VideoCommand::Delete)),
                // Of the round before, which may have been cancelled.
                2 if round > 0 => {
                    let before = self.id("video", caller, round - 1);
                    Order::Video(before, Box::new(VideoCommand::Retry))
                }
                _ => Order::Series(series, SeriesCommand::Archive),
            },
        }
    }

    fn id(&self, what: &str, caller: u64, nth: u64) -> Uuid {
        let name = format!("{what} {caller} {nth}");
        Uuid::new_v5(&Uuid::from_u64_pair(self.seed, 1), name.as_bytes())
    }
}

/// What a caller was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Done; the aggregate stands here.
    Done(Position),
    /// The domain said no.
    Rejected,
}

impl Order {
    /// None when nothing is certain: to be sent again, with the same id.
    pub(crate) async fn send(self, dispatcher: &Dispatcher, command_id: Uuid) -> Option<Answer> {
        let context = CommandContext::of_user(UserId::LOCAL_OWNER, command_id);
        match self {
            Self::Video(id, command) => send::<Video>(dispatcher, id, *command, &context).await,
            Self::Series(id, command) => send::<Series>(dispatcher, id, command, &context).await,
        }
    }
}

async fn send<A: Aggregate>(
    dispatcher: &Dispatcher,
    id: Uuid,
    command: A::Command,
    context: &CommandContext,
) -> Option<Answer> {
    match dispatcher.dispatch::<A>(id, command, context).await {
        Ok(done) => Some(done.position.map_or(Answer::Rejected, Answer::Done)),
        Err(DispatchError::Rejected(_) | DispatchError::NotFound) => Some(Answer::Rejected),
        Err(_) => None,
    }
}

fn request(seed: u64) -> VideoCommand {
    VideoCommand::Request {
        owner: UserId::LOCAL_OWNER,
        series: None,
        brief: VideoBrief {
            topic: Topic::try_new("What is lost when everything is killed").expect("it is short"),
            settings: ProductionSettings::default(),
            seed,
            brought: domain::video::Brought::default(),
        },
    }
}

fn create() -> SeriesCommand {
    SeriesCommand::Create {
        owner: UserId::LOCAL_OWNER,
        name: SeriesName::try_new("Chaos").expect("it is short"),
        settings: ProductionSettings::default(),
    }
}

fn rename(round: u64) -> SeriesCommand {
    let name = SeriesName::try_new(&format!("Chaos {round}")).expect("it is short");
    SeriesCommand::Change {
        name: Some(name),
        settings: None,
    }
}
