use domain::Stage;
use domain::video::{Video, VideoCommand};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::harness::App;
use crate::production::failure;
use crate::socket::Live;

const INBOX: &str = "{ notifications { unreadCount totalCount edges { node {
    id kind title text nextStep readAt createdAt position videoId video { id } } } } }";

async fn inbox_at(app: &App, position: &str) -> Value {
    let query = INBOX.replacen(
        "notifications",
        &format!(r#"notifications(minPosition: "{position}")"#),
        1,
    );
    app.ask_raw(&query).await
}

fn nodes(answer: &Value) -> Vec<&Value> {
    let edges = answer["data"]["notifications"]["edges"].as_array().unwrap();
    edges.iter().map(|edge| &edge["node"]).collect()
}

fn read(ids: &[&str]) -> String {
    let ids: Vec<_> = ids.iter().map(|id| format!("{id:?}")).collect();
    format!(
        "mutation {{ markNotificationsRead(input: {{ notificationIds: [{}] }}) {{
            unreadCount position errors {{ field code message }} }} }}",
        ids.join(", ")
    )
}

#[tokio::test]
async fn a_finished_and_a_failed_video_are_told_with_what_to_do_next() {
    let app = App::start().await;
    let ready = app.video("Bees").await;
    app.produce(ready).await;
    let failed = app.video("Wasps").await;
    let position = app.fail(failed, Stage::Script).await;
    let mut answer = inbox_at(&app, &position).await;
    // The clock stands still, so which is newer is not told.
    let edges = answer["data"]["notifications"]["edges"].as_array_mut();
    edges
        .unwrap()
        .sort_by_key(|edge| edge["node"]["kind"].to_string());
    let answer = crate::harness::tidy(answer);
    assert_json_snapshot!(answer, @r#"
    {
      "data": {
        "notifications": {
          "edges": [
            {
              "node": {
                "createdAt": "2026-11-01T12:00:00+00:00",
                "id": "<id 1>",
                "kind": "VIDEO_FAILED",
                "nextStep": "Do what the message says, then retry the video: it goes on from the stage that failed.",
                "position": "19@log",
                "readAt": null,
                "text": "openai does not accept its key; correct the key, then retry",
                "title": "“Wasps” failed in script",
                "video": {
                  "id": "<id 2>"
                },
                "videoId": "<id 2>"
              }
            },
            {
              "node": {
                "createdAt": "2026-11-01T12:00:00+00:00",
                "id": "<id 3>",
                "kind": "VIDEO_READY",
                "nextStep": "Watch it, then download it.",
                "position": "15@log",
                "readAt": null,
                "text": "The film, its thumbnail and its captions are there.",
                "title": "“Three Hearts: \"why?\"” is ready",
                "video": {
                  "id": "<id 4>"
                },
                "videoId": "<id 4>"
              }
            }
          ],
          "totalCount": 2,
          "unreadCount": 2
        }
      }
    }
    "#);
}

#[tokio::test]
async fn what_is_marked_is_read_and_the_rest_stays_unread() {
    let app = App::start().await;
    let mut position = String::new();
    for topic in ["One", "Two", "Three"] {
        let video = app.video(topic).await;
        position = app.fail(video, Stage::Script).await;
    }
    let before = inbox_at(&app, &position).await;
    let ids: Vec<_> = nodes(&before)
        .iter()
        .map(|node| node["id"].as_str().unwrap())
        .collect();

    let marked = app.ask_raw(&read(&ids[..1])).await;
    let payload = &marked["data"]["markNotificationsRead"];
    assert_eq!(payload["unreadCount"], 2);
    assert_eq!(payload["errors"], json!([]));

    let all = format!(
        r#"mutation {{ markAllNotificationsRead(input: {{ until: "{position}" }}) {{
            unreadCount errors {{ field }} }} }}"#
    );
    let marked = app.ask(&all).await;
    assert_eq!(marked["data"]["markAllNotificationsRead"]["unreadCount"], 0);
    let unread = "{ notifications(unreadOnly: true) { totalCount edges { node { id } } } }";
    let left = app.ask(unread).await;
    assert_eq!(left["data"]["notifications"]["totalCount"], 0);
    let again = app.ask(&all).await;
    assert_eq!(
        again["data"]["markAllNotificationsRead"]["errors"],
        json!([])
    );
}

#[tokio::test]
async fn what_came_after_the_named_position_stays_unread() {
    let app = App::start().await;
    let first = app.video("One").await;
    let seen = app.fail(first, Stage::Script).await;
    let second = app.video("Two").await;
    let position = app.fail(second, Stage::Script).await;
    inbox_at(&app, &position).await;
    let marked = app
        .ask(&format!(
            r#"mutation {{ markAllNotificationsRead(input: {{ until: "{seen}" }}) {{ unreadCount }} }}"#
        ))
        .await;
    assert_eq!(marked["data"]["markAllNotificationsRead"]["unreadCount"], 1);
}

