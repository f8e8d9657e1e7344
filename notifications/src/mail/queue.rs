//! Writing mails down, and sending what is due.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Notice, NotificationChannel, UserId};
use integrations::mail::{Mail, MailError};
use secrecy::ExposeSecret;
use sqlx::types::Json;
use sqlx::{PgConnection, Postgres, Transaction};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Mails, Subscribed};
use crate::announcer::Announcement;
use crate::preferences::wants;
use crate::{NotificationError, webhook};

const LOOK_EVERY: Duration = Duration::from_secs(5);
/// A process that takes a mail has so long before another may.
const TAKEN_FOR: TimeDelta = TimeDelta::minutes(2);
/// Between tries: doubled each time, from this to an hour.
const FIRST_PAUSE_S: i64 = 10;
const LONGEST_PAUSE_S: i64 = 3_600;
/// About a day.
const MAX_ATTEMPTS: i32 = 30;

struct Due {
    id: Uuid,
    owner: Uuid,
    video: Uuid,
    notice: serde_json::Value,
    attempts: i32,
}

pub(crate) async fn write(
    tx: &mut Transaction<'_, Postgres>,
    announcement: &Announcement,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let Announcement {
        event,
        owner,
        notice,
    } = announcement;
    if !wants(tx, *owner, notice.kind, NotificationChannel::Email).await? {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO notification_mails (id, owner, video, notice, due_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
        Uuid::new_v5(&event.id, b"mail"),
        owner.0,
        event.stream.id,
        Json(notice) as _,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn forget_video(tx: &mut PgConnection, video: Uuid) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM notification_mails WHERE video = $1", video)
        .execute(tx)
        .await?;
    Ok(())
}

pub(crate) async fn forget_person(tx: &mut PgConnection, person: UserId) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM notification_mails WHERE owner = $1", person.0)
        .execute(tx)
        .await?;
    Ok(())
}

impl Mails {
    /// Sends what is due until `stop`. Any number of processes may.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.send_what_is_due().await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "mails about videos are put off"
                );
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.work.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Sends everything that is due now.
    pub async fn send_what_is_due(&self) -> Result<(), NotificationError> {
        while let Some(due) = self.take().await? {
            match self.send(&due).await {
                Ok(()) => self.forget(due.id).await?,
                Err(error) => self.put_off(&due, &error).await?,
            }
        }
        Ok(())
    }

    async fn take(&self) -> sqlx::Result<Option<Due>> {
        let now = self.parts.clock.now();
        sqlx::query_as!(
            Due,
            "UPDATE notification_mails SET attempts = attempts + 1, due_at = $2
             WHERE id = (
                SELECT id FROM notification_mails WHERE due_at <= $1
                ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
             )
             RETURNING id, owner, video, notice, attempts",
            now,
            now + TAKEN_FOR
        )
        .fetch_optional(&self.parts.pool)
        .await
    }

    async fn send(&self, due: &Due) -> Result<(), NotificationError> {
        let person = UserId(due.owner);
        // Who has no account has no address.
        let Some(account) = self.parts.accounts.account(person).await? else {
            return Ok(());
        };
        let notice: Notice =
            serde_json::from_value(due.notice.clone()).map_err(webhook::decoded)?;
        let subscribed = Subscribed {
            person,
            kind: notice.kind,
        };
        let unsubscribe = self.link(subscribed).await?;
        let text = format!(
            "{}\n\n{}\n\n{}\n\nThe video's id: {}\n{}\n\nNo more mails of this kind: {}\n",
            notice.title,
            notice.text,
            notice.next_step,
            due.video,
            self.parts.public_url,
            unsubscribe.expose_secret(),
        );
        let mail = Mail {
            id: due.id,
            to: account.email,
            subject: notice.title,
            text,
            html: None,
            link: None,
            unsubscribe: Some(unsubscribe),
        };
        Ok(self.parts.mailer.send(&mail).await?)
    }

    async fn put_off(&self, due: &Due, error: &NotificationError) -> sqlx::Result<()> {
        let is_refused = matches!(error, NotificationError::Mail(MailError::Refused { .. }));
        let gives_up = is_refused || due.attempts >= MAX_ATTEMPTS;
        tracing::warn!(
            mail.id = %due.id,
            attempts = due.attempts,
            gives_up,
            error = error as &dyn std::error::Error,
            "a mail about a video was not sent"
        );
        if gives_up {
            return self.forget(due.id).await;
        }
        let doubled = FIRST_PAUSE_S << (due.attempts.clamp(1, 20) - 1);
        let pause = TimeDelta::seconds(doubled.min(LONGEST_PAUSE_S));
        sqlx::query!(
            "UPDATE notification_mails SET due_at = $2 WHERE id = $1",
            due.id,
            self.parts.clock.now() + pause
        )
        .execute(&self.parts.pool)
        .await?;
        Ok(())
    }

    async fn forget(&self, id: Uuid) -> sqlx::Result<()> {
        sqlx::query!("DELETE FROM notification_mails WHERE id = $1", id)
            .execute(&self.parts.pool)
            .await?;
        Ok(())
    }
}
