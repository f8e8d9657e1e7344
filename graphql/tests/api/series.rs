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
    assert_json_snapshot!(changed, @"");

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
    assert_json_snapshot!(lists, @"");

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
    assert_json_snapshot!(refused, @"");
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
    assert_json_snapshot!(answer, @"");
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
