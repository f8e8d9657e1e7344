//! Being forgotten: the key that opens what is sealed for a person is destroyed,
//! and what else is theirs is deleted.
//!
//! The intent is kept first, twice: in the database, and in a ledger in the media
//! store, which a backup of the database does not bring back. Every step can be
//! repeated, so an erasure that was cut short goes on, and one that a restored
//! backup undid is done again.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use commands::CommandContext;
use domain::series::{Series, SeriesCommand};
use domain::user::ErasureCause;
use domain::video::{Video, VideoCommand};
use domain::{MediaKey, UserId};
use event_store::Actor;
use integrations::Observer;
use projections::PageRequest;
use projections::series::{SERIES, SeriesQueries};
use projections::video::{VIDEOS, VideoFilter, VideoQueries};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::accounts::{Cause, Visit};
use crate::jobs::{Job, Notice};
use crate::records::Happened;
use crate::{AccountError, Accounts, Refused};

/// Where the ledger lies in the media store, a file a person.
const LEDGER: &str = "erasures";
const MAX_ENTRY_BYTES: u64 = 4 * 1024;
/// How long the read models may take to come as far as the log.
const PATIENCE: Duration = Duration::from_secs(2);
/// Deleted at a time.
const PAGE: PageRequest = PageRequest {
    limit: 100,
    after: None,
};

#[derive(Serialize, Deserialize)]
struct Entry {
    person: UserId,
    asked_at: DateTime<Utc>,
}

impl Accounts {
    /// Erases the account of who asks, by their password if they have one.
    pub async fn erase_own(
        &self,
        user: UserId,
        password: Option<&SecretString>,
        visit: &Visit,
    ) -> Result<(), AccountError> {
        let account = self.account(user).await?.ok_or(Refused::NotFound)?;
        if account.has_password {
            let password = password.ok_or(Refused::CurrentPassword)?;
            self.check_current(user, password).await?;
        }
        // Their own address dies with their key, so it is not told with this.
        let cause = Cause {
            correlation_id: visit.correlation_id,
            actor: Actor::User { id: user },
            origin: None,
        };
        self.erase(user, ErasureCause::Asked, &cause).await
    }

    /// An admin erases somebody.
    pub async fn erase_other(
        &self,
        by: UserId,
        user: UserId,
        visit: &Visit,
    ) -> Result<(), AccountError> {
        let cause = self.cause(by, visit).await?;
        self.erase(user, ErasureCause::ByAdmin, &cause).await
    }

    async fn erase(
        &self,
        user: UserId,
        why: ErasureCause,
        cause: &Cause,
    ) -> Result<(), AccountError> {
        let account = self.account(user).await?.ok_or(Refused::NotFound)?;
        account.role.may_be_erased().map_err(AccountError::User)?;
        let asked_at = self.parts.clock.now();
        self.enter(&Entry {
            person: user,
            asked_at,
        })
        .await?;
        let email = account.email.as_str().to_owned();
        let notice = Notice::Erased;
        self.enqueue(&Job::Notice { email, notice }).await?;
        self.forget(user, asked_at, why, cause).await
    }

    /// Nothing of the person can be read, and nobody is them, once this is done.
    async fn forget(
        &self,
        user: UserId,
        asked_at: DateTime<Utc>,
        why: ErasureCause,
        cause: &Cause,
    ) -> Result<(), AccountError> {
        let record = self.record(user, cause, Happened::Erased { cause: why });
        let mut tx = self.pool().begin().await?;
        sqlx::query!(
            "INSERT INTO erasures (person, asked_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            user.0,
            asked_at
        )
        .execute(&mut *tx)
        .await?;
        // Sessions, tokens, identities and links go with it.
        sqlx::query!("DELETE FROM accounts WHERE id = $1", user.0)
            .execute(&mut *tx)
            .await?;
        self.keep(&mut tx, std::slice::from_ref(&record)).await?;
        tx.commit().await?;
        self.standing.look_now();
        self.vault().destroy(user).await?;
        self.say(vec![record]).await;
        self.work.notify_one();
        Ok(())
    }

    /// Goes on with what is left of erasures: keys, films, series, files.
    pub(crate) async fn finish_erasures(&self) -> Result<(), AccountError> {
        let left = sqlx::query_scalar!("SELECT person FROM erasures WHERE finished_at IS NULL");
        for person in left.fetch_all(self.pool()).await?.into_iter().map(UserId) {
            self.vault().destroy(person).await?;
            if self.clear(person).await? {
                sqlx::query!(
                    "UPDATE erasures SET finished_at = $2 WHERE person = $1",
                    person.0,
                    self.parts.clock.now()
                )
                .execute(self.pool())
                .await?;
            }
        }
        Ok(())
    }
}

