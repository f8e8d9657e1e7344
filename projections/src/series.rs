//! The series, as readers see them.

mod projector;
mod queries;
mod view;

pub use projector::SeriesProjector;
pub use queries::SeriesQueries;
pub use view::SeriesView;

/// The projection's name, for who waits for it.
pub const SERIES: &str = "series";
