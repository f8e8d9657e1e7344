use domain::NotificationKind;
use integrations::testing::WebhookReceiver;
use notifications::webhook::{EndpointChanges, MAX_ENDPOINTS, NewEndpoint};
use notifications::{NotificationError, Webhooks};
use secrecy::ExposeSecret;

use crate::support::{ADA, BOB, Fixture};

const URL: &str = "https://hooks.example/narrate?token=secret";

#[tokio::test]
async fn an_endpoint_is_made_changed_and_deleted_by_its_owner_alone() {
    let fixture = Fixture::open().await;
    let webhooks = &fixture.webhooks;
    let (id, secret) = fixture.endpoint(ADA, URL).await;
    assert!(secret.starts_with("whsec_"));
    let shown = webhooks.endpoint(ADA, id).await.unwrap();
    assert_eq!(shown.url.expose_secret(), URL);
    assert_eq!(shown.kinds, NotificationKind::ALL);

    let changes = EndpointChanges {
        url: Some(webhooks.url("https://hooks.example/other").unwrap()),
        description: Some("Studio".to_owned()),
        ..EndpointChanges::default()
    };
    let not_his = webhooks.change_endpoint(BOB, id, &changes).await;
    assert!(matches!(not_his, Err(NotificationError::NotFound)));
    webhooks.change_endpoint(ADA, id, &changes).await.unwrap();
    let shown = webhooks.endpoint(ADA, id).await.unwrap();
    assert_eq!(shown.url.expose_secret(), "https://hooks.example/other");
    assert_eq!(shown.description, "Studio");

    for refused in [
        webhooks.endpoint(BOB, id).await.map(drop),
        webhooks.delete_endpoint(BOB, id).await,
        webhooks.rotate_secret(BOB, id, 1).await.map(drop),
        webhooks.send_test(BOB, id).await.map(drop),
    ] {
        assert!(matches!(refused, Err(NotificationError::NotFound)));
    }
    webhooks.delete_endpoint(ADA, id).await.unwrap();
    assert!(webhooks.endpoints(ADA).await.unwrap().is_empty());
}

#[tokio::test]
async fn one_delivery_is_shown_and_sent_again_by_its_owner_alone() {
    let fixture = Fixture::open().await;
    let receiver = WebhookReceiver::start().await;
    let (endpoint, _) = fixture.endpoint(ADA, &receiver.url()).await;
    fixture.webhooks.send_test(ADA, endpoint).await.unwrap();
    fixture.send().await;
    let id = fixture.delivery(ADA, endpoint).await.id;
    assert!(fixture.deliveries(BOB, endpoint).await.is_empty());
    let not_his = fixture.webhooks.redeliver(BOB, id).await;
    assert!(matches!(not_his, Err(NotificationError::NotFound)));
    fixture.webhooks.redeliver(ADA, id).await.unwrap();
    fixture.send().await;
    let received = receiver.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].body, received[1].body);
    assert_eq!(
        received[0].header("webhook-id"),
        received[1].header("webhook-id")
    );
}

#[tokio::test]
async fn a_person_has_so_many_endpoints_and_no_more_even_when_asked_at_once() {
    let fixture = Fixture::open().await;
    let make = async || {
        let new = NewEndpoint {
            url: fixture.webhooks.url(URL).unwrap(),
            description: String::new(),
            kinds: vec![NotificationKind::VideoReady],
        };
        fixture.webhooks.create_endpoint(ADA, &new).await
    };
    let mut made = 0;
    for _ in 0..MAX_ENDPOINTS - 1 {
        make().await.unwrap();
        made += 1;
    }
    let (one, other, third) = tokio::join!(make(), make(), make());
    for outcome in [one, other, third] {
        match outcome {
            Ok(_) => made += 1,
            Err(error) => assert!(matches!(error, NotificationError::TooMany), "{error:?}"),
        }
    }
    assert_eq!(made, MAX_ENDPOINTS);
    // Another person has their own.
    fixture.endpoint(BOB, URL).await;
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_by_its_name() {
    let fixture = Fixture::open().await;
    let (id, _) = fixture.endpoint(ADA, URL).await;
    let hours = fixture.webhooks.rotate_secret(ADA, id, 169).await;
    let hours = hours.err().unwrap().to_string();
    assert_eq!(hours, "overlapHours: is 169; choose 0 to 168");
    let long = Webhooks::description(&"a".repeat(201)).unwrap_err();
    assert_eq!(
        long.to_string(),
        "description: has 201 characters; at most 200 are allowed"
    );
    let none = Webhooks::kinds(&[]).unwrap_err();
    assert!(none.to_string().starts_with("kinds: is empty"));
    let inside = fixture
        .webhooks
        .url("https://169.254.169.254/")
        .unwrap_err();
    assert!(inside.to_string().contains("not on the public internet"));
}
