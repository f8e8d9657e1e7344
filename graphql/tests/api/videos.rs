use domain::Stage;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::harness::{App, id_at};

const COMMAND: &str = "0b8a3a52-6a0e-4f5e-8a51-6f1f2f3f4f5f";

async fn series(app: &App) -> uuid::Uuid {
    let answer = app
        .ask_raw(
            r#"mutation { createSeries(input: {
                name: "Sea facts", settings: { niche: "nature", artStyle: "anime", duration: 90 }
            }) { series { id } } }"#,
        )
        .await;
    id_at(&answer, "/data/createSeries/series/id")
}

#[tokio::test]
async fn a_video_takes_its_series_settings_where_the_request_says_nothing() {
    let app = App::start().await;
    let series = series(&app).await;
    let answer = app
        .ask(&format!(
            r#"mutation {{ requestVideo(input: {{
                topic: " Why octopuses have three hearts ", seriesId: "{series}", seed: "7"
                settings: {{ artStyle: "watercolor", music: {{ kind: BED }} }}
            }}) {{
                position errors {{ field }}
                video {{
                    topic title status generationStage seed requestedAt finishedAt position
                    stages {{ stage state attempts startedAt }}
                    settings {{ niche {{ slug }} artStyle {{ slug }} durationSeconds music {{ kind }} }}
                    series {{ name }}
                    hashtags scenes {{ text }} words {{ text }} script {{ title }} videoUrl
                }}
            }} }}"#
        ))
        .await;
    assert_json_snapshot!(answer, @r#"
    {
      "data": {
        "requestVideo": {
          "errors": [],
          "position": "2@log",
          "video": {
            "finishedAt": null,
            "generationStage": null,
            "hashtags": [],
            "position": "2@log",
            "requestedAt": "2026-11-01T12:00:00+00:00",
            "scenes": [],
            "script": null,
            "seed": "7",
            "series": {
              "name": "Sea facts"
            },
            "settings": {
              "artStyle": {
                "slug": "watercolor"
              },
              "durationSeconds": 90,
              "music": {
                "kind": "BED"
              },
              "niche": {
                "slug": "nature"
              }
            },
            "stages": [
              {
                "attempts": 0,
                "stage": "SCRIPT",
                "startedAt": null,
                "state": "PENDING"
              },
              {
                "attempts": 0,
                "stage": "SPEECH",
                "startedAt": null,
                "state": "PENDING"
              },
              {
                "attempts": 0,
                "stage": "SEGMENTATION",
                "startedAt": null,
                "state": "PENDING"
              },
              {
                "attempts": 0,
                "stage": "IMAGES",
                "startedAt": null,
                "state": "PENDING"
              },
              {
                "attempts": 0,
                "stage": "ASSEMBLY",
                "startedAt": null,
                "state": "PENDING"
              },
              {
                "attempts": 0,
                "stage": "UPLOAD",
                "startedAt": null,
                "state": "PENDING"
              }
            ],
            "status": "QUEUED",
            "title": null,
            "topic": "Why octopuses have three hearts",
            "videoUrl": null,
            "words": null
          }
        }
      }
    }
    "#);
}

#[tokio::test]
async fn a_request_is_refused_with_every_wrong_field_at_once() {
    let app = App::start().await;
    let answer = app
        .ask(
            r#"mutation { requestVideo(input: {
                topic: "", seriesId: "7b0c9f3e-0000-4000-8000-000000000001", seed: "-1"
                settings: {
                    artStyle: "cubism", voice: "nova", speedPercent: 10, duration: 61
                    music: { kind: OWN }
                }
            }) { video { id } position errors { field code message } } }"#,
        )
        .await;
    assert_json_snapshot!(answer, @r#"
    {
      "data": {
        "requestVideo": {
          "errors": [
            {
              "code": "NOT_FOUND",
              "field": "seriesId",
              "message": "there is no such series"
            },
            {
              "code": "INVALID",
              "field": "topic",
              "message": "topic: is empty; write 1 to 300 characters"
            },
            {
              "code": "INVALID",
              "field": "seed",
              "message": "seed: \"-1\" is not a whole number from 0 to 18446744073709551615"
            },
            {
              "code": "INVALID",
              "field": "settings.artStyle",
              "message": "artStyle: \"cubism\" is not known; choose one of pixar-3d, anime, realistic, watercolor, comic-book, cyberpunk, oil-painting, flat-vector"
            },
            {
              "code": "INVALID",
              "field": "settings.speedPercent",
              "message": "speedPercent: 10 is out of range; choose 70 to 130"
            },
            {
              "code": "INVALID",
              "field": "settings.duration",
              "message": "duration: 61 seconds is not offered; choose 30, 60 or 90"
            },
            {
              "code": "INVALID",
              "field": "settings.music.key",
              "message": "key: is missing; upload a file with `uploadMusic` and pass the key it gives"
            },
            {
              "code": "INVALID",
              "field": "settings.voice",
              "message": "voice: \"nova\" is not known; choose one of heart, vera"
            }
          ],
          "position": null,
          "video": null
        }
      }
    }
    "#);
}

