use domain::{Stage, UserId};
use insta::assert_json_snapshot;
use projections::progress::StageProgress;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::App;
use crate::socket::Live;

fn progress_of(video: Uuid) -> String {
    format!(
        r#"subscription {{ videoProgress(id: "{video}") {{
            video {{ status generationStage }} stage done total unit percent overallPercent position
        }} }}"#
    )
}

fn progress(answer: &Value) -> &Value {
    &answer["data"]["videoProgress"]
}

async fn report(app: &App, video: Uuid, stage: Stage, done: u64) {
    let report = StageProgress {
        video,
        stage,
        attempt: 1,
        done,
        total: 200,
        unit: "words".to_owned(),
    };
    let subject = app.subjects.progress(UserId::LOCAL_OWNER, video);
    let payload = serde_json::to_vec(&report).unwrap();
    app.nats.publish(subject, payload.into()).await.unwrap();
    app.nats.flush().await.unwrap();
}

#[tokio::test]
async fn a_video_is_shown_at_once_then_as_it_changes_until_it_is_ready() {
    let app = App::start().await;
    let video = app.video("Bees").await;
    let mut live = Live::subscribe(&app, &progress_of(video)).await;
    assert_json_snapshot!(live.next().await, @r#"
    {
      "data": {
        "videoProgress": {
          "done": null,
          "overallPercent": 0.0,
          "percent": null,
          "position": "1@log",
          "stage": "SCRIPT",
          "total": null,
          "unit": null,
          "video": {
            "generationStage": null,
            "status": "QUEUED"
          }
        }
      }
    }
    "#);

    app.begin(video, Stage::Script).await;
    let started = live.next().await;
    assert_eq!(progress(&started)["stage"], "SCRIPT");
    assert_eq!(progress(&started)["video"]["generationStage"], "script");

    report(&app, video, Stage::Script, 50).await;
    assert_json_snapshot!(live.next().await, @r#"
    {
      "data": {
        "videoProgress": {
          "done": 50,
          "overallPercent": 0.5,
          "percent": 25.0,
          "position": "2@log",
          "stage": "SCRIPT",
          "total": 200,
          "unit": "words",
          "video": {
            "generationStage": "script",
            "status": "GENERATING"
          }
        }
      }
    }
    "#);

    app.complete_script(video).await;
    app.produce_what_is_written(video).await;
    let ready = live
        .until(|answer| progress(answer)["video"]["status"] == "READY")
        .await;
    assert_json_snapshot!(ready, @r#"
    {
      "data": {
        "videoProgress": {
          "done": null,
          "overallPercent": 100.0,
          "percent": null,
          "position": "15@log",
          "stage": null,
          "total": null,
          "unit": null,
          "video": {
            "generationStage": null,
            "status": "READY"
          }
        }
      }
    }
    "#);
    live.assert_complete().await;
}

#[tokio::test]
async fn a_report_of_another_stage_than_the_running_one_changes_nothing() {
    let app = App::start().await;
    let video = app.video("Bees").await;
    app.write(video).await;
    let position = app.begin(video, Stage::Speech).await;
    app.ask(&format!(
        r#"{{ video(id: "{video}", minPosition: "{position}") {{ id }} }}"#
    ))
    .await;
    let mut live = Live::subscribe(&app, &progress_of(video)).await;
    assert_eq!(progress(&live.next().await)["percent"], Value::Null);
    report(&app, video, Stage::Script, 200).await;
    report(&app, video, Stage::Speech, 100).await;
    assert_eq!(progress(&live.next().await)["percent"], 50.0);
}

#[tokio::test]
async fn a_change_is_seen_though_its_hint_was_lost() {
    let app = App::start_with_nothing_followed().await;
    app.follow_the_log_without_hints();
    let video = app.video("Bees").await;
    let mut live = Live::subscribe(&app, &progress_of(video)).await;
    live.next().await;
    app.fail(video, Stage::Script).await;
    let failed = live
        .until(|answer| progress(answer)["video"]["status"] == "FAILED")
        .await;
    assert_eq!(progress(&failed)["stage"], "SCRIPT");
    live.assert_complete().await;
}

#[tokio::test]
async fn a_video_that_is_deleted_while_it_is_followed_ends_with_an_error() {
    let app = App::start().await;
    let video = app.video("Bees").await;
    let mut live = Live::subscribe(&app, &progress_of(video)).await;
    live.next().await;
    app.work(video, domain::video::VideoCommand::Delete).await;
    let gone = live.next().await;
    assert_eq!(gone["errors"][0]["extensions"]["code"], "DELETED");
    live.assert_complete().await;
}

#[tokio::test]
async fn the_newest_videos_are_shown_at_once_then_each_that_changes() {
    let app = App::start().await;
    let bees = app.video("Bees").await;
    let wasps = app.video("Wasps").await;
    let query = "subscription { videos { videoId video { topic status } position } }";
    let mut live = Live::subscribe(&app, query).await;
    let change = |answer: &Value| answer["data"]["videos"].clone();
    let mut first = [
        change(&live.next().await)["video"]["topic"].clone(),
        change(&live.next().await)["video"]["topic"].clone(),
    ];
    first.sort_by_key(ToString::to_string);
    assert_eq!(first, [json!("Bees"), json!("Wasps")]);

    app.begin(bees, Stage::Script).await;
    let begun = change(&live.next().await)["video"].clone();
    assert_eq!(begun, json!({ "topic": "Bees", "status": "GENERATING" }));

    app.work(wasps, domain::video::VideoCommand::Delete).await;
    assert_eq!(change(&live.next().await)["video"], Value::Null);

    app.video("Hornets").await;
    assert_eq!(change(&live.next().await)["video"]["topic"], "Hornets");
}

#[tokio::test]
async fn the_videos_of_one_series_are_followed_alone() {
    let app = App::start().await;
    let created = app
        .ask_raw(r#"mutation { createSeries(input: { name: "Sea facts" }) { series { id } } }"#)
        .await;
    let series = crate::harness::id_at(&created, "/data/createSeries/series/id");
    app.video("Bees").await;
    let query =
        format!(r#"subscription {{ videos(seriesId: "{series}") {{ video {{ topic }} }} }}"#);
    let mut live = Live::subscribe(&app, &query).await;
    app.video("Wasps").await;
    app.ask_raw(&format!(
        r#"mutation {{ requestVideo(input: {{ topic: "Squid", seriesId: "{series}" }}) {{ position }} }}"#
    ))
    .await;
    assert_eq!(
        live.next().await["data"]["videos"]["video"]["topic"],
        "Squid"
    );
}

#[tokio::test]
async fn an_unknown_video_is_a_typed_error() {
    let app = App::start().await;
    let query = r#"subscription { videoProgress(id: "no id") { position } }"#;
    let mut live = Live::subscribe(&app, query).await;
    assert_json_snapshot!(live.next().await, @r#"
    {
      "data": null,
      "errors": [
        {
          "extensions": {
            "code": "NOT_FOUND",
            "field": "id"
          },
          "locations": [
            {
              "column": 16,
              "line": 1
            }
          ],
          "message": "there is no such video",
          "path": [
            "videoProgress"
          ]
        }
      ]
    }
    "#);
    live.assert_complete().await;
}
