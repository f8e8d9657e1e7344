//! The moment in which readers get another version.
//!
//! Readers wait for as long as the tables take to change places, and then find
//! the new ones by the same names; who reads at the time reads the old ones to
//! the end. Postgres plans a prepared statement anew when its tables have moved.

use super::RebuildError;
use super::builder::Builder;
use crate::version::{self, Version, VersionState};

/// Readers never wait longer than this for a swap that waits for others.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '2s'";
/// SQLSTATE `lock_not_available`.
const LOCK_NOT_AVAILABLE: &str = "55P03";

pub(super) enum Swap {
    /// The version is live.
    Done(Version),
    /// The live version is too far ahead to catch up with in one breath.
    Behind,
    /// Somebody held the tables for too long.
    Busy,
}

impl Builder<'_> {
    /// After a swap that is not done, the builder is where it was.
    pub(super) async fn swap(&mut self) -> Result<Swap, RebuildError> {
        match self.try_swap().await {
            Err(RebuildError::Database(error)) if is_busy(&error) => Ok(Swap::Busy),
            swapped => swapped,
        }
    }

    async fn try_swap(&mut self) -> Result<Swap, RebuildError> {
        let projector = &*self.rebuilder.projector;
        let name = projector.name();
        if let Some(live) = version::live(&self.rebuilder.pool, name).await? {
            self.catch_up_to(live.position).await?;
        }
        let versions = version::list(&self.rebuilder.pool, name).await?;

        let mut tx = self.lock.begin().await?;
        sqlx::raw_sql(LOCK_TIMEOUT).execute(&mut *tx).await?;
        // From here on the live version stands still.
        let live = version::lock_live(&mut tx, name).await?;
        let live = live.ok_or(sqlx::Error::RowNotFound)?;
        let store = &*self.rebuilder.store;
        if let Some((events, to)) = self.part.read_towards(store, live.position).await? {
            if to != live.position {
                return Ok(Swap::Behind);
            }
            // What a busy swap rolls back must not be remembered.
            let last = self.part.afresh(self.rebuilder.projector.for_bulk());
            last.write(&mut tx, events, to).await?.report(name);
        }
        let retiring = version::schema_of(name, live.version);
        version::change_places(&mut tx, projector, &self.part.schema, &retiring).await?;
        let new = self.part.at.version;
        let kept_before = |old: &&Version| old.state == VersionState::Retired && old.version != new;
        for old in versions.iter().filter(kept_before) {
            version::drop_tables(&mut tx, name, old.version).await?;
        }
        let new = version::go_live(&mut tx, name, &live, new).await?;
        tx.commit().await?;
        Ok(Swap::Done(new))
    }
}

fn is_busy(error: &sqlx::Error) -> bool {
    let error = error.as_database_error();
    let code = error.and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code == LOCK_NOT_AVAILABLE)
}
