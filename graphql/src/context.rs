//! What a resolver may ask of its context.

use std::sync::Arc;

use accounts::{Viewer, Visit};
use async_graphql::Context;
use domain::UserId;
use uuid::Uuid;

use crate::Api;

/// The request came past the doors with nobody known.
#[derive(Debug, thiserror::Error)]
#[error("nobody is signed in")]
pub(crate) struct Nobody;

pub(crate) trait Asking {
    fn api(&self) -> &Arc<Api>;
    /// The request: in its log lines, its events and the answer's
    /// `x-correlation-id`.
    fn visit(&self) -> &Visit;
    fn correlation_id(&self) -> Uuid {
        self.visit().correlation_id
    }
    /// Fails when nobody is known to ask, so that no read can forget to check.
    fn person(&self) -> Result<&Viewer, Nobody>;
    fn viewer(&self) -> Result<UserId, Nobody> {
        self.person().map(|viewer| viewer.user)
    }
}

impl Asking for Context<'_> {
    fn api(&self) -> &Arc<Api> {
        self.data_unchecked()
    }

    fn visit(&self) -> &Visit {
        self.data_unchecked()
    }

    fn person(&self) -> Result<&Viewer, Nobody> {
        self.data_opt().ok_or(Nobody)
    }
}
