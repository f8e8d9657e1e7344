//! The runner of stages as the program has it, with stages that make nothing.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use commands::{CommandContext, Dispatcher, RandomIds, SystemClock};
use domain::settings::Mood;
use domain::video::output::{
    Film, Publication, Script, ScriptScene, Speech, SpokenWord, StageResult,
};
use domain::video::{Video, VideoCommand};
use domain::{Asset, IdSource, MediaKey, Provider, Stage};
use event_store::Actor;
use integrations::media::DirectoryStore;
use integrations::testing::FakeProviders;
use projections::Heartbeats;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use workers::video::{Interrupted, Job, StageWorker, stage_consumer};
use workers::{Health, Pipeline};

use crate::setup::Setup;

/// How long a killed worker is missed for.
const ACK_WAIT: Duration = Duration::from_secs(2);
/// Consumers of each stage: one takes its messages one by one.
const CONSUMERS: usize = 4;
/// Wait before a picture that could not be recorded is recorded again.
const AGAIN_AFTER: Duration = Duration::from_millis(100);
const WORDS: u32 = 24;
const WORD_MS: u32 = 500;

pub(super) async fn run(setup: &Setup) -> anyhow::Result<()> {
    let ground = setup.connect().await?;
    let nats = setup.nats().await?;
    let media = DirectoryStore::open(setup.folder.join("media")).await?;
    let mut consumers = JoinSet::new();
    for _ in 0..CONSUMERS {
        let pipeline = Arc::new(Pipeline {
            dispatcher: Dispatcher::new(Arc::clone(&ground.store), Arc::new(SystemClock)),
            jetstream: async_nats::jetstream::new(nats.clone()),
            nats: nats.clone(),
            subjects: Setup::subjects(),
            providers: FakeProviders::default().providers(),
            media: Arc::new(media.clone()),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            scratch: setup.folder.clone(),
            ack_wait: ACK_WAIT,
            heartbeats: Heartbeats::new(Arc::new(SystemClock), ACK_WAIT),
            health: Health::new(Arc::new(SystemClock)),
            drawing: Arc::new(Semaphore::new(1)),
        });
        consumers.spawn({
            let (pipeline, stop) = (Arc::clone(&pipeline), CancellationToken::new());
            async move {
                let (nats, subjects) = (&pipeline.nats, &pipeline.subjects);
                pipeline.heartbeats.listen(nats, subjects, &stop).await;
            }
        });
        for stage in STAGES {
            let consumer = stage_consumer(&pipeline, Arc::new(Idle(stage)));
            consumers.spawn(consumer.run(CancellationToken::new()));
        }
    }
    consumers.join_all().await;
    Ok(())
}

/// Those with work of their own.
const STAGES: [Stage; 5] = [
    Stage::Script,
    Stage::Speech,
    Stage::Images,
    Stage::Assembly,
    Stage::Upload,
];

/// A stage whose work is done at once.
struct Idle(Stage);

#[async_trait]
impl StageWorker for Idle {
    fn stage(&self) -> Stage {
        self.0
    }

    fn unit(&self) -> &'static str {
        "steps"
    }

    async fn work(&self, job: &Job<'_>) -> Result<StageResult, Interrupted> {
        Ok(match self.0 {
            Stage::Script => StageResult::Script(script()),
            Stage::Speech | Stage::Segmentation => StageResult::Speech(speech()),
            Stage::Images => {
                for scene in job.production.missing_images() {
                    record(job, scene).await?;
                }
                StageResult::Images
            }
            Stage::Assembly => StageResult::Assembly(film()),
            Stage::Upload => StageResult::Upload(publication().into()),
        })
    }
}

async fn record(job: &Job<'_>, scene: u16) -> Result<(), Interrupted> {
    let context = CommandContext {
        command_id: RandomIds.fresh(),
        correlation_id: job.message.correlation_id,
        causation_id: Some(job.message.event_id),
        actor: Actor::System {
            name: "worker/images".to_owned(),
        },
        origin: None,
        owner: job.message.owner,
        traceparent: None,
    };
    let command = VideoCommand::RecordSceneImage {
        scene,
        image: asset("png"),
        provider: maker(),
    };
    // The same command, until it is certain: while the log is away nothing is
    // made either.
    let dispatcher = &job.pipeline.dispatcher;
    while dispatcher
        .dispatch::<Video>(job.video.0, command.clone(), &context)
        .await
        .is_err()
    {
        tokio::select! {
            () = job.observer.cancelled() => return Err(Interrupted::Stopped),
            () = tokio::time::sleep(AGAIN_AFTER) => {}
        }
    }
    Ok(())
}

fn script() -> Script {
    let scene = |visual: &str| ScriptScene {
        text: vec!["word"; WORDS as usize / 2].join(" "),
        visual: visual.to_owned(),
    };
    Script {
        title: "Chaos".to_owned(),
        description: String::new(),
        hashtags: Vec::new(),
        scenes: vec![scene("before"), scene("after")],
        sources: Vec::new(),
        mood: Mood::Calm,
        provider: maker(),
    }
}

fn speech() -> Speech {
    let word = |nth: u32| SpokenWord {
        text: "word".to_owned(),
        start_ms: nth * WORD_MS,
        end_ms: (nth + 1) * WORD_MS,
    };
    Speech {
        audio: asset("wav"),
        duration_ms: WORDS * WORD_MS,
        words: (0..WORDS).map(word).collect(),
        provider: maker(),
    }
}

fn film() -> Film {
    Film {
        asset: asset("mp4"),
        duration_ms: WORDS * WORD_MS,
        width: 1080,
        height: 1920,
        integrated_lufs: -14.0,
        true_peak_dbtp: -1.0,
        provider: maker(),
    }
}

fn publication() -> Publication {
    Publication {
        video: asset("mp4"),
        thumbnail: asset("jpg"),
        thumbnail_webp: Some(asset("webp")),
        captions_srt: asset("srt"),
        captions_vtt: asset("vtt"),
    }
}

fn asset(extension: &str) -> Asset {
    Asset {
        key: MediaKey::try_new(format!("chaos/nothing.{extension}")).expect("it is a key"),
        content_type: "application/octet-stream".to_owned(),
        bytes: 0,
        sha256: "00".repeat(32),
    }
}

fn maker() -> Provider {
    Provider::offline("chaos")
}
