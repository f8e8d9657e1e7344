//! The log over HTTP: every event once, in order, as a CloudEvent.

use std::time::Duration;

use domain::{IdSource, StoredEvent, UserId};
use event_store::{
    Actor, Append, ExpectedRevision, Filter, MAX_EVENT_BYTES, Metadata, NewEvent, Position,
    StreamName,
};
use futures::{Stream, StreamExt};
use insta::assert_json_snapshot;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{App, tidy};

/// What takes longer than this never comes.
const PATIENCE: Duration = Duration::from_secs(60);

async fn get(app: &App, query: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = app.client.get(app.url(&format!("/events?{query}")));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

/// All lines of an answer that ends.
async fn lines(app: &App, query: &str) -> Vec<Value> {
    let response = get(app, query, &[]).await;
    assert_eq!(response.status(), StatusCode::OK);
    parse(&response.text().await.unwrap())
}

fn parse(text: &str) -> Vec<Value> {
    assert!(text.is_empty() || text.ends_with('\n'));
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}

fn position(event: &Value) -> String {
    event["position"].as_str().unwrap().to_owned()
}

/// The ids of all events, as the store itself tells them.
async fn all_ids(app: &App) -> Vec<String> {
    let start = app.store.start().await.unwrap();
    let all = Filter::default();
    let page = app.store.read_raw(start, 10_000, &all).await.unwrap();
    page.events
        .iter()
        .map(|event| event.id.to_string())
        .collect()
}

fn ids(events: &[Value]) -> Vec<String> {
    let ids = events.iter().map(|event| event["id"].as_str().unwrap());
    ids.map(str::to_owned).collect()
}

/// One event in a stream of its own.
async fn append(app: &App, data: Value) -> Position {
    let event = StoredEvent {
        type_name: "VideoRequested".to_owned(),
        schema_version: 1,
        data,
    };
    let id = || app.ids.fresh();
    let append = Append {
        stream: StreamName::new("video", id()),
        expected: ExpectedRevision::NoStream,
        events: vec![NewEvent { id: id(), event }],
        metadata: Metadata {
            command_id: id(),
            correlation_id: id(),
            causation_id: None,
            actor: Actor::System {
                name: "test".to_owned(),
            },
            origin: None,
            owner: UserId::LOCAL_OWNER,
            occurred_at: "2026-11-01T12:00:00Z".parse().unwrap(),
            traceparent: None,
        },
    };
    app.store.append(append).await.unwrap().position
}

/// What one finished video leaves.
async fn produced(app: &App) -> Uuid {
    let video = app.video("Bees").await;
    app.produce(video).await;
    video
}

#[tokio::test]
async fn every_event_comes_once_and_in_order_up_to_the_end_of_the_log() {
    let app = App::start().await;
    produced(&app).await;
    let response = get(&app, "", &[]).await;
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    let as_of = response.headers()["x-as-of"].to_str().unwrap().to_owned();
    let events = parse(&response.text().await.unwrap());
    assert_eq!(ids(&events), all_ids(&app).await);
    assert_eq!(position(events.last().unwrap()), as_of);
    assert_json_snapshot!(tidy(events[1].clone()), @r#"
    {
      "actor": "user:<id 1>",
      "commandid": "<id 2>",
      "correlationid": "<id 2>",
      "data": {
        "attempt": 1,
        "stage": "script"
      },
      "datacontenttype": "application/json",
      "id": "<id 3>",
      "owner": "<id 1>",
      "position": "2@log",
      "revision": 1,
      "schemaversion": 1,
      "source": "/narrateai/logs/<id 4>",
      "specversion": "1.0",
      "subject": "video-<id 5>",
      "time": "2026-11-01T12:00:00Z",
      "type": "narrateai.video.StageStarted"
    }
    "#);
}

/// The rules of CloudEvents 1.0.2 that concern us, as its specification has
/// them: sections "Context Attributes", "Attribute Naming Convention" and
/// "Type System", and section 2.2 and 3.1 of its JSON format.
#[tokio::test]
async fn every_event_keeps_the_rules_of_cloud_events() {
    let app = App::start().await;
    produced(&app).await;
    for event in lines(&app, "").await {
        let attributes = event.as_object().unwrap();
        for required in ["id", "source", "specversion", "type"] {
            assert_ne!(attributes[required].as_str(), Some(""), "{required}");
        }
        assert_eq!(event["specversion"], "1.0");
        let source = event["source"].as_str().unwrap();
        assert!(source.parse::<axum::http::Uri>().is_ok(), "{source}");
        let time = event["time"].as_str().unwrap();
        assert!(chrono::DateTime::parse_from_rfc3339(time).is_ok(), "{time}");
        assert_eq!(event["datacontenttype"], "application/json");
        assert_ne!(event["subject"], "");
        for (name, value) in attributes.iter().filter(|(name, _)| *name != "data") {
            let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            assert!(name.chars().all(lower) && name.len() <= 20, "{name}");
            match value {
                Value::String(text) => assert!(!text.contains(char::is_control), "{text}"),
                Value::Number(number) => {
                    let whole = number.as_i64().map(i32::try_from);
                    assert!(matches!(whole, Some(Ok(_))), "{name}: {number}");
                }
                other => panic!("{name} is {other}"),
            }
        }
    }
}

#[tokio::test]
async fn a_reader_goes_on_from_any_line_without_a_gap_or_a_repeat() {
    let app = App::start().await;
    produced(&app).await;
    let whole = lines(&app, "").await;
    for (place, event) in whole.iter().enumerate() {
        let rest = lines(&app, &format!("after={}", position(event))).await;
        assert_eq!(rest, whole[place + 1..]);
    }
}

#[tokio::test]
async fn types_categories_and_streams_are_told_apart() {
    let app = App::start().await;
    let bees = produced(&app).await;
    app.video("Wasps").await;
    app.ask_raw(r#"mutation { createSeries(input: { name: "Sea" }) { position } }"#)
        .await;
    let whole = lines(&app, "").await;
    let of_bees = format!("video-{bees}");
    type Wanted<'a> = Box<dyn Fn(&Value) -> bool + 'a>;
    let cases: [(String, Wanted<'_>); 4] = [
        (
            "types=VideoRequested,VideoReady".to_owned(),
            Box::new(|it| {
                it["type"] == "narrateai.video.VideoRequested"
                    || it["type"] == "narrateai.video.VideoReady"
            }),
        ),
        (
            "streams=series".to_owned(),
            Box::new(|it| it["type"] == "narrateai.series.SeriesCreated"),
        ),
        (
            format!("streams={of_bees},series"),
            Box::new(|it| {
                it["subject"] == of_bees.as_str() || it["type"] == "narrateai.series.SeriesCreated"
            }),
        ),
        (
            format!("streams={of_bees}&types=VideoReady"),
            Box::new(|it| it["type"] == "narrateai.video.VideoReady"),
        ),
    ];
    for (query, wanted) in cases {
        let expected: Vec<_> = whole.iter().filter(|it| wanted(it)).cloned().collect();
        assert!(
            !expected.is_empty() && expected.len() < whole.len(),
            "{query}"
        );
        assert_eq!(lines(&app, &query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_by_its_name() {
    let app = App::start().await;
    let head = append(&app, json!({})).await;
    let elsewhere = format!("after=1@{}", Uuid::from_u128(9).simple());
    let beyond = format!("after=2@{}", head.epoch.simple());
    for (query, field, code) in [
        ("after=42", "after", "INVALID"),
        (&elsewhere, "after", "OTHER_LOG"),
        (&beyond, "after", "BEYOND_HEAD"),
        ("types=VideoRedy", "types", "INVALID"),
        ("streams=videos", "streams", "INVALID"),
        ("follow=maybe", "follow", "INVALID"),
        ("typ=VideoReady", "typ", "INVALID"),
    ] {
        let response = get(&app, query, &[]).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{query}");
        let answer: Value = response.json().await.unwrap();
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"], json!({ "field": field, "code": code }));
        let message = error["message"].as_str().unwrap();
        assert!(message.starts_with(field), "{message}");
    }
    let gone = get(&app, "", &[("last-event-id", "1@2")]).await;
    assert_eq!(gone.status(), StatusCode::BAD_REQUEST);
    assert!(gone.text().await.unwrap().contains("Last-Event-ID"));
}

#[tokio::test]
async fn a_log_that_was_restored_refuses_the_positions_of_the_old_one() {
    let app = App::start().await;
    let before = append(&app, json!({})).await;
    app.change_epoch().await;
    let response = get(&app, &format!("after={before}"), &[]).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "OTHER_LOG");
}

#[tokio::test]
async fn the_largest_event_and_any_text_come_whole() {
    let app = App::start().await;
    let odd =
        json!({ "text": "naïve 𝄞 \u{2028}\u{7f} \"quoted\" \\ two\nlines\r\n\ttab", "": null });
    append(&app, odd.clone()).await;
    let large = json!("€".repeat(MAX_EVENT_BYTES / 3 - 1));
    append(&app, large.clone()).await;
    append(&app, odd.clone()).await;
    let events = lines(&app, "").await;
    let data: Vec<_> = events.iter().map(|event| &event["data"]).collect();
    assert_eq!(data, [&odd, &large, &odd]);
}

/// Events of a body by server-sent events, with the ids they came under.
fn server_sent(text: &str) -> Vec<(String, Value)> {
    let messages = text
        .split("\n\n")
        .filter(|message| message.contains("data: "));
    messages
        .map(|message| {
            let (id, data) = message.split_once('\n').unwrap();
            let data = data.strip_prefix("data: ").unwrap();
            let id = id.strip_prefix("id: ").unwrap().to_owned();
            (id, serde_json::from_str(data).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn server_sent_events_carry_their_positions_and_go_on_after_the_last_one_seen() {
    let app = App::start().await;
    produced(&app).await;
    let whole = lines(&app, "").await;
    let accept = ("accept", "text/event-stream");
    let response = get(&app, "", &[accept]).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let told = server_sent(&response.text().await.unwrap());
    let expected = whole.iter().map(|event| (position(event), event.clone()));
    assert_eq!(told, expected.collect::<Vec<_>>());

    let seen = position(&whole[4]);
    let again = get(&app, "after=start", &[accept, ("last-event-id", &seen)]).await;
    let told = server_sent(&again.text().await.unwrap());
    assert_eq!(told[0].1, whole[5]);

    let last = position(whole.last().unwrap());
    let over = get(&app, "", &[accept, ("last-event-id", &last)]).await;
    assert_eq!(
        over.status(),
        StatusCode::NO_CONTENT,
        "browsers then stop asking"
    );
}

struct Following<S> {
    pieces: S,
    buffer: String,
}

async fn follow(app: &App, query: &str) -> Following<impl Stream<Item = Vec<u8>> + Unpin> {
    let response = get(app, query, &[]).await;
    assert_eq!(response.status(), StatusCode::OK);
    let pieces = response.bytes_stream();
    let pieces = pieces.map(|piece| piece.unwrap().to_vec()).boxed();
    Following {
        pieces,
        buffer: String::new(),
    }
}

impl<S: Stream<Item = Vec<u8>> + Unpin> Following<S> {
    /// The next event; none when the answer has ended in good order.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((line, rest)) = self.buffer.split_once('\n') {
                let line = line.to_owned();
                self.buffer = rest.to_owned();
                if !line.is_empty() {
                    return Some(serde_json::from_str(&line).unwrap());
                }
                continue;
            }
            let piece = tokio::time::timeout(PATIENCE, self.pieces.next()).await;
            self.buffer += std::str::from_utf8(&piece.expect("something comes")?).unwrap();
        }
    }
}

#[tokio::test]
async fn a_follower_gets_what_there_is_and_then_what_comes() {
    let app = App::start().await;
    let first = append(&app, json!(1)).await;
    let mut all = follow(&app, "follow=true").await;
    let mut new = follow(&app, "follow=true&after=end").await;
    assert_eq!(position(&all.next().await.unwrap()), first.to_string());
    for n in 2..20 {
        let appended = append(&app, json!(n)).await.to_string();
        assert_eq!(position(&all.next().await.unwrap()), appended);
        assert_eq!(position(&new.next().await.unwrap()), appended);
    }
}

#[tokio::test]
async fn a_follower_is_let_go_in_good_order_when_the_server_stops() {
    let app = App::start().await;
    append(&app, json!(1)).await;
    let mut following = follow(&app, "follow=true").await;
    following.next().await.unwrap();
    app.stop.cancel();
    assert_eq!(following.next().await, None);
}

#[tokio::test]
async fn a_client_that_reads_nothing_holds_up_nobody_and_misses_nothing() {
    const EVENTS: usize = 24;
    let app = App::start().await;
    // More than sockets and server hold on to.
    let text = "x".repeat(1024 * 1024);
    for n in 0..EVENTS {
        append(&app, json!({ "n": n, "text": text })).await;
    }
    let mut stalled = Vec::new();
    // As many as the pool has connections, and then some.
    for _ in 0..6 {
        stalled.push(follow(&app, "follow=true").await);
    }
    let others = lines(&app, "").await;
    assert_eq!(others.len(), EVENTS);
    let last = append(&app, json!("last")).await.to_string();
    for mut following in stalled {
        for n in 0..EVENTS {
            assert_eq!(following.next().await.unwrap()["data"]["n"], n);
        }
        assert_eq!(position(&following.next().await.unwrap()), last);
    }
}

#[tokio::test]
async fn an_answer_that_the_server_stops_in_the_middle_of_does_not_look_whole() {
    let app = App::start().await;
    let text = "x".repeat(1024 * 1024);
    for _ in 0..24 {
        append(&app, json!(text)).await;
    }
    let mut pieces = get(&app, "", &[]).await.bytes_stream();
    pieces.next().await.unwrap().unwrap();
    app.stop.cancel();
    let ends = pieces.filter(|piece| futures::future::ready(piece.is_err()));
    let ends = tokio::time::timeout(PATIENCE, ends.count()).await;
    assert_eq!(ends.expect("it ends"), 1);
}

#[tokio::test]
async fn an_event_that_cannot_be_told_breaks_the_answer_off_after_those_before_it() {
    let app = App::start().await;
    let first = append(&app, json!(1)).await;
    app.corrupt_the_log().await;
    let response = get(&app, "", &[]).await;
    let mut pieces = response.bytes_stream();
    let told = pieces.next().await.unwrap().unwrap();
    let told = parse(std::str::from_utf8(&told).unwrap());
    assert_eq!(position(&told[0]), first.to_string());
    assert!(
        pieces.next().await.unwrap().is_err(),
        "it does not look whole"
    );
}
