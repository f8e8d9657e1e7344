//! Subscriptions that break and go on, and reading what another process wrote.

use std::collections::{BTreeMap, HashMap};

use commands::CommandContext;
use domain::video::{Video, VideoBrief, VideoCommand};
use domain::{DomainEvent, IdSource, Stage, Topic, UserId};
use projections::testing::{Line, test_nats};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{App, id_at};
use crate::production::failure;
use crate::socket::Live;

fn videos(after: Option<&str>) -> String {
    let after = after.map_or(String::new(), |at| format!(r#"(after: "{at}")"#));
    format!("subscription {{ videos{after} {{ videoId video {{ topic status }} position }} }}")
}

fn change(answer: &Value) -> &Value {
    &answer["data"]["videos"]
}

fn position(answer: &Value) -> String {
    change(answer)["position"].as_str().unwrap().to_owned()
}

fn code(answer: &Value) -> &Value {
    &answer["errors"][0]["extensions"]["code"]
}

#[tokio::test]
async fn what_changed_while_a_client_was_away_comes_when_it_is_back_deletions_too() {
    let app = App::start().await;
    let bees = app.video("Bees").await;
    let wasps = app.video("Wasps").await;
    let mut live = Live::subscribe(&app, &videos(None)).await;
    live.next().await;
    let last = position(&live.next_raw().await);
    drop(live);

    app.begin(bees, Stage::Script).await;
    app.work(wasps, VideoCommand::Delete).await;
    let mut live = Live::subscribe(&app, &videos(Some(&last))).await;
    let begun = live.next().await;
    assert_eq!(change(&begun)["video"]["status"], "GENERATING");
    let gone = live.next_raw().await;
    assert_eq!(change(&gone)["videoId"], wasps.to_string());
    assert_eq!(change(&gone)["video"], Value::Null);

    let mut live = Live::subscribe(&app, &videos(Some(&position(&gone)))).await;
    app.video("Hornets").await;
    assert_eq!(change(&live.next().await)["video"]["topic"], "Hornets");
}

#[tokio::test]
async fn a_deletion_reaches_only_who_follows_its_series() {
    let app = App::start().await;
    let created = app
        .ask_raw(r#"mutation { createSeries(input: { name: "Sea facts" }) { series { id } } }"#)
        .await;
    let series = id_at(&created, "/data/createSeries/series/id");
    let query =
        format!(r#"subscription {{ videos(seriesId: "{series}") {{ video {{ topic }} }} }}"#);
    let mut live = Live::subscribe(&app, &query).await;
    let other = app.video("Bees").await;
    app.work(other, VideoCommand::Delete).await;
    app.ask_raw(&format!(
        r#"mutation {{ requestVideo(input: {{ topic: "Squid", seriesId: "{series}" }}) {{ position }} }}"#
    ))
    .await;
    assert_eq!(change(&live.next().await)["video"]["topic"], "Squid");
}

#[tokio::test]
async fn a_position_that_one_cannot_go_on_from_is_a_typed_error() {
    let app = App::start().await;
    let video = app.video("Bees").await;
    let begun = app.begin(video, Stage::Script).await;
    let (_, epoch) = begun.split_once('@').unwrap();
    let refusal = async |query: String| {
        let mut live = Live::subscribe(&app, &query).await;
        let answer = live.next().await;
        live.assert_complete().await;
        code(&answer).clone()
    };
    let progress = |after: &str| {
        format!(
            r#"subscription {{ videoProgress(id: "{video}", after: "{after}") {{ position }} }}"#
        )
    };
    let series =
        |after: &str| format!(r#"subscription {{ seriesList(after: "{after}") {{ position }} }}"#);
    let beyond = format!("999@{epoch}");
    let elsewhere = "1@00000000000000000000000000000000";
    for (after, expected) in [
        ("latest", "INVALID"),
        (elsewhere, "OTHER_LOG"),
        (&beyond, "UNKNOWN_POSITION"),
    ] {
        assert_eq!(refusal(videos(Some(after))).await, expected);
        assert_eq!(refusal(progress(after)).await, expected);
        assert_eq!(refusal(series(after)).await, expected);
    }
    app.sql(
        "INSERT INTO deleted_videos (id, owner, position, deleted_at)
         SELECT gen_random_uuid(), owner, n + 1, now() FROM generate_series(1, 1001) n, videos",
    )
    .await;
    let long_ago = format!("1@{epoch}");
    assert_eq!(refusal(videos(Some(&long_ago))).await, "RESYNC_REQUIRED");
}

#[tokio::test]
async fn the_progress_of_a_video_goes_on_where_it_was_seen_last() {
    let app = App::start().await;
    let video = app.video("Bees").await;
    let progress = |after: &str| {
        format!(
            r#"subscription {{ videoProgress(id: "{video}", after: "{after}") {{
                video {{ status }} position }} }}"#
        )
    };
    let begun = app.begin(video, Stage::Script).await;
    let read = format!(r#"{{ video(id: "{video}", minPosition: "{begun}") {{ id }} }}"#);
    app.ask(&read).await;

    let mut live = Live::subscribe(&app, &progress(&begun)).await;
    app.work(video, VideoCommand::Cancel).await;
    let cancelled = live.next_raw().await;
    let cancelled = &cancelled["data"]["videoProgress"];
    assert_eq!(cancelled["video"]["status"], "CANCELLED");
    live.assert_complete().await;

    let at = cancelled["position"].as_str().unwrap().to_owned();
    let mut live = Live::subscribe(&app, &progress(&at)).await;
    live.assert_complete().await;

    let deleted = app.work(video, VideoCommand::Delete).await;
    let read = format!(r#"{{ video(id: "{video}", minPosition: "{deleted}") {{ id }} }}"#);
    app.ask(&read).await;
    let mut live = Live::subscribe(&app, &progress(&at)).await;
    assert_eq!(code(&live.next().await), "DELETED");
    live.assert_complete().await;
}

#[tokio::test]
async fn series_are_followed_likewise() {
    let app = App::start().await;
    let create = async |name: &str| {
        let created = app
            .ask_raw(&format!(
                r#"mutation {{ createSeries(input: {{ name: "{name}" }}) {{ series {{ id }} }} }}"#
            ))
            .await;
        id_at(&created, "/data/createSeries/series/id")
    };
    let series = |after: Option<&str>| {
        let after = after.map_or(String::new(), |at| format!(r#"(after: "{at}")"#));
        format!(
            "subscription {{ seriesList{after} {{ seriesId series {{ name archived }} position }} }}"
        )
    };
    create("Sea facts").await;
    let mut live = Live::subscribe(&app, &series(None)).await;
    let first = live.next_raw().await;
    assert_eq!(first["data"]["seriesList"]["series"]["name"], "Sea facts");
    let last = first["data"]["seriesList"]["position"].as_str().unwrap();
    drop(live);
    let sky = create("Sky facts").await;
    let mut live = Live::subscribe(&app, &series(Some(last))).await;
    let second = live.next_raw().await;
    assert_eq!(second["data"]["seriesList"]["seriesId"], sky.to_string());
    app.ask_raw(&format!(
        r#"mutation {{ archiveSeries(input: {{ seriesId: "{sky}" }}) {{ position }} }}"#
    ))
    .await;
    let archived = live.next().await;
    assert_eq!(archived["data"]["seriesList"]["series"]["archived"], true);
}

#[tokio::test]
async fn what_one_process_wrote_is_waited_for_and_followed_in_another() {
    let writer = App::start().await;
    let reader = writer.another(test_nats().await).await;
    let mut live = Live::subscribe(&reader, &videos(None)).await;
    for (count, topic) in (1..).zip(["Bees", "Wasps", "Hornets"]) {
        let requested = writer
            .ask_raw(&format!(
                r#"mutation {{ requestVideo(input: {{ topic: "{topic}" }}) {{ position }} }}"#
            ))
            .await;
        let position = requested["data"]["requestVideo"]["position"].as_str();
        let read = reader
            .ask_raw(&format!(
                r#"{{ videos(minPosition: "{}") {{ totalCount }} }}"#,
                position.unwrap()
            ))
            .await;
        assert_eq!(read["data"]["videos"]["totalCount"], count);
        assert_eq!(change(&live.next().await)["video"]["topic"], topic);
    }
}

#[tokio::test]
async fn a_subscription_goes_on_without_nats_and_without_its_read_model_for_a_while() {
    let app = App::start().await;
    let line = Line::lay().await;
    let far = app.another(line.client().await).await;
    let mut live = Live::subscribe(&far, &videos(None)).await;
    app.video("Bees").await;
    assert_eq!(change(&live.next().await)["video"]["topic"], "Bees");

    line.cut();
    app.video("Wasps").await;
    assert_eq!(change(&live.next().await)["video"]["topic"], "Wasps");
    line.mend();
    app.video("Hornets").await;
    assert_eq!(change(&live.next().await)["video"]["topic"], "Hornets");

    app.sql("ALTER TABLE videos RENAME TO videos_elsewhere")
        .await;
    let unseen = app
        .ask_raw(
            r#"mutation { requestVideo(input: { topic: "Moths" }) { video { id } position errors { code } } }"#,
        )
        .await;
    assert_eq!(unseen["data"]["requestVideo"]["video"], Value::Null);
    assert_eq!(unseen["data"]["requestVideo"]["errors"], json!([]));
    app.sql("ALTER TABLE videos_elsewhere RENAME TO videos")
        .await;
    assert_eq!(change(&live.next().await)["video"]["topic"], "Moths");
}

/// The same numbers for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % bound
    }
}

async fn something_happens(app: &App, chance: &mut Chance, known: &mut Vec<Uuid>) {
    let new = known.is_empty() || chance.below(4) == 0;
    let video = if new {
        app.ids.fresh()
    } else {
        known[chance.below(known.len())]
    };
    let (stage, attempt) = (Stage::Script, 1 + chance.below(3) as u32);
    let command = match chance.below(6) {
        _ if new => VideoCommand::Request {
            owner: UserId::LOCAL_OWNER,
            series: None,
            brief: VideoBrief {
                topic: Topic::try_new("Bees").unwrap(),
                settings: Default::default(),
                seed: 7,
                brought: domain::video::Brought::default(),
            },
        },
        0 | 1 => VideoCommand::StartStage { stage, attempt },
        2 => VideoCommand::FailStage {
            stage,
            attempt,
            failure: failure(),
            at: chrono::DateTime::UNIX_EPOCH,
            jitter: 0.0,
        },
        3 => VideoCommand::Cancel,
        4 => VideoCommand::Retry,
        _ => VideoCommand::Delete,
    };
    if new {
        known.push(video);
    }
    let context = CommandContext::of_user(UserId::LOCAL_OWNER, app.ids.fresh());
    // Much of it is refused.
    let _ = app
        .dispatcher
        .dispatch::<Video>(video, command, &context)
        .await;
}

/// The status that an event leaves, none for a deletion, by its position.
async fn history(app: &App) -> BTreeMap<u64, (Uuid, Option<&'static str>)> {
    let mut statuses: HashMap<Uuid, &'static str> = HashMap::new();
    let mut history = BTreeMap::new();
    for recorded in app.events().await {
        use domain::video::VideoEvent as E;
        let id = recorded.stream.id;
        let status = match E::restore(&recorded.event).unwrap() {
            E::Requested { .. } | E::Retried { .. } => Some("QUEUED"),
            E::StageStarted { .. } => Some("GENERATING"),
            E::Failed { .. } => Some("FAILED"),
            E::Cancelled { .. } => Some("CANCELLED"),
            E::Deleted {} => None,
            _ => statuses.get(&id).copied(),
        };
        statuses.extend(status.map(|status| (id, status)));
        history.insert(recorded.position.value, (id, status));
    }
    history
}

#[tokio::test]
async fn a_client_that_comes_and_goes_sees_every_video_as_it_was_once_and_ends_up_to_date() {
    for seed in [3, 20, 77] {
        let app = App::start().await;
        let other = app.another(test_nats().await).await;
        let mut chance = Chance(seed);
        let mut known = Vec::new();
        for _ in 0..5 {
            something_happens(&app, &mut chance, &mut known).await;
        }
        // So that there is one to see, whatever was deleted.
        app.video("Ants").await;
        let mut live = Live::subscribe(&app, &videos(None)).await;
        let mut seen = vec![live.next_raw().await];
        for step in 0..150 {
            match chance.below(8) {
                0 => {
                    let last = position(seen.last().unwrap());
                    let through = if step % 2 == 0 { &app } else { &other };
                    live = Live::subscribe(through, &videos(Some(&last))).await;
                }
                1 => {
                    // So that there is something to read.
                    app.video("Wasps").await;
                    seen.push(live.next_raw().await);
                }
                _ => something_happens(&app, &mut chance, &mut known).await,
            }
        }
        let last = app.video("Hornets").await;
        while change(seen.last().unwrap())["videoId"] != last.to_string() {
            seen.push(live.next_raw().await);
        }

        let history = history(&app).await;
        let mut before = 0;
        let mut shown: HashMap<Uuid, Option<String>> = HashMap::new();
        for answer in &seen {
            let at = position(answer);
            let at: u64 = at.split_once('@').unwrap().0.parse().unwrap();
            assert!(before < at, "seed {seed}: {at} came after {before}");
            before = at;
            let video = id_at(answer, "/data/videos/videoId");
            let status = change(answer)["video"]["status"].as_str();
            assert_eq!(history[&at], (video, status), "seed {seed}");
            shown.insert(video, status.map(ToOwned::to_owned));
        }
        // Who was deleted before anyone looked was never shown.
        let now: HashMap<Uuid, Option<&str>> = history.into_values().collect();
        for (video, status) in now {
            let shown = shown.get(&video).cloned().flatten();
            assert_eq!(shown.as_deref(), status, "seed {seed}");
        }
    }
}
