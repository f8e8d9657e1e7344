use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::harness::App;

#[tokio::test]
async fn a_ready_video_shows_everything_that_was_made_of_it() {
    let app = App::start().await;
    let video = app.video("Why octopuses have three hearts").await;
    let position = app.produce(video).await;
    let answer = app
        .ask(&format!(
            r#"{{ video(id: "{video}", minPosition: "{position}") {{
                status generationStage title description hashtags durationMs costMicrousd
                script {{
                    title narration isOffline scenes {{ text visual }} sources {{ title url }}
                    writtenBy {{ name model costMicrousd }}
                }}
                scenes {{ startMs endMs text visual imageUrl }}
                words {{ text startMs endMs }}
                film {{ width height bytes integratedLufs truePeakDbtp }}
                videoUrl thumbnailUrl captionsSrtUrl captionsVttUrl
                stages {{ stage state }} errorMessage finishedAt
            }} }}"#
        ))
        .await;
    assert_json_snapshot!(answer["data"]["video"], @r#"
    {
      "captionsSrtUrl": "/media/videos/<id 1>/captions.srt",
      "captionsVttUrl": "/media/videos/<id 1>/captions.vtt",
      "costMicrousd": 1500,
      "description": "An octopus has three hearts.",
      "durationMs": 10500,
      "errorMessage": null,
      "film": {
        "bytes": 10,
        "height": 1920,
        "integratedLufs": -14.1,
        "truePeakDbtp": -1.5,
        "width": 1080
      },
      "finishedAt": "2026-11-01T12:00:00+00:00",
      "generationStage": null,
      "hashtags": [
        "octopus",
        "science"
      ],
      "scenes": [
        {
          "endMs": 4350,
          "imageUrl": "/media/videos/<id 1>/work/scene-0.png",
          "startMs": 0,
          "text": "Three hearts beat.",
          "visual": "an octopus on a reef"
        },
        {
          "endMs": 10500,
          "imageUrl": "/media/videos/<id 1>/work/scene-1.png",
          "startMs": 4350,
          "text": "Two feed the gills.",
          "visual": "two hearts beside gills"
        }
      ],
      "script": {
        "isOffline": false,
        "narration": "Three hearts beat. Two feed the gills.",
        "scenes": [
          {
            "text": "Three hearts beat.",
            "visual": "an octopus on a reef"
          },
          {
            "text": "Two feed the gills.",
            "visual": "two hearts beside gills"
          }
        ],
        "sources": [
          {
            "title": "The Octopus",
            "url": "https://example.org/octopus"
          }
        ],
        "title": "Three Hearts: \"why?\"",
        "writtenBy": {
          "costMicrousd": 1500,
          "model": "small",
          "name": "openai"
        }
      },
      "stages": [
        {
          "stage": "SCRIPT",
          "state": "DONE"
        },
        {
          "stage": "SPEECH",
          "state": "DONE"
        },
        {
          "stage": "SEGMENTATION",
          "state": "DONE"
        },
        {
          "stage": "IMAGES",
          "state": "DONE"
        },
        {
          "stage": "ASSEMBLY",
          "state": "DONE"
        },
        {
          "stage": "UPLOAD",
          "state": "DONE"
        }
      ],
      "status": "READY",
      "thumbnailUrl": "/media/videos/<id 1>/thumbnail.jpg",
      "title": "Three Hearts: \"why?\"",
      "videoUrl": "/media/videos/<id 1>/video.mp4",
      "words": [
        {
          "endMs": 1200,
          "startMs": 0,
          "text": "Three"
        },
        {
          "endMs": 2700,
          "startMs": 1500,
          "text": "hearts"
        },
        {
          "endMs": 4200,
          "startMs": 3000,
          "text": "beat."
        },
        {
          "endMs": 5700,
          "startMs": 4500,
          "text": "Two"
        },
        {
          "endMs": 7200,
          "startMs": 6000,
          "text": "feed"
        },
        {
          "endMs": 8700,
          "startMs": 7500,
          "text": "the"
        },
        {
          "endMs": 10200,
          "startMs": 9000,
          "text": "gills."
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn the_generation_stage_follows_the_pipeline() {
    let app = App::start().await;
    let video = app.video("Bees").await;
    let stage = async |position: String| {
        let query = format!(
            r#"{{ video(id: "{video}", minPosition: "{position}") {{ status generationStage }} }}"#
        );
        let video = app.ask(&query).await["data"]["video"].clone();
        (video["status"].clone(), video["generationStage"].clone())
    };
    let generating = |stage: &str| (json!("GENERATING"), json!(stage));
    let position = app.begin(video, domain::Stage::Script).await;
    assert_eq!(stage(position).await, generating("script"));
    assert_eq!(
        stage(app.complete_script(video).await).await,
        generating("tts")
    );
    assert_eq!(stage(app.speak(video).await).await, generating("images"));
}

#[tokio::test]
async fn the_timeline_tells_every_event_and_reads_on_from_any() {
    let app = App::start().await;
    let video = app.video("Bees").await;
    let position = app.write(video).await;
    let whole = app
        .ask(&format!(
            r#"{{ video(id: "{video}", minPosition: "{position}") {{
                timeline {{ revision position type occurredAt actor summary }}
            }} }}"#
        ))
        .await;
    assert_json_snapshot!(whole["data"]["video"]["timeline"], @r#"
    [
      {
        "actor": "user",
        "occurredAt": "2026-11-01T12:00:00+00:00",
        "position": "1@log",
        "revision": 0,
        "summary": "Requested: Bees",
        "type": "VideoRequested"
      },
      {
        "actor": "user",
        "occurredAt": "2026-11-01T12:00:00+00:00",
        "position": "2@log",
        "revision": 1,
        "summary": "Script started",
        "type": "StageStarted"
      },
      {
        "actor": "user",
        "occurredAt": "2026-11-01T12:00:00+00:00",
        "position": "3@log",
        "revision": 2,
        "summary": "Script written by openai (small): “Three Hearts: \"why?\"”, 7 words",
        "type": "StageCompleted"
      }
    ]
    "#);
    let second = app
        .ask(&format!(
            r#"{{ video(id: "{video}") {{ timeline(first: 1, after: 0) {{ revision data }} }} }}"#
        ))
        .await;
    let entry = json!([{ "revision": 1, "data": { "stage": "script", "attempt": 1 } }]);
    assert_eq!(second["data"]["video"]["timeline"], entry);
}

#[tokio::test]
async fn options_list_what_inputs_accept() {
    let app = App::start().await;
    let answer = app
        .ask(
            "{ options {
                niches { slug } artStyles { slug label } captionStyles { slug } languages { slug }
                durations { slug label } moods { slug }
                voices { id name description languages { slug } }
            } }",
        )
        .await;
    let options = &answer["data"]["options"];
    assert_eq!(options["niches"].as_array().unwrap().len(), 14);
    assert_eq!(options["artStyles"].as_array().unwrap().len(), 8);
    assert_eq!(
        options["durations"][0],
        json!({ "slug": "30", "label": "30 seconds" })
    );
    assert_json_snapshot!(options["voices"], @r#"
    [
      {
        "description": "warm, unhurried",
        "id": "heart",
        "languages": [
          {
            "slug": "en"
          }
        ],
        "name": "Heart"
      },
      {
        "description": "warm, unhurried",
        "id": "vera",
        "languages": [
          {
            "slug": "en"
          },
          {
            "slug": "es"
          }
        ],
        "name": "Vera"
      }
    ]
    "#);
}

