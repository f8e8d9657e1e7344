//! What an answer promised and is done after it: looking whether an address has
//! an account, and writing mails.

use chrono::TimeDelta;
use domain::EmailAddress;
use integrations::mail::MailError;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{AccountError, Accounts};

/// Work is looked for this often, whoever wakes us or not.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// A process that takes a job has so long before another may.
const TAKEN_FOR: TimeDelta = TimeDelta::minutes(2);
/// Between tries: doubled each time, from this to an hour.
const FIRST_PAUSE_SECONDS: i64 = 10;
const LONGEST_PAUSE_SECONDS: i64 = 3_600;
/// About a day.
const MAX_ATTEMPTS: i32 = 30;
const PURPOSE: &str = "jobs";

/// Sealed as long as it waits.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Job {
    SignUp {
        email: String,
        password_hash: String,
    },
    ResetPassword {
        email: String,
    },
    /// Something changed that its person should know of.
    Notice {
        email: String,
        notice: Notice,
    },
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Notice {
    PasswordChanged,
    IdentityLinked,
    Erased,
}

impl Accounts {
    /// Keeps `job` until it is done, and has it done soon.
    pub(crate) async fn enqueue(&self, job: &Job) -> Result<(), AccountError> {
        let id = self.parts.ids.fresh();
        let text = serde_json::to_vec(job).expect("jobs have string keys only");
        let sealed = self
            .vault()
            .seal_secret(PURPOSE, id.as_bytes(), &text)
            .await?;
        sqlx::query!(
            "INSERT INTO account_jobs (id, job, due_at) VALUES ($1, $2, $3)",
            id,
            &sealed,
            self.parts.clock.now()
        )
        .execute(self.pool())
        .await?;
        self.work.notify_one();
        Ok(())
    }

    /// Does what is due, until `stop`. Any number of processes may.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.do_what_is_due().await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "work on accounts is put off"
                );
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.work.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Everything that is due now.
    pub async fn do_what_is_due(&self) -> Result<(), AccountError> {
        self.say_what_was_left().await?;
        while self.do_one().await? {}
        self.finish_erasures().await?;
        self.keys.rotate_when_old().await?;
        self.limits.sweep().await?;
        self.drop_what_expired().await?;
        Ok(())
    }

    /// False when nothing is due.
    async fn do_one(&self) -> Result<bool, AccountError> {
        let now = self.parts.clock.now();
        let taken = sqlx::query!(
            "UPDATE account_jobs SET attempts = attempts + 1, due_at = $2
             WHERE id = (
                SELECT id FROM account_jobs WHERE due_at <= $1
                ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
             )
             RETURNING id, job, attempts",
            now,
            now + TAKEN_FOR
        )
        .fetch_optional(self.pool())
        .await?;
        let Some(taken) = taken else {
            return Ok(false);
        };
        match self.attempt(taken.id, &taken.job).await {
            Ok(()) => self.forget_job(taken.id).await?,
            Err(error) => {
                let is_refused = matches!(error, AccountError::Mail(MailError::Refused { .. }));
                let gives_up = is_refused || taken.attempts >= MAX_ATTEMPTS;
                tracing::warn!(
                    job = %taken.id,
                    attempts = taken.attempts,
                    gives_up,
                    error = &error as &dyn std::error::Error,
                    "a mail was not sent"
                );
                if gives_up {
                    self.forget_job(taken.id).await?;
                } else {
                    self.put_off(taken.id, taken.attempts).await?;
                }
            }
        }
        Ok(true)
    }

    async fn attempt(&self, id: Uuid, sealed: &[u8]) -> Result<(), AccountError> {
        let job = self
            .vault()
            .open_secret(PURPOSE, id.as_bytes(), sealed)
            .await?;
        let job: Job = serde_json::from_slice(job.expose_secret())
            .map_err(|error| sqlx::Error::Decode(error.into()))?;
        match job {
            Job::SignUp {
                email,
                password_hash,
            } => {
                self.invite(id, &EmailAddress::try_new(&email)?, &password_hash)
                    .await
            }
            Job::ResetPassword { email } => {
                self.offer_reset(id, &EmailAddress::try_new(&email)?).await
            }
            Job::Notice { email, notice } => {
                self.notify(id, EmailAddress::try_new(&email)?, notice)
                    .await
            }
        }
    }

    async fn put_off(&self, job: Uuid, attempts: i32) -> sqlx::Result<()> {
        let doubled = 1_i64 << attempts.clamp(1, 16).unsigned_abs();
        let pause = (FIRST_PAUSE_SECONDS * doubled / 2).min(LONGEST_PAUSE_SECONDS);
        let due_at = self.parts.clock.now() + TimeDelta::seconds(pause);
        sqlx::query!(
            "UPDATE account_jobs SET due_at = $2 WHERE id = $1",
            job,
            due_at
        )
        .execute(self.pool())
        .await?;
        Ok(())
    }

    async fn forget_job(&self, job: Uuid) -> sqlx::Result<()> {
        sqlx::query!("DELETE FROM account_jobs WHERE id = $1", job)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    async fn drop_what_expired(&self) -> sqlx::Result<()> {
        let now = self.parts.clock.now();
        sqlx::query!("DELETE FROM sign_ups WHERE expires_at < $1", now)
            .execute(self.pool())
            .await?;
        sqlx::query!("DELETE FROM password_resets WHERE expires_at < $1", now)
            .execute(self.pool())
            .await?;
        sqlx::query!("DELETE FROM sessions WHERE expires_at < $1", now)
            .execute(self.pool())
            .await?;
        Ok(())
    }
}