#[tokio::test]
async fn a_voice_must_speak_the_language() {
    let app = App::start().await;
    let ask = async |settings: &str| {
        let answer = app
            .ask(&format!(
                r#"mutation {{ requestVideo(input: {{ topic: "Bees", settings: {settings} }}) {{
                    video {{ id }} errors {{ field code message }}
                }} }}"#
            ))
            .await;
        answer["data"]["requestVideo"]["errors"].clone()
    };
    assert_json_snapshot!(ask(r#"{ language: "es" }"#).await, @r#"
    [
      {
        "code": "INVALID",
        "field": "settings.voice",
        "message": "voice: \"heart\" does not speak Spanish; choose one of vera"
      }
    ]
    "#);
    assert_json_snapshot!(ask(r#"{ language: "hi" }"#).await, @r#"
    [
      {
        "code": "INVALID",
        "field": "settings.language",
        "message": "language: no voice speaks Hindi; choose one of en, es"
      }
    ]
    "#);
    assert_eq!(ask(r#"{ language: "es", voice: "vera" }"#).await, json!([]));
}

#[tokio::test]
async fn a_repeated_request_is_one_video_even_when_it_says_something_else() {
    let app = App::start().await;
    let request = |topic: &str| {
        format!(
            r#"mutation {{ requestVideo(input: {{ topic: "{topic}", commandId: "{COMMAND}" }}) {{
                video {{ id topic seed }} position errors {{ code }}
            }} }}"#
        )
    };
    let first = app.ask_raw(&request("Bees")).await;
    assert_eq!(first["data"]["requestVideo"]["video"]["topic"], "Bees");
    assert_eq!(app.ask_raw(&request("Bees")).await, first);
    assert_eq!(app.ask_raw(&request("")).await, first);
    let count = app.ask("{ videos { totalCount } }").await;
    assert_eq!(count["data"]["videos"]["totalCount"], 1);
}

#[tokio::test]
async fn the_same_command_id_is_another_command_for_another_video() {
    let app = App::start().await;
    let (bees, wasps) = (app.video("Bees").await, app.video("Wasps").await);
    for video in [bees, wasps] {
        let answer = app
            .ask(&format!(
                r#"mutation {{ cancelVideo(input: {{ videoId: "{video}", commandId: "{COMMAND}" }}) {{
                    video {{ status }} errors {{ code }}
                }} }}"#
            ))
            .await;
        assert_eq!(
            answer["data"]["cancelVideo"]["video"]["status"],
            "CANCELLED"
        );
    }
}

#[tokio::test]
async fn a_command_id_that_is_no_uuid_is_refused() {
    let app = App::start().await;
    let answer = app
        .ask(
            r#"mutation { requestVideo(input: { topic: "Bees", commandId: "once" }) {
                errors { field code message }
            } }"#,
        )
        .await;
    assert_json_snapshot!(answer["data"]["requestVideo"]["errors"], @r#"
    [
      {
        "code": "INVALID",
        "field": "commandId",
        "message": "commandId: \"once\" is not a UUID; make a random one for each new request, and repeat it with the request"
      }
    ]
    "#);
}

async fn change(app: &App, mutation: &str, video: uuid::Uuid) -> Value {
    let answer = app
        .ask(&format!(
            r#"mutation {{ {mutation}(input: {{ videoId: "{video}" }}) {{
                video {{ status generationStage errorMessage }} errors {{ field code message }}
            }} }}"#
        ))
        .await;
    answer["data"][mutation].clone()
}

