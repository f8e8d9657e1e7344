//! A log, its followers and its read models, without workers.

#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops where it is"
)]

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use commands::{CommandContext, Dispatched, Dispatcher};
use domain::settings::{Mood, ProductionSettings};
use domain::video::output::{Script, ScriptScene, Speech, SpokenWord, StageResult};
use domain::video::{Video, VideoBrief, VideoCommand};
use domain::{Asset, Clock, MediaKey, Provider, Stage, Topic, UserId, VideoId};
use event_store::PostgresLog;
use event_store::testing::TestDatabase;
use projections::video::{TimelineEntry, VideoQueries, VideoView};
use projections::{Follower, Subjects, Watermarks};
use sqlx::PgPool;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use uuid::Uuid;

/// A second later at every look.
#[derive(Default)]
struct TickingClock(AtomicI64);

impl Clock for TickingClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

pub struct Given {
    pub log: Arc<PostgresLog>,
    pub nats: async_nats::Client,
    pub subjects: Subjects,
    dispatcher: Dispatcher,
    watermarks: Watermarks,
    commands: AtomicU64,
    database: TestDatabase,
}

impl Given {
    pub async fn an_empty_log() -> Self {
        let database = TestDatabase::create().await;
        let log = Arc::new(PostgresLog::connect(database.pool().clone()).await.unwrap());
        Self {
            dispatcher: Dispatcher::new(log.clone(), Arc::new(TickingClock::default())),
            log,
            nats: test_nats().await,
            // The database's name is fresh, and so are subjects named after it.
            subjects: Subjects::new(fresh_prefix(&database)),
            watermarks: Watermarks::new(database.pool().clone()),
            commands: AtomicU64::new(1),
            database,
        }
    }

    pub fn pool(&self) -> PgPool {
        self.database.pool().clone()
    }

    pub fn watermarks(&self) -> Watermarks {
        self.watermarks.clone()
    }

    pub fn followers(&self) -> Vec<Follower> {
        let follower = |projector| {
            Follower::new(
                projector,
                self.log.clone(),
                self.pool(),
                self.nats.clone(),
                self.subjects.clone(),
                self.watermarks.clone(),
            )
        };
        projections::projectors()
            .into_iter()
            .map(follower)
            .collect()
    }

    pub async fn catch_up(&self) {
        for follower in self.followers() {
            follower.catch_up().await.unwrap();
        }
    }

    pub async fn send(&self, video: VideoId, command: VideoCommand) -> Dispatched<Video> {
        let number = self.commands.fetch_add(1, Ordering::Relaxed);
        let context =
            CommandContext::of_user(UserId::LOCAL_OWNER, id(1 << 64 | u128::from(number)));
        self.dispatcher
            .dispatch::<Video>(video.0, command, &context)
            .await
            .unwrap()
    }

    pub async fn request_video(&self, number: u128) -> VideoId {
        let video = VideoId(id(number));
        let brief = VideoBrief {
            topic: Topic::try_new(&format!("Topic {number}")).unwrap(),
            settings: ProductionSettings::default(),
            seed: 7,
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
    pub async fn illustrated_video(&self, number: u128) -> VideoId {
        let video = self.request_video(number).await;
        for (stage, result) in [
            (Stage::Script, StageResult::Script(script())),
            (Stage::Speech, StageResult::Speech(spoken())),
        ] {
            self.send(video, VideoCommand::StartStage { stage }).await;
            self.send(video, VideoCommand::CompleteStage { attempt: 1, result })
                .await;
        }
        self.send(
            video,
            VideoCommand::StartStage {
                stage: Stage::Images,
            },
        )
        .await;
        let image = VideoCommand::RecordSceneImage {
            scene: 0,
            image: asset("scene.png"),
            provider: Provider::offline("test"),
        };
        self.send(video, image).await;
        video
    }

    pub async fn video(&self, id: VideoId) -> Option<VideoView> {
        VideoQueries::new(self.pool())
            .by_id(UserId::LOCAL_OWNER, id)
            .await
            .unwrap()
    }

    pub async fn timeline(&self, id: VideoId) -> Vec<TimelineEntry> {
        VideoQueries::new(self.pool())
            .timeline(UserId::LOCAL_OWNER, id, None, 1_000)
            .await
            .unwrap()
    }

    /// Read models and checkpoints are gone; the log is not.
    pub async fn forget_everything_read(&self) {
        sqlx::raw_sql("TRUNCATE videos, video_timeline, series, checkpoints")
            .execute(self.database.pool())
            .await
            .unwrap();
    }

    /// Checkpoints are gone; the read models are not.
    pub async fn rewind(&self) {
        sqlx::raw_sql("TRUNCATE checkpoints")
            .execute(self.database.pool())
            .await
            .unwrap();
    }
}

pub async fn test_nats() -> async_nats::Client {
    let url = std::env::var("NARRATE_TEST_NATS_URL").expect(
        "NARRATE_TEST_NATS_URL is not set: run the tests with `make test`, or through the \
         `with-test-servers` runner",
    );
    let address: async_nats::ServerAddr = url.parse().unwrap();
    let mut options = async_nats::ConnectOptions::new();
    if let (Some(user), Some(password)) = (address.username(), address.password()) {
        options = options.user_and_password(user.to_owned(), password.to_owned());
    }
    options.connect(address).await.unwrap()
}

fn fresh_prefix(database: &TestDatabase) -> String {
    let (_, name) = database.url().rsplit_once("narrate_test_").unwrap();
    let hex: String = name.chars().take_while(char::is_ascii_hexdigit).collect();
    format!("t{hex}")
}

pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub fn asset(key: &str) -> Asset {
    Asset {
        key: MediaKey::try_new(key).unwrap(),
        content_type: "application/octet-stream".to_owned(),
        bytes: 1,
        sha256: "00".repeat(32),
    }
}

pub fn script() -> Script {
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
pub fn spoken() -> Speech {
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
