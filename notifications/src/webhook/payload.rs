//! The bodies of messages: `{type, timestamp, data}`, under 20 kB.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::NotificationKind;
use serde::Serialize;
use uuid::Uuid;

use crate::announcer::Announcement;

/// The type of a message that its owner asked for to try an endpoint.
pub const TEST_EVENT: &str = "webhook.test";

/// Of a failure's words; what providers say may be long.
const MAX_WORDS: usize = 4_000;

/// The type of message that a kind of notification makes: `video.ready`.
pub fn event_type(kind: NotificationKind) -> String {
    kind.slug().replacen('-', ".", 1)
}

#[derive(Serialize)]
struct Body<T> {
    r#type: String,
    timestamp: String,
    data: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AboutVideo<'a> {
    notification_id: Uuid,
    video_id: Uuid,
    title: &'a str,
    text: &'a str,
    next_step: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<AboutFailure<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AboutFailure<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'static str>,
    class: &'static str,
    code: &'a str,
}

#[derive(Serialize)]
struct Test {
    message: &'static str,
}

pub(super) fn of(announcement: &Announcement) -> String {
    let Announcement { event, notice, .. } = announcement;
    let failure = notice.failure.as_ref().map(|failure| AboutFailure {
        stage: notice.stage.map(domain::Stage::slug),
        class: failure.class.slug(),
        code: &failure.code,
    });
    text(&Body {
        r#type: event_type(notice.kind),
        timestamp: instant(event.metadata.occurred_at),
        data: AboutVideo {
            notification_id: event.id,
            video_id: event.stream.id,
            title: cut(&notice.title),
            text: cut(&notice.text),
            next_step: &notice.next_step,
            failure,
        },
    })
}

pub(super) fn test(now: DateTime<Utc>) -> String {
    text(&Body {
        r#type: TEST_EVENT.to_owned(),
        timestamp: instant(now),
        data: Test {
            message: "Messages of NarrateAI reach this endpoint.",
        },
    })
}

fn text(body: &impl Serialize) -> String {
    serde_json::to_string(body).expect("bodies have string keys only")
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Whole characters.
fn cut(words: &str) -> &str {
    &words[..words.floor_char_boundary(MAX_WORDS)]
}
