//! What follows the log: read models, the queries on them, and the relay to
//! JetStream. Never imports the write side.
//!
//! To add a projection: a migration with its table, a folder with `view.rs`
//! (the row as a Rust type and how an event changes it), `projector.rs`
//! (batch in, rows out) and `queries.rs`, and a line in [`projectors`].

mod changes;
pub mod checkpoint;
mod follower;
mod heartbeats;
mod log_check;
pub mod nats;
mod paging;
pub mod progress;
mod projector;
mod relay;
pub mod series;
pub mod subjects;
#[cfg(feature = "testing")]
pub mod testing;
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

/// Every projection there is.
pub fn projectors() -> Vec<Arc<dyn Projector>> {
    vec![
        Arc::new(series::SeriesProjector),
        Arc::new(video::VideoProjector),
    ]
}
