use chrono::TimeDelta;
use domain::delivery::MAX_ATTEMPTS;
use integrations::testing::{Reply, WebhookReceiver};
use notifications::NotificationError;
use notifications::webhook::{DeliveryState, DisabledBecause, EndpointChanges};
use sqlx::AssertSqlSafe;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::{ADA, BOB, Fixture};

/// An endpoint that has one message due.
async fn one_due(receiver: &WebhookReceiver) -> (Fixture, Uuid, String) {
    let fixture = Fixture::open().await;
    let (endpoint, secret) = fixture.endpoint(ADA, &receiver.url()).await;
    fixture.ready(ADA, "Bees").await;
    fixture.announce().await;
    (fixture, endpoint, secret)
}

/// Waits, by the clock, for the next attempt, and makes it. False when there is
/// none.
async fn next_attempt(fixture: &Fixture, endpoint: Uuid) -> bool {
    let due = fixture.delivery(ADA, endpoint).await.next_attempt_at;
    let Some(due) = due else { return false };
    fixture.clock.set(due);
    fixture.send().await;
    true
}

#[tokio::test]
async fn a_message_that_fails_is_sent_again_for_a_day_the_same_each_time() {
    let receiver = WebhookReceiver::start().await;
    let (fixture, endpoint, secret) = one_due(&receiver).await;
    let began = fixture.delivery(ADA, endpoint).await.created_at;
    receiver.reply((0..20).map(|_| Reply::Status(503)));
    fixture.send().await;
    // Too soon for the second.
    fixture.send().await;
    assert_eq!(receiver.received().len(), 1);
    while next_attempt(&fixture, endpoint).await {}

    let received = receiver.received();
    assert_eq!(received.len(), MAX_ATTEMPTS as usize);
    let (first, last) = (&received[0], &received[received.len() - 1]);
    assert_eq!(first.header("webhook-id"), last.header("webhook-id"));
    assert_eq!(first.body, last.body);
    assert!(first.is_signed_by(&secret) && last.is_signed_by(&secret));
    let seconds = |message: &integrations::testing::Received| -> i64 {
        message.header("webhook-timestamp").parse().unwrap()
    };
    let day = 24 * 60 * 60;
    assert!((day..day + day / 10).contains(&(seconds(last) - seconds(first))));
    let delivery = fixture.delivery(ADA, endpoint).await;
    assert_eq!(delivery.state, DeliveryState::Failed);
    let attempts = fixture.webhooks.attempts(delivery.id, 50).await.unwrap();
    let numbers: Vec<_> = attempts.iter().map(|attempt| attempt.number).collect();
    assert_eq!(numbers, (1..=MAX_ATTEMPTS).collect::<Vec<_>>());
    assert!(attempts.iter().all(|attempt| attempt.status == Some(503)));
    let shown = fixture.webhooks.endpoint(ADA, endpoint).await.unwrap();
    assert_eq!(shown.failing_since, Some(began));
    // One day is no reason to send nothing more.
    assert_eq!(shown.disabled, None);
}

#[tokio::test]
async fn an_attempt_that_succeeds_ends_it_and_the_endpoint_is_well_again() {
    let receiver = WebhookReceiver::start().await;
    let (fixture, endpoint, _) = one_due(&receiver).await;
    receiver.reply([Reply::Status(500), Reply::Status(202)]);
    fixture.send().await;
    let failing = fixture.webhooks.endpoint(ADA, endpoint).await.unwrap();
    assert!(failing.failing_since.is_some());
    assert!(next_attempt(&fixture, endpoint).await);
    let delivery = fixture.delivery(ADA, endpoint).await;
    assert_eq!(delivery.state, DeliveryState::Delivered);
    assert_eq!((delivery.attempts, delivery.next_attempt_at), (2, None));
    let well = fixture.webhooks.endpoint(ADA, endpoint).await.unwrap();
    assert_eq!(well.failing_since, None);
}

