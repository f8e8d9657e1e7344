//! Who wants to be told of what, and by which way.

use domain::{NotificationChannel, NotificationKind, UserId};
use sqlx::{PgPool, Postgres, Transaction};

use crate::NotificationError;

/// Whether somebody is told of a kind of thing by one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preference {
    pub kind: NotificationKind,
    pub channel: NotificationChannel,
    pub enabled: bool,
}

/// Everybody's preferences. Cheap to clone.
#[derive(Clone)]
pub struct Preferences {
    pool: PgPool,
}

impl Preferences {
    pub fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Each kind by each way, as chosen or by default.
    pub async fn of(&self, owner: UserId) -> Result<Vec<Preference>, NotificationError> {
        let chosen = sqlx::query!(
            "SELECT kind, channel, enabled FROM notification_preferences WHERE owner = $1",
            owner.0
        )
        .fetch_all(&self.pool)
        .await?;
        let preferences = NotificationKind::ALL.iter().flat_map(|&kind| {
            let chosen = &chosen;
            NotificationChannel::ALL.iter().map(move |&channel| {
                let own = chosen
                    .iter()
                    .find(|row| row.kind == kind.slug() && row.channel == channel.slug());
                Preference {
                    kind,
                    channel,
                    enabled: own.map_or(kind.is_told_by(channel), |row| row.enabled),
                }
            })
        });
        Ok(preferences.collect())
    }

    /// What is not in `preferences` stays; of one that is there twice, the last
    /// counts.
    pub async fn set(
        &self,
        owner: UserId,
        preferences: &[Preference],
    ) -> Result<(), NotificationError> {
        let mut tx = self.pool.begin().await?;
        for Preference {
            kind,
            channel,
            enabled,
        } in preferences
        {
            sqlx::query!(
                "INSERT INTO notification_preferences (owner, kind, channel, enabled)
                 VALUES ($1, $2, $3, $4)
                 ON CONFLICT (owner, kind, channel) DO UPDATE SET enabled = excluded.enabled",
                owner.0,
                kind.slug(),
                channel.slug(),
                enabled
            )
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Whether `owner` is told of `kind` by `channel`.
pub(crate) async fn wants(
    tx: &mut Transaction<'_, Postgres>,
    owner: UserId,
    kind: NotificationKind,
    channel: NotificationChannel,
) -> sqlx::Result<bool> {
    let chosen = sqlx::query_scalar!(
        "SELECT enabled FROM notification_preferences
         WHERE owner = $1 AND kind = $2 AND channel = $3",
        owner.0,
        kind.slug(),
        channel.slug()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(chosen.unwrap_or_else(|| kind.is_told_by(channel)))
}

pub(crate) async fn forget_person(
    tx: &mut Transaction<'_, Postgres>,
    person: UserId,
) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM notification_preferences WHERE owner = $1",
        person.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
