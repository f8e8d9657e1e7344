//! What follows the log: read models, the queries on them, and the relay to
//! JetStream. Never imports the write side.
//!
//! To add a projection: a migration with its table, a folder with `view.rs`
//! (the row as a Rust type and how an event changes it), `projector.rs`
//! (batch in, rows out) and `queries.rs`, and a line in [`projectors`]. It is then
//! followed ([`Follower`]), parks what it cannot take ([`parking`]), and can be
//! rebuilt and rolled back while it is read ([`rebuild`]).

mod changes;
pub mod checkpoint;
mod follower;
mod heartbeats;
mod log_check;
mod memory;
pub mod nats;
pub mod notification;
mod paging;
pub mod parking;
pub mod progress;
mod projector;
pub mod rebuild;
mod relay;
pub mod series;
pub mod subjects;
#[cfg(feature = "testing")]
pub mod testing;
pub mod version;
pub mod video;
mod watermark;

pub use changes::Change;
pub use follower::{FollowError, Follower};
pub use heartbeats::{Attempt, Heartbeats};
pub use log_check::{LogCheckError, check_log};
pub use paging::{Cursor, InvalidCursor, PageRequest, Paged};
pub use projector::{Changed, ProjectionError, Projector};
pub use relay::{
    Reconciler, ReconcilerConfig, Relay, RelayError, RelayedEvent, Resent, ensure_stream,
};
pub use subjects::Subjects;
pub use watermark::{Lagging, Watermarks};

use std::sync::Arc;

use event_store::EventStore;
use parking::OrdersProjector;

/// Every projection there is.
pub fn projectors() -> Vec<Arc<dyn Projector>> {
    vec![
        Arc::<series::SeriesProjector>::default(),
        Arc::<video::VideoProjector>::default(),
        Arc::<notification::NotificationProjector>::default(),
    ]
}

/// What a [`Follower`] each is needed for: the projections, and the orders about
/// what they parked.
pub fn followed(store: &Arc<dyn EventStore>) -> Vec<Arc<dyn Projector>> {
    let orders = OrdersProjector::new(projectors(), Arc::clone(store));
    projectors()
        .into_iter()
        .chain([Arc::new(orders) as Arc<dyn Projector>])
        .collect()
}
