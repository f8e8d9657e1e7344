//! What needs the role of an admin: all of it hangs under `admin`, whose guard
//! stands in `access`.

mod user;

use async_graphql::{MergedObject, Object};

use crate::event::EventQuery;
use crate::projection::{ProjectionMutation, ProjectionQuery};
use crate::spending::AllSpendingQuery;
use user::{UserMutation, UserQuery};

/// What admins read.
#[derive(MergedObject, Default)]
pub(crate) struct AdminQuery(EventQuery, ProjectionQuery, UserQuery, AllSpendingQuery);

/// What admins do.
#[derive(MergedObject, Default)]
pub(crate) struct AdminMutation(ProjectionMutation, UserMutation);

#[derive(Default)]
pub(crate) struct ToQuery;

#[Object]
impl ToQuery {
    /// What admins read.
    async fn admin(&self) -> AdminQuery {
        AdminQuery::default()
    }
}

#[derive(Default)]
pub(crate) struct ToMutation;

#[Object]
impl ToMutation {
    /// What admins do.
    async fn admin(&self) -> AdminMutation {
        AdminMutation::default()
    }
}
