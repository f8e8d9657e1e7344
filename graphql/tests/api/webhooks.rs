use domain::Stage;
use insta::assert_json_snapshot;
use integrations::testing::WebhookReceiver;
use serde_json::{Value, json};

use crate::harness::{App, id_at};

const MADE: &str = "endpoint { id url description kinds enabled failingSince } secret
    errors { field code message }";

async fn create(app: &App, url: &str) -> Value {
    app.ask_raw(&format!(
        r#"mutation {{ createWebhookEndpoint(input: {{
            url: "{url}", description: "Studio", kinds: [VIDEO_FAILED, VIDEO_READY]
        }}) {{ {MADE} }} }}"#
    ))
    .await
}

#[tokio::test]
async fn a_program_is_told_of_a_failure_and_its_owner_sees_what_was_sent() {
    let app = App::start().await;
    app.tell_programs().await;
    let receiver = WebhookReceiver::start().await;
    let made = create(&app, &receiver.url()).await;
    let secret = made["data"]["createWebhookEndpoint"]["secret"]
        .as_str()
        .unwrap();
    let video = app.video("Bees").await;
    app.fail(video, Stage::Script).await;
    let received = receiver.until(1).await;
    assert!(received[0].is_signed_by(secret));
    assert_eq!(received[0].json()["data"]["videoId"], video.to_string());

    let query = "{ webhookEndpoints { url kinds deliveries { edges { node {
        messageId eventType body state attemptCount nextAttemptAt
        attempts { number status problem } } } } } }";
    let node = loop {
        let shown = app.ask_raw(query).await;
        let node = &shown["data"]["webhookEndpoints"][0]["deliveries"]["edges"][0]["node"];
        if node["state"] == "DELIVERED" {
            break node.clone();
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(node["messageId"], received[0].header("webhook-id"));
    assert_eq!(
        node["body"].as_str().unwrap().as_bytes(),
        &received[0].body[..]
    );
    assert_eq!(node["eventType"], "video.failed");
    let attempts = json!([{ "number": 1, "status": 204, "problem": null }]);
    assert_eq!(node["attempts"], attempts);
    assert_eq!(node["nextAttemptAt"], json!(null));
}

#[tokio::test]
async fn an_endpoint_is_changed_tried_and_deleted_and_its_secret_is_shown_once() {
    let app = App::start().await;
    app.tell_programs().await;
    let receiver = WebhookReceiver::start().await;
    let made = create(&app, &receiver.url()).await;
    let id = id_at(&made, "/data/createWebhookEndpoint/endpoint/id");
    let changed = app
        .ask_raw(&format!(
            r#"mutation {{ updateWebhookEndpoint(input: {{
                endpointId: "{id}", description: "", kinds: [VIDEO_READY]
            }}) {{ {MADE} }} }}"#
        ))
        .await;
    let changed = &changed["data"]["updateWebhookEndpoint"];
    assert_eq!(changed["secret"], json!(null));
    assert_eq!(changed["endpoint"]["kinds"], json!(["VIDEO_READY"]));
    assert_eq!(changed["endpoint"]["description"], "");

    let rotate = format!(
        r#"mutation {{ rotateWebhookSecret(input: {{ endpointId: "{id}" }}) {{
            secret endpoint {{ oldSecretUntil }} errors {{ message }} }} }}"#
    );
    let rotated = app.ask_raw(&rotate).await;
    let rotated = &rotated["data"]["rotateWebhookSecret"];
    assert_eq!(
        rotated["endpoint"]["oldSecretUntil"],
        "2026-11-02T12:00:00+00:00"
    );
    let test = format!(
        r#"mutation {{ sendTestWebhook(input: {{ endpointId: "{id}" }}) {{
            delivery {{ id eventType state }} errors {{ message }} }} }}"#
    );
    let tried = app.ask_raw(&test).await;
    let delivery = id_at(&tried, "/data/sendTestWebhook/delivery/id");
    let received = receiver.until(1).await;
    assert_eq!(received[0].json()["type"], "webhook.test");
    assert!(received[0].is_signed_by(rotated["secret"].as_str().unwrap()));
    let again = format!(
        r#"mutation {{ redeliverWebhook(input: {{ deliveryId: "{delivery}" }}) {{
            delivery {{ id }} errors {{ message }} }} }}"#
    );
    app.ask_raw(&again).await;
    let received = receiver.until(2).await;
    assert_eq!(
        received[0].header("webhook-id"),
        received[1].header("webhook-id")
    );

    let delete = format!(
        r#"mutation {{ deleteWebhookEndpoint(input: {{ endpointId: "{id}" }}) {{
            errors {{ field code }} }} }}"#
    );
    let gone = app.ask_raw(&delete).await;
    assert_eq!(gone["data"]["deleteWebhookEndpoint"]["errors"], json!([]));
    let left = app.ask("{ webhookEndpoints { id } }").await;
    assert_eq!(left["data"]["webhookEndpoints"], json!([]));
    let twice = app.ask_raw(&delete).await;
    let errors = &twice["data"]["deleteWebhookEndpoint"]["errors"];
    assert_eq!(
        errors[0],
        json!({ "field": "endpointId", "code": "NOT_FOUND" })
    );
}

