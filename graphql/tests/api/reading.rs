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
    assert_json_snapshot!(answer["data"]["video"], @"");
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
    assert_eq!(stage(app.write(video).await).await, generating("tts"));
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
    assert_json_snapshot!(whole["data"]["video"]["timeline"], @"");
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
    assert_json_snapshot!(options["voices"], @"");
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
    assert_json_snapshot!(error(&app, "latest").await, @"");
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
