use domain::NotificationKind;
use domain::video::Video;
use integrations::testing::WebhookReceiver;
use notifications::webhook::{DeliveryState, EndpointChanges};
use serde_json::json;

use crate::support::{ADA, BOB, Fixture, failed};

#[tokio::test]
async fn what_happened_is_told_once_to_each_endpoint_of_its_owner_signed() {
    let fixture = Fixture::open().await;
    let (first, second) = (
        WebhookReceiver::start().await,
        WebhookReceiver::start().await,
    );
    let (_, secret) = fixture.endpoint(ADA, &first.url()).await;
    fixture.endpoint(ADA, &second.url()).await;
    let bobs = WebhookReceiver::start().await;
    fixture.endpoint(BOB, &bobs.url()).await;
    let video = fixture.ready(ADA, "Bees").await;
    fixture.announce_and_send().await;
    fixture.announce_and_send().await;

    let received = first.received();
    assert_eq!(received.len(), 1);
    assert_eq!(second.received().len(), 1);
    assert!(bobs.received().is_empty());
    assert!(received[0].is_signed_by(&secret));
    let mut body = received[0].json();
    let notification = body["data"]["notificationId"].take();
    assert!(notification.is_string());
    assert_eq!(
        body,
        json!({
            "type": "video.ready",
            "timestamp": "2026-11-01T12:00:00.000Z",
            "data": {
                "notificationId": null,
                "videoId": video.to_string(),
                "title": "“Bees” is ready",
                "text": "The film, its thumbnail and its captions are there.",
                "nextStep": "Watch it, then download it.",
            }
        })
    );
}

#[tokio::test]
async fn a_failure_says_where_and_why_for_programs_too() {
    let fixture = Fixture::open().await;
    let receiver = WebhookReceiver::start().await;
    fixture.endpoint(ADA, &receiver.url()).await;
    let video = fixture.request(ADA, "Bees").await;
    fixture.record::<Video>(ADA, video, &[failed()]).await;
    fixture.announce_and_send().await;
    let body = receiver.received()[0].json();
    assert_eq!(body["type"], "video.failed");
    assert_eq!(body["data"]["title"], "“Bees” failed in images");
    let failure = json!({ "stage": "images", "class": "user-fixable", "code": "refused" });
    assert_eq!(body["data"]["failure"], failure);
}

#[tokio::test]
async fn what_happened_before_anybody_was_told_anything_is_no_news() {
    let fixture = Fixture::open_later().await;
    let receiver = WebhookReceiver::start().await;
    let (endpoint, _) = fixture.endpoint(ADA, &receiver.url()).await;
    fixture.ready(ADA, "Old").await;
    fixture.announce().await;
    fixture.ready(ADA, "New").await;
    fixture.announce_and_send().await;
    let delivery = fixture.delivery(ADA, endpoint).await;
    assert!(delivery.body.contains("“New” is ready"));
}

#[tokio::test]
async fn an_endpoint_is_told_of_what_it_wants_while_it_is_enabled() {
    let fixture = Fixture::open().await;
    let receiver = WebhookReceiver::start().await;
    let (endpoint, _) = fixture.endpoint(ADA, &receiver.url()).await;
    let change = async |changes: EndpointChanges| {
        let changed = fixture.webhooks.change_endpoint(ADA, endpoint, &changes);
        changed.await.unwrap();
    };
    change(EndpointChanges {
        kinds: Some(vec![NotificationKind::VideoFailed]),
        ..EndpointChanges::default()
    })
    .await;
    let video = fixture.ready(ADA, "Bees").await;
    fixture.announce_and_send().await;
    assert!(receiver.received().is_empty());

    fixture.record::<Video>(ADA, video, &[failed()]).await;
    fixture.announce().await;
    // Given up before it was sent, and nothing new is written down.
    change(EndpointChanges {
        enabled: Some(false),
        ..EndpointChanges::default()
    })
    .await;
    fixture.record::<Video>(ADA, video, &[failed()]).await;
    fixture.announce_and_send().await;
    assert!(receiver.received().is_empty());
    let delivery = fixture.delivery(ADA, endpoint).await;
    assert_eq!(delivery.state, DeliveryState::Failed);
}

#[tokio::test]
async fn of_a_deleted_video_nobody_is_told_any_more() {
    let fixture = Fixture::open().await;
    let receiver = WebhookReceiver::start().await;
    let (endpoint, _) = fixture.endpoint(ADA, &receiver.url()).await;
    let video = fixture.ready(ADA, "Bees").await;
    fixture.announce().await;
    fixture.delete(ADA, video).await;
    let at_once = fixture.ready(ADA, "Wasps").await;
    fixture.delete(ADA, at_once).await;
    fixture.announce_and_send().await;
    assert!(receiver.received().is_empty());
    assert!(fixture.deliveries(ADA, endpoint).await.is_empty());
}

#[tokio::test]
async fn nothing_is_left_of_who_was_erased() {
    let fixture = Fixture::open().await;
    let receiver = WebhookReceiver::start().await;
    fixture.endpoint(ADA, &receiver.url()).await;
    let (bobs, _) = fixture.endpoint(BOB, &receiver.url()).await;
    fixture.ready(ADA, "Bees").await;
    fixture.announce().await;
    fixture.erase(ADA).await;
    fixture.announce_and_send().await;
    assert!(receiver.received().is_empty());
    assert!(fixture.webhooks.endpoints(ADA).await.unwrap().is_empty());
    assert_eq!(fixture.webhooks.endpoints(BOB).await.unwrap()[0].id, bobs);
}

#[tokio::test]
async fn two_processes_tell_everything_once() {
    let fixture = Fixture::open().await;
    let another = fixture.another().await;
    let receiver = WebhookReceiver::start().await;
    let (endpoint, _) = fixture.endpoint(ADA, &receiver.url()).await;
    for topic in ["One", "Two", "Three", "Four", "Five"] {
        fixture.ready(ADA, topic).await;
    }
    tokio::join!(fixture.announce(), another.announce());
    tokio::join!(fixture.send(), another.send());
    fixture.announce_and_send().await;
    let mut ids: Vec<_> = receiver
        .received()
        .iter()
        .map(|message| message.header("webhook-id").to_owned())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(receiver.received().len(), 5);
    assert_eq!(ids.len(), 5);
    let deliveries = fixture.deliveries(ADA, endpoint).await;
    assert!(
        deliveries
            .iter()
            .all(|one| one.state == DeliveryState::Delivered)
    );
}
