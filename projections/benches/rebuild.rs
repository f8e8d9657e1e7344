//! Rebuilds the video projection, beside a bare reader that decodes the same
//! events and beside applying them one a transaction, in the same run.
//!
//! `NARRATE_BENCH_EVENTS=1000000 cargo bench -p projections --bench rebuild`, with the
//! servers for tests named as for tests. The log holds videos of a minute, made
//! eight at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use domain::projection::{Comparison, RebuildCause};
use domain::projection::{Projection, ProjectionCommand, ProjectionName, ProjectionOrder};
use domain::settings::Mood;
use domain::video::output::{Film, Publication, Script, ScriptScene, Speech, SpokenWord};
use domain::video::output::{Scene, StageOutput};
use domain::video::{VideoBrief, VideoEvent};
use domain::{
    Aggregate, Asset, Clock, DomainEvent, MediaKey, ProductionSettings, Provider, Stage,
    StoredEvent, Topic, UserId,
};
use event_store::{
    Actor, Append, EventStore, ExpectedRevision, Metadata, NewEvent, RecordedEvent, StreamName,
};
use projections::rebuild::Rebuilder;
use projections::testing::TestLog;
use projections::video::VideoProjector;
use projections::{Projector, version};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const EVENTS_VARIABLE: &str = "NARRATE_BENCH_EVENTS";
const EVENTS: usize = 1_000_000;
/// Videos that are made at the same time.
const AT_ONCE: usize = 8;
const PAGE: usize = 4_000;
const SCENES: u16 = 12;
const WORDS: u32 = 150;
const ONE_BY_ONE_FOR: Duration = Duration::from_secs(10);

struct SomeTime;

impl Clock for SomeTime {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }
}

#[tokio::main]
async fn main() {
    let wanted = std::env::var(EVENTS_VARIABLE).map_or(EVENTS, |text| {
        text.parse()
            .expect("NARRATE_BENCH_EVENTS is a number of events")
    });
    let given = TestLog::create().await;
    let history = history();
    let events = fill(&given, &history, wanted).await;
    println!("{events} events, {} a video", history.len());

    let read = rate("read and decode", events, bare_read(&given)).await;
    let one_by_one = one_by_one(&given).await;
    println!("{:<28} {one_by_one:>9.0} events/s", "one a transaction");
    let followed = rate("follow, 500 a transaction", events, follow(&given)).await;
    let rebuilt = rate("rebuild, compare, swap", events, rebuild(&given)).await;

    println!("rebuild / read and decode    {:>9.2}", rebuilt / read);
    println!("rebuild / one a transaction  {:>9.2}", rebuilt / one_by_one);
    println!("rebuild / follow             {:>9.2}", rebuilt / followed);
}

/// Runs `work` on `events` and tells how many a second.
async fn rate(what: &str, events: usize, work: impl Future<Output = ()>) -> f64 {
    let begun = Instant::now();
    work.await;
    let rate = events as f64 / begun.elapsed().as_secs_f64();
    println!("{what:<28} {rate:>9.0} events/s");
    rate
}

async fn bare_read(given: &TestLog) {
    let mut after = given.log.start().await.expect("the log is there");
    let filter = VideoProjector::default().filter();
    loop {
        let page = given.log.read_all(after, PAGE, &filter).await;
        let page = page.expect("the log can be read");
        for recorded in &page.events {
            VideoEvent::restore(&recorded.event).expect("it is an event of today");
        }
        after = page.scanned_to;
        if page.is_last {
            return;
        }
    }
}

/// Events a second, each with its checkpoint in a transaction of its own.
async fn one_by_one(given: &TestLog) -> f64 {
    let pool = given.pool();
    let projector = VideoProjector::default();
    let start = given.log.start().await.expect("the log is there");
    let page = given
        .log
        .read_all(start, PAGE * 5, &projector.filter())
        .await;
    let page: Vec<RecordedEvent> = page.expect("the log can be read").events;
    sqlx::query("INSERT INTO checkpoints (name, epoch, position) VALUES ('one', $1, 0)")
        .bind(start.epoch)
        .execute(&pool)
        .await
        .expect("the checkpoint is kept");
    let begun = Instant::now();
    let mut done = 0;
    for event in &page {
        let mut tx = pool.begin().await.expect("a transaction begins");
        sqlx::query("UPDATE checkpoints SET position = $1 WHERE name = 'one' AND position < $1")
            .bind(event.position.value.cast_signed())
            .execute(&mut *tx)
            .await
            .expect("the checkpoint moves");
        let applied = projector.apply(&mut tx, std::slice::from_ref(event)).await;
        applied.expect("the event is applied");
        tx.commit().await.expect("it is committed");
        done += 1;
        if begun.elapsed() > ONE_BY_ONE_FOR {
            break;
        }
    }
    let rate = f64::from(done) / begun.elapsed().as_secs_f64();
    sqlx::raw_sql("TRUNCATE videos, video_timeline")
        .execute(&pool)
        .await
        .expect("the rows are gone");
    rate
}