#[tokio::test]
async fn voices_are_found_by_language_and_by_what_is_said_of_them() {
    let app = App::start().await;
    let found = async |arguments: &str| {
        let query = format!("{{ options {{ voices({arguments}) {{ id }} }} }}");
        let answer = app.ask_raw(&query).await;
        let voices = answer["data"]["options"]["voices"].as_array().unwrap();
        let ids = voices.iter().map(|voice| voice["id"].as_str().unwrap());
        ids.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(found(r#"search: "WARM""#).await, "heart vera");
    assert_eq!(found(r#"search: "warm vera""#).await, "vera");
    assert_eq!(found(r#"search: "cold""#).await, "");
    assert_eq!(found(r#"language: "es""#).await, "vera");

    let refused = app
        .ask_raw(r#"{ options { voices(language: "xx") { id } } }"#)
        .await;
    let extensions = &refused["errors"][0]["extensions"];
    assert_eq!(extensions["field"], "language");
}

#[tokio::test]
async fn a_voice_of_the_program_can_be_heard() {
    let app = App::start_with_own_makers().await;
    let answer = app.ask_raw("{ options { voices { preview } } }").await;
    let preview = answer["data"]["options"]["voices"][0]["preview"].as_str();
    let url = app.url(preview.unwrap());
    let mut heard = Vec::new();
    for _ in 0..2 {
        let sound = app.client.get(&url).send().await.unwrap();
        assert_eq!(sound.headers()["content-type"], "audio/wav");
        heard.push(sound.bytes().await.unwrap());
    }
    assert!(heard[0].starts_with(b"RIFF"));
    assert!(heard[0] == heard[1]);
    let unknown = app.client.get(app.url("/voices/nobody")).send().await;
    assert_eq!(unknown.unwrap().status(), 404);
}

async fn error(app: &App, min_position: &str) -> Value {
    let answer = app
        .ask_raw(&format!(
            r#"{{ videos(minPosition: "{min_position}") {{ totalCount }} }}"#
        ))
        .await;
    assert_eq!(answer["data"], Value::Null, "{answer:#}");
    json!({
        "message": answer["errors"][0]["message"],
        "extensions": answer["errors"][0]["extensions"],
    })
}

#[tokio::test]
async fn a_position_that_cannot_be_reached_is_a_clear_error() {
    let app = App::start().await;
    let video = app.video("Bees").await;
    let position = app.write(video).await;
    let (_, epoch) = position.split_once('@').unwrap();
    let stale = error(&app, &format!("999@{epoch}")).await;
    assert_eq!(
        stale["extensions"],
        json!({ "code": "STALE", "field": "minPosition" })
    );
    let other_log = error(&app, "1@00000000000000000000000000000000").await;
    assert_eq!(
        other_log["extensions"],
        json!({ "code": "OTHER_LOG", "field": "minPosition" })
    );
    assert_json_snapshot!(error(&app, "latest").await, @r#"
    {
      "extensions": {
        "code": "INVALID",
        "field": "minPosition"
      },
      "message": "minPosition: \"latest\" is not a position; pass one that a mutation or query gave"
    }
    "#);
}

#[tokio::test]
async fn a_mutation_succeeds_and_its_position_can_be_waited_for_while_the_view_lags() {
    let app = App::start_with_nothing_followed().await;
    let answer = app
        .ask_raw(
            r#"mutation { requestVideo(input: { topic: "Bees" }) {
                video { id } position errors { code }
            } }"#,
        )
        .await;
    let payload = &answer["data"]["requestVideo"];
    assert_eq!(payload["video"], Value::Null);
    assert_eq!(payload["errors"], json!([]));
    let position = payload["position"].as_str().unwrap();
    app.follow_the_log();
    let answer = app
        .ask(&format!(
            r#"{{ videos(minPosition: "{position}") {{ totalCount }} }}"#
        ))
        .await;
    assert_eq!(answer["data"]["videos"]["totalCount"], 1);
}