/// What a person leaves behind besides what is sealed.
impl Accounts {
    /// True once nothing is left. The read models tell what there is, so they
    /// must have come as far as the log is now: nobody makes more meanwhile.
    async fn clear(&self, person: UserId) -> Result<bool, AccountError> {
        let head = self.parts.store.head().await.map_err(log)?;
        for projection in [VIDEOS, SERIES] {
            let reached = self.parts.watermarks.wait_for(projection, head, PATIENCE);
            if reached.await.is_err() {
                return Ok(false);
            }
        }
        let deleted = self.delete_videos(person).await? + self.delete_series(person).await?;
        let files = MediaKey::try_new(format!("owners/{person}"))?;
        self.parts.media.delete_prefix(&files).await?;
        sqlx::query!("DELETE FROM materials WHERE owner = $1", person.0)
            .execute(self.pool())
            .await?;
        Ok(deleted == 0)
    }

    async fn delete_videos(&self, person: UserId) -> Result<usize, AccountError> {
        let queries = VideoQueries::new(self.pool().clone());
        let page = queries.page(person, &VideoFilter::default(), PAGE).await?;
        for video in &page.items {
            let command = of_program(person, video.id.0);
            let delete = VideoCommand::Delete;
            let sent = self
                .parts
                .dispatcher
                .dispatch::<Video>(video.id.0, delete, &command);
            sent.await.map_err(log)?;
        }
        Ok(page.items.len())
    }

    async fn delete_series(&self, person: UserId) -> Result<usize, AccountError> {
        let queries = SeriesQueries::new(self.pool().clone());
        let page = queries.page(person, true, PAGE).await?;
        for series in &page.items {
            let command = of_program(person, series.id.0);
            let delete = SeriesCommand::Delete;
            let sent = self
                .parts
                .dispatcher
                .dispatch::<Series>(series.id.0, delete, &command);
            sent.await.map_err(log)?;
        }
        Ok(page.items.len())
    }
}

/// The ledger: whom a restored backup must not bring back.
impl Accounts {
    async fn enter(&self, entry: &Entry) -> Result<(), AccountError> {
        let key = MediaKey::try_new(format!("{LEDGER}/{}.json", entry.person))?;
        let text = serde_json::to_vec(entry).expect("an entry has string keys only");
        let body = Bytes::from(text).into();
        self.parts
            .media
            .put(&key, body, &Observer::silent())
            .await?;
        Ok(())
    }

    /// Does again what the database does not know of: a backup of before was
    /// restored, or the program died in between. Answers how many.
    pub async fn apply_ledger(&self) -> Result<usize, AccountError> {
        let mut applied = 0;
        for key in self.parts.media.list(&MediaKey::try_new(LEDGER)?).await? {
            let text = self.parts.media.get(&key, MAX_ENTRY_BYTES).await?;
            let Ok(entry) = serde_json::from_slice::<Entry>(&text) else {
                tracing::error!(
                    key = key.as_str(),
                    "an entry of the ledger of erasures cannot be read"
                );
                continue;
            };
            if self.is_forgotten(entry.person).await? {
                continue;
            }
            let cause = Cause {
                correlation_id: self.parts.ids.fresh(),
                actor: Actor::System {
                    name: "accounts/ledger".to_owned(),
                },
                origin: None,
            };
            self.forget(entry.person, entry.asked_at, ErasureCause::Restored, &cause)
                .await?;
            applied += 1;
        }
        Ok(applied)
    }

    async fn is_forgotten(&self, person: UserId) -> Result<bool, AccountError> {
        let is_kept = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM erasures WHERE person = $1) AS "is_kept!""#,
            person.0
        )
        .fetch_one(self.pool())
        .await?;
        Ok(is_kept && self.vault().is_destroyed(person).await?)
    }
}

/// The program deletes `target` in the name of nobody.
fn of_program(owner: UserId, target: Uuid) -> CommandContext {
    let command_id = Uuid::new_v5(&target, b"erase");
    CommandContext {
        command_id,
        correlation_id: command_id,
        causation_id: None,
        actor: Actor::System {
            name: "accounts/erasure".to_owned(),
        },
        owner,
        origin: None,
        traceparent: None,
    }
}

fn log(error: impl std::error::Error + Send + Sync + 'static) -> AccountError {
    AccountError::Log(Box::new(error))
}
