//! Sending what is due.
//!
//! A message is leased before it is sent, and the attempt is counted with that:
//! whoever dies with it leaves it to another, once the lease is over. So a
//! message arrives at least once. One endpoint is sent one message at a time; a
//! slow one holds up nobody else.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use domain::delivery::{self, Attempts, Next, Outcome};
use futures::stream::{FuturesUnordered, StreamExt};
use integrations::webhook::{Answered, Message, NotSent, WebhookUrl};
use secrecy::ExposeSecret;
use sqlx::{Postgres, Transaction};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::delivery::message_id;
use super::endpoint::DisabledBecause;
use super::{DeliveryState, Webhooks};
use crate::NotificationError;

/// Messages on their way at once, from one process.
const AT_ONCE: usize = 32;
/// Longer than an attempt can take.
const LEASE: TimeDelta = TimeDelta::minutes(2);
const LOOK_EVERY: Duration = Duration::from_secs(1);
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(500);
/// What is on its way when the program stops has so long.
const ARRIVE_WITHIN: Duration = Duration::from_secs(5);
/// How long what is over can be looked at.
const KEPT_FOR: TimeDelta = TimeDelta::days(30);
/// Between two looks for what is older.
const SWEEP_EVERY: Duration = Duration::from_secs(600);

/// A message that this process may send.
struct Due {
    id: Uuid,
    endpoint: Uuid,
    body: String,
    attempts: i32,
    round_attempts: i32,
    round_began_at: DateTime<Utc>,
    url: Vec<u8>,
    secret: Vec<u8>,
    old_secret: Option<Vec<u8>>,
    old_secret_until: Option<DateTime<Utc>>,
}

