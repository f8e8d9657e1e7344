//! The videos and their timelines, as readers see them.

mod cost;
mod ledger;
mod projector;
mod queries;
mod spending;
mod summary;
mod tombstones;
mod view;

pub use cost::CostLine;
pub use projector::VideoProjector;
pub use queries::{VideoFilter, VideoQueries};
pub use spending::{SpendingBy, SpendingFilter, SpendingQueries, Spent};
pub use view::{SceneView, StageState, StageView, TimelineEntry, VideoStatus, VideoView};

/// The projection's name, for who waits for it.
pub const VIDEOS: &str = "video";
