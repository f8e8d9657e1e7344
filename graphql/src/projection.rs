//! Read models, for admins: how far they are, rebuilt, rolled back, and what
//! they could not take.

mod mutation;
mod parked;
mod query;
mod subscription;
mod types;

pub(crate) use mutation::ProjectionMutation;
pub(crate) use query::ProjectionQuery;
pub(crate) use subscription::ProjectionSubscription;

use std::sync::Arc;

use projections::Projector;

/// The input and argument that name a projection.
const FIELD: &str = "projection";

/// The projector of that name, or what to say where there is none.
fn named(name: &str) -> Result<Arc<dyn Projector>, String> {
    let known = projections::projectors();
    let found = known.iter().find(|it| it.name() == name).map(Arc::clone);
    found.ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|it| it.name()).collect();
        let names = names.join(", ");
        format!("projection: there is none called {name:?}; there are {names}")
    })
}
