//! Events by GraphQL, for admins.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::harness::App;
use crate::socket::Live;

/// Topics in the order they are told, and the page's own fields.
async fn topics(app: &App, arguments: &str) -> (Vec<String>, String, bool) {
    let query =
        format!("{{ admin {{ events({arguments}) {{ events {{ data }} position hasMore }} }} }}");
    let answer = app.ask_raw(&query).await;
    let page = &answer["data"]["admin"]["events"];
    let events = page["events"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer:#}"));
    let topic = |event: &Value| event["data"]["brief"]["topic"].as_str().unwrap().to_owned();
    (
        events.iter().map(topic).collect(),
        page["position"].as_str().unwrap().to_owned(),
        page["hasMore"].as_bool().unwrap(),
    )
}

async fn five_videos(app: &App) {
    for topic in ["A", "B", "C", "D", "E"] {
        app.video(topic).await;
    }
}

#[tokio::test]
async fn the_log_is_paged_from_its_start_oldest_first() {
    let app = App::start().await;
    five_videos(&app).await;
    let (first, at, more) = topics(&app, "first: 2").await;
    assert_eq!((first, more), (vec!["A".to_owned(), "B".to_owned()], true));
    let (next, at, more) = topics(&app, &format!(r#"first: 2, after: "{at}""#)).await;
    assert_eq!((next, more), (vec!["C".to_owned(), "D".to_owned()], true));
    let (last, at, more) = topics(&app, &format!(r#"first: 2, after: "{at}""#)).await;
    assert_eq!((last, more), (vec!["E".to_owned()], false));
    let (none, _, more) = topics(&app, &format!(r#"after: "{at}""#)).await;
    assert_eq!((none.len(), more), (0, false));
}

#[tokio::test]
async fn the_log_is_paged_from_its_end_newest_first() {
    let app = App::start().await;
    five_videos(&app).await;
    let (newest, at, more) = topics(&app, "last: 3").await;
    assert_eq!((newest.join(" "), more), ("E D C".to_owned(), true));
    let (rest, _, more) = topics(&app, &format!(r#"last: 3, before: "{at}""#)).await;
    assert_eq!((rest.join(" "), more), ("B A".to_owned(), false));
    let (all, ..) = topics(&app, "types: [\"VideoRequested\"]").await;
    assert_eq!(all.join(" "), "E D C B A");
}

#[tokio::test]
async fn an_event_tells_all_that_is_recorded_of_it() {
    let app = App::start().await;
    let video = app.video("Bees").await;
    app.begin(video, domain::Stage::Script).await;
    let answer = app
        .ask(
            "{ admin { events(last: 1) { position hasMore events {
                id position stream revision type schemaVersion occurredAt ownerId actor
                correlationId causationId commandId data
            } } } }",
        )
        .await;
    assert_json_snapshot!(answer["data"]["admin"]["events"], @r#"
    {
      "events": [
        {
          "actor": "user:<id 1>",
          "causationId": null,
          "commandId": "<id 2>",
          "correlationId": "<id 2>",
          "data": {
            "attempt": 1,
            "stage": "script"
          },
          "id": "<id 3>",
          "occurredAt": "2026-11-01T12:00:00+00:00",
          "ownerId": "<id 1>",
          "position": "2@log",
          "revision": 1,
          "schemaVersion": 1,
          "stream": "video-<id 4>",
          "type": "StageStarted"
        }
      ],
      "hasMore": true,
      "position": "2@log"
    }
    "#);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_by_its_name() {
    let app = App::start().await;
    app.video("Bees").await;
    let elsewhere = "1@00000000000000000000000000000009";
    for (arguments, field, code) in [
        ("first: 0".to_owned(), "first", "INVALID"),
        ("last: 101".to_owned(), "last", "INVALID"),
        ("first: 1, last: 1".to_owned(), "last", "INVALID"),
        (r#"types: ["VideoRedy"]"#.to_owned(), "types", "INVALID"),
        (r#"streams: ["vide"]"#.to_owned(), "streams", "INVALID"),
        (r#"after: "1""#.to_owned(), "after", "INVALID"),
        (format!(r#"after: "{elsewhere}""#), "after", "OTHER_LOG"),
        (format!(r#"before: "{elsewhere}""#), "before", "OTHER_LOG"),
    ] {
        let answer = app
            .ask_raw(&format!(
                "{{ admin {{ events({arguments}) {{ position }} }} }}"
            ))
            .await;
        let error = &answer["errors"][0];
        let expected = json!({ "field": field, "code": code });
        assert_eq!(error["extensions"], expected, "{arguments}: {answer:#}");
        assert!(error["message"].as_str().unwrap().starts_with(field));
    }
}

#[tokio::test]
async fn who_is_no_admin_is_refused() {
    let app = App::start().await;
    let (_, eve) = app.person("eve@example.com").await;
    let query = "{ admin { events { events { id } } } }";
    let answer = app.ask_as(&eve, query).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let mut live = Live::subscribe_as(&app, &eve, "subscription { events { id } }").await;
    let refused = live.next().await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
}

const FOLLOW: &str = "position type data";

fn event(answer: &Value) -> &Value {
    &answer["data"]["events"]
}

#[tokio::test]
async fn a_subscription_goes_on_after_any_position_without_a_gap_or_a_repeat() {
    let app = App::start().await;
    five_videos(&app).await;
    let (_, after, _) = topics(&app, "first: 2").await;
    let query = format!(r#"subscription {{ events(after: "{after}") {{ {FOLLOW} }} }}"#);
    let mut live = Live::subscribe(&app, &query).await;
    for topic in ["C", "D", "E"] {
        let told = live.next().await;
        assert_eq!(event(&told)["data"]["brief"]["topic"], topic);
    }
    for topic in ["F", "G"] {
        app.video(topic).await;
        let told = live.next().await;
        assert_eq!(event(&told)["data"]["brief"]["topic"], topic);
    }
}

#[tokio::test]
async fn a_subscription_tells_only_what_is_wanted() {
    let app = App::start().await;
    let bees = app.video("Bees").await;
    let wasps = app.video("Wasps").await;
    let (_, after, _) = topics(&app, "first: 1").await;
    let query = format!(
        r#"subscription {{
            events(after: "{after}", types: ["StageStarted"], streams: ["video-{bees}"]) {{ {FOLLOW} }}
        }}"#
    );
    let mut live = Live::subscribe(&app, &query).await;
    app.begin(wasps, domain::Stage::Script).await;
    app.begin(bees, domain::Stage::Script).await;
    let told = live.next().await;
    assert_eq!(event(&told)["type"], "StageStarted");
    assert_eq!(event(&told)["position"], "4@log");
}

#[tokio::test]
async fn a_subscription_from_another_log_is_refused() {
    let app = App::start().await;
    let query = format!(
        r#"subscription {{ events(after: "1@00000000000000000000000000000009") {{ {FOLLOW} }} }}"#
    );
    let mut live = Live::subscribe(&app, &query).await;
    assert_eq!(
        live.next().await["errors"][0]["extensions"]["code"],
        "OTHER_LOG"
    );
    live.assert_complete().await;
}
