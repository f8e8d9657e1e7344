//! What a mutation answers: the thing as it is afterwards, or what was wrong.

use std::error::Error as StdError;

use async_graphql::{Context, Result};
use event_store::Position;
use projections::Lagging;

use crate::context::Asking;
use crate::error::{Refusal, UserError, unexpected};
use crate::reading::PATIENCE;

/// What a command did, in ids.
pub(crate) struct Done<Id> {
    pub(crate) id: Id,
    pub(crate) position: Option<Position>,
}

/// The parts of a payload.
pub(crate) struct Outcome<T> {
    pub(crate) subject: Option<T>,
    pub(crate) position: Option<Position>,
    pub(crate) errors: Vec<UserError>,
}

impl<T> Outcome<T> {
    fn refused(errors: Vec<UserError>) -> Self {
        Self {
            subject: None,
            position: None,
            errors,
        }
    }

    pub(crate) fn position(&self) -> Option<String> {
        self.position.as_ref().map(ToString::to_string)
    }
}

/// Declares a mutation's payload around its subject.
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $type:ty }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub(crate) struct $name {
            $(#[$field_doc])*
            $field: Option<$type>,
            /// Where the log stood after this. Pass it as `minPosition` to read
            /// what it did; null when nothing was done.
            position: Option<String>,
            /// What was wrong with the request, all of it; empty when it was done.
            errors: Vec<$crate::error::UserError>,
        }

        impl From<$crate::payload::Outcome<$type>> for $name {
            fn from(outcome: $crate::payload::Outcome<$type>) -> Self {
                Self {
                    position: outcome.position(),
                    $field: outcome.subject,
                    errors: outcome.errors,
                }
            }
        }
    };
}

pub(crate) use payload;

/// The answer to a mutation: what `read` finds once `projection` shows what was
/// done, or what was wrong. Only what nobody expected becomes an error.
pub(crate) async fn settle<Id, View, Node, Read, Reading>(
    ctx: &Context<'_>,
    projection: &'static str,
    done: Result<Done<Id>, Refusal>,
    read: Read,
) -> Result<Outcome<Node>>
where
    Node: From<View>,
    Read: FnOnce(Id) -> Reading,
    Reading: Future<Output = sqlx::Result<Option<View>>>,
{
    let Done { id, position } = match done {
        Ok(done) => done,
        Err(Refusal::Expected(errors)) => return Ok(Outcome::refused(errors)),
        Err(Refusal::Unexpected(error)) => return Err(unexpected(ctx.correlation_id(), &*error)),
    };
    let shown = async {
        if let Some(position) = position {
            let watermarks = &ctx.api().watermarks;
            watermarks.wait_for(projection, position, PATIENCE).await?;
        }
        Ok::<_, Lagging>(read(id).await?)
    };
    // It is done in any case: a view that lags only leaves it out of the answer.
    let view = shown.await.unwrap_or_else(|error| {
        tracing::warn!(
            correlation_id = %ctx.correlation_id(),
            error = &error as &dyn StdError,
            "a mutation was answered without what it changed"
        );
        None
    });
    Ok(Outcome {
        subject: view.map(Into::into),
        position,
        errors: Vec::new(),
    })
}