#[tokio::test]
async fn all_that_is_wrong_with_an_endpoint_is_told_at_once() {
    let app = App::start().await;
    let long = "a".repeat(201);
    let refused = app
        .ask(&format!(
            r#"mutation {{ createWebhookEndpoint(input: {{
                url: "https://169.254.169.254/latest", description: "{long}", kinds: []
            }}) {{ endpoint {{ id }} secret errors {{ field code message }} }} }}"#
        ))
        .await;
    assert_json_snapshot!(refused, @r#"
    {
      "data": {
        "createWebhookEndpoint": {
          "endpoint": null,
          "errors": [
            {
              "code": "INVALID",
              "field": "url",
              "message": "url: leads to an address that is not on the public internet"
            },
            {
              "code": "INVALID",
              "field": "description",
              "message": "description: has 201 characters; at most 200 are allowed"
            },
            {
              "code": "INVALID",
              "field": "kinds",
              "message": "kinds: is empty; name what the endpoint is to be told of"
            }
          ],
          "secret": null
        }
      }
    }
    "#);
}

#[tokio::test]
async fn an_access_token_manages_no_webhooks_and_nobody_sees_those_of_others() {
    let app = App::start_for_strangers(None).await;
    let (_, ada) = app.person("ada@example.com").await;
    let (_, bob) = app.person("bob@example.com").await;
    let made = app
        .ask_as(
            &ada,
            r#"mutation { createWebhookEndpoint(input: {
                url: "https://hooks.example/", kinds: [VIDEO_READY]
            }) { endpoint { id } errors { message } } }"#,
        )
        .await;
    let id = id_at(&made, "/data/createWebhookEndpoint/endpoint/id");
    let his = app.ask_as(&bob, "{ webhookEndpoints { id } }").await;
    assert_eq!(his["data"]["webhookEndpoints"], json!([]));
    let deleted = app
        .ask_as(
            &bob,
            &format!(
                r#"mutation {{ deleteWebhookEndpoint(input: {{ endpointId: "{id}" }}) {{
                    errors {{ code }} }} }}"#
            ),
        )
        .await;
    let errors = &deleted["data"]["deleteWebhookEndpoint"]["errors"];
    assert_eq!(errors[0]["code"], "NOT_FOUND");
    let token = app
        .ask_as(
            &ada,
            r#"mutation { createAccessToken(input: {
                name: "ci", scopes: [READ, WRITE], expiresAt: "2026-12-01T00:00:00Z"
            }) { secret } }"#,
        )
        .await;
    let secret = token["data"]["createAccessToken"]["secret"]
        .as_str()
        .unwrap();
    let refused = app
        .ask_as(&secret.into(), "{ webhookEndpoints { id } }")
        .await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
}
