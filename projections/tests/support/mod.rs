//! A log, its followers and its read models, without workers.

#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops where it is"
)]

pub(crate) mod doubles;

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use commands::{CommandContext, DispatchError, Dispatched, Dispatcher};
use domain::projection::{
    Projection, ProjectionCommand, ProjectionName, ProjectionOrder, RebuildCause, Work,
};
use domain::settings::{Mood, ProductionSettings};
use domain::video::output::{Script, ScriptScene, Speech, SpokenWord, StageResult};
use domain::video::{Video, VideoBrief, VideoCommand, VideoError};
use domain::{Aggregate, Asset, Clock, MediaKey, Provider, Stage, Topic, UserId, VideoId};
use event_store::EventStore;
use projections::rebuild::Rebuilder;
use projections::testing::TestLog;
use projections::version::{self, VersionState};
use projections::video::VideoProjector;
use projections::{Follower, Projector};
use sqlx::AssertSqlSafe;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A second later at every look.
#[derive(Default)]
struct TickingClock(AtomicI64);

impl Clock for TickingClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// So that a rebuild of few events has several pages.
const SMALL_PAGE: usize = 8;

pub(crate) struct Given {
    ground: TestLog,
    clock: Arc<TickingClock>,
    dispatcher: Dispatcher,
    commands: AtomicU64,
}

impl Deref for Given {
    type Target = TestLog;

    fn deref(&self) -> &TestLog {
        &self.ground
    }
}

impl Given {
    pub(crate) async fn an_empty_log() -> Self {
        let ground = TestLog::create().await;
        let clock = Arc::<TickingClock>::default();
        Self {
            dispatcher: Dispatcher::new(ground.log.clone(), clock.clone()),
            clock,
            commands: AtomicU64::new(1),
            ground,
        }
    }

    pub(crate) async fn catch_up(&self) {
        for follower in self.followers() {
            follower.catch_up().await.unwrap();
        }
    }

    /// An admin's order about `projection`.
    pub(crate) async fn order(
        &self,
        projection: &str,
        order: ProjectionOrder,
    ) -> Dispatched<Projection> {
        let projection = ProjectionName::new(projection);
        let id = projection.id();
        let command = ProjectionCommand { projection, order };
        self.dispatcher
            .dispatch::<Projection>(id, command, &self.context())
            .await
            .unwrap()
    }

    /// An admin asks for the video projection to be built anew.
    pub(crate) async fn ask_for_rebuild(&self) -> u32 {
        let order = ProjectionOrder::Rebuild {
            cause: RebuildCause::Asked,
            logic: 1,
        };
        self.order("video", order).await;
        let newest = self.projection("video").await.work();
        let Some(Work::Rebuild { version, .. }) = newest else {
            panic!("{newest:?}");
        };
        version
    }

    pub(crate) async fn projection(&self, name: &str) -> Projection {
        let id = ProjectionName::new(name).id();
        self.dispatcher.load::<Projection>(id).await.unwrap().state
    }

    /// What works on the video projection.
    pub(crate) fn rebuilder(&self) -> Rebuilder {
        self.rebuilder_with(Arc::<VideoProjector>::default(), self.log.clone())
    }

    pub(crate) fn rebuilder_with(
        &self,
        projector: Arc<dyn Projector>,
        store: Arc<dyn EventStore>,
    ) -> Rebuilder {
        Rebuilder::new(projector, store, self.pool(), self.clock.clone()).with_page(SMALL_PAGE)
    }

    /// What follows the videos on `store`.
    pub(crate) fn follower_on(&self, store: Arc<dyn EventStore>) -> Follower {
        Follower::new(
            Arc::<VideoProjector>::default(),
            store,
            self.pool(),
            self.nats.clone(),
            self.subjects.clone(),
            self.watermarks.clone(),
        )
    }

    /// Does what is ordered about the video projection.
    pub(crate) async fn rebuild(&self) {
        let stop = CancellationToken::new();
        self.rebuilder().look(&stop).await.unwrap();
    }

    /// The rows of the live video projection, as text.
    pub(crate) async fn rows(&self) -> Vec<String> {
        self.rows_in("public").await
    }