#[tokio::test]
async fn a_cancelled_video_can_be_retried_and_cancelled_again() {
    let app = App::start().await;
    let video = app.video("Bees").await;
    app.write(video).await;
    let cancelled = change(&app, "cancelVideo", video).await;
    assert_eq!(cancelled["video"]["status"], "CANCELLED");
    assert_eq!(cancelled["errors"], json!([]));
    assert_eq!(change(&app, "cancelVideo", video).await, cancelled);
    let retried = change(&app, "retryVideo", video).await;
    assert_eq!(retried["video"]["status"], "QUEUED");
    let again = change(&app, "cancelVideo", video).await;
    assert_eq!(again["video"]["status"], "CANCELLED");
}

#[tokio::test]
async fn what_cannot_be_cancelled_or_retried_says_why() {
    let app = App::start().await;
    let (queued, ready) = (app.video("Bees").await, app.video("Wasps").await);
    app.produce(ready).await;
    assert_json_snapshot!(change(&app, "retryVideo", queued).await, @r#"
    {
      "errors": [
        {
          "code": "NOT_RETRYABLE",
          "field": "videoId",
          "message": "the video has not failed; only a failed or cancelled video can be retried"
        }
      ],
      "video": null
    }
    "#);
    assert_json_snapshot!(change(&app, "cancelVideo", ready).await, @r#"
    {
      "errors": [
        {
          "code": "ALREADY_READY",
          "field": "videoId",
          "message": "the video is already finished; it can be deleted, not cancelled"
        }
      ],
      "video": null
    }
    "#);
}

#[tokio::test]
async fn a_failed_video_says_what_to_do_and_goes_on_when_retried() {
    let app = App::start().await;
    let video = app.video("Bees").await;
    let position = app.fail(video, Stage::Script).await;
    let failed = app
        .ask(&format!(
            r#"{{ video(id: "{video}", minPosition: "{position}") {{
                status generationStage errorMessage errorCode errorClass retryAt finishedAt
                stages {{ stage state attempts }}
            }} }}"#
        ))
        .await;
    assert_json_snapshot!(failed, @r#"
    {
      "data": {
        "video": {
          "errorClass": "USER_FIXABLE",
          "errorCode": "unauthorized",
          "errorMessage": "openai does not accept its key; correct the key, then retry",
          "finishedAt": "2026-11-01T12:00:00+00:00",
          "generationStage": null,
          "retryAt": null,
          "stages": [
            {
              "attempts": 1,
              "stage": "SCRIPT",
              "state": "FAILED"
            },
            {
              "attempts": 0,
              "stage": "SPEECH",
              "state": "PENDING"
            },
            {
              "attempts": 0,
              "stage": "SEGMENTATION",
              "state": "PENDING"
            },
            {
              "attempts": 0,
              "stage": "IMAGES",
              "state": "PENDING"
            },
            {
              "attempts": 0,
              "stage": "ASSEMBLY",
              "state": "PENDING"
            },
            {
              "attempts": 0,
              "stage": "UPLOAD",
              "state": "PENDING"
            }
          ],
          "status": "FAILED"
        }
      }
    }
    "#);
    let retried = change(&app, "retryVideo", video).await;
    assert_eq!(
        retried["video"],
        json!({ "status": "QUEUED", "generationStage": null, "errorMessage": null })
    );
}

#[tokio::test]
async fn a_deleted_video_is_gone_from_every_view() {
    let app = App::start().await;
    let video = app.video("Bees").await;
    let delete = format!(
        r#"mutation {{ deleteVideo(input: {{ videoId: "{video}" }}) {{
            videoId position errors {{ code }}
        }} }}"#
    );
    let deleted = app.ask_raw(&delete).await;
    assert_eq!(id_at(&deleted, "/data/deleteVideo/videoId"), video);
    assert_eq!(app.ask_raw(&delete).await, deleted, "asked again");
    let views = app
        .ask(&format!(
            r#"{{ video(id: "{video}") {{ id }} videos {{ totalCount }} }}"#
        ))
        .await;
    assert_eq!(
        views,
        json!({ "data": { "video": null, "videos": { "totalCount": 0 } } })
    );
    assert_json_snapshot!(change(&app, "retryVideo", video).await, @r#"
    {
      "errors": [
        {
          "code": "DELETED",
          "field": "videoId",
          "message": "the video was deleted"
        }
      ],
      "video": null
    }
    "#);
}
