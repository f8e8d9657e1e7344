//! What a resolver may ask of its context.

use std::sync::Arc;

use async_graphql::{Context, Error};
use domain::UserId;
use uuid::Uuid;

use crate::error::forbidden;
use crate::{Api, Viewer};

/// One id for all that follows from one request; in its log lines, its events
/// and the answer's `x-correlation-id`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CorrelationId(pub(crate) Uuid);

/// The request came past `authenticate`.
#[derive(Debug, thiserror::Error)]
#[error("nobody is signed in")]
pub(crate) struct Nobody;

pub(crate) trait Asking {
    fn api(&self) -> &Arc<Api>;
    fn correlation_id(&self) -> Uuid;
    /// Fails when nobody is known to ask, so that no read can forget to check.
    fn viewer(&self) -> Result<UserId, Nobody>;
    /// Fails unless an admin asks. Everything that reaches past one user's own
    /// data begins with this.
    fn admin(&self) -> Result<UserId, Error>;
}

impl Asking for Context<'_> {
    fn api(&self) -> &Arc<Api> {
        self.data_unchecked()
    }

    fn correlation_id(&self) -> Uuid {
        self.data_unchecked::<CorrelationId>().0
    }

    fn viewer(&self) -> Result<UserId, Nobody> {
        let viewer = self.data_opt::<Viewer>().ok_or(Nobody)?;
        Ok(viewer.user)
    }

    fn admin(&self) -> Result<UserId, Error> {
        let viewer = self.data_opt::<Viewer>().ok_or(Nobody)?;
        if viewer.is_admin {
            Ok(viewer.user)
        } else {
            Err(forbidden())
        }
    }
}
