//! The inbox: what people were told of, and what of it they have read.

mod batch;
mod projector;
mod queries;
mod rows;
mod view;

pub use projector::NotificationProjector;
pub use queries::{NotificationFilter, NotificationQueries};
pub use view::NotificationView;

/// The projection's name, for who waits for it.
pub const NOTIFICATIONS: &str = "notification";
