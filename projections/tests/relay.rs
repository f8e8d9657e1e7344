//! The relay, from a real log to a real JetStream.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod support;

use std::time::Duration;

use async_nats::jetstream::consumer::pull;
use domain::Stage;
use futures::StreamExt;
use projections::RelayedEvent;
use projections::testing::Line;
use support::Given;
use tokio_util::sync::CancellationToken;

/// Everything that JetStream holds, by subject, once `count` are there.
async fn relayed(given: &Given, filter: String, count: usize) -> Vec<(String, RelayedEvent)> {
    let stream = given
        .jetstream()
        .get_stream(given.subjects.stream_name())
        .await
        .unwrap();
    let consumer = stream
        .create_consumer(pull::Config {
            filter_subject: filter,
            ..Default::default()
        })
        .await
        .unwrap();
    let messages = consumer
        .batch()
        .max_messages(count + 1)
        .expires(Duration::from_secs(2))
        .messages()
        .await
        .unwrap();
    messages
        .map(|message| {
            let message = message.unwrap();
            let event = serde_json::from_slice(&message.payload).unwrap();
            (message.subject.to_string(), event)
        })
        .collect()
        .await
}

#[tokio::test]
async fn every_event_reaches_jetstream_once_and_names_the_stage_it_makes_due() {
    let given = Given::an_empty_log().await;
    given.illustrated_video(1).await;
    given.relay().catch_up().await.unwrap();
    given.relay().catch_up().await.unwrap();

    let all = relayed(&given, given.subjects.all_events(), 8).await;
    assert_eq!(all.len(), 8);
    let due: Vec<_> = all
        .iter()
        .map(|(subject, _)| subject.rsplit('.').next().unwrap())
        .collect();
    assert_eq!(
        due,
        [
            "script", "none", "speech", "none", "none", "images", "none", "none"
        ]
    );
    let for_speech = relayed(&given, given.subjects.due(Stage::Speech), 1).await;
    assert_eq!(for_speech.len(), 1);
}

#[tokio::test]
async fn a_relay_that_died_before_its_checkpoint_repeats_nothing() {
    let given = Given::an_empty_log().await;
    given.request_video(1).await;
    given.relay().catch_up().await.unwrap();
    given.rewind().await;
    given.relay().catch_up().await.unwrap();
    let all = relayed(&given, given.subjects.all_events(), 1).await;
    assert_eq!(all.len(), 1);
}

#[tokio::test]
async fn two_relays_at_once_send_each_event_once() {
    let given = Given::an_empty_log().await;
    let stop = CancellationToken::new();
    let running: Vec<_> = (0..2)
        .map(|_| tokio::spawn(given.relay().run(stop.clone())))
        .collect();
    for number in 0..20 {
        given.request_video(number).await;
    }
    given.relay().catch_up().await.unwrap();
    stop.cancel();
    for relay in running {
        relay.await.unwrap();
    }
    let all = relayed(&given, given.subjects.all_events(), 20).await;
    assert_eq!(all.len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nats_server_that_comes_up_late_is_waited_for() {
    let line = Line::lay().await;
    line.cut();
    let connecting = {
        let url = line.url();
        tokio::spawn(async move { projections::nats::connect(&url).await })
    };
    // It has met the fault, unless this machine is very slow; it ends well in
    // either case.
    tokio::task::yield_now().await;
    line.mend();

    let client = connecting.await.unwrap().unwrap();

    client.flush().await.unwrap();
}

#[tokio::test]
async fn a_nats_server_that_stays_away_is_said_to_and_why() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("nats://{}", free.local_addr().unwrap());
    drop(free);

    let error = projections::nats::connect(&url).await.unwrap_err();

    let reason = std::error::Error::source(&error).unwrap().to_string();
    assert!(reason.contains("refused"), "{reason}");
}
