//! Read models, as admins see and command them.

use domain::{StoredEvent, UserId};
use event_store::{Actor, Append, ExpectedRevision, Metadata, NewEvent, StreamName};
use insta::assert_json_snapshot;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::App;
use crate::socket::Live;

const PROGRESS: &str = r#"subscription { rebuildProgress(projection: "video") {
    version previousVersion comparison work { version state }
} }"#;

async fn order(app: &App, mutation: &str, input: &str) -> Value {
    let answer = app
        .ask(&format!(
            "mutation {{ admin {{ {mutation}(input: {{ {input} }}) {{
                projection {{ name version previousVersion parkedCount work {{ version state }} }}
                errors {{ field code message }}
            }} }} }}"
        ))
        .await;
    answer["data"]["admin"][mutation].clone()
}

/// An event of `video` that this program does not know; its id.
async fn poison(app: &App, video: Uuid, revision: u64) -> Uuid {
    let event = Uuid::new_v5(&video, &revision.to_be_bytes());
    let append = Append {
        stream: StreamName::new("video", video),
        expected: ExpectedRevision::Exact(revision - 1),
        events: vec![NewEvent {
            id: event,
            event: StoredEvent {
                type_name: "VideoTranslated".to_owned(),
                schema_version: 1,
                data: json!({}),
            },
        }],
        metadata: Metadata {
            command_id: event,
            correlation_id: event,
            causation_id: None,
            actor: Actor::System {
                name: "test".to_owned(),
            },
            origin: None,
            owner: UserId::LOCAL_OWNER,
            occurred_at: chrono::DateTime::UNIX_EPOCH,
            traceparent: None,
        },
    };
    app.store.append(append).await.unwrap();
    event
}

