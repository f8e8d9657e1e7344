//! What is another's is not there.

use domain::series::{Series, SeriesCommand, SeriesName};
use domain::video::{Video, VideoBrief, VideoCommand};
use domain::{Aggregate, ProductionSettings, Topic};
use insta::assert_json_snapshot;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{App, OTHER};
use crate::socket::Live;

const SERIES: Uuid = Uuid::from_u128(101);
const VIDEO: Uuid = Uuid::from_u128(102);

async fn others(app: &App) -> String {
    let create = SeriesCommand::Create {
        owner: OTHER,
        name: SeriesName::try_new("Theirs").unwrap(),
        settings: ProductionSettings::default(),
    };
    app.tell::<Series>(OTHER, SERIES, create).await;
    let request = VideoCommand::Request {
        owner: OTHER,
        series: None,
        brief: VideoBrief {
            topic: Topic::try_new("Theirs").unwrap(),
            settings: ProductionSettings::default(),
            seed: 1,
            brought: domain::video::Brought::default(),
        },
    };
    app.tell::<Video>(OTHER, VIDEO, request).await
}

#[tokio::test]
async fn every_query_by_id_finds_nothing_of_another_owner() {
    let app = App::start().await;
    let position = others(&app).await;
    let answer = app
        .ask(&format!(
            r#"{{
                video(id: "{VIDEO}", minPosition: "{position}") {{ id }}
                series(id: "{SERIES}", minPosition: "{position}") {{ id }}
                videos {{ totalCount edges {{ cursor }} }}
                ofTheirs: videos(seriesId: "{SERIES}") {{ totalCount }}
                seriesList {{ totalCount edges {{ cursor }} }}
            }}"#
        ))
        .await;
    assert_json_snapshot!(answer, @r#"
    {
      "data": {
        "ofTheirs": {
          "totalCount": 0
        },
        "series": null,
        "seriesList": {
          "edges": [],
          "totalCount": 0
        },
        "video": null,
        "videos": {
          "edges": [],
          "totalCount": 0
        }
      }
    }
    "#);
}

#[tokio::test]
async fn every_mutation_by_id_finds_nothing_of_another_owner_and_changes_nothing() {
    let app = App::start().await;
    others(&app).await;
    let mutations = [
        ("cancelVideo", format!(r#"videoId: "{VIDEO}""#)),
        ("retryVideo", format!(r#"videoId: "{VIDEO}""#)),
        ("deleteVideo", format!(r#"videoId: "{VIDEO}""#)),
        (
            "changeSeries",
            format!(r#"seriesId: "{SERIES}", name: "Mine""#),
        ),
        (
            "changeSeries",
            format!(r#"seriesId: "{SERIES}", settings: {{ niche: "food" }}"#),
        ),
        ("archiveSeries", format!(r#"seriesId: "{SERIES}""#)),
        (
            "requestVideo",
            format!(r#"topic: "Bees", seriesId: "{SERIES}""#),
        ),
    ];
    for (mutation, input) in mutations {
        let query = format!(
            "mutation {{ {mutation}(input: {{ {input} }}) {{ position errors {{ field code }} }} }}"
        );
        let answer = app.ask(&query).await;
        let field = if mutation.ends_with("Video") && mutation != "requestVideo" {
            "videoId"
        } else {
            "seriesId"
        };
        let refused = json!({
            "position": null,
            "errors": [{ "field": field, "code": "NOT_FOUND" }],
        });
        assert_eq!(answer["data"][mutation], refused, "{mutation}: {answer:#}");
    }
    let video = app.dispatcher.load::<Video>(VIDEO).await.unwrap();
    assert_eq!(
        (video.revision, video.state.owner()),
        (Some(0), Some(OTHER))
    );
    let series = app.dispatcher.load::<Series>(SERIES).await.unwrap();
    assert_eq!(series.revision, Some(0));
}

#[tokio::test]
async fn another_owners_video_cannot_be_followed() {
    let app = App::start().await;
    others(&app).await;
    let query = format!(r#"subscription {{ videoProgress(id: "{VIDEO}") {{ position }} }}"#);
    let mut live = Live::subscribe(&app, &query).await;
    assert_json_snapshot!(live.next().await["errors"][0]["extensions"], @r#"
    {
      "code": "NOT_FOUND",
      "field": "id"
    }
    "#);
    live.assert_complete().await;
}

#[tokio::test]
async fn another_owners_files_cannot_be_fetched() {
    let app = App::start().await;
    others(&app).await;
    let path = format!("/media/videos/{VIDEO}/video.mp4");
    let response = app.client.get(app.url(&path)).send().await.unwrap();
    assert_eq!(response.status(), 404);
}
