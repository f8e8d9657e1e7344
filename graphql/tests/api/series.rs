use insta::assert_json_snapshot;
use serde_json::json;

use crate::harness::{App, id_at};

#[tokio::test]
async fn a_series_is_created_changed_and_archived() {
    let app = App::start().await;
    let created = app
        .ask_raw(
            r#"mutation { createSeries(input: {
                name: "Sea facts"
                settings: { niche: "nature", voice: "vera", language: "es", music: { kind: NONE } }
            }) { series { id } errors { field } } }"#,
        )
        .await;
    let id = id_at(&created, "/data/createSeries/series/id");
    let changed = app
        .ask(&format!(
            r#"mutation {{ changeSeries(input: {{
                seriesId: "{id}", settings: {{ duration: 30, music: {{ kind: BED, mood: "calm" }} }}
            }}) {{
                position errors {{ field code message }}
                series {{
                    id name archived createdAt updatedAt position
                    settings {{
                        niche {{ slug label }} artStyle {{ slug }} voice speedPercent
                        language {{ slug }} durationSeconds captionStyle {{ slug }}
                        music {{ kind mood {{ slug }} key }}
                    }}
                }}
            }} }}"#
        ))
        .await;
    assert_json_snapshot!(changed, @r#"
    {
      "data": {
        "changeSeries": {
          "errors": [],
          "position": "2@log",
          "series": {
            "archived": false,
            "createdAt": "2026-11-01T12:00:00+00:00",
            "id": "<id 1>",
            "name": "Sea facts",
            "position": "2@log",
            "settings": {
              "artStyle": {
                "slug": "pixar-3d"
              },
              "captionStyle": {
                "slug": "bold-outline"
              },
              "durationSeconds": 30,
              "language": {
                "slug": "es"
              },
              "music": {
                "key": null,
                "kind": "BED",
                "mood": {
                  "slug": "calm"
                }
              },
              "niche": {
                "label": "Nature",
                "slug": "nature"
              },
              "speedPercent": 100,
              "voice": "vera"
            },
            "updatedAt": "2026-11-01T12:00:00+00:00"
          }
        }
      }
    }
    "#);

    let archive = format!(
        r#"mutation {{ archiveSeries(input: {{ seriesId: "{id}" }}) {{
            series {{ archived }} errors {{ code }}
        }} }}"#
    );
    let archived =
        json!({ "data": { "archiveSeries": { "series": { "archived": true }, "errors": [] } } });
    assert_eq!(app.ask(&archive).await, archived);
    assert_eq!(app.ask(&archive).await, archived, "asked again");

    let lists = app
        .ask(
            "{ shown: seriesList { totalCount edges { node { id } } }
               all: seriesList(includeArchived: true) { totalCount edges { node { name } } } }",
        )
        .await;
    assert_json_snapshot!(lists, @r#"
    {
      "data": {
        "all": {
          "edges": [
            {
              "node": {
                "name": "Sea facts"
              }
            }
          ],
          "totalCount": 1
        },
        "shown": {
          "edges": [],
          "totalCount": 0
        }
      }
    }
    "#);

    let refused = app
        .ask(&format!(
            r#"mutation {{
                changeSeries(input: {{ seriesId: "{id}", name: "Land facts" }}) {{
                    series {{ id }} position errors {{ field code message }}
                }}
                requestVideo(input: {{ topic: "Bees", seriesId: "{id}" }}) {{
                    video {{ id }} errors {{ field code message }}
                }}
            }}"#
        ))
        .await;
    assert_json_snapshot!(refused, @r#"
    {
      "data": {
        "changeSeries": {
          "errors": [
            {
              "code": "ARCHIVED",
              "field": "seriesId",
              "message": "the series is archived; create a new one"
            }
          ],
          "position": null,
          "series": null
        },
        "requestVideo": {
          "errors": [
            {
              "code": "ARCHIVED",
              "field": "seriesId",
              "message": "the series is archived; create a new one"
            }
          ],
          "video": null
        }
      }
    }
    "#);
}

#[tokio::test]
async fn a_series_is_refused_with_every_wrong_field_at_once() {
    let app = App::start().await;
    let answer = app
        .ask(
            r#"mutation { createSeries(input: {
                name: " "
                settings: {
                    niche: "cooking", artStyle: "cubism", speedPercent: 200, duration: 45
                    captionStyle: "none", music: { kind: NONE, mood: "calm", key: "a/b" }
                }
            }) { series { id } position errors { field code message } } }"#,
        )
        .await;
    assert_json_snapshot!(answer, @r#"
    {
      "data": {
        "createSeries": {
          "errors": [
            {
              "code": "INVALID",
              "field": "name",
              "message": "name: is empty; write 1 to 80 characters"
            },
            {
              "code": "INVALID",
              "field": "settings.niche",
              "message": "niche: \"cooking\" is not known; choose one of science, space, history, nature, technology, psychology, motivation, scary-stories, mystery, finance, geography, food, mythology, philosophy"
            },
            {
              "code": "INVALID",
              "field": "settings.artStyle",
              "message": "artStyle: \"cubism\" is not known; choose one of pixar-3d, anime, realistic, watercolor, comic-book, cyberpunk, oil-painting, flat-vector"
            },
            {
              "code": "INVALID",
              "field": "settings.speedPercent",
              "message": "speedPercent: 200 is out of range; choose 70 to 130"
            },
            {
              "code": "INVALID",
              "field": "settings.duration",
              "message": "duration: 45 seconds is not offered; choose 30, 60 or 90"
            },
            {
              "code": "INVALID",
              "field": "settings.captionStyle",
              "message": "captionStyle: \"none\" is not known; choose one of bold-outline, boxed-word, karaoke-fill, minimal"
            },
            {
              "code": "INVALID",
              "field": "settings.music.mood",
              "message": "mood: goes with music of the kind BED only; leave it out"
            },
            {
              "code": "INVALID",
              "field": "settings.music.key",
              "message": "key: goes with music of the kind OWN only; leave it out"
            }
          ],
          "position": null,
          "series": null
        }
      }
    }
    "#);
}

#[tokio::test]
async fn a_repeated_creation_answers_with_the_first_series() {
    let app = App::start().await;
    let create = |name: &str| {
        format!(
            r#"mutation {{ createSeries(input: {{
                name: "{name}", commandId: "5f0c6a1e-3d55-4c7e-9d8a-0d9a1d2b3c4d"
            }}) {{ series {{ id name }} position errors {{ code }} }} }}"#
        )
    };
    let first = app.ask_raw(&create("Sea facts")).await;
    let second = app.ask_raw(&create("Land facts")).await;
    assert_eq!(first["data"]["createSeries"]["series"]["name"], "Sea facts");
    assert_eq!(first, second);
}
