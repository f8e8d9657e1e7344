//! What people are told without having asked.
//!
//! To add a kind: a variant of [`NotificationKind`] and its arm in
//! [`Notice::of_video`], or in a function like it for another aggregate. The
//! inbox, webhooks and mails follow.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::slug::slug_enum;
use crate::video::VideoEvent;
use crate::{Failure, FailureClass, Stage};

slug_enum! {
    /// What a notification is about.
    NotificationKind, field "kind" {
        VideoReady = "video-ready" "Video ready",
        VideoFailed = "video-failed" "Video failed",
    }
}

slug_enum! {
    /// A way by which people are told, besides their inbox.
    NotificationChannel, field "channel" {
        Email = "email" "E-mail",
        Webhook = "webhook" "Webhook",
    }
}

impl NotificationKind {
    /// Whether it goes by `channel` to who has chosen nothing: mail for what
    /// needs somebody, webhooks for all that an endpoint wants.
    pub const fn is_told_by(self, channel: NotificationChannel) -> bool {
        match (channel, self) {
            (NotificationChannel::Webhook, _) | (NotificationChannel::Email, Self::VideoFailed) => {
                true
            }
            (NotificationChannel::Email, Self::VideoReady) => false,
        }
    }

    /// The stored name of the event that makes it.
    pub const fn caused_by(self) -> &'static str {
        match self {
            Self::VideoReady => "VideoReady",
            Self::VideoFailed => "VideoFailed",
        }
    }
}

/// One notification in words, and what programs want to know of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    pub kind: NotificationKind,
    /// One line.
    pub title: String,
    /// What happened.
    pub text: String,
    /// What its reader can do next, in one sentence.
    pub next_step: String,
    /// Where it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

impl Notice {
    /// What `event` of the video called `name` is worth telling; none for most.
    pub fn of_video(event: &VideoEvent, name: &str) -> Option<Self> {
        match event {
            VideoEvent::Ready {} => Some(Self {
                kind: NotificationKind::VideoReady,
                title: format!("“{name}” is ready"),
                text: "The film, its thumbnail and its captions are there.".to_owned(),
                next_step: "Watch it, then download it.".to_owned(),
                stage: None,
                failure: None,
            }),
            VideoEvent::Failed { stage, failure } => Some(Self {
                kind: NotificationKind::VideoFailed,
                title: format!("“{name}” failed in {}", stage.label().to_lowercase()),
                text: failure.message.clone(),
                next_step: after_failure(failure.class).to_owned(),
                stage: Some(*stage),
                failure: Some(failure.clone()),
            }),
            _ => None,
        }
    }
}

const fn after_failure(class: FailureClass) -> &'static str {
    match class {
        FailureClass::Retryable => {
            "Retry the video: it goes on from the stage that failed, and what is made stays."
        }
        FailureClass::UserFixable => {
            "Do what the message says, then retry the video: it goes on from the stage that failed."
        }
        FailureClass::Permanent => {
            "It would fail again as it is: do what the message says, or request a video with \
             another topic or other settings."
        }
    }
}
