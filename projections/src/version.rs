//! The versions of a read model: which is live, which are beside it, and how
//! far those have come.

mod row;
mod tables;

pub use row::{Version, VersionState};
pub(crate) use row::{
    advance, advance_beside, create, go_live, init, live, load, lock_live, set_comparison,
};
pub(crate) use tables::{
    add_indexes, change_places, create as create_tables, drop as drop_tables, look_in, schema_of,
};

use sqlx::PgPool;

/// All versions of `projection` that there are rows of, the newest first.
pub async fn list(pool: &PgPool, projection: &str) -> sqlx::Result<Vec<Version>> {
    row::list(pool, projection).await
}
