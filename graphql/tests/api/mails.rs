use domain::video::{Video, VideoCommand};
use domain::{Stage, UserId};
use insta::assert_json_snapshot;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::harness::{App, id_at};
use crate::production::failure;

const PREFERENCES: &str = "{ notificationPreferences { kind channel enabled } }";

/// A video of theirs has failed.
async fn fail_of(app: &App, user: UserId, token: &SecretString) {
    let request = r#"mutation { requestVideo(input: { topic: "Bees" }) { video { id } } }"#;
    let requested = app.ask_as(token, request).await;
    let video = id_at(&requested, "/data/requestVideo/video/id");
    let (stage, attempt) = (Stage::Script, 1);
    let start = VideoCommand::StartStage { stage, attempt };
    app.tell::<Video>(user, video, start).await;
    let fail = VideoCommand::FailStage {
        stage,
        attempt,
        failure: failure(),
        at: chrono::DateTime::UNIX_EPOCH,
        jitter: 0.0,
    };
    app.tell::<Video>(user, video, fail).await;
}

#[tokio::test]
async fn a_mail_is_ended_by_its_link_with_one_press_and_without_signing_in() {
    let app = App::start_for_strangers(None).await;
    app.tell_programs().await;
    let (ada, token) = app.person("ada@example.com").await;
    fail_of(&app, ada, &token).await;
    let patience = std::time::Duration::from_secs(60);
    tokio::time::timeout(patience, app.mailer.called(1))
        .await
        .unwrap();
    let mail = app.mailer.calls().remove(0);
    let link = mail.unsubscribe.unwrap().expose_secret().to_owned();

    // Opened, it asks; programs that look into mails end nothing.
    let asked = app.client.get(&link).send().await.unwrap();
    assert_eq!(asked.status(), 200);
    assert!(
        asked
            .text()
            .await
            .unwrap()
            .contains("<form method=\"post\">")
    );
    let before = app.ask_as(&token, PREFERENCES).await;
    let enabled = before["data"]["notificationPreferences"].as_array();
    let enabled: Vec<_> = enabled.unwrap().iter().map(|one| &one["enabled"]).collect();
    assert_eq!(enabled, [false, true, true, true]);

    let one_click = app.client.post(&link);
    let one_click = one_click.header("content-type", "application/x-www-form-urlencoded");
    let ended = one_click.body("List-Unsubscribe=One-Click").send().await;
    assert_eq!(ended.unwrap().status(), 200);
    let after = app.ask_as(&token, PREFERENCES).await;
    let failed_by_mail = &after["data"]["notificationPreferences"][2];
    assert_eq!(
        failed_by_mail,
        &json!({ "kind": "VIDEO_FAILED", "channel": "EMAIL", "enabled": false })
    );
    let forged = link.replace("video-failed", "video-ready");
    let refused = app.client.post(&forged).send().await.unwrap();
    assert_eq!(refused.status(), 404);
}

#[tokio::test]
async fn preferences_are_set_one_by_one_and_what_stands_there_twice_is_refused() {
    let app = App::start().await;
    let set = |preferences: &str| {
        format!(
            "mutation {{ setNotificationPreferences(input: {{ preferences: [{preferences}] }}) {{
                preferences {{ kind channel enabled }} errors {{ field code message }} }} }}"
        )
    };
    let ready = "{ kind: VIDEO_READY, channel: EMAIL, enabled: true }";
    let done = app.ask(&set(ready)).await;
    let first = &done["data"]["setNotificationPreferences"]["preferences"][0];
    assert_eq!(
        first,
        &json!({ "kind": "VIDEO_READY", "channel": "EMAIL", "enabled": true })
    );
    let twice = app.ask(&set(&format!("{ready}, {ready}"))).await;
    assert_json_snapshot!(twice, @r#"
    {
      "data": {
        "setNotificationPreferences": {
          "errors": [
            {
              "code": "INVALID",
              "field": "preferences.1",
              "message": "preferences.1: this kind and channel stand here twice; name each once"
            }
          ],
          "preferences": null
        }
      }
    }
    "#);
}