#[tokio::test]
async fn a_receiver_that_asks_for_time_is_left_alone_so_long() {
    let receiver = WebhookReceiver::start().await;
    let (fixture, endpoint, _) = one_due(&receiver).await;
    let now = fixture.delivery(ADA, endpoint).await.created_at;
    receiver.reply([Reply::With(429, vec![("retry-after", "3600".to_owned())])]);
    fixture.send().await;
    let next = fixture.delivery(ADA, endpoint).await.next_attempt_at;
    assert_eq!(next, Some(now + TimeDelta::hours(1)));
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_sent_nothing_more() {
    let receiver = WebhookReceiver::start().await;
    let (fixture, endpoint, _) = one_due(&receiver).await;
    fixture.ready(ADA, "Wasps").await;
    fixture.announce().await;
    receiver.reply([Reply::Status(410)]);
    fixture.send().await;
    assert_eq!(receiver.received().len(), 1);
    let shown = fixture.webhooks.endpoint(ADA, endpoint).await.unwrap();
    let because = shown.disabled.map(|(because, _)| because);
    assert_eq!(because, Some(DisabledBecause::Gone));
    let all = fixture.deliveries(ADA, endpoint).await;
    assert!(all.iter().all(|one| one.state == DeliveryState::Failed));
    let id = all[0].id;
    let again = fixture.webhooks.redeliver(ADA, id).await;
    assert!(matches!(again, Err(NotificationError::Disabled)));

    // Its owner mends it, and has it all sent after all.
    let enable = EndpointChanges {
        enabled: Some(true),
        ..EndpointChanges::default()
    };
    let enabled = fixture
        .webhooks
        .change_endpoint(ADA, endpoint, &enable)
        .await;
    enabled.unwrap();
    for delivery in &all {
        fixture.webhooks.redeliver(ADA, delivery.id).await.unwrap();
    }
    fixture.send().await;
    let all = fixture.deliveries(ADA, endpoint).await;
    assert!(all.iter().all(|one| one.state == DeliveryState::Delivered));
}

#[tokio::test]
async fn a_receiver_that_takes_nothing_for_days_is_given_up() {
    let receiver = WebhookReceiver::start().await;
    let (fixture, endpoint, _) = one_due(&receiver).await;
    receiver.reply((0..100).map(|_| Reply::Status(500)));
    fixture.send().await;
    while next_attempt(&fixture, endpoint).await {}
    fixture.clock.pass(TimeDelta::days(4));
    fixture.webhooks.send_test(ADA, endpoint).await.unwrap();
    fixture.send().await;
    loop {
        let newest = fixture.deliveries(ADA, endpoint).await.remove(0);
        let Some(due) = newest.next_attempt_at else {
            break;
        };
        fixture.clock.set(due);
        fixture.send().await;
    }
    let shown = fixture.webhooks.endpoint(ADA, endpoint).await.unwrap();
    let because = shown.disabled.map(|(because, _)| because);
    assert_eq!(because, Some(DisabledBecause::Failing));
}

#[tokio::test]
async fn what_a_dead_process_had_taken_is_sent_by_another_once_its_lease_is_over() {
    let receiver = WebhookReceiver::start().await;
    let (fixture, endpoint, _) = one_due(&receiver).await;
    receiver.reply([Reply::Silence]);
    let dying = fixture.another().await;
    let sending = tokio::spawn(async move { dying.send().await });
    receiver.until(1).await;
    sending.abort();
    // Nobody knows what came of it.
    fixture.send().await;
    assert_eq!(receiver.received().len(), 1);
    fixture.clock.pass(TimeDelta::minutes(3));
    fixture.send().await;
    let received = receiver.received();
    assert_eq!(received.len(), 2);
    assert_eq!(
        received[0].header("webhook-id"),
        received[1].header("webhook-id")
    );
    let delivery = fixture.delivery(ADA, endpoint).await;
    assert_eq!(
        (delivery.state, delivery.attempts),
        (DeliveryState::Delivered, 2)
    );
}

#[tokio::test]
async fn a_receiver_that_is_silent_holds_up_nobody_else() {
    let silent = WebhookReceiver::start().await;
    let (fixture, _, _) = one_due(&silent).await;
    silent.reply([Reply::Silence]);
    let prompt = WebhookReceiver::start().await;
    fixture.endpoint(BOB, &prompt.url()).await;
    fixture.ready(BOB, "Wasps").await;
    fixture.announce().await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(fixture.webhooks.clone().run(stop.clone()));
    silent.until(1).await;
    prompt.until(1).await;
    fixture.ready(BOB, "Hornets").await;
    fixture.announce().await;
    prompt.until(2).await;
    running.abort();
}

#[tokio::test]
async fn during_a_rotation_both_secrets_sign_and_after_it_only_the_new_one() {
    let receiver = WebhookReceiver::start().await;
    let (fixture, endpoint, old) = one_due(&receiver).await;
    let new = fixture.webhooks.rotate_secret(ADA, endpoint, 24).await;
    let new = new.unwrap().expose().to_owned();
    assert_ne!(old, new);
    fixture.send().await;
    fixture.clock.pass(TimeDelta::hours(25));
    fixture.webhooks.send_test(ADA, endpoint).await.unwrap();
    fixture.send().await;
    let received = receiver.received();
    assert!(received[0].is_signed_by(&old) && received[0].is_signed_by(&new));
    assert!(!received[1].is_signed_by(&old) && received[1].is_signed_by(&new));

    let at_once = fixture.webhooks.rotate_secret(ADA, endpoint, 0).await;
    let at_once = at_once.unwrap().expose().to_owned();
    fixture.webhooks.send_test(ADA, endpoint).await.unwrap();
    fixture.send().await;
    let last = receiver.received().remove(2);
    assert!(last.is_signed_by(&at_once) && !last.is_signed_by(&new));
}

#[tokio::test]
async fn what_is_over_is_kept_for_a_month_and_nothing_sealed_lies_in_the_clear() {
    let receiver = WebhookReceiver::start().await;
    let (fixture, endpoint, secret) = one_due(&receiver).await;
    fixture.send().await;
    let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(
        "SELECT e::text FROM webhook_endpoints e".to_owned(),
    ))
    .fetch_all(fixture.database.pool())
    .await
    .unwrap();
    let hex = |text: &str| -> String { text.bytes().map(|byte| format!("{byte:02x}")).collect() };
    for traces in [receiver.url(), secret] {
        assert!(
            rows.iter()
                .all(|row| !row.contains(&traces) && !row.contains(&hex(&traces)))
        );
    }
    fixture.clock.pass(TimeDelta::days(29));
    fixture.webhooks.sweep().await.unwrap();
    assert_eq!(fixture.deliveries(ADA, endpoint).await.len(), 1);
    fixture.clock.pass(TimeDelta::days(2));
    fixture.webhooks.sweep().await.unwrap();
    assert!(fixture.deliveries(ADA, endpoint).await.is_empty());
}
