//! Everything but the workers: a log that is followed and relayed, folders,
//! fake makers, and ways to look at what becomes of a video.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use commands::{CommandContext, Dispatcher, RandomIds, SystemClock};
use domain::settings::{Music, ProductionSettings};
use domain::video::{Brought, Production, Video, VideoBrief, VideoCommand};
use domain::{IdSource, Stage, Topic, UserId, VideoId};
use futures::StreamExt;
use integrations::Providers;
use integrations::media::{DirectoryStore, MediaStore};
use integrations::testing::FakeProviders;
use projections::ReconcilerConfig;
use projections::testing::TestLog;
use projections::video::{VIDEOS, VideoStatus, VideoView};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::faults::Faults;
use crate::gate::GatedStore;
use crate::workshop::{Plan, Workshop};

/// Longer than anything takes on a busy machine; a test that waits it out has
/// failed.
const PATIENCE: Duration = Duration::from_secs(90);
/// The consumer that deletes media.
const CLEANUP: &str = "cleanup";
const LOOK_EVERY: Duration = Duration::from_millis(100);

pub(crate) struct Studio {
    pub(crate) makers: FakeProviders,
    pub(crate) media: Arc<GatedStore>,
    /// What goes wrong with the log, for the workers.
    pub(crate) faults: Arc<Faults>,
    folder: TempDir,
    dispatcher: Dispatcher,
    stop: CancellationToken,
    // Stops what follows the log before the database goes.
    _followed: DropGuard,
    ground: TestLog,
}