#[tokio::test]
async fn wrong_marks_are_refused_by_place_and_nothing_is_marked() {
    let app = App::start().await;
    let video = app.video("One").await;
    let position = app.fail(video, Stage::Script).await;
    let before = inbox_at(&app, &position).await;
    let id = nodes(&before)[0]["id"].as_str().unwrap();
    let refused = app.ask(&read(&[id, "bees"])).await;
    assert_json_snapshot!(refused, @r#"
    {
      "data": {
        "markNotificationsRead": {
          "errors": [
            {
              "code": "NOT_FOUND",
              "field": "notificationIds.1",
              "message": "there is no such notification"
            }
          ],
          "position": null,
          "unreadCount": null
        }
      }
    }
    "#);
    let nothing = app.ask(&read(&[])).await;
    let errors = &nothing["data"]["markNotificationsRead"]["errors"];
    assert_eq!(
        errors[0]["message"],
        "notificationIds: name 1 to 1000 notifications, not 0"
    );
    let until = r#"mutation { markAllNotificationsRead(input: { until: "soon" }) {
        unreadCount errors { field code message } } }"#;
    assert_json_snapshot!(app.ask(until).await, @r#"
    {
      "data": {
        "markAllNotificationsRead": {
          "errors": [
            {
              "code": "INVALID",
              "field": "until",
              "message": "until: this is not a position; pass one that a query gave"
            }
          ],
          "unreadCount": null
        }
      }
    }
    "#);
    let left = app.ask("{ notifications { unreadCount } }").await;
    assert_eq!(left["data"]["notifications"]["unreadCount"], 1);
}

#[tokio::test]
async fn a_subscriber_hears_what_comes_what_is_read_and_what_goes() {
    let app = App::start().await;
    let video = app.video("Bees").await;
    let position = app.fail(video, Stage::Script).await;
    inbox_at(&app, &position).await;
    let mut live = Live::subscribe(
        &app,
        &format!(
            r#"subscription {{ notifications(after: "{position}") {{
                notification {{ id title readAt }} deletedVideoId unreadCount position }} }}"#
        ),
    )
    .await;
    let other = app.video("Wasps").await;
    app.fail(other, Stage::Script).await;
    let came = live.next_raw().await;
    let came = &came["data"]["notifications"];
    assert_eq!(came["notification"]["title"], "“Wasps” failed in script");
    assert_eq!(came["notification"]["readAt"], json!(null));
    let id = came["notification"]["id"].as_str().unwrap();

    app.ask_raw(&read(&[id])).await;
    let marked = live.next_raw().await;
    let marked = &marked["data"]["notifications"];
    assert_eq!(marked["notification"]["id"], id);
    assert!(marked["notification"]["readAt"].is_string());
    assert_eq!(marked["unreadCount"], 1);

    let delete = format!(
        r#"mutation {{ deleteVideo(input: {{ videoId: "{video}" }}) {{ errors {{ code }} }} }}"#
    );
    app.ask_raw(&delete).await;
    let gone = live.next_raw().await;
    let gone = &gone["data"]["notifications"];
    assert_eq!(gone["notification"], json!(null));
    assert_eq!(gone["deletedVideoId"], video.to_string());
}

#[tokio::test]
async fn nobody_sees_or_marks_what_others_were_told() {
    let app = App::start_for_strangers(None).await;
    let (ada, ada_token) = app.person("ada@example.com").await;
    let (_, bob_token) = app.person("bob@example.com").await;
    let requested = app
        .ask_as(
            &ada_token,
            r#"mutation { requestVideo(input: { topic: "Bees" }) { video { id } } }"#,
        )
        .await;
    let video = crate::harness::id_at(&requested, "/data/requestVideo/video/id");
    let (stage, attempt) = (Stage::Script, 1);
    let start = VideoCommand::StartStage { stage, attempt };
    app.tell::<Video>(ada, video, start).await;
    let fail = VideoCommand::FailStage {
        stage,
        attempt,
        failure: failure(),
        at: chrono::DateTime::UNIX_EPOCH,
        jitter: 0.0,
    };
    let position = app.tell::<Video>(ada, video, fail).await;
    let query = INBOX.replacen(
        "notifications",
        &format!(r#"notifications(minPosition: "{position}")"#),
        1,
    );
    let hers = app.ask_as(&ada_token, &query).await;
    let id = nodes(&hers)[0]["id"].as_str().unwrap();
    let his = app.ask_as(&bob_token, &query).await;
    assert_eq!(his["data"]["notifications"]["totalCount"], 0);
    let marked = app.ask_as(&bob_token, &read(&[id])).await;
    let errors = &marked["data"]["markNotificationsRead"]["errors"];
    assert_eq!(errors[0]["code"], "NOT_FOUND");
    let hers = app.ask_as(&ada_token, &query).await;
    assert_eq!(hers["data"]["notifications"]["unreadCount"], 1);
}