/// Until something of the video projection is parked.
async fn parked(app: &App) -> Value {
    loop {
        let answer = app
            .ask_raw(
                r#"{ admin { parkedEvents(projection: "video") { id stream revision typeName problem } } }"#,
            )
            .await;
        let parked = &answer["data"]["admin"]["parkedEvents"];
        if parked[0].is_object() {
            return parked.clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_rebuild_is_followed_to_its_end_and_rolled_back() {
    let app = App::start().await;
    app.video("Bees").await;
    let asked = order(&app, "rebuildProjection", r#"projection: "video""#).await;
    assert_eq!(asked["errors"], json!([]), "{asked:#}");

    let mut live = Live::subscribe(&app, PROGRESS).await;
    let done = live
        .until(|answer| answer["data"]["rebuildProgress"]["work"].is_null())
        .await;
    live.assert_complete().await;
    assert_json_snapshot!(done["data"]["rebuildProgress"], @r#"
    {
      "comparison": "SAME",
      "previousVersion": 1,
      "version": 2,
      "work": null
    }
    "#);

    // The swap is told before the rebuild is over, so this may be too early.
    let rolling = loop {
        let rolling = order(&app, "rollbackProjection", r#"projection: "video""#).await;
        if rolling["errors"] == json!([]) {
            break rolling;
        }
    };
    assert_eq!(rolling["projection"]["name"], "video");
    let mut live = Live::subscribe(&app, PROGRESS).await;
    let back = live
        .until(|answer| answer["data"]["rebuildProgress"]["work"].is_null())
        .await;
    let back = &back["data"]["rebuildProgress"];
    assert_eq!(
        (&back["version"], &back["previousVersion"]),
        (&json!(1), &json!(2))
    );
}

#[tokio::test]
async fn orders_that_make_no_sense_are_refused_with_what_to_do() {
    let app = App::start_with_nothing_followed().await;
    let video = r#"projection: "video""#;
    order(&app, "rebuildProjection", video).await;
    assert_json_snapshot!(order(&app, "rebuildProjection", video).await, @r#"
    {
      "errors": [
        {
          "code": "IN_PROGRESS",
          "field": "projection",
          "message": "version 2 is being built already; wait for it, or cancel it first"
        }
      ],
      "projection": null
    }
    "#);
    assert_json_snapshot!(order(&app, "rebuildProjection", r#"projection: "film""#).await, @r#"
    {
      "errors": [
        {
          "code": "NOT_FOUND",
          "field": "projection",
          "message": "projection: there is none called \"film\"; there are series, video, notification"
        }
      ],
      "projection": null
    }
    "#);
    let series = r#"projection: "series""#;
    for (mutation, code) in [
        ("pauseRebuild", "NOT_IN_PROGRESS"),
        ("resumeRebuild", "NOT_IN_PROGRESS"),
        ("cancelRebuild", "NOT_IN_PROGRESS"),
        ("rollbackProjection", "NO_PREVIOUS"),
    ] {
        let refused = order(&app, mutation, series).await;
        assert_eq!(refused["errors"][0]["code"], code, "{refused:#}");
    }
    let unknown = app
        .ask(r#"{ admin { parkedEvents(projection: "film") { id } } }"#)
        .await;
    assert_eq!(unknown["errors"][0]["extensions"]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn a_rebuild_is_paused_resumed_and_cancelled() {
    let app = App::start_with_nothing_followed().await;
    let video = r#"projection: "video""#;
    let mut states = Vec::new();
    for mutation in [
        "rebuildProjection",
        "pauseRebuild",
        "resumeRebuild",
        "cancelRebuild",
    ] {
        let done = order(&app, mutation, video).await;
        states.push(done["projection"]["work"]["state"].clone());
    }
    assert_eq!(
        states,
        [
            json!("REBUILDING"),
            json!("PAUSED"),
            json!("REBUILDING"),
            Value::Null
        ]
    );
}

#[tokio::test]
async fn a_parked_event_is_shown_tried_again_and_skipped() {
    let app = App::start().await;
    let video = app.video("Bees").await;
    let first = poison(&app, video, 1).await;
    let second = poison(&app, video, 2).await;
    let parked = parked(&app).await;
    assert_eq!(parked[0]["id"], json!(first));
    assert_eq!(parked[0]["stream"], json!(format!("video-{video}")));
    let problem = parked[0]["problem"].as_str().unwrap();
    assert!(problem.contains("unknown to this program"), "{problem}");

    let stream = format!(r#"projection: "video", stream: "video-{video}""#);
    let again = order(&app, "retryParked", &stream).await;
    assert_eq!(again["errors"], json!([]));
    let reason = r#"reason: "made by mistake""#;
    let skip = |id: Uuid| format!(r#"projection: "video", eventId: "{id}", {reason}"#);
    let refused = order(&app, "skipParked", &skip(second)).await;
    assert_eq!(refused["errors"][0]["code"], "NOT_FIRST");
    for (id, left) in [(first, 1), (second, 0)] {
        let skipped = order(&app, "skipParked", &skip(id)).await;
        assert_eq!(skipped["projection"]["parkedCount"], left, "{skipped:#}");
    }
    let refused = order(&app, "retryParked", &stream).await;
    assert_eq!(refused["errors"][0]["code"], "NOT_FOUND");
    let wordless = r#"projection: "video", eventId: "x", reason: " ""#;
    let refused = order(&app, "skipParked", wordless).await;
    assert_eq!(refused["errors"][0]["field"], "reason");
}

#[tokio::test]
async fn nobody_but_admins_sees_or_commands_projections() {
    let app = App::start_with_nothing_followed().await;
    let name = r#"projection: "video""#;
    let mut queries = vec![
        "{ admin { projections { name } } }".to_owned(),
        format!("{{ admin {{ parkedEvents({name}) {{ id }} }} }}"),
    ];
    for (mutation, more) in [
        ("rebuildProjection", ""),
        ("pauseRebuild", ""),
        ("resumeRebuild", ""),
        ("cancelRebuild", ""),
        ("rollbackProjection", ""),
        ("retryParked", r#"stream: "video-1""#),
        ("skipParked", r#"eventId: "1", reason: "no""#),
    ] {
        let input = format!("{{ {name} {more} }}");
        queries.push(format!(
            "mutation {{ admin {{ {mutation}(input: {input}) {{ position }} }} }}"
        ));
    }
    let (_, eve) = app.person("eve@example.com").await;
    for query in queries {
        let answer = app.ask_as(&eve, &query).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(code, "FORBIDDEN", "{query}");
    }
    let progress = format!("subscription {{ rebuildProgress({name}) {{ name }} }}");
    let mut live = Live::subscribe_as(&app, &eve, &progress).await;
    let refused = live.next().await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
}