async fn follow(given: &TestLog) {
    let follower = given.follower(Arc::<VideoProjector>::default());
    follower.catch_up().await.expect("the log is followed");
}

async fn rebuild(given: &TestLog) {
    let projection = ProjectionName::new("video");
    let stream = StreamName::new(Projection::CATEGORY, projection.id());
    let order = ProjectionOrder::Rebuild {
        cause: RebuildCause::Asked,
        logic: 1,
    };
    let asked = Projection::default().decide(ProjectionCommand { projection, order });
    let asked = asked.expect("nothing else is under way");
    let append = Append {
        stream,
        expected: ExpectedRevision::NoStream,
        events: asked
            .iter()
            .map(|event| NewEvent {
                id: Uuid::from_u128(1),
                event: event.store(),
            })
            .collect(),
        metadata: metadata(),
    };
    given.log.append(append).await.expect("it is recorded");
    let rebuilder = Rebuilder::new(
        Arc::<VideoProjector>::default(),
        given.log.clone(),
        given.pool(),
        Arc::new(SomeTime),
    );
    let looked = rebuilder.look(&CancellationToken::new()).await;
    looked.expect("it is rebuilt");
    let versions = version::list(&given.pool(), "video").await;
    let live = &versions.expect("the versions can be read")[0];
    assert_eq!((live.version, live.comparison), (2, Some(Comparison::Same)));
}

/// About `wanted` events, whole videos; how many there are.
async fn fill(given: &TestLog, history: &[StoredEvent], wanted: usize) -> usize {
    let groups = wanted.div_ceil(history.len() * AT_ONCE);
    let pool = given.pool();
    let mut tx = pool.begin().await.expect("a transaction begins");
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(event_store::postgres::APPEND_LOCK)
        .execute(&mut *tx)
        .await
        .expect("nobody else appends");
    sqlx::raw_sql(
        "CREATE TEMP TABLE history (revision int, type_name text, version int, data json)",
    )
    .execute(&mut *tx)
    .await
    .expect("a table is made");
    for (revision, event) in (0i32..).zip(history) {
        sqlx::query("INSERT INTO history VALUES ($1, $2, $3, $4)")
            .bind(revision)
            .bind(&event.type_name)
            .bind(i32::from(event.schema_version))
            .bind(&event.data)
            .execute(&mut *tx)
            .await
            .expect("the history is kept");
    }
    let filled = sqlx::query(
        "INSERT INTO events (position, stream_category, stream_id, revision, event_id,
             command_id, command_part, type_name, schema_version, data, metadata)
         SELECT (g * $2 + h.revision) * $3 + v + 1, 'video', md5(g || ' ' || v)::uuid, h.revision,
             md5(g || ' ' || v || ' ' || h.revision)::uuid, md5(g || ' ' || v)::uuid,
             h.revision, h.type_name, h.version, h.data, $4
         FROM generate_series(0, $1 - 1) g, history h, generate_series(0, $3 - 1) v
         ORDER BY 1",
    )
    .bind(groups as i64)
    .bind(history.len() as i64)
    .bind(AT_ONCE as i64)
    .bind(serde_json::to_value(metadata()).expect("metadata has string keys only"))
    .execute(&mut *tx)
    .await
    .expect("the log is filled");
    tx.commit().await.expect("it is committed");
    sqlx::raw_sql("VACUUM ANALYZE events")
        .execute(&pool)
        .await
        .expect("the log is analysed");
    usize::try_from(filled.rows_affected()).expect("it fits memory")
}

