//! The videos and their timelines, as readers see them.

mod projector;
mod queries;
mod summary;
mod tombstones;
mod view;

pub use projector::VideoProjector;
pub use queries::{VideoFilter, VideoQueries};
pub use view::{SceneView, StageState, StageView, TimelineEntry, VideoStatus, VideoView};

/// The projection's name, for who waits for it.
pub const VIDEOS: &str = "video";