impl Webhooks {
    /// Sends what is due until `stop`; what is on its way then has a moment to
    /// arrive. Any number of processes may.
    pub async fn run(self, stop: CancellationToken) {
        let mut on_their_way = FuturesUnordered::new();
        let mut swept: Option<Instant> = None;
        while !stop.is_cancelled() {
            match self.lease(AT_ONCE - on_their_way.len()).await {
                Ok(due) => on_their_way.extend(due.into_iter().map(|due| self.attempt(due))),
                Err(error) => {
                    put_off(&error);
                    tokio::time::sleep(PAUSE_AFTER_ERROR).await;
                }
            }
            if swept.is_none_or(|at| at.elapsed() > SWEEP_EVERY) {
                match self.sweep().await {
                    Ok(()) => swept = Some(Instant::now()),
                    Err(error) => put_off(&error),
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                Some(sent) = on_their_way.next() => {
                    if let Err(error) = sent {
                        put_off(&error);
                    }
                }
                () = self.work.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        // What does not arrive is sent again once its lease is over.
        let arrive = async { while on_their_way.next().await.is_some() {} };
        let _ = tokio::time::timeout(ARRIVE_WITHIN, arrive).await;
    }

    /// Sends everything that is due now, and what becomes due meanwhile.
    pub async fn send_what_is_due(&self) -> Result<(), NotificationError> {
        let mut on_their_way = FuturesUnordered::new();
        loop {
            let due = self.lease(AT_ONCE - on_their_way.len()).await?;
            on_their_way.extend(due.into_iter().map(|due| self.attempt(due)));
            match on_their_way.next().await {
                Some(sent) => sent?,
                None => return Ok(()),
            }
        }
    }

    /// The first message of each endpoint that has one due and none on its way.
    async fn lease(&self, most: usize) -> sqlx::Result<Vec<Due>> {
        let now = self.now();
        sqlx::query_as!(
            Due,
            r#"WITH due AS (
                 SELECT d.id FROM webhook_deliveries d
                 JOIN webhook_endpoints e ON e.id = d.endpoint
                 WHERE d.state = 'pending' AND d.next_attempt_at <= $1
                     AND e.disabled_at IS NULL
                     AND NOT EXISTS (
                         SELECT FROM webhook_deliveries other
                         WHERE other.endpoint = d.endpoint AND other.state = 'pending'
                             AND (other.leased_until > $1
                                 OR (other.next_attempt_at, other.id)
                                     < (d.next_attempt_at, d.id)))
                 ORDER BY d.next_attempt_at
                 LIMIT $3
                 FOR UPDATE OF d SKIP LOCKED
               )
               UPDATE webhook_deliveries d
               SET attempts = attempts + 1, round_attempts = round_attempts + 1,
                   leased_until = $2
               FROM due, webhook_endpoints e
               WHERE d.id = due.id AND e.id = d.endpoint
               RETURNING d.id, d.endpoint, d.body, d.attempts, d.round_attempts,
                   d.round_began_at, e.url, e.secret, e.old_secret, e.old_secret_until"#,
            now,
            now + LEASE,
            i64::try_from(most).unwrap_or(i64::MAX)
        )
        .fetch_all(self.pool())
        .await
    }

    async fn attempt(&self, due: Due) -> Result<(), NotificationError> {
        let at = self.now();
        let began = Instant::now();
        let came = self.send(&due, at).await?;
        let duration = began.elapsed();
        let outcome = match &came {
            Ok(answered) => Outcome::Answered {
                status: answered.status,
                retry_after_ms: answered.retry_after.map(whole_ms),
            },
            Err(_) => Outcome::None,
        };
        let attempts = Attempts {
            made: due.round_attempts.cast_unsigned(),
            first_at: due.round_began_at,
        };
        let next = delivery::next(attempts, outcome, self.now(), self.jitter());
        let mut tx = self.pool().begin().await?;
        sqlx::query!(
            "INSERT INTO webhook_attempts (delivery, number, at, duration_ms, status, problem)
             SELECT id, $2::int, $3::timestamptz, $4::int, $5::int, $6::text
             FROM webhook_deliveries WHERE id = $1
             ON CONFLICT DO NOTHING",
            due.id,
            due.attempts,
            at,
            i32::try_from(duration.as_millis()).unwrap_or(i32::MAX),
            came.as_ref()
                .ok()
                .map(|answered| i32::from(answered.status)),
            came.as_ref().err().map(ToString::to_string)
        )
        .execute(&mut *tx)
        .await?;
        self.conclude(&mut tx, &due, next).await?;
        tx.commit().await?;
        tracing::debug!(
            delivery.id = %due.id,
            attempt = due.attempts,
            status = came.as_ref().ok().map(|answered| answered.status),
            "attempted a webhook"
        );
        Ok(())
    }

    async fn send(
        &self,
        due: &Due,
        at: DateTime<Utc>,
    ) -> Result<Result<Answered, NotSent>, NotificationError> {
        let url = self.open_url(due.endpoint, &due.url).await?;
        // Whoever runs the program may have closed a network since.
        let Ok(url) = WebhookUrl::try_new(url.expose_secret(), &self.parts.reach) else {
            return Ok(Err(NotSent::Forbidden));
        };
        let mut secrets = vec![self.open_secret(due.endpoint, &due.secret).await?];
        let still = due.old_secret_until.is_some_and(|until| until > at);
        if let Some(old) = due.old_secret.as_ref().filter(|_| still) {
            secrets.push(self.open_secret(due.endpoint, old).await?);
        }
        let message = Message {
            url: &url,
            id: &message_id(due.id),
            at,
            body: Bytes::copy_from_slice(due.body.as_bytes()),
            secrets: &secrets,
        };
        Ok(self.parts.sender.send(&message).await)
    }

    /// Writes what follows, unless the lease was lost to another process.
    async fn conclude(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        due: &Due,
        next: Next,
    ) -> Result<(), NotificationError> {
        let now = self.now();
        let (state, next_at) = match next {
            Next::Delivered => (DeliveryState::Delivered, None),
            Next::RetryAt(at) => (DeliveryState::Pending, Some(at)),
            Next::GivenUp | Next::Gone => (DeliveryState::Failed, None),
        };
        let over = next_at.is_none().then_some(now);
        sqlx::query!(
            "UPDATE webhook_deliveries
             SET state = $3, next_attempt_at = $4, ended_at = $5, leased_until = NULL
             WHERE id = $1 AND attempts = $2 AND state = 'pending'",
            due.id,
            due.attempts,
            state.slug(),
            next_at,
            over
        )
        .execute(&mut **tx)
        .await?;
        let failing_since = sqlx::query_scalar!(
            "UPDATE webhook_endpoints
             SET failing_since = CASE WHEN $2 THEN NULL ELSE coalesce(failing_since, $3) END
             WHERE id = $1
             RETURNING failing_since",
            due.endpoint,
            next == Next::Delivered,
            now
        )
        .fetch_optional(&mut **tx)
        .await?
        .flatten();
        let is_hopeless =
            next == Next::GivenUp && failing_since.is_some_and(|at| at + delivery::PATIENCE <= now);
        let because = match next {
            Next::Gone => Some(DisabledBecause::Gone),
            _ => is_hopeless.then_some(DisabledBecause::Failing),
        };
        if let Some(because) = because {
            self.disable(tx, due.endpoint, because).await?;
        }
        Ok(())
    }

    /// Drops what was over long ago.
    pub async fn sweep(&self) -> sqlx::Result<()> {
        let before = self.now() - KEPT_FOR;
        sqlx::query!("DELETE FROM webhook_deliveries WHERE ended_at < $1", before)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// 0 to 1, at random.
    fn jitter(&self) -> f64 {
        let mut random = [0; 4];
        self.parts.entropy.fill(&mut random);
        f64::from(u32::from_be_bytes(random)) / f64::from(u32::MAX)
    }
}

fn put_off(error: &(dyn std::error::Error + 'static)) {
    tracing::warn!(error, "webhooks are sent later");
}

fn whole_ms(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}
