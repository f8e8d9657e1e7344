//! What users bring for their videos, between being brought and being used.
//!
//! A file is checked at the door it comes in by, and kept here under a key that
//! only its owner can use. Who uses one copies it: what nobody used for
//! [`UNUSED_FOR`] is dropped, and no video misses it. The row decides: a file
//! without one cannot be used, and both come and go while the row is locked.
//!
//! To add a kind: a variant of [`MaterialKind`], and a door.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::{Asset, Clock, InvalidField, MaterialKind, MediaKey, UserId};
use integrations::Observer;
use integrations::media::{Body, MediaError, MediaStore};
use sqlx::{PgPool, Postgres, Transaction};
use tokio_util::sync::CancellationToken;

/// After so long without being used, a file is dropped.
pub const UNUSED_FOR: TimeDelta = TimeDelta::days(30);
/// Of one person, used or not.
pub const MAX_FILES: i64 = 1_000;

const LOOK_EVERY: Duration = Duration::from_secs(10 * 60);

#[derive(Debug, thiserror::Error)]
pub enum MaterialError {
    #[error(
        "{MAX_FILES} of your files are kept already; the oldest goes when it was not used for \
         {} days", UNUSED_FOR.num_days()
    )]
    TooMany,
    #[error("the file could not be kept")]
    Media(#[from] MediaError),
    #[error("what is kept could not be read or written")]
    Database(#[from] sqlx::Error),
    #[error("what is kept cannot be understood")]
    Row(#[from] InvalidField),
}

#[derive(Clone)]
pub struct Materials {
    pool: PgPool,
    media: Arc<dyn MediaStore>,
    clock: Arc<dyn Clock>,
}

/// A file that was checked.
pub struct Checked {
    pub kind: MaterialKind,
    /// Of the bytes, in hex.
    pub sha256: String,
    /// With its ending, which says what it is.
    pub file_name: &'static str,
    pub body: Body,
}

impl Materials {
    pub fn new(pool: PgPool, media: Arc<dyn MediaStore>, clock: Arc<dyn Clock>) -> Self {
        Self { pool, media, clock }
    }

    /// Keeps a file of `owner`'s. The same file again has the same key, and is
    /// kept for longer.
    ///
    /// # Errors
    /// [`MaterialError::TooMany`] where the owner has [`MAX_FILES`] others.
    pub async fn keep(&self, owner: UserId, file: Checked) -> Result<Asset, MaterialError> {
        let place = file.kind.place(owner, &file.sha256)?;
        let key = MediaKey::try_new(format!("{place}/{}", file.file_name))?;
        let mut tx = self.pool.begin().await?;
        // From here on the row is locked: who drops it does not see it, or is
        // waited for.
        sqlx::query!(
            "INSERT INTO materials (key, owner, kind, content_type, bytes, sha256, used_at)
             VALUES ($1, $2, $3, '', 0, $4, $5)
             ON CONFLICT (key) DO UPDATE SET used_at = excluded.used_at",
            key.as_str(),
            owner.0,
            file.kind.slug(),
            file.sha256,
            self.clock.now()
        )
        .execute(&mut *tx)
        .await?;
        check_number(&mut tx, owner).await?;
        let kept = self.media.put(&key, file.body, &Observer::silent()).await?;
        sqlx::query!(
            "UPDATE materials SET content_type = $2, bytes = $3 WHERE key = $1",
            key.as_str(),
            kept.content_type,
            kept.bytes.cast_signed()
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// The file of this kind that `owner` calls `key`, which is from now on as
    /// unused as one just brought; none where there is no such file of theirs.
    pub async fn take(
        &self,
        owner: UserId,
        kind: MaterialKind,
        key: &MediaKey,
    ) -> Result<Option<Asset>, MaterialError> {
        let found = sqlx::query!(
            "UPDATE materials SET used_at = $4 WHERE key = $1 AND owner = $2 AND kind = $3
             RETURNING content_type, bytes, sha256",
            key.as_str(),
            owner.0,
            kind.slug(),
            self.clock.now()
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(found.map(|row| Asset {
            key: key.clone(),
            content_type: row.content_type,
            bytes: row.bytes.cast_unsigned(),
            sha256: row.sha256,
        }))
    }

    /// Drops what is unused, until `stop`. Any number of processes may.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.drop_unused().await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "files that nobody uses stay for now"
                );
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Drops every file that was not used for [`UNUSED_FOR`]; answers how many.
    pub async fn drop_unused(&self) -> Result<usize, MaterialError> {
        let mut dropped = 0;
        while self.drop_one().await? {
            dropped += 1;
        }
        Ok(dropped)
    }

    /// False when all that is left is in use, or being dropped by another.
    async fn drop_one(&self) -> Result<bool, MaterialError> {
        let mut tx = self.pool.begin().await?;
        let unused = sqlx::query!(
            "SELECT key, owner, kind, sha256 FROM materials WHERE used_at < $1
             ORDER BY used_at LIMIT 1 FOR UPDATE SKIP LOCKED",
            self.clock.now() - UNUSED_FOR
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(unused) = unused else {
            return Ok(false);
        };
        let kind: MaterialKind = unused.kind.parse()?;
        let place = kind.place(UserId(unused.owner), &unused.sha256)?;
        self.media.delete_prefix(&place).await?;
        sqlx::query!("DELETE FROM materials WHERE key = $1", unused.key)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }
}

async fn check_number(
    tx: &mut Transaction<'_, Postgres>,
    owner: UserId,
) -> Result<(), MaterialError> {
    let kept = sqlx::query_scalar!(
        r#"SELECT count(*) AS "kept!" FROM materials WHERE owner = $1"#,
        owner.0
    )
    .fetch_one(&mut **tx)
    .await?;
    if kept > MAX_FILES {
        return Err(MaterialError::TooMany);
    }
    Ok(())
}