impl Studio {
    pub(crate) async fn open() -> Self {
        let ground = TestLog::create().await;
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join("scratch")).unwrap();
        let media = DirectoryStore::open(folder.path().join("media"))
            .await
            .unwrap();
        let stop = CancellationToken::new();
        for follower in ground.followers() {
            tokio::spawn(follower.run(stop.clone()));
        }
        tokio::spawn(ground.relay().run(stop.clone()));
        Self {
            makers: FakeProviders::default(),
            media: Arc::new(GatedStore::new(media)),
            faults: Arc::default(),
            folder,
            dispatcher: Dispatcher::new(ground.log.clone(), Arc::new(SystemClock)),
            _followed: stop.clone().drop_guard(),
            stop,
            ground,
        }
    }

    pub(crate) async fn workers(&self) -> Workshop {
        self.workers_on(None).await
    }

    pub(crate) async fn workers_on(&self, nats: Option<async_nats::Client>) -> Workshop {
        self.open_workshop(self.makers.providers(), nats).await
    }

    /// Who make with `providers`.
    pub(crate) async fn workers_with(&self, providers: Providers) -> Workshop {
        self.open_workshop(providers, None).await
    }

    async fn open_workshop(
        &self,
        providers: Providers,
        nats: Option<async_nats::Client>,
    ) -> Workshop {
        Workshop::open(Plan {
            database_url: self.ground.database_url().to_owned(),
            subjects: self.ground.subjects.clone(),
            providers,
            media: Arc::clone(&self.media) as Arc<dyn MediaStore>,
            scratch: self.scratch(),
            faults: Arc::clone(&self.faults),
            nats,
        })
        .await
    }

    /// From now on what is lost is found, and sent again.
    pub(crate) fn reconcile(&self) {
        let config = ReconcilerConfig {
            sweep_every: Duration::from_millis(300),
            look_every: Duration::from_millis(100),
            unstarted_after: Duration::from_millis(500),
            silent_after: Duration::from_secs(2),
        };
        let reconciler = self.ground.reconciler(Arc::new(SystemClock), config);
        tokio::spawn(reconciler.run(self.stop.clone()));
    }

    /// Everything that was relayed is in JetStream.
    pub(crate) async fn relayed(&self) {
        self.ground.relay().catch_up().await.unwrap();
    }

    /// JetStream loses the stream, its messages and its consumers.
    pub(crate) async fn lose_the_stream(&self) {
        let name = self.ground.subjects.stream_name();
        self.ground.jetstream().delete_stream(name).await.unwrap();
    }

    /// The stage under way, by the log.
    pub(crate) async fn production(&self, video: VideoId) -> Production {
        let loaded = self.dispatcher.load::<Video>(video.0).await.unwrap();
        loaded.state.generating().unwrap().clone()
    }

    /// Waits until the consumer of `stage` has delivered so many messages, each
    /// redelivery counted.
    pub(crate) async fn delivered(&self, stage: Stage, times: u64) {
        self.until_consumer(stage.slug(), |info| {
            info.delivered.consumer_sequence >= times
        })
        .await;
    }

    pub(crate) async fn request(&self) -> VideoId {
        self.request_with(Music::None).await
    }

    pub(crate) async fn request_with(&self, music: Music) -> VideoId {
        self.request_of(music, Brought::default()).await
    }

    pub(crate) async fn request_of(&self, music: Music, brought: Brought) -> VideoId {
        let settings = ProductionSettings {
            music,
            ..ProductionSettings::default()
        };
        self.request_as(settings, brought).await
    }

    pub(crate) async fn request_as(
        &self,
        settings: ProductionSettings,
        brought: Brought,
    ) -> VideoId {
        let video = VideoId(RandomIds.fresh());
        let request = VideoCommand::Request {
            owner: UserId::LOCAL_OWNER,
            series: None,
            brief: VideoBrief {
                topic: Topic::try_new("bees").unwrap(),
                settings,
                seed: 7,
                brought,
            },
        };
        self.send(video, request).await;
        video
    }

    /// A video that is taken as far as its film, and no further: the music for
    /// it is never done.
    pub(crate) async fn request_without_film(&self) -> VideoId {
        self.makers.music.block();
        self.request_with(Music::Bed { mood: None }).await
    }

    /// Waits until every picture is drawn and the film is due.
    pub(crate) async fn until_illustrated(&self, video: VideoId) {
        self.until_seen(video, |view| {
            view.as_ref()
                .is_some_and(|view| view.stage == Some(Stage::Assembly))
        })
        .await;
    }

    pub(crate) async fn send(&self, video: VideoId, command: VideoCommand) {
        let context = CommandContext::of_user(UserId::LOCAL_OWNER, RandomIds.fresh());
        self.dispatcher
            .dispatch::<Video>(video.0, command, &context)
            .await
            .unwrap();
    }

    /// The video once its status is this; none other may end it.
    pub(crate) async fn until(&self, video: VideoId, status: VideoStatus) -> VideoView {
        let seen = self
            .until_seen(video, |view| {
                view.as_ref()
                    .is_some_and(|view| view.status == status || view.status.is_final())
            })
            .await
            .unwrap();
        assert_eq!(seen.status, status, "{:#?}", self.story(video).await);
        seen
    }

    /// The video, or that there is none, once `wanted` is true of it.
    pub(crate) async fn until_seen(
        &self,
        video: VideoId,
        wanted: impl Fn(&Option<VideoView>) -> bool,
    ) -> Option<VideoView> {
        let subjects = &self.ground.subjects;
        let hints = subjects.changed(VIDEOS, UserId::LOCAL_OWNER, video.0);
        let mut hints = self.ground.nats.subscribe(hints).await.unwrap();
        let watch = async {
            loop {
                let seen = self.ground.video(video).await;
                if wanted(&seen) {
                    return seen;
                }
                let _ = tokio::time::timeout(LOOK_EVERY, hints.next()).await;
            }
        };
        match tokio::time::timeout(PATIENCE, watch).await {
            Ok(seen) => seen,
            Err(_) => panic!("it came no further: {:#?}", self.story(video).await),
        }
    }

    /// Every event of the video, in sentences.
    pub(crate) async fn story(&self, video: VideoId) -> Vec<String> {
        let timeline = self.ground.timeline(video).await;
        timeline.into_iter().map(|entry| entry.summary).collect()
    }

    /// The stages that completed, in the order in which they did.
    pub(crate) async fn completed(&self, video: VideoId) -> Vec<Stage> {
        self.stages(video, "StageCompleted").await
    }

    /// The stages that were taken up, once for each attempt.
    pub(crate) async fn started(&self, video: VideoId) -> Vec<Stage> {
        self.stages(video, "StageStarted").await
    }

    /// Waits until the completed stages are as `wanted`.
    pub(crate) async fn until_completed(&self, video: VideoId, wanted: impl Fn(&[Stage]) -> bool) {
        self.until_told(video, async || wanted(&self.completed(video).await))
            .await;
    }

    /// Waits until there are so many events of one type.
    pub(crate) async fn until_recorded(&self, video: VideoId, type_name: &str, times: usize) {
        let recorded = async || {
            let events: Vec<Value> = self.data(video, type_name).await;
            events.len() >= times
        };
        self.until_told(video, recorded).await;
    }

    /// Waits until `wanted`, which is about the video.
    pub(crate) async fn until_told(&self, video: VideoId, wanted: impl AsyncFn() -> bool) {
        let mut look = tokio::time::interval(LOOK_EVERY);
        let watch = async {
            while !wanted().await {
                look.tick().await;
            }
        };
        let arrived = tokio::time::timeout(PATIENCE, watch).await.is_ok();
        assert!(
            arrived,
            "it came no further: {:#?}",
            self.story(video).await
        );
    }

    async fn stages(&self, video: VideoId, type_name: &str) -> Vec<Stage> {
        let events: Vec<Value> = self.data(video, type_name).await;
        let stages = events
            .iter()
            .map(|event| serde_json::from_value(event["stage"].clone()).unwrap());
        stages.collect()
    }

    /// What the events of one type hold, oldest first.
    pub(crate) async fn data<T: DeserializeOwned>(
        &self,
        video: VideoId,
        type_name: &str,
    ) -> Vec<T> {
        let timeline = self.ground.timeline(video).await;
        let events = timeline
            .into_iter()
            .filter(|entry| entry.type_name == type_name)
            .map(|entry| serde_json::from_value(entry.data).unwrap());
        events.collect()
    }

    /// Waits until no message is in a worker's hands or waits for one: every
    /// maker has been given up, and nothing will be done again.
    pub(crate) async fn settled(&self) {
        let stages = Stage::ALL.iter().map(|stage| stage.slug());
        let working = stages.filter(|name| *name != Stage::Segmentation.slug());
        self.none_in_hand(working.chain([CLEANUP])).await;
    }

    /// The same, of all stages before the film.
    pub(crate) async fn settled_but_for_the_film(&self) {
        let before = [Stage::Script, Stage::Speech, Stage::Images];
        self.none_in_hand(before.into_iter().map(Stage::slug)).await;
    }

    /// Waits until the media of every deleted video is removed.
    pub(crate) async fn cleaned_up(&self) {
        self.none_in_hand([CLEANUP].into_iter()).await;
    }

    async fn none_in_hand(&self, consumers: impl Iterator<Item = &'static str>) {
        self.ground.relay().catch_up().await.unwrap();
        for name in consumers {
            self.until_consumer(name, |info| {
                info.num_pending == 0 && info.num_ack_pending == 0
            })
            .await;
        }
    }

    /// Says again that `stage` is due, as a relay does that forgot, and waits
    /// until a worker has looked at that more than once: it was put off.
    pub(crate) async fn relay_again(&self, stage: Stage) {
        let subjects = &self.ground.subjects;
        let jetstream = self.ground.jetstream();
        let stream = jetstream.get_stream(subjects.stream_name()).await.unwrap();
        let told = stream
            .get_last_raw_message_by_subject(&subjects.due(stage))
            .await
            .unwrap();
        // Without a message id nothing is recognised as a duplicate.
        let published = jetstream.publish(told.subject, told.payload).await.unwrap();
        published.await.unwrap();
        self.until_consumer(stage.slug(), |info| info.num_redelivered > 0)
            .await;
    }

    async fn until_consumer(
        &self,
        name: &str,
        wanted: impl Fn(&async_nats::jetstream::consumer::Info) -> bool,
    ) {
        let stream = self
            .ground
            .jetstream()
            .get_stream(self.ground.subjects.stream_name())
            .await
            .unwrap();
        let mut consumer: PullConsumer = stream.get_consumer(name).await.unwrap();
        let mut look = tokio::time::interval(LOOK_EVERY);
        let watch = async {
            while !wanted(consumer.info().await.unwrap()) {
                look.tick().await;
            }
        };
        let arrived = tokio::time::timeout(PATIENCE, watch).await.is_ok();
        assert!(arrived, "{name}: {:#?}", consumer.cached_info());
    }

    pub(crate) fn scratch(&self) -> PathBuf {
        self.folder.path().join("scratch")
    }

    /// Working folders that were left behind.
    pub(crate) fn working_folders(&self) -> usize {
        std::fs::read_dir(self.scratch()).unwrap().count()
    }

    /// Whether the media store has anything of the video.
    pub(crate) fn has_media(&self, video: VideoId) -> bool {
        self.has_files(video, "")
    }

    /// Whether there is such a folder among its media.
    pub(crate) fn has_files(&self, video: VideoId, folder: &str) -> bool {
        let media = self.folder.path().join("media");
        media.join(format!("videos/{video}")).join(folder).exists()
    }
}
