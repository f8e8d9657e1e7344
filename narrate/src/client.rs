//! A client of the GraphQL API, over HTTP and web sockets.

mod events;
mod http;
mod projections;
mod socket;
mod types;

pub use events::EventLines;
pub use http::{ApiClient, ClientError, part_of};
pub use projections::{ParkedReport, ProjectionReport, WorkReport};
pub use types::{
    MusicInput, ProductionSettingsInput, ProgressReport, RequestVideoInput, StageReport,
    VideoReport,
};