fn metadata() -> Metadata {
    Metadata {
        command_id: Uuid::nil(),
        correlation_id: Uuid::nil(),
        causation_id: Some(Uuid::nil()),
        actor: Actor::System {
            name: "worker/script".to_owned(),
        },
        origin: None,
        owner: UserId::LOCAL_OWNER,
        occurred_at: DateTime::UNIX_EPOCH,
        traceparent: None,
    }
}

/// Every event of a video that was made without a hitch.
fn history() -> Vec<StoredEvent> {
    let mut events = vec![VideoEvent::Requested {
        owner: UserId::LOCAL_OWNER,
        series: None,
        brief: VideoBrief {
            topic: Topic::try_new("Why octopuses have three hearts").expect("it is a topic"),
            settings: ProductionSettings::default(),
            seed: 7,
            brought: domain::video::Brought::default(),
        },
    }];
    let start = |stage| VideoEvent::StageStarted { stage, attempt: 1 };
    let scenes = (0..SCENES).map(scene).collect();
    events.extend([
        start(Stage::Script),
        VideoEvent::StageCompleted(StageOutput::Script(script())),
        start(Stage::Speech),
        VideoEvent::StageCompleted(StageOutput::Speech(speech())),
        VideoEvent::StageCompleted(StageOutput::Segmentation { scenes }),
        start(Stage::Images),
    ]);
    events.extend((0..SCENES).map(|scene| VideoEvent::SceneImageGenerated {
        scene,
        image: asset(&format!("videos/1/work/scene-{scene}.png")),
        provider: Provider::offline("pictures"),
    }));
    events.extend([
        VideoEvent::StageCompleted(StageOutput::Images {}),
        start(Stage::Assembly),
        VideoEvent::StageCompleted(StageOutput::Assembly(film())),
        start(Stage::Upload),
        VideoEvent::StageCompleted(StageOutput::Upload(publication().into())),
        VideoEvent::Ready {},
    ]);
    events.iter().map(VideoEvent::store).collect()
}

fn asset(key: &str) -> Asset {
    Asset {
        key: MediaKey::try_new(key).expect("it is a key"),
        content_type: "image/png".to_owned(),
        bytes: 1_000_000,
        sha256: "0f".repeat(32),
    }
}

fn sentence(scene: u16) -> String {
    format!("In scene {scene} an octopus shows one more of its three hearts to whoever looks.")
}

fn script() -> Script {
    let scene = |number| ScriptScene {
        text: sentence(number),
        visual: format!("an octopus in deep blue water, seen from side {number}"),
    };
    Script {
        title: "Three hearts".to_owned(),
        description: "Why an octopus has three hearts".to_owned(),
        hashtags: vec!["octopus".to_owned(), "science".to_owned()],
        scenes: (0..SCENES).map(scene).collect(),
        sources: vec![],
        mood: Mood::Calm,
        provider: Provider::offline("packs/octopus-hearts"),
    }
}

fn speech() -> Speech {
    let word = |number| SpokenWord {
        text: "octopus".to_owned(),
        start_ms: number * 400,
        end_ms: number * 400 + 350,
    };
    Speech {
        audio: asset("videos/1/work/speech.wav"),
        duration_ms: WORDS * 400,
        words: (0..WORDS).map(word).collect(),
        provider: Provider::offline("hibari"),
    }
}

fn scene(number: u16) -> Scene {
    let start_ms = u32::from(number) * 5_000;
    Scene {
        start_ms,
        end_ms: start_ms + 5_000,
        text: sentence(number),
        visual: format!("an octopus in deep blue water, seen from side {number}"),
        own_picture: None,
    }
}

fn film() -> Film {
    Film {
        asset: asset("videos/1/work/film.mp4"),
        duration_ms: WORDS * 400,
        width: 1_080,
        height: 1_920,
        integrated_lufs: -14.0,
        true_peak_dbtp: -1.5,
        provider: Provider::offline("render"),
    }
}

fn publication() -> Publication {
    Publication {
        video: asset("videos/1/film.mp4"),
        thumbnail: asset("videos/1/thumbnail.jpg"),
        thumbnail_webp: Some(asset("videos/1/thumbnail.webp")),
        captions_srt: asset("videos/1/captions.srt"),
        captions_vtt: asset("videos/1/captions.vtt"),
    }
}