    pub(crate) async fn rows_in(&self, schema: &str) -> Vec<String> {
        let mut rows = Vec::new();
        for table in ["videos", "video_timeline", "video_costs"] {
            let all = format!("SELECT t::text FROM {schema}.{table} t ORDER BY 1");
            let found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(all))
                .fetch_all(&self.pool())
                .await
                .unwrap();
            rows.extend(found);
        }
        rows
    }

    /// Which versions of the video projection there are, newest first.
    pub(crate) async fn versions(&self) -> Vec<(u32, VersionState)> {
        let versions = version::list(&self.pool(), "video").await.unwrap();
        versions.iter().map(|it| (it.version, it.state)).collect()
    }

    fn context(&self) -> CommandContext {
        self.context_of(UserId::LOCAL_OWNER)
    }

    fn context_of(&self, user: UserId) -> CommandContext {
        let number = self.commands.fetch_add(1, Ordering::Relaxed);
        CommandContext::of_user(user, id(1 << 64 | u128::from(number)))
    }

    /// The local owner does something to any aggregate.
    pub(crate) async fn tell<A: Aggregate>(&self, id: Uuid, command: A::Command) {
        self.tell_as::<A>(UserId::LOCAL_OWNER, id, command).await;
    }

    pub(crate) async fn tell_as<A: Aggregate>(&self, user: UserId, id: Uuid, command: A::Command) {
        let context = self.context_of(user);
        let told = self.dispatcher.dispatch::<A>(id, command, &context).await;
        told.unwrap();
    }

    pub(crate) async fn send(&self, video: VideoId, command: VideoCommand) -> Dispatched<Video> {
        self.try_send(video, command).await.unwrap()
    }

    pub(crate) async fn try_send(
        &self,
        video: VideoId,
        command: VideoCommand,
    ) -> Result<Dispatched<Video>, DispatchError<VideoError>> {
        self.dispatcher
            .dispatch::<Video>(video.0, command, &self.context())
            .await
    }

    pub(crate) async fn start(&self, video: VideoId, stage: Stage, attempt: u32) {
        self.send(video, VideoCommand::StartStage { stage, attempt })
            .await;
    }

    pub(crate) async fn request_video(&self, number: u128) -> VideoId {
        let video = VideoId(id(number));
        let brief = VideoBrief {
            topic: Topic::try_new(&format!("Topic {number}")).unwrap(),
            settings: ProductionSettings::default(),
            seed: 7,
            brought: domain::video::Brought::default(),
        };
        let request = VideoCommand::Request {
            owner: UserId::LOCAL_OWNER,
            series: None,
            brief,
        };
        self.send(video, request).await;
        video
    }

    /// A video with one of its two pictures.
    pub(crate) async fn illustrated_video(&self, number: u128) -> VideoId {
        let video = self.request_video(number).await;
        for (stage, result) in [
            (Stage::Script, StageResult::Script(script())),
            (Stage::Speech, StageResult::Speech(spoken())),
        ] {
            self.start(video, stage, 1).await;
            self.send(video, VideoCommand::CompleteStage { attempt: 1, result })
                .await;
        }
        self.start(video, Stage::Images, 1).await;
        let image = VideoCommand::RecordSceneImage {
            scene: 0,
            image: asset("scene.png"),
            provider: Provider::offline("test"),
        };
        self.send(video, image).await;
        video
    }

    /// Read models and checkpoints are gone; the log is not.
    pub(crate) async fn forget_everything_read(&self) {
        sqlx::raw_sql(
            "TRUNCATE videos, video_timeline, series, notifications, video_names, checkpoints",
        )
        .execute(&self.pool())
        .await
        .unwrap();
    }

    /// Checkpoints are gone; the read models are not.
    pub(crate) async fn rewind(&self) {
        sqlx::raw_sql("TRUNCATE checkpoints")
            .execute(&self.pool())
            .await
            .unwrap();
    }
}

pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(crate) fn asset(key: &str) -> Asset {
    Asset {
        key: MediaKey::try_new(key).unwrap(),
        content_type: "application/octet-stream".to_owned(),
        bytes: 1,
        sha256: "00".repeat(32),
    }
}

pub(crate) fn script() -> Script {
    let scene = |visual: &str| ScriptScene {
        text: "one two three four five six seven eight nine ten".to_owned(),
        visual: visual.to_owned(),
    };
    Script {
        title: "Three hearts".to_owned(),
        description: "Why".to_owned(),
        hashtags: vec!["octopus".to_owned()],
        scenes: vec![scene("an octopus"), scene("a heart")],
        sources: vec![],
        mood: Mood::Calm,
        provider: Provider::offline("test"),
    }
}

/// Two scenes of five seconds.
pub(crate) fn spoken() -> Speech {
    let words = (0..20)
        .map(|i| SpokenWord {
            text: format!("w{i}"),
            start_ms: i * 500,
            end_ms: i * 500 + 400,
        })
        .collect();
    Speech {
        audio: asset("speech.wav"),
        duration_ms: 10_000,
        words,
        provider: Provider::offline("test"),
    }
}
